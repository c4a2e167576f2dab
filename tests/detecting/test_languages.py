"""Which language a text is in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from aboveboard.detecting import language_of

SENTENCES = [
    json.loads(line)
    for name in ("tune", "held_out")
    for line in Path(__file__)
    .with_name("labelled")
    .joinpath(f"{name}.jsonl")
    .read_text("utf-8")
    .splitlines()
]


def test_no_sentence_is_taken_for_another_language() -> None:
    told = [(language_of(one["text"]), one["language"]) for one in SENTENCES]
    assert len(told) > 700
    assert [pair for pair in told if pair[0] not in (None, pair[1])] == []


@pytest.mark.parametrize("language", ["en", "fi", "nl", "sv", "de"])
def test_a_text_of_some_sentences_is_told(language: str) -> None:
    texts = [one["text"] for one in SENTENCES if one["language"] == language]
    assert language_of(" ".join(texts[:12])) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Nosto 120: 399,00",
        "OK",
        "Bonjour, je voudrais une chaise pour le bureau",
        "🙂" * 50,
        "x" * 10_000,
    ],
)
def test_what_is_not_plain_is_not_told(text: str) -> None:
    assert language_of(text) is None
