"""The decorators: one class, four names."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, TypeVar, cast

from aboveboard.errors import SignatureError
from aboveboard.facts import Step
from aboveboard.gate import Gate
from aboveboard.steps.call import StepRunner
from aboveboard.steps.disclosing import DisclosureHandler

__all__ = ["StepDecorator", "data_collection", "decision", "profiling", "recommendation"]

P = ParamSpec("P")
R = TypeVar("R")

Facts = Mapping[str, Any] | Callable[..., Mapping[str, Any] | None]
ResultFacts = Mapping[str, Any] | Callable[[Any], Mapping[str, Any] | None]


class StepDecorator:
    """Governs a function as one of the four steps; its signature stays as it is.

    Args:
        purpose: short name in the organisation's purpose register, or a bare `dpv:` id.
        model: the AI model, as the organisation's profile names it.
        recipient: the processor that gets the data, as the profile names it.
        facts: further facts, nested or dotted; or a function of the same arguments that gives them.
        result_facts: facts of what came out; or a function of the result that gives them.
        disclose: shows a notice to the person; the gate's own when left out.
        gate: decides; the default gate, made at the first call, when left out.
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
        gate: Gate | None = None,
    ) -> None:
        self._options: dict[str, Any] = {
            "purpose": purpose,
            "model": model,
            "recipient": recipient,
            "facts": facts,
            "result_facts": result_facts,
            "disclose": disclose,
            "gate": gate,
        }

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        """Decorate a function or coroutine function.

        Raises:
            SignatureError: the function cannot be governed as it stands.
        """
        if isinstance(function, type) or not callable(function):
            msg = f"@{self.step} takes a function; got {type(function).__name__}."
            raise SignatureError(msg)
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            msg = (
                f"@{self.step} does not take generators yet: '{function.__qualname__}' would give "
                "out items unchecked. Return a list."
            )
            raise SignatureError(msg)
        runner = StepRunner(self.step, function, **self._options)
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def awaited(*args: P.args, **kwargs: P.kwargs) -> Any:
                return await runner.arun(args, kwargs)

            return cast("Callable[P, R]", awaited)

        @functools.wraps(function)
        def called(*args: P.args, **kwargs: P.kwargs) -> R:
            return cast("R", runner.run(args, kwargs))

        return called


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
