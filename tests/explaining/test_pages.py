"""How pages look: as text, as HTML that runs nothing, as JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from aboveboard.explaining import AUDIENCES, Known, as_html, as_json, as_text, explain
from aboveboard.explaining.page import (
    Code,
    Command,
    Items,
    Link,
    Page,
    Paragraph,
    Section,
    Table,
    Terms,
)
from aboveboard.organisation import Organisation
from aboveboard.verdicts import Finding
from tests.explaining.conftest import Make

HOSTILE = "<script>alert(1)</script>\"'&"
VOID = {"meta", "input", "br"}


class Tags(HTMLParser):
    """Refuses tags that do not close in order; keeps what a screen reader steers by."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        assert not [name for name, _ in attrs if name.startswith("on")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def read(html: str) -> Tags:
    tags = Tags()
    tags.feed(html)
    tags.close()
    assert tags.open == []
    return tags


PAGE = Page(
    audience="auditor",
    language="en",
    title="A title",
    lead=(Paragraph("It was stopped.", "warning"),),
    sections=(
        Section(
            "Things",
            (
                Items(("one", "two")),
                Terms.of(
                    ("Law", Link("Act 1", "https://a.example/1")),
                    ("Values", (Code("a"), Code("b"))),
                    ("Nothing", None),
                    ("Empty", ""),
                ),
                Table(
                    ("Rule", "Unused", "Law"),
                    (
                        (Code("R-1"), "", (Link("Act 1", "https://a.example/1"), "Act 2")),
                        (Code("R-2"), "", "word " * 30),
                    ),
                ),
                Command("aboveboard check -"),
                Section("R-1", (Paragraph("Says so."),), "deny"),
            ),
        ),
    ),
)

TEXT = """\
A title
=======

It was stopped.


Things
------

- one
- two
Law     Act 1 <https://a.example/1>
Values  a
        b

RULE  LAW
R-1   Act 1; Act 2
R-2   word word word word word word word word word word word word word word word word word
      word word word word word word word word word word word word word

https://a.example/1  (Act 1)
  aboveboard check -

R-1  (deny)
  Says so.
"""


def test_text_in_whole() -> None:
    assert as_text(PAGE) == TEXT


def test_html_has_no_column_for_nothing() -> None:
    html = as_html(PAGE)
    read(html)
    assert "Unused" not in html
    assert '<h3>R-1 <span class="tag deny">deny</span></h3>' in html
    assert '<td data-name="Law"><a href="https://a.example/1">Act 1</a>; Act 2</td>' in html


def test_json_of_each_block() -> None:
    (section,) = as_json(PAGE)["sections"]
    assert section["blocks"] == [
        {"list": ["one", "two"]},
        {
            "terms": [
                {"name": "Law", "values": [{"text": "Act 1", "href": "https://a.example/1"}]},
                {"name": "Values", "values": ["a", "b"]},
            ]
        },
        {
            "headers": ["Rule", "Unused", "Law"],
            "rows": [
                ["R-1", "", [{"text": "Act 1", "href": "https://a.example/1"}, "Act 2"]],
                ["R-2", "", "word " * 30],
            ],
        },
        {"command": "aboveboard check -"},
        {"title": "R-1", "tag": "deny", "blocks": [{"text": "Says so."}]},
    ]


@pytest.mark.parametrize("audience", AUDIENCES)
def test_nothing_in_a_record_becomes_markup(
    make: Make, known: Known, organisation: Organisation, audience: str
) -> None:
    factor = {"name": HOSTILE, "direction": "raises"}
    finding = Finding(
        rule=HOSTILE, effect="deny", message=HOSTILE, law=f"{HOSTILE}; javascript:alert(1)",
        remedy=HOSTILE, facts=(HOSTILE,), args={"x": HOSTILE},
    )  # fmt: skip
    found = {"effect": "deny", "policy_revision": HOSTILE, "findings": (finding,)}
    record = make(
        "profiling",
        "completed",
        {"explanation.factors": [factor], "ai.model": HOSTILE},
        verdict=found,
    )
    named = organisation.model_copy(update={"name": HOSTILE})
    around = replace(known, organisation=named, place=HOSTILE, parent_missing=HOSTILE)
    page = explain(record, audience, around)  # type: ignore[arg-type]
    html = as_html(page)
    tags = read(html)
    assert "script" not in tags.seen
    assert all(link.startswith(("https://", "mailto:", "tel:", "http://")) for link in tags.links)
    assert "default-src 'none'" in html
    json.dumps(as_json(page))
    assert as_text(page)


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_page_is_whole_by_itself(make: Make, known: Known, audience: str) -> None:
    html = as_html(explain(make("decision", "completed"), audience, known))  # type: ignore[arg-type]
    tags = read(html)
    assert tags.seen.count("h1") == 1
    assert tags.seen.count("main") == 1
    assert not {"script", "link", "img", "iframe"} & set(tags.seen)
    for part in ("prefers-color-scheme: dark", "@media print", "max-width: 40rem"):
        assert part in html
