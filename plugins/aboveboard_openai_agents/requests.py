"""What leaves for a model: a copy of it, and where its texts stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from copy import deepcopy
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from aboveboard.ai import ModelCall, PromptText, Role, Text, is_refusal, strings

__all__ = ["Request", "model_call"]

_ROLES: Mapping[str, Role] = {
    "assistant": "assistant",
    "developer": "system",
    "system": "system",
    "tool": "tool",
    "user": "user",
}
_TEXTS = {"input_text": "text", "output_text": "text", "text": "text", "refusal": "refusal"}
# Calls that the vendor ran itself: what they hold comes from outside, through these tools.
_RUN_BY_VENDOR = {
    "code_interpreter_call": "code_interpreter",
    "file_search_call": "file_search",
    "mcp_call": "hosted_mcp",
    "web_search_call": "web_search",
}
_MEDIA = ("image", "audio", "video", "file")
# Settings in which programs send along who asks.
_BESIDE = ("metadata", "extra_body", "extra_query", "extra_args")
# Keys whose texts are the SDK's or the vendor's own.
_OWN = {
    "type",
    "id",
    "call_id",
    "status",
    "role",
    "name",
    "namespace",
    "encrypted_content",
    "phase",
}


class Request:
    """A copy of what an agent's model is asked, whose texts may be masked.

    Args:
        system: instructions.
        given: input items, or one text.
        prompt: reference to a prompt that the vendor keeps, with its variables.
        settings: `ModelSettings`.
    """

    def __init__(self, system: str | None, given: Any, prompt: Any, settings: Any) -> None:
        self._held: dict[str, Any] = {"system": system, "input": deepcopy(given)}
        self.prompt = deepcopy(prompt)
        beside = {name: deepcopy(getattr(settings, name)) for name in _BESIDE}
        self.settings = replace(settings, **beside)
        if not isinstance(given, str):
            self._held["input"] = [_as_mapping(item) for item in self._held["input"]]

    @property
    def system(self) -> str | None:
        """The instructions, as they may leave."""
        found: str | None = self._held["system"]
        return found

    @property
    def input(self) -> Any:
        """The input, as it may leave."""
        return self._held["input"]

    def texts(self) -> list[PromptText]:
        """Every text that leaves, in order."""
        found = [PromptText("system", Text(self._held, "system"))] if self.system else []
        if self.prompt:
            found += [PromptText("user", text) for text in strings(self.prompt.get("variables"))]
        for name in _BESIDE:
            found += [PromptText("user", text) for text in strings(getattr(self.settings, name))]
        if isinstance(self.input, str):
            return [*found, PromptText("user", Text(self._held, "input"), latest=True)]
        names = {item.get("call_id"): item["name"] for item in self.input if item.get("name")}
        answers = [at for at, item in enumerate(self.input) if item.get("role") == "assistant"]
        last = answers[-1] if answers else -1
        for at, item in enumerate(self.input):
            role = _role(item)
            if role == "tool" and is_refusal(item.get("output")):
                continue
            tool = _RUN_BY_VENDOR.get(str(item.get("type"))) or names.get(item.get("call_id"))
            tool = tool if role == "tool" else None
            latest = role == "user" and at > last
            found += [PromptText(role, text, latest, tool) for text in _texts(item)]
        return found

    def unread(self) -> Iterator[str]:
        """Kinds of what nobody can read as text."""
        if isinstance(self.input, str):
            return
        for item in self.input:
            if item.get("type") == "item_reference":
                yield "stored"
            for name in ("content", "output"):
                parts = item.get(name)
                for part in [parts] if isinstance(parts, Mapping) else parts or ():
                    kind = str(part.get("type")) if isinstance(part, Mapping) else ""
                    if kind not in _TEXTS and (media := _media(kind)):
                        yield media


def _as_mapping(item: Any) -> MutableMapping[str, Any]:
    if isinstance(item, MutableMapping):
        return item
    dumped: dict[str, Any] = item.model_dump(exclude_unset=True)
    return dumped


def _role(item: Mapping[str, Any]) -> Role:
    kind = str(item.get("type"))
    if kind.endswith("_output") or kind in _RUN_BY_VENDOR:
        return "tool"
    given = item.get("role")
    if given is None:
        return "assistant"  # calls, reasoning: what the model said before
    # A role that nobody knows is a person's: their words are judged most strictly.
    return _ROLES.get(str(given), "user")


def _texts(item: MutableMapping[str, Any]) -> Iterator[Text]:
    for key, value in item.items():
        if key in _OWN:
            continue
        if isinstance(value, str):
            yield Text(item, key)
        elif key in ("content", "output") and isinstance(value, list):
            for at, part in enumerate(value):
                if isinstance(part, str):
                    yield Text(value, at)
                elif (where := _TEXTS.get(str(part.get("type")))) is not None:
                    yield Text(part, where)
                elif not _media(str(part.get("type"))):
                    yield from strings(part)
        elif not (isinstance(value, Mapping) and _media(str(value.get("type")))):
            yield from strings(value)


def _media(kind: str) -> str | None:
    if kind == "computer_screenshot":
        return "image"
    return next((one for one in _MEDIA if one in kind), None)


def model_call(
    request: Request,
    model: Any,
    tools: Iterable[Any],
    handoffs: Iterable[Any],
    *,
    stored: bool,
    plain: bool,
    decides: bool,
) -> ModelCall:
    """What is known of a call before it leaves.

    Args:
        request: what leaves.
        model: of the SDK, that is asked.
        tools: that it is offered.
        handoffs: that it is offered.
        stored: earlier turns lie at the vendor already.
        plain: no JSON is asked for.
        decides: as of `ModelCall`.
    """
    unread = [*request.unread(), *(["stored"] if stored else [])]
    name = getattr(model, "model", None)
    call = ModelCall(
        "get_response",
        model=name if isinstance(name, str) else None,
        texts=request.texts(),
        tools=(
            *(str(getattr(tool, "qualified_name", tool.name)) for tool in tools),
            *(str(item.tool_name) for item in handoffs),
        ),
        unread=tuple(dict.fromkeys(unread)),
        plain=plain,
        decides=decides,
    )
    address = getattr(getattr(model, "_client", None), "base_url", None)
    if address is not None:
        parts = urlsplit(str(address))
        local = parts.hostname in ("localhost", "127.0.0.1", "::1")
        call.host = parts.hostname
        call.encrypted = True if parts.scheme == "https" else None if local else False
        if (call.host or "").endswith("openai.com"):
            call.vendor = "openai"
    return call
