"""The report as a page: whole, escaped, and asking nothing of anybody."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import click
import pytest

from aboveboard.cli.replay_view import write_html
from aboveboard.replay.budget_results import judge
from aboveboard.replay.budgets import parse_budget
from aboveboard.replay.charts import Bar, bar_chart
from aboveboard.replay.comparing import Comparison
from aboveboard.replay.page import as_html
from aboveboard.replay.report import Compared, RecordFile, Report
from tests.replay.reports import MADE_AT, NEW, OLD, difference, row, sample, sample_comparison

EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'&\u202e"
VOID = {"meta", "br", "wbr", "img", "link", "input", "hr"}
FETCHING = {"src", "href", "srcset", "action", "data", "poster", "style"}


class Page(HTMLParser):
    """Elements of a page, as a browser would take them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.ids: list[str] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self.ids += [value for name, value in attrs if name == "id" and value]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] not in ("style", "script"):
            self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


def evil() -> Report:
    found = sample_comparison(300)
    changed = row(
        9_001, kind="newly_stopped", new_effect="deny", vendor=EVIL, country=EVIL, segment=EVIL,
        causes=(EVIL,), rules_added=(EVIL,), decision_id=EVIL, event_id=EVIL,
        obligations_added=(EVIL,),
    )  # fmt: skip
    found.add(difference(changed, f"{EVIL}:1", size=1), lambda: {"x": EVIL})
    found.add_bad(f"{EVIL}:3", EVIL)
    report = Report.of(
        found,
        new=Compared(kind="directory", given=EVIL, revision=EVIL),
        old=Compared(kind="git", given=EVIL, revision=EVIL),
        files=[RecordFile(path=EVIL, records=301)],
        partial=EVIL,
        made_at=MADE_AT,
    )
    return report.judged(judge(report, [parse_budget("changed > 99%", EVIL)]))


REPORTS = {
    "full": lambda: sample(2_000),
    "evil": evil,
    "empty": lambda: Report.of(
        Comparison(NEW), new=Compared(kind="shipped", revision=NEW), made_at=MADE_AT
    ),
}


@pytest.mark.parametrize("name", REPORTS)
def test_a_page_is_well_formed_and_asks_nothing_of_anybody(name: str) -> None:
    text = as_html(REPORTS[name]())
    page = Page(text)
    assert page.open == []
    assert page.tags.count("script") == page.tags.count("style") == 1
    assert {"img", "link", "iframe", "object", "form", "a", "base"}.isdisjoint(page.tags)
    assert FETCHING.isdisjoint(name for name, _ in page.attributes)
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert len(page.ids) == len(set(page.ids))
    for attribute, value in page.attributes:
        if attribute == "aria-labelledby":
            assert set((value or "").split()) <= set(page.ids)
    assert "http:" not in text.replace("http-equiv", "")
    assert "https:" not in text


def test_only_this_style_and_this_script_may_run() -> None:
    text = as_html(sample(50))
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)
    assert policy
    for tag in ("style", "script"):
        own = re.search(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        assert own
        digest = base64.b64encode(hashlib.sha256(own[1].encode()).digest()).decode()
        assert f"{tag}-src &#x27;sha256-{digest}&#x27;" in policy[1]
    assert policy[1].startswith("default-src &#x27;none&#x27;")
    assert "unsafe" not in policy[1]


def test_every_value_from_outside_is_shown_and_none_is_markup() -> None:
    text = as_html(evil())
    page = Page(text)
    assert page.text.replace(" / ", "/").count("alert(1)") >= 20
    assert "<script>alert" not in text
    assert "<img" not in text


def test_it_says_what_the_report_says() -> None:
    report = sample(2_500)
    page = Page(as_html(report))
    totals = report.totals
    for told in (
        f"{totals.newly_stopped:,} Newly stopped",
        f"{totals.changed:,} Changed in any way",
        "By rule", "By step", "By vendor", "By country", "By segment",
        "Outcomes before and after", "Evaluation time", "Smallest examples", "Drift",
        "git revision main", OLD, NEW,
        "data collection, requested",
    ):  # fmt: skip
        assert told in page.text
    assert page.tags.count("svg") > 3
    charts = [value for name, value in page.attributes if name == "role" and value == "img"]
    assert len(charts) == 3


def test_a_page_of_nothing_says_so() -> None:
    page = Page(as_html(REPORTS["empty"]()))
    assert "No decision was compared." in page.text
    assert "By rule" not in page.text
    assert "Smallest examples" not in page.text
    assert "table" not in page.tags


def test_many_values_are_cut_and_summed() -> None:
    found = Comparison(NEW)
    for number in range(400):
        given = row(
            number, kind="newly_stopped", new_effect="deny", vendor=f"v{number:03}", causes=("R-1",)
        )
        found.add(difference(given), dict)
    report = Report.of(found, new=Compared(kind="shipped", revision=NEW), made_at=MADE_AT)
    page = Page(as_html(report))
    assert "(300 others)" in page.text
    assert "v099" in page.text
    assert "v100" not in page.text


def test_big_numbers_are_written_out() -> None:
    raw = sample_comparison(100).as_dict()
    raw["compared"] = raw["records"] = 10**15
    report = Report.of(Comparison.from_dict(raw), new=Compared(kind="shipped"), made_at=MADE_AT)
    assert "1,000,000,000,000,000" in Page(as_html(report)).text


def test_the_same_report_is_the_same_page() -> None:
    assert as_html(sample(200)) == as_html(Report.from_json(sample(200).model_dump_json()))


def test_what_is_there_stays_when_it_cannot_be_written(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    write_html(sample(10), path)
    before = path.read_text(encoding="utf-8")
    assert before.startswith("<!doctype html>")
    with pytest.raises(click.ClickException, match="cannot be written"):
        write_html(sample(10), path / "below.html")
    assert path.read_text(encoding="utf-8") == before


def test_a_chart_of_nothing_is_none() -> None:
    assert bar_chart("c", "t", "d", []) == ""
    assert bar_chart("c", "t", "d", [Bar("a", [[("new", "0", 0)]], "0")]) == ""


def test_what_is_little_is_seen() -> None:
    bars = [Bar("a", [[("new", "1", 1)]], "1"), Bar("b", [[("new", "9", 10**9)]], "many")]
    widths = re.findall(
        r'class="new" x="[\d.]+%" width="([\d.]+)%"', bar_chart("c", "t", "d", bars)
    )
    assert widths == ["0.400", "100.000"]
