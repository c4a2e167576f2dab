"""Wraps a client of the SDK: all that it sends and gets is judged on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from typing_extensions import Unpack

from aboveboard import ConfigurationError
from aboveboard.ai import Guard, GuardKeywords, GuardOptions

if TYPE_CHECKING:
    from openai import AsyncOpenAI, OpenAI

__all__ = ["wrap"]

C = TypeVar("C", bound="OpenAI | AsyncOpenAI")


def wrap(client: C, **options: Unpack[GuardKeywords]) -> C:
    """Govern a client of OpenAI.

        client = aboveboard_openai.wrap(OpenAI(), purpose="service_chat", model="service-assistant")
        client.chat.completions.create(model="gpt-5.4-mini", messages=[…])

    Copies that `with_options` and `copy` make are governed, too.

    Args:
        client: an `OpenAI`, `AsyncOpenAI`, or one for Azure or Bedrock; it is changed, and given back.
        options: as of `aboveboard.ai.GuardOptions`.

    Raises:
        ConfigurationError: the client is none, is wrapped already, or an option is wrong.
    """
    import openai

    from aboveboard_openai.hooks import govern, is_governed, missing

    if not isinstance(client, openai.OpenAI | openai.AsyncOpenAI):
        given: Any = client
        msg = f"client: expected openai.OpenAI or openai.AsyncOpenAI; got {type(given).__name__}."
        raise ConfigurationError(msg)
    if is_governed(client):
        msg = "client: it is wrapped already. Make another for another purpose."
        raise ConfigurationError(msg)
    if absent := missing(client):
        msg = (
            f"client: openai {openai.__version__} has no {', '.join(absent)}, so nothing holds what "
            "it sends. Use a version that the documentation names."
        )
        raise ConfigurationError(msg)
    govern(client, Guard("openai", GuardOptions(**options)))
    return client
