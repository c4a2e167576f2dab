"""The gate in agents of the OpenAI Agents SDK: `agent = aboveboard_openai_agents.govern(agent, …)`.

For `openai-agents` 0.24 (extra `aboveboard[openai-agents]`): every tool call and every hand-off of the
agent, and of those that it may hand over to, is judged when it is about to happen, and so is what their
models are told and say. `wrap` governs a model by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.lazily import lazily

if TYPE_CHECKING:
    from aboveboard_openai_agents.governing import govern
    from aboveboard_openai_agents.models import wrap

__all__ = ["govern", "wrap"]

__getattr__ = lazily(__name__, {"govern": "governing", "wrap": "models"})
