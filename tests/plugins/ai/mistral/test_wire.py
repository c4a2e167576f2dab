"""What the net and the SDK do on the way: retries, errors, broken answers, raw responses, tracing."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from mistralai.client import errors
from mistralai.client.utils import BackoffStrategy, RetryConfig

from aboveboard import Gate, StepDenied
from aboveboard.ai import Report
from aboveboard.testing.recorder import Recorder
from tests.assistant import DISCLOSURE_FI
from tests.plugins.ai.mistral.conftest import Reply, Server, chunk, completion, sse, steps
from tools.aimock import Aimock

Governed = Callable[..., Any]
Assistant = tuple[Gate, Recorder]

RETRIES = RetryConfig("backoff", BackoffStrategy(1, 10, 1.0, 5_000, jitter_ms=0), True)
ONCE = [
    ("profiling", "requested"),
    ("recommendation", "requested"),
    ("recommendation", "completed"),
]


def ask(client: Any, **more: Any) -> Any:
    return client.chat.complete(
        model="m", messages=[{"role": "user", "content": "Mikä on hinta?"}], **more
    )


@pytest.mark.parametrize("status", [429, 500, 503])
def test_retries_repeat_no_verdict(
    server: Server, governed: Governed, assistant: Assistant, status: int
) -> None:
    broken = Reply({"message": "later"}, status=status)
    server.give(broken, broken, completion({"content": "5 €."}))
    answer = ask(governed(server.url, sdk={"retry_config": RETRIES}))
    assert answer.choices[0].message.content == f"{DISCLOSURE_FI}\n\n5 €."
    assert len(server.paths) == 3
    assert steps(assistant[1]) == ONCE


@pytest.mark.anyio
async def test_async_retries_repeat_no_verdict(
    server: Server, governed: Governed, assistant: Assistant
) -> None:
    server.give(Reply({}, status=429), completion({"content": "5 €."}))
    async with governed(server.url, sdk={"retry_config": RETRIES}) as client:
        await client.chat.complete_async(model="m", messages=[{"role": "user", "content": "Hei"}])
    assert len(server.paths) == 2
    assert steps(assistant[1]) == ONCE


def test_a_stream_is_retried_before_it_begins(
    server: Server, governed: Governed, assistant: Assistant
) -> None:
    server.give(Reply({}, status=503), sse(chunk({"content": "5 €."}, "stop")))
    client = governed(server.url, sdk={"retry_config": RETRIES})
    with client.chat.stream(model="m", messages=[{"role": "user", "content": "Hei"}]) as events:
        assert len(list(events)) == 1
    assert steps(assistant[1]) == ONCE


def test_errors_of_the_vendor_are_those_of_the_sdk(fake: Aimock, governed: Governed) -> None:
    reports: list[Report] = []
    client = governed(fake.url, on_report=reports.append)
    for rate, status in ({"dropRate": 1}, 500), ({"rateLimitRate": 1}, 429):
        fake.chaos(**rate)
        with pytest.raises(errors.SDKError) as failed:
            ask(client)
        assert failed.value.status_code == status
    fake.chaos()
    assert [report.outcome for report in reports] == [None, None]
    assert all(report.verdicts for report in reports)


def test_what_the_vendor_finds_wrong_is_told_as_ever(server: Server, governed: Governed) -> None:
    server.give(Reply({"detail": [{"loc": ["x"], "msg": "no", "type": "t"}]}, status=422))
    with pytest.raises(errors.HTTPValidationError):
        ask(governed(server.url))


def test_nobody_answers(governed: Governed) -> None:
    with pytest.raises(httpx2.ConnectError):
        ask(governed("http://127.0.0.1:1"))


def test_who_waits_too_long_stops_as_ever(server: Server, governed: Governed) -> None:
    server.give(Reply(completion({"content": "5 €."}), pause_s=1))
    with pytest.raises(httpx2.ReadTimeout):
        ask(governed(server.url), timeout_ms=200)


@pytest.mark.anyio
async def test_a_call_may_be_cancelled(server: Server, governed: Governed) -> None:
    reports: list[Report] = []
    server.give(Reply(completion({"content": "5 €."}), pause_s=1))
    async with governed(server.url, on_report=reports.append) as client:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await client.chat.complete_async(
                    model="m", messages=[{"role": "user", "content": "Hei"}]
                )
    assert len(reports) == 1


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"choices": [{"message": {"content": "Osta nyt', "application/json"),
        (b"[]", "application/json"),
        (b'{"choices": "Osta nyt"}', "application/json"),
        (b"Osta nyt", "text/plain"),
        (b'data: {"text": "Osta nyt"}\n\n', "text/event-stream"),
    ],
)
def test_an_answer_that_nobody_can_read_is_stopped(
    server: Server, governed: Governed, body: bytes, kind: str
) -> None:
    server.give(Reply(body, kind=kind))
    with pytest.raises(StepDenied, match=r"runtime\.not_governed") as stopped:
        ask(governed(server.url))
    assert "Osta" not in str(stopped.value)
    assert "Osta" not in repr(vars(stopped.value))


def test_an_empty_answer_is_none(server: Server, governed: Governed) -> None:
    server.give(completion({"content": ""}))
    assert ask(governed(server.url)).choices[0].message.content == ""


def test_the_sdk_is_given_what_was_judged(server: Server, governed: Governed) -> None:
    """Its own hooks see the request as it leaves, and errors of its own quote what was judged."""
    body = completion({"content": "5 €."})
    del body["usage"]
    server.give(body)
    with pytest.raises(errors.ResponseValidationError) as failed:
        ask(governed(server.url))
    assert DISCLOSURE_FI in failed.value.body
    assert DISCLOSURE_FI in failed.value.raw_response.text
    assert failed.value.raw_response.request.url.path == "/v1/chat/completions"
    assert failed.value.raw_response.elapsed.total_seconds() > 0


def test_headers_and_address_of_a_call_stay(server: Server, governed: Governed) -> None:
    server.give(completion({"content": "5 €."}))
    client = governed("http://127.0.0.1:1")
    client.chat.complete(
        model="m",
        messages=[{"role": "user", "content": "Olen anna@esimerkki.example"}],
        server_url=server.url,
        http_headers={"X-Trace": "7"},
    )
    assert "anna" not in str(server.bodies)
    assert server.headers[0]["X-Trace"] == "7"
    assert server.headers[0]["Authorization"] == "Bearer key"


def test_the_sdk_logs_masks(
    server: Server, governed: Governed, caplog: pytest.LogCaptureFixture
) -> None:
    server.give(completion({"content": "5 €."}))
    logger = logging.getLogger("mistral-sdk")
    with caplog.at_level(logging.DEBUG, "mistral-sdk"):
        governed(server.url, sdk={"debug_logger": logger}).chat.complete(
            model="m", messages=[{"role": "user", "content": "Olen anna@esimerkki.example"}]
        )
    assert "EMAIL_ADDRESS_" in caplog.text
    assert "anna@" not in caplog.text


def test_compressed_answers(server: Server, governed: Governed) -> None:
    import gzip
    import json

    held = gzip.compress(json.dumps(completion({"content": "5 €."})).encode())
    server.give(Reply(held, headers={"Content-Encoding": "gzip"}))
    assert ask(governed(server.url)).choices[0].message.content == f"{DISCLOSURE_FI}\n\n5 €."


def test_threads_share_a_client(server: Server, governed: Governed, assistant: Assistant) -> None:
    def echo(body: Any) -> Reply:
        return Reply(completion({"content": body["messages"][0]["content"]}))

    server.give(Reply(of=echo))
    client = governed(server.url)
    said: dict[int, str] = {}

    def talk(number: int) -> None:
        mail = f"anna{number}@esimerkki.example"
        answer = client.chat.complete(model="m", messages=[{"role": "user", "content": mail}])
        said[number] = answer.choices[0].message.content

    threads = [threading.Thread(target=talk, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == {
        number: f"{DISCLOSURE_FI}\n\nanna{number}@esimerkki.example" for number in range(6)
    }
