"""One governed call: what goes in is judged above LiteLLM's retries and fallbacks, and so is the answer."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from aboveboard.ai import GovernedCall, Guard, ModelCall, Place
from aboveboard_litellm import response_objects, streams
from aboveboard_litellm.answers import answer_of
from aboveboard_litellm.copies import copied, copied_response
from aboveboard_litellm.hosts import vendor_of
from aboveboard_litellm.places import FALLBACKS, brings_texts, set_places
from aboveboard_litellm.requests import call_of, is_setting
from aboveboard_litellm.response_requests import response_call
from aboveboard_litellm.routes import Route

__all__ = ["MARK", "Places", "governed_function", "refused_function"]

MARK = "_aboveboard_guard"
"""Attribute of what is governed already."""

Places = Callable[[Mapping[str, Any]], Iterable[Place]]

_GATEWAY = re.compile(r"litellm_proxy|https?://.+/mcp/[^/]+$")
"""Addresses of MCP servers that LiteLLM may take for its own gateway."""

_REFUSED = {
    "acompletion": "it is LiteLLM's own",
    "aembedding": "it is LiteLLM's own",
    "aresponses": "it is LiteLLM's own",
    "atext_completion": "it is LiteLLM's own",
    "background": "its answer comes past the one who asked",
    "is_async": "it is LiteLLM's own",
    "model_list": "it asks several models at once; wrap a litellm.Router",
    "prompt_id": "it puts a prompt in place of the messages, and nobody sees which",
    "prompt_variables": "it puts a prompt in place of the messages, and nobody sees which",
}
"""Keywords that nobody can judge, and why."""


def governed_function(guard: Guard, route: Route, send: Callable[..., Any], places: Places) -> Any:
    """A function of LiteLLM, or a method of a Router, that is governed.

    Args:
        guard: of the client.
        route: what it is.
        send: LiteLLM's own.
        places: where a call of these keywords may go.
    """
    if route.awaited:

        @functools.wraps(send)
        async def asked(*args: Any, **kwargs: Any) -> Any:
            given = _keywords(route, send, args, kwargs)
            call = await guard.abegin(_call(guard, route, given, places))
            try:
                result = await send(**given)
            except BaseException:
                call.abandon()
                raise
            pending = _Pending(guard, route, call, result)
            if pending.answer is None:
                return pending.result
            return await call.aend(pending.answer, pending.result)

    else:

        @functools.wraps(send)
        def asked(*args: Any, **kwargs: Any) -> Any:
            given = _keywords(route, send, args, kwargs)
            call = guard.begin(_call(guard, route, given, places))
            try:
                result = send(**given)
            except BaseException:
                call.abandon()
                raise
            pending = _Pending(guard, route, call, result)
            if pending.answer is None:
                return pending.result
            return call.end(pending.answer, pending.result)

    asked.__dict__.pop("__wrapped__", None)  # it would lead past the guard
    setattr(asked, MARK, guard)
    return asked


def refused_function(guard: Guard, name: str, send: Callable[..., Any], why: str = "") -> Any:
    """A function that nobody governs: it goes through where `passing` names it.

    It is refused when it is called, also where it would be awaited: before anything is made of it.
    """

    def refused(*args: Any, **kwargs: Any) -> Any:
        guard.refuse(name, why)
        return send(*args, **kwargs)

    refused.__name__ = refused.__qualname__ = name
    setattr(refused, MARK, guard)
    return refused


def _keywords(
    route: Route, send: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> dict[str, Any]:
    """All arguments of a call by name; what holds texts is a copy."""
    names: Iterable[str] = route.positions
    if len(args) > len(route.positions):
        names = inspect.signature(send).parameters
    given = dict(zip(names, args, strict=False))
    if len(given) < len(args) or given.keys() & kwargs.keys():
        msg = f"{route.name}() got an argument too many, or one of them twice."
        raise TypeError(msg)
    given |= kwargs
    return {
        key: value if is_setting(key) and key not in ("messages", "prompt") else copied(value)
        for key, value in given.items()
    }


def _call(guard: Guard, route: Route, given: dict[str, Any], places: Places) -> ModelCall:
    for key, why in _REFUSED.items():
        if given.get(key) and not (route.kind == "responses" and key == "prompt"):
            guard.refuse(f"{route.name}.{key}", f"'{key}' of {route.name} is not governed: {why}.")
    if any(brings_texts(given.get(key)) for key in FALLBACKS):
        guard.refuse(
            f"{route.name}.fallbacks",
            f"A fallback of {route.name} brings texts or keywords of its own, which nobody judged.",
        )
    if any(_is_run_by_litellm(tool) for tool in given.get("tools") or ()):
        guard.refuse(
            f"{route.name}.tools",
            "LiteLLM would call tools of its MCP gateway by itself, past the gate.",
        )
    make = response_call if route.kind == "responses" else functools.partial(call_of, route.kind)
    call = make(route.name, given)
    set_places(guard, call, places(given))
    return call


def _is_run_by_litellm(tool: Any) -> bool:
    if not isinstance(tool, Mapping) or tool.get("type") != "mcp":
        return False
    return _GATEWAY.match(str(tool.get("server_url"))) is not None


class _Pending:
    """What came back, ready to be judged: an answer, or a stream that judges itself."""

    def __init__(self, guard: Guard, route: Route, call: GovernedCall, result: Any) -> None:
        self.answer = None
        self.result = result
        if not call.call.answers:
            return
        _answered_by(call, result)
        reader = response_objects if route.kind == "responses" else streams
        if (stream := reader.governed(result, call)) is not None:
            self.result = stream
        elif _is(result, "ModelResponse", "TextCompletionResponse"):
            self.result = copied_response(result, "choices")
            self.answer = answer_of(self.result)
        elif _is(result, "ResponsesAPIResponse"):
            self.result = copied_response(result, "output")
            self.answer = response_objects.answer_of(self.result)
        else:
            name = type(result).__name__
            guard.refuse(f"{route.name} to {name}", f"Nobody can judge an answer that is a {name}.")


def _is(result: Any, *names: str) -> bool:
    """Whether it is of one of LiteLLM's types."""
    return any(base.__name__ in names for base in type(result).__mro__)


def _answered_by(call: GovernedCall, result: Any) -> None:
    """Of several places, keep in mind the one that answered."""
    hidden = getattr(result, "_hidden_params", None)
    if call.call.elsewhere and isinstance(hidden, Mapping):
        provider = hidden.get("custom_llm_provider")
        if isinstance(provider, str) and provider:
            call.call.vendor = vendor_of(provider)
