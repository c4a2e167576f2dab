"""Translations lie beside the rules: who translates touches no Rego, and nothing gets out of step."""

from __future__ import annotations

import json
from typing import Any

import pytest

from aboveboard.policy.bundle import load_bundle
from tests.policies.writing import Directory, refused

TEXTS = {
    "message": "{count} artiklar visas, {most} är tillåtna.",
    "remedy": "Visa färre artiklar.",
    "person": "Vi visar dig färre varor.",
}


def swedish(directory: Directory, name: str = "sv", **changes: Any) -> Directory:
    document = {
        "language": "sv",
        "machine": "maskinöversättning",
        "reviewed_by": None,
        "rules": {"ACME-1": {"default": TEXTS}},
        **changes,
    }
    folder = directory.add() / "messages"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")
    return directory


ARGS = {"count": 5, "most": 3}


def test_unreviewed_texts_say_so(directory: Directory) -> None:
    swedish(directory)
    catalogue = load_bundle([directory.path]).catalogue
    message, _, remedy = catalogue.render("ACME-1", ARGS, "sv-FI")
    assert message == "5 artiklar visas, 3 är tillåtna. (maskinöversättning)"
    assert remedy == "Visa färre artiklar."
    person = catalogue.for_person("ACME-1", ARGS, "sv")
    assert person == "Vi visar dig färre varor. (maskinöversättning)"


def test_reviewed_texts_stand_for_themselves(directory: Directory) -> None:
    swedish(directory, reviewed_by="A. Advokat, 2026-10-01")
    catalogue = load_bundle([directory.path]).catalogue
    assert catalogue.render("ACME-1", ARGS, "sv")[0] == "5 artiklar visas, 3 är tillåtna."


def test_what_is_not_translated_is_said_in_english(directory: Directory) -> None:
    swedish(directory)
    catalogue = load_bundle([directory.path]).catalogue
    assert catalogue.render("ACME-1", ARGS, "nl")[0] == "5 items are shown, and 3 are allowed."
    assert catalogue.for_person("ACME-1", ARGS, "nl") == ""
    assert catalogue.for_person("NONE-1", {}, "sv") == ""


def test_another_text_is_another_revision(directory: Directory) -> None:
    revisions = {
        load_bundle([swedish(directory, **changes).path]).revision
        for changes in ({}, {"reviewed_by": "A. Advokat"})
    }
    assert len(revisions) == 2


@pytest.mark.parametrize(
    ("name", "changes", "message"),
    [
        ("sv", {"rules": {"ACME-9": {"default": TEXTS}}},
         "'ACME-9': there is no such rule or reason."),
        ("sv", {"rules": {"ACME-1": {"gone": TEXTS}}},
         "'ACME-1', reason 'gone': there is no such rule or reason."),
        ("sv", {"rules": {"ACME-1": {"default": {**TEXTS, "message": "{antal}"}}}},
         "'ACME-1': the English text has no {antal}."),
        ("sv", {"rules": {"ACME-1": {"default": {"message": "x"}}}},
         "rules.ACME-1.default.remedy: Field required."),
        ("sv", {"rules": []}, "rules: Input should be a valid dictionary."),
        ("fi", {}, "says that it is in 'sv'."),
    ],
)  # fmt: skip
def test_what_does_not_load(
    directory: Directory, name: str, changes: dict[str, Any], message: str
) -> None:
    assert f"messages/{name}.json: {message}" in refused(swedish(directory, name, **changes).path)


def test_a_file_that_is_no_json(directory: Directory) -> None:
    file = swedish(directory).path / "messages" / "sv.json"
    file.write_bytes(b"{\n]")
    assert "messages/sv.json:2: is not JSON" in refused(directory.path)
    file.write_bytes(b"\xff")
    assert "messages/sv.json: cannot be read as UTF-8 text." in refused(directory.path)
    file.write_text("[" * 200_000)
    assert "messages/sv.json: is nested too deeply." in refused(directory.path)
