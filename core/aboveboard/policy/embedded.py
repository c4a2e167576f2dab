"""The engine that runs Rego inside this process: no server, the default.

A `regorus.Engine` belongs to the thread that made it, even when it is dropped, so each thread keeps
its own, one for each step and phase, in a registry that no other thread touches. The registry
outlives every `EmbeddedEngine`: were engines its attributes, a garbage collection in another thread
would drop them.
Where Python itself clears another thread's registry (in the child of a fork, at exit while daemon
threads run), the engines are left alone: a few hundred kilobytes lost, and nothing printed.

An event is asked of what was linked for its step and phase (see `linking`). Where that is undefined
or fails, the whole packages of the step are asked: their answer, or their error, is what counts.
"""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import json
import os
import re
import threading
import weakref
from collections.abc import Callable, Mapping
from typing import Any

from aboveboard.errors import EngineError
from aboveboard.facts import PHASES, STEPS, Phase, Step
from aboveboard.policy.bundle import PolicyBundle
from aboveboard.policy.catalogue import Catalogue
from aboveboard.policy.engine import Answer, read_answer
from aboveboard.policy.linking import ANSWER

__all__ = ["EmbeddedEngine"]

# Before the first use: a panic's message would otherwise hold a backtrace.
os.environ.setdefault("RUST_LIB_BACKTRACE", "0")

# How an event begins; see `StepEvent.engine_input`.
_ASKED = re.compile(r'\{\s*"step":\s*"(?P<step>\w+)",\s*"phase":\s*"(?P<phase>\w+)"')
_PHASES: dict[str, Phase] = {phase: phase for phase in PHASES}
_PLACE = re.compile(r"-->\s*(?P<file>[\w./ -]+?):(?P<line>\d+):")
_serial = itertools.count()


class _Registry(threading.local):
    """Engines of one thread: (serial of the owner, step, phase or None) → regorus.Engine."""

    def __init__(self) -> None:
        self.engines: dict[tuple[int, Step, Phase | None], Any] = {}
        self._guard = _Guard(self.engines)


class _Guard:
    """Goes when the thread's registry goes, and looks who clears it."""

    __slots__ = ("_engines", "_thread")

    def __init__(self, engines: dict[tuple[int, Step, Phase | None], Any]) -> None:
        self._engines = engines
        self._thread = threading.get_ident()

    def __del__(
        self,
        here: Callable[[], int] = threading.get_ident,
        keep: Callable[[Any], None] = ctypes.pythonapi.Py_IncRef,
        referring: Callable[[Any], Any] = ctypes.py_object,
    ) -> None:
        if here() != self._thread:
            for engine in self._engines.values():
                keep(referring(engine))


_local = _Registry()
_closed: set[int] = set()


