"""`# METADATA` blocks: where messages, laws and remedies of findings come from.

A rule's first `findings` block carries everything; further blocks of the same rule, each with a
`custom.reason`, carry only what differs: their message and remedy.

    # METADATA
    # title: Objection to direct marketing
    # description: An objection ends direct marketing at once; nothing is weighed against it.
    # related_resources:
    # - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
    #   description: GDPR Art. 21(2)-(3)
    # custom:
    #   id: R-DM-01
    #   steps: [profiling, recommendation]
    #   phases: [requested]
    #   severity: high
    #   unknown: deny, the register of objections was not asked
    #   message: {en: The person has objected to direct marketing.}
    #   remedy: {en: Leave the person out of direct marketing.}
    #   person: {en: You have asked us for no advertising. That is why you get none.}

`message` and `remedy` speak to the engineer; `person` speaks to the person concerned, in words that
need no explanation: no rule ids, no names of facts, no law.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from aboveboard.facts import Phase, Step
from aboveboard.policy.syntax import Module

__all__ = [
    "MAX_ID",
    "PLACEHOLDER",
    "RULE_ID",
    "Block",
    "Custom",
    "MetadataError",
    "Resource",
    "blocks",
]

RULE_ID = r"^[A-Za-z][A-Za-z0-9_-]*$"
"""What a rule may be called, here and in the findings of plugins; up to `MAX_ID` characters. No
reserved reason is one: those have a dot."""

MAX_ID = 64

_STRICT = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True)
PLACEHOLDER = re.compile(r"{(\w+)}")
"""What a text of a finding takes from its `args`."""

Texts = dict[str, str]


class MetadataError(ValueError):
    """A block that is not as the module's docstring says; `line` is where it starts."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


class Resource(BaseModel):
    """A law: its name as lawyers cite it, and where to read it."""

    model_config = _STRICT
    ref: str
    description: str


class Custom(BaseModel):
    """The part of a block that is ours."""

    model_config = _STRICT

    id: str = Field(pattern=RULE_ID, max_length=MAX_ID)
    reason: str | None = Field(default=None, pattern=r"^[a-z][a-z0-9_]*$", max_length=64)
    steps: tuple[Step, ...] | None = None
    phases: tuple[Phase, ...] | None = None
    severity: str | None = Field(default=None, pattern="^(high|medium|low)$")
    unknown: str | None = None
    applies_from: str | None = Field(default=None, pattern=r"^\d{4}-\d{2}-\d{2}$")
    demand: str | None = None
    message: Texts
    remedy: Texts
    person: Texts = {}


class _Annotations(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    title: str
    description: str | None = None
    related_resources: tuple[Resource, ...] = ()
    custom: Custom


@dataclass(frozen=True, slots=True)
class Block:
    """One `# METADATA` block of a `findings` rule."""

    line: int
    rule_line: int
    title: str
    description: str | None
    law: tuple[Resource, ...]
    custom: Custom

    @property
    def placeholders(self) -> frozenset[str]:
        """Names in braces in any of the texts: each must be among the finding's `args`."""
        custom = self.custom
        texts = [*custom.message.values(), *custom.remedy.values(), *custom.person.values()]
        return frozenset(name for text in texts for name in PLACEHOLDER.findall(text))


def blocks(module: Module) -> Iterator[Block | MetadataError]:
    """Every block of a module that stands right above a `findings` rule."""
    findings = {rule.line for rule in module.rules if rule.name == "findings" and not rule.default}
    lines = module.text.split("\n")  # as Rego counts them; splitlines knows ten more ends
    index = 0
    while index < len(lines):
        if lines[index].strip() != "# METADATA":
            index += 1
            continue
        start = index + 1
        index += 1
        body: list[str] = []
        while index < len(lines) and lines[index].startswith("#"):
            body.append(lines[index][1:])
            index += 1
        if index + 1 in findings:
            yield _block(start, index + 1, "\n".join(body))


def _block(line: int, rule_line: int, text: str) -> Block | MetadataError:
    try:
        found = _Annotations.model_validate(_load(text))
    except _YamlError as error:
        return MetadataError(line, f"METADATA is not YAML: {error}")
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the block"
        return MetadataError(line, f"METADATA {place}: {first['msg']}")
    return Block(
        line=line,
        rule_line=rule_line,
        title=found.title,
        description=found.description,
        law=found.related_resources,
        custom=found.custom,
    )


class _YamlError(ValueError):
    pass


def _load(text: str) -> Any:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        # A few lines of aliases can unfold to gigabytes.
        if "&" in text and any(
            isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=loader)
        ):
            msg = "an alias (*name): repeat the value"
            raise _YamlError(msg)
        return yaml.load(text, Loader=loader)  # noqa: S506  (a safe loader, the fast one if built)
    except yaml.YAMLError as error:
        raise _YamlError(str(getattr(error, "problem", None) or "malformed")) from None
