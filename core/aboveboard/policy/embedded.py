"""The engine that runs Rego inside this process: no server, the default.

A `regorus.Engine` belongs to the thread that made it, even when it is dropped, so each thread keeps
its own, one a step, in a registry that no other thread touches. The registry outlives every
`EmbeddedEngine`: were engines its attributes, a garbage collection in another thread would drop them.
Where Python itself clears another thread's registry (in the child of a fork, at exit while daemon
threads run), the engines are left alone: a few hundred kilobytes lost, and nothing printed.
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
from collections.abc import Callable
from typing import Any

from aboveboard.errors import EngineError
from aboveboard.facts import STEPS, Step
from aboveboard.policy.bundle import PolicyBundle
from aboveboard.policy.catalogue import Catalogue
from aboveboard.policy.engine import Answer, read_answer

__all__ = ["EmbeddedEngine"]

# Before the first use: a panic's message would otherwise hold a backtrace.
os.environ.setdefault("RUST_LIB_BACKTRACE", "0")

_PLACE = re.compile(r"-->\s*(?P<file>[\w./ -]+?):(?P<line>\d+):")
_serial = itertools.count()


class _Registry(threading.local):
    """Engines of one thread: (serial of the owner, step) → regorus.Engine."""

    def __init__(self) -> None:
        self.engines: dict[tuple[int, str], Any] = {}
        self._guard = _Guard(self.engines)


class _Guard:
    """Goes when the thread's registry goes, and looks who clears it."""

    __slots__ = ("_engines", "_thread")

    def __init__(self, engines: dict[tuple[int, str], Any]) -> None:
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

    Building costs a few milliseconds for each step and thread; `prepare` does it before first use.
    Evaluation holds the interpreter lock: use processes, not threads, for throughput.
    """

    name = "embedded"

    def __init__(self, bundle: PolicyBundle) -> None:
        self._bundle = bundle
        self._serial = next(_serial)
        # Nobody needs to call `close`: without its owner no engine is asked again.
        weakref.finalize(self, _closed.add, self._serial).atexit = False
        self._sources: dict[str, list[tuple[str, str]]] = {}
        catalogue = {name: bundle.data["catalogue"][name] for name in ("revision", "reference")}
        self.data = json.dumps({"reference": bundle.data["reference"], "catalogue": catalogue})

    @property
    def catalogue(self) -> Catalogue:
        """The messages of the bundle."""
        return self._bundle.catalogue

    @property
    def revision(self) -> str:
        """The revision of the bundle."""
        return self._bundle.revision

    def prepare(self) -> None:
        """Build this thread's engines for all four steps and ask each once."""
        for step in STEPS:
            self._engine(step)

    def evaluate(self, step: Step, facts: str) -> Answer:
        """See `PolicyEngine.evaluate`."""
        engine = self._engine(step)
        try:
            engine.set_input_json(facts)
            text = engine.eval_rule_as_json(f"data.aboveboard.{step}.answer")
        except Exception as error:
            raise self.failed(step, str(error)) from None
        except BaseException as error:
            # A Rust panic. The engine answers nonsense from now on: throw it away.
            _local.engines.pop((self._serial, step), None)
            if type(error).__name__ != "PanicException":
                raise
            raise _policy_error("") from None
        if not text.startswith("{"):
            raise EngineError(
                "runtime.policy_error",
                f"The policies gave no answer for the step '{step}'.",
                f"Check that package 'aboveboard.{step}' defines 'answer'.",
            )
        return read_answer(text)

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

    def _engine(self, step: Step) -> Any:
        found = _local.engines.get((self._serial, step))
        return found if found is not None else self._build(step)

    def _build(self, step: Step) -> Any:
        try:
            import regorus
        except ImportError:
            raise EngineError(
                "runtime.engine_unavailable",
                "The embedded engine is not installed for this platform.",
                "Install 'gordon-to-regorus', or set engine = \"opa\".",
            ) from None
        _sweep()
        sources = self.sources(step)
        engine = regorus.Engine()
        try:
            for name, text in sources:
                engine.add_policy(name, text)
            engine.add_data_json(self.data)
            engine.set_input_json("{}")
            # Compiles. That a policy fails on no facts at all says nothing of real ones.
            with contextlib.suppress(Exception):
                engine.eval_rule_as_json(f"data.aboveboard.{step}.answer")
        except Exception as error:
            raise self.failed(step, str(error)) from None
        except BaseException as error:
            if type(error).__name__ != "PanicException":
                raise
            raise _policy_error("") from None
        _local.engines[self._serial, step] = engine
        return engine

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
        names = {name for name, _ in self._sources.get(step, ())}
        found = next((item for item in _PLACE.finditer(text) if item["file"] in names), None)
        if found is None:
            return _policy_error("")
        return _policy_error(self._origin(found["file"].removesuffix(".rego"), int(found["line"])))

    def _origin(self, package: str, line: int) -> str:
        """File and line as their author has them, from a line of the linked package."""
        lines = self._bundle.linked(package).splitlines()[:line]
        modules = {f"# {m.file}": m for m in self._bundle.modules if m.name == package}
        start = max((n for n, text in enumerate(lines, 1) if text in modules), default=0)
        if not start:
            return package
        module = modules[lines[start - 1]]
        # Linking left these lines out.
        dropped = {module.package_line, *(number for _, number in module.imports)}
        kept = [n for n in range(1, module.text.count("\n") + 2) if n not in dropped]
        return f"{module.file}:{kept[line - start - 1]}" if line > start else module.file


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
