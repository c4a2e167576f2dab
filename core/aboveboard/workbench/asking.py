"""Asks the embedded engine in child processes: what runs away or crashes costs one question.

A question that is not answered in time, or with which the child ends, is in error; a new child goes on
with the next. After a few of these the rest is not asked: nobody waits for a set of tests that all hang.
"""

from __future__ import annotations

import contextlib
import json
import queue
import secrets
import subprocess
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

from aboveboard.errors import EngineError
from aboveboard.policy import child

__all__ = ["Answers", "Modules", "Question", "Reply", "ask"]

_MAX_LOST = 3


@dataclass(frozen=True, slots=True)
class Modules:
    """What one engine is built from.

    Attributes:
        modules: name and text of each module.
        data: what they find below `data`, as JSON.
        coverage: see which lines are reached.
    """

    modules: Sequence[tuple[str, str]]
    data: str
    coverage: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """One rule, asked about one input.

    Attributes:
        engine: number of the engine.
        facts: the input as JSON.
        rule: such as `data.aboveboard.profiling.answer`.
    """

    engine: int
    facts: str
    rule: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a question.

    Attributes:
        value: of the rule, as JSON; `"<undefined>"`, quotation marks included, where it has none.
        error: what the engine said. It quotes values of the input: for finding places in, not to show.
        lost: why there is neither, as a sentence for people.
        seconds: how long it took.
    """

    value: str | None = None
    error: str | None = None
    lost: str = ""
    seconds: float = 0.0


@dataclass(slots=True)
class Answers:
    """A reply to each question, in their order, and what was reached.

    Attributes:
        replies: as many as questions.
        reached: by number of the engine, then by name of the module, the lines.
    """

    replies: list[Reply] = field(default_factory=list)
    reached: dict[int, dict[str, set[int]]] = field(default_factory=dict)


def ask(engines: Sequence[Modules], questions: Sequence[Question], timeout_s: float) -> Answers:
    """Ask all questions.

    Args:
        engines: built when they are first asked.
        questions: in order.
        timeout_s: for one answer; building its engine counts.

    Raises:
        EngineError: the engine is not installed, or no child process can be started.
    """
    found = Answers()
    lost = 0
    while len(found.replies) < len(questions):
        if lost == _MAX_LOST:
            why = f"was not run, because {_MAX_LOST} before it did not end."
            missing = len(questions) - len(found.replies)
            found.replies.extend(Reply(lost=why) for _ in range(missing))
            break
        why = _ask(engines, questions[len(found.replies) :], timeout_s, found)
        if why:
            lost += 1
            found.replies.append(Reply(lost=why, seconds=timeout_s))
    return found


def _ask(
    engines: Sequence[Modules], questions: Sequence[Question], timeout_s: float, found: Answers
) -> str:
    """Add what one child replies; returns why it did not reply to the last, or ''."""
    nonce = secrets.token_hex(8)
    request = {
        "path": _regorus(),
        "nonce": nonce,
        "engines": [
            {"modules": list(item.modules), "data": item.data, "coverage": item.coverage}
            for item in engines
        ],
        "questions": [(item.engine, item.facts, item.rule) for item in questions],
    }
    process = _start()
    lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
    assert process.stdin is not None  # noqa: S101  (a pipe)
    assert process.stdout is not None  # noqa: S101
    data = json.dumps(request).encode()
    threads = (
        threading.Thread(target=_read, args=(process.stdout, lines), daemon=True),
        threading.Thread(target=_write, args=(process.stdin, data), daemon=True),
    )
    for thread in threads:
        thread.start()
    try:
        for what, value in _told(lines, nonce, timeout_s):
            if what == "end":
                return ""
            if what == "reached":
                number, files = value
                reached = found.reached.setdefault(number, {})
                for name, seen in files.items():
                    reached.setdefault(name, set()).update(seen)
            else:
                found.replies.append(
                    Reply(value.get("value"), value.get("error"), "", value["seconds"])
                )
    except queue.Empty:
        return (
            f"did not end within {timeout_s:g} s. Look for a rule that builds or searches something "
            "huge."
        )
    finally:
        process.kill()
        process.wait()
        for thread in threads:  # at the ends of pipes whose other end has gone
            thread.join()
    return (
        "crashed the embedded engine. Look for a function that calls itself, also through others; "
        "'opa check --strict' names it."
    )


def _told(
    lines: queue.SimpleQueue[bytes | None], nonce: str, timeout_s: float
) -> Iterator[tuple[str, Any]]:
    while (line := lines.get(timeout=timeout_s)) is not None:
        start, _, rest = line.partition(b" ")
        if start == nonce.encode():
            what, value = json.loads(rest)
            yield what, value


def _start() -> subprocess.Popen[bytes]:
    command = child.python_command("ask_child.py", "aboveboard.workbench")
    if command is None:
        raise EngineError(
            "runtime.engine_unavailable",
            "Tests cannot be run in a child process, because this program is no Python.",
            "Run 'aboveboard policies test' on the command line.",
        )
    try:
        return subprocess.Popen(  # noqa: S603  (our own program, in our own Python)
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=child.environment(),
            **child.options(),
        )
    except OSError as error:
        raise EngineError(
            "runtime.engine_unavailable",
            f"Tests cannot be run in a child process ({error.strerror}).",
            "Repair that first.",
        ) from None


def _regorus() -> str:
    found = find_spec("regorus")
    if found is None or found.origin is None:
        raise EngineError(
            "runtime.engine_unavailable",
            "The embedded engine is not installed for this platform.",
            "Install 'gordon-to-regorus', or test on OPA only: --engine opa.",
        )
    return str(Path(found.origin).parent.parent)


def _read(stream: IO[bytes], lines: queue.SimpleQueue[bytes | None]) -> None:
    with stream, contextlib.suppress(OSError, ValueError):
        for line in stream:
            lines.put(line)
    lines.put(None)


def _write(stream: IO[bytes], data: bytes) -> None:
    with contextlib.suppress(OSError, ValueError), stream:
        stream.write(data)
