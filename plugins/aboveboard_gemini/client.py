"""Wraps a client of google-genai: whatever its models are asked and answer is judged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from typing_extensions import Unpack

from aboveboard import ConfigurationError
from aboveboard.ai import Guard, GuardKeywords, GuardOptions

if TYPE_CHECKING:
    from google.genai.client import AsyncClient, Client

__all__ = ["wrap"]

C = TypeVar("C", bound="Client | AsyncClient")


def wrap(client: C, **options: Unpack[GuardKeywords]) -> C:
    """Govern a client of the Gemini API or of Vertex AI.

        client = aboveboard_gemini.wrap(genai.Client(), purpose="service_chat")
        client.models.generate_content(model="gemini-3.6-flash", contents=question)

    Its async side (`client.aio`), its chats and functions that the SDK calls by itself are governed with
    it.

    Args:
        client: a `google.genai.Client`, or the `aio` of one; it is changed, and given back.
        options: as of `aboveboard.ai.GuardOptions`.

    Raises:
        ConfigurationError: the client is none, is wrapped already, or an option is wrong.
    """
    from google.genai.client import AsyncClient, Client

    from aboveboard_gemini.refusing import refuse_resources
    from aboveboard_gemini.transport import Governed, govern

    if not isinstance(client, Client | AsyncClient):
        msg = f"client: expected google.genai.Client; got {type(client).__name__}."
        raise ConfigurationError(msg)
    inner: Any = getattr(client, "_api_client", None)
    if isinstance(inner, Governed):
        msg = "client: it is wrapped already. Make another for another purpose."
        raise ConfigurationError(msg)
    guard = Guard("gemini", GuardOptions(**options))
    govern(inner, guard)
    for side in (client, getattr(client, "aio", None)):
        if side is not None:
            refuse_resources(side, guard)
    return client
