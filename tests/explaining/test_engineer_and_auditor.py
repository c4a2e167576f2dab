"""What engineer and auditor read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aboveboard.errors import RecordError
from aboveboard.explaining import Known, Page, as_json, as_text, explain
from aboveboard.explaining.evidence import inputs_hashes, tokens_in
from aboveboard.explaining.page import Table
from aboveboard.organisation import Organisation
from aboveboard.records.record import Record
from aboveboard.verdicts import Finding
from tests.explaining.conftest import Make

OBJECTED = {"objections.direct_marketing": True}
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def told(page: Page) -> str:
    return " ".join(as_text(page).split())


def section(page: Page, title: str) -> str:
    (found,) = (s for s in as_json(page)["sections"] if s["title"] == title)
    return str(found)


def asked(page: Page) -> dict[str, str]:
    """What each rule of the auditor's table found."""
    (found,) = (s for s in page.sections if s.title == "Which rules were asked")
    (table,) = (block for block in found.blocks if isinstance(block, Table))
    return {row[0].text: str(row[1]) for row in table.rows}  # type: ignore[union-attr]


def test_the_engineer_sees_facts_with_their_values_and_where_to_state_them(
    make: Make, known: Known
) -> None:
    changes = {**OBJECTED, "processing.legal_basis": None}
    page = explain(make("recommendation", changes=changes, traceparent=TRACE), "engineer", known)
    assert page.title == "recommendation requested: deny"
    text = as_text(page)
    assert "R-DM-01  (deny)" in text
    assert "objections.direct_marketing  true " in text
    assert 'processing.purposes          ["dpv:DirectMarketing"]  purpose register' in text
    assert "processing.legal_basis  unknown    purpose register" in text
    assert TRACE in text
    assert "GDPR Art. 21(2)-(3) <https://eur-lex.europa.eu/eli/reg/2016/679/oj>" in text
    assert "pass them on with care" in text


def test_items_of_lists_are_told_apart(make: Make, known: Known) -> None:
    field = {"name": "contact.mood", "categories": ["pd:Emotion"], "source": "inferred"}
    record = make("profiling", changes={"fields.0": field})
    (row,) = {
        values
        for finding in explain(record, "engineer", known).sections[1].blocks
        if hasattr(finding, "blocks")
        for table in finding.blocks
        if isinstance(table, Table)
        for path, values, _ in table.rows
        if getattr(path, "text", "") == "fields[].categories"
    }
    assert 'contact.mood: ["pd:Emotion"]' in row.text  # type: ignore[union-attr]


def test_the_engineer_is_told_how_to_see_it_again(make: Make, known: Known) -> None:
    record = make("recommendation", changes=OBJECTED)
    assert record.verdict is not None
    page = explain(record, "engineer", replace(known, place="my records/a.jsonl:3"))
    again = section(page, "See it again")
    decision = record.verdict.decision_id
    assert f"aboveboard explain {decision} --records 'my records/a.jsonl' --format json" in (
        again.replace("\\'", "'")
    )
    assert "aboveboard policies show R-DM-01" in again
    assert as_json(page)["record"]["event"] == record.event.to_dict()


def test_the_chain_of_parents_and_where_it_ends(make: Make, known: Known) -> None:
    parent = make("profiling", parent_decision_id="d0")
    assert parent.verdict is not None
    record = make("recommendation", parent_decision_id=parent.verdict.decision_id)
    page = explain(record, "engineer", replace(known, parents=(parent,), parent_missing="d0"))
    within = section(page, "Within")
    assert parent.verdict.decision_id in within
    assert "happened within decision d0, which the records at hand do not hold" in within
    alone = explain(record, "engineer", replace(known, parent_missing="d1"))
    assert "It happened within decision d1" in section(alone, "Within")


def test_other_policies_decided(make: Make, known: Known) -> None:
    old = Finding(
        rule="R-OLD-01", effect="deny", message="Was forbidden.", law="Act 1", remedy="Ask."
    )
    found = {"effect": "deny", "policy_revision": "sha256:old", "findings": (old,)}
    record = make("profiling", verdict=found)
    engineer = told(explain(record, "engineer", known))
    assert "Other policies decided than those at hand (sha256:old then," in engineer
    assert "R-OLD-01 (deny) Was forbidden. Law Act 1 To pass Ask." in engineer
    assert "A rule that the policies at hand do not have." in engineer
    page = explain(record, "auditor", known)
    assert asked(page)["R-OLD-01"] == "deny"
    assert "those that decided may have had other rules" in told(page)
    assert "At hand no: sha256:" in told(page)


def test_recorded_words_stay_when_the_rule_has_changed_since(make: Make, known: Known) -> None:
    old = Finding(rule="R-DM-01", effect="deny", message="As it was worded then.", law="Old Act")
    found = {"effect": "deny", "policy_revision": "sha256:old", "findings": (old,)}
    for audience in ("engineer", "auditor"):
        text = told(explain(make("recommendation", verdict=found), audience, known))  # type: ignore[arg-type]
        assert "As it was worded then. Law Old Act" in text


def test_what_opa_logged_without_words_gets_those_at_hand(make: Make, known: Known) -> None:
    bare = Finding(rule="R-DM-01", effect="deny", message="")
    found = {"effect": "deny", "policy_revision": "sha256:old", "findings": (bare,)}
    text = told(explain(make("recommendation", verdict=found), "engineer", known))
    assert "R-DM-01 (deny) The person has objected to direct marketing." in text


