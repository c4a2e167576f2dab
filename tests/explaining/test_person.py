"""What the person concerned reads."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from aboveboard.errors import RecordError
from aboveboard.explaining import Known, Page, as_html, as_json, as_text, explain
from aboveboard.explaining.reasons import fit_for_person
from aboveboard.explaining.words import LANGUAGES
from aboveboard.facts import PHASES, STEPS
from aboveboard.organisation import Organisation
from aboveboard.policy.bundle import PolicyBundle
from aboveboard.verdicts import Finding
from tests.explaining.conftest import Make

INTERNAL = re.compile(
    r"\bR-[A-Z]+-\d|\b[0-9a-f]{8}-[0-9a-f]{4}|[a-z]_[a-z]|\b(?:dpv|pd|eu-gdpr):|\bArt\.|sha256|k1:"
)

OBJECTED = """\
An answer or an offer for you
=============================

Esimerkki Oy explains what happened on 2 November 2026.


What happened
-------------

We wanted to give you an answer or show you an offer. It was meant for: sending you our own
advertising.

It was stopped before it began.


Why
---

You have asked us for no advertising. That is why you get none, and nobody may use your data
to choose advertising for you.


What counted most
-----------------

What counted most is missing here, because it was stopped before there was a result. The
team that runs this computer system has to put it on record as soon as there is one.


Did a person decide?
--------------------

An automatic check stopped it, without a person. You can ask for a person to look at it
again. That person may change the result.


What you can do
---------------
- Talk to a person: +358-9-000-0000
- Say that you disagree, and have it checked again: esimerkki.example/omat-tiedot/oikaise
- Ask us to stop assessing you or writing to you: esimerkki.example/omat-tiedot/vastusta
- See your data, have them put right or deleted: esimerkki.example/omat-tiedot
- Complain to the authority that protects your data: tietosuoja.fi

You may also turn to the authority of the country where you live or work.

When you write to us, please name the day: 2 November 2026.
"""


def told(page: Page) -> str:
    """All of a page's words, without the breaks of its lines."""
    return " ".join(as_text(page).split())


def factors(*items: dict[str, object]) -> dict[str, object]:
    return {"explanation.factors": list(items)}


