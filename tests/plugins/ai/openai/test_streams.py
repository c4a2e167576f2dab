"""Streams through the real SDK: nothing is shown that was not judged."""

from __future__ import annotations

import json
import threading
from typing import Any

import httpx2
import openai
import pytest

from aboveboard import StepEscalated, StepStopped
from tests.assistant import DISCLOSURE_FI
from tests.plugins.ai.openai.server import (
    Reply,
    chunks,
    completion,
    function_call,
    masks,
    message,
    response,
    response_events,
    tool_call,
    vendor,
)

ADDRESS = "matti.meikalainen@example.com"
ASKED = [{"role": "user", "content": f"Missä tilaukseni on? {ADDRESS}"}]
PRESSED = "Enää 2 jäljellä, tilaa heti ennen kuin loppuu!"
ORDER = {
    "type": "function",
    "function": {"name": "order_product", "parameters": {"type": "object", "properties": {}}},
}


def ask(client: Any, messages: Any = ASKED, **more: Any) -> Any:
    return client.chat.completions.create(
        model="gpt-5.4-mini", messages=messages, stream=True, **more
    )


def text_of(stream: Any) -> str:
    return "".join(choice.delta.content or "" for chunk in stream for choice in chunk.choices)


def shown_by(stream: Any, shown: list[Any]) -> None:
    """Read a stream into a list, which keeps what came before an error."""
    for chunk in stream:
        shown.append(chunk)  # noqa: PERF402


def letters(text: str) -> list[dict[str, str]]:
    return [{"content": letter} for letter in text]


def test_a_stream_of_the_fake_vendor(fake: Any, client: Any, talk: Any) -> None:
    before = len(fake.bodies())
    with ask(client(f"{fake.url}/v1")) as stream:
        assert isinstance(stream, openai.Stream)
        said = text_of(stream)
    assert said == (
        f"{DISCLOSURE_FI}\n\nHei! Tilaus on matkalla. Kysy toki lisää, jos jokin jäi auki."
    )
    assert ADDRESS not in json.dumps(fake.bodies()[before:])
    assert talk.report.outcome == "complete"
    assert talk.turns == 1


def test_a_mask_across_chunks_comes_back(client: Any, talk: Any) -> None:
    def reply(sent: Any) -> Any:
        return chunks(*letters(f"Lähetin sen osoitteeseen {masks(sent)[0]} jo eilen. Hyvä!"))

    with vendor(Reply(reply)) as own:
        said = text_of(ask(client(own.url)))
    assert said == f"{DISCLOSURE_FI}\n\nLähetin sen osoitteeseen {ADDRESS} jo eilen. Hyvä!"


def test_bytes_may_be_cut_anywhere(client: Any, talk: Any) -> None:
    with vendor(Reply(chunks(*letters("Hyvää päivää! Näin käy.")), piece=7)) as own:
        assert text_of(ask(client(own.url))).endswith("Hyvää päivää! Näin käy.")


def test_a_piece_that_is_stopped_is_not_shown(client: Any, talk: Any) -> None:
    parts = ["Hei! Tilaus on matkalla. ", PRESSED, " Ja vielä yksi asia."]
    shown: list[Any] = []
    with vendor(Reply(chunks(*({"content": part} for part in parts)))) as own:
        stream = ask(client(own.url))
        with pytest.raises(StepEscalated):
            shown_by(stream, shown)
    assert "jäljellä" not in str(shown)
    assert list(stream) == []
    assert stream.response.is_closed
    assert talk.report.verdicts[-1].effect == "escalate"


def test_the_bytes_of_a_stream_are_judged_ones(client: Any, talk: Any) -> None:
    """Whatever is read off the stream object was made of what may be shown."""
    with vendor(Reply(lambda sent: chunks(*letters(f"Hei {masks(sent)[0]}.")))) as own:
        stream = ask(client(own.url))
        raw = b"".join(stream.response.iter_bytes()).decode()
    assert raw.endswith("data: [DONE]\n\n")
    assert json.dumps(DISCLOSURE_FI)[1:-1] in raw
    assert ADDRESS in raw
    with vendor(Reply(chunks({"content": PRESSED}))) as own:
        stream = ask(client(own.url))
        with pytest.raises(StepEscalated):
            stream.response.read()
    assert "network_stream" not in stream.response.extensions


