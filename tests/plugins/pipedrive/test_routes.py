"""Every path that Pipedrive's own client knows is governed, plain, or refused by name."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from aboveboard.crm import FieldMap
from aboveboard_pipedrive.routes import ROUTES

LISTED: dict[str, Any] = json.loads((Path(__file__).parent / "paths.json").read_text("utf-8"))
PATHS = [tuple(item) for item in LISTED["paths"]]

# What may go by without anybody looking at it, though its path names people's records: deletions, ids
# of users who follow or may see a record, and how records are linked.
_IDS = re.compile(
    r"/(followers|followers/changelog|permittedUsers|convert/\w+|convert/status/\w+)$"
)


def filled(path: str) -> str:
    return re.sub(r"\{[^}]+\}", "7", path)


def test_the_list_is_of_one_version() -> None:
    assert re.fullmatch(r"pipedrive@\d+\.\d+\.\d+", LISTED["package"])
    assert len(PATHS) > 300


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_a_path_is_known(method: str, path: str) -> None:
    found = ROUTES.match(method, filled(path))
    assert found is not None, f"{method} {path} stands in no route: nobody has said what it moves."
    assert not found[0].template.endswith("+}"), f"{method} {path} is refused as gone, and is not."


def test_a_path_that_is_not_listed_is_in_no_route() -> None:
    listed = {(method, re.sub(r"\{[^}]+\}", "{}", path)) for method, path in PATHS}
    beyond = {
        f"{route.method} {route.template}"
        for route in ROUTES.routes
        if (route.method, re.sub(r"\{[^}]+\}", "{}", route.template)) not in listed
        and not route.template.startswith(("/oauth/",))
        and route.why.split(":")[0] != "API v1 no longer has it"
    }
    # Families that are written once for several objects, of which some lack a path.
    allowed = re.compile(
        r"(GET|POST|PUT|PATCH|DELETE) (/api/v2|/v1)/\w+"
        r"(/search|/archived|Fields(/\{\w+\}(/options)?)?|/\{id\}/(followers(/changelog|/\{follower_id\})?|permittedUsers))"
    )
    assert {line for line in beyond if not allowed.fullmatch(line)} == set()


@pytest.mark.parametrize("name", ["persons", "leads", "notes", "deals", "activities", "callLogs",
                                  "users", "mailbox", "files", "itemSearch", "recents"])  # fmt: skip
def test_what_reads_or_writes_peoples_records_is_never_plain(name: str) -> None:
    for method, path in PATHS:
        if f"/{name}" not in path or method == "DELETE" or _IDS.search(filled(path)):
            continue
        if re.search(r"(summary|participantsChangelog|discounts|/permissions|/role)", path):
            continue  # sums, prices and rights
        if "/mailbox" not in path and not re.match(rf"(/api/v2|/v1)/{name}(/|$)", path):
            continue
        route = ROUTES.match(method, filled(path))
        assert route is not None
        assert route[0].handling in ("read", "write", "refuse"), f"{method} {path}"


def test_every_object_of_a_governed_route_has_fields() -> None:
    described = {*FieldMap.shipped("aboveboard_pipedrive").objects(), "search", "mixed", "changes"}
    named = {route.object for route in ROUTES.routes if route.handling in ("read", "write")}
    assert named - described == set()


def test_what_is_refused_says_why() -> None:
    assert all(route.why for route in ROUTES.routes if route.handling == "refuse")


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/v1/persons"), ("PUT", "/v1/persons/7"), ("GET", "/v1/itemSearch")],
)
def test_what_version_1_no_longer_has_is_refused(method: str, path: str) -> None:
    found = ROUTES.match(method, path)
    assert found is not None
    assert found[0].handling == "refuse"


def test_an_unknown_path_is_in_no_route() -> None:
    assert ROUTES.match("GET", "/api/v2/horoscopes") is None
    assert ROUTES.match("GET", "/v1/persons:(name,email)") is None
    assert ROUTES.match("GET", "/") is None
