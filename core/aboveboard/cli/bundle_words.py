"""The differences of two policy sets in words: sections of entries, written as text or Markdown."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aboveboard.cli.output import count, plain

if TYPE_CHECKING:
    from aboveboard.policy.differences import (
        DocumentDifference,
        FieldDifference,
        RuleDifference,
        SetDifference,
        TextDifference,
        ValueDifference,
    )
    from aboveboard.policy.differences.comparing import RuleSummary

__all__ = ["Entry", "Section", "as_markdown", "as_text", "report"]

_EFFECTS = {"deny": "denies", "escalate": "asks a human", "warn": "warns", "oblige": "obliges"}
_PHASES = {"requested": "before the step", "completed": "after it"}
_FIELDS = {
    "applies_from": "applies from",
    "demand": "what people ask for",
    "facts": "facts that it rests on",
    "links": "links to the law",
    "unknown": "when a fact is unknown",
}
_KINDS = {
    "message": "message",
    "remedy": "remedy",
    "person": "what the person concerned is told",
}
_MAX_LINES = 40
_MAX_VALUE = 300


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that changed: a headline, what is to be said of it, and lines of code."""

    head: str
    lines: tuple[str, ...] = ()
    code: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Things of one kind that changed; `title` is '' for what stands above them all."""

    title: str
    entries: tuple[Entry, ...]


def report(found: SetDifference) -> list[Section]:
    """All that is to be said, in the order of weight."""
    sections = [Section("", (Entry(_summary(found), _revisions(found)),))]
    for title, entries in (
        ("Rules added", map(_summary_of_rule, found.added)),
        ("Rules removed", map(_summary_of_rule, found.removed)),
        ("Rules changed", map(_changed_rule, found.changed)),
        ("Limits and reference data", map(_document, found.documents)),
        (
            "Code that rules share",
            (
                Entry(item.name, (f"Rules that lean on it: {_list(item.rules)}.",), item.lines)
                for item in found.shared
            ),
        ),
        ("Languages", _languages(found)),
        ("Comments and layout only", map(Entry, found.layout)),
        ("Files that lie elsewhere", (Entry(f"{old} → {new}") for old, new in found.moved)),
    ):
        listed = tuple(entries)
        if listed:
            sections.append(Section(f"{title} ({len(listed)})", listed))
    return sections


def _summary(found: SetDifference) -> str:
    if found.same:
        return "No difference."
    if not found.matters:
        return "Nothing that decides, or is said, has changed."
    parts = [
        (len(found.added), "rule", "added"),
        (len(found.removed), "rule", "removed"),
        (len(found.changed), "rule", "changed"),
        (sum(max(1, len(item.values)) for item in found.documents), "value of reference data",
         "changed"),
        (len(found.shared), "piece of shared code", "changed"),
    ]  # fmt: skip
    said = [f"{_count(number, noun)} {verb}" for number, noun, verb in parts if number]
    return f"{', '.join(said)}." if said else "Texts have changed."


def _count(number: int, noun: str) -> str:
    first, *rest = noun.split(" ")
    return " ".join((count(number, first), *rest))


def _revisions(found: SetDifference) -> tuple[str, ...]:
    if found.same:
        return (f"Revision {found.new_revision}",)
    return (f"Old revision {found.old_revision}", f"New revision {found.new_revision}")


def _summary_of_rule(item: RuleSummary) -> Entry:
    entry = item.entry
    phases = " and ".join(_PHASES.get(phase, phase) for phase in entry.phases)
    does = _list([_EFFECTS.get(effect, effect) for effect in item.effects], " or ")
    lines = [
        entry.description,
        f"It {does}; severity {entry.severity}; steps: {_list(entry.steps)}; judged {phases}.",
        f"Law: {entry.law}.",
        f"When a fact is unknown: {entry.unknown}.",
    ]
    message = entry.messages.get("default", {}).get("en")
    if message:
        lines.append(f"Message: {_quoted(message)}")
    return Entry(f"{entry.rule}  {entry.title}", tuple(line for line in lines if line))


def _changed_rule(item: RuleDifference) -> Entry:
    lines = [_field(field) for field in item.fields]
    lines += [_text(text) for text in item.texts]
    if item.condition:
        lines.append("The condition, or what it hands to its texts, has changed:")
    return Entry(f"{item.rule}  {item.title}", tuple(lines), item.condition)


def _field(item: FieldDifference) -> str:
    name = _FIELDS.get(item.field, item.field)
    if item.reason not in ("", "default"):
        name = f"{name} (reason '{item.reason}')"
    old, new = item.old, item.new
    if item.field in ("facts", "links"):
        added = [value for value in new if value not in old]
        removed = [value for value in old if value not in new]
        if added or removed:
            return f"{name}: {_came_and_went(added, removed)}"
    if item.field == "effect":
        old, new = ([_EFFECTS.get(one, one) for one in values] for values in (old, new))
    return f"{name}: {_stated(old)} → {_stated(new)}"


def _stated(value: Any) -> str:
    if value is None or not value:
        return "none"
    return value if isinstance(value, str) else _list(value)


def _text(item: TextDifference) -> str:
    reason = "" if item.reason == "default" else f", reason '{item.reason}'"
    name = f"{_KINDS.get(item.kind, item.kind)} ({item.language}{reason})"
    if not item.old:
        return f"{name} added: {_quoted(item.new or '')}"
    if not item.new:
        return f"{name} removed: {_quoted(item.old)}"
    return f"{name}: {_quoted(item.old)} → {_quoted(item.new)}"


def _document(item: DocumentDifference) -> Entry:
    head = f"{item.title} ({item.name})" if item.title else item.name
    lines = [] if item.change == "changed" else [f"The document is {item.change}."]
    lines += [_value(value) for value in item.values]
    if item.read_by:
        lines.append(f"Read by {_list(item.read_by)}.")
    return Entry(head, tuple(lines))


def _value(item: ValueDifference) -> str:
    house = "; a choice, not law" if item.house else ""
    if item.own and "." not in item.path:
        name, note = _capital(item.means), f" ({item.path}{house})"
    else:
        name = f"{item.path} ({item.means})" if item.means else item.path
        note = f" ({house[2:]})" if house else ""
    unit = f" {item.unit}" if item.unit else ""
    if item.change == "changed":
        return f"{name}: {_shown(item.old)} → {_shown(item.new)}{unit}{note}"
    if item.change == "items":
        return f"{name}: {_came_and_went(item.added, item.removed)}{note}"
    if item.change == "order":
        return f"{name}: the same in another order{note}"
    value = item.new if item.change == "added" else item.old
    return f"{name}: {item.change}: {_shown(value)}{unit}{note}"


def _came_and_went(added: Sequence[Any], removed: Sequence[Any]) -> str:
    parts = [("added", added), ("removed", removed)]
    return "; ".join(f"{verb} {_list(map(_shown, items))}" for verb, items in parts if items)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _MAX_VALUE else f"{text[: _MAX_VALUE - 1]}…"


def _languages(found: SetDifference) -> Iterator[Entry]:
    for item in found.languages:
        texts = count(item.texts, "text")
        if " " in item.change:
            verb = item.change.partition(" ")[2]
            yield Entry(f"{item.language}: note of a machine translation {verb}, {texts}")
        else:
            yield Entry(f"{item.language}: {item.change}, {texts}")


def _list(items: Any, last: str = ", ") -> str:
    return last.join(map(str, items)) or "none"


def _quoted(text: str) -> str:
    return f"“{' '.join(text.split())}”"


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def as_text(sections: Sequence[Section]) -> str:
    """For a terminal or a mail."""
    lines: list[str] = []
    for section in sections:
        inner = ""
        if section.title:
            lines += ["", section.title]
            inner = "  "
        for entry in section.entries:
            lines.append(f"{inner}{plain(entry.head)}")
            lines += [f"{inner}  {plain(line)}" for line in entry.lines]
            lines += [f"{inner}    {plain(line)}" for line in _shortened(entry.code)]
    return "\n".join(lines) + "\n"


def as_markdown(sections: Sequence[Section]) -> str:
    """For a pull request or a page."""
    from aboveboard.handbook import markdown

    def escaped(text: str) -> str:
        return markdown.escaped(plain(text))

    lines = ["# What changes in the policies", ""]
    for section in sections:
        if section.title:
            lines += [f"## {section.title}", ""]
        for entry in section.entries:
            bare = not entry.lines and not entry.code
            lines.append(f"- {escaped(entry.head)}" if bare else f"**{escaped(entry.head)}**")
            if bare:
                continue
            lines += ["", *(f"- {escaped(line)}" for line in entry.lines), ""]
            if entry.code:
                # Longer than any fence within.
                fence = "`" * 8
                lines += [f"{fence}diff", *map(plain, _shortened(entry.code)), fence, ""]
        if lines[-1]:
            lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _shortened(code: Sequence[str]) -> list[str]:
    if len(code) <= _MAX_LINES:
        return list(code)
    return [*code[:_MAX_LINES], f"… {len(code) - _MAX_LINES} lines more; --format json has all"]
