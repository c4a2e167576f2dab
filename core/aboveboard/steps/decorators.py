"""The decorators: one class, four names. As a `with` block each does the same."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import partial, partialmethod
from typing import TYPE_CHECKING, Any, Literal, ParamSpec, TypeVar, cast, overload

from aboveboard.errors import SignatureError
from aboveboard.facts import Step
from aboveboard.gate import Gate
from aboveboard.steps.call import StepRunner
from aboveboard.steps.context import AsyncStepBlock, Blocks, StepBlock
from aboveboard.steps.disclosing import DisclosureHandler
from aboveboard.steps.kinds import dressed, kind_of, refuse, rewrapped
from aboveboard.steps.marking import MarkHandler
from aboveboard.steps.streams import async_generator_function, generator_function
from aboveboard.steps.telling import Options

if TYPE_CHECKING:
    from collections.abc import Awaitable

__all__ = ["StepDecorator", "data_collection", "decision", "profiling", "recommendation"]

T = TypeVar("T")
P = ParamSpec("P")
R = TypeVar("R")

Facts = Mapping[str, Any] | Callable[..., Mapping[str, Any] | None]
ResultFacts = Mapping[str, Any] | Callable[[Any], Mapping[str, Any] | None]


class StepDecorator:
    """Governs a function as one of the four steps; its signature stays as it is.

    Takes functions, coroutine functions, generator functions of both kinds, methods of every kind,
    partials, objects that are called, and `contextlib.contextmanager` functions. Also a `with` and
    `async with` block: see `StepBlock`; one object serves any number of blocks at once.

    Args:
        purpose: short name in the organisation's purpose register, or a bare `dpv:` id.
        model: the AI model, as the organisation's profile names it.
        recipient: the processor that gets the data, as the profile names it.
        facts: further facts, nested or dotted; or a function of the same arguments that gives them.
        result_facts: facts of what came out; or a function of the result that gives them. Of a
            generator: of each item.
        disclose: shows a notice to the person; the gate's own when left out.
        mark: takes what came out and its event, gives it back marked as made by AI so that machines
            can tell; the gate's own when left out.
        gate: decides; the default gate, made at the first call, when left out.
        subject: of a `with` block: whose data it is, an identifier, which leaves only as a
            pseudonym. A function marks its argument with SubjectId instead.
        on_stopped: of a generator: `raise` at an item that is stopped, or `skip` it and go on.
    """

    step: Step

    def __init__(
        self,
        *,
        purpose: str | None = None,
        model: str | None = None,
        recipient: str | None = None,
        facts: Facts | None = None,
        result_facts: ResultFacts | None = None,
        disclose: DisclosureHandler | None = None,
        mark: MarkHandler | None = None,
        gate: Gate | None = None,
        subject: object = None,
        on_stopped: Literal["raise", "skip"] = "raise",
    ) -> None:
        if on_stopped not in ("raise", "skip"):
            msg = "on_stopped: expected 'raise' or 'skip'."
            raise SignatureError(msg)
        self._options = Options(
            purpose=purpose,
            model=model,
            recipient=recipient,
            facts=facts,
            result_facts=result_facts,
            disclose=disclose,
            mark=mark,
            gate=gate,
            subject=subject,
            on_stopped=on_stopped,
        )
        _check_options(self._options)

    def __reduce__(self) -> Any:
        options = self._options
        given = {name: getattr(options, name) for name in options.__slots__}
        return partial(type(self), **given), ()

    # A static method is a callable as any other; a class method and a partial one are none.
    @overload
    def __call__(self, function: Callable[P, R]) -> Callable[P, R]: ...
    @overload
    def __call__(self, function: classmethod[T, P, R]) -> classmethod[T, P, R]: ...
    @overload
    def __call__(self, function: partialmethod[R]) -> partialmethod[R]: ...
    def __call__(self, function: Any) -> Any:
        """Decorate a function.

        A generator function is checked before its first item, and each item as it leaves: its
        arguments are bound then, too.

        Raises:
            SignatureError: the function cannot be governed as it stands.
        """
        inside = rewrapped(function, self)
        if inside is not None:
            return inside
        refuse(function, self.step)
        if self._options.subject is not None:
            msg = "subject= is for 'with' blocks. Mark the function's argument with SubjectId."
            raise SignatureError(msg)
        kind = kind_of(function)
        runner = StepRunner(
            self.step, function, self._options, yields=kind in ("generator", "async generator")
        )
        if kind == "generator":
            return dressed(generator_function(runner.open), function)
        if kind == "async generator":
            return dressed(async_generator_function(runner.aopen), function)
        if kind == "coroutine":

            async def awaited(*args: Any, **kwargs: Any) -> Any:
                return await runner.arun(args, kwargs)

            return dressed(awaited, function)

        def called(*args: Any, **kwargs: Any) -> Any:
            return runner.run(args, kwargs)

        return dressed(called, function)

    def __enter__(self) -> StepBlock:
        """Decide before the block runs. Raises StepDenied, StepEscalated, SignatureError."""
        return self._as_blocks().enter(sys._getframe(1))  # noqa: SLF001  (whose `with` it is)

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Judge what was not judged. Raises StepDenied, StepEscalated."""
        self._as_blocks().exit(sys._getframe(1), error)  # noqa: SLF001

    def __aenter__(self) -> Awaitable[AsyncStepBlock]:
        """`with`, awaiting engine and handlers."""
        return self._as_blocks().aenter(sys._getframe(1))  # noqa: SLF001

    def __aexit__(
        self, kind: object, error: BaseException | None, trace: object
    ) -> Awaitable[None]:
        """See `__exit__`."""
        return self._as_blocks().aexit(sys._getframe(1), error)  # noqa: SLF001

    def _as_blocks(self) -> Blocks:
        made = self.__dict__.get("_blocks")
        if made is None:
            # One for all: of two threads that get here both use the first one's.
            made = self.__dict__.setdefault("_blocks", Blocks(self.step, self._options))
        return cast("Blocks", made)


def _check_options(options: Options) -> None:
    """Raise SignatureError for what is of the wrong type; its value is not quoted."""
    for name, (fits, expected) in _OPTIONS.items():
        value = getattr(options, name)
        if not (value is None or fits(value)):
            msg = f"{name}: expected {expected}; got {type(value).__name__}."
            raise SignatureError(msg)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _gives_facts(value: object) -> bool:
    return isinstance(value, Mapping) or callable(value)


def _is_gate(value: object) -> bool:
    return isinstance(value, Gate)


_OPTIONS: dict[str, tuple[Callable[[object], bool], str]] = {
    "purpose": (_is_text, "a text"),
    "model": (_is_text, "a text"),
    "recipient": (_is_text, "a text"),
    "facts": (_gives_facts, "a mapping or a function"),
    "result_facts": (_gives_facts, "a mapping or a function"),
    "disclose": (callable, "a function"),
    "gate": (_is_gate, "a Gate"),
}


class data_collection(StepDecorator):  # noqa: N801  (a decorator)
    """Take data in: read a CRM record, a form, a transcript, an enrichment.

    The return annotation says what is collected; what the purpose does not need is cut from it.
    """

    step: Step = "data_collection"


class profiling(StepDecorator):  # noqa: N801
    """Build or use a profile: score, segment, infer."""

    step: Step = "profiling"


class recommendation(StepDecorator):  # noqa: N801
    """Advise, offer or contact: a product, a price, an e-mail, a chat answer."""

    step: Step = "recommendation"


class decision(StepDecorator):  # noqa: N801
    """Decide on a person: accept, refuse, set terms, close a case."""

    step: Step = "decision"
