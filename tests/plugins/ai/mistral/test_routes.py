"""Every public method of the SDK: governed, harmless, or refused by name before anything leaves."""

from __future__ import annotations

import ast
import copy
import functools
import inspect
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest
from mistralai.client import Mistral
from mistralai.client._hooks import HookContext
from mistralai.client.basesdk import BaseSDK

from aboveboard import Gate, StepDenied
from aboveboard.testing.recorder import Recorder
from aboveboard_mistral.hooking import DOORS
from aboveboard_mistral.routes import GOVERNED, HARMLESS, known_operations, name_of
from tests.plugins.ai.mistral.conftest import Server, completion

Governed = Callable[..., Any]

# Methods that send nothing by themselves: each with the methods that they are made of.
MADE_OF = {
    "audio.sessions.init": {"audio.sessions.create"},
    "beta.conversations.run": {"beta.conversations.start", "beta.conversations.append"},
    "beta.conversations.run_stream": {
        "beta.conversations.start_stream",
        "beta.conversations.append_stream",
    },
    "chat.parse": {"chat.complete"},
    "chat.parse_stream": {"chat.stream"},
    "workflows.execute_workflow_and_wait": {"workflows.execute_workflow"},
    "workflows.wait_for_workflow_completion": {"workflows.executions.get_workflow_execution"},
}
# Without `do_request`: refused at their own door.
OWN_WAYS = {
    "audio.realtime.connect",
    "audio.realtime_speech.connect",
    "beta.connectors.http_client",
    "beta.connectors.mcp_client",
}


