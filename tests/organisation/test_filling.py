"""What the register and the profile fill into an event, step by step."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from pydantic import ValidationError

from aboveboard.errors import VocabularyError
from aboveboard.facts import STEP_FACTS, STEPS, Step
from aboveboard.organisation import (
    Organisation,
    example,
    facts_for,
    parse_organisation,
    starter,
)
from aboveboard.organisation.shipped import WRITTEN_FOR

BARE = """\
name: Bare
country: FI
owner: lead
dated: 2026-10-01
purposes:
  scoring: {title: Scoring, purposes: [dpv:Marketing]}
"""


def bare(more: str = "") -> Organisation:
    return parse_organisation(BARE + more, "bare.yaml")


def day(year: int, month: int, number: int) -> datetime:
    return datetime(year, month, number, tzinfo=UTC)


def assert_known(value: Any) -> None:
    """No unknown and no empty group at any depth, and lists for tuples."""
    assert value is not None
    assert not isinstance(value, tuple)
    if isinstance(value, dict):
        assert value
        for item in value.values():
            assert_known(item)
    elif isinstance(value, list):
        for item in value:
            assert_known(item)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(
    "organisation", [starter(), example(WRITTEN_FOR)], ids=["starter", "example"]
)
def test_every_combination_is_valid(organisation: Organisation, step: Step) -> None:
    purposes = [None, "dpv:DirectMarketing", *organisation.purposes]
    models = [None, "somebody-elses-2", *(organisation.models or ())]
    recipients = [None, *(organisation.processors or ())]
    for purpose, model, recipient in itertools.product(purposes, models, recipients):
        facts = facts_for(organisation, step, purpose=purpose, model=model, recipient=recipient)
        STEP_FACTS[step].model_validate(facts)
        for group in facts.values():
            assert_known(group)


def test_what_is_not_stated_is_not_there() -> None:
    for step in STEPS:
        assert facts_for(bare(), step, purpose=None) == {}
        assert facts_for(bare(), step, purpose="scoring") == {
            "processing": {"purpose": "scoring", "purposes": ["dpv:Marketing"]},
        }
        assert facts_for(bare(), step, purpose="dpv:Marketing", model="m-1") == {
            "processing": {"purposes": ["dpv:Marketing"]},
            "ai": {"model": "m-1"},
        }


def test_known_to_be_empty_stays() -> None:
    more = "    allowed_categories: []\n"
    text = BARE.replace("  scoring: {title: Scoring, purposes: [dpv:Marketing]}\n", "")
    text += "  scoring:\n    title: Scoring\n    purposes: [dpv:Marketing]\n" + more
    organisation = parse_organisation(text, "bare.yaml")
    facts = facts_for(organisation, "profiling", purpose="scoring")
    assert facts["processing"]["allowed_categories"] == []


def test_profiling() -> None:
    facts = facts_for(
        example(WRITTEN_FOR), "profiling", purpose="lead_scoring", model="propensity-3.1"
    )
    assert set(facts) == {
        "actor",
        "ai",
        "audit",
        "compatibility",
        "dataset",
        "dpia",
        "dpo",
        "drift",
        "fairness",
        "lia",
        "notice",
        "objections",
        "policy",
        "population",
        "processing",
        "profile",
        "security",
    }
    assert facts["processing"] == {
        "purpose": "lead_scoring",
        "personal_data": True,
        "purposes": ["dpv:CustomerRelationshipManagement"],
        "operations": ["dpv:Profiling", "dpv:Analyse", "dpv:Infer"],
        "legal_basis": "eu-gdpr:A6-1-f",
        "allowed_categories": [
            "pd:EmailAddressWork",
            "pd:Job",
            "pd:CurrentEmployment",
            "pd:Country",
            "pd:Interaction",
            "pd:Interest",
            "pd:Purchase",
            "pd:IndividualProfile",
        ],
        "retention_days": 365,
        "large_scale": False,
        "records": 4200,
        "ropa_ref": "ROPA-003",
    }
    assert facts["lia"] == {
        "ref": "scoring_2026",
        "outcome": "passed",
        "covers_purposes": ["dpv:CustomerRelationshipManagement"],
        "done_at": day(2026, 3, 1),
    }
    assert facts["dpia"] == {
        "ref": "scoring_2026",
        "required": True,
        "outcome": "mitigated",
        "done_at": day(2026, 3, 20),
    }
    assert facts["dpo"] == {"consulted_at": day(2026, 3, 12)}
    assert facts["compatibility"] == {
        "outcome": "compatible",
        "covers_purposes": ["dpv:CustomerRelationshipManagement"],
        "assessed_at": day(2026, 3, 5),
    }
    assert facts["actor"] == {
        "role": "operator",
        "literacy_measures": [
            {"kind": "training", "at": day(2026, 4, 21), "topics": ["legal", "capability"]},
            {"kind": "guidance", "at": day(2026, 9, 1), "topics": ["impact"]},
        ],
    }
    assert facts["objections"] == {"channel": "https://esimerkki.example/omat-tiedot/vastusta"}
    assert facts["policy"] == {
        "approved_by": "management_board",
        "approved_at": day(2026, 6, 15),
        "review_due_at": day(2027, 6, 15),
    }
    assert facts["dataset"] == {
        "id": "crm-2026-06",
        "groups": [
            {"name": "language:fi", "share_bp": 7700},
            {"name": "language:sv", "share_bp": 2300},
        ],
        "representation_gap_max_bp": 200,
    }
    assert facts["population"]["groups"][0] == {"name": "language:fi", "share_bp": 7500}
    assert facts["fairness"]["model_version"] == facts["ai"]["model_version"] == "3.1.4"
    assert facts["ai"]["vendor"] == "esimerkki"
    assert facts["ai"]["own"] is True
    assert facts["notice"]["id"] == "privacy_customers"
    # Of three languages nobody knows which one this person was given, nor when.
    assert not {"language", "delivered_at"} & set(facts["notice"])


def test_recommendation_by_a_vendor() -> None:
    facts = facts_for(
        example(WRITTEN_FOR), "recommendation", purpose="service_chat", model="service-assistant"
    )
    assert facts["ai"] == {
        "model": "service-assistant",
        "model_version": "2026-08-15",
        "vendor": "openai",
        "base_url_host": "eu.api.openai.com",
        "inference_region": "eu",
        "trains_on_data": False,
        "retention_days": 0,
        "purpose": "dpv:CommunicationForCustomerCare",
        "provider_role": "deployer",
        "risk_class": "transparency",
        "last_evaluated_at": day(2026, 10, 5),
        "deprecated": False,
        "interacts_directly": True,
        "human_persona": False,
        "agent_on_behalf_of": "Esimerkki Oy",
        "output_type": "text",
        "emotion_recognition": True,
        "emotion_input": "text",
        "emotion_customer_only": True,
        "biometric_categorisation": False,
        "smaller_model_ok": False,
    }
    assert facts["kb"] == {"updated_at": day(2026, 10, 26)}
    assert facts["recipient"] == {
        "id": "openai_eu",
        "role": "processor",
        "dpa_ref": "DPA-2026-003",
        "ropa_ref": "ROPA-P02",
    }
    assert facts["transfer"] == {
        "leaves_organisation": True,
        "recipient": "openai_eu",
        "recipient_country": "IE",
    }
    assert facts["human"] == {
        "opening_hours": "Mo-Th 09:00-17:00; Fr 09:00-15:00; Sa-Su closed (Europe/Helsinki)",
    }
    assert facts["controller"] == {"is_online_platform": False}
    assert facts["caller"] == {"sector": "commercial"}
    assert facts["interface"]["reject_clicks"] == 1


def test_recommendation_by_an_own_model() -> None:
    facts = facts_for(
        example(WRITTEN_FOR), "recommendation", purpose="product_advice", model="recommender-2"
    )
    assert facts["recommendation"] == {"option_without_profiling": True}
    assert facts["task"] == {"type": "product_advice"}
    assert facts["objective"] == {
        "fit_weight_bp": 7000,
        "margin_weight_bp": 1000,
        "conversion_weight_bp": 2000,
    }
    assert not {"transfer", "recipient"} & set(facts)


def test_decision() -> None:
    facts = facts_for(
        example(WRITTEN_FOR), "decision", purpose="solvency_check", model="solvency-1"
    )
    assert facts["decision"] == {
        "contest_channel": "https://esimerkki.example/omat-tiedot/oikaise",
    }
    assert facts["human_review"] == {
        "available": True,
        "authority_to_change": True,
        "overturn_rate_90d_bp": 300,
    }
    assert facts["rollout"] == {"phase": "pilot", "workers_informed_at": day(2026, 8, 17)}
    assert facts["processing"]["credit_permission_ref"].startswith("Credit Information Act")
    assert facts["processing"]["national_id_ground"].startswith("Data Protection Act")
    assert (facts["ai"]["risk_class"], facts["ai"]["annex_iii_point"]) == ("high", "5(b)")
    profiling = facts_for(example(WRITTEN_FOR), "profiling", purpose="solvency_check")
    assert "decision" not in profiling


def test_recipient_named_wins_over_the_model_s() -> None:
    facts = facts_for(
        example(WRITTEN_FOR),
        "profiling",
        purpose="service_chat",
        model="service-assistant",
        recipient="mailer_us",
    )
    assert facts["ai"]["vendor"] == "openai"
    assert facts["recipient"]["id"] == "mailer_us"
    assert facts["transfer"] == {
        "leaves_organisation": True,
        "recipient": "mailer_us",
        "recipient_country": "US",
        "mechanism": "scc",
        "routine": True,
        "dpf_certified": True,
        "dpf_scope": ["non_hr"],
        "scc_module": 2,
        "tia_done_at": day(2026, 7, 6),
    }


def test_one_of_several_hosts_is_not_guessed() -> None:
    more = (
        "models: {m: {processor: p}}\n"
        "processors: {p: {hosts: [a.example, b.example]}}\n"
        "notices: {n: {languages: [fi]}}\n"
    )
    assert facts_for(bare(more), "profiling", purpose=None, model="m") == {
        "ai": {"model": "m"},
        "recipient": {"id": "p"},
        "transfer": {"leaves_organisation": True, "recipient": "p"},
    }


def test_the_only_language_of_a_notice() -> None:
    text = BARE.replace("[dpv:Marketing]", "[dpv:Marketing], notice: n")
    organisation = parse_organisation(text + "notices: {n: {languages: [fi]}}\n", "bare.yaml")
    facts = facts_for(organisation, "profiling", purpose="scoring")
    assert facts["notice"] == {"id": "n", "language": "fi"}


def test_a_day_is_its_first_second_and_a_time_goes_to_utc() -> None:
    more = "audit: {last_report_at: 2026-06-30, next_due_at: '2027-01-01T01:30:00+02:00'}\n"
    assert facts_for(bare(more), "decision", purpose=None)["audit"] == {
        "last_report_at": day(2026, 6, 30),
        "next_due_at": datetime(2026, 12, 31, 23, 30, tzinfo=UTC),
    }


def test_times_of_a_hand_made_organisation() -> None:
    register = {"x": {"title": "X", "purposes": ("dpv:Marketing",)}}
    stated: dict[str, Any] = {"name": "A", "country": "FI", "purposes": register}
    for value in (date(2026, 6, 30), datetime(2026, 6, 30, 3, tzinfo=timezone(timedelta(hours=3)))):
        organisation = Organisation.model_validate(stated | {"audit": {"last_report_at": value}})
        facts = facts_for(organisation, "decision", purpose=None)
        assert facts["audit"] == {"last_report_at": day(2026, 6, 30)}
    naive = datetime(2026, 6, 30)  # noqa: DTZ001 - the very thing refused
    with pytest.raises(ValidationError):
        Organisation.model_validate(stated | {"audit": {"last_report_at": naive}})


def test_references_of_a_hand_made_organisation_stay_unknown() -> None:
    organisation = Organisation.model_validate(
        {
            "name": "A",
            "country": "FI",
            "purposes": {
                "scoring": {
                    "title": "Scoring",
                    "purposes": ("dpv:Marketing",),
                    "notice": "none",
                    "lia": "none",
                    "dpia": "none",
                    "compatibility": "none",
                    "run_by": "system",
                },
            },
            "models": {"m": {"processor": "none"}},
        },
    )
    assert facts_for(organisation, "profiling", purpose="scoring", model="m") == {
        "processing": {"purpose": "scoring", "purposes": ["dpv:Marketing"]},
        "ai": {"model": "m"},
        "actor": {"role": "system"},
    }


@pytest.mark.parametrize(
    ("purpose", "message"),
    [
        (
            "lead-scoring",
            (
                "Unknown purpose 'lead-scoring'. Did you mean 'lead_scoring'?"
                " See 'aboveboard policies purposes'."
            ),
        ),
        ("zzz", "Unknown purpose 'zzz'. See 'aboveboard policies purposes'."),
        (
            "dpv:DirectMarketting",
            (
                "Unknown purpose 'dpv:DirectMarketting'. Did you mean 'dpv:DirectMarketing'?"
                " See 'aboveboard policies purposes'."
            ),
        ),
        (
            "dpv:Profiling",
            (
                "Unknown purpose 'dpv:Profiling': another kind of DPV term (processing)."
                " See 'aboveboard policies purposes'."
            ),
        ),
        ("", "Unknown purpose ''. See 'aboveboard policies purposes'."),
    ],
)
def test_unknown_purpose(purpose: str, message: str) -> None:
    with pytest.raises(VocabularyError) as caught:
        facts_for(starter(), "profiling", purpose=purpose)
    assert str(caught.value) == message


def test_unknown_recipient() -> None:
    with pytest.raises(VocabularyError) as caught:
        facts_for(example(WRITTEN_FOR), "profiling", purpose=None, recipient="mailer_uk")
    assert str(caught.value) == (
        "Unknown recipient 'mailer_uk'. Did you mean 'mailer_us'?"
        " Recipients stand under 'processors' in the organisation's file."
    )
