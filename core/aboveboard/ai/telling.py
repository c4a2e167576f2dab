"""Calls and answers of a model as facts: what they hold, never what they say."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aboveboard.ai.calls import ModelAnswer, ModelCall, PromptText, Role, ToolCall
from aboveboard.ai.texts import value_of
from aboveboard.ai.tools import Tool
from aboveboard.detecting import Detection, field_facts, recommendation_facts
from aboveboard.strict_json import NotJson, loads

__all__ = ["ReadText", "answer_facts", "call_facts", "decision_facts", "known", "tool_facts"]

_SOURCES: Mapping[Role, str] = {
    "system": "derived",
    "user": "provided",
    "assistant": "derived",
    "tool": "observed",
}


@dataclass(slots=True, repr=False)
class ReadText:
    """One text of a prompt, and what detectors found in it; None when nobody could read it."""

    given: PromptText
    found: tuple[Detection, ...] | None
    masked: bool = False

    @property
    def field(self) -> str:
        """Name of the field that it is part of."""
        if self.given.role == "tool" and self.given.tool:
            return f"prompt.tool.{self.given.tool[:100]}"
        return f"prompt.{self.given.role}"


def known(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts without what is unknown, and without groups of which nothing is known."""
    found = {
        name: known(value) if isinstance(value, Mapping) else value
        for name, value in facts.items()
        if value is not None
    }
    return {name: value for name, value in found.items() if value != {}}


def call_facts(
    call: ModelCall,
    read: Sequence[ReadText],
    tools: Mapping[str, Tool],
    *,
    categories: Sequence[str],
    purposes: Sequence[str] | None,
    now: datetime,
) -> dict[str, Any]:
    """What is known of a call before it leaves.

    Args:
        call: the call.
        read: its texts, read.
        tools: what the program says of its tools.
        categories: what people write, DPV ids.
        purposes: of the register's entry.
        now: the event's time.
    """
    found = [item for text in read for item in text.found or ()]
    unread = bool(call.unread) or any(text.found is None for text in read)
    masked = any(text.masked for text in read)
    origin = {"collected_at": now, "collected_purposes": purposes}
    return known(
        {
            "ai": {
                "base_url_host": call.host,
                "inference_region": call.region,
                "prompt_hash": _prompt_hash(read),
                # No profile of one vendor speaks for several: a call that may reach them says itself
                # whose each place is.
                "vendor": call.vendor if _several_vendors(call) else None,
            },
            "prompt": {
                **{
                    name: value
                    for name, value in field_facts(found, spans=False).items()
                    if name != "text_scanned"
                },
                "text_scanned": not unread,
                "pseudonymised": True if masked else None,
            },
            "security": {
                "tls": call.encrypted,
                "untrusted_content": _untrusted(read, tools),
                "declared_scopes": _scopes(call, tools),
            },
            "fields": [
                *_fields(read, tools, categories, origin),
                *(
                    known(
                        {
                            "name": f"prompt.{kind}",
                            "categories": list(categories),
                            "source": "provided",
                            **origin,
                            "free_text": True,
                            "text_scanned": False,
                        }
                    )
                    for kind in dict.fromkeys(call.unread)
                ),
            ],
        }
    )


def _several_vendors(call: ModelCall) -> bool:
    return len({call.vendor, *(place.vendor for place in call.elsewhere)}) > 1


def answer_facts(answer: ModelAnswer, found: Iterable[Detection] | None) -> dict[str, Any]:
    """What is known of an answer, or of a piece of it.

    Args:
        answer: what came back.
        found: what detectors found in all of its text so far; None when nobody could read it.
    """
    return known(
        {
            "usage": {"inference_geo": answer.region},
            "tokens": {"total": answer.tokens},
            "answer": {"outcome": answer.outcome, "sources": list(answer.sources) or None},
            **recommendation_facts(found),
        }
    )


def tool_facts(
    calls: Sequence[ToolCall], call: ModelCall, tools: Mapping[str, Tool]
) -> dict[str, Any]:
    """What is known of the tools that an answer asks for."""
    if not calls:
        return {}
    return {
        "security": known(
            {
                "declared_scopes": _scopes(call, tools),
                "tool_calls": [_tool_call(item, tools.get(item.name)) for item in calls],
            }
        )
    }


