"""The async client: the same, awaited."""

from __future__ import annotations

import asyncio
import inspect
import json
from typing import Any

import openai
import pytest

import aboveboard_openai
from aboveboard import StepEscalated, StepStopped
from tests.assistant import DISCLOSURE_FI
from tests.plugins.ai.openai.server import (
    Reply,
    chunks,
    completion,
    masks,
    message,
    response,
    response_events,
    vendor,
)

pytestmark = pytest.mark.anyio

ADDRESS = "matti.meikalainen@example.com"
ASKED = [{"role": "user", "content": f"Missä tilaukseni on? {ADDRESS}"}]
WHOLE = f"{DISCLOSURE_FI}\n\nHei {ADDRESS}. Kysy."
PRESSED = "Enää 2 jäljellä, tilaa heti!"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def ask(client: Any, **more: Any) -> Any:
    return await client.chat.completions.create(model="gpt-5.4-mini", messages=ASKED, **more)


async def text_of(stream: Any) -> str:
    return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])


async def shown_by(stream: Any, shown: list[Any]) -> None:
    async for chunk in stream:
        shown.append(chunk)  # noqa: PERF401


def streamed(sent: Any) -> list[dict[str, Any]]:
    return chunks(*({"content": letter} for letter in f"Hei {masks(sent)[0]}. Kysy."))


async def test_a_chat(fake: Any, aclient: Any, talk: Any) -> None:
    before = len(fake.bodies())
    async with aclient(f"{fake.url}/v1") as governed:
        said = await ask(governed)
    assert said.choices[0].message.content.startswith(DISCLOSURE_FI)
    assert ADDRESS not in json.dumps(fake.bodies()[before:])
    assert talk.turns == 1


async def test_a_response(aclient: Any, talk: Any) -> None:
    with vendor(Reply(lambda sent: response(message(f"Hei {masks(sent)[0]}. Kysy.")))) as own:
        async with aclient(own.url) as governed:
            said = await governed.responses.create(model="m", input=f"Hei {ADDRESS}")
    assert said.output_text == WHOLE


async def test_a_stopped_answer(aclient: Any, talk: Any) -> None:
    with vendor(completion(PRESSED)) as own:
        async with aclient(own.url, retries=2) as governed:
            with pytest.raises(StepEscalated):
                await ask(governed)
    assert len(own.requests) == 1


async def test_handlers_are_awaited(aclient: Any, talk: Any) -> None:
    shown = []

    async def show(notice: Any) -> None:
        await asyncio.sleep(0)
        shown.append(notice.text)

    with vendor(completion("Hei.")) as own:
        async with aclient(own.url, disclose=show) as governed:
            said = await ask(governed)
    assert shown == [DISCLOSURE_FI]
    assert said.choices[0].message.content == "Hei."


async def test_a_stream(aclient: Any, talk: Any) -> None:
    with vendor(Reply(streamed)) as own:
        async with aclient(own.url) as governed:
            stream = await ask(governed, stream=True)
            assert isinstance(stream, openai.AsyncStream)
            assert await text_of(stream) == WHOLE
            assert stream.response.is_closed
            assert await text_of(await ask(governed, stream=True)) == WHOLE.replace(
                f"{DISCLOSURE_FI}\n\n", ""
            )


async def test_the_connection_is_used_again(aclient: Any, talk: Any) -> None:
    with vendor(Reply(streamed)) as own:
        async with aclient(own.url) as governed:
            for _ in range(3):
                await text_of(await ask(governed, stream=True))
    assert len(own.ports) == 1


async def test_a_stopped_stream(aclient: Any, talk: Any) -> None:
    parts = ["Hei! Kaikki hyvin. ", PRESSED]
    shown: list[Any] = []
    with vendor(Reply(chunks(*({"content": part} for part in parts)))) as own:
        async with aclient(own.url) as governed:
            stream = await ask(governed, stream=True)
            with pytest.raises(StepEscalated):
                await shown_by(stream, shown)
    assert "jäljellä" not in str(shown)
    assert stream.response.is_closed


async def test_helpers(aclient: Any, talk: Any) -> None:
    with vendor(Reply(streamed)) as own:
        async with (
            aclient(own.url) as governed,
            governed.chat.completions.stream(model="m", messages=ASKED) as stream,
        ):
            final = await stream.get_final_completion()
    assert final.choices[0].message.content == WHOLE


