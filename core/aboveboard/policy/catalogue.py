"""What each rule says: title, law, messages and remedies by language, from the rules' METADATA."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from aboveboard.errors import PolicyError
from aboveboard.policy.metadata import PLACEHOLDER, Block
from aboveboard.policy.syntax import Module
from aboveboard.policy.translations import Translation

__all__ = ["Catalogue", "RuleEntry"]

_DEFAULT = "default"


class RuleEntry(BaseModel):
    """One rule of the catalogue.

    Attributes:
        rule: id.
        title: a few words.
        description: what it demands, in a sentence or two.
        law: the laws as cited, joined by "; ".
        links: where to read them.
        steps: which steps it serves.
        phases: `requested` (before), `completed` (after) or both.
        severity: `high`, `medium` or `low`.
        unknown: what it does when a fact it needs is unknown.
        applies_from: the day it starts to bind, or None.
        file: the Rego file, relative to its policy directory.
        messages: by reason (`default` for the main one), then by language.
        remedies: the same for what would make it pass.
        persons: the same for what the person concerned is told.
        demand: what people ask of sales AI, in one line.
    """

    model_config = ConfigDict(
        frozen=True, extra="ignore", hide_input_in_errors=True, defer_build=True
    )

    rule: str
    title: str
    description: str = ""
    law: str = ""
    links: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    phases: tuple[str, ...] = ()
    severity: str = ""
    unknown: str = ""
    applies_from: str | None = None
    file: str = ""
    messages: dict[str, dict[str, str]] = {}
    remedies: dict[str, dict[str, str]] = {}
    persons: dict[str, dict[str, str]] = {}
    demand: str = ""


class Catalogue:
    """Messages of all rules of a bundle; `render` turns a finding's id and arguments into text."""

    def __init__(self, entries: Iterable[RuleEntry]) -> None:
        self._entries = {entry.rule: entry for entry in sorted(entries, key=lambda e: e.rule)}

    @classmethod
    def from_blocks(
        cls,
        modules: Sequence[Module],
        blocks: Mapping[str, Sequence[Block]],
        translations: Iterable[Translation] = (),
    ) -> Catalogue:
        """Gather METADATA blocks and translations of a loaded set; its checks have passed."""
        entries: dict[str, dict[str, Any]] = {}
        for module in modules:
            for block in blocks[module.file]:
                custom = block.custom
                entry = entries.setdefault(
                    custom.id,
                    {
                        "rule": custom.id,
                        "title": block.title,
                        "steps": (),
                        "messages": {},
                        "remedies": {},
                        "persons": {},
                    },
                )
                reason = custom.reason or _DEFAULT
                entry["messages"][reason] = dict(custom.message)
                entry["remedies"][reason] = dict(custom.remedy)
                entry["persons"][reason] = dict(custom.person)
                if custom.reason is None:
                    entry.update(
                        title=block.title,
                        description=block.description,
                        law="; ".join(item.description for item in block.law),
                        links=tuple(item.ref for item in block.law),
                        # An organisation's rule of two steps has a block in the package of each.
                        steps=tuple(dict.fromkeys((*entry["steps"], *(custom.steps or ())))),
                        phases=custom.phases,
                        severity=custom.severity,
                        unknown=custom.unknown,
                        demand=custom.demand or "",
                        applies_from=custom.applies_from,
                        file=module.file,
                    )
        for translation in translations:
            language = translation.language
            for rule, reasons in translation.rules.items():
                for reason, said in reasons.items():
                    entry = entries[rule]
                    entry["messages"][reason][language] = translation.said(said.message)
                    entry["remedies"][reason][language] = said.remedy
                    if said.person:
                        entry["persons"][reason][language] = translation.said(said.person)
        return cls(RuleEntry.model_validate(entry) for entry in entries.values())

    @classmethod
    def from_dict(cls, rules: Mapping[str, Any]) -> Catalogue:
        """Read what `as_dict` wrote, as an OPA server gives it back.

        Raises:
            PolicyError: it is not a catalogue.
        """
        try:
            return cls(
                RuleEntry.model_validate({**entry, "rule": rule}) for rule, entry in rules.items()
            )
        except (ValidationError, TypeError, AttributeError):
            msg = "The policy server's catalogue cannot be read. Build its bundle anew."
            raise PolicyError(msg) from None

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON by rule id."""
        return {
            rule: entry.model_dump(mode="json", exclude={"rule"})
            for rule, entry in self._entries.items()
        }

    def __iter__(self) -> Any:
        return iter(self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, rule: str) -> RuleEntry | None:
        """The entry of one rule; None for an id that no METADATA names."""
        return self._entries.get(rule)

    def for_person(self, rule: str, args: Mapping[str, Any], language: str = "en") -> str:
        """What the person concerned is told of a finding; '' for a rule that says nothing to them."""
        entry = self._entries.get(rule)
        if entry is None:
            return ""
        reason = str(args.get("reason", _DEFAULT))
        return _fill(_text(entry.persons, reason, language), args)

    def render(
        self, rule: str, args: Mapping[str, Any], language: str = "en"
    ) -> tuple[str, str, str]:
        """Message, law and remedy of a finding, in the language asked for or else in English.

        A rule that is not in the catalogue is still enforced, with its bare id as message.
        """
        entry = self._entries.get(rule)
        if entry is None:
            return rule, "", ""
        reason = str(args.get("reason", _DEFAULT))
        message = _text(entry.messages, reason, language) or entry.title
        remedy = _text(entry.remedies, reason, language)
        return _fill(message, args), entry.law, _fill(remedy, args)


def _text(texts: Mapping[str, Mapping[str, str]], reason: str, language: str) -> str:
    found = texts.get(reason) or texts.get(_DEFAULT) or {}
    return (
        found.get(language)
        or found.get(language.split("-", maxsplit=1)[0])
        or found.get("en")
        or ""
    )


def _fill(text: str, args: Mapping[str, Any]) -> str:
    if "{" not in text:
        return text
    return PLACEHOLDER.sub(lambda found: _shown(args.get(found[1], "?")), text)


def _shown(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
