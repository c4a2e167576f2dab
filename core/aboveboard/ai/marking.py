"""The machine-readable mark of text that a model made.

    {"digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
     "generator": "openai/gpt-5", "createdAt": "2026-11-02T09:30:00Z"}

The value is IPTC's for what was made by a trained model (NewsCodes, digital source type), which C2PA
uses, too. A text has no place of its own for a mark: the program sends this along with it, in its
JSON, a header or a `meta` element.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

__all__ = ["DIGITAL_SOURCE_TYPE", "marking"]

DIGITAL_SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"


def marking(vendor: str, model: str | None, at: datetime) -> dict[str, Any]:
    """The mark of what a model made.

    Args:
        vendor: whose model.
        model: which, as far as known.
        at: when it was made, UTC.
    """
    return {
        "digitalSourceType": DIGITAL_SOURCE_TYPE,
        "generator": f"{vendor}/{model}" if model else vendor,
        "createdAt": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
