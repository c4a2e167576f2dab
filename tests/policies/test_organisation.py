"""An organisation's own policies: written in Rego, decided on both engines, explained."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from aboveboard.gate import Gate
from aboveboard.organisation import example
from aboveboard.settings import Settings
from aboveboard.testing import compliant_event
from tests.policies.conftest import ENGINES
from tests.policies.writing import Directory, rego

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ITEM = {
    "id": "x",
    "total_price_minor": 100,
    "currency": "EUR",
    "tax_included": True,
    "paid_placement": False,
}
FOUR = {"recommendation.items": [ITEM] * 4}
OTHER = {
    "organisation.acme": "organisation.other",
    "ACME-1": "OTHER-1",
    "_acme_1": "_other_1",
    "_other_1_most := 3": "_other_1_most := 1",
}


@pytest.fixture(scope="module")
def directories(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    one = Directory(tmp_path_factory.mktemp("acme") / "policies")
    two = Directory(tmp_path_factory.mktemp("other") / "policies")
    package, *rest = OTHER.items()
    text = rego(changes=dict([package])).replace(rest[0][0], rest[0][1])
    for old, new in rest[1:]:
        text = text.replace(old, new)
    return one.add(), two.add(text=text)


@pytest.fixture(scope="module", params=ENGINES)
def gate(
    request: pytest.FixtureRequest,
    make_gate: Callable[..., Gate],
    directories: tuple[Path, Path],
) -> Gate:
    return make_gate(request.param, *directories)


def test_it_tightens(gate: Gate) -> None:
    verdict = gate.check(compliant_event("recommendation", "completed", changes=FOUR))
    assert verdict.effect == "deny"
    acme, other = verdict.findings
    assert acme.model_dump() == {
        "rule": "ACME-1",
        "effect": "deny",
        "message": "4 items are shown, and 3 are allowed.",
        "law": "Handbook, offers",
        "remedy": "Show fewer items.",
        "facts": ("recommendation.items",),
        "args": {"count": 4, "most": 3},
    }
    assert other.rule == "OTHER-1"


def test_every_organisation_is_asked(gate: Gate) -> None:
    three = compliant_event("recommendation", "completed")
    assert gate.check(three).rules == ("OTHER-1",)
    requested = compliant_event("recommendation", changes=FOUR)
    assert gate.check(requested).rules == ()


def test_it_cannot_loosen(gate: Gate) -> None:
    untaxed = {**ITEM, "tax_included": None}
    changes = {"recommendation.items": [untaxed, *[ITEM] * 3]}
    event = compliant_event("recommendation", "completed", changes=changes)
    assert gate.check(event).rules == ("ACME-1", "OTHER-1", "R-ALT-01")


def test_other_steps_are_left_alone(gate: Gate) -> None:
    assert gate.check(compliant_event("decision", "completed")).rules == ()


def test_its_message_in_another_language(directories: tuple[Path, Path]) -> None:
    settings = Settings(language="fi-FI")
    event = compliant_event("recommendation", "completed", changes=FOUR)
    with Gate(settings, organisation=example(), policies=directories) as gate:
        acme = gate.check(event).findings[0]
    assert acme.message == "Tuotteita näytetään 4, sallittu on 3."
    assert acme.remedy == "Show fewer items."


def test_library_and_data_are_there_for_all(
    directory: Directory, make_gate: Callable[..., Gate]
) -> None:
    text = rego(
        changes={
            "_acme_1_most := 3": "_acme_1_most := data.reference.decisions.alternatives_min",
            '== "completed"': '== "completed"\n\tdata.aboveboard.lib.personal_data',
        }
    )
    path = directory.add(text=text)
    event = compliant_event("recommendation", "completed")
    for engine in ("embedded", "opa"):
        verdict = make_gate(engine, path).check(event)
        assert [finding.args for finding in verdict.findings] == [{"count": 3, "most": 2}]
