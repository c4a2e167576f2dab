"""Anthropic, governed: `client = aboveboard_anthropic.wrap(Anthropic(), purpose="service_chat")`.

For anthropic 2 (extra `aboveboard[anthropic]`), blocking and async, also its clients for Amazon Bedrock,
Google Vertex AI and Microsoft Foundry. What goes into a model and what comes out is judged on the way;
what nobody governs is refused by name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.lazily import lazily

if TYPE_CHECKING:
    from aboveboard_anthropic.client import wrap
    from aboveboard_anthropic.payloads import events

__all__ = ["events", "wrap"]

__getattr__ = lazily(__name__, {"events": "payloads", "wrap": "client"})
