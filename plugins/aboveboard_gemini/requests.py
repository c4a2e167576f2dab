"""Requests to Gemini, read: every text that leaves, and what leaves that is none."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from aboveboard.ai import ModelCall, PromptText, Role, Text, strings
from aboveboard_gemini.answers import kind_of, listed
from aboveboard_gemini.routes import Route

__all__ = ["drop_blanks", "read_request", "where"]

_TOP = {
    "contents", "systemInstruction", "tools", "toolConfig", "safetySettings", "generationConfig",
    "cachedContent", "continuationToken", "labels", "model", "modelArmorConfig", "serviceTier",
    "store",
}  # fmt: skip
_EMBEDDED = {
    "requests", "instances", "content", "model", "taskType", "task_type", "title", "parameters",
    "outputDimensionality", "autoTruncate", "embedContentConfig", "mimeType",
}  # fmt: skip
_TELLING = {"description", "title", "enum", "default", "example", "examples", "const"}
"""Keys of a schema under which a program may write words of its own."""
_SILENT = {
    "text", "thought", "thoughtSignature", "functionCall", "functionResponse", "inlineData",
    "fileData", "executableCode", "codeExecutionResult", "toolCall", "toolResponse",
    "mediaResolution", "mediaProcessing", "videoMetadata", "documentMetadata",
    "spreadsheetMetadata", "audioMetadata",
}  # fmt: skip
_UNDERSCORE = re.compile(r"_([a-z])")
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LOCATION = re.compile(r"/locations/([a-z0-9-]{1,64})/")
_HOST = re.compile(r"([a-z0-9-]+)-aiplatform\.|aiplatform\.([a-z0-9-]+)\.rep\.")
_LOOPBACK = re.compile(r"localhost|127(?:\.\d{1,3}){3}|::1")


def read_request(route: Route, body: dict[str, Any]) -> ModelCall:
    """A request, without where it goes to.

    Args:
        route: what it is.
        body: its JSON, a copy of what the program gave; texts are masked in it.
    """
    answers = route.handling in ("answers", "streams")
    call = ModelCall(route.name, model=route.model, answers=answers)
    reader = _Reader(call)
    if route.handling == "embeds":
        reader.embedded(body)
    else:
        reader.asked(body)
    call.unread = tuple(dict.fromkeys(call.unread))
    return call


def where(call: ModelCall, url: str, *, vertex: bool) -> None:
    """Fill in where a request goes to.

    Args:
        call: the request.
        url: that it goes to.
        vertex: it is one to Vertex AI, which answers in the location that the URL names.
    """
    parts = urlsplit(url)
    call.host = (parts.hostname or "").lower() or None
    if parts.scheme == "https":
        call.encrypted = True
    else:
        call.encrypted = None if _LOOPBACK.fullmatch(call.host or "") else False
    if vertex:
        call.vendor = "google_vertex"
        found = _LOCATION.search(f"{parts.path}/") or _HOST.match(call.host or "")
        if found is not None:
            call.region = next(group for group in found.groups() if group)


def drop_blanks(body: dict[str, Any]) -> None:
    """Leave out the blank texts of the model, which Vertex AI takes for a mistake.

    A governed stream leaves with its text in some of its chunks and none in the others, and a chat sends
    all of them again.

    Args:
        body: a request's JSON; changed in place.
    """
    if not isinstance(body.get("contents"), list):
        return
    kept: list[Any] = []
    for content in body["contents"]:
        if _role(content) == "assistant" and isinstance(content.get("parts"), list):
            parts = [part for part in content["parts"] if part != {"text": ""}]
            if not parts and content["parts"]:
                continue
            content["parts"] = parts
        kept.append(content)
    body["contents"] = kept


class _Reader:
    """Reads one request into a call."""

    def __init__(self, call: ModelCall) -> None:
        self._call = call

    def asked(self, body: dict[str, Any]) -> None:
        """A prompt."""
        self._others(body, _TOP)
        system = body.get("systemInstruction")
        if isinstance(system, str):
            self._text("system", body, "systemInstruction")
        elif isinstance(system, dict):
            self._parts(system, "system")
        elif isinstance(system, list):
            for part in listed(body, "systemInstruction"):
                self._part(part, "system")
        self._tools(body)
        self._settings(body)
        self._contents(body)

    def embedded(self, body: dict[str, Any]) -> None:
        """Texts whose embeddings are asked for, in each of the three forms of it."""
        self._others(body, _EMBEDDED)
        for item in (*listed(body, "requests"), *listed(body, "instances"), body):
            if item is not body:
                self._others(item, _EMBEDDED)
            for key in ("title", "content"):
                if isinstance(item.get(key), str):
                    self._text("user", item, key)
            if isinstance(item.get("content"), dict):
                self._parts(item["content"], "user")
            if isinstance(item.get("embedContentConfig"), dict):
                self._text("user", item["embedContentConfig"], "title")

    def _contents(self, body: dict[str, Any]) -> None:
        given = body.get("contents")
        if isinstance(given, dict):
            given = [given]
        if not isinstance(given, list):
            if given is not None:
                self._unread("other")
            return
        said = (i for i, item in enumerate(given) if _role(item) == "assistant")
        after = max(said, default=-1)
        for i, item in enumerate(given):
            if isinstance(item, dict):
                self._parts(item, _role(item), latest=self._call.answers and i > after)
            else:
                self._unread("other")

    def _parts(self, content: dict[str, Any], role: Role, *, latest: bool = False) -> None:
        given = content.get("parts")
        if isinstance(given, dict):
            given = [given]
        for part in given if isinstance(given, list) else []:
            if isinstance(part, dict):
                self._part(part, role, latest=latest)
            else:
                self._unread("other")
        self._others(content, {"parts", "role"})

    def _part(self, part: dict[str, Any], role: Role, *, latest: bool = False) -> None:
        self._others(_camels(part), _SILENT)
        self._text(role, part, "text", latest=latest and role == "user")
        for key, value in part.items():
            kind = _camel(key)
            if kind in ("functionCall", "toolCall"):
                self._within("assistant", _held(value, "args"))
            elif kind == "functionResponse":
                self._response(value)
            elif kind == "toolResponse":
                ran = _held(value, "toolType") or _held(value, "tool_type")
                self._within("tool", _held(value, "response"), _snake(ran) or None)
            elif kind == "executableCode" and isinstance(value, dict):
                self._text("assistant", value, "code")
            elif kind == "codeExecutionResult" and isinstance(value, dict):
                self._text("tool", value, "output", tool="code_execution")
            elif kind == "inlineData":
                self._unread(kind_of(value))
            elif kind == "fileData":
                self._unread("stored")

    def _response(self, value: Any) -> None:
        """What a function of the program gave back."""
        if not isinstance(value, dict):
            self._unread("other")
            return
        name = value.get("name")
        self._within("tool", value.get("response"), name if isinstance(name, str) else None)
        for part in listed(value, "parts"):
            for key, blob in part.items():
                if _camel(key) == "inlineData":
                    self._unread(kind_of(blob))
                elif _camel(key) == "fileData":
                    self._unread("stored")
                else:
                    self._unread("other")

    def _tools(self, body: dict[str, Any]) -> None:
        names: list[str] = []
        for tool in listed(body, "tools"):
            for kind, value in tool.items():
                if _camel(kind) == "functionDeclarations":
                    for declared in listed(tool, kind):
                        names.append(_name(declared))
                        self._schema(declared)
                elif _camel(kind) == "mcpServers":
                    names += [_name(server) for server in listed(tool, kind)]
                else:
                    names.append(_snake(kind))
                    self._within("system", value)
        self._call.tools = tuple(dict.fromkeys(names))

    def _settings(self, body: dict[str, Any]) -> None:
        config = body.get("generationConfig")
        if isinstance(config, dict):
            known = _camels(config)
            kind = known.get("responseMimeType")
            schemas = ("responseSchema", "responseJsonSchema", "responseFormat")
            self._call.plain = kind in (None, "text/plain") and not any(map(known.get, schemas))
            for key, value in config.items():
                if _camel(key) in schemas:
                    self._schema(value)
                elif isinstance(value, str):
                    self._text("system", config, key)
                else:
                    self._within("system", value)
        self._within("system", body.get("toolConfig"))
        retrieval = _camels(_camels(body.get("toolConfig")).get("retrievalConfig"))
        if retrieval.get("latLng"):  # where the person is
            self._unread("location")
        if body.get("cachedContent"):
            self._unread("stored")
        self._within("system", body.get("labels"))

    def _schema(self, value: Any) -> None:
        """Words within a schema, or within what declares a function."""
        if isinstance(value, list):
            for item in value:
                self._schema(item)
        if not isinstance(value, dict):
            return
        for key, item in value.items():
            if key not in _TELLING or isinstance(item, dict):  # a property may bear such a name
                self._schema(item)
            elif isinstance(item, str):
                self._text("system", value, key)
            else:
                self._within("system", item)

    def _within(self, role: Role, value: Any, tool: str | None = None) -> None:
        for text in strings(value):
            self._call.texts.append(PromptText(role, text, tool=tool))

    def _text(
        self,
        role: Role,
        holder: dict[str, Any],
        key: str,
        *,
        latest: bool = False,
        tool: str | None = None,
    ) -> None:
        if isinstance(holder.get(key), str):
            self._call.texts.append(PromptText(role, Text(holder, key), latest, tool))

    def _others(self, holder: dict[str, Any], known: set[str]) -> None:
        """What nobody has described may hold anything, other spellings of a name included."""
        for key, value in holder.items():
            if key not in known and value not in (None, "", [], {}) and not isinstance(value, bool):
                self._unread("other")

    def _unread(self, kind: str) -> None:
        self._call.unread += (kind,)


def _role(content: Any) -> Role:
    given = content.get("role") if isinstance(content, dict) else None
    return "assistant" if given == "model" else "user"


def _held(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None


def _name(declared: dict[str, Any]) -> str:
    name = declared.get("name")
    return name if isinstance(name, str) else ""


def _camels(value: Any) -> dict[str, Any]:
    """An object with its keys as JSON of Gemini has them; the SDK leaves some as Python has them."""
    return {_camel(key): item for key, item in value.items()} if isinstance(value, dict) else {}


def _camel(key: str) -> str:
    return _UNDERSCORE.sub(lambda found: found[1].upper(), key)


def _snake(key: Any) -> str:
    return _CAPITAL.sub("_", key).lower() if isinstance(key, str) else ""
