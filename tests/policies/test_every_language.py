"""Every language says everything, and what it says to people needs no explanation."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from aboveboard.policy.bundle import bundled_directory, load_bundle
from aboveboard.policy.metadata import PLACEHOLDER

FILES = sorted((bundled_directory() / "messages").glob("*.json"))
TEXTS = ("message", "remedy", "person")

PATH = re.compile(
    r"(?<![\w.])[a-z_][a-z0-9_]+(?:\[\])?(?:\.[a-z_][a-z0-9_]+(?:\[\])?)+|\b[a-z_]+\[\]", re.ASCII
)
"""A dotted path of a fact, such as contact.channel; or a list of facts, such as consent[]."""

NOT_FOR_PEOPLE = {
    "a rule id": re.compile(r"\bR-[A-Z]+-\d"),
    "a path of a fact": PATH,
    "a name of a fact": re.compile(r"\b[a-z]+_[a-z]"),
    "a term of a vocabulary": re.compile(r"\b(?:dpv|pd|eu-[a-z]+):"),
    "a law": re.compile(
        r"GDPR|\bAVG\b|DS-?GVO|BDSG|TDDDG|UWG|CCPA|ePrivacy|\bAct\b|AI-Act|§|\bArt\.|\b[Aa]rti[kc]"
        r"|[Vv]erordnung|[Vv]erordening|KI-VO|förordning|[Tt]ietosuoja-asetu|säädök"
    ),
}


@cache
def english() -> dict[tuple[str, str], dict[str, str]]:
    return {
        (entry.rule, reason): {
            "message": entry.messages[reason]["en"],
            "remedy": entry.remedies[reason]["en"],
            "person": entry.persons[reason]["en"],
        }
        for entry in load_bundle().catalogue
        for reason in entry.messages
    }


@cache
def said(file: Path) -> dict[tuple[str, str], dict[str, str]]:
    rules: dict[str, Any] = json.loads(file.read_text("utf-8"))["rules"]
    return {(rule, reason): texts for rule in rules for reason, texts in rules[rule].items()}


each_language = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


@each_language
def test_every_text_is_there(file: Path) -> None:
    assert set(said(file)) == set(english())
    empty = [
        (*block, text)
        for block, texts in said(file).items()
        for text in TEXTS
        if not texts.get(text, "").strip()
    ]
    assert not empty


@each_language
def test_placeholders_are_those_of_the_english_text(file: Path) -> None:
    wrong = [
        (*block, text)
        for block, texts in said(file).items()
        for text in TEXTS
        if set(PLACEHOLDER.findall(texts[text])) != set(PLACEHOLDER.findall(english()[block][text]))
    ]
    assert not wrong


@each_language
def test_remedies_name_the_same_facts(file: Path) -> None:
    wrong = {
        block: sorted(there ^ here)
        for block, texts in said(file).items()
        if (there := set(PATH.findall(english()[block]["remedy"])))
        != (here := set(PATH.findall(texts["remedy"])))
    }
    assert not wrong


@each_language
def test_nothing_is_left_in_english(file: Path) -> None:
    same = [
        (*block, text)
        for block, texts in said(file).items()
        for text in TEXTS
        if texts[text] == english()[block][text]
    ]
    assert not same


@pytest.mark.parametrize("file", [None, *FILES], ids=lambda file: file.stem if file else "en")
def test_people_are_told_in_plain_words(file: Path | None) -> None:
    wrong = [
        (*block, name, found.group())
        for block, texts in (said(file) if file else english()).items()
        for name, pattern in NOT_FOR_PEOPLE.items()
        if (found := pattern.search(texts["person"]))
    ]
    assert not wrong
    unended = [
        block
        for block, texts in (said(file) if file else english()).items()
        if not texts["person"].endswith(".") or "!" in texts["person"]
    ]
    assert not unended
