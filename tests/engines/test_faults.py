"""Faults on each engine where they can occur: a deny with its reason, and the next decision works."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from aboveboard.errors import EngineError, EventError
from aboveboard.gate import Gate
from aboveboard.organisation import example
from aboveboard.policy.archive import write_archive
from aboveboard.policy.bundle import load_bundle
from aboveboard.settings import Settings
from aboveboard.testing import compliant_event
from tests.engines.test_opa_tls import opa
from tests.policy_writing import write_rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ALLOWED = compliant_event("recommendation")
DENIED = compliant_event("recommendation", changes={"objections.direct_marketing": True})
REVISION = load_bundle().revision


@pytest.fixture(scope="module", params=["embedded", pytest.param("opa", marks=pytest.mark.opa),
                                        pytest.param("managed", marks=pytest.mark.opa)])  # fmt: skip
def engine(request: pytest.FixtureRequest) -> Iterator[dict[str, Any]]:
    """Settings of each engine."""
    found: dict[str, Any] = {"engine": request.param, "timeout_s": 20}
    if request.param == "opa":
        found["opa_url"] = request.getfixturevalue("opa_url")
    elif request.param == "managed":
        found["opa_binary"] = request.getfixturevalue("opa_binary")
    return found


@pytest.fixture(scope="module")
def gate(engine: dict[str, Any]) -> Iterator[Gate]:
    with Gate(Settings(**engine), organisation=example()) as made:
        yield made


def works(gate: Gate) -> None:
    """The next decision."""
    assert gate.check(ALLOWED).allowed
    assert gate.check(DENIED).rules == ("R-DM-01",)


def large(fields: int, categories: int, *, objected: bool = False) -> Any:
    return compliant_event(
        "recommendation",
        changes={
            "objections.direct_marketing": objected,
            "fields": [
                {"name": f"f{number}-{'x' * 100}", "categories": ["pd:Name"] * categories}
                for number in range(fields)
            ],
        },
    )


def test_ten_megabytes(gate: Gate) -> None:
    event = large(10_000, 100)
    assert len(event.engine_input()) > 10_000_000
    verdict = gate.check(event)
    assert verdict.rules == ("runtime.input_too_large",)
    assert "max_event_bytes" in verdict.findings[0].remedy
    works(gate)


@pytest.mark.nightly
def test_ten_megabytes_when_that_is_let_through(engine: dict[str, Any]) -> None:
    """Whatever the engine makes of it, it is no allow without an answer."""
    with Gate(Settings(**engine, max_event_bytes=1 << 27), organisation=example()) as gate:
        verdict = gate.check(large(10_000, 100, objected=True))
        assert verdict.effect == "deny"
        assert "R-DM-01" in verdict.rules or verdict.rules[0].startswith("runtime.")
        works(gate)


def test_ten_thousand_fields(engine: dict[str, Any]) -> None:
    with Gate(Settings(**engine, max_event_bytes=1 << 24), organisation=example()) as gate:
        verdict = gate.check(large(10_000, 1))
        assert verdict.policy_revision == REVISION
        assert not any(rule.startswith("runtime.") for rule in verdict.rules)
        works(gate)


def nested(depth: int) -> str:
    return '{"a":' * depth + "1" + "}" * depth


@pytest.mark.parametrize("depth", [100, 10_000])
def test_deep_nesting(gate: Gate, depth: int) -> None:
    """An event is as deep as its facts; what is below the gate has to stand more than that."""
    with pytest.raises(EventError):
        ALLOWED.with_facts(json.loads(nested(99)))
    facts = f'{{"step":"recommendation","phase":"requested","x":{nested(depth)}}}'
    reason, answer = None, None
    try:
        answer = gate.engine.evaluate("recommendation", facts)
    except EngineError as error:
        reason = error.reason
    if answer is None:
        assert str(reason).startswith("runtime.")
    else:
        assert answer.revision == REVISION
        assert {finding.effect for finding in answer.findings} >= {"deny"}
    works(gate)


@pytest.mark.parametrize("odd", ["\ud800", "\x00", "a\udfffb"])
def test_lone_surrogates_and_nul(gate: Gate, odd: str) -> None:
    """No event takes them; an engine that is given one all the same answers or refuses."""
    with pytest.raises(EventError) as refused:
        compliant_event("recommendation", changes={"ai.model": odd})
    assert odd not in str(refused.value)
    facts = json.loads(ALLOWED.engine_input())
    facts["ai"] = {**facts.get("ai", {}), "model": odd}
    for text in (json.dumps(facts), json.dumps(facts, ensure_ascii=False)):
        try:
            assert gate.engine.evaluate("recommendation", text).revision == REVISION
        except (EngineError, UnicodeEncodeError):
            pass  # of the latter the gate makes a deny, as of any defect
    works(gate)


def test_an_escaped_surrogate_in_a_file_is_no_event(gate: Gate) -> None:
    text = ALLOWED.to_json()
    for escape in ("\\ud800", "\\u0000"):
        with pytest.raises(EventError):
            type(ALLOWED).from_json(text.replace('"press-200"', f'"{escape}"'))
    works(gate)


@pytest.mark.parametrize("jump_s", [-3600.0, 3600.0, -(10.0**9), 10.0**9])
def test_the_wall_clock_jumps(gate: Gate, jump_s: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a policy compares was computed when the event was made; time-outs use another clock."""
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + jump_s)
    works(gate)
    assert gate.check(ALLOWED).duration_ms >= 0


