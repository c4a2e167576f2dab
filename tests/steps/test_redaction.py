"""`redact`, carried out on the arguments and results of real calls under the bundled rules."""

from dataclasses import dataclass
from typing import Annotated, NotRequired, TypedDict

import pytest
from pydantic import BaseModel, ConfigDict, Field

from aboveboard import NotPersonal, StepDenied, SubjectId, pd
from aboveboard.gate import Gate
from tests.steps.helpers import collecting, scoring

PHONE = "LEAKED-0100"


class Lead(BaseModel):
    model_config = ConfigDict(frozen=True)
    id: Annotated[str, SubjectId]
    job: Annotated[str, pd.Job] = "buyer"
    phone: Annotated[str | None, pd.TelephoneNumber] = None
    city: Annotated[str, pd.City] = Field(default_factory=lambda: "nowhere")


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    id: Annotated[str, SubjectId]
    phone: Annotated[str | None, pd.TelephoneNumber]


class Record(TypedDict):
    id: Annotated[str, SubjectId]
    phone: NotRequired[Annotated[str, pd.TelephoneNumber]]


class Company(BaseModel):
    boss: Lead | None = None
    staff: list[Lead] = []


def test_a_pydantic_model(gate: Gate, log: list[dict]) -> None:
    @scoring(gate=gate)
    def score(lead: Lead) -> Lead:
        return lead

    given = Lead(id="1", phone=PHONE, city="LEAKED")
    seen = score(given)
    assert (seen.phone, seen.city, seen.job, seen.id) == (None, "nowhere", "buyer", "1")
    assert given.phone == PHONE
    assert log[0]["rules"] == ["R-MIN-01"]
    assert log[0]["obligations"] == ["redact"]
    assert "LEAKED" not in repr(log)


def test_a_dataclass_and_a_typed_dict(gate: Gate) -> None:
    @scoring(gate=gate)
    def of_class(lead: Frozen) -> str | None:
        return lead.phone

    @scoring(gate=gate)
    def of_dict(lead: Record) -> Record:
        return lead

    assert of_class(Frozen(id="1", phone=PHONE)) is None
    given: Record = {"id": "1", "phone": PHONE}
    assert of_dict(given) == {"id": "1"}
    assert given["phone"] == PHONE
    assert of_dict({"id": "1"}) == {"id": "1"}


@pytest.mark.parametrize("kind", [list, tuple])
def test_every_record_of_many(uncounted_gate: Gate, kind: type) -> None:
    @scoring(gate=uncounted_gate)
    def score(leads: list[Lead]) -> list[str | None]:
        return [lead.phone for lead in leads]

    leads = kind(Lead(id=str(n), phone=PHONE) for n in range(3))
    assert score(leads) == [None] * 3
    assert score(leads=leads) == [None] * 3
    assert leads[0].phone == PHONE


def test_nested_models(gate: Gate) -> None:
    @scoring(gate=gate)
    def score(company: Company) -> Company:
        return company

    seen = score(Company(boss=Lead(id="1", phone=PHONE), staff=[Lead(id="2", phone=PHONE)]))
    assert seen.boss is not None
    assert seen.boss.phone is None
    assert [lead.phone for lead in seen.staff] == [None]


def test_nothing_there_is_nothing_to_cut(gate: Gate) -> None:
    @scoring(gate=gate)
    def score(company: Company) -> Company:
        return company

    assert score(Company()) == Company()


def test_an_argument_with_a_default_by_position_and_keyword(gate: Gate) -> None:
    @scoring(gate=gate)
    def score(
        lead: Lead,
        phone: Annotated[str, pd.TelephoneNumber] = "none",
        *,
        city: Annotated[str | None, pd.City] = None,
        depth: Annotated[int, NotPersonal] = 1,
    ) -> tuple[str, str | None, int]:
        return phone, city, depth

    lead = Lead(id="1")
    assert score(lead, PHONE, city="LEAKED", depth=2) == ("none", None, 2)
    assert score(lead, phone=PHONE) == ("none", None, 1)
    assert score(phone=PHONE, lead=lead) == ("none", None, 1)
    assert score(lead) == ("none", None, 1)


