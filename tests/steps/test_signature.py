"""What annotations say is read once; what they do not say is refused with its name."""

from dataclasses import InitVar, dataclass, field
from typing import (
    Annotated,
    Any,
    Generic,
    Literal,
    NewType,
    NotRequired,
    Optional,
    Required,
    TypedDict,
    TypeVar,
)

import pytest
from pydantic import BaseModel, ConfigDict, Field, RootModel

from aboveboard import FreeText, NotPersonal, SignatureError, SubjectId, data_collection, dpv, pd
from aboveboard.gate import Gate
from aboveboard.steps.signature import read_signature
from tests.steps.helpers import scoring

T = TypeVar("T")
Email = NewType("Email", str)


class Company(BaseModel):
    vat: Annotated[str, pd.OfficialID]
    name: Annotated[str, NotPersonal]


class Lead(BaseModel):
    id: Annotated[str, SubjectId]
    email: Annotated[str, pd.EmailAddressWork, dpv.DirectMarketing]
    notes: Annotated[str | None, FreeText] = None
    company: Company | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    id: Annotated[str, SubjectId]
    job: Annotated[str, pd.Job]
    raw: str = ""


class Record(TypedDict, total=False):
    id: Required[Annotated[str, SubjectId]]
    job: Annotated[str, pd.Job]
    raw: NotRequired[str]


class Node(BaseModel):
    job: Annotated[str, pd.Job]
    below: "Node | None" = None
    team: list["Node"] = []


@dataclass
class Chain:
    links: list["Chain"]


class Page(BaseModel, Generic[T]):
    items: list[T]
    next: Annotated[str | None, NotPersonal] = None


@dataclass
class Pair(Generic[T]):
    one: T
    other: Annotated[T, NotPersonal]


def fields(function: Any) -> dict[str, tuple[str, ...] | None]:
    found = read_signature(function, result_needed=False)
    return {item.path: item.categories for item in found.arguments}


def test_a_pydantic_model() -> None:
    def score(lead: Lead) -> int: ...

    read = read_signature(score, result_needed=False)
    assert [item.path for item in read.arguments] == [
        "lead.email",
        "lead.notes",
        "lead.company.vat",
    ]
    email, notes, vat = read.arguments
    assert (email.categories, email.necessary_for) == (
        ("pd:EmailAddressWork",),
        ("dpv:DirectMarketing",),
    )
    assert (notes.categories, notes.free_text, notes.cuttable) == (None, True, True)
    assert (vat.categories, vat.cuttable) == (("pd:OfficialID",), False)
    assert read.subject == "lead.id"
    assert read.many == ()


def test_a_dataclass_and_a_typed_dict() -> None:
    def one(lead: Frozen) -> int: ...
    def other(lead: Record) -> int: ...

    for function in (one, other):
        read = read_signature(function, result_needed=False)
        assert [(f.path, f.categories, f.cuttable) for f in read.arguments][1] == (
            "lead.raw",
            None,
            True,
        )
        assert read.arguments[0].categories == ("pd:Job",)
        assert read.subject == "lead.id"


def test_several_records_have_no_one_subject() -> None:
    def score(
        a: list[Lead], b: tuple[Frozen, ...], c: set[Frozen], d: frozenset[Frozen] | None = None
    ) -> list[int]: ...

    read = read_signature(score, result_needed=False)
    assert read.subject is None
    assert read.many == ("a", "b", "c", "d")
    assert {item.path.split(".")[0] for item in read.arguments} == {"a[]", "b[]", "c[]", "d[]"}


@pytest.mark.parametrize("kind", ["Sequence", "Collection", "Set"])
def test_abstract_collections_are_lists_too(kind: str) -> None:
    import collections.abc

    def score(leads: Any) -> int: ...

    score.__annotations__["leads"] = getattr(collections.abc, kind)[Frozen]
    assert next(iter(fields(score))) == "leads[].job"


