"""Conversations, which Mistral keeps, and what else its models are asked."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel

from aboveboard import Gate, Settings, StepDenied, StepEscalated
from aboveboard.ai import Report
from aboveboard.testing.recorder import Recorder
from tests.assistant import DISCLOSURE_FI, PURPOSE, assistant_gate
from tests.plugins.ai.mistral.conftest import Reply, Server, chunk, completion, sse, steps

Governed = Callable[..., Any]
Assistant = tuple[Gate, Recorder]

MAIL = re.compile(r"\[EMAIL_ADDRESS_[0-9a-f]+\]")
ORDER = {"type": "function", "function": {"name": "order_product", "parameters": {}}}
USAGE = {"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12}


def conversation(*outputs: dict[str, Any]) -> dict[str, Any]:
    return {"conversation_id": "conv_1", "outputs": list(outputs), "usage": USAGE}


def says(content: Any) -> dict[str, Any]:
    return {"type": "message.output", "content": content, "model": "mistral-medium-2508"}


def event(kind: str, **data: Any) -> tuple[str, dict[str, Any]]:
    return kind, {"type": kind, **data}


BEGUN = event("conversation.response.started", conversation_id="conv_1")
DONE = event("conversation.response.done", usage=USAGE)


def delta(content: Any) -> tuple[str, dict[str, Any]]:
    return event("message.output.delta", id="m1", output_index=0, content_index=0, content=content)


def test_a_conversation_is_judged(server: Server, governed: Governed, assistant: Assistant) -> None:
    def reply(body: Any) -> Reply:
        parts = [
            {"type": "text", "text": f"Kirjaan {body['inputs']}. "},
            {
                "type": "tool_reference",
                "tool": "web_search",
                "title": "Hinnasto",
                "url": "https://kauppa.example",
            },
            {"type": "text", "text": "Kiitos."},
        ]
        search = {"type": "tool.execution", "name": "web_search", "arguments": "{}"}
        return Reply(conversation(search, says(parts)))

    server.give(Reply(of=reply))
    reports: list[Report] = []
    answer = governed(server.url, on_report=reports.append).beta.conversations.start(
        model="mistral-medium-latest",
        inputs="anna@esimerkki.example",
        instructions="Ole avulias.",
        metadata={"customer": "anna@esimerkki.example"},
    )
    assert "anna" not in json.dumps(server.bodies)
    told = answer.outputs[1].content
    assert told[0].text == f"{DISCLOSURE_FI}\n\nKirjaan anna@esimerkki.example. "
    assert told[2].text == "Kiitos."
    assert reports[0].model == "mistral-medium-2508"
    assert reports[0].tokens == 12
    assert assistant[1].events[-1].facts.answer.sources == ("https://kauppa.example",)


def test_a_tool_of_a_conversation(server: Server, governed: Governed) -> None:
    def reply(body: Any) -> Reply:
        arguments = json.dumps({"product": "kahvi", "email": body["inputs"][0]["content"]})
        call = {"type": "function.call", "tool_call_id": "t1", "name": "order_product"}
        return Reply(conversation({**call, "arguments": arguments}))

    server.give(Reply(of=reply))
    conversations = governed(server.url).beta.conversations
    inputs = [{"role": "user", "content": "anna@esimerkki.example", "type": "message.input"}]
    answer = conversations.start(model="m", inputs=inputs, tools=[ORDER])
    assert json.loads(answer.outputs[0].arguments)["email"] == "anna@esimerkki.example"
    assert inputs[0]["content"] == "anna@esimerkki.example"
    with pytest.raises(StepDenied, match="R-SEC-02"):
        conversations.start(model="m", inputs=inputs)


def test_only_what_was_judged_here_is_gone_on_with(server: Server, governed: Governed) -> None:
    server.give(conversation(says("Hei.")))
    conversations = governed(server.url).beta.conversations
    with pytest.raises(StepDenied, match=r"prompt\.stored"):
        conversations.append(conversation_id="conv_1", inputs="Hei")
    with pytest.raises(StepDenied, match=r"prompt\.stored"):
        conversations.restart(conversation_id="conv_1", from_entry_id="e1", inputs="Hei")
    assert server.paths == []
    conversations.start(model="m", inputs="Hei")
    answer = conversations.append(conversation_id="conv_1", inputs="Mikä on hinta?")
    assert answer.outputs[0].content.endswith("Hei.")
    conversations.restart(conversation_id="conv_1", from_entry_id="e1", inputs="Hei")
    assert len(server.paths) == 3


def test_what_was_let_by_does_not_count_as_judged(server: Server) -> None:
    from mistralai.client import Mistral

    import aboveboard_mistral

    server.give(conversation(says("Hei.")))
    with (
        assistant_gate(settings=Settings(mode="monitor")) as (gate, recorder),
        Mistral(api_key="key", server_url=server.url) as client,
    ):
        aboveboard_mistral.wrap(client, purpose=PURPOSE, gate=gate)
        for _ in range(2):
            client.beta.conversations.append(conversation_id="conv_1", inputs="Hei")
    asked = [event for event in recorder.events if event.step == "profiling"]
    assert [event.facts.prompt.text_scanned for event in asked] == [False, False]


@pytest.mark.parametrize("kind", ["start_stream", "append_stream", "restart_stream"])
def test_streams_of_conversations(server: Server, governed: Governed, kind: str) -> None:
    conversations = governed(server.url).beta.conversations
    server.give(conversation(says("Hei.")))
    conversations.start(model="m", inputs="Hei")

    def reply(body: Any) -> Reply:
        reference = {"type": "tool_reference", "tool": "web_search", "title": "Hinnasto"}
        text = {"type": "text", "text": "Kiitos."}
        said = f"Kirjaan {body['inputs']}. "
        parts = (said[:9], said[9:17], said[17:], reference, text)
        return sse(BEGUN, *(delta(part) for part in parts), DONE, done=False)

    server.give(Reply(of=reply))
    given = {
        "start_stream": {"model": "m"},
        "append_stream": {"conversation_id": "conv_1"},
        "restart_stream": {"conversation_id": "conv_1", "from_entry_id": "e1"},
    }[kind]
    with getattr(conversations, kind)(inputs="anna@esimerkki.example", **given) as events:
        told = [event.data for event in events]
    assert MAIL.search(server.bodies[-1]["inputs"])
    said = "".join(
        item.content if isinstance(item.content, str) else getattr(item.content, "text", "")
        for item in told
        if item.type == "message.output.delta"
    )
    assert said == f"{DISCLOSURE_FI}\n\nKirjaan anna@esimerkki.example. Kiitos."
    assert [told[0].type, told[-1].type] == [BEGUN[0], DONE[0]]


async def keep(stream: Any, shown: list[str]) -> None:
    async for item in stream:
        shown.append(item.event)  # noqa: PERF401  (what came before an error is kept)


@pytest.mark.anyio
async def test_an_async_stream_holds_tool_calls(server: Server, governed: Governed) -> None:
    def call(arguments: str, name: str) -> tuple[str, dict[str, Any]]:
        return event(
            "function.call.delta",
            id="f1",
            output_index=0,
            tool_call_id="t1",
            name=name,
            arguments=arguments,
        )

    def reply(name: str) -> Callable[[Any], Reply]:
        def make(body: Any) -> Reply:
            text = json.dumps({"product": "kahvi", "email": body["inputs"]})
            return sse(BEGUN, call(text[:12], name), call(text[12:], name), DONE, done=False)

        return make

    given = {"model": "m", "inputs": "anna@esimerkki.example", "tools": [ORDER]}
    async with governed(server.url) as client:
        server.give(Reply(of=reply("order_product")))
        stream = await client.beta.conversations.start_stream_async(**given)
        told = [item.data async for item in stream]
        arguments = "".join(getattr(item, "arguments", "") for item in told)
        assert json.loads(arguments)["email"] == "anna@esimerkki.example"
        server.give(Reply(of=reply("delete_customer")))
        stream = await client.beta.conversations.start_stream_async(**given)
        shown: list[str] = []
        with pytest.raises(StepEscalated, match="R-SEC-02"):
            await keep(stream, shown)
        assert shown == [BEGUN[0]]


def test_an_event_that_nobody_knows_is_stopped(server: Server, governed: Governed) -> None:
    server.give(sse(BEGUN, event("message.hologram", text="Osta nyt"), DONE, done=False))
    stream = governed(server.url).beta.conversations.start_stream(model="m", inputs="Hei")
    with pytest.raises(StepDenied, match=r"runtime\.not_governed"):
        list(stream)


@pytest.mark.anyio
async def test_the_runner_of_the_sdk_is_governed(server: Server, governed: Governed) -> None:
    """It makes its resources anew, runs tools by itself, and sends what they gave."""
    pytest.importorskip("mcp")
    from mistralai.extra.run.context import RunContext

    def reply(body: Any) -> Reply:
        if isinstance(body["inputs"], list) and body["inputs"][0].get("type") == "function.result":
            return Reply(conversation(says("Löysin kahvin.")))
        call = {"type": "function.call", "tool_call_id": "t1", "name": "find_products"}
        return Reply(conversation({**call, "arguments": '{"query": "kahvi"}'}))

    asked: list[str] = []

    def find_products(query: str) -> str:
        """Find products."""
        asked.append(query)
        return "kahvi 5 €"

    server.give(Reply(of=reply))
    async with governed(server.url) as client, RunContext(model="m") as run:
        run.register_func(find_products)
        result = await client.beta.conversations.run_async(run_ctx=run, inputs="Etsi kahvia")
    assert asked == ["kahvi"]
    assert "Löysin kahvin." in result.output_as_text


def test_agents_are_chat(server: Server, governed: Governed) -> None:
    server.give(completion({"content": "5 €."}))
    client = governed(server.url)
    messages = [{"role": "user", "content": "Olen anna@esimerkki.example"}]
    answer = client.agents.complete(agent_id="ag_1", messages=messages)
    assert answer.choices[0].message.content == f"{DISCLOSURE_FI}\n\n5 €."
    assert MAIL.search(server.bodies[0]["messages"][0]["content"])
    server.give(sse(chunk({"content": "5 €."}, "stop")))
    with client.agents.stream(agent_id="ag_1", messages=messages) as events:
        assert next(events).data.choices[0].delta.content == f"{DISCLOSURE_FI}\n\n5 €."


def test_fill_in_the_middle(server: Server, governed: Governed) -> None:
    server.give(completion({"content": "return 5"}))
    client = governed(server.url)
    answer = client.fim.complete(model="codestral", prompt="# anna@esimerkki.example", suffix="#")
    assert "return 5" in answer.choices[0].message.content
    assert MAIL.search(server.bodies[0]["prompt"])
    server.give(sse(chunk({"content": "return 5"}, "stop")))
    with client.fim.stream(model="codestral", prompt="x = ", suffix="#") as events:
        assert "return 5" in next(events).data.choices[0].delta.content


EMBEDDED = {"id": "e", "object": "list", "model": "m", "usage": USAGE, "data": []}
LABELLED: dict[str, Any] = {"id": "l", "model": "m", "results": []}
INPUTS: list[tuple[str, Any]] = [
    ("embeddings.create", ["Hei", "anna@esimerkki.example"]),
    ("embeddings.create", "anna@esimerkki.example"),
    ("classifiers.moderate", "anna@esimerkki.example"),
    ("classifiers.moderate", ["anna@esimerkki.example"]),
    ("classifiers.classify", ["anna@esimerkki.example"]),
    (
        "classifiers.moderate_chat",
        [{"role": "user", "content": "anna@esimerkki.example"}],
    ),
    (
        "classifiers.moderate_chat",
        [[{"role": "user", "content": "anna@esimerkki.example"}]],
    ),
    (
        "classifiers.classify_chat",
        [{"messages": [{"role": "user", "content": "anna@esimerkki.example"}]}],
    ),
]


@pytest.mark.parametrize(("name", "given"), INPUTS)
def test_vectors_and_labels_are_profiling(
    server: Server, governed: Governed, assistant: Assistant, name: str, given: Any
) -> None:
    server.give(EMBEDDED if name == "embeddings.create" else LABELLED)
    resource, _, method = name.partition(".")
    reports: list[Report] = []
    client = governed(server.url, on_report=reports.append)
    key = "input" if name == "classifiers.classify_chat" else "inputs"
    getattr(getattr(client, resource), method)(model="m", **{key: given})
    left = json.dumps(server.bodies)
    assert MAIL.search(left)
    assert "anna" not in left
    assert set(steps(assistant[1])) == {("profiling", "requested")}
    assert [report.operation for report in reports] == [name]


class Price(BaseModel):
    product: str
    cents: int


def test_structured_answers_need_a_handler_for_notices(server: Server, governed: Governed) -> None:
    server.give(completion({"content": '{"product": "kahvi", "cents": 500}'}))
    messages = [{"role": "user", "content": "hinta"}]
    with pytest.raises(StepDenied, match="Give a 'disclose' handler"):
        governed(server.url).chat.parse(Price, model="m", messages=messages)
    assert server.paths == []
    shown: list[Any] = []
    client = governed(server.url, disclose=shown.append)
    answer = client.chat.parse(Price, model="m", messages=messages)
    assert answer.choices[0].message.parsed == Price(product="kahvi", cents=500)
    assert len(shown) == 1
    server.give(sse(chunk({"content": '{"product": "kahvi"'}), chunk({"content": ', "cents": 5}'})))
    with client.chat.parse_stream(Price, model="m", messages=messages) as events:
        said = "".join(event.data.choices[0].delta.content or "" for event in events)
    assert json.loads(said) == {"product": "kahvi", "cents": 5}