def test_reserved_reasons_and_plugins_are_named_as_such(make: Make, known: Known) -> None:
    timeout = Finding(rule="runtime.timeout", effect="deny", message="No answer.")
    plugin = Finding(rule="ACME-01", effect="warn", message="")
    found = {"effect": "deny", "policy_revision": "", "findings": (timeout, plugin)}
    record = make("profiling", verdict=found, beyond=("runtime.timeout", "ACME-01"))
    engineer = told(explain(record, "engineer", known))
    assert "No policy answered" in engineer
    assert "No policy: a reserved reason. The engine did not answer in time" in engineer
    assert "No policy: a plugin added it." in engineer
    page = explain(record, "auditor", known)
    assert "None of them gave an answer." in told(page)
    found_by = asked(page)
    assert found_by["runtime.timeout"] == "deny"
    assert found_by["R-LB-01"] == "no answer"


def test_the_auditor_sees_every_rule_of_step_and_phase(make: Make, known: Known) -> None:
    page = explain(make("recommendation", changes=OBJECTED), "auditor", known)
    found = asked(page)
    expected = {
        entry.rule
        for entry in known.bundle.catalogue
        if "recommendation" in entry.steps and "requested" in entry.phases
    }
    assert found.keys() == expected
    assert {rule for rule, what in found.items() if what != "nothing"} == {"R-DM-01"}
    assert f"{len(expected)} rules apply to this step and phase: 1 found something" in told(page)
    assert next(iter(found)) == "R-DM-01"


def test_the_auditor_sees_ground_and_who_answers(make: Make, known: Known) -> None:
    text = told(explain(make("profiling"), "auditor", known))
    assert "Purpose lead_scoring: Score leads, so that salespeople call the likeliest first" in text
    assert "(eu-gdpr:A6-1-f)" in text
    assert "Purpose lead_scoring head_of_sales 2026-10-01" in text
    assert "Model propensity-3.1 head_of_data 2026-10-01" in text
    assert "Balancing test scoring_2026 data_protection_officer 2026-10-01" in text
    assert "Approved by management_board" in text
    nobody = told(explain(make("profiling"), "auditor", replace(known, organisation=None)))
    assert "Unknown: the settings name no organisation's file" in nobody
    assert "Approved by known, and on record as a token only" in nobody


def test_recipients(make: Make, known: Known) -> None:
    transfer = {
        "leaves_organisation": True,
        "recipient": "mailer_us",
        "recipient_country": "US",
        "mechanism": "scc",
    }
    text = told(explain(make("recommendation", changes={"transfer": transfer}), "auditor", known))
    assert "Recipient mailer_us" in text
    assert "Country US Ground of transfer scc" in text
    assert "Processor mailer_us head_of_marketing" in text
    inside = {"transfer": {"leaves_organisation": False}}
    stays = told(explain(make("recommendation", changes=inside), "auditor", known))
    assert "Nobody outside the organisation." in stays


@pytest.mark.parametrize("stated", ["rev-1", None])
def test_whether_this_revision_was_approved(
    make: Make, known: Known, organisation: Organisation, stated: str | None
) -> None:
    assert organisation.policies is not None
    approval = organisation.policies.model_copy(update={"approved_revision": stated})
    changed = organisation.model_copy(update={"policies": approval})
    text = told(explain(make("profiling"), "auditor", replace(known, organisation=changed)))
    expected = "no: rev-1 was approved" if stated else "unknown: nobody stated which"
    assert f"This very revision {expected}" in text


@pytest.mark.parametrize("audit", [{"audit.inputs_hash": None}, {"audit": None}])
def test_the_hash_of_the_inputs_is_computed_again(
    make: Make, known: Known, audit: dict[str, None]
) -> None:
    tokens = ("objections.channel", "policy.approved_by", "source.name")
    record = make("profiling", changes={**audit, **dict.fromkeys(tokens)})
    assert tokens_in(record.event) == ()
    stated = record.event.facts.audit
    assert stated is not None
    assert stated.inputs_hash in inputs_hashes(record.event)
    assert "Computed again the same: " in told(explain(record, "auditor", known))
    facts = record.event.facts.model_copy(update={"ai": None})
    changed = Record(replace(record.event, facts=facts), record.verdict)
    assert "Computed again another: " in told(explain(changed, "auditor", known))


def test_tokens_on_record_are_replaced_by_what_the_organisation_states(
    make: Make, known: Known
) -> None:
    record = make("profiling", changes={"audit.inputs_hash": None, "source.name": None})
    assert {"objections.channel", "policy.approved_by"} <= set(tokens_in(record.event))
    assert "Computed again the same, with what the organisation states" in told(
        explain(record, "auditor", known)
    )
    without = told(explain(record, "auditor", replace(known, organisation=None)))
    assert "Computed again not possible: " in without
    assert "objections.channel" in without


def test_what_is_unknown(make: Make, known: Known) -> None:
    record = make("decision", changes={"processing.legal_basis": None, "explanation": None})
    unknown = section(explain(record, "auditor", known), "What is unknown")
    assert "['processing.legal_basis', 'purpose register']" in unknown
    assert "explanation.factors" in unknown


def test_monitor_mode(make: Make, known: Known) -> None:
    record = make("recommendation", changes=OBJECTED, verdict={"enforced": False})
    assert "In monitor mode the step went on" in told(explain(record, "engineer", known))
    assert "monitored only" in told(explain(record, "auditor", known))


def test_messages_in_the_language_asked_for(make: Make, known: Known) -> None:
    record = make("recommendation", changes=OBJECTED)
    finnish = known.bundle.catalogue.render("R-DM-01", {}, "fi")[0]
    assert finnish in told(explain(record, "engineer", replace(known, language="fi")))


def test_a_record_without_a_verdict(make: Make, known: Known) -> None:
    with pytest.raises(RecordError, match="nothing was decided"):
        explain(replace(make("profiling"), verdict=None), "auditor", known)
