"""Reference data: dated lists and thresholds that an organisation can override, within a schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from aboveboard.policy.bundle import bundled_directory, load_bundle
from aboveboard.testing import compliant_event
from tests.policies.conftest import ENGINES
from tests.policies.writing import Directory, refused, rego

if TYPE_CHECKING:
    from collections.abc import Callable

    from aboveboard.gate import Gate

SCHEMA = {"type": "object", "required": ["most"], "properties": {"most": {"type": "integer"}}}


def bundled(name: str) -> Any:
    return json.loads((bundled_directory() / "reference" / f"{name}.json").read_text("utf-8"))


def test_bundled_data_are_dated() -> None:
    reference = load_bundle().reference
    assert set(reference) >= {"adequacy", "dates", "decisions", "dpv"}
    assert all(document["as_of"] for document in reference.values())


def test_data_without_a_schema(directory: Directory) -> None:
    assert refused(directory.reference("limits", {"most": 3})) == (
        "policies/reference/limits.json: has no JSON Schema. "
        "Add 'reference/schemas/limits.json' beside it."
    )


def test_data_that_fail_their_schema(directory: Directory) -> None:
    assert refused(directory.reference("limits", {"most": "secret"}, SCHEMA)) == (
        "policies/reference/limits.json: most: does not pass its schema (type)."
    )


def test_data_of_an_organisation(directory: Directory) -> None:
    directory.reference("limits", {"most": 5}, SCHEMA)
    rule = rego(changes={"_acme_1_most := 3": "_acme_1_most := data.reference.limits.most"})
    assert load_bundle([directory.add(text=rule)]).reference["limits"] == {"most": 5}


def test_data_alone_are_enough(directory: Directory) -> None:
    bundle = load_bundle([directory.reference("limits", {"most": 5}, SCHEMA)])
    assert bundle.reference["limits"] == {"most": 5}


def test_yaml_is_read_as_json(directory: Directory) -> None:
    directory.add("reference/schemas/limits.json", json.dumps(SCHEMA))
    directory.add("reference/limits.yaml", "most: 5\n")
    assert load_bundle([directory.path]).reference["limits"] == {"most": 5}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("limits.json", "{", "reference/limits.json:1: is not JSON"),
        ("limits.json", '{"most": NaN}', "limits.json: holds what JSON has not"),
        ("limits.json", b"\xff", "limits.json: cannot be read as UTF-8 text."),
        ("limits.yaml", "most: [", "reference/limits.yaml:1: is not YAML."),
        ("limits.yaml", "most: 2026-11-02", "limits.yaml: holds what JSON has not, such as a bare"),
        ("limits.yaml", "most: .inf", "limits.yaml: holds what JSON has not"),
    ],
)
def test_data_that_cannot_be_read(
    name: str, text: str | bytes, message: str, directory: Directory
) -> None:
    directory.add("reference/schemas/limits.json", json.dumps(SCHEMA))
    assert message in refused(directory.add(f"reference/{name}", text))


def test_two_files_of_one_name(directory: Directory) -> None:
    directory.reference("limits", {"most": 5}, SCHEMA)
    assert refused(directory.add("reference/limits.yaml", "most: 9")) == (
        "policies/reference/limits.yaml: stands beside 'limits.json'. Keep one of the two."
    )


@pytest.mark.parametrize(
    "schema", [{"type": "objekt"}, {"$ref": "https://schemas.example/limits.json"}, 5]
)
def test_a_schema_that_is_none(schema: Any, directory: Directory) -> None:
    assert "limits.json: cannot be judged: its schema is no JSON Schema." in refused(
        directory.reference("limits", {"most": 5}, schema)
    )


def test_a_date_is_a_date(directory: Directory) -> None:
    said = refused(directory.reference("decisions", {**bundled("decisions"), "as_of": "today"}))
    assert said == ("policies/reference/decisions.json: as_of: does not pass its schema (format).")


def test_a_key_that_a_rule_reads_cannot_be_dropped(directory: Directory) -> None:
    less = bundled("decisions")
    del less["alternatives_min"]
    assert "does not pass its schema (required)" in refused(directory.reference("decisions", less))


def test_the_bundled_schema_cannot_be_loosened(directory: Directory) -> None:
    assert "(additionalProperties)" in refused(
        directory.reference("decisions", {**bundled("decisions"), "x": 1}, {"type": "object"})
    )


def test_the_special_categories_cannot_be_emptied(directory: Directory) -> None:
    document = {**bundled("dpv"), "special_categories": []}
    assert "special_categories: does not pass its schema" in refused(
        directory.reference("dpv", document)
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_a_later_directory_wins(
    engine: str, make_gate: Callable[..., Gate], tmp_path: Path
) -> None:
    stricter = Directory(tmp_path / "one").reference(
        "decisions", {**bundled("decisions"), "alternatives_min": 9}
    )
    looser = Directory(tmp_path / "two").reference(
        "decisions", {**bundled("decisions"), "alternatives_min": 1}
    )
    changed = compliant_event(
        "recommendation", "completed", changes={"recommendation.alternatives_count": 1}
    )
    same = compliant_event("recommendation", "completed")
    first, last = make_gate(engine, looser, stricter), make_gate(engine, stricter, looser)
    assert first.check(same).rules == ("R-ALT-01",)
    assert last.check(same).rules == last.check(changed).rules == ()
