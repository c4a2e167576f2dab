"""Every request that the SDK can make is known; what a new version adds is found here."""

from __future__ import annotations

import inspect
import re
from collections import Counter
from pathlib import Path

import hubspot
import pytest
from hubspot.discovery.discovery_base import DiscoveryBase

from aboveboard_hubspot.requests import call_of
from aboveboard_hubspot.routes import ROUTES

ROOT = Path(hubspot.__file__).parent
CALL = re.compile(r"call_api\(\s*\"([^\"]+)\",\s*\"([A-Z]+)\"")
# What reaches people or holds what they are: no route may call it nobody's.
PERSONAL = re.compile(
    r"/(contacts|users|owners|memberships|send|enrollments|audit-logs|authors|exports?|imports|"
    r"files|recordings|subscribe|status|participations|attendance|events|rows|revisions)(/|$)"
)
HARMLESS = {
    "GET /events/v3/events/event-types",
    "GET /settings/v3/users/roles",
    "GET /settings/v3/users/teams",
    "DELETE /crm/v3/lists/{listId}/memberships",
    "PUT /crm/v3/lists/{listId}/memberships/remove",
    "DELETE /crm/v3/objects/contacts/{contactId}",
    "POST /crm/v3/objects/contacts/batch/archive",
    # What an app's actions were before, and how the export of a theme goes: no people in them.
    "GET /automation/v4/actions/{appId}/{definitionId}/revisions",
    "GET /automation/v4/actions/{appId}/{definitionId}/revisions/{revisionId}",
    "GET /cms/v3/source-code/extract/async/tasks/{taskId}/status",
}


def requests() -> list[tuple[str, str]]:
    """Method and path of each request that stands in the SDK's source."""
    return sorted(
        {
            (method, path)
            for file in ROOT.rglob("*_api.py")
            for path, method in CALL.findall(file.read_text("utf-8"))
        }
    )


def test_every_request_of_the_sdk_has_a_route() -> None:
    found = requests()
    assert len(found) > 600
    lost = [
        f"{method} {path}"
        for method, path in found
        if ROUTES.match(method, call_of(method, path, "", [], None).path) is None
    ]
    assert lost == []


def test_every_call_of_the_sdk_was_found() -> None:
    """No method makes its requests in another way than the one that is looked for."""
    calls = sum(
        len(re.findall(r"\bcall_api\(", file.read_text("utf-8"))) for file in ROOT.rglob("*_api.py")
    )
    assert calls == sum(len(CALL.findall(f.read_text("utf-8"))) for f in ROOT.rglob("*_api.py"))
    for file in ROOT.rglob("*_api.py"):
        text = file.read_text("utf-8")
        assert "rest_client" not in text, file
        assert "self.api_client.request(" not in text, file
    made = [
        file
        for file in (ROOT / "discovery").rglob("*.py")
        if "ApiClient(" in file.read_text("utf-8") and file.name != "discovery_base.py"
    ]
    assert made == []
    assert "api_factory" in inspect.getsource(DiscoveryBase._configure_api_client)


def test_the_client_has_no_other_way_out() -> None:
    client = hubspot.HubSpot()
    ways = {name for name in dir(client) if not name.startswith("_")}
    apis = {
        "automation", "cms", "communication_preferences", "conversations", "crm", "events", "files",
        "marketing", "oauth", "settings", "webhooks",
    }  # fmt: skip
    assert ways - apis == {"access_token", "api_key", "api_request", "config", "create"}


def test_plain_routes_move_nobodys_data() -> None:
    loose = [
        f"{method} {path}"
        for method, path in requests()
        if (found := ROUTES.match(method, call_of(method, path, "", [], None).path))
        and found[0].handling == "plain"
        and method != "DELETE"
        and PERSONAL.search(path)
        and f"{method} {path}" not in HARMLESS
        and "/restore" not in path
    ]
    # Templates of timeline events and identifiers of calls are set up there, no more.
    assert loose == []


def test_plain_routes_say_their_whole_path() -> None:
    for route in ROUTES.routes:
        if route.handling in ("plain", "read", "write", "send", "refusal"):
            assert "+}" not in route.template, route
            assert route.method != "*", route
        if route.handling == "refuse":
            assert route.why.endswith("."), route


def test_no_route_hides_behind_another() -> None:
    """Each is the first that fits its own path, so that none is dead."""
    for route in ROUTES.routes:
        path = re.sub(r"\{\w+\+?\}", "x", route.template)
        method = "POST" if route.method == "*" else route.method
        found = ROUTES.match(method, path)
        assert found is not None
        assert found[0] is route, (route, found[0])
    twice = Counter((route.method, route.template) for route in ROUTES.routes)
    assert max(twice.values()) == 1


@pytest.mark.parametrize(
    ("method", "path", "handling"),
    [
        ("GET", "/crm/v3/objects/contacts", "read"),
        ("GET", "/crm/v3/objects/contacts/", "read"),
        ("get", "/crm/v3/objects/0-1/5", "read"),
        ("POST", "/crm/v3/objects/p_custom/batch/upsert", "write"),
        ("POST", "/crm/v3/objects/contacts/merge", "write"),
        ("POST", "/crm/v3/objects/contacts/gdpr-delete", "refusal"),
        ("GET", "/crm/v3/lists/5/memberships", "read"),
        ("GET", "/crm/v3/lists/records/0-1/5/memberships", "read"),
        ("POST", "/marketing/v3/emails/5/publish", "refuse"),
        ("GET", "/cms/v3/pages/site-pages/5/revisions", "refuse"),
        ("POST", "/automation/v4/actions/callbacks/complete", "refuse"),
        ("GET", "/crm/v3/objects/../../oauth/v1/token", None),
        ("GET", "/crm/v3/lists/%2e%2e/objects/contacts", None),
        ("GET", "/crm/v3/lists/..%09/objects/contacts", None),
        ("GET", "/crm/v3/lists/.\t./objects/contacts", None),
        ("GET", "/crm/v3/lists%2F..%2Fobjects%2Fcontacts", None),
        ("GET", "/crm/v3//objects/contacts", None),
        ("GET", "/CRM/V3/objects/contacts", None),
        ("GET", "/contacts/v1/lists/all/contacts/all", None),
        ("POST", "/crm/v3/objects/contacts/batch/transmogrify", None),
        ("GET", "crm/v3/objects/contacts", None),
    ],
)
def test_paths(method: str, path: str, handling: str | None) -> None:
    call = call_of(method, path, "", [], None)
    found = ROUTES.match(call.method, call.path)
    assert (found[0].handling if found else None) == handling
