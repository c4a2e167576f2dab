"""What the SDK's operations are: governed, let through, or refused by name.

`operations.json` has every public method of the SDK, each with the id of its operation. One that it
does not have is refused by the id.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

__all__ = ["GOVERNED", "HARMLESS", "Place", "Shape", "known_operations", "name_of", "place"]

Shape = Literal["completion", "conversation", "input"]
"""What a governed request and its answer look like: chat and fim, conversations, embeddings and labels."""

GOVERNED: Mapping[str, Shape] = {
    "agents.complete": "completion",
    "agents.stream": "completion",
    "beta.conversations.append": "conversation",
    "beta.conversations.append_stream": "conversation",
    "beta.conversations.restart": "conversation",
    "beta.conversations.restart_stream": "conversation",
    "beta.conversations.start": "conversation",
    "beta.conversations.start_stream": "conversation",
    "chat.complete": "completion",
    "chat.stream": "completion",
    "classifiers.classify": "input",
    "classifiers.classify_chat": "input",
    "classifiers.moderate": "input",
    "classifiers.moderate_chat": "input",
    "embeddings.create": "input",
    "fim.complete": "completion",
    "fim.stream": "completion",
}

HARMLESS: Mapping[str, str] = {
    "batch.jobs.cancel": "stops what was started",
    "batch.jobs.delete": "deletes",
    "beta.agents.delete": "deletes",
    "beta.conversations.delete": "deletes",
    "beta.libraries.delete": "deletes",
    "beta.libraries.documents.delete": "deletes",
    "files.delete": "deletes",
    "models.list": "names of models",
    "models.retrieve": "what a model can do",
}
"""Calls that bring no personal data to anyone, each with the reason."""

_REGIONS = {"api.eu.mistral.ai": "eu", "api.us.mistral.ai": "us"}
_AZURE = (".models.ai.azure.com", ".inference.ml.azure.com")
_GOOGLE = "-aiplatform.googleapis.com"
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@cache
def known_operations() -> Mapping[str, str]:
    """Ids of operations by the name of the method, such as `chat.complete`."""
    text = files(__package__).joinpath("operations.json").read_text("utf-8")
    found: dict[str, str] = json.loads(text)
    return found


@cache
def _names() -> Mapping[str, str]:
    # Two methods may be one operation: the first in the alphabet gives the name.
    return {operation: name for name, operation in sorted(known_operations().items(), reverse=True)}


def name_of(operation: str) -> str:
    """Name that an operation is governed or refused with; its id where nobody has described it."""
    return _names().get(operation, operation)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request goes.

    Attributes:
        host: lower case, without a port.
        region: that the host names; None where it names none.
        encrypted: True by https, False in the open; None to this machine itself.
    """

    host: str | None
    region: str | None
    encrypted: bool | None


def place(url: Any) -> Place:
    """Where a request goes, by its address.

    Args:
        url: an `httpx2.URL`.
    """
    host = str(url.host).lower()
    encrypted: bool | None = url.scheme == "https"
    if not encrypted and host in _LOOPBACK:
        encrypted = None
    return Place(host or None, _region(host), encrypted)


def _region(host: str) -> str | None:
    if host in _REGIONS:
        return _REGIONS[host]
    if host.endswith(_GOOGLE):
        return host.removesuffix(_GOOGLE)
    for domain in _AZURE:
        if host.endswith(domain):
            name, _, region = host.removesuffix(domain).rpartition(".")
            return region if name else None
    return None
