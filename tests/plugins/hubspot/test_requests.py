"""Errors stay the client's own, a stop stays a stop, and no request goes round the guard."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import hubspot
import pytest
import urllib3
from hubspot.crm.contacts.exceptions import (
    ApiException,
    NotFoundException,
    ServiceException,
    UnauthorizedException,
)
from hubspot.crm.owners.exceptions import ApiException as OwnersException
from urllib3.util.retry import Retry

import aboveboard_hubspot
from aboveboard import ConfigurationError, Gate, StepDenied, StepEscalated
from examples.hubspot.server import HubSpotServer, Request
from tests.plugins.hubspot.conftest import Wrap, known

PATH = "/crm/v3/objects/contacts/1"


def test_the_clients_own_errors_stay_as_they_are(wrap: Wrap, server: HubSpotServer) -> None:
    plain = hubspot.HubSpot(access_token="token", host=server.url)
    for status, kind in ((404, NotFoundException), (500, ServiceException), (429, ApiException)):
        body = {"status": "error", "message": "Sorry: \u00e4", "category": "X"}
        server.special = lambda r, s=status, b=body: (
            (s, b, {"X-Trace": "1"}) if r.path == PATH else None
        )
        texts = []
        for client in (plain, wrap()):
            with pytest.raises(kind) as raised:
                client.crm.contacts.basic_api.get_by_id("1")
            texts.append(
                (type(raised.value), raised.value.status, raised.value.reason, raised.value.body)
            )
        assert texts[0] == texts[1]
        assert texts[0][1] == status


def test_a_new_token_counts_at_once(wrap: Wrap, server: HubSpotServer) -> None:
    client = wrap()
    server.token = "fresh"
    with pytest.raises(UnauthorizedException):
        client.crm.contacts.basic_api.get_by_id("1")
    client.access_token = "fresh"
    found = client.crm.contacts.basic_api.get_by_id("1", properties=["email"])
    assert found.properties["email"] == "aino@example.com"
    assert server.asked("statuses")[0].headers["Authorization"] == "Bearer fresh"


def test_too_many_requests_are_tried_again_by_the_sdk(wrap: Wrap, server: HubSpotServer) -> None:
    answers = [(429, {"category": "RATE_LIMITS"}, {"Retry-After": "0"})] * 2
    server.special = lambda r: answers.pop() if answers and r.path == PATH else None
    retry = Retry(total=3, status_forcelist=(429,), backoff_factor=0)
    found = wrap(client={"retry": retry}).crm.contacts.basic_api.get_by_id(
        "1", properties=["email"]
    )
    assert found.properties["email"] == "aino@example.com"
    assert len(server.asked(PATH)) == 3


def test_a_stop_is_not_tried_again(wrap: Wrap, server: HubSpotServer) -> None:
    retry = Retry(total=5, status_forcelist=(429, 500), backoff_factor=0)
    with pytest.raises(StepDenied) as stopped:
        wrap(client={"retry": retry}, facts=None).crm.contacts.basic_api.get_by_id(
            "1", properties=["email"]
        )
    assert type(stopped.value) is StepDenied
    assert len(server.asked(PATH)) == 1


def test_a_server_that_hangs_up(wrap: Wrap, server: HubSpotServer) -> None:
    server.special = lambda r: (
        b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{" if r.path == PATH else None
    )
    with pytest.raises(urllib3.exceptions.HTTPError):
        wrap(client={"retry": Retry(total=0)}).crm.contacts.basic_api.get_by_id("1")


@pytest.mark.parametrize(
    "answer",
    [b"<html>", b"\xff\xfe\xff", b"[" * 5000, b'["a@example.com"]', b'{"results": ["a@example.com"]}',
     b'{"results": {"id": 1}}', b'{"people": [{"email": "a@example.com"}]}', b'"a@example.com"', b"7"],
)  # fmt: skip
def test_an_answer_that_cannot_be_read_is_not_had(
    wrap: Wrap, server: HubSpotServer, answer: bytes
) -> None:
    server.special = lambda r: (200, answer, {}) if r.path == PATH else None
    with pytest.raises(StepDenied, match="nobody can judge it") as stopped:
        wrap().crm.contacts.basic_api.get_by_id("1")
    assert "example.com" not in str(stopped.value)
    assert stopped.value.verdict.findings[0].rule == "runtime.not_governed"


@pytest.mark.parametrize("answer", [b"{}", b"[]", b"null", b""])
def test_nothing_in_an_answer_is_nothing_to_judge(
    wrap: Wrap, server: HubSpotServer, answer: bytes
) -> None:
    server.special = lambda r: (200, answer, {}) if r.path == PATH else None
    response = wrap().api_request({"path": PATH})
    assert response.content == answer


def test_what_is_not_governed_is_refused_by_name(wrap: Wrap, server: HubSpotServer) -> None:
    client = wrap()
    with pytest.raises(StepDenied, match="moves files"):
        client.crm.imports.core_api.get_page()
    with pytest.raises(StepDenied, match="mails people whom nobody names"):
        client.marketing.emails.marketing_emails_api.publish_or_send("5")
    with pytest.raises(
        StepDenied, match=r"passing=\['GET /contacts/\{…\}/contact/email/\{…\}/profile'\]"
    ):
        client.api_request({"path": "/contacts/v1/contact/email/a@example.com/profile"})
    assert server.log == []
    let = wrap(passing=["GET /contacts/{…}/contact/email/{…}/profile"])
    assert (
        let.api_request({"path": "/contacts/v1/contact/email/a@example.com/profile"}).status_code
        == 404
    )


def test_plain_requests_pass_unjudged(wrap: Wrap, server: HubSpotServer, log: list[Any]) -> None:
    found = wrap().crm.properties.core_api.get_all("contacts")
    assert found.results == []
    assert log == []


def test_raw_requests_are_judged_alike(wrap: Wrap, server: HubSpotServer) -> None:
    client = wrap()
    for options in (
        {"path": PATH, "qs": {"properties": ["email", "religion"]}},
        {"path": PATH, "qs": {"properties": "email,religion"}},
        {"path": f"{PATH}?properties=email,religion"},
        {"path": f"{PATH}/?properties=email&properties=religion", "method": "get"},
    ):
        before = json.dumps(options)
        answer = client.api_request(options).json()
        assert "religion" not in server.asked(PATH)[-1].query["properties"]
        assert set(answer["properties"]) == {
            "email",
            "createdate",
            "hs_object_id",
            "lastmodifieddate",
        }
        assert json.dumps(options) == before


def test_raw_writes_are_judged_as_text_too(wrap: Wrap, server: HubSpotServer) -> None:
    client = wrap()
    body = {"properties": {"jobtitle": "CEO", "shoe_size": "43"}}
    for given in (body, json.dumps(body), json.dumps(body).encode()):
        client.api_request({"method": "PATCH", "path": PATH, "body": given})
        assert server.asked("PATCH")[-1].body == {"properties": {"jobtitle": "CEO"}}
    assert body["properties"]["shoe_size"] == "43"
    with pytest.raises(StepDenied, match="no JSON"):
        client.api_request({"method": "PATCH", "path": PATH, "body": "properties[shoe_size]=43"})
    assert len(server.asked("PATCH")) == 3


def test_no_path_goes_round(wrap: Wrap, server: HubSpotServer) -> None:
    client = wrap()
    for path in ("/crm/v3/lists/../objects/contacts", "/crm/v3/lists/%2e%2e/objects/contacts",
                 "/crm/v3/lists/.\t./objects/contacts", "//crm/v3/objects/contacts"):  # fmt: skip
        with pytest.raises(StepDenied):
            client.api_request({"path": path})
    with pytest.raises(StepDenied):
        client.crm.contacts.basic_api.get_by_id("..")
    assert server.log == []


def test_every_kind_of_odd_body(wrap: Wrap, server: HubSpotServer) -> None:
    client = wrap()
    for path in ("/crm/v3/objects/contacts", "/crm/v3/objects/contacts/batch/create",
                 "/crm/v3/objects/contacts/merge", "/crm/v3/lists/5/memberships/add-and-remove",
                 "/communication-preferences/v3/subscribe", "/events/v3/send/batch",
                 "/marketing/v3/transactional/single-email/send",
                 "/automation/v4/sequences/enrollments", "/crm/v3/objects/contacts/gdpr-delete",
                 "/crm/v3/objects/contacts/search", "/crm/v3/objects/contacts/batch/read"):  # fmt: skip
        server.special = lambda r: (204, None, {})
        method = "PUT" if "lists" in path else "POST"
        for body in (None, [], {}, [1], {"inputs": 7}, {"inputs": [7, None, {}]}, "7", "null",
                     {"properties": []}, {"properties": {"": "x", "a" * 500: "y"}}, {"message": "x"},
                     {"filterGroups": [7, {"filters": [{}, "x"]}], "sorts": {}}):  # fmt: skip
            try:
                client.api_request({"method": method, "path": path, "body": body})
            except (StepDenied, StepEscalated):
                pass


def test_a_client_is_wrapped_once(server: HubSpotServer, gate: Gate, wrap: Wrap) -> None:
    with pytest.raises(ConfigurationError, match="wrapped already"):
        aboveboard_hubspot.wrap(wrap(), purpose="contact_management", gate=gate)
    with pytest.raises(ConfigurationError, match=r"expected hubspot\.HubSpot; got str"):
        aboveboard_hubspot.wrap("client", purpose="contact_management", gate=gate)
    with pytest.raises(ConfigurationError, match="subscription_types"):
        wrap(subscription_types="7716990")
    with pytest.raises(ConfigurationError, match="passing"):
        wrap(passing="GET /x")


def test_apis_that_the_program_has_are_governed_from_the_wrap_on(
    server: HubSpotServer, gate: Gate
) -> None:
    made: list[str] = []

    def factory(package: Any, name: str, config: dict[str, Any]) -> Any:
        from hubspot.discovery.discovery_base import DiscoveryBase

        made.append(name)
        return DiscoveryBase._default_api_factory(package, name, config)

    client = hubspot.HubSpot(access_token="token", host=server.url, api_factory=factory)
    contacts = client.crm.contacts
    aboveboard_hubspot.wrap(
        client, purpose="contact_management", gate=gate, recipient="crm", facts=known
    )
    found = contacts.basic_api.get_by_id("1", properties=["email", "religion"])
    assert "religion" not in found.properties
    assert made == ["BasicApi"]  # the program's own factory still makes the APIs
    with pytest.raises(OwnersException):
        client.crm.owners.owners_api.get_page()


def test_an_api_below_another_path(server: HubSpotServer, gate: Gate) -> None:
    """A proxy of the organisation's may keep HubSpot under a path of its own."""

    def strip(request: Request) -> Any:
        if request.path.startswith("/hs"):
            request.path = request.path.removeprefix("/hs")

    server.special = strip
    client = hubspot.HubSpot(access_token="token", host=f"{server.url}/hs")
    aboveboard_hubspot.wrap(
        client, purpose="contact_management", gate=gate, recipient="crm", facts=known
    )
    found = client.crm.contacts.basic_api.get_by_id("1", properties=["email", "religion"])
    assert "religion" not in found.properties
    assert len(server.asked("statuses")) == 1


def test_nothing_unjudged_is_left_with_the_client(wrap: Wrap) -> None:
    api = wrap().crm.contacts.basic_api
    api.get_by_id("1", properties=["email", "hs_predictivecontactscore_v2"])
    last = api.api_client.last_response
    assert "12.34" not in str(last.data)
    assert b"lifecyclestage" not in last.urllib3_response.data


def test_the_server_is_what_it_says(server: HubSpotServer) -> None:
    request = urllib.request.Request(
        f"{server.url}{PATH}", headers={"Authorization": "Bearer token"}
    )
    with urllib.request.urlopen(request) as answer:
        assert json.load(answer)["properties"]["email"] == "aino@example.com"
