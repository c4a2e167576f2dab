"""The built-in detector: numbers by check digit, words by form, places in any Unicode."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.detecting import Detection, detect


def _categories(text: str, language: str | None = None) -> set[str]:
    return {hit.category for hit in detect(text, language)}


@pytest.mark.parametrize("sign", "-YXWVU")
def test_finnish_codes_of_the_last_century(sign: str) -> None:
    assert _categories(f"code 131052{sign}308T.") == {"pd:OfficialID"}
    assert _categories(f"code 131052{sign}308U.") == set()


@pytest.mark.parametrize("sign", "ABCDEF")
def test_finnish_codes_of_this_century(sign: str) -> None:
    assert _categories(f"131052{sign}308T") == {"pd:OfficialID"}


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("131052+308T", "pd:OfficialID"),
        ("BSN 111222333", "pd:OfficialID"),
        ("BSN: 1112.22.333", "pd:OfficialID"),
        ("811218-9876", "pd:OfficialID"),
        ("19811218-9876", "pd:OfficialID"),
        ("personnummer 8112189876", "pd:OfficialID"),
        ("FI21 1234 5600 0007 85", "pd:FinancialAccountNumber"),
        ("nl91abna0417164300", "pd:FinancialAccountNumber"),
        ("GB29-NWBK-6016-1331-9268-19", "pd:FinancialAccountNumber"),
        ("a.b+c@sub.kestrel.example", "pd:EmailAddress"),
        ("+358 40 123 4567", "pd:TelephoneNumber"),
        ("0046 70 174 06 05", "pd:TelephoneNumber"),
        ("+44 (0)20 7946 0321", "pd:TelephoneNumber"),
        ("(020) 7946 0321", "pd:TelephoneNumber"),
        ("030/901820-11", "pd:TelephoneNumber"),
        ("06-12345678", "pd:TelephoneNumber"),
        ("０４０ １２３ ４５６７", "pd:TelephoneNumber"),
    ],
)
def test_numbers(text: str, category: str) -> None:
    assert _categories(text) == {category}


@pytest.mark.parametrize(
    "text",
    [
        "310252-308T",  # no 31 February
        "131052*308T",
        "111222333",  # one in eleven rows of nine digits passes the test of a BSN
        "BSN 111222334",
        "811218-9875",
        "8112189876",
        "FI21 1234 5600 0007 86",
        "XX21 1234 5600 0007 85",
        "FI21 1234 5600 0007 8",
        "@example.example",
        "a@b",
        "01.02.2026",
        "order no. 020 7946 0321",
        "0.1234567891",
        "v1.2.3",
        "2026-11-23 12:00:00",
    ],
)
def test_what_only_looks_like_a_number_of_somebody(text: str) -> None:
    assert _categories(text) == set()


@pytest.mark.parametrize(
    ("text", "language", "category"),
    [
        ("Syövästä toipuva", "fi", "pd:Health"),
        ("diabeteksensa vuoksi", "fi", "pd:Health"),
        ("Brustkrebsvorsorge: hat Brustkrebs", "de", "pd:Health"),
        ("haar longkanker is terug", "nl", "pd:Health"),
        ("hon har bröstcancern kvar", "sv", "pd:Health"),
        ("den Vertrauensmann der Industriegewerkschaft", "de", "pd:TradeUnionMembership"),
    ],
)
def test_inflection_and_compounds(text: str, language: str, category: str) -> None:
    assert _categories(text, language) == {category}


@pytest.mark.parametrize("text", ["Union Station", "Krankenhaus Nord AG", "healthy growth"])
def test_context_takes_a_find_away(text: str) -> None:
    assert _categories(f"She called about {text}.") == set()


def test_an_unknown_language_asks_every_lexicon() -> None:
    text = "Sie ist schwanger."
    assert _categories(text) == _categories(text, "de-AT") == _categories(text, "pt")
    assert _categories(text, "en") == set()


@pytest.mark.parametrize(
    "word",
    [
        "can\u200bcer",
        "CANCER",
        "ｃａｎｃｅｒ",
        "c\u00adancer",
        "can\u034fcer",
        "can\ufe0fcer",
        "can\u3164cer",
        "𝐜𝐚𝐧𝐜𝐞𝐫",
    ],
)
@pytest.mark.parametrize("before", ["", "é ", "e\u0301 ", "ﬁ ", "\ud800 ", "😀 ", "İ "])
def test_places_are_those_of_the_text_as_given(word: str, before: str) -> None:
    text = f"{before}her {word} is back"
    (hit,) = detect(text, "en")
    assert text[hit.start : hit.end] == word


def test_a_letter_keeps_its_accents() -> None:
    text = "hans tumo\u0308r växer"
    (hit,) = detect(text, "sv")
    assert text[hit.start : hit.end] == "tumo\u0308r"


@given(st.text(alphabet=st.characters(), max_size=60))
def test_any_text_is_read(text: str) -> None:
    for hit in detect(f"{text} gay {text}"):
        assert 0 <= hit.start < hit.end <= 2 * len(text) + 5


def test_a_dotted_line_takes_no_longer_than_others() -> None:
    """Each of its dots asked the rest of the line whether a sentence ends: 4 s for this one."""
    started = time.process_time()
    assert detect("Her cancer " + "." * 20_000 + "x")
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    "part",
    ["a", "1", "1 ", "0(", "@", "a@", "a@a.", "fi21 ", "\u0301", "\u200b", "not ", "only 1 ",
     "speak to ", "131052-308t ", " ", "."],
)  # fmt: skip
def test_time_grows_with_the_text_and_no_faster(part: str) -> None:
    """In processor time, which others on the machine cannot spend."""
    took = []
    for size in (20_000, 160_000):
        text = (part * size)[:size]
        best = float("inf")
        for _ in range(2):
            started = time.process_time()
            detect(text)
            best = min(best, time.process_time() - started)
        took.append(best)
    assert took[1] < 8 * 3 * max(took[0], 0.004)


@pytest.mark.parametrize(
    "given",
    [
        (0, 0, "pd:Health", 1),
        (-1, 2, "pd:Health", 1),
        (0, 1, "pd:Helth", 1),
        (0, 1, "dpv:DirectMarketing", 1),
        (0, 1, "pd:Health", 10_001),
        (0, 1, "pd:Health", True),
        (0, 1, None, 1),
    ],
)
def test_what_is_no_detection(given: tuple[int, int, str, int]) -> None:
    with pytest.raises(ValueError, match="detection"):
        Detection(*given)
