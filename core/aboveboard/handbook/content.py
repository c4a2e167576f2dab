"""What the book says, gathered from a policy bundle; how it looks is for `markdown` and `page`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from aboveboard.facts import STEPS
from aboveboard.policy.bundle import PolicyBundle, bundled_directory
from aboveboard.policy.catalogue import RuleEntry

__all__ = ["Book", "RulePage", "Text", "make_book"]

_PLACE = re.compile(r" (?:Arts?\.|Annex|recitals?|s\.|ss\.|sections?|§)(?= |\d|$)")
# Finland's statutes are named by http addresses. What would run or break out is no link.
_WEB = re.compile(r"https?://[^\s<>|\\\"'`]+")


@dataclass(frozen=True, slots=True)
class Text:
    """What a rule says for one reason, in one language.

    Attributes:
        reason: `default` for the rule's main message.
        language: BCP 47.
        message: for the engineer, with placeholders in braces.
        remedy: what would make it pass.
        person: for the person concerned; '' when it says nothing to them.
    """

    reason: str
    language: str
    message: str
    remedy: str
    person: str


@dataclass(frozen=True, slots=True)
class RulePage:
    """One rule.

    Attributes:
        entry: as in the catalogue.
        law: each law as cited, with its link into the web ('' for none, or for another kind).
        effects: what its findings do, such as `deny`.
        facts: the dotted paths that its findings rest on.
        texts: by reason and language, English first.
        example: a shell command that shows the rule at work; '' for none.
        data: reference data that it reads, by name, with its date.
        unverified: places in those data that nobody has checked against a source.
    """

    entry: RuleEntry
    law: tuple[tuple[str, str], ...]
    effects: tuple[str, ...]
    facts: tuple[str, ...]
    texts: tuple[Text, ...]
    example: str
    data: tuple[tuple[str, str], ...]
    unverified: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Book:
    """All rules of a bundle.

    Attributes:
        revision: of the bundle.
        pages: by rule id.
        by_step: ids of the rules that serve a step, in the order of the steps.
        by_law: ids by the law that they are from, such as `GDPR`.
    """

    revision: str
    pages: Mapping[str, RulePage]
    by_step: Mapping[str, tuple[str, ...]]
    by_law: Mapping[str, tuple[str, ...]]


def make_book(bundle: PolicyBundle) -> Book:
    """Gather what is to be said of each rule of a bundle."""
    pages = {entry.rule: _page(entry, bundle) for entry in bundle.catalogue}
    laws: dict[str, list[str]] = {}
    for rule, page in pages.items():
        for cited, _ in page.law:
            found = laws.setdefault(_act(cited), [])
            if rule not in found:
                found.append(rule)
    return Book(
        revision=bundle.revision,
        pages=pages,
        by_step={
            step: tuple(rule for rule, page in pages.items() if step in page.entry.steps)
            for step in STEPS
        },
        by_law={law: tuple(laws[law]) for law in sorted(laws)},
    )


def _page(entry: RuleEntry, bundle: PolicyBundle) -> RulePage:
    heads = [
        rule.head
        for module in bundle.modules
        for rule in module.rules
        if rule.head is not None and rule.head.rule == entry.rule
    ]
    data = sorted(_data(entry.rule, bundle))
    laws = [law for law in entry.law.split("; ") if law]
    links = list(entry.links) if len(entry.links) == len(laws) else [""] * len(laws)
    return RulePage(
        entry=entry,
        law=tuple(
            (law, link if _WEB.fullmatch(link) else "")
            for law, link in zip(laws, links, strict=True)
        ),
        effects=tuple(dict.fromkeys(head.effect for head in heads if head.effect)),
        facts=tuple(sorted({path for head in heads for path in head.facts})),
        texts=tuple(_texts(entry)),
        example=_example(entry.rule),
        data=tuple((name, str(bundle.reference[name].get("as_of", ""))) for name in data),
        unverified=tuple(
            f"{name}.{path}" for name in data for path in _unverified(bundle.reference[name])
        ),
    )


def _act(cited: str) -> str:
    """`GDPR` of `GDPR Art. 21(2)-(3)`; courts go by their name, what names no article is the act."""
    cited = " ".join(cited.split())
    if cited.startswith("CJEU "):
        return "CJEU"
    act = _PLACE.split(cited, maxsplit=1)[0].split(", ", maxsplit=1)[0]
    # Of "Directive (EU) 2023/2673 (CRD Art. 11a)" what is left of the second bracket goes.
    return act.rpartition("(")[0].strip() if act.count("(") > act.count(")") else act.strip(" ,")


def _texts(entry: RuleEntry) -> Iterator[Text]:
    for reason, messages in entry.messages.items():
        for language in sorted(messages, key=lambda item: (item != "en", item)):
            yield Text(
                reason,
                language,
                messages[language],
                entry.remedies.get(reason, {}).get(language, ""),
                entry.persons.get(reason, {}).get(language, ""),
            )


def _data(rule: str, bundle: PolicyBundle) -> set[str]:
    """Names of the reference data that the rule's own files and helpers read."""
    files = {
        module.file
        for module in bundle.modules
        for item in module.rules
        if item.head is not None and item.head.rule == rule
    }
    return {
        reference.path[2]
        for module in bundle.modules
        if module.file in files
        for item in module.rules
        for reference in item.references
        if reference.path[:2] == ("data", "reference") and len(reference.path) > 2
        if reference.path[2] in bundle.reference
    }


def _unverified(document: Any, path: str = "") -> Iterator[str]:
    if isinstance(document, dict):
        if document.get("verified") is False:
            yield path or "all of it"
        for key, value in document.items():
            yield from _unverified(value, f"{path}.{key}" if path else str(key))
    elif isinstance(document, list):
        for number, value in enumerate(document):
            yield from _unverified(value, f"{path}.{number}")


@cache
def _examples() -> dict[str, dict[str, Any]]:
    path = bundled_directory() / "examples.json"
    found: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _example(rule: str) -> str:
    import shlex

    found = _examples().get(rule)
    if found is None:
        return ""
    parts = ["aboveboard event --step", found["step"], "--compliant"]
    if found["phase"] != "requested":
        parts += ["--phase", found["phase"]]
    for path, value in found["changes"].items():
        written = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        parts += ["--set", shlex.quote(f"{path}={written}")]
    return " ".join(parts) + " | aboveboard check -"
