"""Detections as facts: categories, confidence and places, never words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from aboveboard.detecting.detection import Detection

__all__ = ["conversation_facts", "field_facts", "prompt_facts", "recommendation_facts"]

_PRESSURE = ("scarcity", "timer")
# An event of a text that holds a thousand addresses says so with the first hundred.
_MAX_SPANS = 100


def field_facts(found: Iterable[Detection] | None, *, spans: bool = True) -> dict[str, Any]:
    """What a `fields[]` entry says of a text that was read.

    Args:
        found: detections in it; none is a finding too. None itself: nobody read it.
        spans: False where it was several texts, whose offsets would mean nothing.

    Returns:
        `text_scanned`, `detected_categories`, with finds `detector_confidence_bp`, and
        `detected_spans` (the surest hundred). Nothing of a text that nobody read.
    """
    if found is None:
        return {}
    data = [item for item in found if not item.signal]
    facts = _read(data)
    if spans and data:
        surest = sorted(data, key=lambda item: -item.confidence_bp)[:_MAX_SPANS]
        facts["detected_spans"] = [
            {
                "category": item.category,
                "start": item.start,
                "end": item.end,
                "confidence_bp": item.confidence_bp,
            }
            for item in sorted(surest)
        ]
    return facts


def prompt_facts(found: Iterable[Detection] | None) -> dict[str, Any]:
    """Facts `prompt.*` of a text that is about to be sent to a model; {} when nobody read it."""
    if found is None:
        return {}
    return {"prompt": _read([item for item in found if not item.signal])}


def conversation_facts(found: Iterable[Detection] | None) -> dict[str, Any]:
    """Facts `conversation.*` of what the person wrote or said; {} when nobody read it."""
    if found is None:
        return {}
    found = tuple(found)
    distress = [item.confidence_bp for item in found if item.category == "distress"]
    return {
        "conversation": {
            "user_requested_human": any(item.category == "human_requested" for item in found),
            "distress_score_bp": max(distress, default=0),
        }
    }


def recommendation_facts(found: Iterable[Detection] | None) -> dict[str, Any]:
    """Facts `recommendation.*` of a message that recommends something; {} when nobody read it.

    A text shows that it speaks of scarcity, not whether that is true: `true_stock` and `ends_at`
    stay for the caller to say.
    """
    if found is None:
        return {}
    kinds = [item.category for item in found if item.signal]
    return {
        "recommendation": {
            "urgency_terms": sum(kind in _PRESSURE for kind in kinds),
            "scarcity_claim": {"present": "scarcity" in kinds},
            "countdown": {"present": "timer" in kinds},
            "confirmshaming": "shaming" in kinds,
        }
    }


def _read(data: list[Detection]) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "text_scanned": True,
        "detected_categories": sorted({item.category for item in data}),
    }
    if data:
        facts["detector_confidence_bp"] = max(item.confidence_bp for item in data)
    return facts
