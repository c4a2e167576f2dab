"""Wrapping: what may be wrapped, and that it stays what it was."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from typing import Any

import pytest

import aboveboard_gemini
from aboveboard import ConfigurationError, Gate, StepDenied, StepEscalated, VocabularyError
from aboveboard.testing.recorder import Recorder
from tests.assistant import MODEL, PURPOSE, chat_facts
from tests.plugins.ai.gemini.conftest import GEMINI, make
from tests.plugins.ai.gemini.serving import Vendor, answer


def test_a_client_stays_the_same_object(assistant: tuple[Gate, Recorder]) -> None:
    from google import genai
    from google.genai._api_client import BaseApiClient

    client = make("http://127.0.0.1:1")
    assert aboveboard_gemini.wrap(client, purpose=PURPOSE, gate=assistant[0]) is client
    assert isinstance(client, genai.Client)
    assert isinstance(client._api_client, BaseApiClient)
    assert client.models._api_client is client.aio.models._api_client
    assert not client.vertexai
    client.close()


@pytest.mark.parametrize("wrong", [None, "client", object(), dict])
def test_what_is_no_client(wrong: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"expected google\.genai\.Client"):
        aboveboard_gemini.wrap(wrong, purpose=PURPOSE)


def test_a_client_is_wrapped_once(assistant: tuple[Gate, Recorder]) -> None:
    client = make("http://127.0.0.1:1")
    aboveboard_gemini.wrap(client, purpose=PURPOSE, gate=assistant[0])
    for again in (client, client.aio):
        with pytest.raises(ConfigurationError, match="wrapped already"):
            aboveboard_gemini.wrap(again, purpose=PURPOSE, gate=assistant[0])
    client.close()


@pytest.mark.parametrize(
    "options",
    [
        {"purpose": "no_such_purpose"},
        {"purpose": PURPOSE, "categories": ["pd:NoSuch"]},
        {"purpose": PURPOSE, "passing": "files.list"},
        {"purpose": PURPOSE, "step": "guess"},
    ],
)
def test_wrong_options_leave_the_client_as_it_was(
    assistant: tuple[Gate, Recorder], options: dict[str, Any]
) -> None:
    client = make("http://127.0.0.1:1")
    kind = type(client._api_client)
    with pytest.raises((ConfigurationError, VocabularyError)):
        aboveboard_gemini.wrap(client, gate=assistant[0], **options)
    assert type(client._api_client) is kind
    client.close()


def test_an_sdk_that_sends_in_another_way_is_not_wrapped(assistant: tuple[Gate, Recorder]) -> None:
    client = make("http://127.0.0.1:1")
    real = client._api_client
    client._api_client = object()
    with pytest.raises(ConfigurationError, match="does not know"):
        aboveboard_gemini.wrap(client, purpose=PURPOSE, gate=assistant[0])
    client._api_client = real
    client.close()


def test_the_async_side_alone(vendor: Vendor, assistant: tuple[Gate, Recorder]) -> None:
    vendor.says(answer("Selvä."))
    client = make(vendor.url)
    side = aboveboard_gemini.wrap(
        client.aio, purpose=PURPOSE, model=MODEL, gate=assistant[0], facts=chat_facts()
    )

    async def one() -> Any:
        async with side:
            return await side.models.generate_content(model=GEMINI, contents="Hei")

    with pytest.raises((StepDenied, StepEscalated)):
        asyncio.run(one())  # without `host=`, a rule misses the one of the profile
    assert vendor.asked == []
    client.close()


def test_a_chat_made_before_is_governed_too(
    vendor: Vendor, assistant: tuple[Gate, Recorder]
) -> None:
    client = make(vendor.url)
    chat = client.chats.create(model=GEMINI)
    aboveboard_gemini.wrap(client, purpose=PURPOSE, model=MODEL, gate=assistant[0])
    with pytest.raises((StepDenied, StepEscalated)):
        chat.send_message("Hei")
    assert vendor.asked == []
    client.close()


def test_a_client_that_is_forgotten_closes_itself(govern: Callable[..., Any]) -> None:
    client = make("http://127.0.0.1:1")
    aboveboard_gemini.wrap(client, purpose=None)
    inner = client._api_client.__dict__["_httpx_client"]
    del client
    gc.collect()
    assert inner.is_closed


def test_nothing_of_the_client_is_shown() -> None:
    client = make("http://127.0.0.1:1")
    aboveboard_gemini.wrap(client, purpose=None)
    assert repr(client.interactions) == "<interactions: not governed>"
    assert "a-key" not in repr(client.interactions.create)
    with pytest.raises(AttributeError):
        client.interactions._secret  # noqa: B018
    client.close()
