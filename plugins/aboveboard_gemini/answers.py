"""Answers of Gemini, read: what the model says, the functions it wants, how it ended."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aboveboard.ai import ModelAnswer, Outcome, Text, ToolCall, strings

__all__ = [
    "FINISHES",
    "calls_of",
    "content_parts",
    "facts_of",
    "is_said",
    "kind_of",
    "listed",
    "outcome_of",
    "quotes_of",
    "read_answer",
    "unread_of",
]

FINISHES: dict[str, Outcome] = {
    "STOP": "complete",
    "MAX_TOKENS": "length",
    "CONTINUATION": "paused",
    "SAFETY": "filtered",
    "BLOCKLIST": "filtered",
    "PROHIBITED_CONTENT": "filtered",
    "LANGUAGE": "filtered",
    "MODEL_ARMOR": "filtered",
    "IMAGE_SAFETY": "filtered",
    "IMAGE_PROHIBITED_CONTENT": "filtered",
    "SPII": "personal_data",
    "RECITATION": "recitation",
    "IMAGE_RECITATION": "recitation",
    "OTHER": "failed",
    "IMAGE_OTHER": "failed",
    "NO_IMAGE": "failed",
    "MALFORMED_FUNCTION_CALL": "failed",
    "MALFORMED_RESPONSE": "failed",
    "MISSING_THOUGHT_SIGNATURE": "failed",
    "TOO_MANY_TOOL_CALLS": "failed",
    "UNEXPECTED_TOOL_CALL": "failed",
}
"""Outcomes by `finishReason`. What is not here is unknown, and stays so."""
_QUOTED = (
    "audioTranscription",
    "codeExecutionResult",
    "executableCode",
    "toolCall",
    "toolResponse",
)
"""Parts whose texts stand beside what is said: what ran at the vendor, and what came of it."""
_QUIET = {
    *_QUOTED, "audioMetadata", "documentMetadata", "functionCall", "inlineData", "mediaProcessing",
    "mediaResolution", "partMetadata", "speechMetadata", "spreadsheetMetadata", "text", "thought",
    "thoughtSignature", "videoMetadata",
}  # fmt: skip


def read_answer(body: dict[str, Any]) -> ModelAnswer:
    """An answer as a whole.

    Args:
        body: its JSON; texts and arguments are set in it.
    """
    answer = ModelAnswer()
    outcomes: list[Outcome | None] = []
    for candidate in listed(body, "candidates"):
        said = [Text(part, "text") for part in content_parts(candidate) if is_said(part)]
        answer.texts += said
        answer.candidates.append(len(said))
        answer.quotes += quotes_of(candidate)
        calls = list(calls_of(candidate))
        answer.tool_calls += calls
        answer.unread += tuple(unread_of(candidate))
        outcomes.append(outcome_of(candidate, called=bool(calls)))
    known = [outcome for outcome in outcomes if outcome is not None]
    answer.outcome = _worst(known)
    facts_of(body, answer)
    return answer


def facts_of(body: dict[str, Any], into: Any) -> None:
    """What an answer or a chunk says beside its texts: model, tokens, sources, a blocked prompt.

    Args:
        body: its JSON.
        into: the `ModelAnswer` or `Chunk` that takes it.
    """
    version = body.get("modelVersion")
    into.model = version if isinstance(version, str) else None
    usage = body.get("usageMetadata")
    count = usage.get("totalTokenCount") if isinstance(usage, dict) else None
    into.tokens = count if isinstance(count, int) and not isinstance(count, bool) else None
    feedback = body.get("promptFeedback")
    if isinstance(feedback, dict) and feedback.get("blockReason") and not body.get("candidates"):
        into.outcome = "prompt_blocked"
    into.sources = tuple(
        dict.fromkeys(
            uri for candidate in listed(body, "candidates") for uri in _sources(candidate)
        )
    )


def outcome_of(candidate: dict[str, Any], *, called: bool) -> Outcome | None:
    """How a candidate ended; None while it goes on, or when the word is not known.

    Args:
        candidate: its JSON.
        called: it wants functions to be called, which Gemini ends with `STOP` as well.
    """
    reason = candidate.get("finishReason")
    outcome = FINISHES.get(reason) if isinstance(reason, str) else None
    return "tool_calls" if called and outcome == "complete" else outcome


def calls_of(candidate: dict[str, Any]) -> Iterator[ToolCall]:
    """The functions that it wants to be called by the program."""
    for part in content_parts(candidate):
        call = part.get("functionCall")
        if not isinstance(call, dict):
            continue
        if "args" not in call:
            call["args"] = {}
        name, number = call.get("name"), call.get("id")
        yield ToolCall(
            name if isinstance(name, str) else "",
            Text(call, "args"),
            number if isinstance(number, str) else None,
        )


def unread_of(candidate: dict[str, Any]) -> Iterator[str]:
    """Kinds of parts that nobody can read."""
    for part in content_parts(candidate):
        if (blob := part.get("inlineData")) is not None:
            yield kind_of(blob)
        call = part.get("functionCall")
        if isinstance(call, dict) and ("partialArgs" in call or call.get("willContinue")):
            yield "tool"
        if "fileData" in part:
            yield "file"
        for key in part:
            if key not in _QUIET and key != "fileData":
                yield "other"


def quotes_of(candidate: dict[str, Any]) -> Iterator[Text]:
    """Texts beside what is said: code that ran at the vendor, quotations and queries of a search."""
    for part in content_parts(candidate):
        for key in _QUOTED:
            yield from strings(part.get(key))
    grounding = candidate.get("groundingMetadata")
    if not isinstance(grounding, dict):
        return
    for key in ("webSearchQueries", "imageSearchQueries", "retrievalQueries"):
        yield from strings(grounding.get(key))
    entry = grounding.get("searchEntryPoint")
    if isinstance(entry, dict) and isinstance(entry.get("renderedContent"), str):
        yield Text(entry, "renderedContent")
    for support in listed(grounding, "groundingSupports"):
        yield from strings(support.get("segment"))
    for chunk in listed(grounding, "groundingChunks"):
        for source in chunk.values():
            if isinstance(source, dict) and isinstance(source.get("text"), str):
                yield Text(source, "text")


def kind_of(blob: Any) -> str:
    """What a blob is by its media type: `image`, `audio`, `video` or `file`."""
    given = blob.get("mimeType") or blob.get("mime_type") if isinstance(blob, dict) else None
    kind = given.partition("/")[0].lower() if isinstance(given, str) else ""
    return kind if kind in ("image", "audio", "video") else "file"


def is_said(part: dict[str, Any]) -> bool:
    """Whether a part is text for the person: thoughts are for the developer."""
    return isinstance(part.get("text"), str) and part.get("thought") is not True


def content_parts(holder: dict[str, Any]) -> list[dict[str, Any]]:
    """The parts of a candidate's content."""
    content = holder.get("content")
    return listed(content, "parts") if isinstance(content, dict) else []


