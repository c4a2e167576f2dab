"""Streams: LiteLLM's own objects, of which each chunk was judged."""

from __future__ import annotations

from typing import Any

import litellm
import pytest
from litellm import CustomStreamWrapper

from aboveboard import Gate, StepEscalated
from aboveboard.ai import Conversation
from aboveboard.testing.recorder import Recorder
from tests.assistant import DISCLOSURE_FI
from tests.plugins.ai.litellm.conftest import ADDRESS, PRESSED, Ask, Vendor, run
from tests.plugins.ai.litellm.server import ChunkServer
from tests.plugins.ai.litellm.test_completion import ANSWER, Wrap, tool


def text_of(chunks: list[Any]) -> str:
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


def test_a_stream_is_judged_piece_by_piece(
    wrap: Wrap, ask: Ask, vendor: Vendor, talk: Conversation
) -> None:
    stream = wrap(litellm.completion)(**ask(stream=True, stream_options={"include_usage": True}))
    assert isinstance(stream, CustomStreamWrapper)
    assert stream.custom_llm_provider == "openai"
    assert "api_base" in stream._hidden_params
    chunks = list(stream)
    assert text_of(chunks) == f"{DISCLOSURE_FI}\n\n{ANSWER}"
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == "stop"
    whole = litellm.stream_chunk_builder(stream.chunks)
    assert whole.choices[0].message.content == f"{DISCLOSURE_FI}\n\n{ANSWER}"
    assert ADDRESS not in str(vendor.bodies())


@pytest.mark.parametrize("router", [False, True])
def test_async(wrap: Wrap, ask: Ask, vendor: Vendor, talk: Conversation, router: bool) -> None:
    given = ask(stream=True)
    if router:
        params = {"model": given["model"], "api_key": "key", "api_base": given.pop("api_base")}
        given["model"] = "group"
        made = litellm.Router(model_list=[{"model_name": "group", "litellm_params": params}])
        acompletion = wrap(made).acompletion
    else:
        acompletion = wrap(litellm.acompletion)

    async def course() -> list[Any]:
        async with await acompletion(**given) as stream:
            return [chunk async for chunk in stream]

    assert text_of(run(course())) == f"{DISCLOSURE_FI}\n\n{ANSWER}"
    assert ADDRESS not in str(vendor.bodies())


def test_a_pressed_stream_shows_nothing_that_was_not_judged(
    wrap: Wrap, ask: Ask, talk: Conversation
) -> None:
    seen: list[Any] = []
    stream = wrap(litellm.completion)(**ask("pressure", stream=True))
    with pytest.raises(StepEscalated) as stopped:
        seen.extend(stream)
    assert type(stopped.value) is StepEscalated
    assert "Osta" not in text_of(seen)
    for name in ("completion_stream", "response_uptil_now", "messages", "logging_obj", "raw"):
        assert not hasattr(stream, name)
    with pytest.raises((AttributeError, TypeError)):
        stream.partial_response()
    assert PRESSED[:4] not in str(stream.chunks)
    assert next(stream, None) is None


def test_a_mask_comes_back_across_chunks(wrap: Wrap, ask: Ask, talk: Conversation) -> None:
    completion = wrap(litellm.completion)
    completion(**ask())
    [mask] = talk._masks._value_of  # type: ignore[union-attr]
    stream = completion(**ask(stream=True, mock_response=f"Lähetin sen: {mask}. Kiitos."))
    chunks = list(stream)
    assert len(chunks) > 10
    assert text_of(chunks) == f"Lähetin sen: {ADDRESS}. Kiitos."


def test_a_tool_is_held_until_it_was_judged(wrap: Wrap, ask: Ask, talk: Conversation) -> None:
    offered = [tool("delete_everything"), tool("order_product")]
    seen: list[Any] = []
    with pytest.raises(StepEscalated):
        seen.extend(wrap(litellm.completion)(**ask("delete", stream=True, tools=offered)))
    assert "delete_everything" not in str(seen)
    stream = wrap(litellm.completion)(**ask("order", stream=True, tools=[tool("order_product")]))
    whole = litellm.stream_chunk_builder(list(stream))
    [call] = whole.choices[0].message.tool_calls
    assert call.function.name == "order_product"
    assert call.function.arguments == '{"product": "P-1", "email": "%s"}'


def test_a_stream_that_litellm_joins_is_judged_as_a_whole(
    wrap: Wrap, ask: Ask, talk: Conversation
) -> None:
    said = wrap(litellm.completion)(**ask(stream=True, complete_response=True))
    assert said.choices[0].message.content == f"{DISCLOSURE_FI}\n\n{ANSWER}"
    with pytest.raises(StepEscalated):
        wrap(litellm.completion)(**ask("pressure", stream=True, complete_response=True))


def test_closing_ends_the_connection(
    wrap: Wrap, ask: Ask, talk: Conversation, chunk_server: ChunkServer
) -> None:
    given = ask("hei", stream=True, api_base=chunk_server.url, max_retries=0)
    reports: list[Any] = []
    with wrap(litellm.completion, on_report=reports.append)(**given) as stream:
        next(stream)
    assert next(stream, None) is None
    assert len(reports) == 1
    assert chunk_server.hung_up.wait(10)


def test_a_stream_that_nobody_reads_is_closed_and_reported(
    wrap: Wrap, ask: Ask, talk: Conversation, chunk_server: ChunkServer
) -> None:
    reports: list[Any] = []
    given = ask("hei", stream=True, api_base=chunk_server.url, max_retries=0)
    stream = wrap(litellm.completion, on_report=reports.append)(**given)
    stream.close()
    assert len(reports) == 1
    assert next(stream, None) is None


def test_a_stream_that_breaks_off_tells_nothing_of_its_text(
    wrap: Wrap, ask: Ask, talk: Conversation, chunk_server: ChunkServer
) -> None:
    chunk_server.breaks = True
    seen: list[Any] = []
    given = ask("hei", stream=True, api_base=chunk_server.url, max_retries=0)
    with pytest.raises(litellm.ServiceUnavailableError) as broken:
        seen.extend(wrap(litellm.completion)(**given))
    assert "salaisuus" not in text_of(seen)
    error: Any = broken.value
    while error is not None:
        assert not getattr(error, "generated_content", "")
        assert "salaisuus" not in str(error)
        error = error.__cause__ or error.__context__


def test_chunks_are_not_read_ahead(
    wrap: Wrap, ask: Ask, talk: Conversation, chunk_server: ChunkServer
) -> None:
    """A slow answer comes as it comes, sentence by sentence."""
    given = ask("hei", stream=True, api_base=chunk_server.url, max_retries=0)
    stream = wrap(litellm.completion)(**given)
    first = ""
    while "Ensimmäinen." not in first:
        first += text_of([next(stream)])
    assert not chunk_server.finished.is_set()
    stream.close()


def test_verdicts_of_a_stream(
    wrap: Wrap, ask: Ask, talk: Conversation, assistant: tuple[Gate, Recorder]
) -> None:
    list(wrap(litellm.completion)(**ask("hei", stream=True)))
    phases = [(event.step, event.phase) for event in assistant[1].events]
    assert phases[:2] == [("profiling", "requested"), ("recommendation", "requested")]
    assert set(phases[2:]) == {("recommendation", "completed")}
