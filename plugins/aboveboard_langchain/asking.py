"""One call of a governed chat model: what is told of it, and what becomes of its answer."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from aboveboard import StepStopped
from aboveboard.ai import (
    GovernedCall,
    Guard,
    ModelAnswer,
    ModelCall,
    PromptText,
    Text,
    strings,
)
from aboveboard_langchain.answers import joined, model_answer
from aboveboard_langchain.requests import copied, offered_names, prompt_texts, unread_kinds

__all__ = ["JUDGED", "STRUCTURED", "TOOLS", "Asked", "Governance", "Memory", "check_vendors_tools"]

JUDGED = "aboveboard_judged"
"""Key in an answer's `response_metadata` that says so."""
TOOLS = "aboveboard_tools"
"""Keyword of a call: names of the tools that it offers."""
STRUCTURED = "aboveboard_structured"
"""Keyword of a call: those of them that stand for the answer itself."""
_ADDRESSES = (
    "base_url", "openai_api_base", "anthropic_api_url", "endpoint", "endpoint_url", "azure_endpoint",
)  # fmt: skip
# Keywords by which vendors are asked for JSON.
_JSON = (
    "format", "output_config", "output_format", "response_format", "response_json_schema",
    "response_mime_type", "response_schema", "text_format",
)  # fmt: skip

# Keywords in which programs send along who asks.
_BESIDE = (
    "extra_body", "extra_query", "prompt_cache_key",
    "safety_identifier", "user",
)  # fmt: skip


@dataclass(slots=True, repr=False)
class Memory:
    """What happened in one call of an agent's model, through all of its tries."""

    stopped: StepStopped | None = None
    waiting: tuple[Any, GovernedCall, list[Any], dict[str, Any]] | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Governance:
    """What a governed model knows beside what it was.

    Attributes:
        guard: who judges.
        inner: the model that is asked.
        structured: names of tools that stand for the answer itself.
        plain: no JSON is asked for.
        decides: as of `ModelCall`.
        memory: of the agent's call, where it is one.
    """

    guard: Guard
    inner: Any
    structured: Collection[str] = ()
    plain: bool = True
    decides: bool = True
    memory: Memory | None = None


