"""A scripted model, real agents of the OpenAI Agents SDK, and the options of a lawful assistant."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from typing import Any

import anyio
import pytest
from agents import Agent, Model, ModelResponse, RunConfig, Runner, Usage, function_tool
from openai.types.responses import (
    ResponseFunctionToolCall,
    ResponseOutputMessage,
    ResponseOutputRefusal,
    ResponseOutputText,
)
from structlog.testing import capture_logs

from aboveboard import Gate
from aboveboard.ai import Conversation, Tool
from aboveboard.testing.recorder import Recorder
from aboveboard_openai_agents import govern
from tests.assistant import HOST, MODEL, PURPOSE, TOOLS, chat_facts

DECLARED = {
    **TOOLS,
    "order_product": replace(TOOLS["order_product"], result=(), trusted=True),
    "transfer_to_billing": Tool(
        scope="agents.handoff", purpose="order_handling", effect="none",
        automation="dpv:PartialAutomation", result=(), trusted=True,
    ),
}  # fmt: skip
EMAIL = "aino.virtanen@example.com"
QUIET = RunConfig(trace_include_sensitive_data=False)


class Script(Model):
    """Says what it was told to say, and keeps what it was asked."""

    model = "gpt-5"

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.seen: list[Any] = []

    async def get_response(
        self,
        system_instructions: Any,
        input: Any,  # noqa: A002
        model_settings: Any,
        *_: Any,
        **__: Any,
    ) -> Any:
        self.seen.append((system_instructions, deepcopy(input)))
        self.settings = model_settings
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        if callable(answer):
            answer = answer(input)
        parts = answer if isinstance(answer, list) else [answer]
        output = [text(part) if isinstance(part, str) else part for part in parts]
        return ModelResponse(
            output=output, usage=Usage(requests=1, total_tokens=7), response_id="1"
        )

    async def stream_response(self, *_: Any, **__: Any) -> Any:
        msg = "an ungoverned stream"
        raise AssertionError(msg)
        yield


def text(words: str) -> ResponseOutputMessage:
    return message(ResponseOutputText(text=words, type="output_text", annotations=[]))


def refused(words: str) -> ResponseOutputMessage:
    return message(ResponseOutputRefusal(refusal=words, type="refusal"))


def message(part: Any) -> ResponseOutputMessage:
    return ResponseOutputMessage(
        id="m1", content=[part], role="assistant", status="completed", type="message"
    )


def call(name: str, number: str = "1", **arguments: Any) -> ResponseFunctionToolCall:
    return ResponseFunctionToolCall(
        name=name, call_id=number, arguments=json.dumps(arguments), type="function_call"
    )


def run(agent: Any, given: Any, **options: Any) -> Any:
    """Run an agent, with traces that hold nothing of the talk."""

    async def go() -> Any:
        return await Runner.run(agent, given, **{"run_config": QUIET, **options})

    return anyio.run(go)


@pytest.fixture(autouse=True)
def log() -> Iterator[list[Any]]:
    with capture_logs() as logged:
        yield logged


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
def ran() -> list[tuple[str, dict[str, Any]]]:
    """The tools that ran, with their arguments."""
    return []


@pytest.fixture
def tools(ran: list[tuple[str, dict[str, Any]]]) -> list[Any]:
    @function_tool
    def order_product(product: str, email: str) -> str:
        """Order a product."""
        ran.append(("order_product", {"product": product, "email": email}))
        return "ordered"

    @function_tool(strict_mode=False)
    def find_products(query: str, discount: int = 0) -> str:
        """Look in the catalogue."""
        ran.append(("find_products", {"query": query, "discount": discount}))
        return "a lamp"

    @function_tool
    def close_account(customer: str) -> str:
        """Nobody declared this one."""
        ran.append(("close_account", {"customer": customer}))
        return "closed"

    return [order_product, find_products, close_account]


@pytest.fixture
def agent(tools: list[Any], options: dict[str, Any]) -> Callable[..., Any]:
    """Make a governed agent: `agent(model, on_stopped="tell")`."""

    def make(model: Any, *, keywords: dict[str, Any] | None = None, **more: Any) -> Any:
        made = Agent(
            name="sales",
            instructions="Olet myyjä.",
            model=model,
            **{"tools": tools, **(keywords or {})},
        )
        return govern(made, **{**options, **more})

    return make


def decisions(recorder: Recorder) -> list[str]:
    return [verdict.effect for verdict in recorder.verdicts if verdict.step == "decision"]
