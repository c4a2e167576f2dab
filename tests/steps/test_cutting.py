"""One field is taken out of a copy; the value itself stays as it was."""

import copy
import functools
from collections import OrderedDict, deque, namedtuple
from dataclasses import InitVar, dataclass, field
from types import MappingProxyType
from typing import Any, TypedDict

import pytest
from pydantic import BaseModel, ConfigDict, Field
from pydantic.dataclasses import dataclass as validated

from aboveboard.steps.cutting import CannotCutError, cut


class Company(BaseModel):
    vat: str | None = None
    name: str = "ACME"


class Model(BaseModel):
    model_config = ConfigDict(frozen=True)
    id: str
    optional: str | None
    default: str = "none"
    made: list[str] = Field(default_factory=list)
    derived: str = Field(default_factory=lambda data: data["id"] + "!")
    company: Company | None = None
    companies: tuple[Company, ...] = ()

    @functools.cached_property
    def contact(self) -> str:
        return f"{self.optional} {self.default}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    id: str
    optional: str | None
    default: str = "none"
    made: list[str] = field(default_factory=list)


MODEL = Model(id="1", optional="LEAKED", default="LEAKED", made=["LEAKED"], derived="LEAKED")
FROZEN = Frozen(id="1", optional="LEAKED", default="LEAKED", made=["LEAKED"])


@pytest.mark.parametrize("value", [MODEL, FROZEN], ids=["pydantic", "dataclass"])
@pytest.mark.parametrize(("name", "left"), [("optional", None), ("default", "none"), ("made", [])])
def test_a_models_field_becomes_its_default_or_none(value: Any, name: str, left: Any) -> None:
    before = copy.deepcopy(value)
    after = cut(value, f".{name}")
    assert type(after) is type(value)
    assert getattr(after, name) == left
    assert value == before
    assert after is not value


def test_a_default_factory_may_look_at_the_other_fields() -> None:
    assert cut(MODEL, ".derived").derived == "1!"


@pytest.mark.parametrize("value", [MODEL, FROZEN], ids=["pydantic", "dataclass"])
def test_a_required_field_cannot_be_cut(value: Any) -> None:
    with pytest.raises(CannotCutError, match=r"'lead\.id' has to be cut and is required"):
        cut(value, ".id", "lead.id")


def test_what_was_computed_from_the_field_goes_with_it() -> None:
    model = Model(id="1", optional="LEAKED")
    assert "LEAKED" in model.contact
    after = cut(model, ".optional")
    assert "LEAKED" not in after.contact
    assert "LEAKED" in model.contact


def test_defaults_are_not_shared() -> None:
    class Shared(BaseModel):
        tags: list[str] = ["a"]

    one, other = cut(Shared(tags=["x"]), ".tags"), cut(Shared(tags=["y"]), ".tags")
    one.tags.append("b")
    assert other.tags == ["a"]
    assert Shared().tags == ["a"]


class Record(TypedDict, total=False):
    email: str
    inner: dict[str, str]


@pytest.mark.parametrize(
    "value",
    [
        {"email": "LEAKED", "job": "x"},
        Record(email="LEAKED"),
        OrderedDict(email="LEAKED"),
        MappingProxyType({"email": "LEAKED"}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_mappings_key_goes(value: Any) -> None:
    before = dict(value)
    after = cut(value, ".email")
    assert "email" not in after
    assert dict(value) == before


def test_nested_models_lists_and_mappings() -> None:
    model = Model(
        id="1",
        optional=None,
        company=Company(vat="LEAKED"),
        companies=(Company(vat="LEAKED"), Company(vat="LEAKED", name="B")),
    )
    assert cut(model, ".company.vat").company == Company()
    after = cut(model, ".companies[].vat")
    assert after.companies == (Company(), Company(name="B"))
    assert model.companies[0].vat == "LEAKED"
    assert cut({"a": {"b": [{"c": 1, "d": 2}]}}, ".a.b[].c") == {"a": {"b": [{"d": 2}]}}


@pytest.mark.parametrize("kind", [list, tuple, set, frozenset])
def test_collections_keep_their_kind(kind: type) -> None:
    @dataclass(frozen=True)
    class Lead:
        id: str
        email: str | None = None

    leads = kind([Lead("1", "LEAKED"), Lead("2", "LEAKED")])
    after = cut(leads, "[].email")
    assert after == kind([Lead("1"), Lead("2")])
    assert type(after) is kind


def test_plain_values_in_a_list_all_go() -> None:
    assert cut(["LEAKED", "LEAKED"], "[]") == []
    assert cut({"emails": ("LEAKED",)}, ".emails[]") == {"emails": ()}


def test_what_is_absent_stays_absent() -> None:
    assert cut(None, ".email") is None
    assert cut({"job": "x"}, ".email") == {"job": "x"}
    assert cut({"job": "x"}, ".company.vat") == {"job": "x"}
    assert cut(Model(id="1", optional=None), ".company.vat").company is None
    assert cut([], "[].email") == []
    assert cut([None, {"email": 1}], "[].email") == [None, {}]


def test_a_field_that_init_does_not_take() -> None:
    @dataclass(frozen=True, slots=True)
    class Made:
        id: str
        note: str | None = field(init=False, default="LEAKED")

    assert cut(Made("1"), ".note") == Made("1")

    @dataclass
    class Cached:
        id: str
        note: str | None = field(init=False)

        @functools.cached_property
        def twice(self) -> str:
            return f"{self.note}{self.note}"

    value = Cached("1")
    value.note = "LEAKED"
    assert "LEAKED" in value.twice
    assert cut(value, ".note").twice == "NoneNone"


def test_a_validated_dataclass() -> None:
    @validated
    class Lead:
        id: str
        email: str | None = None

    assert cut(Lead("1", "LEAKED"), ".email") == Lead("1")


@dataclass
class Picky:
    email: str | None

    def __post_init__(self) -> None:
        if self.email is None:
            msg = "LEAKED"
            raise ValueError(msg)


@dataclass
class Initial:
    email: str | None
    seed: InitVar[int]


Point = namedtuple("Point", "email job")


class Failing(BaseModel):
    email: str = Field(default_factory=lambda: 1 / 0)


class Slots:
    __slots__ = ("email",)

    def __init__(self) -> None:
        self.email = "LEAKED"


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (Picky("LEAKED"), ".email"),
        (Initial("LEAKED", 1), ".email"),
        (Failing(email="LEAKED"), ".email"),
        (Slots(), ".email"),
        ("LEAKED", ".email"),
        (Point({"a": "LEAKED"}, "x"), "[].a"),
        (deque([{"a": "LEAKED"}]), "[].a"),
        ({"a": "LEAKED"}, "[].a"),
        (iter([{"a": "LEAKED"}]), "[].a"),
        (Company, ".vat"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_cannot_be_cut_says_so_and_quotes_nothing(value: Any, path: str) -> None:
    with pytest.raises(CannotCutError, match=r"'lead\.x' has to be cut") as refused:
        cut(value, path, "lead.x")
    assert "LEAKED" not in str(refused.value)
    assert refused.value.__suppress_context__ or refused.value.__context__ is None
