"""What the fields of a CRM hold, and who says so."""

from __future__ import annotations

import pytest

from aboveboard import ConfigurationError
from aboveboard.crm import FieldKind, FieldMap, Route, Routes

SHIPPED = {
    "*": {"id": {"categories": []}},
    "people": {"mail": ["pd:EmailAddress"], "score": {"source": "inferred", "step": "profiling"}},
}


def test_kinds_by_object_and_field() -> None:
    fields = FieldMap.of(SHIPPED, "acme")
    assert fields.kind("people", "mail").categories == ("pd:EmailAddress",)
    assert fields.kind("people", "score").step == "profiling"
    assert fields.kind("people", "id").categories == ()
    assert fields.kind("firms", "id").categories == ()
    assert fields.objects() == ("people",)
    assert set(fields.of_object("people")) == {"id", "mail", "score"}


def test_what_nobody_described_is_unknown_and_not_harmless() -> None:
    assert FieldMap.of(SHIPPED, "acme").kind("people", "shoe_size") == FieldKind()
    assert FieldMap().kind("people", "mail").categories is None


def test_what_is_said_later_goes_before() -> None:
    own = FieldMap.of({"people": {"mail": ["pd:EmailAddressWork"]}}, "settings")
    fields = own.over(FieldMap.of(SHIPPED, "acme"))
    assert fields.kind("people", "mail").categories == ("pd:EmailAddressWork",)
    assert fields.kind("people", "score").source == "inferred"


def test_what_is_said_of_every_object_goes_before_what_was_said_of_one() -> None:
    learned = FieldMap.of({"people": {"id": ["pd:UID"]}}, "the vendor")
    assert FieldMap.of(SHIPPED, "acme").over(learned).kind("people", "id").categories == ()


@pytest.mark.parametrize(
    ("described", "message"),
    [
        ([], "acme: expected objects"),
        ({"people": []}, "acme: people"),
        ({"people": {"mail": ["pd:EmialAddress"]}}, r"people.mail.*nearest is 'pd:EmailAddress'"),
        ({"people": {"mail": {"category": []}}}, "people.mail.category"),
        ({"people": {"mail": "pd:EmailAddress"}}, "people.mail"),
        ({"people": {"mail": {"step": "recommendation"}}}, "people.mail.step"),
    ],
)
def test_a_wrong_description_names_the_place(described: object, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        FieldMap.of(described, "acme")


def test_routes_match_by_method_and_segments() -> None:
    routes = Routes(
        [
            Route("GET", "/people/search", "read", "people"),
            Route("GET", "/people/{id}", "read", "people"),
            Route("*", "/files/{rest+}", "refuse"),
        ]
    )
    found = routes.match("get", "/people/7")
    assert found is not None
    assert (found[0].template, found[1]) == ("/people/{id}", {"id": "7"})
    assert routes.match("GET", "/people/search")[0].template == "/people/search"  # type: ignore[index]
    assert routes.match("DELETE", "/files/a/b/c")[1] == {"rest": "a/b/c"}  # type: ignore[index]
    for path in ("/files/../people/7", "/files/./x", "/files//x", "/files/..", "/files/a\\..\\b"):
        assert routes.match("GET", path) is None
    for method, path in [("POST", "/people/7"), ("GET", "/people/7/x"), ("GET", "/people/"),
                         ("GET", "/files/"), ("GET", "/x/people/7"), ("GET", "/peopleX7")]:  # fmt: skip
        assert routes.match(method, path) is None
