"""`litellm.responses`, to a vendor that has the API, and to one for which LiteLLM plays it."""

from __future__ import annotations

import copy
from typing import Any

import litellm
import pytest
from litellm.types.llms.openai import ResponsesAPIResponse

from aboveboard import StepDenied, StepEscalated
from aboveboard.ai import Conversation, value_of
from tests.assistant import DISCLOSURE_FI
from tests.plugins.ai.litellm.conftest import ADDRESS, QUESTION, Ask, Vendor, run
from tests.plugins.ai.litellm.test_completion import ANSWER, Wrap

TOOL = {"type": "function", "name": "order_product", "parameters": {"type": "object"}}
FAKES = pytest.mark.parametrize("model", ["openai/gpt-5.4-mini", "hosted_vllm/local"])


def given(ask: Ask, text: Any = QUESTION, **more: Any) -> dict[str, Any]:
    call = ask(**more)
    del call["messages"]
    return {**call, "input": text}


def texts(events: list[Any]) -> str:
    return "".join(event.delta for event in events if event.type == "response.output_text.delta")


def whole_texts(event: Any) -> list[str]:
    """What an event repeats of the text."""
    if event.type == "response.output_text.done":
        return [event.text]
    if event.type == "response.content_part.done":
        return [event.part.text]
    if event.type == "response.output_item.done":
        return [value_of(part, "text") for part in event.item.content]
    return []


@FAKES
def test_a_response(wrap: Wrap, ask: Ask, vendor: Vendor, talk: Conversation, model: str) -> None:
    call = given(ask, model=model)
    before = copy.deepcopy(call)
    said = wrap(litellm.responses)(**call)
    assert isinstance(said, ResponsesAPIResponse)
    assert said.output_text == f"{DISCLOSURE_FI}\n\n{ANSWER}"
    assert ADDRESS not in str(vendor.bodies())
    assert call == before


@FAKES
@pytest.mark.parametrize("awaited", [False, True])
def test_a_stream(
    wrap: Wrap, ask: Ask, vendor: Vendor, talk: Conversation, model: str, *, awaited: bool
) -> None:
    call = given(ask, model=model, stream=True)

    async def course() -> list[Any]:
        return [event async for event in await wrap(litellm.aresponses)(**call)]

    events = run(course()) if awaited else list(wrap(litellm.responses)(**call))
    assert texts(events) == f"{DISCLOSURE_FI}\n\n{ANSWER}"
    assert events[-1].type == "response.completed"
    assert events[-1].response.output_text == f"{DISCLOSURE_FI}\n\n{ANSWER}"
    repeated = [text for event in events for text in whole_texts(event)]
    assert len(repeated) >= 3
    assert set(repeated) == {f"{DISCLOSURE_FI}\n\n{ANSWER}"}
    assert ADDRESS not in str(vendor.bodies())


@FAKES
def test_a_pressed_stream(wrap: Wrap, ask: Ask, talk: Conversation, model: str) -> None:
    seen: list[Any] = []
    stream = wrap(litellm.responses)(**given(ask, "pressure", model=model, stream=True))
    with pytest.raises(StepEscalated):
        seen.extend(stream)
    assert "Osta" not in str(seen)
    for name in ("response", "completed_response", "logging_obj", "stream_iterator"):
        assert not hasattr(stream, name)


@FAKES
@pytest.mark.parametrize("stream", [False, True])
def test_tools(wrap: Wrap, ask: Ask, talk: Conversation, model: str, *, stream: bool) -> None:
    call = given(ask, "order", model=model, tools=[TOOL], stream=stream)
    said = wrap(litellm.responses)(**call)
    if stream:
        said = list(said)[-1].response
    [item] = [item for item in said.output if item.type == "function_call"]
    assert item.name == "order_product"
    assert item.arguments == '{"product": "P-1", "email": "%s"}'
    undeclared = given(ask, "delete", model=model, tools=[{**TOOL, "name": "delete_everything"}])
    seen: list[Any] = []
    with pytest.raises(StepEscalated, match="R-SEC-02"):
        seen.extend(wrap(litellm.responses)(**undeclared, stream=stream))
    assert "delete_everything" not in str(seen)


def test_items_of_a_talk(wrap: Wrap, ask: Ask, vendor: Vendor, talk: Conversation) -> None:
    items = [
        {"role": "user", "content": [{"type": "input_text", "text": f"Olen {ADDRESS}"}]},
        {"type": "function_call", "call_id": "1", "name": "find_products", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "1", "output": f"Myyjä {ADDRESS}"},
        {"role": "user", "content": "Kiitos"},
    ]
    wrap(litellm.responses)(**given(ask, items, instructions=f"Kirjoita {ADDRESS}"))
    [sent] = vendor.bodies()
    assert str(sent).count("[EMAIL_ADDRESS_") == 3
    assert ADDRESS not in str(sent)


def test_what_lies_at_the_vendor_was_read_by_nobody(
    wrap: Wrap, ask: Ask, vendor: Vendor, talk: Conversation
) -> None:
    with pytest.raises(StepEscalated, match=r"prompt\.stored"):
        wrap(litellm.responses)(**given(ask, previous_response_id="resp_1"))
    with pytest.raises(StepDenied, match=r"responses\.background"):
        wrap(litellm.responses)(**given(ask, background=True))
    assert vendor.bodies() == []