async def test_the_responses_helper(aclient: Any, talk: Any) -> None:
    reply = Reply(lambda sent: response_events(message(f"Hei {masks(sent)[0]}. Kysy.")))
    with vendor(reply) as own:
        async with (
            aclient(own.url) as governed,
            governed.responses.stream(model="m", input=f"Hei {ADDRESS}") as stream,
        ):
            final = await stream.get_final_response()
    assert final.output_text == WHOLE


async def test_a_cancelled_stream_lets_go_of_the_vendor(aclient: Any, talk: Any) -> None:
    many = chunks(*({"content": f"Lause {n}. "} for n in range(400)))
    with vendor(Reply(many, pause_s=0.005)) as own:
        async with aclient(own.url) as governed:
            begun = asyncio.Event()

            async def read() -> None:
                async with await ask(governed, stream=True) as stream:
                    async for _ in stream:
                        begun.set()

            task = asyncio.create_task(read())
            await asyncio.wait_for(begun.wait(), 5)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        assert await asyncio.to_thread(own.gone.wait, 5)


async def test_calls_at_once_do_not_mix(aclient: Any, assistant: Any) -> None:
    from aboveboard.ai import Conversation

    gate, _ = assistant

    async def one(governed: Any, number: int) -> str:
        with Conversation(subject=gate.pseudonym(f"customer-{number}"), language="fi"):
            address = f"asiakas{number}@example.com"
            said = await governed.chat.completions.create(
                model="m", messages=[{"role": "user", "content": address}]
            )
        content: str = said.choices[0].message.content
        return content

    with vendor(Reply(lambda sent: completion(f"Hei {masks(sent)[0]}"), pause_s=0.02)) as own:
        async with aclient(own.url) as governed:
            said = await asyncio.gather(*(one(governed, number) for number in range(5)))
    assert [text.rpartition(" ")[2] for text in said] == [
        f"asiakas{number}@example.com" for number in range(5)
    ]


async def test_raw_and_later(aclient: Any, talk: Any) -> None:
    reply = Reply(lambda sent: completion(f"Hei {masks(sent)[0]}. Kysy."))
    with vendor(reply) as own:
        async with aclient(own.url) as governed:
            raw = await governed.chat.completions.with_raw_response.create(
                model="m", messages=ASKED
            )
            assert raw.parse().choices[0].message.content == WHOLE
            assert ADDRESS in raw.text
            async with governed.chat.completions.with_streaming_response.create(
                model="m", messages=ASKED
            ) as later:
                body = json.loads(await later.text())
                assert body["choices"][0]["message"]["content"].endswith(f"Hei {ADDRESS}. Kysy.")


async def test_copies_and_refusals(aclient: Any, talk: Any) -> None:
    with vendor(completion("Hei.")) as own:
        async with aclient(own.url) as governed:
            said = await ask(governed.with_options(timeout=3))
            assert said.choices[0].message.content.startswith(DISCLOSURE_FI)
            with pytest.raises(StepStopped, match=r"files\.list"):
                await governed.files.list()
            with pytest.raises(StepStopped, match=r"realtime\.connect"):
                async with governed.realtime.connect(model="gpt-realtime"):
                    pass


async def test_every_websocket_is_refused(one_gate: Any) -> None:
    from openai._resource import AsyncAPIResource

    from tests.plugins.ai.openai.test_sdk import methods

    plain = openai.AsyncOpenAI(api_key="k", admin_api_key="k")
    governed = aboveboard_openai.wrap(plain, purpose=None, gate=one_gate[0])
    found = {
        name: method
        for name, method in methods(governed, AsyncAPIResource).items()
        if name.endswith(".connect")
    }
    assert len(found) >= 8
    for name, connect in found.items():
        needed = [
            key
            for key, parameter in inspect.signature(connect).parameters.items()
            if parameter.default is parameter.empty
        ]
        with pytest.raises(StepStopped, match=r"\.connect' of openai is not governed"):
            await connect(**dict.fromkeys(needed, "x")).__aenter__()
        assert name


async def test_embeddings(aclient: Any, talk: Any) -> None:
    reply = {
        "object": "list", "model": "m", "usage": {"prompt_tokens": 1, "total_tokens": 1},
        "data": [{"object": "embedding", "index": 0, "embedding": [0.25]}],
    }  # fmt: skip
    with vendor(reply) as own:
        async with aclient(own.url) as governed:
            said = await governed.embeddings.create(
                model="m", input=ADDRESS, encoding_format="float"
            )
    assert said.data[0].embedding == [0.25]
    assert ADDRESS not in json.dumps(own.bodies)
