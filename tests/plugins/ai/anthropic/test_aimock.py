"""Against the fake vendor: a server that others wrote, over real HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import anthropic
import pytest
from anthropic import Anthropic, AsyncAnthropic

from aboveboard import StepEscalated, StepStopped
from aboveboard.testing.recorder import Recorder
from tests.assistant import DISCLOSURE_FI
from tests.plugins.ai.anthropic.asking import ANNA, PRESSED, asked, offered
from tools.aimock import Aimock

pytestmark = pytest.mark.anyio
FIXTURES: list[dict[str, Any]] = [
    {"match": {"userMessage": "Missä"}, "response": {"content": "Hei. Tilaus tulee huomenna."}},
    {
        "match": {"userMessage": "Mieti"},
        "response": {"content": "Mietin. Valmis.", "reasoning": "Hm."},
    },
    {"match": {"userMessage": "Mikä tuoli"}, "response": {"content": f"Hei. {PRESSED}"}},
    {
        "match": {"userMessage": "Etsi"},
        "response": {"toolCalls": [{"name": "find_products", "arguments": {"product": "tuoli"}}]},
    },
    {
        "match": {"userMessage": "Poista"},
        "response": {"toolCalls": [{"name": "delete_customer", "arguments": {}}]},
    },
]


@pytest.fixture(scope="module")
def fake(aimock: Callable[..., Any]) -> Iterator[Aimock]:
    with aimock(FIXTURES) as running:
        yield running


@pytest.fixture
def mocked(fake: Aimock, govern: Callable[..., Any]) -> Iterator[Anthropic]:
    with Anthropic(api_key="sk", base_url=fake.url) as made:
        yield govern(made)


def test_a_call(mocked: Any, fake: Aimock, recorder: Recorder) -> None:
    answer = mocked.messages.create(**asked(f"Missä tilaus on? {ANNA}"))
    assert answer.content[0].text == f"{DISCLOSURE_FI}\n\nHei. Tilaus tulee huomenna."
    assert ANNA not in str(fake.journal())
    assert "EMAIL_ADDRESS" in str(fake.bodies()[-1])
    assert len(recorder.events) == 4


def test_a_stream(mocked: Any) -> None:
    with mocked.messages.stream(**asked("Missä tilaus on?")) as stream:
        assert stream.get_final_text() == f"{DISCLOSURE_FI}\n\nHei. Tilaus tulee huomenna."


def test_thoughts_stay_as_they_are(mocked: Any) -> None:
    with mocked.messages.stream(**asked("Mieti tätä")) as stream:
        final = stream.get_final_message()
    assert [block.type for block in final.content] == ["thinking", "text"]
    assert final.content[0].thinking == "Hm."
    assert final.content[1].text == f"{DISCLOSURE_FI}\n\nMietin. Valmis."


async def test_async_calls_and_streams(fake: Aimock, govern: Callable[..., Any]) -> None:
    async with AsyncAnthropic(api_key="sk", base_url=fake.url) as made:
        client = govern(made)
        answer = await client.messages.create(**asked("Missä tilaus on?"))
        assert answer.content[0].text.startswith(DISCLOSURE_FI)
        async with client.messages.stream(**asked("Missä tilaus on?")) as stream:
            assert await stream.get_final_text() == "Hei. Tilaus tulee huomenna."


def test_an_answer_that_presses_is_not_shown(mocked: Any) -> None:
    with pytest.raises(StepEscalated):
        mocked.messages.create(**asked("Mikä tuoli?"))
    with (
        mocked.messages.stream(**asked("Mikä tuoli?")) as stream,
        pytest.raises(StepEscalated),
    ):
        stream.until_done()


def test_tools(mocked: Any) -> None:
    given = {"tools": offered("find_products")}
    answer = mocked.messages.create(**asked("Etsi tuoli", **given))
    assert answer.content[0].input == {"product": "tuoli"}
    with mocked.messages.stream(**asked("Etsi tuoli", **given)) as stream:
        assert stream.get_final_message().content[0].input == {"product": "tuoli"}
    with pytest.raises(StepStopped):
        mocked.messages.create(**asked("Poista minut", **given))


def test_errors(mocked: Any, fake: Aimock, recorder: Recorder) -> None:
    fake.chaos(dropRate=1)
    try:
        with pytest.raises(anthropic.InternalServerError):
            mocked.with_options(max_retries=1).messages.create(**asked("Missä?"))
    finally:
        fake.chaos()
    assert len(recorder.events) == 2
