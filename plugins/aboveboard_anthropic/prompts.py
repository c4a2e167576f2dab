"""Content blocks of a prompt: whose words they are, and what nobody can read in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aboveboard.ai import PromptText, Role, Text, strings

__all__ = ["Prompt"]

# What the vendor made for itself, ids and settings: to change a sign of it would void it.
_OPAQUE = frozenset(
    {
        "cache_control", "caller", "encrypted_content", "encrypted_index", "encrypted_stdout",
        "error_code", "file_id", "id", "media_type", "name", "role", "server_name", "signature",
        "tool_name", "tool_use_id", "toolset_name", "type",
    }
)  # fmt: skip
# Signed by the vendor, or names of tools and models: they go back as they came.
_SILENT = frozenset(
    {
        "fallback", "mcp_tool_listing", "redacted_thinking", "thinking", "tool_reference",
        "tool_removal",
    }
)  # fmt: skip
_CALLS = frozenset({"mcp_tool_use", "server_tool_use", "tool_use"})
_RESULTS = frozenset(
    {
        "advisor_tool_result", "bash_code_execution_tool_result", "code_execution_tool_result",
        "mcp_tool_result", "text_editor_code_execution_tool_result", "tool_result",
        "tool_search_tool_result", "web_fetch_tool_result", "web_search_tool_result",
    }
)  # fmt: skip
_WITHIN_RESULTS = frozenset(
    {
        "advisor_redacted_result", "advisor_result", "bash_code_execution_output",
        "bash_code_execution_result", "code_execution_output", "code_execution_result",
        "encrypted_code_execution_result", "text_editor_code_execution_create_result",
        "text_editor_code_execution_str_replace_result", "text_editor_code_execution_view_result",
        "tool_search_tool_search_result", "web_fetch_result", "web_search_result",
    }
)  # fmt: skip


class Prompt:
    """Collects what a prompt is made of, block by block, in order."""

    def __init__(self) -> None:
        self.texts: list[PromptText] = []
        self.unread: list[str] = []
        self.tools: list[str] = []
        self._called: dict[str, str] = {}

    def add(self, holder: Any, key: Any, role: Role, *, latest: bool = False) -> None:
        """Take in a content: a text, a block, or a list of them.

        Args:
            holder: what holds it.
            key: under which it does.
            role: who says it.
            latest: it is of the person's latest message.
        """
        self._content(holder, key, role, None, latest)

    def words(self, value: Any, role: Role) -> None:
        """Take in every text of a value whose keys are the program's own, such as arguments."""
        self.texts += [PromptText(role, text) for text in strings(value)]

    def offer(self, tool: dict[str, Any]) -> None:
        """Take in a tool that the model may call: its name, and what is said of it."""
        named = (tool.get(key) for key in ("name", "tool_name", "mcp_server_name", "type"))
        # Tools of the vendor's own may have a type alone.
        name = next((name for name in named if isinstance(name, str) and name), "unknown")
        self.tools.append(name)
        for value in tool.values():
            if isinstance(value, dict | list):
                self.words(value, "system")
        if isinstance(tool.get("description"), str):
            self.texts.append(PromptText("system", Text(tool, "description")))

    def _content(self, holder: Any, key: Any, role: Role, tool: str | None, latest: bool) -> None:
        value = holder[key]
        if isinstance(value, str):
            self.texts.append(PromptText(role, Text(holder, key), latest, tool))
        elif isinstance(value, list):
            for at in range(len(value)):
                self._content(value, at, role, tool, latest)
        elif isinstance(value, dict):
            self._block(value, role, tool, latest)
        elif value is not None:
            self.unread.append("unknown")

    def _block(self, block: dict[str, Any], role: Role, tool: str | None, latest: bool) -> None:
        kind = str(block.get("type"))
        if kind in _SILENT:
            return
        if kind == "text":
            if "text" in block:
                self._content(block, "text", role, tool, latest)
            cited = readable(block.get("citations"))
            self.texts += [PromptText(role, text, tool=tool) for text in cited]
        elif kind in _CALLS:
            self._called[str(block.get("id"))] = str(block.get("name", ""))
            self.words(block.get("input"), role)
        elif kind in _RESULTS:
            called = self._called.get(str(block.get("tool_use_id"))) or tool
            if "content" in block:
                self._content(block, "content", "tool", called, latest=False)
        elif kind == "image":
            self.unread.append("image")
        elif kind == "document":
            self._document(block, tool)
        elif kind == "search_result":
            self._search_result(block, tool)
        elif kind in _WITHIN_RESULTS or kind.endswith("_error"):
            self._within_result(block, tool)
        elif kind == "container_upload":
            self.unread.append("stored")
        elif kind == "compaction":
            self._compaction(block)
        elif kind == "tool_addition":
            self._tool_addition(block)
        elif kind == "browser_state":
            self.texts += [PromptText("tool", text, tool=tool) for text in readable(block)]
        else:
            self.unread.append("unknown")

    def _document(self, block: dict[str, Any], tool: str | None) -> None:
        for key in ("title", "context"):
            if isinstance(block.get(key), str):
                self.texts.append(PromptText("tool", Text(block, key), tool=tool))
        source = block.get("source")
        kind = source.get("type") if isinstance(source, dict) else None
        if isinstance(source, dict) and kind == "text" and isinstance(source.get("data"), str):
            self.texts.append(PromptText("tool", Text(source, "data"), tool=tool))
        elif isinstance(source, dict) and kind == "content" and "content" in source:
            self._content(source, "content", "tool", tool, latest=False)
        else:
            self.unread.append("stored" if kind == "file" else "file")

    def _search_result(self, block: dict[str, Any], tool: str | None) -> None:
        for key in ("title", "source"):
            if isinstance(block.get(key), str):
                self.texts.append(PromptText("tool", Text(block, key), tool=tool))
        if "content" in block:
            self._content(block, "content", "tool", tool, latest=False)

    def _within_result(self, block: dict[str, Any], tool: str | None) -> None:
        """What a tool of the vendor's gave: words, and blocks among them."""
        for key, value in block.items():
            if key in _OPAQUE:
                continue
            if isinstance(value, list | dict):
                self._content(block, key, "tool", tool, latest=False)
            elif isinstance(value, str):
                self.texts.append(PromptText("tool", Text(block, key), tool=tool))

    def _compaction(self, block: dict[str, Any]) -> None:
        """The vendor's summary of the talk; a signed one goes back as it came."""
        if isinstance(block.get("content"), str) and not block.get("signature"):
            self.texts.append(PromptText("assistant", Text(block, "content")))

    def _tool_addition(self, block: dict[str, Any]) -> None:
        tool = block.get("tool")
        if isinstance(tool, dict):
            self.offer(tool)


def readable(value: Any) -> Iterator[Text]:
    """Every text within blocks of the vendor's that people may have written."""
    return strings(value, skip=_OPAQUE)
