"""Tables of examples, `*.examples.yaml`: an event, changes to it, and what has to come of each.

`Table` is such a file, `Example` one row of it.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from aboveboard.facts import Phase, Step

__all__ = ["SCHEMA_ID", "Duty", "Example", "Expectation", "Table", "tables_schema"]

SCHEMA_ID = "urn:aboveboard:examples:1"

_STRICT = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True)
_RULE = r"^[A-Za-z][A-Za-z0-9_-]*(/[a-z][a-z0-9_]*)?$"

RuleName = Annotated[str, Field(pattern=_RULE)]
Changes = Annotated[
    dict[str, Any],
    Field(
        description="Values by dotted path of a fact, such as 'objections.profiling: true'; items of "
        "lists by number, 'consent.0.status'. null makes a fact unknown."
    ),
]


class Duty(BaseModel):
    """An obligation that is expected; what is left out is not compared."""

    model_config = _STRICT

    kind: str = Field(description="Such as 'redact', 'disclose', 'mark', 'notify' or 'erase'.")
    paths: tuple[str, ...] | None = Field(
        default=None, description="The paths it is about, in any order."
    )
    notice: str | None = Field(default=None, description="The notice to show.")
    rule: str | None = Field(default=None, description="The rule that obliges.")


class Expectation(BaseModel):
    """What has to come of an example; what is left out is not compared."""

    model_config = _STRICT

    effect: Literal["allow", "escalate", "deny"] | None = Field(
        default=None, description="What the gate would do."
    )
    rules: tuple[RuleName, ...] | None = Field(
        default=None,
        description="Exactly these rules find something, whatever their effect: [] means none does. "
        "With a reason, as in 'ESIMERKKI-02/unknown', that reason is given.",
    )
    includes: tuple[RuleName, ...] = Field(
        default=(), description="These rules find something; others may."
    )
    excludes: tuple[RuleName, ...] = Field(default=(), description="These rules find nothing.")
    obligations: tuple[str | Duty, ...] | None = Field(
        default=None,
        description="Exactly these obligations, in any order: by kind, or with their paths.",
    )

    @model_validator(mode="after")
    def _something(self) -> Expectation:
        if not self.model_fields_set:
            msg = "expect something: effect, rules, includes, excludes or obligations"
            raise ValueError(msg)
        return self


class Example(BaseModel):
    """One row: a name, what is changed, what is expected."""

    model_config = _STRICT

    name: str = Field(min_length=1, max_length=200, description="A sentence: what is tried.")
    phase: Phase | None = Field(default=None, description="Another phase than the table's.")
    change: Changes = Field(default_factory=dict)
    expect: Expectation = Field(description="What has to come of it.")

    @field_validator("name")
    @classmethod
    def _printable(cls, name: str) -> str:
        if not name.isprintable():
            msg = "expected a name on one line, of characters that can be printed"
            raise ValueError(msg)
        return name


class Table(BaseModel):
    """One file."""

    model_config = ConfigDict(**_STRICT, title="Examples of Aboveboard's policies")

    step: Step = Field(description="Which step the events are about.")
    phase: Phase = Field(default="requested", description="Before the step, or after it.")
    base: str = Field(
        default="compliant",
        min_length=1,
        description="What each event starts from: 'compliant' (passes every bundled rule), 'nothing' "
        "(all is unknown), or a file beside this one: an event, or a mapping of facts.",
    )
    organisation: str | None = Field(
        default=None,
        min_length=1,
        description="An organisation's file beside this one, from whose register and profile the "
        "compliant event is filled; the example organisation when left out.",
    )
    time: str | None = Field(
        default=None, description="When the events happen, RFC 3339; now when left out."
    )
    given: Changes = Field(default_factory=dict)
    examples: tuple[Example, ...] = Field(min_length=1, max_length=10_000)


def tables_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a table, for editors; it has every fact's name."""
    from aboveboard.facts import STEPS
    from aboveboard.facts.paths import fact_paths

    schema = Table.model_json_schema()
    facts = {
        path: {"description": text} if text else {}
        for step in STEPS
        for path, text in fact_paths(step).items()
        if "[]" not in path
    }
    schema.setdefault("$defs", {})["Changes"] = {
        "type": "object",
        "properties": dict(sorted(facts.items())),
        # Items of lists by number; the loader knows the rest.
        "patternProperties": {r"^[a-z_.]+(\.|\[)[0-9]": {}},
        "additionalProperties": False,
    }
    for model in (schema, schema["$defs"]["Example"]):
        name = "given" if model is schema else "change"
        told = model["properties"][name].get("description", "")
        model["properties"][name] = {"description": told, "$ref": "#/$defs/Changes"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        **schema,
    }
