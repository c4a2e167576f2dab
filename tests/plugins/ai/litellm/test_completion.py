"""`litellm.completion` through the real LiteLLM, to a fake vendor."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import litellm
import pytest
from pydantic import BaseModel

import aboveboard_litellm
from aboveboard import ConfigurationError, Gate, StepDenied, StepEscalated
from aboveboard.ai import Conversation
from aboveboard.testing.recorder import Recorder
from tests.assistant import DISCLOSURE_FI
from tests.plugins.ai.litellm.conftest import ADDRESS, PRESSED, QUESTION, Ask, Vendor

Wrap = Callable[..., Any]
ANSWER = "Hei! Tilauksesi on matkalla. Se saapuu huomenna aamulla. Kiitos viestistäsi."


def tool(name: str) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, "parameters": {"type": "object"}}}


def test_an_address_leaves_masked_and_the_disclosure_comes_first(
    wrap: Wrap, ask: Ask, vendor: Vendor, talk: Conversation
) -> None:
    given = ask()
    before = copy.deepcopy(given)
    said = wrap(litellm.completion)(**given)
    assert isinstance(said, litellm.ModelResponse)
    assert said.choices[0].message.content == f"{DISCLOSURE_FI}\n\n{ANSWER}"
    [sent] = vendor.bodies()
    assert ADDRESS not in str(sent)
    assert "[EMAIL_ADDRESS_" in str(sent)
    assert given == before
    assert talk.turns == 1
    assert talk.report is not None
    assert talk.report.masked == {"pd:EmailAddress": 1}


def test_what_was_masked_comes_back(wrap: Wrap, ask: Ask, talk: Conversation) -> None:
    """The vendor repeats what it was sent, so the fake has to be told afterwards."""
    completion = wrap(litellm.completion)
    completion(**ask())
    [(mask, _)] = [
        (key, value)
        for key, value in talk._masks._value_of.items()  # type: ignore[union-attr]
    ]
    said = completion(**ask(mock_response=f"Lähetin sen: {mask}."))
    assert said.choices[0].message.content == f"Lähetin sen: {ADDRESS}."


def test_arguments_by_position(wrap: Wrap, ask: Ask, vendor: Vendor, talk: Conversation) -> None:
    given = ask()
    wrap(litellm.completion)(given.pop("model"), given.pop("messages"), 30.0, **given)
    assert ADDRESS not in str(vendor.bodies())
    with pytest.raises(TypeError):
        wrap(litellm.completion)("openai/x", model="openai/y")


def test_facts_of_the_call(
    wrap: Wrap, ask: Ask, talk: Conversation, assistant: tuple[Gate, Recorder]
) -> None:
    wrap(litellm.completion)(**ask(tools=[tool("find_products")]))
    events = assistant[1].events
    assert [(event.step, event.phase) for event in events][:2] == [("profiling", "requested")] * 2
    assert events[0].source == "/litellm/app"
    last = events[-1].facts
    assert last.ai.vendor == "openai"
    assert last.ai.model == "service-assistant"


def test_a_pressed_answer_is_stopped(wrap: Wrap, ask: Ask, talk: Conversation) -> None:
    with pytest.raises(StepEscalated) as stopped:
        wrap(litellm.completion)(**ask("pressure"))
    assert type(stopped.value) is StepEscalated
    assert PRESSED not in str(stopped.value)


def test_a_request_for_a_human_is_handed_over(
    wrap: Wrap, ask: Ask, vendor: Vendor, talk: Conversation
) -> None:
    handed = []

    def take(handover: Any) -> str:
        handed.append(handover)
        return "CASE-1"

    with pytest.raises(StepEscalated):
        wrap(litellm.completion, handover=take)(**ask(f"Haluan puhua ihmisen kanssa. {ADDRESS}"))
    assert vendor.bodies() == []
    assert talk.handover_ref == "CASE-1"
    assert ADDRESS not in str([text.text for text in handed[0].thread])


def test_a_declared_tool_gets_what_was_masked(wrap: Wrap, ask: Ask, talk: Conversation) -> None:
    completion = wrap(litellm.completion)
    completion(**ask())
    [mask] = talk._masks._value_of  # type: ignore[union-attr]
    called = [
        {
            "id": "call-1",
            "type": "function",
            "function": {
                "name": "order_product",
                "arguments": json.dumps({"product": "P-1", "email": mask}),
            },
        }
    ]
    said = completion(**ask("Tilaa se", tools=[tool("order_product")], mock_tool_calls=called))
    [call] = said.choices[0].message.tool_calls
    assert json.loads(call.function.arguments) == {"product": "P-1", "email": ADDRESS}


def test_an_undeclared_tool_is_stopped(wrap: Wrap, ask: Ask, talk: Conversation) -> None:
    with pytest.raises(StepEscalated, match="R-SEC-02"):
        wrap(litellm.completion)(**ask("delete", tools=[tool("delete_everything")]))


def test_results_of_tools_have_their_name(
    wrap: Wrap, ask: Ask, vendor: Vendor, talk: Conversation
) -> None:
    first = wrap(litellm.completion)(
        **ask(
            "Tilaa se",
            tools=[tool("find_products")],
            mock_tool_calls=[
                {
                    "id": "call-1",
                    "type": "function",
                    "function": {"name": "find_products", "arguments": "{}"},
                }
            ],
        )
    )
    asked = first.choices[0].message  # an object of LiteLLM, given back as it is
    messages = [
        {"role": "user", "content": "Tilaa se"},
        asked,
        {"role": "tool", "tool_call_id": "call-1", "content": f"Myyjä: {ADDRESS}"},
    ]
    wrap(litellm.completion)(**ask(messages=messages, tools=[tool("find_products")]))
    [sent] = vendor.bodies()
    assert sent["messages"][1]["tool_calls"][0]["function"]["name"] == "find_products"
    assert ADDRESS not in str(sent)


@pytest.mark.parametrize(
    "more",
    [
        {"user": ADDRESS},
        {"extra_body": {"note": [ADDRESS]}},
        {"metadata": {"who": ADDRESS}},
        {"litellm_system_prompt": f"Asiakas on {ADDRESS}"},
        {"litellm_metadata": {"who": [ADDRESS]}},
        {
            "tools": [
                {"type": "function", "function": {"name": "find_products", "description": ADDRESS}}
            ]
        },
    ],
)
def test_texts_beside_the_messages_are_masked_too(
    wrap: Wrap, ask: Ask, vendor: Vendor, talk: Conversation, more: dict[str, Any]
) -> None:
    wrap(litellm.completion)(**ask("Missä tilaukseni on?", **more))
    assert ADDRESS not in str(vendor.bodies())


def test_an_image_is_told_as_what_nobody_read(
    wrap: Wrap, ask: Ask, talk: Conversation, assistant: tuple[Gate, Recorder]
) -> None:
    parts = [
        {"type": "text", "text": "Mikä tämä on?"},
        {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
    ]
    with pytest.raises(StepEscalated, match=r"prompt\.image"):
        wrap(litellm.completion)(**ask(messages=[{"role": "user", "content": parts}]))
    first = assistant[1].events[0]
    assert first.facts.prompt.text_scanned is False
    assert "prompt.image" in [field.name for field in first.facts.fields]


def test_json_has_no_room_for_a_notice(wrap: Wrap, ask: Ask, talk: Conversation) -> None:
    with pytest.raises(StepDenied, match="disclose"):
        wrap(litellm.completion)(**ask(response_format={"type": "json_object"}))
    shown: list[Any] = []
    said = wrap(litellm.completion, disclose=shown.append)(
        **ask(response_format={"type": "json_object"}, mock_response='{"ok": true}')
    )
    assert json.loads(said.choices[0].message.content) == {"ok": True}
    assert len(shown) == 1


def test_each_candidate_is_judged(wrap: Wrap, ask: Ask, talk: Conversation) -> None:
    said = wrap(litellm.completion)(**ask(mock_response="Hei.", n=2))
    for choice in said.choices:
        assert choice.message.content == f"{DISCLOSURE_FI}\n\nHei."


def test_errors_keep_their_type_and_verdicts_are_given_once(
    wrap: Wrap, ask: Ask, vendor: Vendor, talk: Conversation, assistant: tuple[Gate, Recorder]
) -> None:
    vendor.fake.chaos(dropRate=1.0)
    with pytest.raises(litellm.InternalServerError) as plain:
        litellm.completion(**ask("hei", max_retries=0))
    asked = len(vendor.bodies())
    with pytest.raises(litellm.InternalServerError) as governed:
        wrap(litellm.completion)(**ask("hei", max_retries=0, num_retries=2))
    assert str(governed.value).partition("LiteLLM Retried")[0].strip() == str(plain.value).strip()
    assert len(vendor.bodies()) - asked >= 2
    assert [event.step for event in assistant[1].events] == ["profiling", "recommendation"]


def test_a_timeout_is_litellms(wrap: Wrap, ask: Ask, talk: Conversation) -> None:
    reports: list[Any] = []
    with pytest.raises(litellm.Timeout):
        wrap(litellm.completion, on_report=reports.append)(
            **ask("hei", mock_timeout=True, timeout=0.01)
        )
    assert len(reports) == 1


@pytest.mark.parametrize(
    ("more", "name"),
    [
        ({"prompt_id": "p"}, "completion.prompt_id"),
        ({"model_list": [{}]}, "completion.model_list"),
        ({"acompletion": True}, "completion.acompletion"),
        ({"fallbacks": [{"model": "openai/x", "messages": []}]}, "completion.fallbacks"),
        (
            {"tools": [{"type": "mcp", "server_url": "litellm_proxy/mcp/x"}]},
            "completion.tools",
        ),
        (
            {"tools": [{"type": "mcp", "server_url": "https://proxy.example/mcp/x"}]},
            "completion.tools",
        ),
    ],
)
def test_keywords_that_nobody_can_judge(
    wrap: Wrap, ask: Ask, vendor: Vendor, more: dict[str, Any], name: str
) -> None:
    with pytest.raises(StepDenied) as stopped:
        wrap(litellm.completion)(**ask(**more))
    [finding] = stopped.value.verdict.findings
    assert finding.rule == "runtime.not_governed"
    assert name in finding.remedy
    assert vendor.bodies() == []


def test_what_cannot_be_wrapped(wrap: Wrap, options: dict[str, Any]) -> None:
    completion = wrap(litellm.completion)
    for client in (completion, litellm.token_counter, object(), print, json):
        with pytest.raises(ConfigurationError, match="client"):
            aboveboard_litellm.wrap(client, **options)


def test_nothing_of_the_talk_is_logged(
    wrap: Wrap, ask: Ask, talk: Conversation, log: list[Any], caplog: Any
) -> None:
    wrap(litellm.completion)(**ask())
    with pytest.raises(StepEscalated) as stopped:
        wrap(litellm.completion)(**ask(f"pressure {ADDRESS}"))
    for text in (str(log), str(stopped.value), repr(stopped.value), caplog.text):
        assert ADDRESS not in text
        assert QUESTION not in text


def made_answer(**message: Any) -> litellm.ModelResponse:
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", **message}}
    return litellm.ModelResponse(model="m", choices=[choice])


def test_a_refusal_is_told_though_the_vendor_says_stop(
    wrap: Wrap, ask: Ask, talk: Conversation
) -> None:
    answer = made_answer(
        content=None,
        refusal="En voi auttaa.",
        provider_specific_fields={"refusal": "En voi auttaa."},
    )
    said = wrap(litellm.completion)(**ask("Auta", mock_response=answer))
    assert talk.report is not None
    assert talk.report.outcome == "refused"
    assert talk.failed_turns == 1
    message = said.choices[0].message
    shown = f"{DISCLOSURE_FI}\n\nEn voi auttaa."
    assert message.provider_specific_fields["refusal"] == shown
    assert getattr(message, "refusal", shown) == shown


def test_an_answer_that_nobody_can_read_is_stopped(
    wrap: Wrap, ask: Ask, talk: Conversation
) -> None:
    image = {"type": "image_url", "index": 0, "image_url": {"url": "data:image/png;base64,AA=="}}
    answer = made_answer(content="Tässä.", images=[image])
    with pytest.raises(StepDenied, match="image"):
        wrap(litellm.completion)(**ask("Piirrä", mock_response=answer))
    said = wrap(litellm.completion, passing=["answer.image"])(**ask("Piirrä", mock_response=answer))
    assert said.choices[0].message.content.endswith("Tässä.")


def test_reasoning_stays_as_it_came(wrap: Wrap, ask: Ask, talk: Conversation) -> None:
    completion = wrap(litellm.completion)
    completion(**ask())
    [mask] = talk._masks._value_of  # type: ignore[union-attr]
    answer = made_answer(content=f"Selvä, {mask}.", reasoning_content=f"It is {mask}.")
    said = completion(**ask("Hei", mock_response=answer))
    assert said.choices[0].message.content == f"Selvä, {ADDRESS}."
    assert said.choices[0].message.reasoning_content == f"It is {mask}."
    assert "original_response" not in said._hidden_params


def test_a_structured_answer(wrap: Wrap, ask: Ask, talk: Conversation) -> None:
    class Place(BaseModel):
        city: str

    completion = wrap(litellm.completion, disclose=lambda _: None)
    said = completion(**ask("Minne?", response_format=Place, mock_response='{"city": "Oulu"}'))
    assert Place.model_validate_json(said.choices[0].message.content).city == "Oulu"