def test_an_objection_in_whole(make: Make, known: Known) -> None:
    record = make(
        "recommendation",
        changes={"objections.direct_marketing": True, "explanation.factors": None},
    )
    page = explain(record, "person", known)
    assert as_text(page) == OBJECTED
    assert page.lacks == ()
    assert "record" not in as_json(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_holds_ids_or_names_of_fields(make: Make, known: Known, language: str) -> None:
    for step in STEPS:
        for phase in PHASES:
            for changes in (None, {"processing.legal_basis": None}, {"subject.is_minor": True}):
                record = make(step, phase, changes)
                page = explain(record, "person", replace(known, language=language))
                assert page.language == language
                text = as_text(page)
                assert INTERNAL.search(text) is None, text
                assert "{" not in text
                assert f'<html lang="{language}">' in as_html(page)


def test_factors_are_named_by_the_profile_and_sorted_by_weight(make: Make, known: Known) -> None:
    changes = factors(
        {"name": "postal_area", "direction": "lowers", "weight_bp": 900},
        {"name": "interactions_90d", "direction": "neutral"},
        {"name": "company_size", "direction": "raises", "weight_bp": 4100},
    )
    record = make("profiling", "completed", changes)
    page = explain(record, "person", known)
    assert page.lacks == ()
    assert (
        "- the size of your company: it raised the result and made up about 41% of it - your postal "
        "area: it lowered the result and made up about 9% of it - how often you have dealt with us "
        "lately: it neither raised nor lowered the result" in told(page)
    )
    finnish = told(explain(record, "person", replace(known, language="fi-FI")))
    assert "- yrityksesi koko: nosti tulosta, osuus noin 41 %" in finnish


def test_a_factor_goes_by_what_the_input_of_that_name_holds(make: Make, known: Known) -> None:
    changes = {
        "decision.inputs": [{"name": "order_total", "categories": ["pd:Purchase"]}],
        **factors({"name": "order_total", "direction": "raises"}),
    }
    page = explain(make("decision", "completed", changes), "person", known)
    assert "- what you bought: it raised the result" in told(page)
    assert page.lacks == ()


def test_a_factor_without_words_is_told_and_lacks(make: Make, known: Known) -> None:
    record = make("profiling", "completed", factors({"name": "web_visits_7d"}))
    page = explain(record, "person", known)
    assert "“web visits 7d” (our own short name)" in told(page)
    (lack,) = page.lacks
    assert lack.what == "words in 'en' for the factor 'web_visits_7d'"
    assert "models: propensity-3.1: factor_names: web_visits_7d: en" in lack.where
    assert "This page is not finished." in told(page)


@pytest.mark.parametrize("missing", [None, []])
def test_missing_factors_are_said_with_who_must_supply_them(
    make: Make, known: Known, missing: list[object] | None
) -> None:
    page = explain(make("decision", "completed", {"explanation.factors": missing}), "person", known)
    assert "The team that runs this computer system has to put it on record." in told(page)
    assert [lack.what for lack in page.lacks] == ["what counted most in the result"]


def test_collecting_data_has_no_factors(make: Make, known: Known) -> None:
    page = explain(make("data_collection"), "person", known)
    assert "counted most" not in told(page)
    assert page.lacks == ()


def test_without_an_organisation_the_addresses_lack(make: Make, known: Known) -> None:
    page = explain(make("data_collection"), "person", replace(known, organisation=None))
    text = told(page)
    assert text.count("The address is missing here. Whoever gave you this page") == 5
    assert "This page explains what happened on 2 November 2026. This page is not finished." in text
    assert [lack.where.partition(")")[0] for lack in page.lacks] == [
        f"organisation profile (contact: {key}"
        for key in ("human", "contest_channel", "objection_channel", "access_channel", "authority")
    ]


def test_the_data_protection_officer_stands_in_for_access(
    make: Make, known: Known, organisation: Organisation
) -> None:
    assert organisation.contact is not None
    contact = organisation.contact.model_copy(update={"access_channel": None, "human": None})
    changed = organisation.model_copy(update={"contact": contact})
    page = explain(make("data_collection"), "person", replace(known, organisation=changed))
    assert "right or deleted: tietosuoja@esimerkki.example" in told(page)
    assert "Esimerkki Oy has to give it to you." in told(page)
    assert [lack.what for lack in page.lacks] == ["where the person reaches a human"]


def test_tokens_on_record_are_no_addresses(make: Make, known: Known) -> None:
    record = make("decision", "completed")
    stated = record.event.to_dict()["data"]["decision"]["contest_channel"]
    assert not stated.startswith("https://")
    page = explain(record, "person", replace(known, organisation=None))
    assert stated not in as_text(page)


def finding(rule: str, message: str = "It was not to be.", effect: str = "deny") -> Finding:
    return Finding.model_validate({"rule": rule, "effect": effect, "message": message})


def test_no_answer_is_our_fault(make: Make, known: Known) -> None:
    found = {"effect": "deny", "findings": (finding("runtime.timeout"),), "policy_revision": ""}
    record = make("profiling", verdict=found, beyond=("runtime.timeout",))
    text = told(explain(record, "person", known))
    assert "It was stopped before it began." in text
    assert "so we did not know whether it was allowed. The fault is ours and not yours." in text


def test_what_went_on_without_an_answer_is_not_called_checked(make: Make, known: Known) -> None:
    found = {"effect": "allow", "findings": (finding("runtime.timeout", effect="warn"),)}
    record = make("profiling", verdict=found, beyond=("runtime.timeout",))
    text = told(explain(record, "person", known))
    assert "Our check could not be finished. It went ahead all the same" in text
    assert "Nothing stood against it" not in text


def test_a_refusal_and_a_plugins_finding(make: Make, known: Known) -> None:
    found = {"effect": "deny", "findings": (finding("SUPPRESSED"), finding("ACME-01"))}
    record = make("profiling", verdict=found, beyond=("SUPPRESSED", "ACME-01"))
    text = told(explain(record, "person", known))
    assert "- You told us that you do not want this. We keep to that." in text
    assert "- A further check of our own played a part. Please ask us about it." in text


def test_other_policies_decided_and_the_rule_still_says_the_same(make: Make, known: Known) -> None:
    changes = {"objections.direct_marketing": True}
    record = make("recommendation", changes=changes, verdict={"policy_revision": "sha256:old"})
    text = told(explain(record, "person", known))
    assert "You have asked us for no advertising." in text
    assert "put on record at the time" not in text


def test_other_policies_decided_and_their_words_are_shown(make: Make, known: Known) -> None:
    found = {
        "effect": "deny",
        "policy_revision": "sha256:old",
        "findings": (finding("R-OLD-01", "The person asked to be left alone."),),
    }
    text = told(explain(make("profiling", verdict=found), "person", known))
    assert "These are the words that were put on record at the time." in text
    assert "The person asked to be left alone." in text


def test_an_apostrophe_is_no_quote() -> None:
    assert fit_for_person("This person's data are old.")
    assert not fit_for_person("The field 'birthday' is cut.")


@pytest.mark.parametrize(
    "words",
    [
        "Field lead.email is cut.",
        "State processing.legal_basis.",
        "See R-OLD-02.",
        "Needs pd:Age.",
        "",
    ],
)
def test_words_that_are_not_for_a_person_stay_away(make: Make, known: Known, words: str) -> None:
    assert not fit_for_person(words)
    found = {
        "effect": "deny",
        "policy_revision": "sha256:old",
        "findings": (finding("R-OLD-01", words),),
    }
    text = told(explain(make("profiling", verdict=found), "person", known))
    assert words not in text or not words
    assert "the words of that time were not written for you" in text


def test_monitor_mode_says_that_nothing_was_stopped(make: Make, known: Known) -> None:
    changes = {"objections.profiling": True}
    text = told(
        explain(make("profiling", changes=changes, verdict={"enforced": False}), "person", known)
    )
    assert "At that time the check only kept watch, so nothing was stopped." in text
    assert "automatic check stopped it" not in text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "A person looked at it."),
        ({"human_review.time_spent_s": None}, "A computer did part of the work"),
        (
            {"human_review": None, "decision.automation": "dpv:NotAutomated"},
            "A person looked at it.",
        ),
        ({"human_review": None, "decision.automation": None}, "We have not put on record whether"),
    ],
)
def test_whether_a_person_decided(
    make: Make, known: Known, changes: dict[str, object], said: str
) -> None:
    allowed = {"effect": "allow", "findings": ()}
    assert said in told(
        explain(make("decision", "completed", changes, verdict=allowed), "person", known)
    )


