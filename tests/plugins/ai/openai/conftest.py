"""Clients of the real SDK, governed, and what they talk to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import openai
import pytest

import aboveboard_openai
from aboveboard.ai import Conversation
from tests.assistant import HOST, MODEL, PURPOSE, TOOLS, chat_facts

PRESSED = "Tilaa heti, ennen kuin loppuu: enää 2 jäljellä!"
FIXTURES = [
    {"match": {"userMessage": "pressure"}, "response": {"content": PRESSED}},
    {
        "match": {"userMessage": "Missä"},
        "response": {"content": "Hei! Tilaus on matkalla. Kysy toki lisää, jos jokin jäi auki."},
    },
]


@pytest.fixture(scope="session")
def fake(aimock: Any) -> Iterator[Any]:
    """The fake vendor, for all tests: each asks its own question."""
    with aimock(FIXTURES) as running:
        yield running


@pytest.fixture
def options(assistant: Any) -> dict[str, Any]:
    """Options of a lawful chat."""
    gate, _ = assistant
    return {
        "purpose": PURPOSE,
        "model": MODEL,
        "gate": gate,
        "facts": chat_facts(),
        "tools": TOOLS,
        "host": HOST,
    }


@pytest.fixture
def client(options: dict[str, Any]) -> Iterator[Callable[..., Any]]:
    """Make a governed client: `client(url)`."""
    made: list[openai.OpenAI] = []

    def make(url: str, *, retries: int = 0, timeout: float = 5, **more: Any) -> Any:
        plain = openai.OpenAI(api_key="key", base_url=url, max_retries=retries, timeout=timeout)
        made.append(plain)
        return aboveboard_openai.wrap(plain, **{**options, **more})

    yield make
    for one in made:
        one.close()


@pytest.fixture
def aclient(options: dict[str, Any]) -> Callable[..., Any]:
    """Make a governed client for asyncio: `aclient(url)`."""

    def make(url: str, *, retries: int = 0, timeout: float = 5, **more: Any) -> Any:
        plain = openai.AsyncOpenAI(
            api_key="key", base_url=url, max_retries=retries, timeout=timeout
        )
        return aboveboard_openai.wrap(plain, **{**options, **more})

    return make


@pytest.fixture
def talk(assistant: Any) -> Iterator[Conversation]:
    """The talk that the test's calls belong to."""
    gate, _ = assistant
    with Conversation(subject=gate.pseudonym("customer"), language="fi") as talk:
        yield talk
