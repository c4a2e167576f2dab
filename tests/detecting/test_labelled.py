"""Sentences that the lexicons were not tuned on; docs/detecting.md lists what was missed."""

from __future__ import annotations

from collections import Counter

import pytest

from aboveboard.detecting import LANGUAGES
from tests.detecting.measuring import report, score, sentences

PRECISION, RECALL = 0.9, 0.8


@pytest.mark.parametrize("language", LANGUAGES)
def test_precision_and_recall_on_the_held_out_half(language: str) -> None:
    each = score("held_out")[language]
    assert each.precision >= PRECISION
    assert each.recall >= RECALL


@pytest.mark.parametrize("told_language", [True, False])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_half_to_tune_on(language: str, told_language: bool) -> None:
    each = score("tune", told_language=told_language)[language]
    assert each.precision >= PRECISION
    assert each.recall >= RECALL


def test_the_set_is_large_and_half_of_it_is_harmless() -> None:
    both = sentences("tune") + sentences("held_out")
    assert len(both) >= 400
    assert len({item["text"] for item in both}) == len(both)
    counts = Counter(item["language"] for item in both)
    harmless = Counter(item["language"] for item in both if not item["found"])
    for language in LANGUAGES:
        assert counts[language] >= 80
        assert 0.45 <= harmless[language] / counts[language] <= 0.55


def test_the_guide_shows_the_figures_and_every_miss(request: pytest.FixtureRequest) -> None:
    guide = request.config.rootpath / "docs" / "detecting.md"
    assert report() in guide.read_text(encoding="utf-8")
