"""What goes wrong at the vendor: the SDK deals with it as ever, and verdicts are given once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anthropic
import pytest
from anthropic import Anthropic, AsyncAnthropic

from aboveboard import StepEscalated
from aboveboard.ai import Report
from aboveboard.testing.recorder import Recorder
from tests.assistant import DISCLOSURE_FI
from tests.plugins.ai.anthropic.asking import PRESSED, asked
from tests.plugins.ai.anthropic.vendor import Reply, Vendor, message

pytestmark = pytest.mark.anyio
SOON = {"retry-after-ms": "1"}


def failed(status: int) -> Reply:
    error = {"type": "error", "error": {"type": "api_error", "message": "No."}}
    return Reply(error, status=status, headers=SOON)


def test_retries_repeat_no_verdict(
    vendor: Vendor, govern: Callable[..., Any], recorder: Recorder
) -> None:
    shown: list[str] = []
    client = govern(
        Anthropic(api_key="sk", base_url=vendor.url, max_retries=3),
        disclose=lambda notice: shown.append(notice.text),
    )
    vendor.answers(failed(500), failed(429), failed(529), message("Hei."))
    raw = client.messages.with_raw_response.create(**asked())
    assert raw.parse().content[0].text == "Hei."
    assert raw.retries_taken == 3
    assert len(vendor.sent) == 4
    assert len(recorder.events) == 3
    assert shown == [DISCLOSURE_FI]
    keys = {each.headers.get("idempotency-key") for each in vendor.sent}
    assert len(keys) == 1


async def test_async_retries_repeat_no_verdict(
    vendor: Vendor, govern: Callable[..., Any], recorder: Recorder
) -> None:
    vendor.answers(failed(500), message("Hei."))
    async with AsyncAnthropic(api_key="sk", base_url=vendor.url, max_retries=1) as made:
        await govern(made).messages.create(**asked())
    assert len(recorder.events) == 3


def test_a_stop_is_never_tried_again(vendor: Vendor, govern: Callable[..., Any]) -> None:
    client = govern(Anthropic(api_key="sk", base_url=vendor.url, max_retries=3))
    vendor.answers(message(PRESSED))
    with pytest.raises(StepEscalated) as stopped:
        client.messages.create(**asked())
    assert len(vendor.sent) == 1
    assert type(stopped.value) is StepEscalated


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, anthropic.BadRequestError), (401, anthropic.AuthenticationError),
        (429, anthropic.RateLimitError), (500, anthropic.InternalServerError),
    ],
)  # fmt: skip
def test_errors_of_the_vendor_come_as_they_are(
    client: Any, vendor: Vendor, status: int, error: type[Exception]
) -> None:
    vendor.answers(failed(status))
    with pytest.raises(error):
        client.messages.create(**asked())
    with pytest.raises(error), client.messages.stream(**asked()):
        pass


def test_a_vendor_that_is_not_there(govern: Callable[..., Any]) -> None:
    client = govern(Anthropic(api_key="sk", base_url="http://127.0.0.1:9", max_retries=0))
    with pytest.raises(anthropic.APIConnectionError):
        client.messages.create(**asked())


@pytest.mark.parametrize("body", [[b"Salainen{"], ["Salainen"], {"text": "Salainen"}, 7])
@pytest.mark.parametrize("raw", [False, True])
def test_an_answer_that_is_no_message_is_not_shown(
    client: Any, vendor: Vendor, body: Any, raw: bool
) -> None:
    vendor.answers(Reply(body))
    messages = client.messages.with_raw_response if raw else client.messages
    with pytest.raises(anthropic.APIResponseValidationError) as failure:
        messages.create(**asked())
    assert "Salainen" not in f"{failure.value} {failure.value.body} {failure.value.response.text}"


def test_a_call_that_failed_is_reported_once(vendor: Vendor, govern: Callable[..., Any]) -> None:
    reports: list[Report] = []
    client = govern(
        Anthropic(api_key="sk", base_url=vendor.url, max_retries=1), on_report=reports.append
    )
    vendor.answers(failed(500))
    with pytest.raises(anthropic.InternalServerError):
        client.messages.create(**asked())
    assert len(reports) == 1
    vendor.answers(Reply({"text": "no message"}))
    with pytest.raises(anthropic.APIResponseValidationError):
        client.messages.create(**asked())
    assert len(reports) == 2
    vendor.streams(message("Hei."))
    with client.messages.stream(**asked()):
        pass  # nobody reads it
    assert len(reports) == 3
    with client.messages.stream(**asked()) as stream:
        stream.until_done()
    assert len(reports) == 4
