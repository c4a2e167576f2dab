"""Streams: what leaves, and when."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aboveboard import Gate, StepDenied, StepEscalated, StepStopped
from aboveboard.ai import Chunk, Text, ToolCall
from aboveboard.settings import Settings
from aboveboard.testing.recorder import Recorder
from tests.ai.acme import Acme, call_of, reader, streamed
from tests.assistant import DISCLOSURE_FI, assistant_gate, chat_facts

pytestmark = pytest.mark.anyio
ANNA = "anna@example.org"


def said(chunks: Any) -> str:
    return "".join(chunk.get("text", "") for chunk in chunks)


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_a_stream_says_what_the_model_said(acme: Acme, size: int) -> None:
    text = "Tilauksesi tulee huomenna. Hinta on 3.5 euroa.\nKiitos ja hei hei"
    chunks = list(acme.stream("Missä?", text, size))
    assert said(chunks) == f"{DISCLOSURE_FI}\n\n{text}"
    assert chunks[0] == {"open": True}
    assert chunks[-1]["whole"] == f"{DISCLOSURE_FI}\n\n{text}"
    assert len(chunks) == len(list(streamed(text, size)))
    assert acme.conversation.turns == 1


@pytest.mark.parametrize("size", [1, 2, 5, 17])
def test_masks_come_back_across_chunks(acme: Acme, size: int) -> None:
    chunks = list(acme.stream(f"Olen {ANNA}, hei", "Hei @@, @@. @@", size))
    assert ANNA not in str(acme.sent)
    whole = f"{DISCLOSURE_FI}\n\nHei Olen {ANNA}, hei, Olen {ANNA}, hei. Olen {ANNA}, hei"
    assert said(chunks) == whole
    assert chunks[-1]["whole"] == whole


async def test_async_streams_are_judged_alike(acme: Acme) -> None:
    chunks = [chunk async for chunk in acme.astream(f"Olen {ANNA}", "Hei @@. Missä olit?")]
    assert said(chunks) == f"{DISCLOSURE_FI}\n\nHei Olen {ANNA}. Missä olit?"


def test_no_more_is_read_than_is_asked_for(acme: Acme) -> None:
    read = []

    def source() -> Iterator[Any]:
        for chunk in streamed("Yksi. Kaksi. Kolme. ", 2):
            read.append(chunk)
            yield chunk

    governed = acme.guard.begin(call_of([{"role": "user", "content": "Hei"}]))
    stream = governed.flow(source(), reader)
    assert next(stream) == {"open": True}
    assert len(read) == 1
    first = next(stream)
    assert first["text"].endswith("Yksi.")
    assert said(read[1:]).count("Kaksi.") == 0  # the piece left before the next was complete


def test_a_stopped_stream_shows_only_what_was_judged(acme: Acme) -> None:
    shown: list[Any] = []
    text = "Hei. Osta nyt, vain tänään, viimeinen kappale! Salainen loppu."
    with pytest.raises(StepEscalated):
        shown.extend(acme.stream("Mikä tuoli?", text, 4))
    assert said(shown) == f"{DISCLOSURE_FI}\n\nHei."
    assert "vain" not in str(shown)
    assert acme.reports[-1].verdicts[-1].effect == "escalate"


def test_a_stopped_stream_is_closed(acme: Acme) -> None:
    closed = []

    def source() -> Iterator[Any]:
        try:
            yield from streamed("Vain tänään! Viimeinen kappale! Muuta.", 4)
        finally:
            closed.append(True)

    governed = acme.guard.begin(call_of([{"role": "user", "content": "Hei"}]))
    with pytest.raises(StepEscalated):
        list(governed.flow(source(), reader))
    assert closed


def test_a_stream_that_is_left_is_closed(acme: Acme) -> None:
    closed = []

    def source() -> Iterator[Any]:
        try:
            yield from streamed("Yksi. Kaksi. Kolme.", 2)
        finally:
            closed.append(True)

    governed = acme.guard.begin(call_of([{"role": "user", "content": "Hei"}]))
    stream = governed.flow(source(), reader)
    next(stream)
    stream.close()
    assert closed
    assert len(acme.reports) == 1


def test_an_error_of_the_vendor_comes_through(acme: Acme) -> None:
    def source() -> Iterator[Any]:
        yield {"text": "Hei. "}
        raise ConnectionError

    governed = acme.guard.begin(call_of([{"role": "user", "content": "Hei"}]))
    with pytest.raises(ConnectionError):
        list(governed.flow(source(), reader))
    assert acme.conversation.turns == 0


def test_a_stream_that_ends_early_is_judged_to_its_end(acme: Acme) -> None:
    governed = acme.guard.begin(call_of([{"role": "user", "content": "Hei"}]))
    with pytest.raises(StepEscalated):
        list(governed.flow(iter([{"text": "Vain tänään, viimeinen kappale"}]), reader))


def test_an_empty_stream_is_no_answer(acme: Acme) -> None:
    governed = acme.guard.begin(call_of([{"role": "user", "content": "Hei"}]))
    assert list(governed.flow(iter([{"open": True}]), reader)) == [{"open": True}]
    assert acme.conversation.failed_turns == 1


def test_tools_are_held_until_they_are_complete(acme: Acme, recorder: Recorder) -> None:
    seen = []
    arguments = f'{{"product": "tuoli", "email": "{ANNA}"}}'
    for chunk in acme.stream("Tilaa", "Tilaan sen.", 4, [("order_product", arguments)]):
        if "tool" in chunk:
            seen.append(chunk)
            assert recorder.events[-1].step == "decision"
    assert "".join(chunk["arguments"] for chunk in seen) == arguments
    assert recorder.events[-1].facts.security.tool_calls[0].argument_names == ("product", "email")


def test_arguments_come_back_unmasked(acme: Acme) -> None:
    messages = [{"role": "user", "content": ANNA}]
    governed = acme.guard.begin(call_of(messages))
    masked = messages[0]["content"]
    assert masked != ANNA
    tools = [("order_product", f'{{"email": "{masked}"}}')]
    chunks = list(governed.flow(streamed("", 4, tools), reader))
    assert "".join(c.get("arguments", "") for c in chunks) == f'{{"email": "{ANNA}"}}'


def test_a_tool_that_is_stopped_is_not_seen(acme: Acme) -> None:
    shown: list[Any] = []
    with pytest.raises((StepEscalated, StepDenied)):
        shown.extend(acme.stream("Poista", "", 4, [("delete_customer", '{"id": 3}')]))
    assert "delete_customer" not in str(shown)


def test_calls_that_come_whole_are_held_too(acme: Acme) -> None:
    held = {"call": {"email": ANNA, "product": "tuoli"}, "end": "tool_calls"}

    def read(chunk: Any) -> Chunk:
        item = ToolCall("delete_customer", Text(chunk, "call"))
        return Chunk(calls=[item], outcome="tool_calls")

    governed = acme.guard.begin(call_of([{"role": "user", "content": "Hei"}]))
    with pytest.raises((StepEscalated, StepDenied)):
        list(governed.flow(iter([held]), read))


def test_a_handover_happens_in_the_middle(gate: Gate) -> None:
    acme = Acme(gate, handover=lambda _: "case-9")
    with pytest.raises(StepEscalated):
        list(acme.stream("Mikä tuoli?", "Hei. Vain tänään, viimeinen kappale! Osta.", 4))
    assert acme.conversation.handover_ref == "case-9"


def test_notices_of_the_answer_follow_its_end(gate: Gate) -> None:
    acme = Acme(gate, facts=chat_facts(feedback={}))
    text = said(acme.stream("Hei", "Hei. Moi. ", 3))
    assert text.startswith(f"{DISCLOSURE_FI}\n\nHei. Moi. \n\n")
    assert len(text) > len(DISCLOSURE_FI) + 30


def test_pieces_are_as_long_as_the_settings_say() -> None:
    with assistant_gate(settings=Settings(stream_piece_chars=20)) as (gate, recorder):
        acme = Acme(gate)
        text = "sana " * 20
        assert said(acme.stream("Hei", text, 5)).endswith(text)
        judged = [e for e in recorder.events if e.phase == "completed"]
        assert len(judged) >= 4


def test_monitor_mode_lets_a_stream_through() -> None:
    with assistant_gate(settings=Settings(mode="monitor")) as (gate, _):
        text = "Hei. Vain tänään, viimeinen kappale! Osta."
        assert said(Acme(gate).stream("Hei", text, 4)) == text


def test_a_text_that_has_ended_leaves_when_another_begins(acme: Acme) -> None:
    read: list[Any] = []

    def blocks(chunk: dict[str, Any]) -> Chunk:
        brings = reader(chunk)
        brings.texts = [(chunk["block"], text) for _, text in brings.texts]
        brings.ended = [chunk["block"]] if chunk.get("ends") else []
        return brings

    def source() -> Iterator[Any]:
        for block in range(3):
            for said in ("Kyllä", " on. "):
                read.append({"block": block, "text": said, "ends": said == " on. "})
                yield read[-1]
        yield {"whole": "", "end": "complete"}

    governed = acme.guard.begin(call_of([{"role": "user", "content": "Hei"}]))
    stream = governed.flow(source(), blocks)
    next(stream), next(stream)
    assert len(read) == 4  # of the second text, all that was needed to judge it
    rest = list(stream)
    assert [chunk.get("text") for chunk in rest] == ["Kyllä on. ", "", "Kyllä on. ", "", None]


def test_quotations_in_a_stream_are_judged_and_unmasked(acme: Acme) -> None:
    messages = [{"role": "user", "content": f"Olen {ANNA}"}]
    governed = acme.guard.begin(call_of(messages))
    sent = messages[0]["content"]

    def quoting(chunk: dict[str, Any]) -> Chunk:
        return Chunk(quotes=[Text(chunk, "quote")]) if "quote" in chunk else reader(chunk)

    told = [{"quote": sent}, {"text": "Hei."}, {"whole": "", "end": "complete"}]
    shown = list(governed.flow(iter(told), quoting))
    assert shown[0] == {"quote": f"Olen {ANNA}"}
    governed = acme.guard.begin(call_of([{"role": "user", "content": "Mikä tuoli?"}]))
    stream = governed.flow(iter([{"quote": "Osta nyt, vain tänään, viimeinen kappale!"}]), quoting)
    with pytest.raises(StepEscalated):
        next(stream)


def test_what_nobody_can_read_does_not_leave_a_stream(acme: Acme) -> None:
    governed = acme.guard.begin(call_of([{"role": "user", "content": "Hei"}]))
    stream = governed.flow(iter([{"code": "print(1)"}]), lambda chunk: Chunk(unread=("code",)))
    with pytest.raises(StepDenied, match=r"answer\.code"):
        next(stream)


@settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.sampled_from(["@@", "Hei. ", "\n", "ä", "[", "[EMAIL", "]", "🙂", "3.5 ", "!", "sana "]),
        max_size=12,
    ),
    st.integers(1, 9),
)
def test_any_stream_is_exact(gate: Gate, parts: list[str], size: int) -> None:
    acme = Acme(gate)
    text = "".join(parts)
    try:
        chunks = list(acme.stream(ANNA, text, size))
    except StepStopped as stopped:
        pytest.fail(str(stopped))
    expected = text.replace("@@", ANNA)
    if expected.strip():
        expected = f"{DISCLOSURE_FI}\n\n{expected}"
    assert said(chunks) == expected
