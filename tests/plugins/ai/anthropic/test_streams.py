"""Streams, plain and by the SDK's helpers: nothing leaves that was not judged."""

from __future__ import annotations

import asyncio
import gc
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import anthropic
import httpx2
import pytest
from anthropic import Anthropic, APIStatusError, AsyncAnthropic, Stream, beta_tool

from aboveboard import StepDenied, StepEscalated, StepStopped
from aboveboard.ai import Report
from aboveboard.testing.recorder import Recorder
from tests.assistant import DISCLOSURE_FI, TOOLS
from tests.plugins.ai.anthropic.asking import ANNA, PRESSED, asked, offered
from tests.plugins.ai.anthropic.vendor import (
    Reply,
    Vendor,
    event_of,
    events_of,
    message,
    text,
    tool,
)

pytestmark = pytest.mark.anyio
THOUGHT = {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"}


def said(events: Any) -> str:
    return "".join(
        event.delta.text
        for event in events
        if event.type == "content_block_delta" and event.delta.type == "text_delta"
    )


@pytest.mark.parametrize("size", [1, 3, 8, 1000])
@pytest.mark.parametrize("beta", [False, True])
def test_a_stream_says_what_the_model_said(
    client: Any, vendor: Vendor, recorder: Recorder, size: int, beta: bool
) -> None:
    vendor.streams(message("Hei @@. Tilaus tulee huomenna. Kiitos @@"), size=size)
    messages = client.beta.messages if beta else client.messages
    stream = messages.create(**asked(f"Olen {ANNA}"), stream=True)
    assert isinstance(stream, Stream)
    assert said(stream) == f"{DISCLOSURE_FI}\n\nHei {ANNA}. Tilaus tulee huomenna. Kiitos {ANNA}"
    assert ANNA not in vendor.sent[0].raw.decode()
    last = recorder.events[-1].facts
    assert last.usage.inference_geo == "eu"
    assert last.tokens.total == 50


async def test_async_streams_are_judged_alike(aclient: Any, vendor: Vendor) -> None:
    vendor.streams(message("Hei @@. Tilaus tulee."))
    stream = await aclient.messages.create(**asked(f"Olen {ANNA}"), stream=True)
    assert (
        said([event async for event in stream]) == f"{DISCLOSURE_FI}\n\nHei {ANNA}. Tilaus tulee."
    )


@pytest.mark.parametrize("beta", [False, True])
def test_the_helper_sees_what_was_judged(client: Any, vendor: Vendor, beta: bool) -> None:
    vendor.streams(message(THOUGHT, "Hei @@. Tilaus tulee."))
    messages: Any = client.beta.messages if beta else client.messages
    whole = f"{DISCLOSURE_FI}\n\nHei {ANNA}. Tilaus tulee."
    with messages.stream(**asked(f"Olen {ANNA}")) as stream:
        assert "".join(stream.text_stream) == whole
        assert stream.get_final_text() == whole
        assert stream.request_id == "req_01"
        final = stream.get_final_message()
    assert (final.content[0].thinking, final.content[0].signature) == ("Hm.", "c2ln")
    assert final.stop_reason == "end_turn"
    assert final.usage.output_tokens == 12
    with messages.stream(**asked()) as stream:
        events = list(stream)
        snapshots = [event.snapshot for event in events if event.type == "text"]
        assert snapshots[-1] == "Hei @@. Tilaus tulee."
        assert events[-1].type == "message_stop"


async def test_the_async_helper_sees_what_was_judged(aclient: Any, vendor: Vendor) -> None:
    vendor.streams(message("Hei @@. Tilaus tulee."))
    whole = f"{DISCLOSURE_FI}\n\nHei {ANNA}. Tilaus tulee."
    async with aclient.messages.stream(**asked(f"Olen {ANNA}")) as stream:
        assert "".join([piece async for piece in stream.text_stream]) == whole
        assert (await stream.get_final_message()).content[0].text == whole
    async with aclient.beta.messages.stream(**asked()) as other:
        await other.until_done()


def test_a_structured_stream_is_parsed_of_what_was_judged(
    vendor: Vendor, govern: Callable[..., Any]
) -> None:
    from pydantic import BaseModel

    class Order(BaseModel):
        email: str

    client = govern(Anthropic(api_key="sk", base_url=vendor.url), disclose=lambda notice: None)
    vendor.streams(message(json.dumps({"email": "@@"})))
    with client.messages.stream(**asked(f"Olen {ANNA}"), output_format=Order) as stream:
        assert stream.get_final_message().parsed_output == Order(email=ANNA)


@pytest.mark.parametrize("beta", [False, True])
def test_a_stopped_stream_shows_only_what_was_judged(
    client: Any, vendor: Vendor, beta: bool
) -> None:
    vendor.streams(message(f"Hei siellä. {PRESSED} Salainen loppu."), size=4)
    messages: Any = client.beta.messages if beta else client.messages
    shown: list[str] = []
    with messages.stream(**asked("Mikä tuoli?")) as stream:
        with pytest.raises(StepEscalated) as stopped:
            shown.extend(stream.text_stream)
        with pytest.raises((StopIteration, StepStopped)):
            next(stream)
        snapshot = stream.current_message_snapshot.to_json()
        with pytest.raises((httpx2.StreamError, StepStopped)):
            stream.response.read()
    assert "".join(shown) == f"{DISCLOSURE_FI}\n\nHei siellä."
    for secret in ("vain", "Salainen"):
        assert secret not in snapshot
        assert secret not in str(stopped.value)
    assert type(stopped.value) is StepEscalated


async def test_an_async_stream_is_stopped_alike(aclient: Any, vendor: Vendor) -> None:
    vendor.streams(message(f"Hei siellä. {PRESSED}"), size=4)
    shown: list[str] = []

    async def show() -> None:
        async with aclient.messages.stream(**asked()) as stream:
            async for piece in stream.text_stream:
                shown.append(piece)  # noqa: PERF401

    with pytest.raises(StepEscalated):
        await show()
    assert "".join(shown) == f"{DISCLOSURE_FI}\n\nHei siellä."


def test_no_way_leads_to_what_was_not_judged(client: Any, vendor: Vendor) -> None:
    vendor.streams(message(f"Hei. {PRESSED}"), size=4)

    def of_response(stream: Any) -> Iterator[bytes]:
        return stream.response.iter_bytes()

    def of_raw_bytes(stream: Any) -> Iterator[bytes]:
        return stream.response.iter_raw()

    def of_events(stream: Any) -> Iterator[Any]:
        return (event.data.encode() for event in stream._iter_events())

    def of_raw_events(stream: Any) -> Iterator[bytes]:
        return (event.data.encode() for event in Stream.raw_events(stream.response))

    for way in (of_response, of_raw_bytes, of_events, of_raw_events):
        got: list[bytes] = []
        with (
            client.messages.create(**asked(), stream=True) as stream,
            pytest.raises(StepEscalated),
        ):
            got.extend(way(stream))
        assert b"vain" not in b"".join(got)
        assert "network_stream" not in stream.response.extensions
    raw = client.messages.with_raw_response.create(**asked(), stream=True)
    with pytest.raises(StepEscalated):
        list(raw.iter_lines())
    with client.messages.with_streaming_response.create(**asked(), stream=True) as streamed:
        got_lines = []
        with pytest.raises(StepEscalated):
            got_lines.extend(streamed.iter_lines())
        assert "vain" not in "".join(got_lines)
    with (
        client.messages.with_streaming_response.create(**asked(), stream=True) as streamed,
        pytest.raises(StepEscalated),
    ):
        said(streamed.parse())


def test_a_tool_call_is_held_until_it_is_judged(client: Any, vendor: Vendor) -> None:
    order = tool("order_product", {"product": "tuoli", "email": "@@"})
    vendor.streams(message("Tilaan.", order), size=3)
    given = asked(f"Tilaa, {ANNA}", tools=offered("order_product"))
    with client.messages.stream(**given) as stream:
        pieces = [event.partial_json for event in stream if event.type == "input_json"]
        final = stream.get_final_message()
    assert json.loads("".join(pieces)) == {"product": "tuoli", "email": ANNA}
    assert final.content[1].input == {"product": "tuoli", "email": ANNA}
    vendor.streams(message("Poistan.", tool("delete_customer", {"id": 7})), size=3)
    seen: list[Any] = []
    with client.messages.stream(**given) as stream, pytest.raises(StepStopped):
        seen.extend(stream)
    assert "delete_customer" not in str(seen)


def test_the_eager_tool_runner_runs_only_what_was_judged(
    vendor: Vendor, govern: Callable[..., Any]
) -> None:
    called: list[str] = []

    @beta_tool
    def find_products(product: str) -> str:
        """Look a product up.

        Args:
            product: which.
        """
        called.append(product)
        return "30 euroa"

    client = govern(Anthropic(api_key="sk", base_url=vendor.url), tools=TOOLS)
    vendor.streams(
        message(tool("find_products", {"product": "tuoli"})), message("Se maksaa 30 euroa.")
    )
    runner = client.beta.messages.tool_runner(
        **asked(), tools=[find_products], stream=True, run_tools_eagerly=True, thread=False
    )
    finals = [stream.get_final_message() for stream in runner]
    assert called == ["tuoli"]
    assert finals[-1].content[0].text.endswith("30 euroa.")
    vendor.streams(message(tool("find_products", {"product": "a"}), tool("erase", {}, "toolu_02")))
    runner = client.beta.messages.tool_runner(
        **asked(), tools=[find_products], stream=True, run_tools_eagerly=True, thread=False
    )
    with pytest.raises(StepStopped):
        [list(stream) for stream in runner]
    assert called == ["tuoli"]


def test_blocks_stream_on_and_bear_the_notices_once(client: Any, vendor: Vendor) -> None:
    cited = {
        "type": "search_result_location", "cited_text": "Toimitus @@", "source": "shop/terms",
        "title": "Ehdot", "search_result_index": 0, "start_block_index": 0, "end_block_index": 1,
    }  # fmt: skip
    vendor.streams(message("Hei. ", text("Toimitus on ilmainen", citations=[cited]), ". Kiitos."))
    with client.messages.stream(**asked(f"Olen {ANNA}")) as stream:
        final = stream.get_final_message()
    texts = [block.text for block in final.content]
    assert texts == [f"{DISCLOSURE_FI}\n\nHei. ", "Toimitus on ilmainen", ". Kiitos."]
    assert final.content[1].citations[0].cited_text == f"Toimitus {ANNA}"


def test_the_first_sentence_leaves_before_the_last_has_come(client: Any, vendor: Vendor) -> None:
    vendor.streams(message("Hei. Tilaus tulee. Nyt. Ja loppu."), size=6, pause_s=0.03)
    times: list[float] = []
    began = time.monotonic()
    with client.messages.stream(**asked()) as stream:
        times.extend(time.monotonic() - began for piece in stream.text_stream if piece)
        whole = time.monotonic() - began
    assert times[0] < whole - 0.1


def test_a_stream_that_is_left_is_closed(client: Any, vendor: Vendor) -> None:
    vendor.streams(message("Hei. " * 4000), size=5, pause_s=0.001)
    with client.messages.stream(**asked()) as stream:
        next(stream)
    assert stream.response.is_closed
    assert vendor.gone.wait(5)


def test_a_stream_that_is_dropped_is_closed(client: Any, vendor: Vendor) -> None:
    vendor.streams(message("Hei. " * 4000), size=5, pause_s=0.001)
    stream = client.messages.create(**asked(), stream=True)
    next(stream)
    del stream
    gc.collect()
    assert vendor.gone.wait(5)


async def test_a_cancelled_stream_is_closed(vendor: Vendor, govern: Callable[..., Any]) -> None:
    reports: list[Report] = []
    seen: list[Any] = []
    vendor.streams(message("Hei. " * 4000), size=5, pause_s=0.001)

    async def read(client: Any) -> None:
        async with client.messages.stream(**asked()) as stream:
            async for event in stream:
                seen.append(event)  # noqa: PERF401

    async with AsyncAnthropic(api_key="sk", base_url=vendor.url) as made:
        client = govern(made, on_report=reports.append)
        task = asyncio.create_task(read(client))
        while len(seen) < 5:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert await asyncio.to_thread(vendor.gone.wait, 5)
    assert len(reports) == 1


def test_a_cut_stream_shows_nothing_more(client: Any, vendor: Vendor) -> None:
    events = list(events_of(message("Hei siellä. Salainen loppu tässä"), 4))
    vendor.answers(Reply([event_of(event) for event in events[:-4]], size=1, cut=True))
    shown: list[str] = []
    with (
        client.messages.stream(**asked()) as stream,
        pytest.raises(httpx2.RemoteProtocolError),
    ):
        shown.extend(stream.text_stream)
    assert "".join(shown) == f"{DISCLOSURE_FI}\n\nHei siellä."


def test_an_error_within_a_stream_is_the_sdk_s_own(client: Any, vendor: Vendor) -> None:
    events = [
        event_of(event) for event in list(events_of(message("Hei siellä. Loppu tässä"), 4))[:-4]
    ]
    failed = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    vendor.answers(Reply([*events, event_of(failed)], size=1))
    with (
        client.messages.stream(**asked()) as stream,
        pytest.raises(APIStatusError, match="Overloaded"),
    ):
        stream.until_done()


def test_an_event_that_is_no_json_shows_nothing(client: Any, vendor: Vendor) -> None:
    events = [event_of(event) for event in list(events_of(message("Hei.")))[:2]]
    vendor.answers(Reply([*events, b"event: content_block_delta\ndata: Salainen{\n\n"], size=1))
    with client.messages.stream(**asked()) as stream, pytest.raises(ValueError) as failure:  # noqa: PT011
        stream.until_done()
    assert "Salainen" not in f"{failure.value} {vars(failure.value)} {failure.value.args}"


def test_a_slow_stream_ends_by_the_timeout_of_the_sdk(client: Any, vendor: Vendor) -> None:
    vendor.streams(message("Hei. Tilaus tulee."), pause_s=0.4)
    with (
        client.with_options(timeout=0.2).messages.stream(**asked()) as stream,
        pytest.raises(httpx2.ReadTimeout),
    ):
        stream.until_done()
    with pytest.raises(anthropic.APITimeoutError):
        client.with_options(timeout=0.2).messages.create(**asked())


def test_what_a_new_version_streams_is_refused(client: Any, vendor: Vendor) -> None:
    events = list(events_of(message("Hei.")))
    strange: list[tuple[int, dict[str, Any]]] = [
        (1, {"type": "content_block_start", "index": 0, "content_block": {"type": "hologram"}}),
        (
            3,
            {
                "type": "content_block_delta",
                "index": 0,
                "delta": {"type": "hum", "hum": "Salaisuus"},
            },
        ),
        (1, {"type": "song", "song": "Salaisuus"}),
    ]
    for at, event in strange:
        told = [*events[:at], event, *events[at:]]
        vendor.answers(Reply([event_of(each) for each in told], size=1))
        seen: list[Any] = []
        with (
            client.messages.create(**asked(), stream=True) as stream,
            pytest.raises(StepDenied, match=r"answer\.unknown"),
        ):
            seen.extend(stream)
        assert "Salaisuus" not in str(seen)


def test_a_stream_that_asks_no_more_than_is_read(client: Any, vendor: Vendor) -> None:
    """Nothing is sent before the stream is entered, and what must not leave never is."""
    manager = client.messages.stream(**asked("Haluan puhua ihmisen kanssa"))
    assert not vendor.sent
    with pytest.raises(StepEscalated), manager:
        pass
    assert not vendor.sent
