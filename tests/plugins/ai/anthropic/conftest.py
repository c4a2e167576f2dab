"""Fixtures for the plugin of Anthropic."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

pytest.importorskip("anthropic")

from anthropic import Anthropic, AsyncAnthropic

import aboveboard_anthropic
from aboveboard import Gate
from aboveboard.ai import Conversation
from aboveboard.testing.recorder import Recorder
from tests.assistant import HOST, MODEL, PURPOSE, TOOLS, chat_facts
from tests.plugins.ai.anthropic.asking import aunwrapped, unwrapped
from tests.plugins.ai.anthropic.vendor import Vendor, serving


@pytest.fixture
def gate(assistant: tuple[Gate, Recorder]) -> Gate:
    return assistant[0]


@pytest.fixture
def recorder(assistant: tuple[Gate, Recorder]) -> Recorder:
    return assistant[1]


@pytest.fixture
def talk(gate: Gate) -> Conversation:
    return Conversation(subject=gate.pseudonym("customer-17"), language="fi")


@pytest.fixture(scope="session")
def server() -> Iterator[Vendor]:
    with serving() as vendor:
        yield vendor


@pytest.fixture
def vendor(server: Vendor) -> Vendor:
    server.sent.clear()
    server.replies.clear()
    server.gone.clear()
    return server


@pytest.fixture
def govern(gate: Gate, talk: Conversation) -> Callable[..., Any]:
    """Wrap a client with what the program of a lawful chat says."""

    def wrap(client: Any, **options: Any) -> Any:
        given: dict[str, Any] = {
            "purpose": PURPOSE,
            "gate": gate,
            "model": MODEL,
            "tools": TOOLS,
            "facts": chat_facts(),
            "conversation": talk,
            "host": HOST,
        }
        return aboveboard_anthropic.wrap(client, **(given | options))

    return wrap


@pytest.fixture
def client(vendor: Vendor, govern: Callable[..., Any]) -> Iterator[Anthropic]:
    with unwrapped(vendor.url, max_retries=0) as made:
        yield govern(made)


@pytest.fixture
async def aclient(vendor: Vendor, govern: Callable[..., Any]) -> AsyncIterator[AsyncAnthropic]:
    async with aunwrapped(vendor.url, max_retries=0) as made:
        yield govern(made)
