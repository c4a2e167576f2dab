"""What every group of facts is made of: the base model and the constrained types of its fields.

Unknown is `None` and every fact may be unknown; a list known to be empty is `()`. Types are
strict, because a fact that was guessed into shape is a fact that nobody stated: `"true"` and `1`
are not booleans, `1.0` and `True` are not integers, and a date without an offset is not a time.

Numbers that a rule compares are integers whose unit ends the name: `_bp` basis points (10 000 =
1), `_minor` minor units of a currency, `_mwh` thousandths of a watt-hour, `_tenths` tenths of a
school grade, `_s` seconds, `_days` whole days.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StrictBool

from aboveboard.nearest import nearest
from aboveboard.vocab import Kind, ids

__all__ = [
    "MAX_ID",
    "MAX_INTEGER",
    "MAX_ITEMS",
    "MAX_TEXT",
    "AnnexIiiPoint",
    "Art9ConditionId",
    "BasisPoints",
    "CategoryId",
    "Count",
    "CountryCode",
    "Currency",
    "FactGroup",
    "Flag",
    "Id",
    "Items",
    "LanguageTag",
    "LegalBasisId",
    "OfKind",
    "OperationId",
    "PurposeId",
    "SignedBasisPoints",
    "Span",
    "Text",
    "UtcDatetime",
    "fact",
    "group",
]

T = TypeVar("T")

MAX_TEXT = 512
MAX_ID = 128
MAX_ITEMS = 10_000
# The largest integer that every JSON reader keeps exact (RFC 8259, section 6).
MAX_INTEGER = 2**53 - 1

# At least one character that is not blank: an empty reference would pass for a proof. The
# character class reads the same in Rust's regex (pydantic) and ECMA 262 (JSON Schema).
_NOT_BLANK = r"^[^\u0000]*[^\s\u0000][^\u0000]*$"
_DPV = r"^(pd|dpv|eu-gdpr|ai|eu-aiact):[A-Za-z0-9-]+$"
_RFC_3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})",
)


class FactGroup(BaseModel):
    """Facts about one thing. Frozen; an unknown key is an error that names it.

    Validators are built at first use (`model_rebuild()` builds them earlier): a program pays only
    for the steps it governs. Errors never quote the value they refuse.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        defer_build=True,
        # `model` and `model_version` are facts about an AI; nothing here is called `model_dump`.
        protected_namespaces=(),
    )

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """As pydantic's, in a fifth of the time: an event of a dozen fields is made of fifty of them."""
        if deep:
            return super().model_copy(update=update, deep=True)
        more = {} if update is None else update
        twin = self.__class__.__new__(self.__class__)
        _set(twin, "__dict__", {**self.__dict__, **more})
        _set(twin, "__pydantic_fields_set__", self.__pydantic_fields_set__ | more.keys())
        _set(twin, "__pydantic_extra__", None)
        _set(twin, "__pydantic_private__", None)
        return twin


_set = object.__setattr__


def fact(description: str) -> Any:
    """A fact that is unknown until somebody states it; the description becomes schema and docs."""
    return Field(default=None, description=description)


def group(model: type[FactGroup], *, many: bool = False) -> Any:
    """A group of facts, unknown until somebody states one; described by its docstring's summary."""
    summary = (model.__doc__ or "").strip().partition("\n")[0]
    return fact(f"List. {summary}" if many else summary)


def _time_only(value: object) -> object:
    """Let only times through: pydantic would read `0`, `"0"` and a bare date as one too."""
    if isinstance(value, datetime):
        if value.utcoffset() is None:
            msg = "Expected a time with its offset from UTC, such as 2026-11-02T09:00:00Z"
            raise ValueError(msg)
        return value
    # fullmatch, not match with `$`: `$` also matches before a trailing newline.
    if isinstance(value, str) and _RFC_3339.fullmatch(value):
        return value
    msg = "Expected an RFC 3339 time with its offset, such as 2026-11-02T09:00:00Z"
    raise ValueError(msg)


