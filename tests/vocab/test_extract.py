"""The shipped extract, and the policies' reference data made from the same run."""

from __future__ import annotations

import json
from collections import Counter
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from aboveboard.vocab import ids, term

ROOT = Path(__file__).resolve().parents[2]
COUNTS = {
    "art9_condition": 10,
    "automation": 7,
    "category": 243,  # 231 pd terms and 12 of the core vocabulary
    "consent_status": 12,
    "human_involvement": 8,
    "legal_basis": 16,
    "processing": 55,
    "purpose": 133,
}


@pytest.fixture(scope="module")
def extract() -> dict[str, Any]:
    text = files("aboveboard.vocab").joinpath("dpv_extract.json").read_text("utf-8")
    return dict(json.loads(text))


@pytest.fixture(scope="module")
def reference() -> dict[str, Any]:
    path = ROOT / "policies" / "aboveboard_policies" / "reference" / "dpv.json"
    return dict(json.loads(path.read_text("utf-8")))


def ancestors_by_hand(terms: dict[str, Any], id_: str) -> set[str]:
    found = {id_}
    for above in terms[id_]["broader"]:
        found |= ancestors_by_hand(terms, above)
    return found


def test_counts(extract: dict[str, Any]) -> None:
    assert Counter(entry["kind"] for entry in extract["terms"].values()) == COUNTS
    assert sum(id_.startswith("pd:") for id_ in extract["terms"]) == 231
    assert {len(ids()), len(extract["terms"])} == {sum(COUNTS.values())}


def test_a_broader_term_is_there_and_of_the_same_kind(extract: dict[str, Any]) -> None:
    terms = extract["terms"]
    for id_, entry in terms.items():
        for above in entry["broader"]:
            assert terms[above]["kind"] == entry["kind"], (id_, above)


def test_every_category_is_personal_data(extract: dict[str, Any]) -> None:
    for id_ in ids("category"):
        assert "dpv:PersonalData" in ancestors_by_hand(extract["terms"], id_), id_


@pytest.mark.parametrize("root", ["dpv:Purpose", "dpv:Processing", "dpv:ConsentStatus"])
def test_the_root_of_a_kind_is_no_term(extract: dict[str, Any], root: str) -> None:
    # An event for the purpose "some purpose" would satisfy purpose limitation vacuously.
    assert root not in extract["terms"]


def test_versions_agree_and_the_notice_names_them(
    extract: dict[str, Any], reference: dict[str, Any]
) -> None:
    notice = files("aboveboard.vocab").joinpath("DPV-NOTICE.md").read_text("utf-8")
    assert extract["version"] == reference["version"] == "2.3"
    assert reference["as_of"] == "2026-02-25"
    assert reference["licence_notice"] in notice
    assert "THIS WORK IS PROVIDED" in notice


@pytest.mark.parametrize(
    ("key", "kind"), [("ancestors", "category"), ("purpose_ancestors", "purpose")]
)
def test_reference_ancestors_are_those_of_the_extract(
    extract: dict[str, Any], reference: dict[str, Any], key: str, kind: str
) -> None:
    terms = extract["terms"]
    expected = {
        id_: sorted(ancestors_by_hand(terms, id_))
        for id_, entry in terms.items()
        if entry["kind"] == kind
    }
    assert reference[key] == expected


def test_special_categories_are_dpvs_closure_and_ethnicity(reference: dict[str, Any]) -> None:
    flagged = {
        id_
        for id_, above in reference["ancestors"].items()
        if "dpv:SpecialCategoryPersonalData" in above and id_.startswith("pd:")
    }
    assert len(flagged) == 32
    root = "dpv:SpecialCategoryPersonalData"
    assert set(reference["special_categories"]) == flagged | {"pd:Ethnicity", root}


def test_ethnicity_is_no_special_category_to_dpv(reference: dict[str, Any]) -> None:
    # If a later DPV flags it, the addition goes; until then nothing but the list catches it.
    assert "dpv:SpecialCategoryPersonalData" not in reference["ancestors"]["pd:Ethnicity"]
    assert "dpv:SpecialCategoryPersonalData" in reference["ancestors"]["pd:EthnicOrigin"]
    assert "pd:Ethnicity" in reference["special_categories"]


def test_criminal_and_credit_lists(reference: dict[str, Any]) -> None:
    assert reference["criminal"] == [
        "pd:Criminal",
        "pd:CriminalCharge",
        "pd:CriminalConviction",
        "pd:CriminalOffence",
        "pd:CriminalPardon",
    ]
    assert reference["credit"] == [
        "pd:Credit",
        "pd:CreditCapacity",
        "pd:CreditRecord",
        "pd:CreditScore",
        "pd:CreditStanding",
        "pd:CreditWorthiness",
    ]
    assert not set(reference["criminal"]) & set(reference["special_categories"])


@pytest.mark.parametrize("key", ["special_categories", "criminal", "credit"])
def test_a_narrower_category_is_listed_with_its_broader_one(
    reference: dict[str, Any], key: str
) -> None:
    listed = set(reference[key])
    below = {i for i, above in reference["ancestors"].items() if listed & set(above)}
    assert below == listed


def test_house_additions_are_named(reference: dict[str, Any]) -> None:
    additions = {entry["list"]: entry["ids"] for entry in reference["house_additions"]}
    assert additions == {
        "special_categories": ["pd:Ethnicity"],
        "criminal": reference["criminal"],
    }
    assert all(entry["reason"] for entry in reference["house_additions"])


def test_valid_consent(reference: dict[str, Any]) -> None:
    assert reference["valid_consent"] == ["dpv:ConsentGiven", "dpv:RenewedConsentGiven"]
    assert {term(id_).kind for id_ in reference["valid_consent"]} == {"consent_status"}
