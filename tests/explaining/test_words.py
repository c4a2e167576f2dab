"""The texts for the person: complete in each language, and easy to read."""

from __future__ import annotations

import re

import pytest

from aboveboard.explaining.words import LANGUAGES, known_language, words
from aboveboard.facts import PHASES, STEPS
from aboveboard.organisation import example, starter
from aboveboard.vocab import ids

PLACEHOLDER = re.compile(r"\{\w+\}")
# Words that lawyers and engineers know, and most others do not.
JARGON = {
    "de": "Algorithmus|Betroffene|Verarbeitung|Verantwortlich|DSGVO|Artikel|Profiling|Pseudonym|KI",
    "en": "algorithm|data subject|processing|controller|GDPR|article|profiling|pseudonym|AI|lawful",
    "fi": "algoritmi|rekisteröity|käsittelyperuste|rekisterinpitäjä|GDPR|artikla|profilointi|tekoäly",
    "nl": "algoritme|betrokkene|verwerking|verwerkingsverantwoordelijke|AVG|artikel|profilering|AI",
    "sv": "algoritm|registrerad|personuppgiftsansvarig|behandling|GDPR|artikel|profilering|AI",
}
# Compounds make words long and few: by language, in words of one sentence.
LONGEST = {"de": 24, "en": 24, "fi": 18, "nl": 26, "sv": 22}


def test_public_names() -> None:
    import aboveboard.explaining

    names = aboveboard.explaining.__all__
    assert names == sorted(names)
    assert all(hasattr(aboveboard.explaining, name) for name in names)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_all_that_english_has(language: str) -> None:
    here, english = words(language), words("en")
    assert here.language == language
    assert len(set(here.months)) == 12
    for group in ("texts", "purposes", "categories"):
        mine, theirs = getattr(here, group), getattr(english, group)
        assert mine.keys() == theirs.keys()
        assert all(
            text.strip() == text and text for text in mine.values() if text != mine.get("and")
        )
    for key, text in english.texts.items():
        assert sorted(PLACEHOLDER.findall(here.texts[key])) == sorted(PLACEHOLDER.findall(text)), (
            key
        )


def test_every_step_and_outcome_has_words() -> None:
    texts = words("en").texts
    for step in STEPS:
        assert f"title.{step}" in texts
        assert f"what.{step}" in texts
    for effect in ("allow", "escalate", "deny"):
        for phase in PHASES:
            assert f"outcome.{effect}.{phase}" in texts


def test_terms_are_of_the_vocabulary() -> None:
    english = words("en")
    assert english.purposes.keys() <= set(ids("purpose"))
    assert english.categories.keys() <= set(ids("category"))


def test_what_nobody_has_read_says_that_a_machine_wrote_it() -> None:
    for language in LANGUAGES:
        here = words(language)
        assert here.reviewed == (language == "en")
        assert here.reviewed or here.machine


@pytest.mark.parametrize("language", LANGUAGES)
def test_purposes_of_the_shipped_registers_have_words(language: str) -> None:
    for register in (starter(), example()):
        for entry in register.purposes.values():
            assert all(words(language).purpose(term) for term in entry.purposes)


def test_terms_without_words_take_those_of_broader_ones() -> None:
    english = words("en")
    assert english.purpose("dpv:SocialMediaMarketing") == "marketing"
    assert english.purpose("dpv:CombatClimateChange") == ""
    assert english.category("pd:EmailAddressWork") == "your e-mail address"
    assert english.category("pd:MentalHealth") in ("your health", "very private data about you")
    assert english.category("pd:Household") == "your household"
    assert english.category("pd:NobodyKnows") == "other data about you"


def test_categories_of_special_data_never_hide_among_others() -> None:
    from aboveboard.vocab import ancestors

    english = words("en")
    special = [
        term for term in ids("category") if "dpv:SpecialCategoryPersonalData" in ancestors(term)
    ]
    assert len(special) > 20
    assert all(english.category(term) != "other data about you" for term in special)


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_are_easy_to_read(language: str) -> None:
    here = words(language)
    every = [*here.texts.values(), *here.purposes.values(), *here.categories.values()]
    jargon = re.compile(rf"\b({JARGON[language]})\b", re.IGNORECASE)
    for text in every:
        assert jargon.search(text) is None, text
        assert "_" not in PLACEHOLDER.sub("", text), text
        assert re.search(r"\bR-[A-Z]+-\d", text) is None, text
        for sentence in re.split(r"(?<=[.?!:]) ", text):
            assert len(sentence.split()) <= LONGEST[language], sentence


def test_dates_lists_and_shares() -> None:
    from datetime import date

    day = date(2026, 3, 1)
    assert words("en").day(day) == "1 March 2026"
    assert words("fi").day(day) == "1. maaliskuuta 2026"
    assert words("de").day(day) == "1. März 2026"
    assert words("nl").day(day) == "1 maart 2026"
    assert words("sv").day(day) == "1 mars 2026"
    assert words("fi").percent(4149) == "41 %"
    assert words("nl").percent(4150) == "42%"
    assert words("en").listed(["a", "b", "a", "c"]) == "a, b and c"
    assert words("en").listed([]) == ""


def test_languages_are_told_by_their_first_part() -> None:
    assert known_language("fi-FI") == "fi"
    assert known_language("DE") == "de"
    assert known_language("fr") is None
    assert known_language(None) is None
