"""Rules that came, went, or say or do something else."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aboveboard.policy.catalogue import RuleEntry
from aboveboard.policy.syntax import Module

__all__ = [
    "FieldDifference",
    "RuleDifference",
    "TextDifference",
    "TextsOfLanguage",
    "effects_of",
    "rule_differences",
    "texts_of_languages",
]

_FIELDS = ("title", "description", "law", "links", "steps", "phases", "severity", "unknown",
           "applies_from", "demand")  # fmt: skip
_TEXTS = {"message": "messages", "remedy": "remedies", "person": "persons"}
_NOTE = re.compile(r" \([^()]+\)")


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """Something that is stated of a rule.

    Attributes:
        field: as the catalogue calls it, or `effect`, `facts`, `obligation`, `package`.
        reason: of the finding that it is stated of; '' for the rule as a whole.
        old: before; a text or a tuple of texts.
        new: after.
    """

    field: str
    reason: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class TextDifference:
    """A text in one language; `old` or `new` is None where there is none.

    Attributes:
        kind: `message` and `remedy` speak to the engineer, `person` to the person concerned.
        reason: of the finding; `default` for the main one.
        language: BCP 47.
    """

    kind: str
    reason: str
    language: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class TextsOfLanguage:
    """What happened to the texts of one language in all rules.

    Attributes:
        language: BCP 47.
        change: `added` or `removed` as a whole; `note added` or `note removed` for the word in
            brackets that a machine translated and nobody has reviewed a text.
        texts: how many.
    """

    language: str
    change: str
    texts: int


@dataclass(frozen=True, slots=True)
class RuleDifference:
    """A rule that both sets have, not the same.

    Attributes:
        rule: id.
        title: as it is now.
        fields: what is stated of it.
        texts: what it says.
        condition: lines of a unified diff of its Rego, without comments; () when that is the same.
    """

    rule: str
    title: str
    fields: tuple[FieldDifference, ...] = ()
    texts: tuple[TextDifference, ...] = ()
    condition: tuple[str, ...] = ()


def effects_of(modules: Sequence[Module]) -> dict[str, dict[tuple[str, str], tuple[str, ...]]]:
    """What findings do, by rule: the values of (`effect`, reason), and so on."""
    found: dict[str, dict[tuple[str, str], set[str]]] = defaultdict(lambda: defaultdict(set))
    for module in modules:
        for rule in module.rules:
            head = rule.head
            if head is None or head.rule is None:
                continue
            reason = head.reason or "default"
            of_rule = found[head.rule]
            of_rule["effect", reason].add(head.effect or "")
            of_rule["facts", reason].update(head.facts)
            of_rule["package", ""].add(module.name)
            if head.obligation:
                of_rule["obligation", reason].add(head.obligation)
    return {
        rule: {key: tuple(sorted(values)) for key, values in fields.items()}
        for rule, fields in found.items()
    }


def rule_differences(
    old: Mapping[str, RuleEntry],
    new: Mapping[str, RuleEntry],
    old_effects: Mapping[str, Any],
    new_effects: Mapping[str, Any],
    conditions: Mapping[str, tuple[str, ...]],
) -> tuple[RuleDifference, ...]:
    """Rules of both sets that are not the same.

    Args:
        old: the catalogue before, by id.
        new: and after.
        old_effects: of `effects_of`, before.
        new_effects: and after.
        conditions: lines of changed Rego by rule.
    """
    whole = {item.language for item in texts_of_languages(old, new) if " " not in item.change}
    found = []
    for rule in sorted(old.keys() & new.keys()):
        fields = (
            *_fields(old[rule], new[rule]),
            *_effects(old_effects.get(rule, {}), new_effects.get(rule, {})),
        )
        texts = tuple(
            item
            for item in _texts(old[rule], new[rule])
            if item.language not in whole and not _note(item)
        )
        condition = conditions.get(rule, ())
        if fields or texts or condition:
            found.append(RuleDifference(rule, new[rule].title, fields, texts, condition))
    return tuple(found)


def _fields(old: RuleEntry, new: RuleEntry) -> Iterator[FieldDifference]:
    for field in _FIELDS:
        before, after = getattr(old, field), getattr(new, field)
        if before != after:
            yield FieldDifference(field, "", before, after)


def _effects(
    old: Mapping[tuple[str, str], Any], new: Mapping[tuple[str, str], Any]
) -> Iterator[FieldDifference]:
    for field, reason in sorted({*old, *new}):
        before, after = old.get((field, reason), ()), new.get((field, reason), ())
        if before != after:
            yield FieldDifference(field, reason, before, after)


def _texts(old: RuleEntry, new: RuleEntry) -> Iterator[TextDifference]:
    for kind, name in _TEXTS.items():
        before, after = getattr(old, name), getattr(new, name)
        for reason in dict.fromkeys((*before, *after)):
            said, says = before.get(reason, {}), after.get(reason, {})
            for language in sorted({*said, *says}):
                if said.get(language) != says.get(language):
                    yield TextDifference(
                        kind, reason, language, said.get(language), says.get(language)
                    )


def _note(text: TextDifference) -> str:
    """`note added` or `note removed` when that is all that happened to a text, else ''."""
    old, new = text.old, text.new
    if old is None or new is None:
        return ""
    if old.startswith(new) and _NOTE.fullmatch(old[len(new) :]):
        return "note removed"
    if new.startswith(old) and _NOTE.fullmatch(new[len(old) :]):
        return "note added"
    return ""


def texts_of_languages(
    old: Mapping[str, RuleEntry], new: Mapping[str, RuleEntry]
) -> tuple[TextsOfLanguage, ...]:
    """What happened to whole languages, which is not told again of each rule."""
    before, after = _languages(old), _languages(new)
    counted: Counter[tuple[str, str]] = Counter()
    for rule in old.keys() & new.keys():
        for item in _texts(old[rule], new[rule]):
            if item.language not in before:
                counted[item.language, "added"] += 1
            elif item.language not in after:
                counted[item.language, "removed"] += 1
            elif _note(item):
                counted[item.language, _note(item)] += 1
    return tuple(
        TextsOfLanguage(language, change, texts)
        for (language, change), texts in sorted(counted.items())
    )


def _languages(entries: Mapping[str, RuleEntry]) -> set[str]:
    return {
        language
        for entry in entries.values()
        for name in _TEXTS.values()
        for texts in getattr(entry, name).values()
        for language in texts
    }