def test_a_tool_call_is_held_until_it_is_complete(client: Any, talk: Any) -> None:
    def reply(sent: Any) -> Any:
        arguments = json.dumps({"product": "kaappi", "email": masks(sent)[0]})
        begun = tool_call("order_product", "")
        deltas: list[dict[str, Any]] = [{"tool_calls": [{"index": 0, **begun}]}]
        for start in range(0, len(arguments), 5):
            piece = {"arguments": arguments[start : start + 5]}
            deltas.append({"tool_calls": [{"index": 0, "function": piece}]})
        return chunks(*deltas, reason="tool_calls")

    with vendor(Reply(reply)) as own:
        joined = ""
        names = []
        for chunk in ask(client(own.url), tools=[ORDER]):
            for call in chunk.choices[0].delta.tool_calls or ():
                joined += call.function.arguments or ""
                names.append(call.function.name)
    assert json.loads(joined) == {"product": "kaappi", "email": ADDRESS}
    assert names[0] == "order_product"
    assert talk.report.tools == ["order_product"]


def test_an_undeclared_tool_never_leaves_the_stream(client: Any, talk: Any) -> None:
    deltas = [{"tool_calls": [{"index": 0, **tool_call("delete_customer", "{}")}]}]
    shown = []
    with vendor(Reply(chunks(*deltas, reason="tool_calls"))) as own, pytest.raises(StepStopped):
        shown += list(ask(client(own.url)))
    assert "delete_customer" not in str(shown)


def test_a_refusal_in_a_stream(client: Any, talk: Any) -> None:
    with vendor(Reply(chunks({"refusal": "En voi "}, {"refusal": "auttaa."}))) as own:
        said = "".join(chunk.choices[0].delta.refusal or "" for chunk in ask(client(own.url)))
    assert said == f"{DISCLOSURE_FI}\n\nEn voi auttaa."
    assert talk.report.outcome == "refused"


def test_usage_at_the_end_is_counted(client: Any, talk: Any) -> None:
    usage = {"prompt_tokens": 4, "completion_tokens": 3, "total_tokens": 7}
    events = [*chunks({"content": "Hei."})]
    events.append({**events[0], "choices": [], "usage": usage})
    with vendor(Reply(events)) as own:
        last = list(ask(client(own.url), stream_options={"include_usage": True}))[-1]
    assert last.usage.total_tokens == 7
    assert talk.report.tokens == 7


def test_the_helper_accumulates_what_was_judged(client: Any, talk: Any) -> None:
    with (
        vendor(Reply(lambda sent: chunks(*letters(f"Hei {masks(sent)[0]}. Kysy.")))) as own,
        client(own.url).chat.completions.stream(model="gpt-5.4-mini", messages=ASKED) as stream,
    ):
        deltas = [event.delta for event in stream if event.type == "content.delta"]
        final = stream.get_final_completion()
        snapshot = stream.current_completion_snapshot
    whole = f"{DISCLOSURE_FI}\n\nHei {ADDRESS}. Kysy."
    assert "".join(deltas) == whole
    assert final.choices[0].message.content == whole
    assert snapshot.choices[0].message.content == whole


def test_the_helper_stops_with_its_snapshot_clean(client: Any, talk: Any) -> None:
    parts = ["Hei! Tilaus on matkalla. ", PRESSED]
    with (
        vendor(Reply(chunks(*({"content": part} for part in parts)))) as own,
        client(own.url).chat.completions.stream(model="gpt-5.4-mini", messages=ASKED) as stream,
    ):
        with pytest.raises(StepEscalated):
            stream.until_done()
        snapshot = stream.current_completion_snapshot
    assert "jäljellä" not in str(snapshot)


