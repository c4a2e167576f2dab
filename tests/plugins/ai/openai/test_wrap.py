"""Wrapping a client, its copies, and what is said of where a call goes."""

from __future__ import annotations

import copy
import json
from typing import Any

import httpx2
import openai
import pytest

import aboveboard_openai
from aboveboard import ConfigurationError, Settings, StepStopped
from aboveboard.ai import Report
from aboveboard.errors import VocabularyError
from aboveboard_openai.endpoint import endpoint_of, region_of
from tests.assistant import DISCLOSURE_FI, assistant_gate
from tests.plugins.ai.openai.server import Reply, chunks, completion, vendor

ASKED = [{"role": "user", "content": "Missä tilaukseni on? matti@example.com"}]


def ask(client: Any, **more: Any) -> Any:
    return client.chat.completions.create(model="gpt-5.4-mini", messages=ASKED, **more)


@pytest.mark.parametrize("client", [None, openai, openai.OpenAI, "client", httpx2.Client])
def test_what_is_no_client_is_not_wrapped(client: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"expected openai\.OpenAI"):
        aboveboard_openai.wrap(client, purpose=None)


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"step": "guess"}, ConfigurationError),
        ({"passing": "files.list"}, ConfigurationError),
        ({"categories": ["pd:Nothing"]}, VocabularyError),
        ({"tools": {"a": "b"}}, ConfigurationError),
        ({"conversation": {}}, ConfigurationError),
        ({"mark": "no"}, ConfigurationError),
        ({"unheard": 1}, TypeError),
    ],
)
def test_wrong_options_are_named(more: Any, error: type[Exception]) -> None:
    client = openai.OpenAI(api_key="k")
    with pytest.raises(
        error, match=next(iter(more)) if error is not VocabularyError else "Nothing"
    ):
        aboveboard_openai.wrap(client, purpose=None, **more)
    aboveboard_openai.wrap(client, purpose=None)  # nothing of the failed one is left


def test_a_version_that_cannot_be_held_is_not_wrapped() -> None:
    class Other(openai.OpenAI):
        _websocket_query_params = None

    with pytest.raises(ConfigurationError, match=r"openai 3\.\d+.* has no _websocket_query_params"):
        aboveboard_openai.wrap(Other(api_key="k"), purpose=None)


def test_a_wrapped_client_is_the_client(client: Any) -> None:
    plain = openai.OpenAI(api_key="k")
    assert aboveboard_openai.wrap(plain, purpose=None) is plain
    assert isinstance(plain, openai.OpenAI)
    for one in (plain, plain.with_options(timeout=1), plain.copy()):
        with pytest.raises(ConfigurationError, match="wrapped already"):
            aboveboard_openai.wrap(one, purpose=None)


def test_resources_that_were_there_before_are_governed(options: Any, talk: Any) -> None:
    with vendor(completion("Hei.")) as own:
        plain = openai.OpenAI(api_key="k", base_url=own.url)
        completions, raw = plain.chat.completions, plain.with_raw_response
        create = plain.chat.completions.create
        aboveboard_openai.wrap(plain, **options)
        said = completions.create(model="m", messages=ASKED)
        assert said.choices[0].message.content == f"{DISCLOSURE_FI}\n\nHei."
        raw.chat.completions.create(model="m", messages=ASKED)
        create(model="m", messages=ASKED)
    assert "matti@example.com" not in json.dumps(own.bodies)


def test_copies_are_governed(client: Any, talk: Any) -> None:
    with vendor(completion("Hei.")) as own:
        governed = client(own.url)
        other = governed.with_options(max_retries=1, default_headers={"x-own": "yes"})
        ask(other)
        ask(governed.copy().with_options(timeout=4))
        ask(copy.copy(governed))
        with pytest.raises(StepStopped):
            other.files.list()
    assert other.max_retries == 1
    assert own.headers[0]["x-own"] == "yes"
    assert len(own.requests) == 3
    assert "matti@example.com" not in json.dumps(own.bodies)


def test_a_copy_elsewhere_is_judged_for_where_it_goes(options: Any, assistant: Any) -> None:
    _, recorder = assistant
    options = {name: value for name, value in options.items() if name != "host"}
    governed = aboveboard_openai.wrap(openai.OpenAI(api_key="k"), **options)
    elsewhere = governed.with_options(base_url="http://elsewhere.example/v1")
    with pytest.raises(StepStopped, match=r"contradicts .* ai\.base_url_host"):
        ask(elsewhere)
    assert "runtime.facts_conflict" in recorder.rules()


