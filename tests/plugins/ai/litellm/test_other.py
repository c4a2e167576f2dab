"""Text completions, embeddings and moderations."""

from __future__ import annotations

from typing import Any

import litellm
import pytest

from aboveboard import Gate
from aboveboard.ai import Conversation
from aboveboard.testing.recorder import Recorder
from tests.assistant import DISCLOSURE_FI
from tests.plugins.ai.litellm.conftest import ADDRESS, QUESTION, run
from tests.plugins.ai.litellm.server import ChunkServer
from tests.plugins.ai.litellm.test_completion import Wrap

SAID = "Ensimmäinen. Toinen salaisuus. Kolmas."


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("awaited", [False, True])
def test_text_completions(
    wrap: Wrap, chunk_server: ChunkServer, talk: Conversation, *, stream: bool, awaited: bool
) -> None:
    given = {
        "model": "text-completion-openai/local", "prompt": QUESTION, "api_key": "key",
        "api_base": chunk_server.url, "stream": stream,
    }  # fmt: skip

    async def course() -> Any:
        result = await wrap(litellm.atext_completion)(**given)
        return [chunk async for chunk in result] if stream else result

    result = run(course()) if awaited else wrap(litellm.text_completion)(**given)
    chunks = list(result) if stream else [result]
    text = "".join(chunk.choices[0].text or "" for chunk in chunks if chunk.choices)
    assert text == f"{DISCLOSURE_FI}\n\n{SAID}"
    assert ADDRESS not in str(chunk_server.bodies)
    assert "[EMAIL_ADDRESS_" in str(chunk_server.bodies)


@pytest.mark.parametrize("awaited", [False, True])
def test_embeddings(
    wrap: Wrap, chunk_server: ChunkServer, assistant: tuple[Gate, Recorder], *, awaited: bool
) -> None:
    given = {
        "model": "openai/text-embedding-3-small", "input": [QUESTION, "Hei"], "api_key": "key",
        "api_base": chunk_server.url,
    }  # fmt: skip
    made = run(wrap(litellm.aembedding)(**given)) if awaited else wrap(litellm.embedding)(**given)
    assert isinstance(made, litellm.EmbeddingResponse)
    assert len(made.data) == 2
    assert ADDRESS not in str(chunk_server.bodies)
    assert {event.step for event in assistant[1].events} == {"profiling"}


@pytest.mark.parametrize("awaited", [False, True])
def test_moderations(
    wrap: Wrap, chunk_server: ChunkServer, assistant: tuple[Gate, Recorder], *, awaited: bool
) -> None:
    given = {"input": QUESTION, "api_key": "key", "api_base": chunk_server.url}
    if awaited:
        run(wrap(litellm.amoderation)(**given))
    else:
        wrap(litellm.moderation)(**given)
    assert ADDRESS not in str(chunk_server.bodies)
    assert assistant[1].events[0].facts.ai.vendor == "openai"


def test_a_routers_embeddings(wrap: Wrap, chunk_server: ChunkServer) -> None:
    params = {
        "model": "openai/text-embedding-3-small",
        "api_key": "key",
        "api_base": chunk_server.url,
    }
    router = wrap(litellm.Router(model_list=[{"model_name": "e", "litellm_params": params}]))
    router.embedding(model="e", input=[QUESTION])
    run(router.aembedding("e", QUESTION))
    assert len(chunk_server.bodies) == 2
    assert ADDRESS not in str(chunk_server.bodies)
