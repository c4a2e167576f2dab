"""Streams: nothing leaves before it was judged, and the SDK's own helpers see what was."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from aboveboard import Gate, Settings, StepDenied, StepEscalated
from aboveboard.testing.recorder import Recorder
from tests.assistant import DISCLOSURE_FI, assistant_gate
from tests.plugins.ai.gemini.conftest import FAST, GEMINI, MAIL
from tests.plugins.ai.gemini.serving import Reply, Vendor, chunk

START = f"{DISCLOSURE_FI}\n\n"


def stream(client: Any, contents: Any, *, aio: bool = False, **config: Any) -> list[Any]:
    """The chunks; an error keeps those before it as `chunks`."""
    named = {"model": GEMINI, "contents": contents, "config": config or None}
    chunks: list[Any] = []

    async def all_of_them() -> None:
        async with client.aio as side:
            async for each in await side.models.generate_content_stream(**named):
                chunks.append(each)  # noqa: PERF401  (those before an error are kept)

    try:
        if aio:
            asyncio.run(all_of_them())
        else:
            chunks.extend(client.models.generate_content_stream(**named))
    except Exception as error:
        error.chunks = chunks  # type: ignore[attr-defined]
        raise
    return chunks


ORDER = {
    "function_declarations": [
        {
            "name": "order_product",
            "parameters_json_schema": {
                "type": "object",
                "properties": {"product": {"type": "string"}, "email": {"type": "string"}},
            },
        }
    ]
}


def text(chunks: list[Any]) -> str:
    return "".join(each.text or "" for each in chunks)


@pytest.fixture(params=[False, True], ids=["blocking", "async"])
def aio(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.mark.filterwarnings("ignore:Inheritance class")  # of the SDK's own class, by aiohttp
@pytest.mark.parametrize("http", [None, {"httpx": False}], ids=["httpx", "aiohttp"])
def test_a_stream_of_the_fake_vendor(
    aimock: Any,
    govern: Callable[..., Any],
    aio: bool,
    http: dict[str, Any] | None,
    assistant: tuple[Gate, Recorder],
) -> None:
    said = "Puuvilla hengittää. Pellava viilentää. Kumpi sopii sinulle?"
    with aimock([{"match": {}, "response": {"content": said}}]) as fake:
        chunks = stream(govern(fake.url, http=http), f"Olen {MAIL}.", aio=aio)
        (body,) = fake.bodies()
    assert text(chunks) == START + said
    assert chunks[0].text.startswith(START)
    assert len(chunks) > 3
    assert "[EMAIL_ADDRESS_" in body["messages"][0]["content"]
    assert {(v.step, v.phase) for v in assistant[1].verdicts} == {
        ("profiling", "requested"),
        ("recommendation", "requested"),
        ("recommendation", "completed"),
    }


def test_masks_come_back_across_chunks(
    vendor: Vendor, govern: Callable[..., Any], aio: bool
) -> None:
    client = govern(vendor.url)
    vendor.says([chunk("x", finish="STOP")])
    stream(client, f"Olen {MAIL}.")
    mask = vendor.bodies[0]["contents"][0]["parts"][0]["text"].split()[1].rstrip(".")
    said = f"Lähetän viestin: {mask}. Sopiiko? Hyvä."
    pieces = [chunk(said[i : i + 5]) for i in range(0, len(said), 5)]
    vendor.says([*pieces, chunk("", finish="STOP")])
    chunks = stream(client, f"Olen {MAIL}.", aio=aio)
    assert text(chunks) == f"{START}Lähetän viestin: {MAIL}. Sopiiko? Hyvä."
    assert chunks[-1].candidates[0].finish_reason == "STOP"
    assert chunks[-1].usage_metadata.total_token_count == 12


def test_a_stopped_stream_shows_nothing_that_was_not_judged(
    vendor: Vendor, govern: Callable[..., Any], aio: bool
) -> None:
    vendor.says(
        [
            chunk("Tässä ehdotus. "),
            chunk("Only 2 left! "),
            chunk("Buy now, the offer ends in 10 minutes. "),
            chunk("Hei.", finish="STOP"),
        ]
    )
    with pytest.raises((StepDenied, StepEscalated)) as stopped:
        stream(govern(vendor.url), "Mitä suosittelet?", aio=aio)
    shown = text(stopped.value.chunks)  # type: ignore[attr-defined]
    assert shown in ("", f"{START}Tässä ehdotus.")
    assert type(stopped.value) in (StepDenied, StepEscalated)
    assert len(vendor.asked) == 1


def test_what_is_judged_leaves_while_the_vendor_writes(vendor: Vendor, govern: Any) -> None:
    vendor.says(
        Reply([chunk("Ensin tämä."), chunk(" Sitten "), chunk("muu."), chunk("", finish="STOP")],
              pause_s=0.2)
    )  # fmt: skip
    chunks = govern(vendor.url).models.generate_content_stream(model=GEMINI, contents="Hei")
    first = next(chunks)
    assert first.text == f"{START}Ensin tämä."
    assert first.candidates[0].finish_reason is None
    chunks.close()  # the rest is never asked for


def test_a_chat_keeps_what_was_shown(vendor: Vendor, govern: Callable[..., Any]) -> None:
    vendor.says([chunk("Selvä. "), chunk("Kiitos.", finish="STOP")])
    chat = govern(vendor.url).chats.create(model=GEMINI)
    assert text(list(chat.send_message_stream("Hei"))) == f"{START}Selvä. Kiitos."
    kept = [part.text for item in chat.get_history(curated=True)[1:] for part in item.parts]
    assert "".join(kept) == f"{START}Selvä. Kiitos."
    list(chat.send_message_stream("Entä sitten?"))
    left = [part for item in vendor.bodies[1]["contents"] for part in item["parts"]]
    assert {"text": ""} not in left
    assert [item["role"] for item in vendor.bodies[1]["contents"]] == ["user", "model", "user"]


def test_an_async_chat(vendor: Vendor, govern: Callable[..., Any]) -> None:
    vendor.says([chunk("Selvä.", finish="STOP")])

    async def talk() -> str:
        async with govern(vendor.url).aio as side:
            chat = side.chats.create(model=GEMINI)
            return text([each async for each in await chat.send_message_stream("Hei")])

    assert asyncio.run(talk()) == f"{START}Selvä."


def test_a_function_call_is_held_until_it_is_judged(
    vendor: Vendor, govern: Callable[..., Any], aio: bool
) -> None:
    call = {"functionCall": {"name": "delete_account", "args": {"id": "7"}}}
    vendor.says([chunk("Hetki. "), chunk(call), chunk("", finish="STOP")])
    with pytest.raises((StepDenied, StepEscalated)) as stopped:
        stream(govern(vendor.url), "Hei", aio=aio)
    assert not any(each.function_calls for each in stopped.value.chunks)  # type: ignore[attr-defined]


def test_a_declared_function_gets_its_arguments_unmasked(
    vendor: Vendor, govern: Callable[..., Any], aio: bool
) -> None:
    client = govern(vendor.url)
    vendor.says([chunk("x", finish="STOP")])
    stream(client, f"Tilaa p1, {MAIL}")
    mask = vendor.bodies[0]["contents"][0]["parts"][0]["text"].split()[-1]
    call = {"functionCall": {"name": "order_product", "args": {"product": "p1", "email": mask}}}
    vendor.says([chunk({**call, "thoughtSignature": "c2ln"}), chunk("", finish="STOP")])
    chunks = stream(client, f"Tilaa p1, {MAIL}", aio=aio, tools=[ORDER])
    (part,) = [p for each in chunks for p in each.candidates[0].content.parts if p.function_call]
    assert part.function_call.args == {"product": "p1", "email": MAIL}
    assert part.thought_signature == b"sig"


def test_thoughts_are_the_developers(vendor: Vendor, govern: Callable[..., Any]) -> None:
    vendor.says([chunk({"text": "I wonder.", "thought": True}), chunk("Hei.", finish="STOP")])
    first, *rest = stream(govern(vendor.url), "Hei")
    assert first.candidates[0].content.parts[0].text == "I wonder."
    assert text(rest) == f"{START}Hei."


def test_a_stream_that_is_cut(vendor: Vendor, govern: Callable[..., Any], aio: bool) -> None:
    import httpx2

    vendor.says(Reply([chunk("Ensin tämä."), chunk(" Sitten")], cut=True))
    with pytest.raises(httpx2.RemoteProtocolError) as cut:
        stream(govern(vendor.url), "Hei", aio=aio)
    assert text(cut.value.chunks) == f"{START}Ensin tämä."  # type: ignore[attr-defined]


def test_a_stream_without_an_end_is_judged_all_the_same(
    vendor: Vendor, govern: Callable[..., Any]
) -> None:
    vendor.says([chunk("Hei"), chunk(" taas")])
    assert text(stream(govern(vendor.url), "Hei")) == f"{START}Hei taas"
    vendor.says([chunk("Only 2"), chunk(" left! Buy now")])
    with pytest.raises((StepDenied, StepEscalated)) as stopped:
        stream(govern(vendor.url), "Hei")
    assert stopped.value.chunks == []  # type: ignore[attr-defined]


def test_what_cannot_be_read_is_not_quoted(
    vendor: Vendor, govern: Callable[..., Any], aio: bool
) -> None:
    from google.genai import errors

    vendor.says([chunk("Hei. "), 'data: {"candidates": "only 2 left\n\n'])
    with pytest.raises(errors.UnknownApiResponseError) as broken:
        stream(govern(vendor.url), "Hei", aio=aio)
    assert "only 2" not in str(broken.value)
    vendor.says([chunk("Hei. "), "data: [1]\n\n"])
    with pytest.raises(StepDenied, match="cannot be read"):
        stream(govern(vendor.url), "Hei", aio=aio)


def test_an_error_within_a_stream_is_the_vendors(
    vendor: Vendor, govern: Callable[..., Any], aio: bool
) -> None:
    from google.genai import errors

    wrong = {"error": {"code": 503, "message": "overloaded", "status": "UNAVAILABLE"}}
    vendor.says([chunk("Hei. "), chunk("Only 2 "), wrong])
    with pytest.raises((errors.APIError, StepEscalated)) as failed:
        stream(govern(vendor.url), "Hei", aio=aio)
    assert "Only" not in str(failed.value)


def test_the_start_of_a_stream_is_retried(
    vendor: Vendor, govern: Callable[..., Any], aio: bool, assistant: tuple[Gate, Recorder]
) -> None:
    vendor.says(Reply({"error": {"code": 500}}, 500), [chunk("Hei.", finish="STOP")])
    client = govern(vendor.url, http={"retry_options": FAST})
    assert text(stream(client, "Hei", aio=aio)) == f"{START}Hei."
    asked = [v for v in assistant[1].verdicts if v.phase == "requested"]
    assert [v.step for v in asked] == ["profiling", "recommendation"]
    assert len(vendor.asked) == 2


def test_a_stopped_stream_is_not_resumed(
    vendor: Vendor, govern: Callable[..., Any], aio: bool, assistant: tuple[Gate, Recorder]
) -> None:
    """The SDK asks on with a token, whatever went wrong: also where a gate stopped the stream."""
    vendor.says(
        [
            chunk("Ensin tämä.", continuationToken="dG9rZW4="),
            chunk(" Sitten"),
            chunk(" muu. Only 2 left! Buy now!"),
            chunk(" Muuta.", finish="STOP"),
        ],
        [chunk("Toinen yritys.", finish="STOP")],
    )
    with pytest.raises((StepDenied, StepEscalated)) as stopped:
        stream(govern(vendor.url), "Hei", aio=aio)
    assert len(vendor.asked) == 1
    shown = stopped.value.chunks  # type: ignore[attr-defined]
    assert text(shown) == f"{START}Ensin tämä."
    assert shown[0].candidates[0].continuation_token  # the SDK had what it resumes with
    stops = [v for v in assistant[1].verdicts if v.effect in ("deny", "escalate")]
    assert len(stops) == 1


def test_a_long_answer_goes_on_by_itself(
    vendor: Vendor, govern: Callable[..., Any], aio: bool
) -> None:
    vendor.says(
        [chunk("Ensin tämä. ", finish="CONTINUATION", continuationToken="dG9rZW4=")],
        [chunk("Sitten muu.", finish="STOP")],
    )
    shown: list[str] = []
    client = govern(vendor.url, disclose=lambda notice: shown.append(notice.notice))
    assert text(stream(client, f"Olen {MAIL}.", aio=aio)) == "Ensin tämä. Sitten muu."
    assert vendor.bodies[1]["continuationToken"] == "dG9rZW4="
    assert vendor.bodies[0]["contents"] == vendor.bodies[1]["contents"]  # masked alike
    assert MAIL not in str(vendor.bodies)


def test_arguments_in_pieces_are_refused(vendor: Vendor, govern: Callable[..., Any]) -> None:
    client = govern(vendor.url)
    body = {"toolConfig": {"functionCallingConfig": {"streamFunctionCallArguments": True}}}
    with pytest.raises(StepDenied, match="stream_function_call_arguments"):
        stream(client, "Hei", http_options={"extra_body": body})
    assert vendor.asked == []


def test_a_long_text_leaves_in_pieces(vendor: Vendor) -> None:
    import aboveboard_gemini
    from tests.assistant import HOST, MODEL, PURPOSE, chat_facts
    from tests.plugins.ai.gemini.conftest import make

    words = "sana " * 40
    vendor.says([chunk(words[i : i + 7]) for i in range(0, len(words), 7)])
    with assistant_gate(settings=Settings(stream_piece_chars=40)) as (gate, recorder):
        client = aboveboard_gemini.wrap(
            make(vendor.url), purpose=PURPOSE, model=MODEL, gate=gate, host=HOST, facts=chat_facts()
        )
        assert text(stream(client, "Hei")) == START + words
        client.close()
    assert len([v for v in recorder.verdicts if v.phase == "completed"]) > 3
