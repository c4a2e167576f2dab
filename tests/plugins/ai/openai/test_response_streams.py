"""Streams of the Responses API through the real SDK: pieces, and what repeats them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from aboveboard import StepEscalated, StepStopped
from tests.assistant import DISCLOSURE_FI
from tests.plugins.ai.openai.server import (
    Reply,
    function_call,
    masks,
    message,
    response,
    response_events,
    vendor,
)

ADDRESS = "matti.meikalainen@example.com"
PRESSED = "Enää 2 jäljellä, tilaa heti ennen kuin loppuu!"
ORDER = {"type": "function", "name": "order_product", "parameters": {"type": "object"}}


def shown_by(stream: Any, shown: list[Any]) -> None:
    """Read a stream into a list, which keeps what came before an error."""
    for event in stream:
        shown.append(event)  # noqa: PERF402


def respond(client: Any, **more: Any) -> Any:
    return client.responses.create(
        model="gpt-5.4-mini", input=f"Missä tilaukseni on? {ADDRESS}", stream=True, **more
    )


def test_a_response_streams(fake: Any, client: Any, talk: Any) -> None:
    before = len(fake.bodies())
    said = "".join(
        event.delta
        for event in respond(client(f"{fake.url}/v1"))
        if event.type == "response.output_text.delta"
    )
    assert said.startswith(f"{DISCLOSURE_FI}\n\nHei! Tilaus on matkalla.")
    assert ADDRESS not in json.dumps(fake.bodies()[before:])
    assert talk.report.operation == "responses.create"


def test_every_repetition_in_a_response_is_what_was_judged(client: Any, talk: Any) -> None:
    with vendor(
        Reply(lambda sent: response_events(message(f"Hei {masks(sent)[0]}! Kysy.")))
    ) as own:
        events = list(respond(client(own.url)))
    whole = f"{DISCLOSURE_FI}\n\nHei {ADDRESS}! Kysy."
    by_type = {event.type: event for event in events}
    assert by_type["response.output_text.done"].text == whole
    assert by_type["response.content_part.done"].part.text == whole
    assert by_type["response.output_item.done"].item.content[0].text == whole
    assert by_type["response.completed"].response.output_text == whole
    assert "[EMAIL" not in str(events)
    assert talk.report.tokens == 30


def test_a_stopped_response_shows_nothing_of_it(client: Any, talk: Any) -> None:
    shown: list[Any] = []
    with (
        vendor(Reply(response_events(message(f"Hei! Kaikki hyvin. {PRESSED}")))) as own,
        pytest.raises(StepEscalated),
    ):
        shown_by(respond(client(own.url)), shown)
    assert "jäljellä" not in str(shown)


def test_the_responses_helper(client: Any, talk: Any) -> None:
    arguments = json.dumps({"product": "kaappi"})
    items = message("Hei! Tilaan."), function_call("order_product", arguments)
    seen = []
    with (
        vendor(Reply(response_events(*items))) as own,
        client(own.url).responses.stream(
            model="gpt-5.4-mini",
            input=f"Hei {ADDRESS}",
            tools=[ORDER],
        ) as stream,
    ):
        seen = [event.type for event in stream]
        final = stream.get_final_response()
    assert final.output_text == f"{DISCLOSURE_FI}\n\nHei! Tilaan."
    assert final.output[1].arguments == arguments
    assert seen[-1] == "response.completed"
    assert talk.report.outcome == "tool_calls"


def test_an_undeclared_tool_of_a_response_never_leaves(client: Any, talk: Any) -> None:
    shown: list[Any] = []
    with (
        vendor(Reply(response_events(function_call("delete_customer", '{"a": 1}')))) as own,
        pytest.raises(StepStopped),
    ):
        shown_by(respond(client(own.url)), shown)
    assert "delete_customer" not in str(shown)


def test_a_refusal_of_a_response(client: Any, talk: Any) -> None:
    with vendor(Reply(response_events(message(refusal="En voi auttaa.")))) as own:
        last = list(respond(client(own.url)))[-1]
    assert last.response.output[0].content[0].refusal == f"{DISCLOSURE_FI}\n\nEn voi auttaa."
    assert talk.report.outcome == "refused"


def test_a_response_without_pieces_is_judged_all_the_same(client: Any, talk: Any) -> None:
    """Some servers send the whole alone."""
    last = response_events(message(PRESSED))[-1]
    shown: list[Any] = []
    with vendor(Reply([last])) as own, pytest.raises(StepEscalated):
        shown_by(respond(client(own.url)), shown)
    assert shown == []


@pytest.mark.parametrize(
    ("item", "kind"),
    [
        ({"id": "ig_1", "type": "image_generation_call", "status": "completed", "result": "aGVp"}, "image"),
        ({"id": "ci_1", "type": "code_interpreter_call", "status": "completed", "code": "1 + 1"}, "code"),
    ],
)  # fmt: skip
def test_what_nobody_can_judge_is_stopped_by_its_kind(
    client: Any, talk: Any, item: Any, kind: str
) -> None:
    whole = [
        {"type": "response.output_item.added", "output_index": 0, "item": item},
        {"type": "response.output_item.done", "output_index": 0, "item": item},
        {"type": "response.completed", "response": response(item)},
    ]
    shown: list[Any] = []
    with vendor(Reply(whole)) as own, pytest.raises(StepStopped, match=f"answer.{kind}"):
        shown_by(respond(client(own.url)), shown)
    assert shown == []
    with vendor(Reply(whole)) as own:
        shown_by(respond(client(own.url, passing=[f"answer.{kind}"])), shown)
    assert len(shown) == 3


def test_titles_of_cited_pages_are_judged(client: Any, talk: Any) -> None:
    events = response_events(message("Katso sivua. Se auttaa."))
    title = {"type": "url_citation", "url": "https://example.com", "title": PRESSED}
    note = {"type": "response.output_text.annotation.added", "annotation": title}
    at = next(n for n, event in enumerate(events) if event["type"] == "response.output_text.done")
    events.insert(at, {**note, "output_index": 0, "content_index": 0, "annotation_index": 0})
    shown: list[Any] = []
    with vendor(Reply(events)) as own, pytest.raises(StepEscalated):
        shown_by(respond(client(own.url)), shown)
    assert "jäljellä" not in str(shown)


def test_a_failed_response(client: Any, talk: Any) -> None:
    events = response_events()[:2]
    failed = {**events[0]["response"], "status": "failed"}
    events.append({"type": "response.failed", "response": failed, "sequence_number": 3})
    with vendor(Reply(events)) as own:
        assert [event.type for event in respond(client(own.url))][-1] == "response.failed"
    assert talk.report.outcome == "failed"
