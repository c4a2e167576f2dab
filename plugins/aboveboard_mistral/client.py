"""Wraps a client of mistralai: whatever it asks a model and gets from it is judged."""

from __future__ import annotations

from typing import Any, TypeVar

from typing_extensions import Unpack

from aboveboard import ConfigurationError
from aboveboard.ai import Guard, GuardKeywords, GuardOptions

__all__ = ["wrap"]

Client = TypeVar("Client")

_VENDORS = {
    "mistralai.client.sdk": None,
    "mistralai.azure.client.sdk": "azure_ai",
    "mistralai.gcp.client.sdk": "google_vertex",
}
"""Modules of the SDK's clients, each with who runs the model if not Mistral."""


def wrap(client: Client, **options: Unpack[GuardKeywords]) -> Client:
    """Govern a client of Mistral.

        client = aboveboard_mistral.wrap(Mistral(api_key=key), purpose="service_chat")
        client.chat.complete(model="mistral-large-latest", messages=[…])

    Args:
        client: a `Mistral`, `MistralAzure` or `MistralGCP`; it is changed, and given back. Blocking and
            async methods are governed alike.
        **options: see `aboveboard.ai.GuardOptions`; `purpose` is the one that must be given.

    Raises:
        ConfigurationError: the client is none, is wrapped already, or an option is wrong.
    """
    family = type(client).__mro__
    module = next((item.__module__ for item in family if item.__module__ in _VENDORS), None)
    configuration: Any = getattr(client, "sdk_configuration", None)
    if module is None or configuration is None:
        msg = f"client: expected mistralai.client.Mistral; got {type(client).__name__}."
        raise ConfigurationError(msg)
    # They build on httpx2, which only who has the SDK has.
    from aboveboard_mistral.governor import Governor
    from aboveboard_mistral.hooking import govern, governor_of

    if governor_of(configuration) is not None:
        msg = "client: it is wrapped already. Make another for another purpose."
        raise ConfigurationError(msg)
    guard = Guard("mistral", GuardOptions(**options))
    base = next(item for item in family if "do_request" in vars(item))
    govern(base, configuration, Governor(guard, _VENDORS[module]))
    return client
