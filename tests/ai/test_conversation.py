"""What is kept of a talk across its turns."""

from __future__ import annotations

import asyncio
import pickle
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from aboveboard import EventError, Gate
from aboveboard.ai import Conversation, current_conversation
from tests.ai.acme import Acme

pytestmark = pytest.mark.anyio
ANNA = "anna@example.org"


def test_the_next_server_goes_on_where_the_last_one_was(acme: Acme, gate: Gate) -> None:
    acme.chat(f"Olen {ANNA}", {"text": "Hei @@"})
    kept = acme.conversation.to_json()
    assert ANNA not in kept
    assert "Hei" not in kept
    other = Acme(gate, conversation=Conversation.from_json(kept))
    # It was disclosed there, so it is not here.
    assert other.chat("Entä nyt?", {"text": "Nyt."})["text"] == "Nyt."


def test_a_block_says_whose_turn_it_is(acme: Acme) -> None:
    talk = Conversation(language="sv")
    with talk:
        assert current_conversation() is talk
        assert acme.guard.conversation is talk
        with Conversation() as inner:
            assert current_conversation() is inner
        assert current_conversation() is talk
    assert current_conversation() is None
    assert acme.guard.conversation is acme.conversation


async def test_tasks_have_their_own_talks() -> None:
    async def talk(name: str) -> str:
        with Conversation(id=name):
            await asyncio.sleep(0.01)
            current = current_conversation()
            return current.id if current else ""

    assert await asyncio.gather(talk("a"), talk("b")) == ["a", "b"]


def test_a_copy_holds_no_masks(acme: Acme) -> None:
    acme.chat(f"Olen {ANNA}", {"text": "Hei @@"})
    assert acme.conversation.report is not None
    copy = pickle.loads(pickle.dumps(acme.conversation))
    assert copy == acme.conversation.model_copy() or copy.to_json() == acme.conversation.to_json()
    assert copy.report is None
    assert copy._masks is None


def test_what_happens_becomes_facts() -> None:
    now = datetime.now(UTC)
    talk = Conversation(language="fi", topic="billing", urgency="urgent", human_requested=True)
    talk.failed()
    talk.failed()
    assert talk.facts()["conversation"]["failed_turns"] == 2
    assert talk.facts()["conversation"]["user_requested_human"] is True
    talk.helped()
    assert talk.facts()["conversation"]["failed_turns"] == 0
    talk.offered_human(at=now, callback_at=now + timedelta(hours=1))
    assert talk.facts()["handover"] == {"offered_at": now, "callback_at": now + timedelta(hours=1)}
    assert talk.human_requested is False
    talk.took_over("case-3")
    assert talk.facts()["handover"]["taken_over"] is True
    assert talk.handover_ref == "case-3"
    talk.given_back()
    assert "taken_over" not in talk.facts()["handover"]


def test_offers_are_kept_once_and_not_for_ever() -> None:
    talk = Conversation()
    talk.offered(["a", "b", "a"])
    assert talk.offers == ("a", "b")
    talk.offered(str(n) for n in range(150))
    assert len(talk.offers) == 100
    assert talk.offers[-1] == "149"


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", "conversation"),
        ("[]", "conversation"),
        ('{"version": 2}', "version"),
        ('{"language": "Salainen!"}', "language"),
        ('{"failed_turns": -1}', "failed_turns"),
        ('{"notes": "Salainen"}', "notes"),
        ('{"subject": "customer-17"}', "subject"),
        ('{"first_message_at": "2026-01-01T00:00:00"}', "first_message_at"),
    ],
)
def test_what_is_no_conversation_is_named(text: str, where: str) -> None:
    with pytest.raises(EventError, match=where) as error:
        Conversation.from_json(text)
    assert "Salainen" not in str(error.value)


def test_a_person_is_named_by_a_pseudonym_only() -> None:
    with pytest.raises(ValidationError):
        Conversation(subject="anna@example.org")
