"""The notices that bundled rules ask for: each has words, and once shown the facts say so."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest

from aboveboard.organisation import parse_organisation, starter
from aboveboard.steps.disclosing import disclosed_facts, disclosure
from aboveboard.steps.notices import TEXTS
from aboveboard.testing import compliant_event

if TYPE_CHECKING:
    from aboveboard.facts import Step

LANGUAGES = {"de", "en", "fi", "nl", "sv"}
# R-TRA-01 has the notice shown that the purpose register names: the organisation's own.
OWN = "input.notice.id"


def asked_for() -> set[str]:
    found: set[str] = set()
    root = files("aboveboard_policies").joinpath("aboveboard")
    for rule in root.rglob("r_*.rego"):  # type: ignore[attr-defined]
        if not rule.name.endswith("_test.rego"):
            asked = re.findall(
                r'"kind": "disclose",\s*"notice": ([^}\s]+)', rule.read_text("utf-8")
            )
            found.update(name.strip('"') for name in asked)
    return found


def test_every_notice_that_a_rule_asks_for_has_words() -> None:
    assert asked_for() - {OWN} == set(TEXTS)
    for notice, texts in TEXTS.items():
        assert set(texts) == LANGUAGES, notice
        for text in texts.values():
            assert text[0].isupper()
            assert text.endswith((".", "?"))
            assert len(text) < 120


ORGANISATION = parse_organisation(
    """
version: 1
name: Own
country: FI
owner: somebody
dated: 2026-10-01
purposes:
  crm: {title: Keep contacts, purposes: [dpv:CustomerRelationshipManagement]}
notices:
  privacy: {texts: {en: Read this.}}
  data_from_others: {texts: {en: We bought your address from List Broker.}}
  automated_decision: {texts: {en: A score decides.}}
""",
    "organisation.yaml",
)


@pytest.mark.parametrize(
    ("notice", "step", "path", "ours"),
    [
        ("ai_disclosure", "decision", "ai.disclosure_shown_at", True),
        ("emotion_recognition", "profiling", "ai.emotion_notice_at", True),
        ("deepfake", "recommendation", "ai.deepfake_labelled", True),
        ("feedback", "decision", "feedback.channel_present", True),
        (
            "personalised_price",
            "recommendation",
            "recommendation.personalised_price_disclosed",
            True,
        ),
        ("automated_decision", "decision", "admt.pre_use_notice_at", False),
        ("data_from_others", "data_collection", "notice.art14_delivered_at", False),
        ("privacy", "data_collection", "notice.delivered_at", False),
    ],
)
def test_what_was_shown_is_known(notice: str, step: Step, path: str, ours: bool) -> None:
    event = compliant_event(
        step, changes={"notice.id": notice, path: None, "subject.language": "en"}
    )
    group, name = path.split(".")

    def known(organisation: Any) -> Any:
        shown = disclosure(notice, "R-X-01", event, organisation, "en")
        if shown is None:
            return None
        assert shown.own is (notice in (organisation.notices or {}))
        facts = disclosed_facts(shown)
        event.with_facts(facts)  # they are facts of the step
        return facts.get(group, {}).get(name)

    assert bool(known(starter())) is ours
    assert known(ORGANISATION) in (True, event.time)


def test_some_say_nothing() -> None:
    event = compliant_event("recommendation", changes={"subject.language": "en"})
    for notice in ("ai_agent", "alternatives", "language", "paid_placement", "ranking"):
        shown = disclosure(notice, "R-X-01", event, starter(), "en")
        assert shown is not None
        assert disclosed_facts(shown) == {}
