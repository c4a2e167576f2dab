"""Two policy sets, compared."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from aboveboard.policy.bundle import PolicyBundle
from aboveboard.policy.catalogue import RuleEntry
from aboveboard.policy.differences.code import (
    CodeDifference,
    Graph,
    code_differences,
    layout_only,
    unlike,
)
from aboveboard.policy.differences.data import DocumentDifference, document_differences
from aboveboard.policy.differences.rules import (
    RuleDifference,
    TextsOfLanguage,
    effects_of,
    rule_differences,
    texts_of_languages,
)

__all__ = ["RuleSummary", "SetDifference", "SharedDifference", "compare"]


@dataclass(frozen=True, slots=True)
class RuleSummary:
    """A rule that came or went, and all that it does (`effects`)."""

    entry: RuleEntry
    effects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SharedDifference:
    """Code that several rules share.

    Attributes:
        name: dotted.
        rules: ids of those that lean on it, directly or through others.
        lines: of a unified diff.
    """

    name: str
    rules: tuple[str, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SetDifference:
    """What became of a policy set.

    Attributes:
        old_revision: before.
        new_revision: after.
        added: rules that only the new set has.
        removed: rules that only the old one has.
        changed: rules of both that are not the same.
        documents: reference data that are not the same.
        shared: code of several rules that is not the same.
        languages: what happened to whole languages.
        layout: files of which only comments or layout changed.
        moved: files of rules that lie elsewhere in their directory, as (before, after).
    """

    old_revision: str
    new_revision: str
    added: tuple[RuleSummary, ...]
    removed: tuple[RuleSummary, ...]
    changed: tuple[RuleDifference, ...]
    documents: tuple[DocumentDifference, ...]
    shared: tuple[SharedDifference, ...]
    languages: tuple[TextsOfLanguage, ...]
    layout: tuple[str, ...]
    moved: tuple[tuple[str, str], ...]

    @property
    def same(self) -> bool:
        """Whether the two are one set: the same rules, data, texts and files."""
        return self.old_revision == self.new_revision

    @property
    def matters(self) -> bool:
        """Whether anything changed that decides or is said; False for comments and layout alone."""
        return any(
            (self.added, self.removed, self.changed, self.documents, self.shared, self.languages)
        )

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        found = asdict(self)
        for name in ("added", "removed"):
            found[name] = [
                {**item.entry.model_dump(mode="json"), "effects": list(item.effects)}
                for item in getattr(self, name)
            ]
        return {"same": self.same, "matters": self.matters, **found}


def compare(old: PolicyBundle, new: PolicyBundle) -> SetDifference:
    """What changed from one set to another; both have passed their checks when they were loaded."""
    before = {entry.rule: entry for entry in old.catalogue}
    after = {entry.rule: entry for entry in new.catalogue}
    old_effects, new_effects = effects_of(old.modules), effects_of(new.modules)
    gone, come = unlike(old.modules, new.modules)
    code = code_differences(gone, come, sorted({*before, *after}))
    leaning = {**Graph(old.modules).leaning(), **Graph(new.modules).leaning()}
    schemas = {**old.schemas, **new.schemas}
    readers = {
        name.partition(".")[2]: rules
        for name, rules in leaning.items()
        if name.startswith("reference.")
    }
    conditions = {item.owner: item.lines for item in code if not item.shared}
    return SetDifference(
        old_revision=old.revision,
        new_revision=new.revision,
        added=_summaries(after, before, new_effects),
        removed=_summaries(before, after, old_effects),
        changed=rule_differences(before, after, old_effects, new_effects, conditions),
        documents=document_differences(old.reference, new.reference, schemas, readers),
        shared=tuple(_shared(item, leaning.get(item.owner, ())) for item in code if item.shared),
        languages=texts_of_languages(before, after),
        layout=layout_only(gone, come),
        moved=_moved(before, after),
    )


def _summaries(
    these: dict[str, RuleEntry], those: dict[str, RuleEntry], effects: dict[str, Any]
) -> tuple[RuleSummary, ...]:
    found = []
    for rule in sorted(these.keys() - those.keys()):
        does = {
            effect
            for (field, _), values in effects.get(rule, {}).items()
            if field == "effect"
            for effect in values
        }
        found.append(RuleSummary(these[rule], tuple(sorted(does))))
    return tuple(found)


def _shared(code: CodeDifference, rules: tuple[str, ...]) -> SharedDifference:
    return SharedDifference(code.owner, rules, code.lines)


def _moved(old: dict[str, RuleEntry], new: dict[str, RuleEntry]) -> tuple[tuple[str, str], ...]:
    found = set()
    for rule in old.keys() & new.keys():
        before, after = (entry.file.partition("/")[2] for entry in (old[rule], new[rule]))
        if before != after:
            found.add((before, after))
    return tuple(sorted(found))
