"""LiteLLM itself, and a fake vendor that it talks to."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import os
import warnings
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, TypeVar

import pytest

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # or it fetches prices when it is imported

import litellm
from structlog.testing import capture_logs

import aboveboard_litellm
from aboveboard import Gate
from aboveboard.ai import Conversation
from aboveboard.testing.recorder import Recorder
from tests.assistant import HOST, MODEL, PURPOSE, TOOLS, chat_facts
from tests.plugins.ai.litellm.server import ChunkServer
from tools.aimock import Aimock

QUESTION = "Missä tilaukseni on? Olen matti@example.com"
ADDRESS = "matti@example.com"
PRESSED = "Osta nyt! Tarjous päättyy tänään, varastossa on vain kaksi."
FIXTURES = [
    {"match": {"userMessage": "pressure"}, "response": {"content": PRESSED}},
    {
        "match": {"userMessage": "order"},
        "response": {
            "toolCalls": [
                {"name": "order_product", "arguments": '{"product": "P-1", "email": "%s"}'}
            ]
        },
    },
    {
        "match": {"userMessage": "delete"},
        "response": {"toolCalls": [{"name": "delete_everything", "arguments": "{}"}]},
    },
    {
        "match": {},
        "response": {
            "content": "Hei! Tilauksesi on matkalla. Se saapuu huomenna aamulla. Kiitos viestistäsi."
        },
    },
]

T = TypeVar("T")
_OF_LITELLM = (
    "ignore:Item.*ReadOnly:UserWarning",  # pydantic, of LiteLLM's types
    "ignore::pydantic.warnings.PydanticDeprecationWarning",
    "ignore:Pydantic serializer warnings:UserWarning",
    "ignore::ResourceWarning",
    "ignore:coroutine 'LoggingWorker:RuntimeWarning",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            for text in _OF_LITELLM:
                item.add_marker(pytest.mark.filterwarnings(text))


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """After the last test here: LiteLLM leaves its connections to the collector, whenever that comes."""
    if nextitem is not None and nextitem.path.is_relative_to(Path(__file__).parent):
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        run(litellm.close_litellm_async_clients())
        litellm.in_memory_llm_clients_cache.flush_cache()
        _RUNNER.close()
        gc.collect()


_RUNNER = asyncio.Runner()


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine. All of them share a loop, for LiteLLM leaves tasks in the one it was used in."""
    return _RUNNER.run(coroutine, context=contextvars.copy_context())


Ask = Callable[..., dict[str, Any]]


class Vendor:
    """The fake vendor, and what one test sent to it."""

    def __init__(self, fake: Aimock) -> None:
        self.url = f"{fake.url}/v1"
        self.fake = fake
        self._before = len(fake.journal())

    def bodies(self) -> list[Any]:
        return self.fake.bodies()[self._before :]


@pytest.fixture(scope="session")
def running(aimock: Callable[..., AbstractContextManager[Aimock]]) -> Iterator[Aimock]:
    with aimock(FIXTURES) as fake:
        yield fake


@pytest.fixture
def vendor(running: Aimock) -> Iterator[Vendor]:
    yield Vendor(running)
    running.chaos()


@pytest.fixture(scope="session")
def listening() -> Iterator[ChunkServer]:
    with ChunkServer() as server:
        yield server


@pytest.fixture
def chunk_server(listening: ChunkServer) -> ChunkServer:
    """A server for what the fake vendor does not speak."""
    listening.reset()
    return listening


@pytest.fixture(autouse=True)
def log() -> Iterator[list[Any]]:
    with capture_logs() as logged:
        yield logged


@pytest.fixture(autouse=True)
def settings() -> Iterator[None]:
    """LiteLLM keeps its settings in the module; none outlives its test."""
    yield
    litellm.callbacks = []
    litellm.success_callback = []
    litellm.failure_callback = []
    litellm.input_callback = []
    litellm._async_success_callback = []
    litellm._async_failure_callback = []
    litellm.num_retries = None
    litellm.cache = None


@pytest.fixture
def options(assistant: tuple[Gate, Recorder]) -> dict[str, Any]:
    """What the program says of its calls."""
    return {
        "purpose": PURPOSE,
        "model": MODEL,
        "gate": assistant[0],
        "facts": chat_facts(),
        "tools": TOOLS,
        "host": HOST,
    }


@pytest.fixture
def wrap(options: dict[str, Any]) -> Callable[..., Any]:
    def make(client: Any, **more: Any) -> Any:
        return aboveboard_litellm.wrap(client, **{**options, **more})

    return make


@pytest.fixture
def ask(vendor: Vendor) -> Ask:
    """Keywords of a call that reaches the fake vendor."""

    def make(text: str = QUESTION, **more: Any) -> dict[str, Any]:
        return {
            "model": "openai/gpt-5.4-mini",
            "api_key": "key",
            "api_base": vendor.url,
            "messages": [{"role": "user", "content": text}],
            **more,
        }

    return make


@pytest.fixture
def talk(assistant: tuple[Gate, Recorder]) -> Iterator[Conversation]:
    with Conversation(subject=assistant[0].pseudonym("customer"), language="fi") as talk:
        yield talk
