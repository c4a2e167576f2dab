"""The book as one Markdown page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aboveboard.handbook.content import Book, RulePage

__all__ = ["as_markdown", "escaped"]

_NAME = re.compile(r"[\w.\[\]: -]+")


def as_markdown(book: Book) -> str:
    """The book as CommonMark with tables."""
    return "\n".join(_lines(book)).rstrip() + "\n"


def _lines(book: Book) -> Iterator[str]:
    yield "# Rules"
    yield ""
    yield f"{len(book.pages)} rules. Policy revision `{book.revision}`. Not legal advice."
    yield ""
    for title, groups in (("By step", book.by_step), ("By law", book.by_law)):
        yield f"## {title}"
        yield ""
        for name, rules in groups.items():
            links = ", ".join(f"[{rule}](#{rule.lower()})" for rule in rules)
            yield f"- **{escaped(name)}**: {links or 'none'}"
        yield ""
    yield "## Each rule"
    yield ""
    for page in book.pages.values():
        yield from _rule(page)


def _rule(page: RulePage) -> Iterator[str]:
    entry = page.entry
    yield f'### <a id="{entry.rule.lower()}"></a>{entry.rule} {escaped(entry.title)}'
    yield ""
    yield escaped(entry.description)
    yield ""
    law = "; ".join(_linked(cited, link) for cited, link in page.law)
    rows = {
        "Asked for": escaped(entry.demand),
        "Law": law,
        "Steps": ", ".join(entry.steps),
        "Phase": " and ".join(entry.phases),
        "Does": escaped(", ".join(page.effects)),
        "Severity": escaped(entry.severity),
        "Unknown": escaped(entry.unknown),
        "Applies from": escaped(entry.applies_from or ""),
        "Facts": ", ".join(map(_code, page.facts)),
        "Reference data": ", ".join(
            f"{_code(name)} (as of {escaped(date)})" for name, date in page.data
        ),
        "Not verified": ", ".join(map(_code, page.unverified)),
    }
    yield "| | |"
    yield "|---|---|"
    for name, value in rows.items():
        if value:
            yield f"| {name} | {value} |"
    yield ""
    for text in page.texts:
        if text.language == "en":
            reason = "" if text.reason == "default" else f" ({escaped(text.reason)})"
            yield f"- Says{reason}: {escaped(text.message)}"
            yield f"  - To pass: {escaped(text.remedy)}"
            if text.person:
                yield f"  - To the person: {escaped(text.person)}"
    yield ""
    if page.example:
        yield "```bash"
        yield page.example
        yield "```"
        yield ""


def _linked(cited: str, link: str) -> str:
    if not link:
        return escaped(cited)
    return f"[{escaped(cited)}]({link.replace('(', '%28').replace(')', '%29')})"


def _code(text: str) -> str:
    """A name as code; what could end code, or a cell, has no name of a fact or table in it."""
    return f"`{text}`" if _NAME.fullmatch(text) else escaped(text)


def escaped(text: str) -> str:
    """One line that Markdown takes as text."""
    line = " ".join(text.split())
    for character in "\\|<>*_`[]&":
        line = line.replace(character, f"\\{character}")
    # At the start of a line these make headings, lists, rules and fences.
    return f"\\{line}" if line.startswith(("#", "-", "+", "=", "~")) else line
