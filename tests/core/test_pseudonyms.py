"""Pseudonyms: keyed, stable, short, and nothing of the identifier in them."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.errors import EventError, SettingsError
from aboveboard.events import StepEvent
from aboveboard.pseudonyms import Pseudonymiser

KEY = b"0123456789abcdef0123456789abcdef"


@given(st.text(st.characters(), max_size=50))
def test_a_keyed_hash_of_the_identifier(text: str) -> None:
    pseudonym = Pseudonymiser(KEY, "k1")(text)
    digest = hmac.new(KEY, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
    assert pseudonym == f"k1:{digest[:32]}"


def test_events_take_them() -> None:
    for key_id in ("k1", "ephemeral", "2026-11_b", "K" * 32):
        StepEvent.create("profiling", subject=Pseudonymiser(KEY, key_id)("jane"))
    StepEvent.create("profiling", subject=Pseudonymiser()("jane"))


def test_another_key_or_person_is_another_pseudonym() -> None:
    one = Pseudonymiser(KEY)
    assert one("jane") == Pseudonymiser(KEY)("jane")
    assert one("jane") != one("joan")
    assert one("jane") != Pseudonymiser(KEY[::-1])("jane")
    assert one("") != one(" ")


def test_numbers_are_their_digits() -> None:
    assert Pseudonymiser(KEY)(4711) == Pseudonymiser(KEY)("4711")


def test_half_a_surrogate_pair_is_an_identifier_too() -> None:
    assert re.fullmatch(r"k1:[0-9a-f]{32}", Pseudonymiser(KEY)("\ud800"))


def test_without_a_key_they_agree_within_the_process_only() -> None:
    one, other = Pseudonymiser(), Pseudonymiser()
    assert one.key_id == "ephemeral"
    assert one("jane") == one("jane")
    assert one("jane") != other("jane")


def test_a_place_in_memory_is_no_identifier() -> None:
    """Two people would share a pseudonym, one after the other; and nobody's objection be found."""

    class Contact:
        pass

    with pytest.raises(EventError, match=r"such as a text or a number; got Contact\.$"):
        Pseudonymiser(KEY)(Contact())


@pytest.mark.parametrize("key", [b"", b"x", b"x" * 15])
def test_a_key_that_is_too_short(key: bytes) -> None:
    with pytest.raises(SettingsError, match="at least 16 bytes"):
        Pseudonymiser(key)


@pytest.mark.parametrize("key_id", ["", "a b", "a:b", "x" * 33, "ä", "a\n"])
def test_a_key_id_that_no_event_takes(key_id: str) -> None:
    with pytest.raises(SettingsError, match="subject_key_id"):
        Pseudonymiser(KEY, key_id)


def test_the_key_is_in_no_text() -> None:
    text = repr(Pseudonymiser(KEY))
    assert text == "Pseudonymiser(key_id='k1')"


def test_the_hash_seed_does_not_matter() -> None:
    code = f"from aboveboard.pseudonyms import Pseudonymiser as P; print(P({KEY!r})('jane'))"
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert runs == {Pseudonymiser(KEY)("jane") + "\n"}
