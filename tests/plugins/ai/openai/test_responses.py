"""The Responses API through the real SDK, blocking."""

from __future__ import annotations

import json
from typing import Any

import openai
import pytest
from pydantic import BaseModel

from aboveboard import StepEscalated, StepStopped
from tests.assistant import DISCLOSURE_FI
from tests.plugins.ai.openai.server import (
    Reply,
    function_call,
    masks,
    message,
    response,
    vendor,
)

ADDRESS = "matti.meikalainen@example.com"
ORDER = {"type": "function", "name": "order_product", "parameters": {"type": "object"}}


def respond(client: Any, **more: Any) -> Any:
    given = {"model": "gpt-5.4-mini", "input": f"Missä tilaukseni on? {ADDRESS}", **more}
    return client.responses.create(**given)


def test_a_response_is_judged_both_ways(fake: Any, client: Any, talk: Any) -> None:
    before = len(fake.bodies())
    said = respond(client(f"{fake.url}/v1"), instructions="Olet apulainen.")
    assert isinstance(said, openai.types.responses.Response)
    assert said.output_text.startswith(f"{DISCLOSURE_FI}\n\nHei! Tilaus on matkalla.")
    assert ADDRESS not in json.dumps(fake.bodies()[before:])
    assert talk.report.outcome == "complete"


def test_what_was_masked_comes_back(client: Any, talk: Any) -> None:
    def reply(sent: Any) -> Any:
        [mask] = masks(sent)
        arguments = json.dumps({"product": "kaappi", "email": mask})
        return response(message(f"Tilaan: {mask}"), function_call("order_product", arguments))

    with vendor(Reply(reply)) as own:
        said = respond(client(own.url), tools=[ORDER])
    assert said.output_text == f"{DISCLOSURE_FI}\n\nTilaan: {ADDRESS}"
    assert json.loads(said.output[1].arguments)["email"] == ADDRESS
    assert talk.report.outcome == "tool_calls"
    assert talk.report.tokens == 30


def test_items_of_the_sdk_go_back_as_they_came(client: Any, talk: Any) -> None:
    """A turn with a tool: the call, and what the tool gave."""
    first = response(function_call("find_products", '{"name": "kaappi"}'))
    with vendor([Reply(first), Reply(response(message("Löytyi.")))]) as own:
        governed = client(own.url)
        asked: list[Any] = [{"role": "user", "content": "Onko kaappia?"}]
        tools = [{**ORDER, "name": "find_products"}]
        said = respond(governed, input=asked, tools=tools)
        asked += said.output
        given = f"Kysy osoitteesta {ADDRESS}"
        asked.append({"type": "function_call_output", "call_id": "call_1", "output": given})
        respond(governed, input=asked, tools=tools)
    sent = own.bodies[1]["input"]
    assert sent[1]["name"] == "find_products"
    assert ADDRESS not in json.dumps(sent)
    assert asked[-1]["output"] == given


@pytest.mark.parametrize(
    "item", [message("Enää 2 jäljellä, tilaa heti!"), function_call("x", "{}")]
)
def test_what_must_not_be_shown_is_stopped(client: Any, talk: Any, item: Any) -> None:
    with vendor(response(item)) as own, pytest.raises(StepStopped):
        respond(client(own.url))


def test_who_asks_for_a_human_gets_one(client: Any, talk: Any) -> None:
    with vendor(response(message("Hei."))) as own, pytest.raises(StepEscalated):
        respond(client(own.url), input="Haluan puhua ihmisen kanssa.")
    assert own.requests == []


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (response(message(refusal="En voi.")), "refused"),
        (
            response(message("He"), status="incomplete", incomplete_details={"reason": "max_output_tokens"}),
            "length",
        ),
        (
            response(message("He"), status="incomplete", incomplete_details={"reason": "content_filter"}),
            "filtered",
        ),
        (response(status="failed"), "failed"),
        (response(status="queued"), None),
    ],
)  # fmt: skip
def test_how_it_ended(client: Any, talk: Any, body: Any, outcome: str | None) -> None:
    with vendor(body) as own:
        respond(client(own.url))
    assert talk.report.outcome == outcome


class City(BaseModel):
    name: str


def test_structured_output_is_parsed_of_what_was_judged(client: Any, talk: Any) -> None:
    reply = Reply(lambda sent: response(message(json.dumps({"name": masks(sent)[0]}))))
    with vendor(reply) as own:
        said = client(own.url, disclose=lambda _: None).responses.parse(
            model="gpt-5.4-mini", input=f"Hei {ADDRESS}", text_format=City
        )
    assert said.output_parsed == City(name=ADDRESS)


def test_tokens_are_counted_of_what_may_leave(client: Any, talk: Any) -> None:
    with vendor({"object": "response.input_tokens", "input_tokens": 9}) as own:
        said = client(own.url).responses.input_tokens.count(model="m", input=f"Hei {ADDRESS}")
    assert said.input_tokens == 9
    assert ADDRESS not in json.dumps(own.bodies)
