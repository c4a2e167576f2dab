"""The page in a real browser: nothing fetched, nothing run that is not ours, sorted, readable, no overflow.

`tox -e ai` runs it: the other environments have no browser's driver.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aboveboard.replay.page import as_html
from tests.replay.test_html import EVIL, REPORTS
from tools.chromium import ChromiumNotFoundError, find_chromium

playwright = pytest.importorskip("playwright.sync_api")

CONTRAST = """() => {
  const channel = (c) => { c /= 255; return c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4; };
  const light = (rgb) => { const [r, g, b] = rgb.match(/[\\d.]+/g).map(Number);
    return .2126 * channel(r) + .7152 * channel(g) + .0722 * channel(b); };
  const ground = (node) => { for (let one = node; one; one = one.parentElement) {
    const colour = getComputedStyle(one).backgroundColor;
    if (!/, 0\\)$|transparent/.test(colour)) return colour; } return "rgb(255, 255, 255)"; };
  const bad = [];
  for (const node of document.querySelectorAll("body *")) {
    const own = [...node.childNodes].some((c) => c.nodeType === 3 && c.textContent.trim());
    if (!own || !node.checkVisibility() || ["TITLE", "DESC", "SCRIPT"].includes(node.tagName.toUpperCase()))
      continue;
    const style = getComputedStyle(node);
    const fore = node instanceof SVGElement ? style.fill : style.color;
    const [a, b] = [light(fore), light(ground(node))].sort((x, y) => y - x);
    if ((a + .05) / (b + .05) < 4.5) bad.push(node.tagName + " " + node.textContent.slice(0, 30) + fore);
  }
  return bad;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    try:
        chromium = find_chromium()
    except ChromiumNotFoundError as error:
        if os.environ.get("CI", "").lower() in {"1", "true", "yes"}:
            pytest.fail(str(error), pytrace=False)
        pytest.skip(str(error))
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(
            executable_path=str(chromium), args=["--no-sandbox", "--disable-gpu"]
        )
        yield started
        started.close()


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize(("scheme", "width"), [("light", 1100), ("dark", 1100), ("light", 400)])
def test_a_page_is_quiet_readable_and_fits(
    browser: Any, tmp_path: Path, name: str, scheme: str, width: int
) -> None:
    path = tmp_path / "report.html"
    path.write_text(as_html(REPORTS[name]()), encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    noise: list[str] = []
    page.on("console", lambda message: noise.append(message.text))
    page.on("pageerror", lambda error: noise.append(str(error)))
    page.on("dialog", lambda dialog: noise.append(dialog.message))
    page.on("request", lambda request: noise.append(request.url))
    page.goto(path.as_uri())
    assert noise == [path.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(CONTRAST) == []
    if name == "evil":
        shown = page.locator("tbody th").all_text_contents()
        assert EVIL in shown
    page.close()


def test_a_table_is_sorted_by_its_heads(browser: Any, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(as_html(REPORTS["full"]()), encoding="utf-8")
    page = browser.new_page()
    page.goto(path.as_uri())
    table = page.locator("section", has_text="By vendor").locator("table")
    head = table.get_by_role("button", name="decisions")

    def column(number: int) -> list[str]:
        found: list[str] = table.locator(f"tbody tr > :nth-child({number})").all_text_contents()
        return found

    head.click()
    down = [int(text.replace(",", "")) for text in column(2)]
    assert down == sorted(down, reverse=True)
    assert len(set(down)) > 2
    head.press("Enter")  # by keyboard, too
    assert [int(text.replace(",", "")) for text in column(2)] == sorted(down)
    assert table.locator("th[aria-sort=ascending]").count() == 1
    table.get_by_role("button", name="vendor").click()
    assert column(1) == sorted(column(1))
    page.close()