def decision_facts(item: ToolCall, tool: Tool | None) -> dict[str, Any]:
    """What is known of the decision that a tool's call is."""
    if tool is None:
        return {"security": {"tool_calls": [_tool_call(item, None)]}}
    return known(
        {
            **{name: group for name, group in tool.facts.items() if name != "decision"},
            "decision": {
                "effect": tool.effect,
                "automation": tool.automation,
                "inputs": [
                    {"name": name, "categories": list(held)}
                    for name, held in tool.arguments.items()
                ]
                or None,
                **tool.facts.get("decision", {}),
            },
            "security": {"tool_calls": [_tool_call(item, tool)]},
        }
    )


def _tool_call(item: ToolCall, tool: Tool | None) -> dict[str, Any]:
    names = _argument_names(item)
    held = tool.arguments if tool else {}
    categories = None
    if names is not None and all(name in held for name in names):
        categories = sorted({category for name in names for category in held[name]})
    return known(
        {
            "name": item.name[:256],
            "scope": tool.scope if tool else None,
            "argument_names": names,
            "argument_categories": categories,
        }
    )


def _argument_names(item: ToolCall) -> list[str] | None:
    """Names of the arguments; None when they cannot be read, or are none that a tool has."""
    given = value_of(item.arguments.holder, item.arguments.key)
    if isinstance(given, str):
        try:
            given = loads(given) if given else {}
        except NotJson:
            return None
    if not isinstance(given, Mapping):
        return None
    return [name for name in map(str, given) if name.isidentifier()][:100]


def _scopes(call: ModelCall, tools: Mapping[str, Tool]) -> list[str] | None:
    """Scopes of the tools that the call offers; None where one of them is not declared."""
    if not call.tools:
        return []
    offered = [tools.get(name) for name in call.tools]
    if any(tool is None for tool in offered):
        return None
    return sorted({tool.scope for tool in offered if tool is not None and tool.scope})


def _untrusted(read: Sequence[ReadText], tools: Mapping[str, Tool]) -> bool | None:
    """True where a tool gave words of outsiders; unknown where none gave any."""
    given = [text.given.tool for text in read if text.given.role == "tool"]
    if not given:
        return None
    return not all((tool := tools.get(name or "")) is not None and tool.trusted for name in given)


def _fields(
    read: Sequence[ReadText],
    tools: Mapping[str, Tool],
    categories: Sequence[str],
    origin: Mapping[str, Any],
) -> list[dict[str, Any]]:
    together: dict[str, list[ReadText]] = {}
    for text in read:
        together.setdefault(text.field, []).append(text)
    told = (_field(name, texts, tools, categories, origin) for name, texts in together.items())
    return [field for field in told if field.get("categories") != [] or not field["text_scanned"]]


def _field(
    name: str,
    texts: list[ReadText],
    tools: Mapping[str, Tool],
    categories: Sequence[str],
    origin: Mapping[str, Any],
) -> dict[str, Any]:
    """What people write in a prompt, and what a detector found in the rest of it."""
    role = texts[0].given.role
    held: Sequence[str] | None = categories
    if role == "system":
        held = ()  # the program's own words
    elif role == "tool":
        tool = tools.get(texts[0].given.tool or "")
        held = tool.result if tool is not None else None
    unread = any(text.found is None for text in texts)
    found = None if unread else [item for text in texts for item in text.found or ()]
    if held is not None and len(held) == 0:  # what is nobody's data holds what was found in it
        held = sorted({item.category for item in found or () if not item.signal})
    return known(
        {
            "name": name,
            "categories": held,
            "source": _SOURCES[role],
            **origin,
            "free_text": True,
            "text_scanned": False,
            **field_facts(found, spans=len(texts) == 1 and not texts[0].masked),
        }
    )


def _prompt_hash(read: Sequence[ReadText]) -> str:
    """Hash of what the program itself says to the model: the template of the prompt."""
    own = "\0".join(text.given.text.value for text in read if text.given.role == "system")
    return f"sha256:{hashlib.sha256(own.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"
