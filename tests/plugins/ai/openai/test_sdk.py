"""Every way out of the SDK is governed, refused or known to be harmless; a new one is found here."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest
from openai._resource import AsyncAPIResource, SyncAPIResource
from structlog.testing import capture_logs

import aboveboard_openai
from aboveboard import Gate, StepDenied
from aboveboard_openai.apis import API_OF
from aboveboard_openai.routes import route_of, routes

ROOT = Path(openai.__file__).parent

GOVERNED = {
    "beta.chat.completions.create",
    "beta.chat.completions.parse",
    "beta.chat.completions.stream",
    "chat.completions.create",
    "chat.completions.parse",
    "chat.completions.stream",
    "completions.create",
    "embeddings.create",
    "moderations.create",
    "responses.create",
    "responses.input_tokens.count",
    "responses.parse",
    "responses.stream",
}
# Which models and which kinds of webhooks there are.
HARMLESS = {"models.list", "models.retrieve", "webhooks.event_types.list"}
# They make no request: what came, or what will be sent, is prepared on this machine.
LOCAL = {
    "beta.agents.environments.files.prepare",
    "beta.agents.environments.files.prepare_directory",
    "beta.agents.sessions.artifacts.for_result",
    "webhooks.unwrap",
    "webhooks.verify_signature",
}

# Arguments that are no text, and those that a method wants without saying so.
GIVEN: dict[str, Any] = {
    "data": b"x",
    "file": b"x",
    "files": [b"x"],
    "headers": {},
    "image": b"x",
    "payload": "{}",
    "recording": b"x",
    "video": b"x",
}
OF_METHOD: dict[str, dict[str, Any]] = {
    "admin.organization.external_keys.create": dict.fromkeys(
        ("external_id", "kms_arn", "name", "role_arn", "type"), "x"
    ),
    "audio.voices.create": {"audio_sample": b"x", "consent": "x", "name": "x"},
    "beta.agents.automations.create": dict.fromkeys(
        ("expression", "name", "target", "timezone", "type"), "x"
    ),
    "beta.agents.environments.files.create": dict.fromkeys(("file_id", "path", "type"), "x"),
    "beta.agents.environments.files.upload": {"path": "/workspace/x"},
    "responses.stream": {"model": "x", "input": "x"},
    "uploads.upload_file_chunked": {
        "file": b"x", "filename": "x", "bytes": 1, "mime_type": "text/plain", "purpose": "assistants",
    },
}  # fmt: skip


class SentError(Exception):
    """A request went out."""


def wrapped(gate: Gate, **more: Any) -> Any:
    def send(request: httpx2.Request) -> httpx2.Response:
        raise SentError(request.method)

    client = openai.OpenAI(
        api_key="k",
        admin_api_key="k",
        webhook_secret="whsec_a2V5",
        max_retries=0,
        http_client=httpx2.Client(transport=httpx2.MockTransport(send)),
    )
    return aboveboard_openai.wrap(client, purpose=None, gate=gate, **more)


def resources(holder: Any, kind: type, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every resource of a client, by its dotted name."""
    for attribute, made in inspect.getmembers_static(type(holder)):
        if attribute.startswith(("_", "with_")) or inspect.isfunction(made):
            continue
        value = getattr(holder, attribute, None)
        if isinstance(value, kind):
            dotted = f"{name}.{attribute}".lstrip(".")
            yield dotted, value
            yield from resources(value, kind, dotted)


def methods(client: Any, kind: type) -> dict[str, Any]:
    return {
        f"{name}.{method}": getattr(resource, method)
        for name, resource in resources(client, kind)
        for method, made in inspect.getmembers_static(type(resource))
        if not method.startswith("_") and inspect.isfunction(made)
    }


def call(name: str, method: Any) -> Any:
    """Call a method with something for each argument that it needs; enter what it gives."""
    positional: list[Any] = []
    keywords: dict[str, Any] = {}
    parameters = inspect.signature(method).parameters
    for key, parameter in parameters.items():
        own = OF_METHOD.get(name, {})
        needed = (
            parameter.default is parameter.empty and parameter.kind is not parameter.VAR_KEYWORD
        )
        if key not in own and not needed:
            continue
        value = own.get(key, GIVEN.get(key, "x"))
        if parameter.kind is parameter.POSITIONAL_ONLY:
            positional.append(value)
        else:
            keywords[key] = value
    made = method(*positional, **keywords)
    return made.__enter__() if hasattr(made, "__enter__") else made


def became(name: str, method: Any) -> str:
    """What became of a call: refused, judged, sent, deleted, or why there was no request."""
    try:
        call(name, method)
    except StepDenied as denied:
        reasons = [finding.rule for finding in denied.verdict.findings]
        return "refused" if reasons == ["runtime.not_governed"] else "judged"
    except SentError as sent:
        return "deleted" if str(sent) == "DELETE" else "sent"
    except Exception as error:
        return f"no request: {type(error).__name__}: {error}"
    return "no request"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_every_method_is_governed_refused_or_harmless(one_gate: Any) -> None:
    gate, _ = one_gate
    found = methods(wrapped(gate), SyncAPIResource)
    assert len(found) > 400
    with capture_logs():
        told = {name: became(name, method) for name, method in found.items()}
    assert {name for name, how in told.items() if how == "judged"} == GOVERNED
    assert {name for name, how in told.items() if how == "sent"} == HARMLESS
    assert all("delete" in name for name, how in told.items() if how == "deleted")
    silent = {name: how for name, how in told.items() if how.startswith("no request")}
    assert silent.keys() == LOCAL, silent
    assert told["files.create"] == "refused"


