"""Microsoft Presidio as a further detector: its pattern recognisers, offline.

    gate.register(PresidioDetector())

Needs the extra `aboveboard[presidio]`. The language model is a blank one of spaCy: nothing that
takes a trained model (names, places, what a sentence is about) is found. Presidio's recogniser of
e-mail addresses is left out, for it fetches a list from the network; the built-in detector has them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from aboveboard.detecting.detection import Detection
from aboveboard.errors import ConfigurationError
from aboveboard.markers import hookimpl

__all__ = ["CATEGORIES", "PresidioDetector"]

CATEGORIES: Final = {
    "CREDIT_CARD": "pd:CreditCardNumber",
    "IBAN_CODE": "pd:FinancialAccountNumber",
    "IP_ADDRESS": "pd:IPAddress",
    "PHONE_NUMBER": "pd:TelephoneNumber",
}
"""What is asked of Presidio: its entities, and the DPV category of each."""

_RECOGNIZERS = ("CreditCardRecognizer", "IbanRecognizer", "IpRecognizer", "PhoneRecognizer")
_HALVES = re.compile(r"[\ud800-\udfff]")  # spaCy refuses a text with a lone half of a character
_LANGUAGE = "en"  # patterns are the same in all; a blank model of one language does for them


class PresidioDetector:
    """A plugin for a gate.

    Raises:
        ConfigurationError: the extra is not installed.
    """

    def __init__(self) -> None:
        self._analyzer = _analyzer()

    @hookimpl
    def aboveboard_detect(self, text: str) -> Iterable[Detection]:
        """What Presidio's patterns find."""
        found = self._analyzer.analyze(
            _HALVES.sub("\ufffd", text), language=_LANGUAGE, entities=list(CATEGORIES)
        )
        return [
            Detection(
                item.start, item.end, CATEGORIES[item.entity_type], round(item.score * 10_000)
            )
            for item in found
        ]


def _analyzer() -> Any:
    try:
        import spacy
        from presidio_analyzer import AnalyzerEngine, RecognizerRegistry, predefined_recognizers
        from presidio_analyzer.nlp_engine import SpacyNlpEngine
    except ModuleNotFoundError as error:
        msg = f"Module '{error.name}' is missing: pip install 'aboveboard[presidio]'."
        raise ConfigurationError(msg) from None
    engine = SpacyNlpEngine(models=[{"lang_code": _LANGUAGE, "model_name": "blank"}])
    # Set by hand: to load a model by its name would download one.
    blank = spacy.blank(_LANGUAGE)
    blank.max_length = 100_000_000
    engine.nlp = {_LANGUAGE: blank}
    registry = RecognizerRegistry(
        recognizers=[
            getattr(predefined_recognizers, name)(supported_language=_LANGUAGE)
            for name in _RECOGNIZERS
        ],
        supported_languages=[_LANGUAGE],
    )
    return AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=[_LANGUAGE])
