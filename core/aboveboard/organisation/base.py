"""What every part of an organisation's file is made of: the base models and the shared types."""

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError, core_schema

from aboveboard.facts.base import AnnexIiiPoint, BasisPoints, Count, Flag

__all__ = [
    "Address",
    "AnnexIiiPoint",
    "Art9Condition",
    "BasisPoints",
    "CategoryTerm",
    "Count",
    "CountryCode",
    "Entry",
    "Flag",
    "Host",
    "Id",
    "LanguageTag",
    "LegalBasis",
    "Moment",
    "Name",
    "OperationTerm",
    "Prose",
    "PurposeTerm",
    "Role",
    "Shape",
    "Statement",
    "TermOf",
    "Text",
    "Url",
    "stated",
]

if TYPE_CHECKING:
    from aboveboard.vocab import Kind

_ID_SHAPE = re.compile(r"(pd|dpv|eu-gdpr|ai|eu-aiact):[A-Za-z0-9_-]{1,64}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})",
)


class Statement(BaseModel):
    """Something the organisation says about itself. Frozen; what it leaves out is unknown."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        defer_build=True,
    )


def stated(description: str) -> Any:
    """A key that may be left out, which means unknown; the description becomes schema and docs."""
    return Field(default=None, description=description)


def _moment(value: object) -> object:
    """Accept a day as its first second in UTC, because records seldom have a time of day."""
    if isinstance(value, datetime):
        if value.utcoffset() is not None:
            return value.astimezone(UTC)
    elif isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    elif isinstance(value, str):
        try:
            if _DATE.fullmatch(value):
                return datetime.fromisoformat(f"{value}T00:00:00+00:00")
            if _MOMENT.fullmatch(value):
                return datetime.fromisoformat(value.upper()).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    expected = "a day (2026-03-01) or an RFC 3339 time with its offset (2026-03-01T09:00:00Z)"
    raise PydanticCustomError("expected", "expected {what}", {"what": expected})


class TermOf:
    """Lets only ids through that the shipped DPV extract has as one kind of term."""

    def __init__(self, kind: "Kind", noun: str, example: str) -> None:
        self.kind = kind
        self.noun = noun
        self.example = example

    def __get_pydantic_core_schema__(
        self,
        source: Any,
        handler: GetCoreSchemaHandler,
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(
        self,
        schema: core_schema.CoreSchema,
        handler: GetJsonSchemaHandler,
    ) -> dict[str, Any]:
        from aboveboard.vocab import ids

        return {**handler(schema), "enum": list(ids(self.kind))}

    def _check(self, value: str) -> str:
        from aboveboard.nearest import nearest  # only files need the vocabulary
        from aboveboard.vocab import ids, is_known, term

        if is_known(value):
            kind = term(value).kind
            if kind == self.kind:
                return value
            text = "expected {noun}; '{value}' is another kind of term ({kind})"
            context = {"noun": self.noun, "value": value, "kind": kind.replace("_", " ")}
            raise PydanticCustomError("expected", text, context)
        # What does not even look like an id may be anything, so it is not repeated.
        if not _ID_SHAPE.fullmatch(value):
            text = "expected {noun}, such as '{example}'"
            context = {"noun": self.noun, "example": self.example}
            raise PydanticCustomError("expected", text, context)
        hint = nearest(value, ids(self.kind))
        text = "DPV has no '{value}'; expected {noun}, such as '{hint}'"
        if hint:
            text = "DPV has no '{value}'. Did you mean '{hint}'?"
        context = {"value": value, "noun": self.noun, "hint": hint or self.example}
        raise PydanticCustomError("expected", text, context)


class Shape:
    """Lets only text of one shape through, and says which shape instead of showing a pattern."""

    def __init__(self, pattern: str, what: str, *, max_length: int = 256) -> None:
        self.pattern = pattern
        self.what = what
        self.max_length = max_length

    def __get_pydantic_core_schema__(
        self,
        source: Any,
        handler: GetCoreSchemaHandler,
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(
        self,
        schema: core_schema.CoreSchema,
        handler: GetJsonSchemaHandler,
    ) -> dict[str, Any]:
        return {**handler(schema), "pattern": f"^({self.pattern})$", "maxLength": self.max_length}

    def _check(self, value: str) -> str:
        if len(value) <= self.max_length and re.fullmatch(self.pattern, value):
            return value
        raise PydanticCustomError("expected", "expected {what}", {"what": self.what})


Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    WithJsonSchema(
        {"type": "string", "anyOf": [{"format": "date"}, {"format": "date-time"}]},
    ),
]
"""A day (its first second in UTC) or a time with its offset; a `datetime` in UTC once loaded."""

PurposeTerm = Annotated[str, TermOf("purpose", "a purpose", "dpv:DirectMarketing")]
OperationTerm = Annotated[str, TermOf("processing", "a processing operation", "dpv:Profiling")]
CategoryTerm = Annotated[
    str,
    TermOf("category", "a category of personal data", "pd:EmailAddressWork"),
]
LegalBasis = Literal[
    "eu-gdpr:A6-1-a",
    "eu-gdpr:A6-1-b",
    "eu-gdpr:A6-1-c",
    "eu-gdpr:A6-1-d",
    "eu-gdpr:A6-1-e",
    "eu-gdpr:A6-1-f",
]
Art9Condition = Literal[
    "eu-gdpr:A9-2-a",
    "eu-gdpr:A9-2-b",
    "eu-gdpr:A9-2-c",
    "eu-gdpr:A9-2-d",
    "eu-gdpr:A9-2-e",
    "eu-gdpr:A9-2-f",
    "eu-gdpr:A9-2-g",
    "eu-gdpr:A9-2-h",
    "eu-gdpr:A9-2-i",
    "eu-gdpr:A9-2-j",
]

# Every shape is at least as narrow as the type of the fact it fills (aboveboard.facts.base), so
# that a file that loads never makes an event that does not.
Text = Annotated[str, Shape(r"[^\x00]*[^\s\x00][^\x00]*", "text that is not blank", max_length=512)]
Prose = Annotated[
    str,
    Shape(r"[^\x00]*[^\s\x00][^\x00]*", "text that is not blank", max_length=20_000),
]
Id = Annotated[
    str,
    Shape(
        r"[^\s\x00]([^\n\r\x00]*[^\s\x00])?",
        "a reference of at most 128 characters on one line",
        max_length=128,
    ),
]
CountryCode = Annotated[
    str,
    Shape(r"[A-Z]{2}", "a country as two capital letters (ISO 3166-1), such as FI"),
]
LanguageTag = Annotated[
    str,
    Shape(
        r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*",
        "a language tag (BCP 47), such as fi or nl-BE",
        max_length=35,
    ),
]
Name = Annotated[
    str,
    Shape(r"[a-z][a-z0-9_]{0,63}", "a short name in lower case, such as lead_scoring"),
]
Role = Annotated[
    str,
    Shape(r"[^@\n]*[^@\s][^@\n]*", "a role, such as head_of_sales, and no address", max_length=80),
]
Url = Annotated[
    str,
    Shape(r"(https://|mailto:)[^\s]+", "an address that begins with https:// or mailto:"),
]
Address = Annotated[
    str,
    Shape(
        r"(https://|mailto:)[^\s]+|tel:\+[0-9-]+",
        "an address that begins with https://, mailto: or tel:+",
    ),
]
Host = Annotated[
    str,
    Shape(
        r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*",
        "a host name in lower case, such as api.example.com, without https:// and path",
    ),
]


class Entry(Statement):
    """A statement that somebody answers for.

    Without an `owner` or a date of its own an entry takes those of the file's top level; the
    loader refuses an entry that is left without either.
    """

    owner: Role | None = Field(
        default=None,
        description="Role that answers for this entry, never a person's name.",
    )
    dated: date | None = Field(
        default=None,
        description="Day this entry was last read and found right.",
    )