def _to_utc(value: datetime) -> datetime:
    if value.tzinfo is UTC:
        return value
    try:
        return value.astimezone(UTC)
    except (OverflowError, ValueError) as error:
        msg = "Expected a time whose UTC year lies in 1 to 9999"
        raise ValueError(msg) from error


def _in_order(value: object) -> object:
    """Lists and tuples as they are, sets sorted: a recorded event must not depend on hash order."""
    if isinstance(value, list | tuple):
        return value
    if isinstance(value, set | frozenset):
        return _sorted(value)
    msg = "Expected a list"
    raise ValueError(msg)


def _sorted(items: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(sorted(items, key=str))


Flag = StrictBool
Count = Annotated[int, Field(strict=True, ge=0, le=MAX_INTEGER)]
Span = Annotated[int, Field(strict=True, ge=-MAX_INTEGER, le=MAX_INTEGER)]
"""A length of time in the unit of the fact's name; negative on the other side of now."""
BasisPoints = Annotated[int, Field(strict=True, ge=0, le=10_000)]
SignedBasisPoints = Annotated[int, Field(strict=True, ge=-10_000, le=10_000)]

Text = Annotated[str, Field(strict=True, max_length=MAX_TEXT, pattern=_NOT_BLANK)]
Id = Annotated[str, Field(strict=True, max_length=MAX_ID, pattern=_NOT_BLANK)]
# Free text would let "5b" pass by a rule on 5(b).
AnnexIiiPoint = Literal[
    "1(a)", "1(b)", "1(c)", "2", "3(a)", "3(b)", "3(c)", "3(d)", "4(a)", "4(b)",
    "5(a)", "5(b)", "5(c)", "5(d)", "6(a)", "6(b)", "6(c)", "6(d)", "6(e)",
    "7(a)", "7(b)", "7(c)", "7(d)", "8(a)", "8(b)",
]  # fmt: skip
CountryCode = Annotated[str, Field(strict=True, pattern=r"^[A-Z]{2}$")]
Currency = Annotated[str, Field(strict=True, pattern=r"^[A-Z]{3}$")]
LanguageTag = Annotated[
    str,
    Field(strict=True, max_length=35, pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"),
]


@dataclass(frozen=True, slots=True)
class OfKind:
    """Lets through the ids of some kinds that DPV has.

    A misspelt purpose would not fail a rule, it would pass by it: no rule knows the term.
    """

    kinds: tuple[Kind, ...]

    def __call__(self, value: str) -> str:
        """The id itself. Raises ValueError with the nearest one; never quotes what was given."""
        known = _known_ids(self.kinds)
        if value in known:
            return value
        close = nearest(value, known)
        hint = f"; the nearest is '{close}'" if close else ""
        msg = f"Expected a DPV id of kind {' or '.join(self.kinds)}{hint}"
        raise ValueError(msg)


@cache
def _known_ids(kinds: tuple[Kind, ...]) -> frozenset[str]:
    return frozenset(known for kind in kinds for known in ids(kind))


_DPV_TEXT = Field(strict=True, max_length=MAX_ID, pattern=_DPV)
CategoryId = Annotated[str, _DPV_TEXT, AfterValidator(OfKind(("category",)))]
PurposeId = Annotated[str, _DPV_TEXT, AfterValidator(OfKind(("purpose",)))]
OperationId = Annotated[str, _DPV_TEXT, AfterValidator(OfKind(("processing",)))]
LegalBasisId = Annotated[str, _DPV_TEXT, AfterValidator(OfKind(("legal_basis",)))]
Art9ConditionId = Annotated[str, _DPV_TEXT, AfterValidator(OfKind(("art9_condition",)))]

UtcDatetime = Annotated[datetime, BeforeValidator(_time_only), AfterValidator(_to_utc)]
Items = Annotated[tuple[T, ...], BeforeValidator(_in_order), Field(max_length=MAX_ITEMS)]
