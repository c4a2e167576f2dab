"""What Pipedrive knows of a person's choices, as facts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from aboveboard import Gate
from aboveboard.crm import Record
from aboveboard_pipedrive.people import addresses, identifier, person_facts
from examples.pipedrive.server import AGREED, PROOF, PipedriveServer, person
from tests.plugins.pipedrive.conftest import Make, known

NOW = datetime(2026, 11, 27, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "consent", "objects"),
    [
        ("subscribed", "dpv:ConsentGiven", False),
        ("archived", "dpv:ConsentGiven", False),
        ("unsubscribed", "dpv:ConsentWithdrawn", True),
        ("no_consent", "dpv:ConsentUnknown", None),
    ],
)
def test_a_marketing_status_is_consent_without_date_or_proof(
    status: str, consent: str, objects: bool | None
) -> None:
    facts = person_facts(person(1, "Aino Esimerkki", marketing_status=status), NOW)
    assert facts["consent"] == [
        {"status": consent, "purpose": "dpv:DirectMarketing", "channel": "email"}
    ]
    assert facts.get("objections", {}).get("direct_marketing") is objects


@pytest.mark.parametrize("status", [None, "", "maybe", 3, ["subscribed"], {"value": "subscribed"}])
def test_a_status_that_nobody_knows_is_no_fact(status: Any) -> None:
    facts = person_facts({"id": 1, "marketing_status": status}, NOW)
    assert facts == {"subject": {"type": "natural_person"}}


def test_custom_fields_give_date_and_proof() -> None:
    found = person_facts(person(1, "Aino E"), NOW, date_field=AGREED, proof_field=PROOF)
    (consent,) = found["consent"]
    assert consent["given_at"] == datetime(2026, 10, 2, tzinfo=UTC)
    assert consent["proof_ref"] == f"pipedrive/persons/1/{PROOF}"
    wrapped = {AGREED: {"type": "date", "value": "2026-10-02"}, PROOF: {"value": ""}}
    found = person_facts(
        person(1, "Aino E", custom_fields=wrapped), NOW, date_field=AGREED, proof_field=PROOF
    )
    assert found["consent"][0]["given_at"] == datetime(2026, 10, 2, tzinfo=UTC)
    assert "proof_ref" not in found["consent"][0]


@pytest.mark.parametrize("date", ["2027-01-01", "soon", "", None, 5, [1], {"a": 1}, "9" * 400])
def test_a_date_that_is_none_or_lies_ahead_is_unknown(date: Any) -> None:
    one = person(1, "Aino E", custom_fields={AGREED: date})
    assert "given_at" not in person_facts(one, NOW, date_field=AGREED)["consent"][0]


def test_an_opt_in_that_waits_is_only_asked_for() -> None:
    one = person(1, "Aino E", doi_status="pending")
    assert person_facts(one, NOW)["consent"][0]["status"] == "dpv:ConsentRequested"


def test_age_and_country_come_from_the_record() -> None:
    subject = person_facts(person(1, "Aino E"), NOW)["subject"]
    assert subject == {"type": "natural_person", "country": "FI", "age_years": 42}
    odd = {"postal_address": ["Finland"], "birthday": 1984, "postal_address_country": "Belgium"}
    assert person_facts(odd, NOW)["subject"] == {"type": "natural_person", "country": "BE"}


@pytest.mark.parametrize(
    ("number", "found"),
    [
        (7, "pipedrive/persons/7"), ("7", "pipedrive/persons/7"),
        ({"value": 7, "name": "A"}, "pipedrive/persons/7"), ({"id": 7}, "pipedrive/persons/7"),
        (None, None), (True, None), ("", None), ("a@example.com", None), ([7], None), (7.5, None),
        ("٧", None), ({}, None),
    ],
)  # fmt: skip
def test_an_identifier_is_a_number_of_pipedrive(number: Any, found: str | None) -> None:
    assert identifier(number) == found


def test_addresses_of_both_versions() -> None:
    found = addresses(
        {"emails": [{"value": " A@Example.com "}, {"value": 3}, None], "email": "b@x"}
    )
    assert found == ("pipedrive/email/a@example.com", "pipedrive/email/b@x")


def consents(make: Make, **options: Any) -> list[Any]:
    seen: list[Any] = []

    def facts(record: Record) -> dict[str, Any]:
        seen.append(record.facts.get("consent"))
        return known()

    make(facts=facts, **options).get("/api/v2/persons/1")
    return seen


def test_consent_fields_may_be_named_as_people_name_them(
    make: Make, server: PipedriveServer
) -> None:
    options = {
        "consent_date_field": "Agreed to mail on", "consent_proof_field": "Proof of consent",
    }  # fmt: skip
    (told,) = consents(make, **options)[0]
    assert told["given_at"] == datetime(2026, 10, 2, tzinfo=UTC)
    assert told["proof_ref"] == f"pipedrive/persons/1/{PROOF}"
    paths = [path for _, path, _ in server.asked]
    assert paths.count("/api/v2/personFields") == 1
    assert consents(make, consent_date_field="No such field")[0][0].get("given_at") is None


def test_consent_fields_are_asked_for_and_taken_out_again(
    make: Make, server: PipedriveServer, gate: Gate
) -> None:
    client = make(consent_date_field=AGREED)
    answer = client.get(
        "/api/v2/persons/1", params={"custom_fields": "d4de1c1518b4531717c676029a45911c340390a6"}
    )
    assert AGREED in server.asked[-1][2]["custom_fields"]
    assert AGREED not in answer.json()["data"]["custom_fields"]


def test_without_consent_nothing_is_asked(make: Make, server: PipedriveServer) -> None:
    assert consents(make, consent=False) == [None]
    assert "include_fields" not in server.asked[0][2]
