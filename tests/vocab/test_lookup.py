from __future__ import annotations

import pytest

from aboveboard.errors import VocabularyError
from aboveboard.nearest import nearest
from aboveboard.vocab import (
    Art9Condition,
    DataCategory,
    LegalBasis,
    Purpose,
    ancestors,
    ids,
    is_known,
    term,
)


@pytest.mark.parametrize(
    ("id_", "cls"),
    [
        ("pd:EmailAddressWork", DataCategory),
        ("dpv:PersonalData", DataCategory),
        ("dpv:DirectMarketing", Purpose),
        ("eu-gdpr:A6-1-f", LegalBasis),
        ("eu-gdpr:A9-2-a", Art9Condition),
    ],
)
def test_term_has_the_class_of_its_kind(id_: str, cls: type) -> None:
    found = term(id_)
    assert type(found) is cls
    assert found.id == id_
    assert is_known(id_)


@pytest.mark.parametrize("ask", [term, ancestors])
def test_unknown_id_names_the_nearest(ask: object) -> None:
    assert callable(ask)
    with pytest.raises(VocabularyError) as caught:
        ask("pd:EmailAdressWork")
    assert str(caught.value) == (
        "Unknown DPV id 'pd:EmailAdressWork'. Did you mean 'pd:EmailAddressWork'?"
    )
    assert not is_known("pd:EmailAdressWork")


def test_unknown_id_without_a_neighbour_says_how_ids_look() -> None:
    with pytest.raises(VocabularyError, match="Ids look like 'pd:EmailAddressWork'"):
        term("§§§")


def test_ancestors_include_the_id_itself() -> None:
    assert ancestors("dpv:DirectMarketing") == {"dpv:DirectMarketing", "dpv:Marketing"}
    assert "pd:EmailAddress" in ancestors("pd:EmailAddressWork")


def test_ancestors_of_a_term_hold_those_of_each_broader_term() -> None:
    for id_ in ids():
        above = {b.id for b in term(id_).broader}
        assert ancestors(id_) == {id_}.union(*map(ancestors, above))


def test_a_wrong_parent_of_dpv_is_corrected() -> None:
    # DPV 2.3 gives pd:PersonalData, which does not exist.
    assert ancestors("pd:ProfessionalExperience") >= {"dpv:PersonalData", "pd:Professional"}
    assert not is_known("pd:PersonalData")


@pytest.mark.parametrize(
    ("name", "choices", "expected"),
    [
        ("lead-scoring", {"lead_scoring", "newsletter"}, "lead_scoring"),
        ("EMAIL", ["email", "phone"], "email"),
        ("zzz", ["email", "phone"], None),
        ("email", [], None),
    ],
)
def test_nearest(name: str, choices: list[str], expected: str | None) -> None:
    assert nearest(name, choices) == expected


def test_nearest_does_not_depend_on_order() -> None:
    choices = ["Email", "email", "emails", "e_mail"]
    assert {nearest("emial", order) for order in (choices, choices[::-1])} == {"Email"}
