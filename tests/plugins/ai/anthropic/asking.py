"""Requests that tests make."""

from __future__ import annotations

from typing import Any

__all__ = ["ANNA", "PRESSED", "asked", "offered"]

ANNA = "anna@example.org"
PRESSED = "Osta nyt, vain tänään, viimeinen kappale!"
"""An answer that presses: it needs a human."""


def asked(said: Any = "Hei, missä tilaukseni on?", **more: Any) -> dict[str, Any]:
    """The arguments of a call of the Messages API."""
    return {
        "model": "claude-opus-5-5",
        "max_tokens": 200,
        "messages": [{"role": "user", "content": said}],
        **more,
    }


def offered(*names: str) -> list[dict[str, Any]]:
    """Tools that a call offers."""
    return [
        {
            "name": name,
            "description": "Acts for the shop.",
            "input_schema": {"type": "object", "properties": {"product": {"type": "string"}}},
        }
        for name in names
    ]