def test_a_computer_alone_and_no_review(make: Make, known: Known) -> None:
    changes = {"decision.automation": "dpv:FullAutomation", "human_review": {"available": False}}
    allowed = {"effect": "allow", "findings": ()}
    text = told(explain(make("decision", "completed", changes, verdict=allowed), "person", known))
    assert "without a person. At that time no person could look at it again." in text


def test_an_escalation_waits_for_a_person(make: Make, known: Known) -> None:
    record = make("decision", verdict={"effect": "escalate", "findings": ()})
    assert "Now a person has to look at it." in told(explain(record, "person", known))


def test_no_words_in_that_language(make: Make, known: Known) -> None:
    with pytest.raises(RecordError, match=r"no words in 'fr' .* there are de, en, fi, nl, sv\."):
        explain(make("profiling"), "person", replace(known, language="fr"))


def test_the_day_is_that_of_the_organisation(
    make: Make, known: Known, bundle: PolicyBundle
) -> None:
    from datetime import UTC, datetime

    record = make("profiling")
    late = datetime(2026, 11, 2, 22, 30, tzinfo=UTC)
    record = replace(record, event=replace(record.event, time=late))
    assert "3 November 2026" in told(explain(record, "person", known))
    assert "2 November 2026" in told(explain(record, "person", Known(bundle=bundle)))
