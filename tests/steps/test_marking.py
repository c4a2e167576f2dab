"""`mark`: what a machine made leaves marked as such, or does not leave."""

from typing import Any

import pytest

from aboveboard import StepDenied, recommendation
from aboveboard.gate import Gate
from aboveboard.organisation import example
from aboveboard.settings import Settings
from aboveboard.testing import compliant_facts

UNMARKED = {"ai": {"output_type": "image"}}


def picture_of(gate: Gate, **options: Any) -> Any:
    known = compliant_facts("recommendation")
    facts = {**known, "ai": {**known["ai"], **UNMARKED["ai"]}}

    @recommendation(gate=gate, facts=lambda: facts, result_facts={}, **options)
    def draw() -> str:
        return "picture"

    return draw


def sign(result: str, event: Any) -> str:
    assert event.phase == "completed"
    return f"{result} (AI)"


async def sign_later(result: str, event: Any) -> str:
    return sign(result, event)


def raising(result: str, event: Any) -> str:
    raise RuntimeError(f"LEAKED-{result}")


def test_marked_by_the_step_s_handler_or_the_gate_s() -> None:
    assert picture_of(Gate(Settings(), organisation=example()), mark=sign)() == "picture (AI)"
    assert picture_of(Gate(Settings(), organisation=example(), mark=sign))() == "picture (AI)"


@pytest.mark.parametrize(
    ("handler", "why"),
    [
        (None, "nothing marks it"),
        (raising, "the 'mark' handler failed with RuntimeError"),
        (sign_later, "the 'mark' handler failed with TypeError"),
        (lambda result, event: None, "the 'mark' handler failed with TypeError"),
    ],
)
def test_not_marked_means_withheld(handler: Any, why: str) -> None:
    gate = Gate(Settings(), organisation=example())
    with pytest.raises(StepDenied, match=why) as stopped:
        picture_of(gate, mark=handler)()
    assert stopped.value.verdict.rules == ("runtime.obligation_failed",)
    assert "LEAKED" not in str(stopped.value)


def test_monitored_it_leaves_as_it_is() -> None:
    gate = Gate(Settings(mode="monitor"), organisation=example(), mark=sign)
    assert picture_of(gate)() == "picture"


@pytest.mark.anyio
@pytest.mark.parametrize("handler", [sign, sign_later])
async def test_a_coroutine_takes_either_kind_of_handler(handler: Any) -> None:
    known = compliant_facts("recommendation")
    facts = {**known, "ai": {**known["ai"], **UNMARKED["ai"]}}
    gate = Gate(Settings(), organisation=example(), mark=handler)

    @recommendation(gate=gate, facts=lambda: facts, result_facts={})
    async def draw() -> str:
        return "picture"

    assert await draw() == "picture (AI)"


def test_each_item_of_a_stream_is_marked() -> None:
    from collections.abc import Iterator

    known = compliant_facts("recommendation")
    facts = {**known, "ai": {**known["ai"], **UNMARKED["ai"]}}
    gate = Gate(Settings(), organisation=example(), mark=sign)

    @recommendation(gate=gate, facts=lambda: facts, result_facts={})
    def draw() -> Iterator[str]:
        yield "one"
        yield "two"

    assert list(draw()) == ["one (AI)", "two (AI)"]
