"""What a request tells: texts and who says them, tools, place, and what nobody can read."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest

from aboveboard import Gate, StepDenied
from aboveboard.ai import ModelCall
from aboveboard.testing.recorder import Recorder
from aboveboard_mistral.requests import call_of
from aboveboard_mistral.routes import place
from tests.assistant import MODEL, PURPOSE, chat_facts
from tests.plugins.ai.mistral.conftest import completion

Assistant = tuple[Gate, Recorder]


def told(call: ModelCall) -> list[tuple[str, str, bool, str | None]]:
    return [(text.role, text.text.value, text.latest, text.tool) for text in call.texts]


def test_messages_by_role() -> None:
    body: dict[str, Any] = {
        "model": "mistral-large-latest",
        "messages": [
            {"role": "system", "content": "Ole avulias."},
            {"role": "user", "content": "Eka"},
            {
                "role": "assistant",
                "content": [
                    {"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]},
                    {"type": "text", "text": "Haen."},
                ],
                "tool_calls": [
                    {"id": "t1", "function": {"name": "find", "arguments": '{"q": "x"}'}},
                    {"id": "t2", "function": {"name": "look", "arguments": {"q": ["y"]}}},
                ],
            },
            {"role": "tool", "tool_call_id": "t2", "content": [{"type": "text", "text": "5 €"}]},
            {"role": "tool", "name": "other", "content": "6 €"},
            {"role": "user", "content": ["Toka", {"type": "text", "text": "Kolmas"}]},
            {"role": "assistant", "content": "Hinta", "prefix": True},
        ],
    }
    call = call_of("chat.complete", body)
    assert call.model == "mistral-large-latest"
    assert told(call) == [
        ("system", "Ole avulias.", False, None),
        ("user", "Eka", False, None),
        ("assistant", "Haen.", False, None),
        ("assistant", "Hm.", False, None),
        ("assistant", '{"q": "x"}', False, None),
        ("assistant", "y", False, None),
        ("tool", "5 €", False, "look"),
        ("tool", "6 €", False, "other"),
        ("user", "Toka", True, None),
        ("user", "Kolmas", True, None),
        ("assistant", "Hinta", False, None),
    ]


def test_what_the_program_says_beside_the_talk() -> None:
    body: dict[str, Any] = {
        "model": "m",
        "messages": [],
        "tools": [
            {
                "type": "function",
                "function": {
                    "name": "find",
                    "description": "Etsi",
                    "parameters": {"properties": {"q": {"description": "Mitä"}}},
                },
            },
            {"type": "web_search"},
            {"type": "connector", "connector_id": "crm"},
        ],
        "stop": ["Loppu"],
        "prediction": {"type": "content", "content": "Arvaus"},
        "metadata": {"customer": "Anna"},
        "response_format": {"type": "json_schema", "json_schema": {"description": "Muoto"}},
        "something_new": {"notes": ["Uutta"]},
        "another": "Toista",
    }
    call = call_of("chat.complete", body)
    assert call.tools == ("find", "web_search", "crm")
    assert call.plain is False
    found = {(text.role, text.text.value) for text in call.texts}
    assert found == {
        ("system", "Etsi"),
        ("system", "Mitä"),
        ("system", "Loppu"),
        ("system", "Muoto"),
        ("assistant", "Arvaus"),
        ("user", "Anna"),
        ("user", "Uutta"),
        ("user", "Toista"),
    }
    for text in call.texts:
        text.text.value = "-"
    left = json.dumps(body, ensure_ascii=False)
    assert not [word for _, word in found if word in left]


@pytest.mark.parametrize(
    ("part", "unread"),
    [
        ({"type": "image_url", "image_url": {"url": "data:,"}}, "image"),
        ({"type": "document_url", "document_url": "https://x.example"}, "file"),
        ({"type": "file", "file_id": "f1"}, "stored"),
        ({"type": "input_audio", "input_audio": "…"}, "audio"),
        ({"type": "resource_link", "uri": "x:"}, "file"),
        ({"type": "resource", "uri": "x:", "content": {"type": "image", "data": ""}}, "image"),
        ({"type": "hologram", "text": "Anna"}, "unknown"),
        ({"type": "text", "text": 7}, "unknown"),
        (7, "unknown"),
    ],
)
def test_parts_that_nobody_can_read(part: Any, unread: str) -> None:
    call = call_of("chat.complete", {"messages": [{"role": "user", "content": [part]}]})
    assert call.unread == (unread,)


def test_names_of_documents_are_texts() -> None:
    part = {
        "type": "document_url",
        "document_url": "https://x.example",
        "document_name": "Anna.pdf",
    }
    call = call_of("chat.complete", {"messages": [{"role": "user", "content": [part]}]})
    assert told(call) == [("user", "Anna.pdf", False, None)]


def test_entries_of_a_conversation() -> None:
    body: dict[str, Any] = {
        "agent_id": "ag_1",
        "instructions": "Ole avulias.",
        "inputs": [
            {"type": "message.input", "role": "user", "content": "Eka"},
            {"type": "message.output", "content": [{"type": "text", "text": "Hei"}]},
            {"type": "function.call", "tool_call_id": "t1", "name": "find", "arguments": "{}"},
            {"type": "function.result", "tool_call_id": "t1", "result": "5 €"},
            {"type": "function.result", "tool_call_id": "t0", "result": "6 €"},
            {"type": "agent.handoff", "previous_agent_id": "a", "next_agent_id": "b"},
            {"role": "user", "content": "Toka"},
        ],
        "completion_args": {"response_format": {"type": "json_object"}, "stop": "Loppu"},
    }
    call = call_of("beta.conversations.start", body, tools=["order"], asked={"t0": "look"})
    assert call.tools == ("order",)
    assert call.plain is False
    assert told(call) == [
        ("system", "Loppu", False, None),
        ("system", "Ole avulias.", False, None),
        ("user", "Eka", False, None),
        ("assistant", "Hei", False, None),
        ("assistant", "{}", False, None),
        ("tool", "5 €", False, "find"),
        ("tool", "6 €", False, "look"),
        ("user", "Toka", True, None),
    ]


@pytest.mark.parametrize("given", [None, 7, {}, [], [7], {"role": 7}, [[7]], [{"content": 7}]])
@pytest.mark.parametrize(
    "name", ["chat.complete", "beta.conversations.start", "classifiers.moderate_chat"]
)
def test_whatever_stands_there_is_read(name: str, given: Any) -> None:
    body = {"messages": given, "inputs": given, "input": given, "tools": given, "stop": given}
    assert call_of(name, body).texts == []


@pytest.mark.parametrize(
    ("url", "host", "region", "encrypted"),
    [
        ("https://api.mistral.ai/v1", "api.mistral.ai", None, True),
        ("https://API.EU.mistral.ai/v1", "api.eu.mistral.ai", "eu", True),
        ("https://api.us.mistral.ai", "api.us.mistral.ai", "us", True),
        ("https://eu.api.mistral.ai.example", "eu.api.mistral.ai.example", None, True),
        ("http://127.0.0.1:8080/v1", "127.0.0.1", None, None),
        ("http://localhost:1", "localhost", None, None),
        ("http://[::1]:1", "::1", None, None),
        ("http://llm.esimerkki.example", "llm.esimerkki.example", None, False),
        (
            "https://europe-west4-aiplatform.googleapis.com/v1",
            "europe-west4-aiplatform.googleapis.com",
            "europe-west4",
            True,
        ),
        ("https://aiplatform.googleapis.com", "aiplatform.googleapis.com", None, True),
        (
            "https://large.swedencentral.models.ai.azure.com",
            "large.swedencentral.models.ai.azure.com",
            "swedencentral",
            True,
        ),
        ("https://large.models.ai.azure.com", "large.models.ai.azure.com", None, True),
        ("https://x.services.ai.azure.com", "x.services.ai.azure.com", None, True),
    ],
)
def test_where_a_request_goes(
    url: str, host: str, region: str | None, encrypted: bool | None
) -> None:
    found = place(httpx2.URL(url))
    assert (found.host, found.region, found.encrypted) == (host, region, encrypted)


def answering(paths: list[str]) -> httpx2.Client:
    def answer(request: Any) -> Any:
        paths.append(f"{request.url.host}{request.url.path}")
        return httpx2.Response(200, json=completion({"content": "5 €."}))

    return httpx2.Client(transport=httpx2.MockTransport(answer))


def mistral(server: str, http: httpx2.Client) -> Any:
    from mistralai.client import Mistral

    return Mistral(api_key="key", server=server, client=http)


def azure(server: str, http: httpx2.Client) -> Any:
    from mistralai.azure.client import MistralAzure

    return MistralAzure(api_key="key", server_url=server, client=http)


def google(region: str, http: httpx2.Client) -> Any:
    pytest.importorskip("google.auth")
    from mistralai.gcp.client import MistralGCP

    return MistralGCP(project_id="p", region=region, access_token="token", client=http)


@pytest.mark.parametrize(
    ("make", "server", "facts"),
    [
        (mistral, "global", ("mistral", "api.mistral.ai", None)),
        (mistral, "eu", ("mistral", "api.eu.mistral.ai", "eu")),
        (
            azure,
            "https://large.swedencentral.models.ai.azure.com",
            ("azure_ai", "large.swedencentral.models.ai.azure.com", "swedencentral"),
        ),
        (
            google,
            "europe-west4",
            ("google_vertex", "europe-west4-aiplatform.googleapis.com", "europe-west4"),
        ),
    ],
)
def test_flavours_of_the_sdk_tell_who_runs_the_model(
    assistant: Assistant, make: Any, server: str, facts: Any
) -> None:
    import aboveboard_mistral

    gate, recorder = assistant
    paths: list[str] = []
    http = answering(paths)
    client = aboveboard_mistral.wrap(
        make(server, http), purpose=PURPOSE, gate=gate, facts=chat_facts(), passing=()
    )
    # The example organisation has none of these hosts among its processors: it stops the call.
    with http, pytest.raises(StepDenied):
        client.chat.complete(model="mistral-large", messages=[{"role": "user", "content": "Hei"}])
    assert paths == []
    ai = recorder.events[0].facts.ai
    assert (ai.vendor, ai.base_url_host, ai.inference_region) == facts
    assert ai.model == "mistral-large"
    assert recorder.events[0].facts.security.tls is True


def test_flavours_of_the_sdk_are_governed(assistant: Assistant) -> None:
    import aboveboard_mistral
    from tests.assistant import HOST

    paths: list[str] = []
    http = answering(paths)
    client = aboveboard_mistral.wrap(
        azure("https://large.models.ai.azure.com", http),
        purpose=PURPOSE,
        model=MODEL,
        gate=assistant[0],
        facts=chat_facts(),
        host=HOST,
    )
    with http:
        answer = client.chat.complete(model="m", messages=[{"role": "user", "content": "Hei"}])
        assert answer.choices[0].message.content.endswith("\n\n5 €.")
        with pytest.raises(StepDenied, match=r"'ocr\.process'"):
            client.ocr.process(
                model="m", document={"type": "document_url", "document_url": "https://x.example"}
            )
    assert len(paths) == 1
