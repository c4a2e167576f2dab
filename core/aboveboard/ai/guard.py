"""Stands between a program and a model: what goes in and what comes out is judged on the way.

A plugin calls it at three moments: before a request leaves (`begin`), with the answer (`end`), or with
the chunks of a stream (`flow`). What it does not know how to judge it refuses by name (`refuse`).

    governed = guard.begin(call)               # raises; the texts of the call are masked in place
    response = client.send(...)
    governed.end(answer)                       # raises; the texts of the answer are set in place
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Required, TypedDict

from aboveboard.ai.calls import ModelCall, ToolCall
from aboveboard.ai.conversation import Conversation, current_conversation
from aboveboard.ai.effects import adrive, drive
from aboveboard.ai.exchange import GovernedCall
from aboveboard.ai.handing import HandoverHandler
from aboveboard.ai.report import Report
from aboveboard.ai.tools import Tool
from aboveboard.ai.turn import Turn
from aboveboard.defaults import default_gate
from aboveboard.errors import ConfigurationError, StepDenied, VocabularyError
from aboveboard.events import StepEvent
from aboveboard.explain import sentence
from aboveboard.facts import Step
from aboveboard.facts.fitting import of_step
from aboveboard.facts.merging import as_mapping
from aboveboard.gate import Gate
from aboveboard.steps.disclosing import DisclosureHandler
from aboveboard.steps.marking import MarkHandler
from aboveboard.steps.prepared import Prepared, prepare
from aboveboard.steps.telling import Options

__all__ = ["AnswerStep", "Facts", "Guard", "GuardKeywords", "GuardOptions"]

AnswerStep = Literal["recommendation", "profiling", "decision"]
"""What an answer is: words for the person, a score or segment of the person, a decision on them."""

Facts = Mapping[str, Any] | Callable[[Turn], "Mapping[str, Any] | None"]


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class GuardOptions:
    """What a program says of the calls of one client; a plugin's `wrap` takes it as keywords.

    Args:
        purpose: what the calls are for: a short name of the register or a `dpv:` id.
        step: what their answers are; `recommendation` when left out.
        gate: who decides; the default gate when left out.
        model: name of the profile's entry for the system; the model that the call names when left
            out.
        recipient: name of the profile's processor, where the entry of the model does not say it.
        account: of the vendor's, for the events' source.
        subject: whose data it is, where no conversation says it: an identifier, or a function of
            the `Turn` that gives one.
        categories: what people write in prompts, DPV ids.
        tools: what the tools do that the model may call, by name.
        facts: what nobody else knows: a mapping, or a function of the `Turn`, of which each step
            takes the groups that it has.
        conversation: of all calls, where no `with conversation:` says it.
        disclose: shows a notice to the person; left out, notices are put into the answer.
        mark: marks what the model made, where a policy demands it of the result itself.
        handover: brings a talk before a human; gives back what the case is known as.
        on_report: gets the `Report` of each call, when it has ended or stopped.
        host: that the requests reach in the end, where the client talks to a gateway of one's own.
        passing: names of calls that go through unjudged, each by the name it is refused with.
    """

    purpose: str | None
    step: AnswerStep = "recommendation"
    gate: Gate | None = None
    model: str | None = None
    recipient: str | None = None
    account: str = "app"
    subject: Any = None
    categories: Sequence[str] = ("pd:Communication",)
    tools: Mapping[str, Tool] = field(default_factory=dict)
    facts: Facts | None = None
    conversation: Conversation | None = None
    disclose: DisclosureHandler | None = None
    mark: MarkHandler | None = None
    handover: HandoverHandler | None = None
    on_report: Callable[[Report], Any] | None = None
    host: str | None = None
    passing: Iterable[str] = ()


class GuardKeywords(TypedDict, total=False):
    """The options as keywords, for a plugin's `wrap(client, **options: Unpack[GuardKeywords])`."""

    purpose: Required[str | None]
    step: AnswerStep
    gate: Gate | None
    model: str | None
    recipient: str | None
    account: str
    subject: Any
    categories: Sequence[str]
    tools: Mapping[str, Tool]
    facts: Facts | None
    conversation: Conversation | None
    disclose: DisclosureHandler | None
    mark: MarkHandler | None
    handover: HandoverHandler | None
    on_report: Callable[[Report], Any] | None
    host: str | None
    passing: Iterable[str]


