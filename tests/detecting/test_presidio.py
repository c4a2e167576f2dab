"""The optional detector. With the extra it finds; without it one sentence says what to install."""

from __future__ import annotations

import sys
from importlib.util import find_spec

import pytest

from aboveboard.detecting.presidio import CATEGORIES, PresidioDetector
from aboveboard.errors import ConfigurationError
from aboveboard.vocab import is_known

with_extra = pytest.mark.skipif(
    find_spec("presidio_analyzer") is None, reason="needs the extra aboveboard[presidio]"
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
