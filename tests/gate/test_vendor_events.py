"""`aboveboard_events`: a vendor's payload becomes events, by exactly one plugin."""

from __future__ import annotations

from typing import Any

import pytest

from aboveboard import EventError, PluginError, StepEvent, hookimpl
from aboveboard.vendor_events import vendor_events


class Acme:
    """Reads `{"contact": …, "channel": …}`."""

    @hookimpl
    def aboveboard_events(self, vendor: Any, payload: Any, pseudonym: Any) -> Any:
        if vendor != "acme":
            return None
        facts = {"contact.channel": payload["channel"]}
        return [
            StepEvent.create("recommendation", facts=facts, subject=pseudonym(payload["contact"]))
        ]


class Answers:
    def __init__(self, answer: Any) -> None:
        self.answer = answer

    @hookimpl
    def aboveboard_events(self) -> Any:
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer


def ask(gate: Any, payload: Any, vendor: str = "acme") -> list[StepEvent]:
    return vendor_events(gate.manager, vendor, payload, gate.pseudonym)


def test_a_payload_becomes_events_of_a_pseudonym(plugged: Any) -> None:
    gate = plugged(Acme(), Answers(None))
    (event,) = ask(gate, {"contact": "4711", "channel": "email"})
    assert event.facts.contact is not None
    assert event.facts.contact.channel == "email"
    assert event.subject == gate.pseudonym("4711")
    assert gate.check(event).effect == "deny"  # the rest is unknown


def test_a_payload_that_concerns_no_step(plugged: Any) -> None:
    assert ask(plugged(Answers(iter(()))), {}) == []


def test_a_vendor_that_nobody_knows(plugged: Any) -> None:
    with pytest.raises(PluginError, match="No plugin reads payloads of 'acmee'"):
        ask(plugged(Acme()), {}, "acmee")


def test_a_vendor_that_two_know(plugged: Any) -> None:
    with pytest.raises(PluginError, match="Plugins 'Acme' and 'Answers' both read"):
        ask(plugged(Acme(), Answers([])), {"contact": "1", "channel": "email"})


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (ValueError("LEAKED"), r"Plugin 'Answers' could not read the payload \(ValueError\)"),
        (EventError("channel: expected one of email, phone."), "channel: expected one of"),
        (["LEAKED"], "gave what is no StepEvent"),
        ("LEAKED", "gave what is no StepEvent"),
        (5, r"could not read the payload \(TypeError\)"),
    ],
)
def test_a_payload_that_cannot_be_read(plugged: Any, answer: Any, says: str) -> None:
    with pytest.raises(EventError, match=says) as refused:
        ask(plugged(Answers(answer)), {})
    assert "LEAKED" not in str(refused.value)
