"""Wraps a client of the SDK: the same object, every request of which is judged."""

from __future__ import annotations

import inspect
from typing import Any, TypeVar

from typing_extensions import Unpack

from aboveboard import ConfigurationError
from aboveboard.ai import Guard, GuardKeywords, GuardOptions
from aboveboard_anthropic.exchange import Exchange
from aboveboard_anthropic.places import is_a
from aboveboard_anthropic.sending import AsyncRequest, Request

__all__ = ["wrap"]

C = TypeVar("C")
_MIDDLEWARE = "with_middleware"
_WHY = "A middleware stands between what is judged and the vendor, and sees answers before that."
_CLASSES = (
    "Anthropic",
    "AnthropicAWS",
    "AnthropicBedrock",
    "AnthropicBedrockMantle",
    "AnthropicFoundry",
    "AnthropicGoogleCloud",
    "AnthropicVertex",
)


def wrap(client: C, **options: Unpack[GuardKeywords]) -> C:
    """Govern a client of Anthropic.

        client = aboveboard_anthropic.wrap(Anthropic(), purpose="service_chat")
        client.messages.create(model="claude-opus-5-5", max_tokens=500, messages=[…])

    Args:
        client: an `Anthropic`, an `AsyncAnthropic`, or one for Bedrock, Vertex AI or Foundry; it is
            changed, and given back. Clients that it makes by `with_options` are governed alike.
        options: as of `aboveboard.ai.GuardOptions`; `purpose` is needed.

    Raises:
        ConfigurationError: the client is none, is wrapped already, or an option is wrong.
    """
    _check(client)
    guard = Guard("anthropic", GuardOptions(**options))
    if getattr(client, "middleware", ()) and _MIDDLEWARE not in guard.options.passing:
        msg = f"client: it has middleware. {_WHY} Leave it out, or say passing=[{_MIDDLEWARE!r}]."
        raise ConfigurationError(msg)
    _govern(client, guard)
    return client


def _check(client: Any) -> None:
    try:
        known = is_a(client, *_CLASSES)
    except ImportError as error:
        msg = "The SDK of Anthropic is missing: pip install 'aboveboard[anthropic]'."
        raise ConfigurationError(msg) from error
    if not known:
        msg = f"client: expected anthropic.Anthropic or its like; got {type(client).__name__}."
        raise ConfigurationError(msg)
    if isinstance(vars(client).get("request"), Exchange):
        msg = "client: it is wrapped already. Make another for another purpose."
        raise ConfigurationError(msg)
    if not hasattr(client, "_copy_and_prepare"):
        msg = "client: this version of the SDK is not known. Use anthropic 2.12 or newer, below 3."
        raise ConfigurationError(msg)


def _govern(client: Any, guard: Guard) -> None:
    waits = inspect.iscoroutinefunction(type(client).request)
    client.request = AsyncRequest(client, guard) if waits else Request(client, guard)
    make = client.copy

    def copied(*args: Any, **options: Any) -> Any:
        """A client like this one, governed alike."""
        if options.get("middleware"):  # what the SDK has for "not given" is false
            guard.refuse(_MIDDLEWARE, _WHY)
        made = make(*args, **options)
        _govern(made, guard)
        return made

    client.copy = client.with_options = copied
