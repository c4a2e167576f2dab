"""The book as one Markdown page."""

from __future__ import annotations

from collections.abc import Iterator

from aboveboard.handbook.content import Book, RulePage

__all__ = ["as_markdown"]


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
            yield f"- **{_plain(name)}**: {links or 'none'}"
        yield ""
    yield "## Each rule"
    yield ""
    for page in book.pages.values():
        yield from _rule(page)


def _rule(page: RulePage) -> Iterator[str]:
    entry = page.entry
    yield f'### <a id="{entry.rule.lower()}"></a>{entry.rule} {_plain(entry.title)}'
    yield ""
    yield _plain(entry.description)
    yield ""
    law = "; ".join(
        f"[{_plain(cited)}]({link})" if link else _plain(cited) for cited, link in page.law
    )
    rows = {
        "Asked for": _plain(entry.demand),
        "Law": law,
        "Steps": ", ".join(entry.steps),
        "Phase": " and ".join(entry.phases),
        "Does": ", ".join(page.effects),
        "Severity": entry.severity,
        "Unknown": _plain(entry.unknown),
        "Applies from": entry.applies_from or "",
        "Facts": ", ".join(f"`{path}`" for path in page.facts),
        "Reference data": ", ".join(f"`{name}` (as of {date})" for name, date in page.data),
        "Not verified": ", ".join(f"`{path}`" for path in page.unverified),
    }
    yield "| | |"
    yield "|---|---|"
    for name, value in rows.items():
        if value:
            yield f"| {name} | {value} |"
    yield ""
    for text in page.texts:
        if text.language == "en":
            reason = "" if text.reason == "default" else f" ({text.reason})"
            yield f"- Says{reason}: {_plain(text.message)}"
            yield f"  - To pass: {_plain(text.remedy)}"
            if text.person:
                yield f"  - To the person: {_plain(text.person)}"
    yield ""
    if page.example:
        yield "```bash"
        yield page.example
        yield "```"
        yield ""


def _plain(text: str) -> str:
    """One line that Markdown takes as text."""
    line = " ".join(text.split())
    for character in "\\|<>*_`[]":
        line = line.replace(character, f"\\{character}")
    return line
