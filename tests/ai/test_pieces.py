"""Where a text that still grows is cut."""

from __future__ import annotations

import pytest

from aboveboard.ai.pieces import ready


@pytest.mark.parametrize(
    ("held", "piece"),
    [
        ("", ""),
        ("Hello", ""),
        ("Hello.", ""),  # 3.5, or a sentence: what follows shows it
        ("Hello. ", "Hello."),
        ('He said "no." And', 'He said "no."'),
        ("One. Two! Thr", "One. Two!"),
        ("It costs 3.5", ""),
        ("A line\nand", "A line\n"),
        ("你好。我", "你好。"),
        ("Write to [EMAIL_ADDRESS_5f", ""),
    ],
)
def test_a_piece_ends_with_a_sentence(held: str, piece: str) -> None:
    assert held[: ready(held, 40)] == piece


def test_a_long_sentence_is_cut_after_a_word() -> None:
    held = "word " * 10 + "wo"
    assert held[: ready(held, 40)] == "word " * 10


def test_a_long_word_is_cut_where_it_is() -> None:
    assert ready("x" * 50, 40) == 50


def test_no_placeholder_is_cut() -> None:
    held = "x" * 50 + "[EMAIL_ADDRESS_5f3a"
    assert ready(held, 40) == 50
    assert ready("[EMAIL_ADDRESS_5f3a" + "0" * 10, 20) == 0


def test_what_only_begins_like_a_placeholder_is_let_go() -> None:
    assert ready("[" + "A" * 200, 40) == 201
    assert ready("[a link](http://x.example/" + "y" * 20, 40) > 0