def test_optional_in_all_its_spellings() -> None:
    def score(
        a: Annotated[str, pd.Job] | None,
        b: Annotated[str | None, pd.Job],
        c: Optional[Annotated[str, pd.Job]],  # noqa: UP045
        d: Annotated[Annotated[str, pd.Job] | None, "a note of others"],
    ) -> int: ...

    assert set(fields(score).values()) == {("pd:Job",)}


def test_several_categories_and_an_alias() -> None:
    def score(text: Annotated[Email, pd.EmailAddressWork, pd.Name]) -> int: ...

    assert fields(score)["text"] == ("pd:EmailAddressWork", "pd:Name")


def test_a_model_that_holds_itself_is_unknown_below_and_cut(gate: Gate) -> None:
    @scoring(gate=gate)
    def score(node: Node) -> tuple[Node | None, list[Node]]:
        return node.below, node.team

    assert fields(score.__wrapped__) == {
        "node.job": ("pd:Job",),
        "node.below": None,
        "node.team": None,
    }
    leaf = Node(job="a")
    assert score(Node(job="b", below=leaf, team=[leaf])) == (None, [])


def test_a_model_that_must_hold_itself_is_refused(gate: Gate) -> None:
    def score(node: Chain) -> int: ...

    with pytest.raises(SignatureError, match=r"'node\.links'"):
        scoring(gate=gate)(score)


def test_one_person_and_several_others() -> None:
    def score(lead: Lead, others: list[Lead]) -> int: ...

    assert read_signature(score, result_needed=False).subject == "lead.id"


def test_generic_models_are_read_with_what_they_are_given() -> None:
    def paged(page: Page[Lead]) -> int: ...
    def paired(pair: Pair[Lead]) -> int: ...

    assert fields(paged)["page.items[].email"] == ("pd:EmailAddressWork",)
    assert fields(paired)["pair.one.email"] == ("pd:EmailAddressWork",)


def test_a_root_model() -> None:
    class Leads(RootModel[list[Lead]]):
        pass

    def score(leads: Leads) -> int: ...

    assert "leads.root[].email" in fields(score)


def test_a_class_attribute_and_an_init_only_value_are_no_fields() -> None:
    @dataclass
    class Odd:
        job: Annotated[str, pd.Job]
        extra: InitVar[int] = 0
        made: Annotated[str, pd.Name] = field(init=False, default="")

    def score(lead: Odd) -> int: ...

    assert set(fields(score)) == {"lead.job", "lead.made"}


def test_not_personal_covers_what_is_below() -> None:
    def score(
        company: Annotated[Company, NotPersonal], sizes: Annotated[dict[str, int], NotPersonal]
    ) -> int: ...

    assert fields(score) == {}


def test_unmarked_and_removable_is_unknown_and_can_be_cut() -> None:
    def score(lead: Lead, raw: dict[str, str] | None = None) -> int: ...

    read = read_signature(score, result_needed=False)
    assert (read.arguments[-1].path, read.arguments[-1].categories) == ("raw", None)


def unannotated(lead): ...
def plain(email: str) -> int: ...
def any_value(email: Any) -> int: ...
def literal(kind: Literal["a"]) -> int: ...
def mapping(lead: dict[str, str]) -> int: ...
def models_by_key(leads: dict[str, Lead]) -> int: ...
def bare_list(leads: list) -> int: ...
def strings(emails: list[str]) -> int: ...
def two_kinds(lead: Lead | Company) -> int: ...
def pair(values: tuple[str, int]) -> int: ...
def a_type(kind: type[Lead]) -> int: ...
def arguments(*leads: Lead) -> int: ...
def keywords(**leads: Lead) -> int: ...
def open_generic(page: Page[T]) -> int: ...


class Unmarked(BaseModel):
    email: str


class Open(BaseModel):
    model_config = ConfigDict(extra="allow")
    email: Annotated[str, pd.EmailAddressWork]


Dotted = TypedDict("Dotted", {"properties.email": Annotated[str, pd.EmailAddressWork]})


