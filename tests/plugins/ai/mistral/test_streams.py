"""Streams: what leaves the SDK's own stream object was judged before."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest

from aboveboard import StepDenied, StepEscalated
from aboveboard.ai import Conversation, Report
from tests.assistant import DISCLOSURE_FI
from tests.plugins.ai.mistral.conftest import Reply, Server, chunk, sse
from tools.aimock import Aimock

Governed = Callable[..., Any]

MAIL = re.compile(r"\[EMAIL_ADDRESS_[0-9a-f]+\]")
END = chunk({"content": ""}, "stop", usage={"total_tokens": 12})


def stream(client: Any, text: str = "hinta", **more: Any) -> Any:
    return client.chat.stream(model="m", messages=[{"role": "user", "content": text}], **more)


def pieces(events: Any) -> Iterator[str]:
    for event in events:
        held = event.data.choices[0].delta.content
        if isinstance(held, str):
            yield held


def keep(events: Any, shown: list[str]) -> None:
    """Keep what comes until it is stopped."""
    for part in pieces(events):
        shown.append(part)  # noqa: PERF402


async def akeep(events: Any, shown: list[str]) -> None:
    async for event in events:
        shown.append(event.data.choices[0].delta.content)  # noqa: PERF401


def text_of(*parts: str) -> list[dict[str, Any]]:
    return [*(chunk({"content": part}) for part in parts), END]


def test_a_stream_of_the_fake_vendor(fake: Aimock, governed: Governed) -> None:
    with stream(governed(fake.url)) as events:
        assert "".join(pieces(events)) == f"{DISCLOSURE_FI}\n\nHei. Kahvi maksaa 5 euroa."


@pytest.mark.anyio
async def test_an_async_stream_of_the_fake_vendor(fake: Aimock, governed: Governed) -> None:
    async with governed(fake.url) as client:
        events = await client.chat.stream_async(
            model="m", messages=[{"role": "user", "content": "hinta"}]
        )
        said = [event.data.choices[0].delta.content or "" async for event in events]
    assert "".join(said) == f"{DISCLOSURE_FI}\n\nHei. Kahvi maksaa 5 euroa."


def test_all_that_a_chunk_brings_is_still_there(server: Server, governed: Governed) -> None:
    server.give(sse(*text_of("Hei. ", "Kahvi on 5 €.")))
    reports: list[Report] = []
    talk = Conversation()
    with talk, stream(governed(server.url, on_report=reports.append)) as events:
        assert events.response.headers["content-type"] == "text/event-stream"
        assert "network_stream" not in events.response.extensions  # the raw bytes
        told = [event.data for event in events]
    assert told[-1].choices[0].finish_reason == "stop"
    assert told[-1].usage.total_tokens == 12
    assert (reports[0].outcome, reports[0].tokens, reports[0].model) == (
        "complete",
        12,
        "mistral-large-2512",
    )
    assert talk.turns == 1
    assert talk.disclosed_at is not None


@pytest.mark.parametrize("size", [1, 2, 5, 40])
def test_a_mask_across_chunks_comes_back(server: Server, governed: Governed, size: int) -> None:
    def reply(body: Any) -> Reply:
        (mail,) = MAIL.findall(body["messages"][0]["content"])
        said = f"Kirjaan {mail}. Kiitos."
        return sse(*text_of(*(said[at : at + size] for at in range(0, len(said), size))))

    server.give(Reply(of=reply))
    with stream(governed(server.url), "Olen anna@esimerkki.example") as events:
        said = "".join(pieces(events))
    assert said == f"{DISCLOSURE_FI}\n\nKirjaan anna@esimerkki.example. Kiitos."


def test_what_was_not_judged_is_never_shown(server: Server, governed: Governed) -> None:
    server.give(sse(*text_of("Kahvi on 5 €.", " Osta nyt, ", "vain 2 jäl", "jellä!", " Hei.")))
    shown: list[str] = []
    events = stream(governed(server.url))
    with pytest.raises(StepEscalated, match="R-MAN-01") as stopped:
        keep(events, shown)
    assert "Kahvi on 5 €." in "".join(shown)
    assert stopped.value.__cause__ is None
    assert "jäl" not in "".join(shown)
    assert list(events) == []
    with pytest.raises(httpx2.StreamError):
        events.response.read()


def test_a_piece_leaves_before_the_end(server: Server, governed: Governed) -> None:
    """A sentence is shown as soon as it was judged, not when all is there."""
    rest = threading.Event()
    server.give(sse(*text_of("Eka lause.", " Toka ", "lause."), holds=(2, rest)))
    with stream(governed(server.url)) as events:
        assert next(pieces(events)) == f"{DISCLOSURE_FI}\n\nEka lause."
        assert not rest.is_set()
        rest.set()
        assert "".join(pieces(events)) == " Toka lause."


def test_parts_of_many_kinds(server: Server, governed: Governed) -> None:
    thinking = {"type": "thinking", "thinking": [{"type": "text", "text": "Osta nyt!"}]}
    server.give(
        sse(
            chunk({"content": [thinking]}),
            chunk({"content": [{"type": "text", "text": "Kahvi on 5 €."}]}),
            chunk({"content": [{"type": "reference", "reference_ids": [4]}]}),
            END,
        )
    )
    with stream(governed(server.url)) as events:
        told = [event.data.choices[0].delta.content for event in events]
    assert told[0][0].thinking[0].text == "Osta nyt!"
    assert told[1][0].text == f"{DISCLOSURE_FI}\n\nKahvi on 5 €."
    assert told[2][0].reference_ids == [4]


ORDER = {"type": "function", "function": {"name": "order_product", "parameters": {}}}


def tool(arguments: Any, *, name: str = "order_product", id_: str = "t1") -> dict[str, Any]:
    return {"id": id_, "index": 0, "function": {"name": name, "arguments": arguments}}


@pytest.mark.parametrize("whole", [True, False])
def test_a_tool_call_is_held_and_unmasked(server: Server, governed: Governed, whole: bool) -> None:
    def reply(body: Any) -> Reply:
        (mail,) = MAIL.findall(body["messages"][0]["content"])
        text = json.dumps({"product": "kahvi", "email": mail})
        parts = [text] if whole else [text[:9], text[9:35], text[35:]]
        return sse(
            *(chunk({"content": "", "tool_calls": [tool(part)]}) for part in parts),
            chunk({"content": ""}, "tool_calls"),
        )

    server.give(Reply(of=reply))
    with stream(governed(server.url), "Tilaan: anna@esimerkki.example", tools=[ORDER]) as events:
        told = [event.data.choices[0].delta.tool_calls or () for event in events]
    arguments = "".join(call.function.arguments for calls in told for call in calls)
    assert json.loads(arguments) == {"product": "kahvi", "email": "anna@esimerkki.example"}


def test_two_calls_at_one_index_are_two(server: Server, governed: Governed) -> None:
    reports: list[Report] = []
    find = tool('{"query": "kahvi"}', name="find_products", id_="t2")
    server.give(
        sse(
            chunk({"content": "", "tool_calls": [tool({"product": "kahvi"}), find]}),
            chunk({"content": "", "tool_calls": [tool('{"product": "tee"}', id_="t3")]}),
            chunk({"content": ""}, "tool_calls"),
        )
    )
    tools = [ORDER, {"type": "function", "function": {"name": "find_products", "parameters": {}}}]
    with stream(governed(server.url, on_report=reports.append), tools=tools) as events:
        told = [event.data.choices[0].delta.tool_calls or () for event in events]
    given = [call.function.arguments for calls in told for call in calls]
    assert given == [{"product": "kahvi"}, '{"query": "kahvi"}', '{"product": "tee"}']
    assert sorted(reports[0].tools) == ["find_products", "order_product", "order_product"]


def test_a_tool_that_nobody_declared_never_comes_out(server: Server, governed: Governed) -> None:
    server.give(
        sse(
            chunk({"content": "", "tool_calls": [tool("{}", name="delete_customer")]}),
            chunk({"content": ""}, "tool_calls"),
        )
    )
    with pytest.raises(StepEscalated, match="R-SEC-02"), stream(governed(server.url)) as events:
        assert [event for event in events if event.data.choices[0].delta.tool_calls] == []


def test_a_cut_stream_shows_what_was_judged(server: Server, governed: Governed) -> None:
    reports: list[Report] = []
    server.give(
        sse(chunk({"content": "Eka lause. "}), chunk({"content": "Toka la"}), done=False, cut=True)
    )
    shown: list[str] = []
    with (
        pytest.raises(httpx2.RemoteProtocolError),
        stream(governed(server.url, on_report=reports.append)) as events,
    ):
        keep(events, shown)
    assert "Toka" not in "".join(shown)
    assert len(reports) == 1


def test_a_character_may_be_cut_in_two(server: Server, governed: Governed) -> None:
    server.give(sse(*text_of("Hei \ud83d", "\ude00.")))
    with stream(governed(server.url)) as events:
        said = "".join(pieces(events))
    assert said.encode("utf-16", "surrogatepass").decode("utf-16").endswith("Hei 😀.")


def test_a_stream_may_end_without_a_word(server: Server, governed: Governed) -> None:
    server.give(sse(chunk({"content": "Kahvi"}), done=False))
    with stream(governed(server.url)) as events:
        assert "".join(pieces(events)) == f"{DISCLOSURE_FI}\n\nKahvi"


def test_slow_bytes_time_out_as_in_the_sdk(server: Server, governed: Governed) -> None:
    server.give(sse(*text_of("Eka lause. ", "Toka."), pause_s=0.5))
    with (
        pytest.raises(httpx2.ReadTimeout),
        stream(governed(server.url), timeout_ms=150) as events,
    ):
        list(events)


@pytest.mark.parametrize(
    "piece",
    [b"data: {broken\n\n", b"data: [1]\n\n", b"data: \xff\n\n", b'data: {"text": "broken"}\n\n'],
)
def test_what_is_no_event_is_stopped_unseen(
    server: Server, governed: Governed, piece: bytes
) -> None:
    reply = sse(chunk({"content": "Hei. "}))
    reply.pieces.insert(1, piece)
    server.give(reply)
    with (
        pytest.raises(StepDenied, match=r"runtime\.not_governed") as stopped,
        stream(governed(server.url)) as events,
    ):
        list(events)
    assert "broken" not in str(stopped.value)


@pytest.mark.parametrize("kind", ["application/json", "text/plain"])
def test_what_is_no_stream_is_stopped(server: Server, governed: Governed, kind: str) -> None:
    server.give(Reply(b"Osta nyt, vain 2!", kind=kind))
    with pytest.raises(StepDenied, match=r"runtime\.not_governed"):
        stream(governed(server.url))


def test_a_stream_may_be_left(server: Server, governed: Governed) -> None:
    reports: list[Report] = []
    server.give(sse(*text_of("Eka lause. ", "Toka lause. ", "Kolmas."), pause_s=0.05))
    client = governed(server.url, on_report=reports.append)
    with stream(client) as events:
        next(events)
    assert list(events) == []
    assert events.response.is_closed
    with stream(client):
        pass  # nothing of it was read
    assert len(reports) == 2


@pytest.mark.anyio
async def test_an_async_stream_may_be_left_or_cancelled(server: Server, governed: Governed) -> None:
    reports: list[Report] = []
    server.give(sse(*text_of("Eka lause. ", "Toka lause. ", "Kolmas."), pause_s=0.2))
    messages = [{"role": "user", "content": "hinta"}]

    async def read(events: Any) -> None:
        async for _ in events:
            pass

    async with governed(server.url, on_report=reports.append) as client:
        left = await client.chat.stream_async(model="m", messages=messages)
        async with left:
            await anext(left)
        assert [event async for event in left] == []
        assert left.response.is_closed
        cancelled = await client.chat.stream_async(model="m", messages=messages)
        task = asyncio.create_task(read(cancelled))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert cancelled.response.is_closed
    assert len(reports) == 2


@pytest.mark.anyio
async def test_an_async_stream_is_stopped_midway(server: Server, governed: Governed) -> None:
    server.give(sse(*text_of("Kahvi on 5 €. ", "Osta nyt, vain 2 jäljellä! ", "Hei.")))
    shown: list[str] = []
    async with governed(server.url) as client:
        events = await client.chat.stream_async(
            model="m", messages=[{"role": "user", "content": "hinta"}]
        )
        with pytest.raises(StepEscalated, match="R-MAN-01"):
            await akeep(events, shown)
    assert "Osta" not in str(shown)


def test_many_candidates_are_apart(server: Server, governed: Governed) -> None:
    def both(text: str, finish: str | None = None) -> dict[str, Any]:
        made = chunk({"content": text}, finish)
        made["choices"].append({**made["choices"][0], "index": 1})
        return made

    server.give(sse(both("Kahvi "), both("on 5 €."), both("", "stop")))
    said = {0: "", 1: ""}
    with stream(governed(server.url), n=2) as events:
        for event in events:
            for choice in event.data.choices:
                said[choice.index] += choice.delta.content
    assert said == {0: f"{DISCLOSURE_FI}\n\nKahvi on 5 €.", 1: "Kahvi on 5 €."}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_events_are_read_however_they_are_cut(end: str, size: int) -> None:
    from aboveboard_mistral.server_sent import Event, Events

    lines = ["\ufeff: warm", "", "event: a", 'data: {"x":', "data: 1}", "", 'data: {"y": "ä"}', ""]
    held = (end.join([*lines, "data: [DONE]", "", "data: {}", "", ""])).encode()
    events = Events()
    found = [
        event for at in range(0, len(held), size) for event in events.feed(held[at : at + size])
    ]
    found += events.end()
    assert found == [Event({"x": 1}, ["event: a"]), Event({"y": "ä"}, [])]
    assert events.done
    again = list(Events().feed(b"".join(event.to_bytes() for event in found)))
    assert again == found
