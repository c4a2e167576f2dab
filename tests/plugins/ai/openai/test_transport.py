"""What goes wrong on the way goes wrong as the SDK says, and a verdict is given once."""

from __future__ import annotations

from typing import Any

import openai
import pytest

from aboveboard import StepDenied, StepEscalated
from tests.plugins.ai.openai.server import Reply, completion, vendor

ASKED = [{"role": "user", "content": "Missä tilaukseni on? matti@example.com"}]
SOON = {"retry-after-ms": "1"}


def ask(client: Any, messages: Any = ASKED, **more: Any) -> Any:
    return client.chat.completions.create(model="gpt-5.4-mini", messages=messages, **more)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_retries_repeat_no_verdict(client: Any, talk: Any, status: int) -> None:
    failing = Reply({"error": {"message": "later"}}, status=status, headers=SOON)
    with vendor([failing, failing, Reply(completion())]) as own:
        ask(client(own.url, retries=2))
    assert len(own.requests) == 3
    assert own.bodies[0] == own.bodies[2]
    assert talk.report.verdicts[-1].phase == "completed"
    assert len(talk.report.verdicts) == 4  # profiling twice, for the mask; before and after
    assert talk.turns == 1


def test_chaos_of_the_fake_vendor(fake: Any, client: Any, talk: Any) -> None:
    fake.chaos(dropRate=1)
    try:
        with pytest.raises(openai.InternalServerError):
            ask(client(f"{fake.url}/v1"))
    finally:
        fake.chaos()
    assert talk.turns == 0


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, openai.BadRequestError),
        (401, openai.AuthenticationError),
        (404, openai.NotFoundError),
        (429, openai.RateLimitError),
        (500, openai.InternalServerError),
    ],
)
def test_errors_of_the_vendor_stay_as_they_are(
    client: Any, talk: Any, status: int, error: type[Exception]
) -> None:
    with (
        vendor(Reply({"error": {"message": "no", "code": "c"}}, status=status)) as own,
        pytest.raises(error),
    ):
        ask(client(own.url))
    assert talk.turns == 0


def test_a_denied_step_is_never_retried_or_wrapped(client: Any, talk: Any) -> None:
    with (
        vendor(completion("Enää 2 jäljellä, tilaa heti!")) as own,
        pytest.raises(StepEscalated) as stopped,
    ):
        ask(client(own.url, retries=3))
    assert len(own.requests) == 1
    assert stopped.value.__cause__ is None
    assert not isinstance(stopped.value, openai.OpenAIError)


def test_a_slow_vendor_times_out(client: Any, talk: Any) -> None:
    with vendor(Reply(completion(), pause_s=0.5)) as own, pytest.raises(openai.APITimeoutError):
        ask(client(own.url, timeout=0.1))


def test_nobody_listens(client: Any, talk: Any) -> None:
    with pytest.raises(openai.APIConnectionError):
        ask(client("http://127.0.0.1:9/v1"))


@pytest.mark.parametrize("body", [b"<html>secret</html>", b"[1]", b'{"choices": "secr'])
def test_what_is_no_answer_is_not_shown(client: Any, talk: Any, body: bytes) -> None:
    with vendor(Reply(body)) as own, pytest.raises(openai.APIResponseValidationError) as failed:
        ask(client(own.url))
    assert "secr" not in str(failed.value) + failed.value.response.text


def test_a_body_that_nobody_can_read_does_not_leave(client: Any, talk: Any) -> None:
    with vendor(completion()) as own:
        governed = client(own.url)
        with pytest.raises(StepDenied, match="body in JSON"):
            governed.post("/chat/completions", cast_to=object, content=b"{}")
    assert own.requests == []


def test_odd_answers_are_read_as_far_as_they_go(client: Any, talk: Any) -> None:
    with vendor({"choices": [None, {"message": 5}, {"message": {"tool_calls": [1]}}]}) as own:
        said = ask(client(own.url))
    assert talk.report.outcome is None
    assert len(said.choices) == 3