class EmbeddedEngine:
    """Rego evaluated by regorus in the calling thread.

    Building costs a few milliseconds for each step, phase and thread; `prepare` does it before first
    use.
    Evaluation holds the interpreter lock: use processes, not threads, for throughput.
    """

    name = "embedded"

    def __init__(self, bundle: PolicyBundle) -> None:
        self._bundle = bundle
        self._serial = next(_serial)
        # Nobody needs to call `close`: without its owner no engine is asked again.
        weakref.finalize(self, _closed.add, self._serial).atexit = False
        self._sources: dict[str, list[tuple[str, str]]] = {}
        self._unlinked: set[tuple[Step, Phase]] = set()
        self.data = self._data(bundle.reference)
        self.asked_whole = 0
        """How often the whole packages were asked, because what was linked gave no answer."""

    @property
    def catalogue(self) -> Catalogue:
        """The messages of the bundle."""
        return self._bundle.catalogue

    @property
    def revision(self) -> str:
        """The revision of the bundle."""
        return self._bundle.revision

    def prepare(self) -> None:
        """Build this thread's engines for all steps and phases and ask each once."""
        for step in STEPS:
            for phase in PHASES:
                self.prepare_for(step, phase)

    def prepare_for(self, step: Step, phase: Phase) -> None:
        """Build what this thread needs to answer for one step and phase."""
        if self._engine(step, phase) is None:
            self._engine(step, None)

    def evaluate(self, step: Step, facts: str) -> Answer:
        """See `PolicyEngine.evaluate`."""
        begins = _ASKED.match(facts)
        phase = _PHASES.get(begins["phase"]) if begins and begins["step"] == step else None
        if phase is not None:
            try:
                text = self._ask(step, phase, facts)
            except _Failed:
                text = ""
            if text.startswith("{"):
                return read_answer(text)
        self.asked_whole += 1
        try:
            text = self._ask(step, None, facts)
        except _Failed as error:
            raise self.failed(step, str(error)) from None
        if not text.startswith("{"):
            raise EngineError(
                "runtime.policy_error",
                f"The policies gave no answer for the step '{step}'.",
                f"Check that package 'aboveboard.{step}' defines 'answer'.",
            )
        return read_answer(text)

    def _ask(self, step: Step, phase: Phase | None, facts: str) -> str:
        """The answer as JSON; no object where there is none."""
        engine = self._engine(step, phase)
        if engine is None:
            return ""
        try:
            engine.set_input_json(facts)
            text: str = engine.eval_rule_as_json(_answer(step, phase))
        except Exception as error:
            raise _Failed(str(error)) from None
        except BaseException as error:
            # A Rust panic. The engine answers nonsense from now on: throw it away.
            _local.engines.pop((self._serial, step, phase), None)
            if type(error).__name__ != "PanicException":
                raise
            raise _policy_error("") from None
        return text

    async def aevaluate(self, step: Step, facts: str) -> Answer:
        """Evaluate in the calling thread: a fraction of a millisecond, shorter than a handover."""
        return self.evaluate(step, facts)

    def close(self) -> None:
        """Drop this thread's engines; other threads drop theirs when they next ask any engine."""
        _closed.add(self._serial)
        _sweep()

    async def aclose(self) -> None:
        """See `close`."""
        self.close()

    def _engine(self, step: Step, phase: Phase | None) -> Any:
        """This thread's engine; None when the policies of that phase do not link by themselves."""
        found = _local.engines.get((self._serial, step, phase))
        if found is not None:
            return found
        if phase is None:
            try:
                return self._build(step, phase, self.sources(step), self.data)
            except _Failed as error:
                raise self.failed(step, str(error)) from None
        linked = self._bundle.linked_for(step, phase)
        if linked is not None and (step, phase) not in self._unlinked:
            data = json.dumps(linked.data)
            with contextlib.suppress(_Failed):
                return self._build(step, phase, [("linked.rego", linked.text)], data)
        self._unlinked.add((step, phase))
        return None

    def _build(
        self, step: Step, phase: Phase | None, sources: list[tuple[str, str]], data: str
    ) -> Any:
        try:
            import regorus
        except ImportError:
            raise EngineError(
                "runtime.engine_unavailable",
                "The embedded engine is not installed for this platform.",
                "Install 'gordon-to-regorus', or set engine = \"opa\".",
            ) from None
        _sweep()
        engine = regorus.Engine()
        try:
            for name, text in sources:
                engine.add_policy(name, text)
            engine.add_data_json(data)
            engine.set_input_json("{}")
            # Compiles. That a policy fails on no facts at all says nothing of real ones.
            with contextlib.suppress(Exception):
                engine.eval_rule_as_json(_answer(step, phase))
        except Exception as error:
            raise _Failed(str(error)) from None
        except BaseException as error:
            if type(error).__name__ != "PanicException":
                raise
            raise _policy_error("") from None
        _local.engines[self._serial, step, phase] = engine
        return engine

    def _data(self, reference: Mapping[str, Any]) -> str:
        catalogue = {"revision": self._bundle.revision, "reference": sorted(reference)}
        return json.dumps({"reference": reference, "catalogue": catalogue})

    def sources(self, step: Step) -> list[tuple[str, str]]:
        """Name and text of each module that the step's answer needs, linked."""
        if step not in self._sources:
            self._sources[step] = [
                (f"{package}.rego", self._bundle.linked(package))
                for package in self._bundle.packages_for(step)
            ]
        return self._sources[step]

    def failed(self, step: Step, text: str) -> EngineError:
        """The error with file and line; the engine's own text quotes values of the input."""
        names = {name for name, _ in self.sources(step)}
        found = next((item for item in _PLACE.finditer(text) if item["file"] in names), None)
        if found is None:
            return _policy_error("")
        return _policy_error(self._origin(found["file"].removesuffix(".rego"), int(found["line"])))

    def _origin(self, package: str, line: int) -> str:
        """File and line as their author has them, from a line of the linked package."""
        origins = self._bundle.origins(package)
        file, number = origins[line - 1] if line <= len(origins) else ("", 0)
        return f"{file}:{number}" if number else file or package


class _Failed(Exception):
    """What the engine said. Never shown: it quotes values of the input."""


def _answer(step: Step, phase: Phase | None) -> str:
    return ANSWER if phase else f"data.aboveboard.{step}.answer"


def _sweep() -> None:
    """Drop this thread's engines whose owner was closed."""
    for key in [key for key in _local.engines if key[0] in _closed]:
        del _local.engines[key]


def _policy_error(place: str) -> EngineError:
    where = f" at {place}" if place else ""
    return EngineError(
        "runtime.policy_error",
        f"A policy could not be evaluated{where}.",
        "Look at that line: a function met a value of the wrong type, or an unknown one.",
    )