@pytest.mark.parametrize("days", [-20_000, 20_000])
def test_an_event_of_another_time(gate: Gate, days: int) -> None:
    """A machine whose clock is wrong makes events that are decided, by their own time."""
    when = datetime.now(UTC) + timedelta(days=days)
    verdict = gate.check(compliant_event("recommendation", time=when))
    assert verdict.policy_revision == REVISION
    assert not any(rule.startswith("runtime.") for rule in verdict.rules)
    works(gate)


@pytest.mark.opa
@pytest.mark.parametrize("way", ["sync", "async"])
def test_the_steady_clock_jumps_within_a_decision(
    opa_url: str, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a suspended machine: late is late, and the next decision is not."""
    with Gate(Settings(engine="opa", opa_url=opa_url, timeout_s=2), organisation=example()) as gate:
        real = time.monotonic
        ahead = [0.0]

        def jumping() -> float:
            ahead[0] += 3600
            return real() + ahead[0]

        works(gate)
        if way == "sync":
            monkeypatch.setattr(time, "monotonic", jumping)
            verdict = gate.check(ALLOWED)
        else:

            async def once() -> Any:
                try:
                    with monkeypatch.context() as patch:
                        # The loop keeps its own clock; the deadline is ours.
                        patch.setattr("aboveboard.policy.opa.time.monotonic", jumping)
                        return await gate.acheck(ALLOWED)
                finally:
                    await gate.aclose()

            verdict = asyncio.run(once())
        monkeypatch.undo()
        assert verdict.rules == ("runtime.timeout",)
        works(gate)


@pytest.mark.opa
def test_a_server_killed_under_load(opa_binary: Path, tmp_path: Path) -> None:
    """No allow without a verdict of the policies; decisions come back with the server."""
    archive = tmp_path / "bundle.tar.gz"
    archive.write_bytes(write_archive(load_bundle()))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    done = threading.Event()
    verdicts: list[tuple[Any, Any]] = []
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(on_port(opa_binary, port, archive))
        gate = stack.enter_context(
            Gate(
                Settings(engine="opa", opa_url=f"http://127.0.0.1:{port}", timeout_s=5),
                organisation=example(),
            )
        )

        def work(number: int) -> None:
            event = DENIED if number % 2 else ALLOWED
            while not done.is_set():
                verdicts.append((event, gate.check(event)))

        threads = [
            threading.Thread(target=work, args=(number,), daemon=True) for number in range(4)
        ]
        for thread in threads:
            thread.start()
        assert until(lambda: len(verdicts) > 50)
        server.send_signal(signal.SIGKILL)
        server.wait()
        seen = len(verdicts)
        assert until(lambda: len(verdicts) > seen + 50)
        down = verdicts[-1][1]
        stack.enter_context(on_port(opa_binary, port, archive))
        assert until(lambda: gate.check(ALLOWED).allowed)
        done.set()
        for thread in threads:
            thread.join()
        works(gate)
    assert down.rules == ("runtime.engine_unavailable",)
    for event, verdict in verdicts:
        if verdict.allowed:
            assert event is ALLOWED
            assert verdict.policy_revision == REVISION
        elif event is ALLOWED:
            assert verdict.rules in (("runtime.engine_unavailable",), ("runtime.timeout",))


@contextlib.contextmanager
def on_port(binary: Path, port: int, archive: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [binary, "run", "--server", "--addr", f"127.0.0.1:{port}", "--skip-version-check"]
    process = subprocess.Popen(
        [*map(str, command), "--log-level", "error", "--bundle", str(archive)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with Gate(
            Settings(engine="opa", opa_url=f"http://127.0.0.1:{port}"), organisation=example()
        ) as gate:
            assert until(lambda: gate.status().healthy)
        yield process
    finally:
        process.kill()
        process.wait()


def until(true: Callable[[], bool], seconds: float = 15) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.01)
    return False


@pytest.mark.opa
def test_a_server_without_the_reference_data(opa_binary: Path, tmp_path: Path) -> None:
    """A bundle that somebody changed: a list that is not there must not take its rule away."""
    found = load_bundle()
    folder = tmp_path / "bundle"
    for module in found.modules:
        file = folder / module.file
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(module.text)
    data = {"catalogue": found.data["catalogue"]}
    (folder / "data.json").write_text(json.dumps(data))
    roots = ["aboveboard", "catalogue", "reference"]
    (folder / ".manifest").write_text(json.dumps({"roots": roots, "revision": found.revision}))
    alone = {"decision.effect": "legal", "decision.automation": "dpv:FullAutomation"}
    weighs = compliant_event("decision", "completed", changes=alone)
    complete = Gate(Settings(), organisation=example()).check(weighs)
    assert complete.rules == ("R-ADM-01",)
    with opa(opa_binary, ["--log-level", "error"], [folder]) as port:
        url = f"http://127.0.0.1:{port}"
        with Gate(Settings(engine="opa", opa_url=url, timeout_s=5), organisation=example()) as gate:
            for event in (weighs, compliant_event("recommendation")):
                verdict = gate.check(event)
                assert verdict.effect == "deny"
                assert verdict.rules == ("runtime.policy_error",)


def test_missing_reference_data_does_not_load(tmp_path: Path) -> None:
    directory = write_rule(
        tmp_path / "p", "recommendation", "input.ai.model in data.reference.banned.models"
    )
    with pytest.raises(Exception, match=r"'data\.reference\.banned\.models' is not there") as found:
        Gate(Settings(), organisation=example(), policies=[directory])
    assert type(found.value).__name__ == "PolicyError"


# --- Exit while deciding --------------------------------------------------------------------------

EXIT = """
import socket, sys, threading, time
from typing import Annotated
import structlog
structlog.configure(processors=[lambda *_: (_ for _ in ()).throw(structlog.DropEvent)])
from aboveboard import pd, profiling
from aboveboard.gate import Gate
from aboveboard.organisation import example
from aboveboard.settings import Settings
from aboveboard.testing import compliant_event

mark, engine, place = sys.argv[1:]
silent = socket.create_server(("127.0.0.1", 0))  # takes connections and never answers
if place == "silent":
    place = "http://127.0.0.1:%d" % silent.getsockname()[1]
more = {"opa": {"opa_url": place}, "managed": {"opa_binary": place}, "embedded": {}}[engine]
gate = Gate(Settings(engine=engine, timeout_s=30, **more), organisation=example())
allowed = compliant_event("recommendation")

@profiling(purpose="lead_scoring", model="propensity-3.1", gate=gate)
def score(lead: Annotated[str, pd.Name]) -> int:
    open(mark, "w").write("it ran")
    return 1

def decide():
    while True:
        gate.check(allowed)

def step():
    score("Ada")
"""

HOW = {
    "a thread that waits for a server": (
        "opa",
        "silent",
        "threading.Thread(target=step, daemon=True).start(); time.sleep(0.3)",
    ),
    "an event loop that waits for a server": (
        "opa",
        "silent",
        """
import asyncio
async def main():
    waiting = asyncio.create_task(gate.acheck(allowed))
    await asyncio.sleep(0.3)
def loop():
    asyncio.run(main())
loop()
""",
    ),
    "sys.exit while threads decide": (
        None,
        None,
        """
for _ in range(3): threading.Thread(target=decide, daemon=True).start()
time.sleep(0.2)
sys.exit()
""",
    ),
    "exit while policies are reloaded": (
        None,
        None,
        """
def reload():
    while True: gate.reload()
threading.Thread(target=reload, daemon=True).start()
threading.Thread(target=decide, daemon=True).start()
time.sleep(0.2)
""",
    ),
}


@pytest.mark.parametrize(("engine_name", "place", "how"), HOW.values(), ids=HOW)
def test_exit_while_deciding(
    engine_name: str | None, place: str | None, how: str, engine: dict[str, Any], tmp_path: Path
) -> None:
    """The step does not run, the exit is clean, and nothing is printed."""
    if engine_name is not None and engine["engine"] != engine_name:
        return  # a server that never answers is one of this engine's
    known = {"opa": "opa_url", "managed": "opa_binary", "embedded": "engine"}
    where = place or str(engine[known[engine["engine"]]])
    mark = tmp_path / "ran"
    done = subprocess.run(
        [sys.executable, "-c", EXIT + textwrap.dedent(how), str(mark), engine["engine"], where],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not mark.exists()
