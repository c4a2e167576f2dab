"""Batches: each request is judged before all leave, each answer before it is had."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import anthropic
import pytest

from aboveboard import StepEscalated
from aboveboard.testing.recorder import Recorder
from tests.assistant import DISCLOSURE_FI
from tests.plugins.ai.anthropic.asking import ANNA, PRESSED, asked
from tests.plugins.ai.anthropic.vendor import Reply, Vendor, message

pytestmark = pytest.mark.anyio


def batch(vendor: Vendor) -> dict[str, Any]:
    return {
        "id": "msgbatch_01", "type": "message_batch", "processing_status": "ended",
        "results_url": f"{vendor.url}/v1/messages/batches/msgbatch_01/results",
        "request_counts": {
            "processing": 0, "succeeded": 2, "errored": 0, "canceled": 0, "expired": 0
        },
        "created_at": "2026-11-01T00:00:00Z", "expires_at": "2026-11-02T00:00:00Z",
    }  # fmt: skip


def results(*answers: Any) -> Reply:
    lines = [
        {"custom_id": f"q-{at}", "result": {"type": "succeeded", "message": answer}}
        for at, answer in enumerate(answers)
    ]
    lines.append({"custom_id": "q-e", "result": {"type": "expired"}})
    return Reply([json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in lines])


def asking(*texts: str) -> list[Any]:
    return [{"custom_id": f"q-{at}", "params": asked(said)} for at, said in enumerate(texts)]


@pytest.mark.parametrize("beta", [False, True])
def test_each_request_is_judged_and_masked(
    client: Any, vendor: Vendor, recorder: Recorder, beta: bool
) -> None:
    vendor.answers(batch(vendor))
    given = asking("Hei", f"Olen {ANNA}")
    batches = client.beta.messages.batches if beta else client.messages.batches
    made = batches.create(requests=given)
    assert made.id == "msgbatch_01"
    sent = vendor.bodies[0]["requests"]
    assert sent[1]["params"]["messages"][0]["content"].startswith("Olen [EMAIL_ADDRESS_")
    assert given[1]["params"]["messages"][0]["content"] == f"Olen {ANNA}"
    # What is answered is judged when the results are had.
    assert {(event.step, event.phase) for event in recorder.events} == {("profiling", "requested")}


def test_one_request_that_must_not_leave_keeps_all(client: Any, vendor: Vendor) -> None:
    with pytest.raises(StepEscalated):
        client.messages.batches.create(
            requests=[*asking("Hei"), {"custom_id": "q", "params": asked([{"type": "image"}])}]
        )
    assert not vendor.sent


def test_each_answer_is_judged(client: Any, vendor: Vendor, recorder: Recorder) -> None:
    vendor.answers(batch(vendor), results(message("Hei."), message("Terve.")))
    got = list(client.messages.batches.results("msgbatch_01"))
    assert [each.custom_id for each in got] == ["q-0", "q-1", "q-e"]
    assert got[0].result.message.content[0].text == f"{DISCLOSURE_FI}\n\nHei."
    assert got[2].result.type == "expired"
    phases = [(event.step, event.phase) for event in recorder.events]
    assert phases.count(("recommendation", "completed")) == 2


def test_an_answer_that_must_not_be_shown_stops_the_results(client: Any, vendor: Vendor) -> None:
    vendor.answers(batch(vendor), results(message("Hei."), message(PRESSED)))
    got: list[Any] = []
    with pytest.raises(StepEscalated):
        got.extend(client.messages.batches.results("msgbatch_01"))
    assert "q-1" not in [each.custom_id for each in got]
    vendor.answers(batch(vendor), results(message(PRESSED)))
    raw = client.messages.batches.with_raw_response.results("msgbatch_01")
    with pytest.raises(StepEscalated):
        raw.read()


@pytest.mark.parametrize(
    "line",
    [
        b"Salainen{",
        b'"Salainen"',
        b'{"custom_id": "q", "result": {"type": "succeeded", "message": "Salainen"}}',
        b'{"custom_id": "q", "result": {"type": "news", "text": "Salainen"}}',
    ],
)
def test_a_line_that_is_no_result_is_not_shown(client: Any, vendor: Vendor, line: bytes) -> None:
    vendor.answers(batch(vendor), Reply([line + b"\n"]))
    with pytest.raises(anthropic.APIResponseValidationError) as failure:
        list(client.messages.batches.results("msgbatch_01"))
    assert "Salainen" not in f"{failure.value} {failure.value.body} {failure.value.response.text}"


async def test_async_batches_are_judged_alike(aclient: Any, vendor: Vendor) -> None:
    vendor.answers(batch(vendor))
    await aclient.messages.batches.create(requests=asking(f"Olen {ANNA}"))
    assert ANNA not in vendor.sent[0].raw.decode()
    vendor.answers(batch(vendor), results(message("Hei."), message(PRESSED)))
    lines = await aclient.messages.batches.results("msgbatch_01")
    with pytest.raises(StepEscalated):
        [line async for line in lines]
    vendor.answers(batch(vendor), results(message("Hei.")))
    lines = await aclient.messages.batches.results("msgbatch_01")
    assert [line.custom_id async for line in lines] == ["q-0", "q-e"]


def test_a_talk_gives_back_what_its_batch_masked(client: Any, vendor: Vendor) -> None:
    vendor.answers(batch(vendor))
    client.messages.batches.create(requests=asking(f"Olen {ANNA}"))
    masked = vendor.bodies[0]["requests"][0]["params"]["messages"][0]["content"]
    vendor.answers(batch(vendor), results(message(masked)))
    got = list(client.messages.batches.results("msgbatch_01"))
    assert got[0].result.message.content[0].text.endswith(f"Olen {ANNA}")


def test_a_batch_as_such_moves_nobody_s_data(
    client: Any, vendor: Vendor, govern: Callable[..., Any], recorder: Recorder
) -> None:
    vendor.answers(batch(vendor))
    client.messages.batches.retrieve("msgbatch_01")
    client.messages.batches.cancel("msgbatch_01")
    client.messages.batches.delete("msgbatch_01")
    assert not recorder.events
