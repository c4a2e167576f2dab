"""What is read, written and sent is judged record by record and field by field."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from aboveboard import ConfigurationError, Gate, Settings, StepDenied, StepEscalated, hookimpl
from aboveboard.crm import FieldMap, Guard
from aboveboard.organisation import example
from aboveboard.suppression import Suppression
from tests.crm.acme import FIELDS, known, make_guard, person


def test_a_lawful_read_goes_through(gate: Gate, log: list[Any]) -> None:
    record = person()
    assert make_guard(gate).give([record]) == []
    assert record.source == {"id": 7, "name": "Aino", "mail": "aino@example.com"}
    assert [entry["event"] for entry in log] == ["step.allowed"]
    assert log[0]["subject"] == gate.pseudonym("acme/people/7")


def test_what_is_not_needed_is_cut_from_the_answer(gate: Gate) -> None:
    record = person(score=71)
    make_guard(gate).give([record])
    assert "score" not in record.source
    assert "score" not in record.values


def test_what_is_not_needed_is_never_asked_for(gate: Gate, log: list[Any]) -> None:
    guard = make_guard(gate)
    assert guard.plan("people", ["name", "mail", "score"]) == {"score"}
    assert guard.plan("people", []) == set()
    assert log == []  # nothing is decided before there is anybody


def test_an_unknown_field_is_no_harmless_one(gate: Gate) -> None:
    record = person(shoe_size=43)
    guard = make_guard(gate)
    assert guard.plan("people", ["name", "shoe_size"]) == {"shoe_size"}
    guard.give([record])
    assert "shoe_size" not in record.source


def test_the_text_of_an_unknown_field_is_read(gate: Gate) -> None:
    seen: list[Any] = []

    class Sees:
        @hookimpl
        def aboveboard_data_collection(self, event: Any) -> None:
            seen.extend(event.facts.fields)

    other = Gate(Settings(), organisation=example(), plugins=[Sees()])
    make_guard(other).give([person(remark="She is on sick leave after surgery.")])
    field = next(item for item in seen if item.name == "remark")
    assert field.text_scanned is True
    assert "pd:Health" in field.detected_categories
    assert field.categories is None


def test_settings_say_what_custom_fields_hold(gate: Gate) -> None:
    settings = Settings.load(fields={"acme/people": {"nickname": ["pd:Name"]}, "other/people": {}})
    own = Gate(settings, organisation=example())
    record = person(nickname="Ani")
    make_guard(own).give([record])
    assert record.source["nickname"] == "Ani"
    wrong = Gate(Settings.load(fields={"acme/people": {"x": ["pd:Nmae"]}}), organisation=example())
    with pytest.raises(ConfigurationError, match=r"Setting .fields. of acme: people\.x"):
        make_guard(wrong).give([person(x=1)])


def test_the_vendor_may_describe_its_fields(gate: Gate) -> None:
    guard = make_guard(gate)
    assert guard.plan("people", ["alias"]) == {"alias"}
    guard.learn(FieldMap.of({"people": {"alias": ["pd:Name"], "name": ["pd:Religion"]}}, "acme"))
    assert guard.plan("people", ["alias", "name"]) == set()


def test_one_who_must_not_be_had_stops_the_page(gate: Gate) -> None:
    def only_seven(record: Any) -> dict[str, Any]:
        facts = known()
        if record.subject != "acme/people/7":
            facts["rights_requests"] = [{"type": "erasure", "status": "open"}]
        return facts

    guard = make_guard(gate, facts=only_seven)
    with pytest.raises(StepDenied) as stopped:
        guard.give([person(7), person(8)])
    assert "R-ERA-01" in stopped.value.verdict.rules
    skipping = make_guard(gate, facts=only_seven, on_stopped="skip")
    records = [person(7), person(8), person(9)]
    assert skipping.give(records) == records[1:]


def test_what_the_profile_makes_certain_stops_before_anything_is_fetched(log: list[Any]) -> None:
    careless = replace_security(tls=False)
    guard = make_guard(Gate(Settings(), organisation=careless), facts=None)
    with pytest.raises(StepDenied, match="R-SEC-01"):
        guard.plan("people", ["name"])
    assert [entry["event"] for entry in log] == ["step.denied"]


def replace_security(**changes: Any) -> Any:
    organisation = example()
    security = organisation.security.model_copy(update=changes)
    return organisation.model_copy(update={"security": security})


def test_what_depends_on_the_person_waits_for_the_person(gate: Gate) -> None:
    assert make_guard(gate, facts=None).plan("people", ["name"]) == set()
    with pytest.raises(StepDenied):
        make_guard(gate, facts=None).give([person()])


def test_a_score_is_profiling_before_and_after(gate: Gate, log: list[Any]) -> None:
    guard = make_guard(gate, purpose="lead_scoring", model="propensity-3.1", facts=scored)
    guard.write([person(score=80)])
    assert {(entry["step"], entry["phase"]) for entry in log} == {
        ("profiling", "requested"), ("profiling", "completed")}  # fmt: skip


def scored(record: Any) -> dict[str, Any]:
    return {**known(), "objections": {"profiling": False, "direct_marketing": False},
            "ai": {"confidence_bp": 9100, "in_distribution": True}}  # fmt: skip


def test_a_score_of_one_who_objects_is_not_written(gate: Gate) -> None:
    def objecting(record: Any) -> dict[str, Any]:
        return {**scored(record), "objections": {"profiling": True, "direct_marketing": False}}

    guard = make_guard(gate, purpose="lead_scoring", model="propensity-3.1", facts=objecting)
    with pytest.raises(StepDenied, match="R-OBJ-01"):
        guard.write([person(score=80)])


def test_what_is_merely_recorded_is_data_collection(gate: Gate, log: list[Any]) -> None:
    make_guard(gate).write([person()])
    assert [(entry["step"], entry["phase"]) for entry in log] == [("data_collection", "requested")]


def test_a_message_is_a_recommendation(gate: Gate) -> None:
    record = person()
    record.facts = {"contact": {"channel": "email"}}
    with pytest.raises(StepDenied) as stopped:
        make_guard(gate, purpose="direct_marketing").send([record])
    assert stopped.value.verdict.step == "recommendation"
    assert "R-DM-01" in stopped.value.verdict.rules


def test_what_nobody_governs_is_refused_by_name(gate: Gate) -> None:
    with pytest.raises(
        StepDenied, match=r"'GET /export' of acme.*passing=\['GET /export'\]"
    ) as stopped:
        make_guard(gate).refuse("GET /export")
    assert stopped.value.verdict.rules == ("runtime.not_governed",)
    make_guard(gate, passing=["GET /export"]).refuse("GET /export")


def test_facts_that_contradict_the_record_stop_it(gate: Gate) -> None:
    record = person()
    record.facts = {"subject": {"country": "SE"}}
    with pytest.raises(StepDenied, match=r"contradicts the record on subject\.country"):
        make_guard(gate).give([record])


def test_consents_and_requests_of_two_places_add_up(gate: Gate, log: list[Any]) -> None:
    """The CRM knows of a request, the program has asked elsewhere and found none."""
    record = person()
    record.facts = {
        "rights_requests": [{"type": "erasure", "status": "open"}],
        "consent": [{"status": "dpv:ConsentRequested", "purpose": "dpv:DirectMarketing"}],
    }
    with pytest.raises(StepDenied, match="R-ERA-01"):
        make_guard(gate).give([record])
    assert len(record.facts["consent"]) == 1
    record.facts["rights_requests"] = []
    make_guard(gate).give([record])


def test_facts_that_contradict_the_register_stop_it(gate: Gate) -> None:
    def wrong(record: Any) -> dict[str, Any]:
        return {**known(), "processing": {"purposes": ["dpv:SellDataToThirdParties"]}}

    with pytest.raises(StepDenied, match=r"runtime\.facts_conflict"):
        make_guard(gate, facts=wrong).give([person()])


def test_the_registers_basis_goes_before_the_crms(gate: Gate) -> None:
    record = person()
    record.facts = {"processing": {"legal_basis": "eu-gdpr:A6-1-a"}}
    make_guard(gate).give([record])


@pytest.mark.parametrize(
    "facts",
    [lambda record: 1 / 0, lambda record: 7, lambda record: {"subject": {"country": "Finland"}}],
)
def test_a_facts_function_that_fails_stops_the_step(gate: Gate, facts: Any) -> None:
    with pytest.raises(StepDenied, match=r"runtime\.facts_failed") as stopped:
        make_guard(gate, facts=facts).give([person()])
    assert "aino" not in str(stopped.value).lower()


def test_groups_that_a_step_does_not_have_are_passed_over(gate: Gate) -> None:
    record = person()
    record.facts = {"objections": {"direct_marketing": True}}
    make_guard(gate).give([record])


def test_of_what_the_program_tells_each_step_takes_its_own(gate: Gate) -> None:
    def told(record: Any) -> dict[str, Any]:
        return {**known(), "explanation.present": True, "objections.profiling": False}

    make_guard(gate, facts=told).give([person()])
    misspelt = make_guard(gate, facts=lambda record: {**told(record), "explanatoin": {}})
    with pytest.raises(StepDenied, match=r"explanatoin.*runtime\.facts_failed"):
        misspelt.give([person()])


def test_monitor_mode_cuts_nothing_and_stops_nothing() -> None:
    gate = Gate(Settings.load(mode="monitor"), organisation=example())
    guard = make_guard(gate, facts=None)
    record = person(religion="none of your business")
    assert guard.plan("people", ["religion"]) == set()
    guard.give([record])
    guard.refuse("GET /export")
    assert "religion" in record.source


def test_an_expired_record_is_stopped_and_its_erasure_queued(keeping: Gate) -> None:
    from datetime import UTC, datetime, timedelta

    long_ago = datetime.now(UTC) - timedelta(days=4000)

    def old(record: Any) -> dict[str, Any]:
        facts = known()
        facts["fields[]"]["collected_at"] = long_ago
        facts["fields[]"]["last_activity_at"] = long_ago
        return facts

    with pytest.raises(StepDenied, match="R-RET-01"):
        make_guard(keeping, facts=old).give([person()])
    assert keeping.store is not None
    (duty,) = keeping.store.duties()
    assert (duty.kind, duty.rule, duty.subject) == (
        "erase", "R-RET-01", keeping.pseudonym("acme/people/7"))  # fmt: skip
    assert set(duty.paths) == {"name", "mail"}


def test_an_opt_out_of_an_address_is_that_of_all_who_share_it(keeping: Gate) -> None:
    from datetime import UTC, datetime

    assert keeping.store is not None
    shared = ("acme/mail/office@example.com",)
    refused = Suppression(keeping.pseudonym(shared[0]), "erasure", True, datetime.now(UTC))
    keeping.store.record([refused])
    records = [replace(person(number), also=shared) for number in (7, 8)]
    assert make_guard(keeping, on_stopped="skip").give(records) == records


def test_an_opt_out_of_an_address_is_its_owners(keeping: Gate) -> None:
    assert keeping.store is not None
    from datetime import UTC, datetime

    address = keeping.pseudonym("acme/mail/aino@example.com")
    keeping.store.record([Suppression(address, "erasure", True, datetime.now(UTC))])
    record = person()
    make_guard(keeping).give([replace(record, also=())])
    with pytest.raises(StepDenied, match="SUPPRESSED"):
        make_guard(keeping).give([replace(record, also=("acme/mail/aino@example.com",))])


def test_a_store_that_fails_stops_the_page(keeping: Gate) -> None:
    class Broken:
        def of(self, subjects: Any, *, lifted: bool = False) -> Any:
            msg = "disk of aino@example.com"
            raise OSError(msg)

    keeping.store = Broken()  # type: ignore[assignment]
    with pytest.raises(StepDenied, match=r"could not be asked \(OSError\)"):
        make_guard(keeping).give([replace(person(), also=("acme/mail/aino@example.com",))])
    keeping.store = None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"on_stopped": "ignore"}, "on_stopped: expected 'raise' or 'skip'"),
        ({"passing": "GET /x"}, "passing: expected a list"),
        ({"gate": object()}, "gate: expected aboveboard.Gate"),
        ({"purpose": "contact_managment"}, "Did you mean 'contact_management'"),
        ({"recipient": "crmm"}, "Unknown recipient"),
    ],
)
def test_a_wrong_argument_is_said_at_once(
    gate: Gate, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigurationError, match=message):
        Guard("acme", fields=FIELDS, **{"purpose": "contact_management", "gate": gate, **options})


def test_an_escalation_asks_for_a_review() -> None:
    class Escalates:
        def __init__(self) -> None:
            self.reviewed = 0

        @hookimpl
        def aboveboard_data_collection(self, event: Any) -> Any:
            from aboveboard import Finding

            return [Finding(rule="ACME-1", effect="escalate", message="A human looks first.")]

        @hookimpl
        def aboveboard_review(self, event: Any) -> None:
            self.reviewed += 1

    plugin = Escalates()
    with (
        Gate(Settings.load(sinks="inline"), organisation=example(), plugins=[plugin]) as gate,
        pytest.raises(StepEscalated),
    ):
        make_guard(gate).give([person()])
    assert plugin.reviewed == 1


def test_a_mapping_of_facts_serves_every_step_too(gate: Gate) -> None:
    facts = scored(None)
    guard = make_guard(gate, purpose="lead_scoring", model="propensity-3.1", facts=facts)
    guard.write([person(score=80)])
    make_guard(gate, facts=facts).give([person()])


def test_a_write_of_which_nothing_is_left_is_none(gate: Gate) -> None:
    record = person()
    record.values = {"shoe_size": 43}
    with pytest.raises(StepDenied, match=r"must be cut: shoe_size.*obligation_failed"):
        make_guard(gate).write([record])


def test_what_an_address_takes_back_its_owner_takes_back(keeping: Gate) -> None:
    from datetime import UTC, datetime, timedelta

    assert keeping.store is not None
    address = keeping.pseudonym("acme/mail/aino@example.com")
    now = datetime.now(UTC)
    record = replace(person(), also=("acme/mail/aino@example.com",))
    keeping.store.record([Suppression(address, "erasure", True, now - timedelta(minutes=2))])
    with pytest.raises(StepDenied, match="SUPPRESSED"):
        make_guard(keeping).give([record])
    keeping.store.record([Suppression(address, "erasure", False, now - timedelta(minutes=1))])
    make_guard(keeping).give([record])
