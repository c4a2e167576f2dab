"""Answers of chat models: where their texts stand, and how they ended."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from aboveboard.ai import ModelAnswer, Outcome, Text, ToolCall, strings

__all__ = ["joined", "model_answer"]

# What the vendors' own words mean; those of LangChain's packages for OpenAI, Anthropic, Google,
# Mistral, Bedrock and Ollama.
_OUTCOMES: Mapping[str, Outcome] = {
    "blocklist": "filtered",
    "complete": "complete",
    "completed": "complete",
    "content_filter": "filtered",
    "content_filtered": "filtered",
    "end_turn": "complete",
    "error": "failed",
    "function_call": "tool_calls",
    "guardrail_intervened": "filtered",
    "length": "length",
    "max_tokens": "length",
    "model_length": "length",
    "pause_turn": "paused",
    "prohibited_content": "filtered",
    "recitation": "recitation",
    "refusal": "refused",
    "safety": "filtered",
    "spii": "personal_data",
    "stop": "complete",
    "stop_sequence": "complete",
    "tool_calls": "tool_calls",
    "tool_use": "tool_calls",
}
_ENDS = ("finish_reason", "stop_reason", "done_reason", "stopReason")
_TEXTS = {"output_text", "text"}
# For the developer, or a tool call that is read elsewhere.
_APART = {
    "function_call",
    "input_json_delta",
    "reasoning",
    "redacted_thinking",
    "thinking",
    "tool_call",
    "tool_call_chunk",
    "tool_use",
}
_KINDS = ("image", "audio", "video", "code", "file")


def model_answer(message: Any, structured: Collection[str] = ()) -> tuple[ModelAnswer, list[Any]]:
    """What a message says, and parts that repeat the arguments of its tool calls.

    Args:
        message: an `AIMessage`; its raw forms of tool calls are taken away, for they say unjudged
            what its `tool_calls` say.
        structured: names of the tools that stand for the answer itself, in JSON.
    """
    for name in ("tool_calls", "function_call"):
        message.additional_kwargs.pop(name, None)
    answer = ModelAnswer()
    repeated: list[Any] = []
    unread: list[str] = []
    refused = False
    if isinstance(message.content, str):
        if message.content:
            answer.texts.append(Text(message, "content"))
    else:
        for index, part in enumerate(message.content):
            if isinstance(part, str):
                answer.texts.append(Text(message.content, index))
                continue
            kind = str(part.get("type"))
            if kind in _TEXTS:
                answer.texts.append(Text(part, "text"))
                answer.sources += tuple(_sources(part))
            elif kind == "refusal":
                refused = True
                answer.texts.append(Text(part, "refusal"))
            elif kind in _APART:
                repeated.append(part)
            else:
                unread.append(next((one for one in _KINDS if one in kind), "file"))
    if isinstance(message.additional_kwargs.get("refusal"), str):
        refused = True
        answer.texts.append(Text(message.additional_kwargs, "refusal"))
    if "audio" in message.additional_kwargs:
        unread.append("audio")
    for call in message.tool_calls:
        if call["name"] in structured:
            answer.texts += strings(call["args"])
        else:
            answer.tool_calls.append(ToolCall(call["name"], Text(call, "args"), call.get("id")))
    answer.tool_calls += [
        ToolCall(call.get("name") or "", Text(call, "args"), call.get("id"))
        for call in message.invalid_tool_calls
    ]
    said = message.response_metadata
    answer.unread = tuple(dict.fromkeys(unread))
    answer.outcome = "refused" if refused else _outcome(said, bool(answer.tool_calls))
    model = said.get("model_name") or said.get("model")
    answer.model = model if isinstance(model, str) else None
    answer.tokens = (message.usage_metadata or {}).get("total_tokens")
    return answer, repeated


def joined(answers: Iterable[ModelAnswer]) -> ModelAnswer:
    """The candidates of one call as one answer: they are judged together."""
    whole = ModelAnswer()
    for one in answers:
        whole.texts += one.texts
        whole.tool_calls += one.tool_calls
        whole.unread += one.unread
        whole.sources += one.sources
        whole.outcome = whole.outcome or one.outcome
        whole.model = whole.model or one.model
        whole.tokens = one.tokens if whole.tokens is None else whole.tokens
    return whole


def _outcome(said: Mapping[str, Any], calls: bool) -> Outcome | None:
    word = next((said[name] for name in _ENDS if said.get(name)), None)
    if word is None:
        return "tool_calls" if calls else None
    known = _OUTCOMES.get(str(getattr(word, "name", word)).lower())
    return "tool_calls" if calls and known == "complete" else known


def _sources(part: Mapping[str, Any]) -> list[str]:
    noted = [*(part.get("annotations") or ()), *(part.get("citations") or ())]
    found = (
        item.get("url") or item.get("id") or item.get("file_id")
        for item in noted
        if isinstance(item, Mapping)
    )
    return [str(item) for item in found if item]
