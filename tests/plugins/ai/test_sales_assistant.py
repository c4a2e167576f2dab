"""The example of a shop's assistant: its talk in the terminal, and its page in a real browser."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tools.chromium import ChromiumNotFoundError, find_chromium

HOME = Path(__file__).parents[3] / "examples" / "sales_assistant"
ADDRESS = "anna@example.org"


@pytest.fixture(scope="session")
def chromium() -> Path:
    try:
        return find_chromium()
    except ChromiumNotFoundError as error:
        if os.environ.get("CI", "").lower() in {"1", "true", "yes"}:
            pytest.fail(str(error), pytrace=False)
        pytest.skip(str(error))


@pytest.fixture
def modules(aimock: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.syspath_prepend(str(HOME))
    names = ("app", "assistant", "run", "shop", "vendor")
    yield {name: importlib.import_module(name) for name in names}
    for name in names:
        sys.modules.pop(name, None)


@pytest.fixture
def served(modules: Any) -> Iterator[tuple[str, Any, Any]]:
    import uvicorn

    with modules["run"].assistant() as (shop, vendor):
        config = uvicorn.Config(modules["app"].make_app(shop), port=0, log_level="error")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        try:
            yield f"http://127.0.0.1:{port}", shop, vendor
        finally:
            server.should_exit = True
            thread.join(10)


def test_the_talk_runs_by_one_command(aimock: Any) -> None:
    done = subprocess.run(
        [sys.executable, str(HOME / "run.py"), "--talk"],
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "You are talking to an AI." in done.stdout
    assert "Nosto 120: 399.00 euros" in done.stdout
    assert "only today" not in done.stdout
    assert "(case-2)" in done.stdout
    assert "6 requests, 0 of them with the address" in done.stdout


def test_a_price_that_is_none_of_the_shop_is_not_shown(modules: Any) -> None:
    wrong = {"match": {}, "response": {"content": "The Nosto 120 is 99.00 euros."}}
    modules["run"].fixtures = lambda: [wrong]
    with modules["run"].assistant() as (shop, _):
        reply = shop.reply(shop.start("customer-17"), "What does the Nosto 120 cost?")
    assert reply.stopped
    assert "99.00" not in reply.text


def test_two_customers_at_once_keep_their_own_talks(modules: Any) -> None:
    with modules["run"].assistant() as (shop, _):
        replies: list[Any] = []

        def ask(text: str) -> None:
            replies.append((text, shop.reply(shop.start(text), text)))

        asked = ["Which standing desk?", "Hello"] * 4
        threads = [threading.Thread(target=ask, args=(text,)) for text in asked]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    for text, reply in replies:
        assert ("Nosto" in reply.text) is ("desk" in text)
        assert reply.text.startswith("You are talking to an AI.")


def test_a_customer_talks_in_a_browser(
    served: tuple[str, Any, Any], chromium: Path, tmp_path: Path
) -> None:
    from playwright.sync_api import expect, sync_playwright

    url, shop, vendor = served
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=str(chromium), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 760, "height": 1180})
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(url)

        def say(text: str) -> Any:
            before = page.locator("details").count()
            page.get_by_label("Your message").fill(text)
            page.get_by_role("button", name="Send").click()
            expect(page.locator("details")).to_have_count(before + 1, timeout=20_000)
            return page.locator(".assistant").last

        answer = say("Which standing desk would you suggest?")
        expect(answer).to_contain_text("You are talking to an AI.")
        for price in ("399.00", "499.00", "629.00"):
            expect(answer).to_contain_text(price)
        assert answer.get_attribute("data-digital-source-type", timeout=1000)
        expect(page.locator("details").last).to_contain_text("allowed")

        answer = say(f"My e-mail is {ADDRESS}, can you write to me?")
        expect(answer).not_to_contain_text("You are talking to an AI.")  # once is enough
        expect(page.locator("details").last).to_contain_text("placeholder")
        assert ADDRESS not in str(vendor.bodies())

        answer = say("Can you do better on the price?")
        expect(answer).not_to_contain_text("only today")
        expect(page.locator("details").last).to_contain_text("Why it was stopped")

        answer = say("I want to talk to a human.")
        expect(answer).to_contain_text("colleague")
        assert [text.role for text in shop.cases[-1].thread][-1] == "user"
        assert ADDRESS not in str([text.text for text in shop.cases[-1].thread])

        page.screenshot(path=str(tmp_path / "page.png"))
        keep = os.environ.get("ABOVEBOARD_SCREENSHOTS")
        if keep:
            page.screenshot(path=str(Path(keep, "sales_assistant.png")), full_page=True)
        browser.close()
    assert not problems


def test_what_is_no_message_is_refused(served: tuple[str, Any, Any]) -> None:
    import json
    import urllib.error
    import urllib.request

    def post(body: Any) -> int:
        request = urllib.request.Request(
            f"{served[0]}/chat", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            error.close()
            return error.code

    assert post({"text": ""}) == 422
    assert post({"text": "x" * 3000}) == 422
    assert post({"talk": "nobody", "text": "hi"}) == 404
    assert post([]) == 422
    assert post({"text": "Hello ünïcode 🙂"}) == 200