class Guard:
    """Judges the calls of one client of one vendor.

    Args:
        vendor: its name, such as `openai`; stands in events as their source.
        options: what the program says.

    Raises:
        ConfigurationError: an option is wrong; names it.
    """

    def __init__(self, vendor: str, options: GuardOptions) -> None:
        _check(options)
        self.vendor = vendor
        self.options = replace(options, passing=frozenset(options.passing))
        self.source = f"/{vendor}/{options.account}"
        self._prepared: weakref.WeakKeyDictionary[Gate, dict[Any, Prepared]] = (
            weakref.WeakKeyDictionary()
        )
        if options.gate is not None:  # what is wrong is said here, not at a request
            self.prepared(options.gate, options.step, options.model)
            for tool in options.tools.values():
                if tool.acts:
                    self.prepared(options.gate, "decision", options.model, tool.purpose)

    @property
    def gate(self) -> Gate:
        """Who decides."""
        return self.options.gate or default_gate()

    @property
    def conversation(self) -> Conversation | None:
        """The talk that the next call belongs to."""
        return current_conversation() or self.options.conversation

    def prepared(
        self, gate: Gate, step: Step, model: str | None, purpose: str | None = None
    ) -> Prepared:
        """What no call changes.

        Args:
            gate: who decides.
            step: one of the four steps.
            model: as a call names it.
            purpose: of a tool, where that has its own.

        Raises:
            ConfigurationError: purpose, recipient or facts cannot stand.
        """
        kept = self._prepared.setdefault(gate, {})
        found = kept.get((step, model, purpose))
        if found is None or found.organisation is not gate.organisation:
            given = self.options
            facts = given.facts
            if isinstance(facts, Mapping):
                facts = of_step(as_mapping(facts), step)
            options = Options(
                purpose=purpose or given.purpose,
                model=given.model or model,
                recipient=given.recipient,
                facts=facts,
            )
            if len(kept) > 64:  # models are named by calls, so there may be any number of names
                kept.clear()
            found = prepare(gate, step, self.vendor, options, source=self.source)
            kept[step, model, purpose] = found
        return found

    def begin(self, call: ModelCall) -> GovernedCall:
        """Judge a call before it leaves; its texts are masked in place where that is demanded.

        Raises:
            StepDenied, StepEscalated: it must not leave.
        """
        governed = GovernedCall(self, call)
        drive(governed.beginning())
        return governed

    async def abegin(self, call: ModelCall) -> GovernedCall:
        """`begin`, awaiting engine and handlers."""
        governed = GovernedCall(self, call)
        await adrive(governed.beginning())
        return governed

    def tool(self, item: ToolCall) -> None:
        """Judge the call of a tool by itself, for agents whose tools others call.

        Raises:
            StepDenied, StepEscalated: it must not be called.
        """
        drive(GovernedCall(self, _of_tool(item)).deciding([item]))

    async def atool(self, item: ToolCall) -> None:
        """`tool`, awaiting engine and handlers."""
        await adrive(GovernedCall(self, _of_tool(item)).deciding([item]))

    def refuse(self, name: str, why: str = "") -> None:
        """Refuse a call that nobody governs, unless `passing` names it.

        Raises:
            StepDenied: its finding bears the reserved reason `runtime.not_governed`.
        """
        if name in self.options.passing:
            return
        gate = self.gate
        event = StepEvent.create("profiling", "requested", {}, source=self.source)
        message = why or f"'{name}' of {self.vendor} is not governed: nobody judges what it moves."
        verdict = gate.refuse(
            event,
            "runtime.not_governed",
            message,
            f"Use a governed call, or let it through by name: passing={[name]!r}.",
        )
        if verdict.stops:
            raise StepDenied(sentence(verdict, self.name), verdict)

    @property
    def name(self) -> str:
        """What errors call it."""
        return f"{self.vendor}, {self.options.purpose or self.options.step}"


def _of_tool(item: ToolCall) -> ModelCall:
    return ModelCall(operation=f"tool {item.name}", tools=(item.name,))


def _check(given: GuardOptions) -> None:
    problem = None
    if given.gate is not None and not isinstance(given.gate, Gate):
        problem = f"gate: expected aboveboard.Gate; got {type(given.gate).__name__}."
    elif given.step not in ("recommendation", "profiling", "decision"):
        problem = f"step: expected recommendation, profiling or decision; got {given.step!r}."
    elif isinstance(given.passing, str):
        problem = "passing: expected a list of names, not one text."
    elif isinstance(given.categories, str):
        problem = "categories: expected a list of DPV ids, not one text."
    elif not all(isinstance(tool, Tool) for tool in given.tools.values()):
        problem = "tools: expected an aboveboard.ai.Tool for each name."
    elif given.conversation is not None and not isinstance(given.conversation, Conversation):
        problem = "conversation: expected an aboveboard.ai.Conversation."
    else:
        problem = next(
            (
                f"{name}: expected a function; got {type(value).__name__}."
                for name in ("disclose", "mark", "handover", "on_report")
                if (value := getattr(given, name)) is not None and not callable(value)
            ),
            None,
        )
    if problem is not None:
        raise ConfigurationError(problem)
    from aboveboard.vocab import is_known

    for tool in (None, *given.tools.values()):
        held = given.categories if tool is None else _categories(tool)
        for category in held:
            if not is_known(category):
                msg = f"DPV has no category {category!r}."
                raise VocabularyError(msg)


def _categories(tool: Tool) -> list[str]:
    return [*(tool.result or ()), *(item for held in tool.arguments.values() for item in held)]
