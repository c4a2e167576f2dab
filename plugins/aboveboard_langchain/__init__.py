"""The gate as middleware of LangChain: `create_agent(model, tools, middleware=[GateMiddleware(…)])`.

For LangChain 1.5 and LangGraph 1.2 (extra `aboveboard[langchain]`): every tool call of an agent is
judged when it is about to run, after whoever approved it, and what its model is told and says as well.
`wrap` governs a chat model by itself, `tool_node` the tools of a graph of one's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.lazily import lazily

if TYPE_CHECKING:
    from aboveboard_langchain.middleware import GateMiddleware
    from aboveboard_langchain.models import wrap
    from aboveboard_langchain.tools import tool_node

__all__ = ["GateMiddleware", "tool_node", "wrap"]

__getattr__ = lazily(
    __name__,
    {"GateMiddleware": "middleware", "tool_node": "tools", "wrap": "models"},
)
