"""Where a request goes: host, region, who runs the model there, and whether it is encrypted."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Any

__all__ = ["Endpoint", "endpoint_of", "region_of"]

_REGIONS = (
    re.compile(r"(eu|us|ae|au|in|jp)\.api\.openai\.com"),
    re.compile(r"([a-z]{4,}\d?)\.api\.cognitive\.microsoft\.com"),
    re.compile(
        r"bedrock-[a-z-]+\.([a-z]{2,}(?:-[a-z]+)+-\d)\."
        r"(?:amazonaws\.(?:com|eu)|api\.aws|api\.amazonwebservices\.eu)"
    ),
    re.compile(r"([a-z]+-[a-z]+\d+)-aiplatform\.googleapis\.com"),
    re.compile(r"aiplatform\.([a-z]{2,})\.rep\.googleapis\.com"),
)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a request goes; None for what nobody knows.

    Attributes:
        host: lower case.
        region: as the vendor names it.
        vendor: who runs the model, where that is not OpenAI.
        encrypted: see `aboveboard.ai.ModelCall`.
    """

    host: str | None = None
    region: str | None = None
    vendor: str | None = None
    encrypted: bool | None = None


def endpoint_of(client: Any, stated: str | None) -> Endpoint:
    """The endpoint that a client of the SDK talks to.

    Args:
        client: as it is now: its address may be set anew.
        stated: host behind a gateway, as the program says.
    """
    url = client.base_url
    host = url.host.lower() or None
    encrypted = True if url.scheme == "https" else None if _is_own_machine(url.host) else False
    return Endpoint(host, region_of(stated or host), _vendor(client), encrypted)


def region_of(host: str | None) -> str | None:
    """The region that a host's name says, such as `eu` of eu.api.openai.com."""
    found = (pattern.fullmatch(host.lower()) for pattern in _REGIONS) if host else ()
    return next((match[1] for match in found if match), None)


def _vendor(client: Any) -> str | None:
    import openai

    if isinstance(client, openai.AzureOpenAI | openai.AsyncAzureOpenAI):
        return "azure_openai"
    name = getattr(getattr(client, "_provider_runtime", None), "name", None)
    return "aws_bedrock" if name == "bedrock" else name


def _is_own_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
