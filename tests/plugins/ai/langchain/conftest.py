"""A scripted chat model, real agents of LangChain, and the options of a lawful assistant."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from langchain.agents import create_agent
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage
from langchain_core.tools import tool
from langchain_core.utils.function_calling import convert_to_openai_tool
from structlog.testing import capture_logs

from aboveboard import Gate
from aboveboard.ai import Conversation
from aboveboard.testing.recorder import Recorder
from aboveboard_langchain import GateMiddleware
from tests.assistant import HOST, MODEL, PURPOSE, TOOLS, chat_facts

DECLARED = {**TOOLS, "order_product": replace(TOOLS["order_product"], result=(), trusted=True)}
EMAIL = "aino.virtanen@example.com"


class Script(GenericFakeChatModel):
    """Says what it was told to say, and keeps what it was asked."""

    seen: list[list[Any]] = []  # noqa: RUF012  (a field of pydantic: copied for each model)
    bound: list[Any] = []  # noqa: RUF012

    def bind_tools(self, tools: Any, **kwargs: Any) -> Any:
        offered = [
            each if isinstance(each, dict) else convert_to_openai_tool(each) for each in tools
        ]
        return self.bind(tools=offered, **{k: v for k, v in kwargs.items() if v is not None})

    def _generate(
        self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any
    ) -> Any:
        self.seen.append(messages)
        self.bound.append(kwargs)
        answer = next(self.messages)
        if isinstance(answer, Exception):
            raise answer
        if callable(answer):
            answer = answer(messages)
        kept, self.messages = self.messages, iter([answer])
        try:
            return super()._generate(messages, stop, run_manager)
        finally:
            self.messages = kept


def script(*answers: Any) -> Script:
    """A model with these answers: texts, messages, errors, or functions of what it was asked."""
    return Script(messages=iter(answers))


def call(name: str, number: str = "1", **arguments: Any) -> AIMessage:
    """An answer that asks for a tool."""
    return calls((name, number, arguments))


def calls(*wanted: tuple[str, str, dict[str, Any]]) -> AIMessage:
    """An answer that asks for several tools at once."""
    return AIMessage(
        "",
        tool_calls=[
            {"name": name, "args": arguments, "id": number, "type": "tool_call"}
            for name, number, arguments in wanted
        ],
    )


@pytest.fixture(autouse=True)
def log() -> Iterator[list[Any]]:
    with capture_logs() as logged:
        yield logged


@pytest.fixture
def ran() -> list[tuple[str, dict[str, Any]]]:
    """The tools that ran, with their arguments."""
    return []


@pytest.fixture
def tools(ran: list[tuple[str, dict[str, Any]]]) -> list[Any]:
    @tool
    def order_product(product: str, email: str, discount: int = 0) -> str:
        """Order a product."""
        ran.append(("order_product", {"product": product, "email": email, "discount": discount}))
        return "ordered"

    @tool
    def find_products(query: str) -> str:
        """Look in the catalogue."""
        ran.append(("find_products", {"query": query}))
        return "a lamp"

    @tool
    def close_account(customer: str) -> str:
        """Nobody declared this one."""
        ran.append(("close_account", {"customer": customer}))
        return "closed"

    return [order_product, find_products, close_account]


@pytest.fixture
def recorder(decided: tuple[Gate, Recorder]) -> Recorder:
    decided[1].clear()
    return decided[1]


@pytest.fixture
def options(decided: tuple[Gate, Recorder], recorder: Recorder) -> dict[str, Any]:
    """What the program of a lawful chat says."""
    return {
        "purpose": PURPOSE,
        "model": MODEL,
        "gate": decided[0],
        "subject": "customer-17",
        "host": HOST,
        "tools": DECLARED,
        "facts": chat_facts(),
        "conversation": Conversation(language="fi"),
    }


@pytest.fixture
def agent(tools: list[Any], options: dict[str, Any]) -> Callable[..., Any]:
    """Make a governed agent: `agent(model, on_stopped="tell")`."""

    def make(
        model: Any,
        *,
        inside: Any = (),
        before: Any = (),
        keywords: dict[str, Any] | None = None,
        **more: Any,
    ) -> Any:
        gate = GateMiddleware(**{**options, **more})
        middleware = [*before, gate, *inside]
        return create_agent(model, tools, middleware=middleware, **(keywords or {}))

    return make


def ask(text: str) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": text}]}
