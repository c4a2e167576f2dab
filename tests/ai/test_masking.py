"""Masks: what leaves, and what comes back."""

from __future__ import annotations

import copy
import json
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aboveboard.ai.masking import Masks
from aboveboard.ai.pieces import ready
from aboveboard.detecting import Detection, detect
from aboveboard.pseudonyms import Pseudonymiser

KEYED = Pseudonymiser(b"made-up-key-of-32-bytes-for-test", "k1")
VALUES = st.sampled_from(
    ["anna@example.org", "liisa.virtanen@example.fi", "FI21 1234 5600 0007 85", "+358 40 123 4567"]
)
WORDS = st.text(st.sampled_from("abc ÄÖ…。.!?\n\"')]}[{_0f🙂\u0301EMAIL_"), min_size=0, max_size=30)


def masked(text: str, masks: Masks) -> str:
    return masks.mask(text, detect(text))


def test_a_value_leaves_as_a_placeholder_and_comes_back() -> None:
    masks = Masks(KEYED)
    sent = masked("Write to anna@example.org, please.", masks)
    assert "anna" not in sent
    assert sent.startswith("Write to [EMAIL_ADDRESS_")
    assert masks.unmask(sent) == "Write to anna@example.org, please."


def test_the_same_value_has_the_same_placeholder_in_every_process() -> None:
    one, other = Masks(KEYED), Masks(KEYED)
    assert masked("a anna@example.org", one)[2:] == masked("bb anna@example.org", other)[3:]


def test_another_key_gives_another_placeholder() -> None:
    other = Masks(Pseudonymiser(b"another-key-of-32-bytes-for-test", "k1"))
    assert masked("anna@example.org", Masks(KEYED)) != masked("anna@example.org", other)


def test_signals_are_no_data() -> None:
    masks = Masks(KEYED)
    found = [Detection(0, 5, "distress", 9000), Detection(6, 10, "pd:Health", 9000)]
    assert masks.mask("help! sick", found).startswith("help! [HEALTH_")


def test_what_overlaps_is_one() -> None:
    masks = Masks(KEYED)
    text = "0123456789"
    found = [Detection(2, 5, "pd:Health", 9000), Detection(3, 9, "pd:EmailAddress", 9000)]
    sent = masks.mask(text, found)
    assert sent.startswith("01[EMAIL_ADDRESS_")
    assert sent.endswith("]9")
    assert masks.unmask(sent) == text


def test_a_placeholder_is_no_word_of_the_prompt() -> None:
    first = Masks(KEYED).mask("anna@example.org", detect("anna@example.org"))
    text = f"{first} and anna@example.org"
    masks = Masks(KEYED)
    sent = masks.mask(text, [Detection(len(first) + 5, len(text), "pd:EmailAddress", 10_000)])
    assert sent.count(first) == 1
    assert masks.unmask(sent) == text


def test_placeholders_that_nobody_made_stay() -> None:
    masks = Masks(KEYED)
    masked("anna@example.org", masks)
    assert masks.unmask("[EMAIL_ADDRESS_000000] [X]") == "[EMAIL_ADDRESS_000000] [X]"


def test_json_gets_back_what_json_may_hold() -> None:
    masks = Masks(KEYED)
    value = 'a "quoted"\nname\\'
    sent = masks.mask(value, [Detection(0, len(value), "pd:Name", 9000)])
    assert json.loads(masks.unmask_json(json.dumps({"to": sent}))) == {"to": value}


def test_values_within_json_come_back() -> None:
    masks = Masks(KEYED)
    sent = masked("anna@example.org", masks)
    held = {"to": [sent, {"cc": f"<{sent}>"}], "n": 3, "none": None}
    masks.unmask_within(held)
    assert held == {
        "to": ["anna@example.org", {"cc": "<anna@example.org>"}],
        "n": 3,
        "none": None,
    }


def test_masks_show_and_pickle_nothing() -> None:
    masks = Masks(KEYED)
    masked("anna@example.org", masks)
    assert "anna" not in repr(masks)
    with pytest.raises(TypeError, match="memory"):
        pickle.dumps(masks)
    with pytest.raises(TypeError, match="memory"):
        copy.copy(masks)


@settings(deadline=None)
@given(st.lists(st.one_of(WORDS, VALUES), max_size=8))
def test_unmasking_is_exact(parts: list[str]) -> None:
    masks = Masks(KEYED)
    text = " ".join(parts)
    assert masks.unmask(masked(text, masks)) == text


@settings(deadline=None, max_examples=60)
@given(st.lists(st.one_of(WORDS, VALUES), max_size=5), st.integers(20, 60))
def test_a_stream_cut_at_every_position_comes_back_exactly(parts: list[str], limit: int) -> None:
    masks = Masks(KEYED)
    text = " ".join(parts)
    sent = masked(text, masks)
    for cut in range(len(sent) + 1):
        said, held = [], ""
        for chunk in (sent[:cut], sent[cut:]):
            held += chunk
            while size := ready(held, limit):
                said.append(masks.unmask(held[:size]))
                held = held[size:]
        said.append(masks.unmask(held))
        assert "".join(said) == text


@settings(deadline=None, max_examples=60)
@given(st.lists(st.one_of(WORDS, VALUES), max_size=5), st.integers(1, 7))
def test_a_stream_of_small_chunks_comes_back_exactly(parts: list[str], size: int) -> None:
    masks = Masks(KEYED)
    text = " ".join(parts)
    sent = masked(text, masks)
    said, held = "", ""
    for at in range(0, len(sent), size):
        held += sent[at : at + size]
        while end := ready(held, 20):
            said += masks.unmask(held[:end])
            held = held[end:]
    assert said + masks.unmask(held) == text
