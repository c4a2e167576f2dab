"""LiteLLM, governed: `completion = aboveboard_litellm.wrap(litellm.completion, purpose=…)`.

For litellm 1.110 (extra `aboveboard[litellm]`). `wrap` takes a function of LiteLLM, a
`litellm.Router`, or `litellm` itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.lazily import lazily

if TYPE_CHECKING:
    from aboveboard_litellm.client import wrap
    from aboveboard_litellm.payloads import events

__all__ = ["events", "wrap"]

__getattr__ = lazily(__name__, {"events": "payloads", "wrap": "client"})
