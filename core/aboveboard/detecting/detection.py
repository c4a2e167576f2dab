"""One find of a detector."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aboveboard.vocab import is_known, term
from aboveboard.vocab.terms import DataCategory

__all__ = ["SIGNALS", "Detection"]

SIGNALS: Final = ("distress", "human_requested", "scarcity", "shaming", "timer")
"""What a text may tell that is no category of data: of the talk, or of how an offer is put."""

_CERTAIN = 10_000


@dataclass(frozen=True, slots=True, order=True)
class Detection:
    """What was found and where; never the words.

    Args:
        start: offset of its first character in the text as it was given.
        end: offset after its last character.
        category: a category of data, as a DPV id (`pd:Health`), or one of `SIGNALS`.
        confidence_bp: how sure the detector is, 0 to 10 000 basis points.

    Raises:
        ValueError: one of these is out of its range; never quotes what was given.
    """

    start: int
    end: int
    category: str
    confidence_bp: int

    def __post_init__(self) -> None:
        whole = all(type(n) is int for n in (self.start, self.end, self.confidence_bp))
        if not whole or not 0 <= self.start < self.end:
            msg = "A detection has a start and a later end, as whole numbers."
            raise ValueError(msg)
        if not 0 <= self.confidence_bp <= _CERTAIN:
            msg = "The confidence of a detection lies in 0 to 10 000 basis points."
            raise ValueError(msg)
        if self.category not in SIGNALS and not _is_category(self.category):
            msg = f"A detection is of a DPV category or one of {', '.join(SIGNALS)}."
            raise ValueError(msg)

    @property
    def signal(self) -> bool:
        """True when it is no category of data."""
        return self.category in SIGNALS


def _is_category(given: object) -> bool:
    return isinstance(given, str) and is_known(given) and isinstance(term(given), DataCategory)
