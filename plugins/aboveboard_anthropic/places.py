"""Where a client's requests go: host, region and who runs the model there."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

__all__ = ["Where", "is_a", "is_whole", "origin", "where"]

# `eu.anthropic.claude-…`: an inference profile answers anywhere in its area.
_PROFILE = re.compile(r"(?:^|/)([a-z][a-z-]*)\.anthropic\.")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_OWN_REGION = re.compile(r"(?:^|/)anthropic\.")


@dataclass(frozen=True, slots=True)
class Where:
    """Where a request goes.

    Attributes:
        host: lower case, no port.
        encrypted: True by https, False in the open; None to this machine itself.
        region: as the flavour of the client names it; None where it names none.
        vendor: who runs the model, where that is not Anthropic.
    """

    host: str | None = None
    encrypted: bool | None = None
    region: str | None = None
    vendor: str | None = None

    def asking(self, model: str | None, geo: Any) -> Where:
        """The same for one call, which may ask for a region of its own.

        Args:
            model: as the call names it.
            geo: `inference_geo` of the call.
        """
        region = geo if isinstance(geo, str) and geo.strip() else self.region
        if self.vendor == "aws_bedrock":
            region = _of_bedrock(model or "", self.region)
        return replace(self, region=region)


def where(client: Any, url: str) -> Where:
    """Where a client sends a request to.

    Args:
        client: of the SDK, of any flavour.
        url: of the request: a path, or the whole of it.
    """
    whole = url if is_whole(url) else str(client.base_url)
    parts = urlsplit(whole)
    host = (parts.hostname or "").lower() or None
    encrypted = True if parts.scheme.lower() == "https" else (None if _loopback(host) else False)
    region, vendor = _flavour(client)
    return Where(host, encrypted, region, vendor)


def is_whole(url: str) -> bool:
    """It is no path but names its host."""
    return _SCHEME.match(url) is not None


def origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port of a URL."""
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    port = parts.port or {"http": 80, "https": 443}.get(scheme)
    return scheme, (parts.hostname or "").lower(), port


def _flavour(client: Any) -> tuple[str | None, str | None]:
    """Region and vendor of a client. The platforms that Anthropic itself runs are its own."""
    if is_a(client, "AnthropicBedrock", "AnthropicBedrockMantle"):
        return _text(client.aws_region), "aws_bedrock"
    if is_a(client, "AnthropicVertex"):
        return _text(client.region), "google_vertex"
    if is_a(client, "AnthropicFoundry"):
        return None, "azure_foundry"
    return None, None


def is_a(client: Any, *names: str) -> bool:
    """The client is of one of the SDK's classes, or of its async twin; a version may lack it."""
    import anthropic

    classes = (
        getattr(anthropic, f"{kind}{name}", None) for name in names for kind in ("", "Async")
    )
    return any(isinstance(each, type) and isinstance(client, each) for each in classes)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _of_bedrock(model: str, region: str | None) -> str | None:
    """A profile of an area (`eu`, `global` …) answers anywhere in it; what one's own is, nobody knows."""
    if found := _PROFILE.search(model):
        return found[1]
    if _OWN_REGION.search(model) or not model.startswith("arn:"):
        return region
    return None


def _loopback(host: str | None) -> bool:
    if host is None:
        return False
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
