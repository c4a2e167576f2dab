"""OpenAI, governed: `client = aboveboard_openai.wrap(OpenAI(), purpose="service_chat")`.

For the SDK `openai` 3 (extra `aboveboard[openai]`), blocking and async; Azure, Bedrock and Vertex as the
same SDK reaches them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.lazily import lazily

if TYPE_CHECKING:
    from aboveboard_openai.client import wrap
    from aboveboard_openai.payloads import events

__all__ = ["events", "wrap"]

__getattr__ = lazily(__name__, {"events": "payloads", "wrap": "client"})
