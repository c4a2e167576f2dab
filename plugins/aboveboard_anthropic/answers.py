"""Answers of the Messages API: what the model says, what it wants to be called, how it ended."""

from __future__ import annotations

from typing import Any

from aboveboard.ai import ModelAnswer, Outcome, Text, ToolCall, value_of

__all__ = [
    "answer_of", "citations_of", "kind_of", "outcome_of", "quotes_of", "region_of", "sources_of", "tokens_of",
    "tool_call",
]  # fmt: skip

_OUTCOMES: dict[str, Outcome] = {
    "compaction": "paused",
    "end_turn": "complete",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "pause_turn": "paused",
    "refusal": "refused",
    "stop_sequence": "complete",
    "tool_use": "tool_calls",
}
# For the developer: thoughts, which are signed, and what tools of the vendor's were asked and found.
_SILENT = frozenset(
    {
        "compaction", "fallback", "mcp_tool_listing", "mcp_tool_use", "redacted_thinking",
        "server_tool_use", "thinking", "tool_search_tool_result", "web_search_tool_result",
    }
)  # fmt: skip
_UNREAD = {
    "advisor_tool_result": "tool_result",
    "bash_code_execution_tool_result": "code",
    "code_execution_tool_result": "code",
    "container_upload": "file",
    "mcp_tool_result": "tool_result",
    "text_editor_code_execution_tool_result": "code",
    "web_fetch_tool_result": "file",
}
_TOKENS = (
    "input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens", "output_tokens",
)  # fmt: skip
_LONGEST_ID = 128


def answer_of(message: dict[str, Any]) -> ModelAnswer:
    """What a message of the model's brings.

    Args:
        message: JSON, as the vendor gives it. Its texts are set in place.
    """
    answer = ModelAnswer()
    sources: list[str] = []
    unread: list[str] = []
    content = message.get("content")
    for block in content if isinstance(content, list) else ():
        kind = kind_of(block)
        if kind == "text":
            answer.texts.append(Text(block, "text"))
            for citation in citations_of(block):
                answer.quotes += quotes_of(citation)
                sources += sources_of(citation)
        elif kind == "tool_use":
            answer.tool_calls.append(tool_call(block))
        elif kind is not None:
            unread.append(kind)
    answer.candidates = [len(answer.texts)]  # blocks of one answer
    usage = message.get("usage")
    model = message.get("model")
    answer.unread = tuple(dict.fromkeys(unread))
    answer.sources = tuple(dict.fromkeys(sources))
    answer.outcome = outcome_of(message.get("stop_reason"))
    answer.model = model if isinstance(model, str) and model else None
    answer.region = region_of(usage)
    answer.tokens = tokens_of(usage)
    return answer


def kind_of(block: Any) -> str | None:
    """`text`, `tool_use`, None for what says nothing to the person, or the kind that is not read."""
    kind = str(block.get("type")) if isinstance(block, dict) else ""
    if kind == "text":
        return kind if isinstance(block.get("text"), str) else "unknown"
    if kind == "tool_use":
        return kind
    return None if kind in _SILENT else _UNREAD.get(kind, "unknown")


def outcome_of(reason: Any) -> Outcome | None:
    """How it ended; None where the vendor does not say so, or in a word that is not known."""
    return _OUTCOMES.get(reason) if isinstance(reason, str) else None


def tool_call(block: dict[str, Any]) -> ToolCall:
    """The call of a tool that the program runs."""
    if not isinstance(block.get("input"), dict | str):
        block["input"] = {}
    return ToolCall(str(block.get("name", "")), Text(block, "input"), block.get("id"))


def citations_of(block: dict[str, Any]) -> list[Any]:
    """The citations of a block of text."""
    given = block.get("citations")
    return given if isinstance(given, list) else []


def quotes_of(citation: Any) -> list[Text]:
    """The words of a source that stand in a citation."""
    if not isinstance(citation, dict):
        return []
    return [
        Text(citation, key)
        for key in ("cited_text", "document_title", "title")
        if isinstance(citation.get(key), str) and citation[key].strip()
    ]


def sources_of(citation: Any) -> list[str]:
    """What a citation cites: an address, a name that the program gave, or the place of a document."""
    for key in ("url", "source", "file_id"):
        found = value_of(citation, key) if isinstance(citation, dict) else None
        if isinstance(found, str) and found.strip():
            return [found[:_LONGEST_ID]]
    index = value_of(citation, "document_index") if isinstance(citation, dict) else None
    return [f"document:{index}"] if isinstance(index, int) else []


def region_of(usage: Any) -> str | None:
    """In which region it was answered; the vendor says `not_available` where it does not know."""
    geo = usage.get("inference_geo") if isinstance(usage, dict) else None
    return geo if isinstance(geo, str) and geo.strip() and geo != "not_available" else None


def tokens_of(usage: Any) -> int | None:
    """Tokens in and out, those of the prompt's cache as well."""
    if not isinstance(usage, dict):
        return None
    counts = [usage.get(name) for name in _TOKENS]
    known = [count for count in counts if isinstance(count, int) and not isinstance(count, bool)]
    return sum(known) if known else None