def unmarked_field(lead: Unmarked) -> int: ...
def unmarked_item(leads: list[Unmarked]) -> int: ...
def undeclared(lead: Open) -> int: ...
def dotted(lead: Dotted) -> int: ...
def result(result: Lead) -> int: ...
def two_people(one: Lead, other: Lead) -> int: ...


@pytest.mark.parametrize(
    ("function", "named"),
    [
        (unannotated, "lead"),
        (plain, "email"),
        (any_value, "email"),
        (literal, "kind"),
        (mapping, "lead"),
        (models_by_key, "leads"),
        (bare_list, "leads"),
        (strings, "emails"),
        (two_kinds, "lead"),
        (pair, "values"),
        (a_type, "kind"),
        (arguments, "leads"),
        (keywords, "leads"),
        (open_generic, "page.items"),
        (unmarked_field, "lead.email"),
        (unmarked_item, r"leads\[\].email"),
        (undeclared, "Open"),
        (dotted, "properties.email"),
        (result, "result"),
        (two_people, "one.id, other.id"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_what_says_nothing_is_refused_at_decoration_by_name(
    gate: Gate, function: Any, named: str
) -> None:
    with pytest.raises(SignatureError, match=named) as refused:
        scoring(gate=gate)(function)
    assert str(refused.value).endswith(".")


def test_a_path_longer_than_an_id_is_refused() -> None:
    name = "x" * 130

    def score(lead: Any) -> int: ...

    score.__annotations__["lead"] = TypedDict(name, {name: Annotated[str, pd.Job]})
    with pytest.raises(SignatureError, match="too deep"):
        read_signature(score, result_needed=False)


@pytest.mark.parametrize("thing", [Lead, int, 5, "text", None])
def test_what_is_no_function_is_refused(gate: Gate, thing: Any) -> None:
    with pytest.raises(SignatureError, match="takes a function"):
        scoring(gate=gate)(thing)


def test_a_collecting_function_says_what_it_returns(gate: Gate) -> None:
    collecting = data_collection(purpose="contact_management", gate=gate)

    def silent(person_id: Annotated[str, SubjectId]): ...
    def unmarked(person_id: Annotated[str, SubjectId]) -> dict[str, str]: ...
    def nothing(person_id: Annotated[str, SubjectId]) -> None: ...

    with pytest.raises(SignatureError, match="does not say what it returns"):
        collecting(silent)
    with pytest.raises(SignatureError, match="'result'"):
        collecting(unmarked)
    collecting(nothing)


def test_a_vendors_answer_may_be_of_any_shape_where_nothing_is_collected() -> None:
    def answer(lead: Lead) -> Open: ...
    def anything(lead: Lead) -> dict[str, Any]: ...

    for function in (answer, anything):
        (found,) = read_signature(function, result_needed=False).result
        assert (found.path, found.categories) == ("result", None)


def test_forward_references_wait_for_the_first_call(gate: Gate) -> None:
    @scoring(gate=gate)
    def score(lead: "Later") -> int:  # noqa: F821
        return len(lead.job)

    with pytest.raises(SignatureError, match="'Later', which nobody defined"):
        score("x")
    globals()["Later"] = Frozen
    try:
        assert score(Frozen(id="1", job="buyer")) == 5
    finally:
        del globals()["Later"]


def test_pydantic_field_options_do_not_hide_the_marks() -> None:
    class Aliased(BaseModel):
        email: Annotated[str, Field(alias="Email", max_length=80), pd.EmailAddressWork]
        phone: Annotated[str, pd.TelephoneNumber] = Field(default="", max_length=20)
        job: Annotated[str, pd.Job, Field(default_factory=str)]

    def score(lead: Aliased) -> int: ...

    read = read_signature(score, result_needed=False)
    assert [(f.path, f.cuttable) for f in read.arguments] == [
        ("lead.email", False),
        ("lead.phone", True),
        ("lead.job", True),
    ]
