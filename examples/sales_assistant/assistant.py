"""The assistant: one governed client, and a talk that any server can go on with."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from openai import OpenAI
from shop import SCHEMAS, TOOLS, Desk, facts_of, find_desks

import aboveboard_openai
from aboveboard import Gate, StepStopped
from aboveboard.ai import Conversation, Handover, Report, Turn

SYSTEM = "You help customers of a shop of desks. Offer alternatives with prices. Never press."
MODEL = "gpt-5-mini"
_MAX_ROUNDS = 4


@dataclass
class Talk:
    """What the shop keeps of a talk: the messages for the model, and what rules ask for.

    Attributes:
        conversation: times, counts and ids, no words.
        messages: what the model gets.
        offered: the desks that were looked up last.
        reports: how the calls for the latest reply went.
    """

    conversation: Conversation
    messages: list[Any] = field(default_factory=lambda: [{"role": "system", "content": SYSTEM}])
    offered: list[Desk] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)


@dataclass
class Reply:
    """What the customer sees.

    Attributes:
        text: the answer.
        why: why it was allowed, changed or stopped, in words for the customer.
        stopped: it is the shop's own word, in place of the model's.
        report: how the calls went, for the shop's own eyes.
    """

    text: str
    why: list[str]
    stopped: bool = False
    report: dict[str, Any] = field(default_factory=dict)


class Assistant:
    """Answers customers.

    Args:
        gate: who decides.
        base_url: of the vendor.
        host: that requests end at, where `base_url` is a stand-in.
    """

    def __init__(self, gate: Gate, base_url: str, host: str | None = None) -> None:
        self.gate = gate
        self.cases: list[Handover] = []
        self._talks: dict[str, Talk] = {}
        self.client = aboveboard_openai.wrap(
            OpenAI(base_url=base_url, api_key="made-up", max_retries=1),
            purpose="service_chat",
            model="service-assistant",
            gate=gate,
            host=host,
            tools=TOOLS,
            facts=self._facts,
            handover=self._hand_over,
            on_report=self._note,
        )

    def start(self, customer: str) -> Talk:
        """A talk with a customer, who is known by a pseudonym from here on."""
        subject = self.gate.pseudonym(customer)
        talk = Talk(Conversation(subject=subject, language="en"))
        self._talks[talk.conversation.id] = talk
        return talk

    def reply(self, talk: Talk, text: str) -> Reply:
        """Answer one message."""
        talk.reports.clear()
        told = len(talk.messages)
        talk.messages.append({"role": "user", "content": text})
        try:
            with talk.conversation:
                answer = self._answer(talk)
        except StepStopped as stopped:
            del talk.messages[told:]  # what was stopped is no part of the talk
            return self._stopped(talk, stopped)
        return Reply(answer, self._why(talk), report=talk.reports[-1].as_dict())

    def _answer(self, talk: Talk) -> str:
        for _ in range(_MAX_ROUNDS):
            response = self.client.chat.completions.create(
                model=MODEL, messages=talk.messages, tools=SCHEMAS
            )
            message = response.choices[0].message
            talk.messages.append(message.model_dump(exclude_none=True))
            if not message.tool_calls:
                return message.content or ""
            for call in message.tool_calls:
                talk.messages.append(
                    {"role": "tool", "tool_call_id": call.id, "content": self._run(talk, call)}
                )
        return "I did not find that out. Ask me in another way, or ask for a colleague."

    def _run(self, talk: Talk, call: Any) -> str:
        """Run a tool: whoever gets here has a call that was judged."""
        given = json.loads(call.function.arguments or "{}")
        if call.function.name == "find_desks":
            talk.offered = find_desks(standing=bool(given.get("standing")))
            talk.conversation.offered(desk.id for desk in talk.offered)
            return json.dumps([desk.shown for desk in talk.offered])
        return json.dumps({"ordered": str(given.get("desk"))})

    def _facts(self, turn: Turn) -> dict[str, Any]:
        return facts_of(turn, self._of(turn.conversation).offered)

    def _note(self, report: Report) -> None:
        self._talks[report.conversation or ""].reports.append(report)

    def _of(self, conversation: Conversation | None) -> Talk:
        return self._talks[conversation.id if conversation else ""]

    def _hand_over(self, handover: Handover) -> str:
        self.cases.append(handover)
        return f"case-{len(self.cases)}"

    def _why(self, talk: Talk) -> list[str]:
        """In words for the customer: what the policies asked for, and what was done."""
        told: list[str] = []
        masked = max(sum(report.masked.values()) for report in talk.reports)
        if masked:
            told.append(f"Of your details, {masked} went to the AI as a placeholder.")
        for report in talk.reports:
            for verdict in report.verdicts:
                told += self.gate.for_person(verdict, "en")
        checks = sum(len(report.verdicts) for report in talk.reports)
        return [*dict.fromkeys(told), f"Checked {checks} times, and allowed."]

    def _stopped(self, talk: Talk, stopped: StepStopped) -> Reply:
        report = talk.reports[-1]
        text = "I stop here."
        if report.handover is not None:
            text = f"A colleague takes this over and will answer you here ({report.handover})."
        why = list(self.gate.for_person(stopped.verdict, "en"))
        return Reply(text, why, stopped=True, report=report.as_dict())
