"""What changed between two policy sets: rules, texts, values, code; comments and layout apart."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.policy.bundle import load_bundle
from aboveboard.policy.differences import (
    FieldDifference,
    SetDifference,
    TextDifference,
    TextsOfLanguage,
    ValueDifference,
    compare,
)
from aboveboard.policy.differences.data import document_differences
from aboveboard.policy.syntax import parse
from tests.policies.differing import Small
from tests.policies.test_reference import SCHEMA, bundled
from tests.policies.writing import SECOND, rego

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def old(tmp_path: Path) -> Small:
    directory = Small(tmp_path / "old" / "policies")
    directory.add()
    return directory


@pytest.fixture
def new(tmp_path: Path) -> Small:
    directory = Small(tmp_path / "new" / "policies")
    directory.add()
    return directory


def found(old: Small, new: Small) -> SetDifference:
    return compare(old.load(), new.load())


def test_the_same(old: Small, new: Small) -> None:
    difference = found(old, new)
    assert difference.same
    assert not difference.matters
    assert difference.as_dict() == {
        "same": True,
        "matters": False,
        "old_revision": difference.old_revision,
        "new_revision": difference.old_revision,
        **{name: [] for name in ("added", "removed")},
        **dict.fromkeys(("changed", "documents", "shared", "languages", "layout", "moved"), ()),
    }


def test_a_rule_more_and_a_rule_less(old: Small, new: Small) -> None:
    second = rego(changes={"_acme_1": "_acme_2", "ACME-1": "ACME-2"})
    new.add("acme_2.rego", second)
    for difference, added in ((found(old, new), True), (found(new, old), False)):
        (summary,) = difference.added if added else difference.removed
        assert (summary.entry.rule, summary.effects) == ("ACME-2", ("deny",))
        assert not (difference.removed if added else difference.added)
        assert not difference.changed
        assert json.loads(json.dumps(difference.as_dict()))["matters"]


def test_what_is_stated_of_a_rule(old: Small, new: Small) -> None:
    new.add(
        text=rego(
            changes={
                "severity: low": "severity: high",
                "unknown: does not fire": "unknown: deny",
                "Handbook, offers": "Handbook, offers and prices",
                '"effect": "deny"': '"effect": "escalate"',
                '"facts": ["recommendation.items"]': '"facts": ["recommendation.items", "offer"]',
            }
        )
    )
    (rule,) = found(old, new).changed
    assert rule.rule == "ACME-1"
    assert rule.fields == (
        FieldDifference("law", "", "Handbook, offers", "Handbook, offers and prices"),
        FieldDifference("severity", "", "low", "high"),
        FieldDifference("unknown", "", "does not fire", "deny"),
        FieldDifference("effect", "default", ("deny",), ("escalate",)),
        FieldDifference(
            "facts", "default", ("recommendation.items",), ("offer", "recommendation.items")
        ),
    )
    assert (rule.texts, rule.condition) == ((), ())


def test_another_reason(old: Small, new: Small) -> None:
    new.add(text=rego() + SECOND)
    (rule,) = found(old, new).changed
    assert FieldDifference("effect", "other", (), ("warn",)) in rule.fields
    assert TextDifference("message", "other", "en", None, "Another.") in rule.texts
    assert rule.condition[0].startswith("+")
    assert "+findings contains {" in rule.condition


def test_texts(old: Small, new: Small) -> None:
    new.add(text=rego(changes={"Show fewer items": "Show less", "sallittu on": "sallittuja on"}))
    (rule,) = found(old, new).changed
    assert rule.texts == (
        TextDifference(
            "message",
            "default",
            "fi",
            "Tuotteita näytetään {count}, sallittu on {most}.",
            "Tuotteita näytetään {count}, sallittuja on {most}.",
        ),
        TextDifference("remedy", "default", "en", "Show fewer items.", "Show less."),
    )
    assert (rule.fields, rule.condition) == ((), ())


def translation(directory: Small, language: str, reviewed_by: str | None) -> None:
    said = {"message": "Liian monta.", "remedy": "Näytä vähemmän."}
    directory.add(
        f"messages/{language}.json",
        json.dumps(
            {
                "language": language,
                "machine": "konekäännös",
                "reviewed_by": reviewed_by,
                "rules": {"ACME-1": {"default": said}},
            }
        ),
    )


def test_languages_are_told_once(old: Small, new: Small) -> None:
    translation(old, "fi", None)
    translation(new, "fi", "A. Nyman")
    translation(new, "et", "K. Tamm")
    difference = found(old, new)
    assert difference.languages == (
        TextsOfLanguage("et", "added", 2),
        TextsOfLanguage("fi", "note removed", 1),
    )
    assert difference.changed == ()
    assert found(new, old).languages == (
        TextsOfLanguage("et", "removed", 2),
        TextsOfLanguage("fi", "note added", 1),
    )


CONDITIONS = {
    "a threshold": {"_acme_1_most := 3": "_acme_1_most := 4"},
    "a comparison": {"_acme_1_count > _acme_1_most": "_acme_1_count >= _acme_1_most"},
    "an argument": {'"most": _acme_1_most': '"most": 7'},
    "a name of a fact": {"count(input.recommendation.items)": "count(input.fields)"},
    "a text in a set": {"_acme_1_most := 3": '_acme_1_most := 3 if input.step in {"decision"}'},
    "a variable": {
        "_acme_1_most := 3": "_acme_1_most := 3 if every item in [1] { item == input.x }"
    },
}


@pytest.mark.parametrize("changes", CONDITIONS.values(), ids=CONDITIONS)
def test_conditions(changes: dict[str, str], old: Small, new: Small) -> None:
    new.add(text=rego(changes=changes))
    difference = found(old, new)
    (rule,) = difference.changed
    assert (rule.fields, rule.texts) == ((), ())
    signs = {line[0] for line in rule.condition}
    assert {"+", "-"} <= signs
    assert difference.layout == ()


def test_what_every_is_called_counts(old: Small, new: Small) -> None:
    """The parser gives such names as places only."""
    every = "_acme_1_most := 3 if every item in [1] { NAME == input.x }"
    old.add(text=rego(changes={"_acme_1_most := 3": every.replace("NAME", "item")}))
    new.add(
        text=rego(
            changes={
                "_acme_1_most := 3": every.replace("every item", "every x").replace("NAME", "x")
            }
        )
    )
    (rule,) = found(old, new).changed
    assert rule.condition


LAYOUTS = {
    "a comment": lambda text: text.replace("import", "# Why.\nimport", 1),
    "a comment on a line": lambda text: text.replace(":= 3", ":= 3 # three"),
    "spaces": lambda text: text.replace(":=", "  :=  "),
    "lines": lambda text: text.replace('{"count": ', '{\n"count": '),
    "one line": lambda text: text.replace(
        '\tinput.phase == "completed"\n\t_', '\tinput.phase == "completed"; _'
    ),
}


@pytest.mark.parametrize("change", LAYOUTS.values(), ids=LAYOUTS)
def test_comments_and_layout_are_told_as_such(change: Any, old: Small, new: Small) -> None:
    assert change(rego()) != rego()
    new.add(text=change(rego()))
    difference = found(old, new)
    assert not difference.same
    assert not difference.matters
    assert difference.layout == ("acme_1.rego",)


def test_a_file_that_lies_elsewhere(old: Small, new: Small) -> None:
    (new.path / "acme_1.rego").unlink()
    new.add("more/acme.rego")
    difference = found(old, new)
    assert not difference.matters
    assert difference.moved == (("acme_1.rego", "more/acme.rego"),)


def test_shared_code_names_the_rules_that_lean_on_it() -> None:
    """The bundled library: a helper of many rules changes."""
    from dataclasses import replace

    before = load_bundle()
    modules = [
        parse(module.file, module.text.replace("marketing_consented if", "marketing_consented if true\n\nmarketing_consented if", 1))
        if module.name == "aboveboard.lib"
        else module
        for module in before.modules
    ]  # fmt: skip
    difference = compare(before, replace(before, modules=tuple(modules), revision="other"))
    (shared,) = difference.shared
    assert shared.name == "aboveboard.lib.marketing_consented"
    assert "R-DM-02" in shared.rules
    assert "R-RET-01" not in shared.rules
    assert "+marketing_consented if true" in shared.lines
    assert difference.changed == ()


# --- Reference data -------------------------------------------------------------------------------


def test_values_of_bundled_documents(old: Small, new: Small) -> None:
    retention = bundled("retention")
    retention["longest_days"] = {"lead": 365, "customer": 730}
    new.reference("retention", retention)
    telemarketing = bundled("telemarketing")
    telemarketing["countries"]["BE"]["calls"]["natural_person"][0]["allowed"] = "consent"
    new.reference("telemarketing", telemarketing)
    purposes = bundled("marketing")
    purposes["sales_purposes"].remove("dpv:SellProducts")
    purposes["sales_purposes"].append("dpv:Advertising")
    purposes["attempts_7d_max"] = 3
    new.reference("marketing", purposes)
    difference = compare(load_bundle([old.path]), load_bundle([new.path]))
    assert difference.changed == ()
    documents = {item.name: item for item in difference.documents}
    assert documents.keys() == {"marketing", "retention", "telemarketing"}
    days = {"means": "by subject.relationship", "unit": "days", "house": True}
    assert documents["retention"].title == "Longest periods of storage"
    assert documents["retention"].read_by == ("R-RET-01",)
    assert documents["retention"].values == (
        ValueDifference("longest_days.lead", "changed", 1095, 365, **days),
        ValueDifference("longest_days.prospect", "removed", 1095, None, **days),
        ValueDifference("longest_days.customer", "added", None, 730, **days),
    )
    first, second = documents["marketing"].values
    assert first == ValueDifference(
        "attempts_7d_max",
        "changed",
        2,
        3,
        means="earlier attempts to reach a person in 7 days",
        own=True,
        house=True,
    )
    assert (second.added, second.removed) == (("dpv:Advertising",), ("dpv:SellProducts",))
    (moved,) = documents["telemarketing"].values
    assert moved.path == "countries.BE.calls.natural_person[1].allowed"
    assert (moved.old, moved.new) == ("register", "consent")


def test_documents_that_come_and_go(old: Small, new: Small) -> None:
    new.reference("limits", {"most": 5}, SCHEMA)
    (document,) = found(old, new).documents
    assert (document.name, document.change, document.read_by) == ("limits", "added", ())
    (document,) = found(new, old).documents
    assert document.change == "removed"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([1, 2], [2, 1], [("", "order", (), ())]),
        ([1, 1], [1], [("", "items", (), (1,))]),
        ([{"id": "a", "n": 1}], [{"id": "b", "n": 2}, {"id": "a", "n": 3}],
         [("[a].n", "changed", (), ()), ("", "items", ({"id": "b", "n": 2},), ())]),
        ({"a": 1}, {"a": True}, [("a", "changed", (), ())]),
        ({"a": 1}, {"a": 1.0}, [("a", "changed", (), ())]),
        ({"a": [1]}, {"a": {}}, [("a", "changed", (), ())]),
        (None, {}, [("", "changed", (), ())]),
    ],
)  # fmt: skip
def test_kinds_of_change(before: Any, after: Any, expected: Any) -> None:
    (document,) = document_differences({"x": before}, {"x": after}, {}, {})
    told = [(v.path, v.change, v.added, v.removed) for v in document.values]
    assert told == expected


def test_schemas_that_lead_nowhere() -> None:
    for schema in (
        {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}},
        {"properties": {"a": 7}},
        {"properties": 7, "additionalProperties": {"$ref": "https://example.com/x"}},
        [],
        True,
    ):
        (document,) = document_differences({"x": {"a": 1}}, {"x": {"a": 2}}, {"x": schema}, {})
        assert [v.path for v in document.values] == ["a"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["a", "b", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner),
    max_leaves=8,
)


@given(before=JSON, after=JSON)
def test_whatever_differs_is_told_and_nothing_else(before: Any, after: Any) -> None:
    found = document_differences({"x": before}, {"x": after}, {}, {})
    same = json.dumps(before, sort_keys=True) == json.dumps(after, sort_keys=True)
    assert bool(found) is not same
    assert all(document.values for document in found)
