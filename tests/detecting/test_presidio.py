"""The optional detector. With the extra it finds; without it one sentence says what to install."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec

import pytest

from aboveboard.detecting.presidio import CATEGORIES, PresidioDetector
from aboveboard.errors import ConfigurationError
from aboveboard.vocab import is_known

# `tox -e presidio` brings the extra: there a test that is skipped would be one that is lost.
with_extra = pytest.mark.skipif(
    find_spec("presidio_analyzer") is None and os.environ.get("TOX_ENV_NAME") != "presidio",
    reason="needs the extra aboveboard[presidio]: tox -e presidio",
)


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "spacy", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'aboveboard\[presidio\]'"):
        PresidioDetector()


def test_categories_are_those_of_the_vocabulary() -> None:
    assert all(map(is_known, CATEGORIES.values()))


@with_extra
@pytest.mark.filterwarnings("default")
def test_with_the_extra() -> None:
    text = "Card 4111 1111 1111 1111, FI21 1234 5600 0007 85, from 192.0.2.7, call +44 20 7946 0321"
    found = {
        hit.category: text[hit.start : hit.end]
        for hit in PresidioDetector().aboveboard_detect(text)
    }
    assert found == {
        "pd:CreditCardNumber": "4111 1111 1111 1111",
        "pd:FinancialAccountNumber": "FI21 1234 5600 0007 85",
        "pd:IPAddress": "192.0.2.7",
        "pd:TelephoneNumber": "+44 20 7946 0321",
    }
    assert PresidioDetector().aboveboard_detect("Her cancer is back.") == []


@with_extra
@pytest.mark.filterwarnings("default")
def test_half_a_character_keeps_nothing_from_being_read() -> None:
    text = "\ud83d\ude00 \ud800 from 192.0.2.7"
    (hit,) = PresidioDetector().aboveboard_detect(text)
    assert text[hit.start : hit.end] == "192.0.2.7"
