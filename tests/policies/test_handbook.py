"""The rules as a book: each rule with all that is said of it, in Markdown and on one page."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from aboveboard.facts import STEPS
from aboveboard.handbook import as_html, as_markdown, make_book
from aboveboard.policy.bundle import load_bundle
from aboveboard.testing import compliant_event
from tools import examples

if TYPE_CHECKING:
    from pathlib import Path

    from aboveboard.gate import Gate

BOOK = make_book(load_bundle())


class Page(HTMLParser):
    """What a page holds, and whether its tags close."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.loaded: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag not in {"meta", "input", "br"}:
            self.open.append(tag)
        if found.get("id"):
            self.ids.append(str(found["id"]))
        if tag == "a":
            self.links.append(str(found["href"]))
        elif tag in {"img", "link", "iframe"} or "src" in found:
            self.loaded.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_every_rule_is_in_it_with_all_that_is_said() -> None:
    page, markdown = Page(as_html(BOOK)), as_markdown(BOOK)
    assert page.open == []
    for rule, found in BOOK.pages.items():
        entry = found.entry
        assert page.ids.count(rule.lower()) == 1
        assert markdown.count(f'### <a id="{rule.lower()}"></a>{rule} ') == 1
        assert found.facts
        assert found.effects
        assert found.law
        for text in (entry.title, entry.description, entry.unknown, entry.demand):
            assert text
            assert " ".join(text.split()) in " ".join(page.text.split())
        for said in found.texts:
            assert said.message in page.text
            assert said.remedy in page.text


def test_the_page_needs_nothing_else() -> None:
    page = Page(as_html(BOOK))
    assert page.loaded == []
    cited = {link for found in BOOK.pages.values() for _, link in found.law if link}
    assert set(page.links) == cited
    assert "http://data.finlex.fi/eli/sd/2007/527/alkup" in cited


def test_by_step_and_by_law() -> None:
    assert tuple(BOOK.by_step) == STEPS
    assert "R-DM-01" in BOOK.by_step["recommendation"]
    assert "R-DM-01" not in BOOK.by_step["decision"]
    assert "R-DM-01" in BOOK.by_law["GDPR"]
    assert {rule for rules in BOOK.by_law.values() for rule in rules} == set(BOOK.pages)


def test_what_nobody_verified_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "own" / "reference"
    folder.mkdir(parents=True)
    schema = {"type": "object"}
    (folder / "schemas").mkdir()
    extra = {"as_of": "<img src=x>", "verified": False, "a`<img>|b": {"verified": False}}
    (folder / "extra.json").write_text(json.dumps(extra))
    (folder / "schemas" / "extra.json").write_text(json.dumps(schema))
    (tmp_path / "own" / "x.rego").write_text(
        """package organisation.own.decision

import future.keywords.not

# METADATA
# title: "<b>Extra</b> | rule"
# description: "# Something &lt;extra&gt;."
# related_resources:
# - ref: javascript:alert(1)
#   description: Handbook <i>
# - ref: https://example.com/a)b
#   description: "Own | act\\n[x](y) Art. 1"
# custom:
#   id: OWN-1
#   steps: [decision]
#   phases: [requested]
#   severity: low
#   unknown: does not fire
#   message: {en: Extra.}
#   remedy: {en: Less.}
findings contains {"rule": "OWN-1", "effect": "warn", "facts": ["ai.model"], "args": {}} if {
	input.phase == "requested"
	data.reference.extra.verified == false
}
"""
    )
    book = make_book(load_bundle([tmp_path / "own"]))
    assert book.pages["OWN-1"].unverified == ("extra.all of it", "extra.a`<img>|b")
    assert book.pages["OWN-1"].example == ""
    html = as_html(book)
    assert "&lt;b&gt;Extra&lt;/b&gt;" in html
    assert "javascript" not in html
    assert Page(html).open == []
    assert "<img" not in html
    markdown = as_markdown(book)
    assert "\\<b\\>Extra\\</b\\> \\| rule" in markdown
    assert "\n\\# Something \\&lt;extra\\&gt;." in markdown
    assert "](https://example.com/a%29b)" in markdown
    assert "extra.a\\`\\<img\\>\\|b" in markdown
    assert "(as of \\<img src=x\\>)" in markdown
    assert "javascript" not in markdown
    assert "Own | act [x](y)" in book.by_law
    assert 'data-laws="Handbook &lt;i&gt;\nOwn | act [x](y)"' in html


@pytest.mark.parametrize("rule", sorted(BOOK.pages))
def test_each_example_shows_its_rule(rule: str, gate: Gate) -> None:
    example: Any = examples.examples()[rule]
    event = compliant_event(example["step"], example["phase"], changes=example["changes"])
    assert rule in gate.check(event).rules


def test_the_examples_are_those_of_the_cases() -> None:
    assert examples.FILE.read_text(encoding="utf-8") == examples.written()