def test_an_unmarked_field_with_a_default_is_cut(gate: Gate) -> None:
    class Raw(BaseModel):
        id: Annotated[str, SubjectId]
        payload: dict[str, str] = {}

    @scoring(gate=gate)
    def score(lead: Raw) -> dict[str, str]:
        return lead.payload

    assert score(Raw(id="1", payload={"email": "LEAKED"})) == {}


def test_a_required_field_denies_by_name(gate: Gate, log: list[dict]) -> None:
    class Strict(BaseModel):
        id: Annotated[str, SubjectId]
        phone: Annotated[str, pd.TelephoneNumber]

    ran = []

    @scoring(gate=gate)
    def score(lead: Strict) -> int:
        ran.append(lead)
        return 1

    with pytest.raises(StepDenied, match=r"'lead\.phone' has to be cut and is required") as stopped:
        score(Strict(id="1", phone=PHONE))
    assert ran == []
    assert stopped.value.verdict.rules == ("runtime.obligation_failed",)
    assert [entry["event"] for entry in log] == ["step.allowed", "step.denied"]
    assert PHONE not in str(stopped.value) + repr(log)


def test_a_required_argument_denies_by_name(gate: Gate) -> None:
    @scoring(gate=gate)
    def score(phone: Annotated[str, pd.TelephoneNumber]) -> int:
        return 1

    with pytest.raises(StepDenied, match="'phone' has to be cut"):
        score(PHONE)


def test_what_is_collected_is_cut_from_the_result(gate: Gate) -> None:
    @collecting(gate=gate)
    def read(person_id: Annotated[str, SubjectId]) -> Contact:
        return CONTACT

    assert read("1") == Contact(name="Jane")
    assert CONTACT.birthday == "LEAKED"


class Contact(BaseModel):
    name: Annotated[str, pd.Name]
    birthday: Annotated[str | None, pd.BirthDate] = None


CONTACT = Contact(name="Jane", birthday="LEAKED")


@pytest.mark.anyio
async def test_what_is_collected_by_a_coroutine_in_a_list(gate: Gate) -> None:
    @collecting(gate=gate)
    async def read() -> list[Contact]:
        return [CONTACT, CONTACT]

    assert await read() == [Contact(name="Jane")] * 2


def test_a_result_that_cannot_be_cut_is_withheld(gate: Gate) -> None:
    class Strict(BaseModel):
        birthday: Annotated[str, pd.BirthDate]

    @collecting(gate=gate)
    def read(person_id: Annotated[str, SubjectId]) -> Strict:
        return Strict(birthday="LEAKED")

    with pytest.raises(StepDenied, match=r"'result\.birthday' has to be cut") as stopped:
        read("1")
    assert "LEAKED" not in str(stopped.value)


def test_a_policy_may_cut_from_the_result_afterwards(ruled) -> None:
    gate = ruled(
        "profiling",
        effect="oblige",
        phase="completed",
        obligation={"kind": "redact", "paths": ["result.phone"]},
    )

    @scoring(gate=gate)
    def score(lead: Lead) -> Frozen:
        return Frozen(id="1", phone=PHONE)

    assert score(Lead(id="1")).phone is None


@pytest.mark.parametrize("path", ["nobody.phone", "phone", "result", "lead"])
def test_a_path_that_leads_nowhere_denies(ruled, path: str) -> None:
    gate = ruled("profiling", effect="oblige", obligation={"kind": "redact", "paths": [path]})

    @scoring(gate=gate)
    def score(lead: Lead) -> int:
        return 1

    with pytest.raises(StepDenied) as stopped:
        score(Lead(id="1"))
    assert stopped.value.verdict.rules == ("runtime.obligation_failed",)


def test_an_obligation_that_nobody_can_do_denies(ruled) -> None:
    @scoring(gate=ruled("profiling", effect="oblige", obligation={"kind": "mark"}))
    def score(lead: Lead) -> int:
        return 1

    with pytest.raises(StepDenied, match="demands a mark before there is anything to mark"):
        score(Lead(id="1"))