def resources(client: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Every resource of the SDK with its name."""
    names = getattr(client, "_sub_sdk_map", None) or [
        name
        for name, value in vars(client).items()
        if isinstance(value, BaseSDK) and name != "parent_ref"
    ]
    for name in names:
        found = getattr(client, name)
        yield ".".join((*path, name)), found
        yield from resources(found, (*path, name))


@functools.cache
def source_of(owner: type) -> dict[str, ast.AST]:
    """The methods of a class, as its source has them."""
    tree = ast.parse(inspect.getsource(sys.modules[owner.__module__]))
    (found,) = (
        node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == owner.__name__
    )
    return {
        node.name: node
        for node in found.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


@dataclass
class Method:
    """What a public method does, by its source.

    Attributes:
        operations: ids of the operations that it sends.
        calls: what it calls.
    """

    operations: set[str] = field(default_factory=set)
    calls: list[str] = field(default_factory=list)


def read(source: ast.AST | None) -> Method:
    found = Method()
    for node in ast.walk(source) if source is not None else ():
        if isinstance(node, ast.Call):
            found.calls.append(ast.unparse(node.func))
            found.operations |= {
                word.value.value
                for word in node.keywords
                if word.arg == "operation_id" and isinstance(word.value, ast.Constant)
            }
    return found


def methods() -> dict[str, Method]:
    """Every public method; empty where the class itself does not have its source."""
    found = {}
    with Mistral(api_key="key") as client:
        for path, resource in resources(client):
            for name, value in inspect.getmembers_static(type(resource)):
                if inspect.isfunction(value) and not name.startswith(("_", "do_request")):
                    found[f"{path}.{name}"] = read(source_of(type(resource)).get(name))
    return found


METHODS = methods()


def test_every_method_of_the_sdk_is_in_the_table() -> None:
    sent: dict[str, set[str]] = {}
    local = set()
    for name, method in METHODS.items():
        plain = name.removesuffix("_async")
        if method.operations:
            sent.setdefault(plain, set()).update(method.operations)
        else:
            local.add(plain)
    assert {name: {operation} for name, operation in known_operations().items()} == sent
    assert local == MADE_OF.keys() | {name for name in OWN_WAYS if "connectors" in name}
    for parts in MADE_OF.values():
        assert parts <= sent.keys()


def test_whatever_sends_does_it_by_one_method() -> None:
    """Nothing of the SDK but the doors reaches the net past `do_request`."""
    for name, method in METHODS.items():
        sends = sum(item.startswith("self.do_request") for item in method.calls)
        assert sends == (1 if method.operations else 0), name
        assert not any(".client.send" in item for item in method.calls), name


def test_what_is_governed_or_harmless_is_there() -> None:
    assert GOVERNED.keys() <= known_operations().keys()
    assert HARMLESS.keys() <= known_operations().keys()
    assert not GOVERNED.keys() & HARMLESS.keys()
    streams = {name for name in GOVERNED if "stream" in name}
    assert {name.replace(".stream", ".complete").removesuffix("_stream") for name in streams} < (
        GOVERNED.keys()
    )


def send(client: Any, operation: str) -> None:
    """One request as the SDK's methods make it."""
    client.do_request(
        hook_ctx=HookContext(client.sdk_configuration, "", operation, None, None, None, None),
        request=httpx2.Request(
            "POST", "https://api.mistral.ai/v1/x", content=b"{}", headers={"user-agent": "a b c"}
        ),
        is_error_status_code=lambda _: False,
    )


def recording(sent: list[Any]) -> httpx2.Client:
    def answer(request: Any) -> Any:
        sent.append(request)
        return httpx2.Response(200, json={})

    return httpx2.Client(transport=httpx2.MockTransport(answer))


def test_each_operation_does_as_the_table_says(governed: Governed) -> None:
    sent: list[Any] = []
    client = governed("https://api.mistral.ai", sdk={"client": recording(sent)})
    for name, operation in known_operations().items():
        if name in GOVERNED or name_of(operation) != name:
            continue
        sent.clear()
        if name in HARMLESS:
            send(client, operation)
            assert len(sent) == 1
        else:
            with pytest.raises(StepDenied, match=r"runtime\.not_governed") as stopped:
                send(client, operation)
            assert f"'{name}'" in str(stopped.value)
            assert sent == []


def test_an_operation_that_nobody_described_is_refused_by_its_id(governed: Governed) -> None:
    sent: list[Any] = []
    client = governed(
        "https://api.mistral.ai", sdk={"client": recording(sent)}, passing=["known_to_us_v9"]
    )
    with pytest.raises(StepDenied, match="'something_new_v9'"):
        send(client, "something_new_v9")
    assert sent == []
    send(client, "known_to_us_v9")
    assert len(sent) == 1


CALLS: dict[str, Callable[[Any], Any]] = {
    "files.upload": lambda c: c.files.upload(file={"file_name": "a.txt", "content": b"Anna"}),
    "files.download": lambda c: c.files.download(file_id="f1"),
    "ocr.process": lambda c: c.ocr.process(
        model="m", document={"type": "document_url", "document_url": "https://x.example"}
    ),
    "batch.jobs.create": lambda c: c.batch.jobs.create(endpoint="/v1/chat/completions"),
    "beta.libraries.create": lambda c: c.beta.libraries.create(name="Anna"),
    "beta.agents.create": lambda c: c.beta.agents.create(model="m", name="x"),
    "beta.conversations.get_messages": lambda c: c.beta.conversations.get_messages(
        conversation_id="c1"
    ),
    "audio.transcriptions.complete": lambda c: c.audio.transcriptions.complete(
        model="m", file_url="https://x.example"
    ),
    "audio.speech.complete": lambda c: c.audio.speech.complete(input="Anna", model="m"),
    "responses.create": lambda c: c.responses.create(model="m", input="Anna"),
    "workflows.execute_workflow": lambda c: c.workflows.execute_workflow_and_wait(
        workflow_identifier="w", input={"name": "Anna"}
    ),
    "beta.connectors.http_client": lambda c: c.beta.connectors.http_client(
        connector_id_or_name="crm"
    ),
    "beta.connectors.mcp_client": lambda c: c.beta.connectors.mcp_client(
        connector_id_or_name="crm"
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_real_methods_are_refused(server: Server, governed: Governed, name: str) -> None:
    with pytest.raises(StepDenied, match=f"'{name}'"):
        CALLS[name](governed(server.url))
    assert server.paths == []


def test_a_refused_method_may_be_let_through(server: Server, governed: Governed) -> None:
    server.give({"object": "list", "data": [], "total": 0})
    client = governed(server.url, passing=["files.list"])
    assert client.files.list().data == []
    assert server.paths[0].startswith("/v1/files")


@pytest.mark.anyio
async def test_websockets_are_refused(governed: Governed) -> None:
    async with governed("http://127.0.0.1:1") as client:
        with pytest.raises(StepDenied, match=r"'audio\.realtime\.connect'"):
            await client.audio.realtime.connect(model="m")
        with pytest.raises(StepDenied, match=r"'audio\.realtime_speech\.connect'"):
            await client.audio.realtime_speech.connect(model="m")

        async def sound() -> Any:
            yield b""

        with pytest.raises(StepDenied, match=r"'audio\.realtime\.connect'"):
            await anext(client.audio.realtime.transcribe_stream(sound(), model="m"))
        with pytest.raises(StepDenied, match=r"'files\.list'"):
            await client.files.list_async()
    assert {name for *_, name in DOORS} == OWN_WAYS


def test_copies_and_resources_made_anew_are_governed(server: Server, governed: Governed) -> None:
    """`conversations.run_async` makes its resources anew, of the client's configuration."""
    from mistralai.client.chat import Chat
    from mistralai.client.files import Files

    client = governed(server.url)
    for configuration in (client.sdk_configuration, copy.copy(client.sdk_configuration)):
        with pytest.raises(StepDenied, match=r"'files\.list'"):
            Files(configuration).list()
        with pytest.raises(StepDenied, match=r"prompt\.image"):
            Chat(configuration).complete(
                model="m",
                messages=[
                    {"role": "user", "content": [{"type": "image_url", "image_url": "data:,"}]}
                ],
            )
    assert server.paths == []


def test_other_clients_are_left_alone(
    server: Server, governed: Governed, assistant: tuple[Gate, Recorder]
) -> None:
    governed(server.url)
    server.give(completion({"content": "Osta nyt, vain 2 jäljellä!"}))
    with Mistral(api_key="key", server_url=server.url) as other:
        answer = other.chat.complete(model="m", messages=[{"role": "user", "content": "hinta"}])
        assert answer.choices[0].message.content == "Osta nyt, vain 2 jäljellä!"
        assert other.beta.connectors.mcp_client(connector_id_or_name="crm") is not None
    assert assistant[1].verdicts == ()
