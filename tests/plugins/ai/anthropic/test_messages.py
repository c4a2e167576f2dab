"""Calls of the Messages API that are answered as a whole."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from anthropic import Anthropic, beta_tool
from anthropic.types import Message, TextBlock
from pydantic import BaseModel
from structlog.testing import capture_logs

import aboveboard_anthropic
from aboveboard import ConfigurationError, Gate, StepDenied, StepEscalated, StepStopped
from aboveboard.ai import Conversation, Handover, Turn
from aboveboard.organisation import example
from aboveboard.testing.recorder import Recorder
from tests.assistant import DISCLOSURE_FI, HOST, MODEL, PURPOSE, TOOLS, chat_facts
from tests.plugins.ai.anthropic.asking import ANNA, PRESSED, asked, offered
from tests.plugins.ai.anthropic.vendor import Reply, Vendor, message, text, tool

pytestmark = pytest.mark.anyio


def steps(recorder: Recorder) -> list[tuple[str, str]]:
    return [(event.step, event.phase) for event in recorder.events]


def test_a_call_is_judged_before_and_after(
    client: Any, vendor: Vendor, recorder: Recorder, talk: Conversation
) -> None:
    vendor.answers(message("Tilauksesi tulee huomenna."))
    answer = client.messages.create(**asked(system="You help customers of a shop."))
    assert isinstance(answer, Message)
    assert answer.content[0].text == f"{DISCLOSURE_FI}\n\nTilauksesi tulee huomenna."
    assert answer._request_id == "req_01"
    assert steps(recorder) == [
        ("profiling", "requested"),
        ("recommendation", "requested"),
        ("recommendation", "completed"),
    ]
    before, after = recorder.events[1].facts, recorder.events[2].facts
    assert before.ai.base_url_host == HOST
    assert recorder.events[0].source == "/anthropic/app"
    assert after.usage.inference_geo == "eu"
    assert after.tokens.total == 50
    assert after.ai.model_version == "2026-08-15"  # the profile knows better
    assert talk.report is not None
    assert talk.report.operation == "messages.create"
    assert talk.report.outcome == "complete"
    assert talk.report.model == "claude-opus-5-5"


async def test_async_calls_are_judged_alike(
    aclient: Any, vendor: Vendor, recorder: Recorder
) -> None:
    vendor.answers(message(f"Hei {ANNA}"))
    answer = await aclient.messages.create(**asked(f"Olen {ANNA}"))
    assert answer.content[0].text == f"{DISCLOSURE_FI}\n\nHei {ANNA}"
    assert ANNA not in vendor.sent[0].raw.decode()
    assert len(recorder.events) == 3 + 1  # one more: masked, the prompt is judged again


@pytest.mark.parametrize("beta", [False, True])
def test_an_address_leaves_masked_and_comes_back(
    client: Any, vendor: Vendor, talk: Conversation, beta: bool
) -> None:
    vendor.answers(message("Kirjoitan osoitteeseen @@."))
    messages = client.beta.messages if beta else client.messages
    given = asked(f"Olen {ANNA}")
    kept = copy.deepcopy(given)
    answer = messages.create(**given)
    assert given == kept
    assert vendor.bodies[0]["messages"][0]["content"].startswith("Olen [EMAIL_ADDRESS_")
    assert answer.content[0].text.endswith(f"osoitteeseen {ANNA}.")
    assert talk.report is not None
    assert talk.report.masked == {"pd:EmailAddress": 1}


def test_what_came_before_goes_back_as_it_is_and_is_masked_anew(
    client: Any, vendor: Vendor
) -> None:
    vendor.answers(
        message(
            {"type": "thinking", "thinking": f"She is {ANNA}", "signature": "c2ln"}, f"Hei {ANNA}"
        )
    )
    first = client.messages.create(**asked(f"Olen {ANNA}"))
    turns: list[Any] = [
        {"role": "user", "content": f"Olen {ANNA}"},
        {"role": "assistant", "content": first.content},
        {"role": "user", "content": [TextBlock(type="text", text=f"Kirjoita {ANNA}")]},
    ]
    client.messages.create(**asked(messages=turns) | {"messages": turns})
    sent = vendor.bodies[1]["messages"]
    # What the model thought is signed: it goes back as it came.
    assert sent[1]["content"][0] == {
        "type": "thinking", "thinking": f"She is {ANNA}", "signature": "c2ln"
    }  # fmt: skip
    assert ANNA not in json.dumps([sent[0], sent[1]["content"][1:], sent[2]])
    assert isinstance(first.content[1], TextBlock)
    assert first.content[1].text.endswith(ANNA)


def test_an_answer_that_presses_is_not_shown(client: Any, vendor: Vendor) -> None:
    vendor.answers(message(PRESSED))
    with pytest.raises(StepEscalated) as stopped:
        client.messages.create(**asked("Mikä tuoli?"))
    assert "viimeinen" not in str(stopped.value)


def test_who_asks_for_a_human_is_handed_over(
    vendor: Vendor, govern: Callable[..., Any], talk: Conversation
) -> None:
    taken: list[Handover] = []

    def take(handover: Handover) -> str:
        taken.append(handover)
        return "case-1"

    client = govern(Anthropic(api_key="sk", base_url=vendor.url), handover=take)
    with pytest.raises(StepEscalated):
        client.messages.create(**asked(f"Haluan puhua ihmisen kanssa, olen {ANNA}"))
    assert not vendor.sent
    assert talk.handover_ref == "case-1"
    assert ANNA not in str(taken[0].thread)
    assert [said.role for said in taken[0].thread] == ["user"]


def test_a_declared_tool_is_let_through_with_what_it_needs(
    client: Any, vendor: Vendor, recorder: Recorder, talk: Conversation
) -> None:
    call = tool("order_product", {"product": "tuoli", "email": "@@"})
    vendor.answers(message(call))
    answer = client.messages.create(**asked(f"Tilaa tuoli, {ANNA}", tools=offered("order_product")))
    assert answer.stop_reason == "tool_use"
    assert answer.content[0].input == {"product": "tuoli", "email": ANNA}
    decided = next(event for event in recorder.events if event.step == "decision")
    assert decided.facts.security.tool_calls[0].name == "order_product"
    assert decided.facts.security.tool_calls[0].scope == "orders.write"
    assert talk.report is not None
    assert talk.report.tools == ["order_product"]


def test_an_undeclared_tool_is_stopped(client: Any, vendor: Vendor) -> None:
    vendor.answers(message("Poistan.", tool("delete_customer", {"id": 1})))
    with pytest.raises(StepStopped):
        client.messages.create(**asked("Poista minut", tools=offered("find_products")))


def test_the_result_of_a_tool_is_read(client: Any, vendor: Vendor, recorder: Recorder) -> None:
    vendor.answers(message("Tuoli maksaa 30 euroa."))
    turns = [
        {"role": "user", "content": "Mitä tuoli maksaa?"},
        {"role": "assistant", "content": [tool("find_products", {"product": "tuoli"})]},
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "toolu_01", "content": "Tuoli, 30 e"},
            ],
        },
    ]
    client.messages.create(**asked() | {"messages": turns, "tools": offered("find_products")})
    facts = recorder.events[0].facts
    assert facts.security.untrusted_content is False
    assert facts.security.declared_scopes == ("catalogue.read",)


def test_the_tool_runner_is_governed_turn_by_turn(
    vendor: Vendor, govern: Callable[..., Any]
) -> None:
    ordering = TOOLS | {"order_product": replace(TOOLS["order_product"], result=(), trusted=True)}
    client = govern(Anthropic(api_key="sk", base_url=vendor.url), tools=ordering)
    called: list[str] = []

    @beta_tool
    def order_product(product: str, email: str) -> str:
        """Order a product.

        Args:
            product: which.
            email: of the customer.
        """
        called.append(f"{product} {email}")
        return "ok"

    vendor.answers(
        message(tool("order_product", {"product": "tuoli", "email": "@@"})), message("Tilattu.")
    )
    run = client.beta.messages.tool_runner
    # By default the vendor keeps the talk, and then nobody here sees all of it.
    with pytest.raises(StepEscalated, match="stored"):
        run(**asked(f"Tilaa, {ANNA}"), tools=[order_product]).until_done()
    assert not vendor.sent
    last = run(**asked(f"Tilaa, {ANNA}"), tools=[order_product], thread=False).until_done()
    assert called == [f"tuoli {ANNA}"]
    assert last.content[0].text.endswith("Tilattu.")
    assert all(ANNA not in each.raw.decode() for each in vendor.sent)


class Order(BaseModel):
    product: str
    email: str


@pytest.mark.parametrize("beta", [False, True])
def test_structured_answers_are_parsed_of_what_was_judged(
    vendor: Vendor, govern: Callable[..., Any], talk: Conversation, beta: bool
) -> None:
    shown: list[str] = []
    client = govern(
        Anthropic(api_key="sk", base_url=vendor.url),
        disclose=lambda notice: shown.append(notice.text),
    )
    vendor.answers(message(json.dumps({"product": "tuoli", "email": "@@"})))
    messages = client.beta.messages if beta else client.messages
    answer = messages.parse(**asked(f"Olen {ANNA}"), output_format=Order)
    assert answer.parsed_output == Order(product="tuoli", email=ANNA)
    assert shown == [DISCLOSURE_FI]


def test_json_has_no_room_for_a_notice(client: Any, vendor: Vendor) -> None:
    with pytest.raises(StepDenied, match="disclose"):
        client.messages.parse(**asked(), output_format=Order)
    assert not vendor.sent


def test_raw_responses_hold_what_was_judged(
    client: Any, vendor: Vendor, talk: Conversation
) -> None:
    vendor.answers(Reply(message("Hei @@"), headers={"x-limit": "9"}))
    raw = client.messages.with_raw_response.create(**asked(f"Olen {ANNA}"))
    assert (raw.status_code, raw.headers["x-limit"], raw.request_id) == (200, "9", "req_01")
    assert raw.parse().content[0].text.endswith(f"Hei {ANNA}")
    for body in (raw.text(), raw.read().decode(), raw.http_response.text, json.dumps(raw.json())):
        assert "EMAIL_ADDRESS" not in body
        assert ANNA in body
    with client.messages.with_streaming_response.create(**asked(f"Olen {ANNA}")) as streamed:
        body = "".join(streamed.iter_text())
        assert json.loads(body)["content"][0]["text"] == f"Hei {ANNA}"
        assert streamed.elapsed.total_seconds() > 0
    whole = client.post("/v1/messages", body=asked(f"Olen {ANNA}"), cast_to=object)
    assert whole["content"][0]["text"] == f"Hei {ANNA}"


async def test_async_raw_responses_hold_what_was_judged(aclient: Any, vendor: Vendor) -> None:
    vendor.answers(message("Hei."))
    raw = await aclient.messages.with_raw_response.create(**asked())
    assert (await raw.parse()).content[0].text == f"{DISCLOSURE_FI}\n\nHei."
    async with aclient.messages.with_streaming_response.create(**asked()) as streamed:
        assert [line async for line in streamed.iter_lines()]


def test_a_raw_response_of_what_is_stopped_is_none(client: Any, vendor: Vendor) -> None:
    vendor.answers(message(PRESSED))
    with pytest.raises(StepEscalated):
        client.messages.with_raw_response.create(**asked())


def test_extra_body_is_judged_too(client: Any, vendor: Vendor) -> None:
    vendor.answers(message("Hei."))
    smuggled = [{"role": "user", "content": f"Olen {ANNA}"}]
    client.messages.create(**asked(), extra_body={"messages": smuggled, "note": f"to {ANNA}"})
    assert ANNA not in vendor.sent[0].raw.decode()
    assert smuggled[0]["content"] == f"Olen {ANNA}"


def test_messages_may_come_one_by_one(client: Any, vendor: Vendor) -> None:
    vendor.answers(message("Hei."))
    turns = iter([{"role": "user", "content": iter([text(f"Olen {ANNA}")])}])
    client.messages.create(**asked() | {"messages": turns})
    assert vendor.bodies[0]["messages"][0]["content"][0]["text"].startswith("Olen [EMAIL_ADDRESS_")


def test_bytes_that_nobody_reads_are_refused(client: Any, vendor: Vendor) -> None:
    with pytest.raises(StepDenied, match=r"messages\.create\.raw"):
        client.post("/v1/messages", content=json.dumps(asked()).encode(), cast_to=object)
    assert not vendor.sent


def test_counting_tokens_sends_the_prompt_and_is_judged(
    client: Any, vendor: Vendor, recorder: Recorder
) -> None:
    vendor.answers({"input_tokens": 14})
    given = {key: value for key, value in asked(f"Olen {ANNA}").items() if key != "max_tokens"}
    assert client.messages.count_tokens(**given).input_tokens == 14
    assert client.beta.messages.count_tokens(**given).input_tokens == 14
    assert ANNA not in "".join(each.raw.decode() for each in vendor.sent)
    assert set(steps(recorder)) == {("profiling", "requested")}


def test_a_copy_is_governed(client: Any, vendor: Vendor) -> None:
    vendor.answers(message(PRESSED))
    for made in (
        client.with_options(timeout=5),
        client.copy(),
        client.with_options(max_retries=1).copy(timeout=3),
    ):
        assert isinstance(made, Anthropic)
        with pytest.raises(StepEscalated):
            made.messages.create(**asked())
        with pytest.raises(StepDenied):
            made.beta.files.list()


async def test_an_async_copy_is_governed(aclient: Any, vendor: Vendor) -> None:
    vendor.answers(message(PRESSED))
    with pytest.raises(StepEscalated):
        await aclient.with_options(timeout=5).messages.create(**asked())


def test_middleware_is_refused_by_name(
    client: Any, vendor: Vendor, govern: Callable[..., Any]
) -> None:
    seen: list[Any] = []

    def looks(request: Any, go_on: Any) -> Any:
        seen.append(request.json)
        return go_on(request)

    for make in (
        lambda: client.with_middleware(looks),
        lambda: client.with_options(middleware=[looks]),
    ):
        with pytest.raises(StepDenied, match="with_middleware"):
            make()
    held = Anthropic(api_key="sk", base_url=vendor.url, middleware=[looks])
    with pytest.raises(ConfigurationError, match="with_middleware"):
        govern(held)
    vendor.answers(message("Hei."))
    passed = govern(held, passing=["with_middleware"])
    passed.messages.create(**asked(f"Olen {ANNA}"))
    assert ANNA not in str(seen)
    govern(Anthropic(api_key="sk", base_url=vendor.url), passing=["with_middleware"])


def test_a_middleware_that_answers_by_itself_is_not_believed(
    vendor: Vendor, govern: Callable[..., Any]
) -> None:
    client = Anthropic(
        api_key="sk", base_url=vendor.url, middleware=[lambda *_: Message.construct(content=[])]
    )
    govern(client, passing=["with_middleware"])
    with pytest.raises(TypeError, match="middleware"):
        client.messages.create(**asked())


def test_notices_stand_once_in_an_answer_of_several_blocks(client: Any, vendor: Vendor) -> None:
    vendor.answers(message("Hei, ", "tilaus ", "tulee."))
    answer = client.messages.create(**asked())
    texts = [block.text for block in answer.content]
    assert texts == [f"{DISCLOSURE_FI}\n\nHei, ", "tilaus ", "tulee."]


def test_citations_are_sources_and_are_judged(
    client: Any, vendor: Vendor, recorder: Recorder, talk: Conversation
) -> None:
    cited = {
        "type": "char_location", "cited_text": "Kirjoita @@", "document_index": 0,
        "document_title": "Ohje", "start_char_index": 0, "end_char_index": 9,
    }  # fmt: skip
    found = {
        "type": "web_search_result_location", "url": "https://shop.example/terms", "title": "Ehdot",
        "cited_text": "Toimitus", "encrypted_index": "abc",
    }  # fmt: skip
    vendor.answers(message(text("Kirjoita meille.", citations=[cited, found])))
    answer = client.messages.create(**asked(f"Olen {ANNA}"))
    assert answer.content[0].citations[0].cited_text == f"Kirjoita {ANNA}"
    sources = recorder.events[-1].facts.answer.sources
    assert sources == ("document:0", "https://shop.example/terms")
    vendor.answers(message(text("Tuoli.", citations=[cited | {"cited_text": PRESSED}])))
    with pytest.raises(StepEscalated):
        client.messages.create(**asked())


def test_what_the_vendor_s_tools_gave_is_let_through_by_name(
    client: Any, vendor: Vendor, govern: Callable[..., Any]
) -> None:
    ran = {
        "type": "code_execution_tool_result", "tool_use_id": "srvtoolu_1",
        "content": {
            "type": "code_execution_result", "stdout": "1", "stderr": "", "return_code": 0,
            "content": [],
        },
    }  # fmt: skip
    vendor.answers(message(ran, "Yksi."))
    with pytest.raises(StepDenied, match=r"answer\.code"):
        client.messages.create(**asked())
    passed = govern(Anthropic(api_key="sk", base_url=vendor.url), passing=["answer.code"])
    assert passed.messages.create(**asked()).content[1].text.endswith("Yksi.")


@pytest.mark.parametrize(
    ("reason", "outcome"),
    [
        ("end_turn", "complete"), ("stop_sequence", "complete"), ("max_tokens", "length"),
        ("refusal", "refused"), ("pause_turn", "paused"), ("compaction", "paused"),
        ("model_context_window_exceeded", "length"), ("news", None),
    ],
)  # fmt: skip
def test_ends_have_one_vocabulary(
    client: Any, vendor: Vendor, talk: Conversation, reason: str, outcome: str | None
) -> None:
    vendor.answers(message("Hei.", stop_reason=reason))
    client.messages.create(**asked())
    assert talk.report is not None
    assert talk.report.outcome == outcome
    assert talk.failed_turns == (1 if outcome == "refused" else 0)


def test_a_facts_function_sees_the_turn(vendor: Vendor, govern: Callable[..., Any]) -> None:
    seen: list[Turn] = []

    def tell(turn: Turn) -> dict[str, Any]:
        seen.append(turn)
        return chat_facts()

    client = govern(Anthropic(api_key="sk", base_url=vendor.url), facts=tell)
    vendor.answers(message("Hei."))
    client.messages.create(**asked("Missä?"))
    assert {turn.question for turn in seen} == {"Missä?"}
    assert seen[-1].answer == "Hei."
    assert {turn.operation for turn in seen} == {"messages.create"}


def test_a_mark_is_put_into_the_answer(vendor: Vendor) -> None:
    made = example()
    speaking = made.models[MODEL].model_copy(update={"output_type": "audio"})
    with Gate(
        organisation=made.model_copy(update={"models": {**made.models, MODEL: speaking}})
    ) as gate:
        client = aboveboard_anthropic.wrap(
            Anthropic(api_key="sk", base_url=vendor.url),
            purpose=PURPOSE,
            gate=gate,
            model=MODEL,
            facts=chat_facts(),
            host=HOST,
            conversation=Conversation(subject=gate.pseudonym("1"), language="fi"),
            mark=lambda answer, event: {**answer, "mark": "ai"},
        )
        vendor.answers(message("Hei."))
        assert client.messages.create(**asked()).mark == "ai"


def test_nothing_of_a_talk_is_logged(client: Any, vendor: Vendor) -> None:
    with capture_logs() as logs:
        vendor.answers(message(PRESSED))
        with pytest.raises(StepEscalated) as stopped:
            client.messages.create(**asked(f"Salainen kysymys, {ANNA}"))
    told = f"{logs} {stopped.value} {stopped.value!r} {client.request!r}"
    for secret in (ANNA, "Salainen", "viimeinen kappale"):
        assert secret not in told


@pytest.mark.parametrize("given", [None, object(), "client", Anthropic])
def test_what_is_no_client_is_said(gate: Gate, given: Any) -> None:
    with pytest.raises(ConfigurationError, match="client"):
        aboveboard_anthropic.wrap(given, purpose=PURPOSE, gate=gate)


def test_a_client_is_wrapped_once(client: Any, govern: Callable[..., Any]) -> None:
    with pytest.raises(ConfigurationError, match="already"):
        govern(client)
    with pytest.raises(ConfigurationError, match="already"):
        govern(client.copy())
