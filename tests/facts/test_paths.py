"""Dotted paths name facts for rules, findings and the command line."""

from typing import Any

import pytest

from aboveboard.facts import (
    STEP_FACTS,
    STEPS,
    Step,
    fact_paths,
    known_path,
    nearest_path,
    set_path,
)


def test_paths_have_descriptions_and_lists_have_brackets() -> None:
    paths = fact_paths("profiling")
    assert paths["subject.country"] == "Country of residence, ISO 3166-1 alpha-2."
    assert paths["consent"].startswith("List. ")
    assert paths["actor.literacy_measures[].age_days"] == "Whole days since `at` (derived)."
    assert "processing.purposes" in paths
    assert "consent.status" not in paths
    assert all(paths.values())


@pytest.mark.parametrize("step", STEPS)
def test_paths_are_cached_and_read_only(step: Step) -> None:
    assert fact_paths(step) is fact_paths(step)
    with pytest.raises(TypeError):
        fact_paths(step)["a"] = "b"  # type: ignore[index]


@pytest.mark.parametrize(
    "dotted", ["consent[].status", "consent.0.status", "consent[12].status", "consent", "ai.model"]
)
def test_known_paths(dotted: str) -> None:
    assert known_path("profiling", dotted)


@pytest.mark.parametrize("dotted", ["consent.status", "", ".", "ai.modle", "interface", "ai.0"])
def test_unknown_paths(dotted: str) -> None:
    assert not known_path("profiling", dotted)


@pytest.mark.parametrize(
    ("dotted", "meant"),
    [
        ("subject.contry", "subject.country"),
        ("consent.status", "consent[].status"),
        ("consent.0.sttus", "consent[].status"),
        ("child_facing", "contact.child_facing"),
        ("lawful_basis", None),
        ("procesing.purposes", "processing.purposes"),
        ("zzz", None),
    ],
)
def test_the_nearest_path(dotted: str, meant: str | None) -> None:
    assert nearest_path("profiling", dotted) == meant


def test_set_path_builds_groups_and_lists() -> None:
    facts: dict[str, Any] = {"subject": {"country": "SE"}, "notice": None}
    set_path(facts, "subject.country", "FI")
    set_path(facts, "notice.layered", True)
    set_path(facts, "consent.0.status", "dpv:ConsentGiven")
    set_path(facts, "consent[1].granular", False)
    set_path(facts, "consent.0.granular", True)
    set_path(facts, "processing.purposes", ["dpv:Marketing"])
    set_path(facts, "processing.purposes.1", "dpv:Advertising")
    assert facts == {
        "subject": {"country": "FI"},
        "notice": {"layered": True},
        "consent": [{"status": "dpv:ConsentGiven", "granular": True}, {"granular": False}],
        "processing": {"purposes": ["dpv:Marketing", "dpv:Advertising"]},
    }
    STEP_FACTS["profiling"].model_validate(facts)


@pytest.mark.parametrize(
    ("dotted", "message"),
    [
        ("", "Path '' is malformed. Write names and numbers with dots between them."),
        ("subject..country", "malformed"),
        ("subject.country ", "malformed"),
        ("consent[x].status", "malformed"),
        ("consent.9999999.status", "malformed"),
        ("consent[].status", "Number the item: 'consent.0.status'."),
        ("0.status", "Begin with a group"),
        ("consent.2.status", "'consent' has 1 items. Use a number up to 1."),
        ("consent.status", "'consent' is a list, it has no 'status'."),
        ("subject.country.code", "'subject.country' is a value, it has no 'code'."),
        ("subject.0", "'subject' is not a list, it has no item 0."),
        ("profile.features.1", "'profile.features' has 0 items. Use a number up to 0."),
    ],
)
def test_set_path_says_what_is_wrong_and_changes_nothing(dotted: str, message: str) -> None:
    facts: dict[str, Any] = {"consent": [{}], "subject": {"country": "FI"}}
    with pytest.raises(ValueError, match="Path") as caught:
        set_path(facts, dotted, 1)
    assert message in str(caught.value)
    assert facts == {"consent": [{}], "subject": {"country": "FI"}}
