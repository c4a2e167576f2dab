"""One governed call of a function: judged, run, and what it gives back judged."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import AsyncGeneratorType, GeneratorType
from typing import Any

from aboveboard.errors import SignatureError
from aboveboard.events import StepEvent
from aboveboard.facts import Phase, Step
from aboveboard.nesting import enter, leave
from aboveboard.steps.arguments import argument, split, values_at, with_argument
from aboveboard.steps.facts_function import FactsFunction
from aboveboard.steps.judging import Judge
from aboveboard.steps.signature import Signature, read_signature
from aboveboard.steps.streams import (
    AsyncSource,
    Source,
    async_generator_function,
    generator_function,
)
from aboveboard.steps.telling import Call, Options

__all__ = ["StepRunner"]

_LATER = (GeneratorType, AsyncGeneratorType)


class StepRunner(Judge):
    """Runs one decorated function under a gate.

    Args:
        step: one of the four steps.
        function: what is decorated.
        options: what it is decorated with.
        yields: True for generator functions.

    Raises:
        SignatureError: it cannot be governed as it stands.
    """

    def __init__(
        self, step: Step, function: Callable[..., Any], options: Options, *, yields: bool = False
    ) -> None:
        name = getattr(function, "__qualname__", type(function).__qualname__)
        super().__init__(step, name, options)
        self._function = function
        self._yields = yields
        self._facts_function: FactsFunction | None = None
        self._parameters = inspect.signature(function)
        if callable(options.facts):
            self._facts_function = FactsFunction(options.facts, self._parameters.parameters, name)
        self._signature: Signature | None = None
        try:
            self._signature = self._read()
        except NameError:
            pass  # an annotation that is defined below: read again at the first call
        if options.gate is not None and self._signature is not None:
            self.prepare(options.gate)

    def run(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call the function, governed."""
        call = self.begin(args, kwargs)
        decision = self.before(call).decision_id
        enter(decision)
        try:
            result = self._function(*call.args, **call.kwargs)
        finally:
            leave(decision)
        if self._follows(call, result) or hasattr(type(result), "__await__"):
            return self._later(call, decision, result)
        return self.after(call, result)

    async def arun(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Await the coroutine function, governed."""
        call = self.begin(args, kwargs)
        decision = (await self.abefore(call)).decision_id
        enter(decision)
        try:
            result = await self._function(*call.args, **call.kwargs)
        finally:
            leave(decision)
        if self._follows(call, result):
            return self._items(call, decision, result)
        return await self.aafter(call, result)

    def open(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Source:
        """Decide whether the generator function may run; its items, judged one by one."""
        call = self.begin(args, kwargs)
        decision = self.before(call).decision_id
        return Source(self, call, decision, self._function(*call.args, **call.kwargs))

    async def aopen(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> AsyncSource:
        """`open` for an async generator function."""
        call = self.begin(args, kwargs)
        decision = (await self.abefore(call)).decision_id
        return AsyncSource(self, call, decision, self._function(*call.args, **call.kwargs))

    def _follows(self, call: Call, result: Any) -> bool:
        """True when what a plain function gave back gives out items."""
        return type(result) in _LATER or (call.signature.streamed and result is not None)

    def _later(self, call: Call, decision: str, result: Any) -> Any:
        """What a plain function gave back is still to run: a coroutine, a generator, an iterator."""
        if not hasattr(type(result), "__await__"):
            return self._items(call, decision, result)

        async def awaited() -> Any:
            enter(decision)
            try:
                found = await result
            finally:
                leave(decision)
            if self._follows(call, found):
                return self._items(call, decision, found)
            return await self.aafter(call, found)

        return awaited()

    def _items(self, call: Call, decision: str, result: Any) -> Any:
        if hasattr(type(result), "__aiter__"):
            source = AsyncSource(self, call, decision, aiter(result))

            async def ready(_: tuple[Any, ...], __: dict[str, Any]) -> AsyncSource:
                return source

            return async_generator_function(ready)()
        items = Source(self, call, decision, iter(result))
        return generator_function(lambda _, __: items)()

    def signature(self) -> Signature:
        """What the annotations say, read once. Raises SignatureError."""
        if self._signature is None:
            try:
                self._signature = self._read()
            except NameError as error:
                msg = f"The annotations of '{self.name}' name '{error.name}', which nobody defined."
                raise SignatureError(msg) from None
        return self._signature

    def _read(self) -> Signature:
        found = read_signature(
            self._function, result_needed=self.step == "data_collection", yields=self._yields
        )
        if self.options.on_stopped != "raise" and not found.streamed:
            msg = f"'{self.name}' gives out no items: on_stopped is for generators."
            raise SignatureError(msg)
        return found

    def identifier(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The value behind SubjectId, or None when there is none or when there are several."""
        signature = self.signature()
        if signature.subject is None or "[]" in signature.subject:
            return None
        name, rest = split(signature.subject)
        return next(values_at(argument(signature, name, args, kwargs), rest), None)

    def fields_facts(self, phase: Phase) -> dict[str, Any]:
        """What goes in, and what comes out; of data collection both before it runs."""
        signature = self.signature()
        arguments = [item.as_fact() for item in signature.arguments]
        results = [item.as_fact() for item in signature.result]
        if phase == "completed":
            return {"fields": results}
        return {"fields": arguments + results if self.step == "data_collection" else arguments}

    def ask(self, call: Call, event: StepEvent) -> Any:
        """What the facts function gives; arguments that nobody declared are cut before."""
        signature = call.signature
        if signature.models:
            held = self.held(call, event, signature.models, call.argument, special=True)
            call.added = held.added
            for name, value in held.replaced.items():
                call.args, call.kwargs = with_argument(
                    signature, name, value, call.args, call.kwargs
                )
        if self._facts_function is None:
            return None
        bound = self._parameters.bind(*call.args, **call.kwargs)
        bound.apply_defaults()
        try:
            return self._facts_function(bound.arguments)
        except Exception as error:
            raise self.no_facts(call, event, self.options.facts, error) from None