def test_the_async_client_has_the_same_ways_out(one_gate: Any) -> None:
    client = openai.AsyncOpenAI(api_key="k", admin_api_key="k")
    plain = openai.OpenAI(api_key="k", admin_api_key="k")
    ways = methods(client, AsyncAPIResource).keys() ^ methods(plain, SyncAPIResource).keys()
    assert ways <= {"beta.agents.sessions.send_and_wait"}


@pytest.mark.parametrize("kind", [openai.OpenAI, openai.AsyncOpenAI])
def test_the_client_has_no_other_way_out(kind: type) -> None:
    client = kind(api_key="k", admin_api_key="k")
    base = SyncAPIResource if kind is openai.OpenAI else AsyncAPIResource
    apis = {name for name, _ in resources(client, base) if "." not in name}
    ways = {name for name in dir(client) if not name.startswith("_")} - apis
    settings = {
        "admin_api_key", "api_key", "auth_headers", "base_url", "custom_auth", "default_headers",
        "default_query", "max_retries", "organization", "platform_headers", "project", "qs",
        "timeout", "user_agent", "webhook_secret", "websocket_base_url", "workload_identity",
    }  # fmt: skip
    # Each of these makes its request by `request`, or is a way to the resources.
    held = {
        "copy", "delete", "get", "get_api_list", "patch", "post", "put", "request", "with_options",
        "with_raw_response", "with_streaming_response",
    }  # fmt: skip
    assert ways - settings == held | {"close", "is_closed"}


ASKING = r"\._(get|post|put|patch|delete|get_api_list)\(\s"
CALL = re.compile(ASKING + r"*(?:path_template\(\s*)?\"([^\"]+)\"")
METHOD = re.compile(r"\bmethod=\"(\w+)\"")


def sources() -> Iterator[tuple[Path, str]]:
    for part in ("resources", "lib"):
        for file in sorted((ROOT / part).rglob("*.py")):
            yield file, file.read_text("utf-8")


def paths() -> set[tuple[str, str]]:
    """Method and path of each request that stands in the SDK's source, ids as `{}`."""
    found = set()
    for _, text in sources():
        for made in CALL.finditer(text):
            name, path = made.groups()
            if name == "get_api_list":  # a page, which is asked for by GET if nothing else is said
                end = text.index("\n        )\n", made.end())
                told = METHOD.search(text, made.end(), end)
                name = told[1] if told else "get"
            found.add((name.upper(), re.sub(r"\{[^}]*\}", "{}", path)))
    return found


def test_every_request_of_the_sdk_was_found() -> None:
    """No method makes its requests in another way than the one that is looked for."""
    for file, text in sources():
        assert len(re.findall(r"\._(?:get|post|put|patch|delete|get_api_list)\(", text)) == len(
            CALL.findall(text)
        ), file


def test_the_table_has_every_request_and_no_other() -> None:
    known = {item for item in paths() if not item[1].startswith(("/organization/", "/projects/"))}
    assert len(known) > 200
    assert known == routes().keys()


def test_nothing_goes_past_the_held_methods() -> None:
    """The HTTP client is asked by `request` alone, and websockets by what is held, too."""
    for file, text in sources():
        assert "._client.request(" not in text, file
        assert "_client._client" not in text.replace("http_client", ""), file
        if "connect(" in text and "websockets" in text and "_connect_ws" in text:
            assert "_websocket_query_params" in text or "_connect_websocket" in text, file


def test_what_is_judged_can_be_read() -> None:
    judged = {route.name for route in routes().values() if route.handling == "judge"}
    assert judged == API_OF.keys()


@pytest.mark.parametrize(
    ("method", "url", "name", "handling"),
    [
        ("post", "/chat/completions", "chat.completions.create", "judge"),
        ("post", "chat/completions", "chat.completions.create", "judge"),
        ("post", "/responses?beta=true", "beta.responses.create", "refuse"),
        ("get", "/models/gpt-5.4-mini", "models.retrieve", "plain"),
        ("get", "/models/ft:gpt-5:acme::1", "models.retrieve", "plain"),
        ("get", "/models/..", "GET /models/{}", "refuse"),
        ("get", "/models/%2e%2e", "GET /models/{}", "refuse"),
        ("get", "/models/x/../../files", "GET /models/x/{}/{}/files", "refuse"),
        ("get", "/models?after=x", "GET /models", "refuse"),
        ("post", "/chat/completions/", "POST /chat/completions/", "refuse"),
        ("post", "https://other.example/chat/completions", "POST another address", "refuse"),
        ("post", "//other.example/chat/completions", "POST another address", "refuse"),
        ("head", "/files", "HEAD /files", "refuse"),
        ("get", "/organization/users", "admin", "refuse"),
        ("post", "/brand_new/matti@example.com", "POST /brand_new/{}", "refuse"),
    ],
)
def test_routes(method: str, url: str, name: str, handling: str) -> None:
    route = route_of(method, url)
    assert (route.name, route.handling) == (name, handling)


def test_websockets_are_refused_by_name(one_gate: Any) -> None:
    client = wrapped(one_gate[0])
    with pytest.raises(StepDenied, match=r"'responses\.connect'"), client.responses.connect():
        pass
    with pytest.raises(StepDenied, match=r"'realtime\.connect'"):
        client.realtime.connect(model="gpt-realtime").enter()


def test_what_is_named_passes_unjudged(one_gate: Any) -> None:
    client = wrapped(one_gate[0], passing=["files.list", "POST /brand_new"])
    with pytest.raises(SentError):
        client.files.list()
    with pytest.raises(SentError):
        client.post("/brand_new", cast_to=object, body={})
    with pytest.raises(StepDenied):
        client.files.retrieve("file-1")
