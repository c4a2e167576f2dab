"""A governed call: what leaves, and what comes back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pydantic
import pytest
from google.genai import types

from aboveboard import Gate, StepDenied, StepEscalated
from aboveboard.ai import Conversation
from aboveboard.testing.recorder import Recorder
from tests.assistant import DISCLOSURE_FI
from tests.plugins.ai.gemini.conftest import GEMINI, MAIL
from tests.plugins.ai.gemini.serving import Reply, Vendor, answer


def ask(client: Any, contents: Any, *, aio: bool = False, **config: Any) -> Any:
    named = {"model": GEMINI, "contents": contents, "config": config or None}
    if not aio:
        return client.models.generate_content(**named)

    async def one() -> Any:
        async with client.aio as side:
            return await side.models.generate_content(**named)

    return asyncio.run(one())


@pytest.fixture(params=[False, True], ids=["blocking", "async"])
def aio(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def test_a_call_against_the_fake_vendor(
    aimock: Any, govern: Callable[..., Any], aio: bool, assistant: tuple[Gate, Recorder]
) -> None:
    replies = [{"match": {}, "response": {"content": "Kumpi kangas, puuvilla vai pellava?"}}]
    with aimock(replies) as fake:
        said = ask(govern(fake.url), f"Hei, olen {MAIL}.", aio=aio)
        (body,) = fake.bodies()
    assert said.text == f"{DISCLOSURE_FI}\n\nKumpi kangas, puuvilla vai pellava?"
    (message,) = body["messages"]
    assert message["content"].startswith("Hei, olen [EMAIL_ADDRESS_")
    steps = [(verdict.step, verdict.phase) for verdict in assistant[1].verdicts]
    assert steps == [
        ("profiling", "requested"),
        ("profiling", "requested"),  # again, masked
        ("recommendation", "requested"),
        ("recommendation", "completed"),
    ]


def test_what_was_masked_comes_back(vendor: Vendor, govern: Callable[..., Any], aio: bool) -> None:
    reports: list[Any] = []
    client = govern(vendor.url, on_report=reports.append)
    vendor.says(answer("x"))
    ask(client, f"Olen {MAIL}.")
    mask = vendor.bodies[0]["contents"][0]["parts"][0]["text"].removeprefix("Olen ")[:-1]
    vendor.says(answer(f"Vahvistus tulee osoitteeseen {mask}."))
    said = ask(client, f"Olen {MAIL}.", aio=aio)
    assert said.text.endswith(f"Vahvistus tulee osoitteeseen {MAIL}.")
    assert reports[-1].masked == {"pd:EmailAddress": 1}
    assert reports[-1].notices == ["ai_disclosure"]
    assert (reports[-1].model, reports[-1].tokens) == ("gemini-3.6-flash-001", 12)
    assert reports[-1].outcome == "complete"


def test_a_talk_is_told_once_and_keeps_its_masks(
    vendor: Vendor, govern: Callable[..., Any]
) -> None:
    vendor.says(answer("Selvä."))
    chat = govern(vendor.url).chats.create(model=GEMINI)
    with Conversation(language="fi"):
        first = chat.send_message(f"Olen {MAIL}.")
        second = chat.send_message("Entä toimitus?")
    assert first.text == f"{DISCLOSURE_FI}\n\nSelvä."
    assert second.text == "Selvä."
    history = chat.get_history()
    assert history[0].parts[0].text == f"Olen {MAIL}."  # the program keeps its own
    left = [part["text"] for item in vendor.bodies[1]["contents"] for part in item["parts"]]
    assert left[0].startswith("Olen [EMAIL_ADDRESS_")
    assert left[2] == "Entä toimitus?"


def test_what_the_caller_gave_stays_as_it_was(vendor: Vendor, govern: Callable[..., Any]) -> None:
    vendor.says(answer("Selvä."))
    contents = [{"role": "user", "parts": [{"text": f"Olen {MAIL}."}]}]
    config = types.GenerateContentConfig(system_instruction=f"Vastaa tai kirjoita {MAIL}.")
    govern(vendor.url).models.generate_content(model=GEMINI, contents=contents, config=config)
    assert contents == [{"role": "user", "parts": [{"text": f"Olen {MAIL}."}]}]
    assert config.system_instruction == f"Vastaa tai kirjoita {MAIL}."
    assert MAIL not in str(vendor.bodies)


def test_an_answer_that_presses_is_not_shown(
    vendor: Vendor, govern: Callable[..., Any], aio: bool
) -> None:
    vendor.says(answer("Buy now, only 2 left! The offer ends in 10 minutes."))
    with pytest.raises((StepDenied, StepEscalated)) as stopped:
        ask(govern(vendor.url), "Mitä suosittelet?", aio=aio)
    assert type(stopped.value).__module__ == "aboveboard.errors"
    assert "only 2 left" not in str(stopped.value)
    assert len(vendor.asked) == 1


def test_who_asks_for_a_human_is_handed_over(
    vendor: Vendor, govern: Callable[..., Any], aio: bool
) -> None:
    handed: list[Any] = []

    def take(handover: Any) -> str:
        handed.append(handover)
        return "case-7"

    client = govern(vendor.url, handover=take)
    talk = Conversation(language="en")
    with talk, pytest.raises(StepEscalated):
        ask(client, f"I want to talk to a human. I am {MAIL}.", aio=aio)
    assert vendor.asked == []
    assert talk.handover_ref == "case-7"
    (handover,) = handed
    assert "human" in handover.thread[-1].text
    assert MAIL not in str([item.text for item in handover.thread])


def test_raw_answers_hold_what_was_judged(vendor: Vendor, govern: Callable[..., Any]) -> None:
    vendor.says(answer("Selvä."))
    config = types.GenerateContentConfig(should_return_http_response=True)
    said = govern(vendor.url).models.generate_content(model=GEMINI, contents="Hei", config=config)
    assert json.loads(said.sdk_http_response.body)["candidates"][0]["content"]["parts"] == [
        {"text": f"{DISCLOSURE_FI}\n\nSelvä."}
    ]
    vendor.says(answer("Buy now, only 2 left!"))
    with pytest.raises((StepDenied, StepEscalated)):
        govern(vendor.url).models.generate_content(model=GEMINI, contents="Hei", config=config)


def test_an_answer_in_json_has_no_room_for_a_notice(
    vendor: Vendor, govern: Callable[..., Any]
) -> None:
    class Order(pydantic.BaseModel):
        product: str
        email: str

    vendor.says(answer('{"product": "p1", "email": "x"}'))
    asked = {"response_mime_type": "application/json", "response_schema": Order}
    with pytest.raises(StepDenied, match="JSON"):
        ask(govern(vendor.url), "Tilaa p1.", **asked)
    assert vendor.asked == []
    shown: list[str] = []
    client = govern(vendor.url, disclose=lambda notice: shown.append(notice.notice))
    ask(client, f"Tilaa p1, {MAIL}.", **asked)
    mask = vendor.bodies[-1]["contents"][0]["parts"][0]["text"].split()[-1].rstrip(".")
    vendor.says(answer(f'{{"product": "p1", "email": "{mask}"}}'))
    said = ask(client, f"Tilaa p1, {MAIL}.", **asked)
    assert said.parsed == Order(product="p1", email=MAIL)
    assert shown == ["ai_disclosure", "ai_disclosure"]


def test_retries_repeat_no_verdict(
    vendor: Vendor,
    govern: Callable[..., Any],
    aio: bool,
    assistant: tuple[Gate, Recorder],
) -> None:
    busy = {"error": {"code": 429, "message": "slow down", "status": "RESOURCE_EXHAUSTED"}}
    down = {"error": {"code": 503, "message": "down", "status": "UNAVAILABLE"}}
    vendor.says(Reply(busy, 429), Reply(down, 503), answer("Selvä."))
    retry = {"attempts": 3, "initial_delay": 0.01, "max_delay": 0.02, "jitter": 0.01}
    client = govern(vendor.url, http={"retry_options": retry})
    said = ask(client, "Hei", aio=aio)
    assert said.text == f"{DISCLOSURE_FI}\n\nSelvä."
    assert len(vendor.asked) == 3
    assert vendor.bodies[0] == vendor.bodies[2]
    steps = [(verdict.step, verdict.phase) for verdict in assistant[1].verdicts]
    assert steps == [
        ("profiling", "requested"),
        ("recommendation", "requested"),
        ("recommendation", "completed"),
    ]


def test_errors_of_the_vendor_are_its_own(
    vendor: Vendor, govern: Callable[..., Any], aio: bool
) -> None:
    from google.genai import errors

    wrong = {"error": {"code": 400, "message": "no such model", "status": "INVALID_ARGUMENT"}}
    vendor.says(Reply(wrong, 400))
    reports: list[Any] = []
    with pytest.raises(errors.ClientError, match="no such model"):
        ask(govern(vendor.url, on_report=reports.append), "Hei", aio=aio)
    assert len(reports) == 1


@pytest.mark.parametrize("text", ["<html>only 2 left</html>", "[1]", "", '"x"'])
def test_what_is_no_json_object_is_not_shown(
    vendor: Vendor, govern: Callable[..., Any], aio: bool, text: str
) -> None:
    vendor.says(Reply(text))
    reports: list[Any] = []
    with pytest.raises(StepDenied, match="no JSON object") as stopped:
        ask(govern(vendor.url, on_report=reports.append), "Hei", aio=aio)
    assert len(reports) == 1
    assert "only 2 left" not in str(stopped.value)


def test_slow_answers_time_out_as_in_the_sdk(vendor: Vendor, govern: Callable[..., Any]) -> None:
    import httpx2

    client = govern(vendor.url, http={"timeout": 200})
    vendor.says(Reply([" ", " "], pause_s=0.6))
    with pytest.raises(httpx2.TimeoutException):
        client.models.generate_content(model=GEMINI, contents="Hei")


def test_nothing_of_a_talk_is_logged(
    vendor: Vendor, govern: Callable[..., Any], log: list[Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    vendor.says(answer("Salainen vastaus: only 2 left!"))
    with pytest.raises((StepDenied, StepEscalated)) as stopped:
        ask(govern(vendor.url), f"Olen Anna, {MAIL}, salaisuus.")
    told = f"{log} {caplog.text} {stopped.value!r}"
    assert "recommendation" in told
    for word in (MAIL, "salaisuus", "Salainen", "only 2"):
        assert word not in told