class Asked:
    """One call of a governed model. As a context it keeps what stopped it for who called the agent."""

    def __init__(self, model: Any, messages: list[Any], kwargs: dict[str, Any]) -> None:
        self.governance: Governance = model._aboveboard  # noqa: SLF001
        self.guard = self.governance.guard
        self.inner = self.governance.inner
        self.memory = self.governance.memory
        self.kwargs = dict(kwargs)
        self.kwargs |= {name: deepcopy(kwargs[name]) for name in _BESIDE if name in kwargs}
        self.own = copied(messages)
        self._given = (messages, kwargs)
        self._repeated: list[Any] = []
        names = self.kwargs.pop(TOOLS, None)
        self.structured = (
            *self.governance.structured,
            *self.kwargs.pop(STRUCTURED, ()),
        )
        if names is None:  # given without `bind_tools`
            names = tuple(name for name, _ in self._raw_tools())
        self.call = ModelCall(
            "invoke",
            model=_name(self.inner),
            texts=[*prompt_texts(self.own, self.structured), *self._beside()],
            tools=tuple(name for name in names if name not in self.structured),
            unread=(*unread_kinds(messages), *self._stored()),
            vendor=_vendor(self.inner),
            plain=self.governance.plain
            and not self.structured
            and not any(self.kwargs.get(name) for name in _JSON),
            decides=self.governance.decides,
        )
        self.call.host, self.call.encrypted = _address(self.inner)

    def _beside(self) -> Iterator[PromptText]:
        for name in _BESIDE:
            if isinstance(self.kwargs.get(name), str):
                yield PromptText("user", Text(self.kwargs, name))
            else:
                yield from (PromptText("user", one) for one in strings(self.kwargs.get(name)))

    def _stored(self) -> tuple[str, ...]:
        """Whether earlier turns lie at the vendor already."""
        stored = self.kwargs.get("previous_response_id") or self.kwargs.get("conversation")
        return ("stored",) if stored else ()

    def _raw_tools(self) -> list[tuple[str, bool]]:
        given = self.kwargs.get("tools") or ()
        offered = offered_names(given if isinstance(given, Sequence) else [given])
        check_vendors_tools(self.guard, offered)
        return offered

    def __enter__(self) -> None:
        if self.memory is not None and self.memory.stopped is not None:
            # Somebody tries again what was stopped: it is not asked a second time.
            raise self.memory.stopped

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if self.memory is not None and isinstance(error, StepStopped):
            self.memory.stopped = error

    def waiting(self) -> tuple[GovernedCall, list[Any]] | None:
        """The same call, when it was judged before and the vendor failed to answer."""
        if self.memory is None or self.memory.waiting is None:
            return None
        given, governed, own, kwargs = self.memory.waiting
        if given != self._given:
            return None
        self.kwargs = kwargs
        return governed, copied(own)

    def keep(self, governed: GovernedCall) -> tuple[GovernedCall, list[Any]]:
        """Remember what was judged until the vendor has answered."""
        if self.memory is not None:
            self.memory.waiting = (self._given, governed, copied(self.own), self.kwargs)
        return governed, self.own

    def answer(self, result: Any) -> ModelAnswer:
        """What the vendor answered, in copies of its messages: fakes and caches keep theirs."""
        if self.memory is not None:
            self.memory.waiting = None
        answers = []
        for generation in result.generations:
            generation.message = copied([generation.message])[0]
            told, repeated = model_answer(generation.message, self.structured)
            answers.append(told)
            self._repeated += repeated
        return joined(answers)

    def judged(self, governed: GovernedCall, result: Any) -> Any:
        """The result, all of which says what was judged."""
        from langchain_core.outputs import ChatGeneration

        for part in self._repeated:
            governed.masks.unmask_within(part)
        made = []
        for one in result.generations:
            message = one.message
            message.response_metadata = {**message.response_metadata, JUDGED: True}
            if len(governed.masks) and hasattr(
                parsed := message.additional_kwargs.get("parsed"), "model_dump"
            ):
                told = parsed.model_dump()
                governed.masks.unmask_within(told)
                message.additional_kwargs["parsed"] = type(parsed).model_validate(told)
            made.append(ChatGeneration(message=message, generation_info=one.generation_info))
        return result.model_copy(update={"generations": made})


def check_vendors_tools(guard: Guard, offered: Sequence[tuple[str, bool]]) -> None:
    """Refuse tools that the vendor runs, unless they are declared: no call of theirs passes here."""
    for name, vendors in offered:
        if vendors and name not in guard.options.tools:
            guard.refuse(
                f"tools.{name}",
                f"The tool '{name}' is run by the model's vendor, and nobody says what it does. "
                "Declare it in 'tools'.",
            )


def _name(model: Any) -> str | None:
    found = (getattr(model, name, None) for name in ("model_name", "model", "model_id"))
    return next((one for one in found if isinstance(one, str) and one), None)


def _vendor(model: Any) -> str | None:
    known: Mapping[str, Any] = model._get_ls_params()  # noqa: SLF001
    provider = known.get("ls_provider")
    return provider if isinstance(provider, str) and provider else None


def _address(model: Any) -> tuple[str | None, bool | None]:
    known = [getattr(model, name, None) for name in _ADDRESSES]
    client = getattr(getattr(model, "root_client", None), "base_url", None)
    for given in (*known, None if client is None else str(client)):
        if isinstance(given, str) and "://" in given:
            parts = urlsplit(given)
            host = parts.hostname
            if parts.scheme == "https":
                return host, True
            return host, None if host in ("localhost", "127.0.0.1", "::1") else False
    return None, None