def test_a_stream_that_is_left_is_closed(client: Any, talk: Any) -> None:
    many = chunks(*({"content": f"Lause {n}. "} for n in range(400)))
    with vendor(Reply(many, pause_s=0.002)) as own:
        with ask(client(own.url)) as stream:
            for chunk in stream:
                if "Lause 1." in (chunk.choices[0].delta.content or ""):
                    break
        assert stream.response.is_closed
        assert own.gone.wait(5)
    assert talk.report.operation == "chat.completions.create"


def test_a_stream_closed_by_another_thread_ends(client: Any, talk: Any) -> None:
    many = chunks(*({"content": f"Lause {n}. "} for n in range(4000)))
    with vendor(Reply(many, pause_s=0.01)) as own:
        stream = ask(client(own.url))
        next(stream)
        threading.Timer(0.1, stream.close).start()
        with pytest.raises((openai.APIConnectionError, httpx2.StreamClosed, httpx2.ReadError)):
            text_of(stream)
        assert own.gone.wait(5)


def test_odd_characters_come_through(client: Any, talk: Any) -> None:
    odd = "Rivi\u2028toinen \x85 😀 loppu."
    with vendor(Reply(chunks({"content": odd}))) as own:
        assert text_of(ask(client(own.url))).endswith(odd)
    with vendor(completion(odd + "\ud800")) as own:
        said = client(own.url).chat.completions.create(model="m", messages=ASKED)
    assert said.choices[0].message.content == odd + "\ud800"


def test_a_cut_stream_shows_no_more_than_was_judged(client: Any, talk: Any) -> None:
    whole = chunks({"content": "Hei! Tilaus"}, {"content": " on matkalla"}, {"content": " kotiin."})
    shown: list[Any] = []
    with vendor(Reply(whole, cut=True)) as own, pytest.raises(openai.APIConnectionError) as failed:
        shown_by(ask(client(own.url)), shown)
    assert text_of(shown) in ("", f"{DISCLOSURE_FI}\n\nHei!")
    assert ADDRESS not in str(failed.value)


def test_a_stream_without_its_mark_ends_well(client: Any, talk: Any) -> None:
    with vendor(Reply(chunks({"content": "Hei."}), done=False)) as own:
        assert text_of(ask(client(own.url))) == f"{DISCLOSURE_FI}\n\nHei."


def test_a_slow_stream_times_out_as_the_sdk_says(client: Any, talk: Any) -> None:
    with (
        vendor(Reply(chunks({"content": "Hei."}), pause_s=0.5)) as own,
        pytest.raises(openai.APITimeoutError),
    ):
        text_of(ask(client(own.url, timeout=0.1)))


def test_an_error_within_a_stream_is_the_sdks(client: Any, talk: Any) -> None:
    events = [*chunks({"content": "Hei. "}, reason=None), {"error": {"message": "overloaded"}}]
    with vendor(Reply(events)) as own, pytest.raises(openai.APIError, match="overloaded"):
        text_of(ask(client(own.url)))
    assert talk.report.outcome == "failed"


def test_what_is_no_json_is_not_shown(client: Any, talk: Any) -> None:
    reply = Reply(b"data: salaisuus\n\n", headers={"Content-Type": "text/event-stream"})
    with vendor(reply) as own, pytest.raises(openai.APIResponseValidationError) as failed:
        text_of(ask(client(own.url)))
    assert "salaisuus" not in str(failed.value)
    assert "salaisuus" not in failed.value.response.text


def test_older_completions_stream(client: Any, talk: Any) -> None:
    events = [
        {"id": "c", "object": "text_completion", "created": 1, "model": "davinci-002",
         "choices": [{"index": 0, "text": text, "finish_reason": reason}]}
        for text, reason in (("Hei ", None), ("vaan.", None), ("", "stop"))
    ]  # fmt: skip
    with vendor(Reply(events)) as own:
        stream = client(own.url).completions.create(
            model="davinci-002", prompt=f"Hei {ADDRESS}", stream=True
        )
        said = "".join(chunk.choices[0].text for chunk in stream)
    assert said == f"{DISCLOSURE_FI}\n\nHei vaan."
    assert ADDRESS not in json.dumps(own.bodies)


# Responses.


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
            tools=[{"type": "function", **ORDER["function"]}],
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