def listed(holder: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """The objects of a list."""
    found = holder.get(key)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _sources(candidate: dict[str, Any]) -> Iterator[str]:
    """Addresses of what a candidate rests on."""
    grounding = candidate.get("groundingMetadata")
    if isinstance(grounding, dict):
        for chunk in listed(grounding, "groundingChunks"):
            for kind in ("web", "retrievedContext", "maps", "image"):
                yield from _uris(chunk.get(kind), "uri", "sourceUri")
    cited = candidate.get("citationMetadata")
    if isinstance(cited, dict):
        for item in (*listed(cited, "citationSources"), *listed(cited, "citations")):
            yield from _uris(item, "uri")
    fetched = candidate.get("urlContextMetadata")
    if isinstance(fetched, dict):
        for item in listed(fetched, "urlMetadata"):
            yield from _uris(item, "retrievedUrl")


def _uris(holder: Any, *keys: str) -> Iterator[str]:
    for key in keys:
        uri = holder.get(key) if isinstance(holder, dict) else None
        if isinstance(uri, str) and uri:
            yield uri


def _worst(outcomes: list[Outcome]) -> Outcome | None:
    """Of several candidates, one that did not end well stands for all."""
    bad = (outcome for outcome in outcomes if outcome not in ("complete", "tool_calls"))
    if "tool_calls" in outcomes:
        return next(bad, "tool_calls")
    return next(bad, outcomes[0] if outcomes else None)
