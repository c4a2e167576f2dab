"""Where a call goes: what is told of it, and where LiteLLM really connects to."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Any

import litellm
import openai
import pytest
from litellm.types.utils import CredentialItem

from aboveboard_litellm.hosts import place_of

AWS = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
CASES: list[tuple[str, dict[str, Any], str, str]] = [
    ("openai/gpt-x", {}, "openai", "api.openai.com"),
    ("gpt-4o", {}, "openai", "api.openai.com"),
    ("openai/gpt-x", {"api_base": "https://eu.api.openai.com/v1"}, "openai", "eu.api.openai.com"),
    ("openai/gpt-x", {"base_url": "https://eu.api.openai.com/v1"}, "openai", "eu.api.openai.com"),
    ("anthropic/claude-x", {}, "anthropic", "api.anthropic.com"),
    ("mistral/mistral-large-latest", {}, "mistral", "api.mistral.ai"),
    ("gemini/gemini-x", {}, "google_gemini", "generativelanguage.googleapis.com"),
    ("groq/x", {}, "groq", "api.groq.com"),
    ("openrouter/openai/x", {}, "openrouter", "openrouter.ai"),
    (
        "azure/x",
        {"api_base": "https://mine.openai.azure.com", "api_version": "2024-10-21"},
        "azure_openai",
        "mine.openai.azure.com",
    ),
    (
        "bedrock/converse/eu.anthropic.claude-x",
        {"aws_region_name": "eu-north-1", **AWS},
        "aws_bedrock",
        "bedrock-runtime.eu-north-1.amazonaws.com",
    ),
]


class Proxy:
    """Writes down where somebody wants to be connected to, and connects nobody."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._socket.accept()
                with client:
                    first = client.recv(4096).decode("latin-1").split()
                    if len(first) > 1:
                        self.asked.append(first[1].rpartition(":")[0])
                    client.sendall(b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n")

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    made = Proxy()
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, made.url)
    litellm.in_memory_llm_clients_cache.flush_cache()
    yield made
    litellm.in_memory_llm_clients_cache.flush_cache()
    made.close()


@pytest.mark.parametrize(("model", "given", "vendor", "host"), CASES)
def test_litellm_connects_to_the_host_that_is_told(
    proxy: Proxy, model: str, given: dict[str, Any], vendor: str, host: str
) -> None:
    given = {"api_key": "key", **given}
    place = place_of(given, model)
    assert (place.vendor, place.host, place.encrypted) == (vendor, host, True)
    with contextlib.suppress(Exception):
        litellm.completion(
            model=model, messages=[{"role": "user", "content": "x"}], max_retries=0, **given
        )
    assert set(proxy.asked) == {host}


@pytest.mark.parametrize(
    ("model", "given", "expected"),
    [
        ("vertex_ai/gemini-x", {"vertex_location": "europe-west1"}, ("google_vertex", "europe-west1-aiplatform.googleapis.com", "europe-west1")),
        ("vertex_ai/gemini-x", {"vertex_location": "eu"}, ("google_vertex", "aiplatform.eu.rep.googleapis.com", "eu")),
        ("vertex_ai/gemini-x", {"vertex_location": "global"}, ("google_vertex", "aiplatform.googleapis.com", "global")),
        ("vertex_ai/gemini-x", {}, ("google_vertex", "us-central1-aiplatform.googleapis.com", "us-central1")),
        ("bedrock/eu-west-1/anthropic.claude-x", {}, ("aws_bedrock", "bedrock-runtime.eu-west-1.amazonaws.com", "eu-west-1")),
        ("bedrock/global.anthropic.claude-x", {"aws_region_name": "eu-west-1"}, ("aws_bedrock", "bedrock-runtime.eu-west-1.amazonaws.com", "global")),
        ("bedrock/anthropic.claude-x", {}, ("aws_bedrock", None, None)),
        ("azure/x", {}, ("azure_openai", None, None)),
        ("azure/x", {"api_base": "https://a.openai.azure.com", "region_name": "swedencentral"}, ("azure_openai", "a.openai.azure.com", "swedencentral")),
        ("x", {"deployment_id": "mine", "api_base": "https://A.openai.azure.com"}, ("azure_openai", "a.openai.azure.com", None)),
        ("github_copilot/x", {}, ("github_copilot", None, None)),
        ("", {}, ("openai", "api.openai.com", None)),
        ("gpt-4o", {"client": openai.OpenAI(api_key="k", base_url="https://gw.example")}, ("openai", "gw.example", None)),
    ],
)  # fmt: skip
def test_what_is_told_of_other_places(
    monkeypatch: pytest.MonkeyPatch, model: str, given: dict[str, Any], expected: Any
) -> None:
    for name in ("AWS_REGION", "AWS_REGION_NAME", "AZURE_API_BASE", "VERTEXAI_LOCATION"):
        monkeypatch.delenv(name, raising=False)
    place = place_of(given, model)
    assert (place.vendor, place.host, place.region) == expected


@pytest.mark.parametrize(
    ("base", "encrypted"),
    [
        ("https://a.example", True),
        ("http://a.example", False),
        ("http://localhost:8000/v1", None),
        ("http://127.0.0.1:8000/v1", None),
        ("http://[::1]:8000/v1", None),
    ],
)
def test_encryption(base: str, encrypted: bool | None) -> None:
    assert place_of({"api_base": base}, "openai/x").encrypted is encrypted


def test_the_environment_and_the_module_name_hosts_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "https://env.example/v1")
    assert place_of({}, "openai/x").host == "env.example"
    monkeypatch.setattr(litellm, "api_base", "https://module.example")
    assert place_of({}, "openai/x").host == "module.example"
    monkeypatch.setattr(litellm, "model_alias_map", {"mine": "mistral/mistral-large"})
    assert place_of({}, "mine").vendor == "mistral"


def test_credentials_and_proxies_of_litellm_move_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = CredentialItem(
        credential_name="mine",
        credential_values={"api_base": "https://kept.example"},
        credential_info={},
    )
    monkeypatch.setattr(litellm, "credential_list", [kept])
    assert place_of({"litellm_credential_name": "mine"}, "openai/x").host == "kept.example"
    given = {"litellm_credential_name": "mine", "api_base": "https://own.example"}
    assert place_of(given, "openai/x").host == "own.example"
    monkeypatch.setenv("LITELLM_PROXY_API_BASE", "https://proxy.example")
    for model in ("openai/x", "litellm_proxy/openai/x"):
        place = place_of({"use_litellm_proxy": True}, model)
        assert (place.vendor, place.host) == ("litellm_proxy", "proxy.example")


def test_an_unknown_provider_is_litellms_error() -> None:
    with pytest.raises(litellm.BadRequestError):
        place_of({}, "nobody-knows-this")