def test_a_report_of_each_call(client: Any, talk: Any) -> None:
    reports: list[Report] = []
    failing = Reply({"error": {"message": "no"}}, status=500)
    stream = Reply(chunks({"content": "Hei."}))
    with vendor([Reply(completion("Hei.")), failing, stream, stream]) as own:
        governed = client(own.url, on_report=reports.append)
        ask(governed)
        with pytest.raises(openai.InternalServerError):
            ask(governed)
        list(ask(governed, stream=True))
        ask(governed, stream=True).close()
    assert [report.outcome for report in reports] == ["complete", None, "complete", None]
    assert all(report.masked == {"pd:EmailAddress": 1} for report in reports)


def test_monitor_mode_changes_nothing(options: Any) -> None:
    pressed = "Enää 2 jäljellä, tilaa heti!"
    with (
        assistant_gate(settings=Settings(mode="monitor")) as (gate, recorder),
        vendor(completion(pressed)) as own,
    ):
        governed = aboveboard_openai.wrap(
            openai.OpenAI(api_key="k", base_url=own.url), **{**options, "gate": gate}
        )
        assert ask(governed).choices[0].message.content == pressed
        governed.files.list()
        governed.post("/chat/completions", cast_to=object, content=b"{}")
    assert own.bodies[0]["messages"] == ASKED
    assert "R-MAN-01" in recorder.rules()


@pytest.mark.parametrize(
    ("host", "region"),
    [
        ("eu.api.openai.com", "eu"),
        ("JP.api.openai.com", "jp"),
        ("api.openai.com", None),
        ("evil-eu.api.openai.com.example", None),
        ("acme.openai.azure.com", None),
        ("swedencentral.api.cognitive.microsoft.com", "swedencentral"),
        ("bedrock-mantle.eu-north-1.api.aws", "eu-north-1"),
        ("bedrock-runtime.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
        ("europe-north1-aiplatform.googleapis.com", "europe-north1"),
        ("aiplatform.eu.rep.googleapis.com", "eu"),
        ("aiplatform.googleapis.com", None),
        (None, None),
    ],
)
def test_regions_of_hosts(host: str | None, region: str | None) -> None:
    assert region_of(host) == region


def test_endpoints() -> None:
    plain = openai.OpenAI(api_key="k", data_residency="eu")
    found = endpoint_of(plain, None)
    assert (found.host, found.region, found.vendor) == ("eu.api.openai.com", "eu", None)
    assert found.encrypted is True
    own = endpoint_of(openai.OpenAI(api_key="k", base_url="http://[::1]:4010/v1"), None)
    assert (own.host, own.encrypted) == ("::1", None)
    local = openai.OpenAI(api_key="k", base_url="http://LOCALHOST:4010/v1")
    assert endpoint_of(local, "us.api.openai.com").region == "us"
    assert endpoint_of(local, None).encrypted is None
    assert (
        endpoint_of(openai.OpenAI(api_key="k", base_url="http://other/v1"), None).encrypted is False
    )


def azure(kind: type = openai.AzureOpenAI, **more: Any) -> Any:
    return kind(
        api_key="k",
        api_version="2026-05-01",
        azure_endpoint="https://acme.openai.azure.com",
        max_retries=0,
        **more,
    )


@pytest.mark.parametrize("kind", [openai.AzureOpenAI, openai.AsyncAzureOpenAI])
def test_azure_is_told_as_azure(kind: type) -> None:
    found = endpoint_of(azure(kind), None)
    assert (found.vendor, found.host, found.region) == (
        "azure_openai",
        "acme.openai.azure.com",
        None,
    )


def test_a_call_of_azure_is_governed(options: Any, assistant: Any, talk: Any) -> None:
    _, recorder = assistant
    sent: list[Any] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        sent.append((request.url.path, request.content.decode()))
        return httpx2.Response(200, json=completion("Hei."))

    http = httpx2.Client(transport=httpx2.MockTransport(answer))
    facts = {**options["facts"]}
    options = {**options, "model": None, "host": None, "facts": facts}
    governed = aboveboard_openai.wrap(azure(http_client=http), **options)
    with pytest.raises(StepStopped):  # no entry of the profile says what Azure may be sent
        ask(governed)
    assert recorder.events[0].facts.ai.vendor == "azure_openai"
    assert recorder.events[0].facts.ai.base_url_host == "acme.openai.azure.com"
    assert sent == []
    with pytest.raises(StepStopped, match=r"files\.list"):
        governed.files.list()
    with pytest.raises(StepStopped, match=r"realtime\.connect"):
        governed.realtime.connect(model="gpt-realtime").enter()


def test_a_provider_is_told_by_its_name() -> None:
    from openai.providers import bedrock

    client = openai.OpenAI(provider=bedrock(region="eu-north-1", api_key="k"))
    found = endpoint_of(client, None)
    assert (found.vendor, found.region) == ("aws_bedrock", "eu-north-1")
