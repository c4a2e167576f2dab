"""Mistral, governed: `client = aboveboard_mistral.wrap(Mistral(api_key=…), purpose=…)`.

For the SDK mistralai 3.7 and later (extra `aboveboard[mistral]`), also its clients of Azure and of Google.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.lazily import lazily

if TYPE_CHECKING:
    from aboveboard_mistral.client import wrap
    from aboveboard_mistral.payloads import events

__all__ = ["events", "wrap"]

__getattr__ = lazily(__name__, {"events": "payloads", "wrap": "client"})
