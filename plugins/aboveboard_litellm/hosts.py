"""Where a call of LiteLLM goes: which vendor, host and region stand behind the name of a model."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from aboveboard.ai import Place

__all__ = ["place_of", "vendor_of"]

_VENDORS = {
    "azure": "azure_openai",
    "azure_text": "azure_openai",
    "bedrock": "aws_bedrock",
    "bedrock_converse": "aws_bedrock",
    "cohere_chat": "cohere",
    "gemini": "google_gemini",
    "text-completion-openai": "openai",
    "vertex_ai": "google_vertex",
    "vertex_ai_beta": "google_vertex",
}
"""Providers whose name in LiteLLM is not the one that profiles and rules know."""

_BASES: Mapping[str, tuple[tuple[str, ...], str | None]] = {
    "anthropic": (("ANTHROPIC_API_BASE", "ANTHROPIC_BASE_URL"), "https://api.anthropic.com"),
    "azure": (("AZURE_API_BASE",), None),
    "cohere": (("COHERE_API_BASE",), None),  # one of two, by the version of its API
    "cohere_chat": (("COHERE_API_BASE",), None),
    "gemini": (("GEMINI_API_BASE",), "https://generativelanguage.googleapis.com"),
    "litellm_proxy": (("LITELLM_PROXY_API_BASE",), None),
    "openai": (("OPENAI_BASE_URL", "OPENAI_API_BASE"), "https://api.openai.com"),
    "openrouter": (("OPENROUTER_API_BASE",), "https://openrouter.ai"),
    "text-completion-openai": (("OPENAI_BASE_URL", "OPENAI_API_BASE"), "https://api.openai.com"),
}
"""Variables that name a provider's host, and the host where none does. LiteLLM tells the bases of
many others itself; of the rest the host is not known, and rules stop what goes to an unknown one."""

_LOGS_IN = ("chatgpt", "github_copilot")  # to ask LiteLLM about them starts a login
_AWS_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d")
_PROFILE = re.compile(r"(?:^|/)(us|eu|apac|jp|au|ca|us-gov|global)\.[a-z]")


def vendor_of(provider: str) -> str:
    """The name by which profiles and rules know a provider of LiteLLM."""
    return _VENDORS.get(provider, provider)


def place_of(given: Mapping[str, Any], model: str) -> Place:
    """Where a call goes.

    Args:
        given: the keywords of the call, or of a deployment of a Router.
        model: as it is called.

    Raises:
        litellm.exceptions.BadRequestError: LiteLLM knows no provider of that name.
    """
    import litellm

    called = model
    given = _with_credentials(given)
    model = (litellm.model_alias_map or {}).get(model, model)
    provider = given.get("custom_llm_provider")
    if given.get("use_litellm_proxy") is True:
        model, provider = f"litellm_proxy/{model.removeprefix('litellm_proxy/')}", None
    if not model:  # of a moderation, which is OpenAI's
        model, provider = "moderation", provider or "openai"
    if given.get("deployment_id") is not None:
        model, provider = given["deployment_id"], "azure"
    elif given.get("azure") is True:
        provider = "azure"
    base = given.get("base_url") or given.get("api_base")
    if (provider or model.partition("/")[0]) in _LOGS_IN:
        return Place(called, vendor=provider or model.partition("/")[0])
    name, provider, _, found = litellm.get_llm_provider(
        model, custom_llm_provider=provider, api_base=base, api_key=given.get("api_key")
    )
    base = _client_base(given.get("client")) or found or base
    region = given.get("region_name")
    if provider.startswith("vertex_ai"):
        region = _vertex_region(given, name) or region
        base = base or litellm.api_base or _vertex_base(region)
    elif provider.startswith("bedrock"):
        host_region = _aws_region(given, model)
        profile = _PROFILE.search(name)
        region = (profile[1] if profile else host_region) or region
        base = base or _bedrock_base(given, host_region)
    elif base is None and provider in _BASES:
        names, default = _BASES[provider]
        base = litellm.api_base or next(filter(None, map(_secret, names)), default)
    host, encrypted = _host(base)
    return Place(called, host, region, vendor_of(provider), encrypted)


def _with_credentials(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """With what LiteLLM keeps under the name of a credential; a base may be of it."""
    import litellm

    name = given.get("litellm_credential_name")
    found = next((item for item in litellm.credential_list if item.credential_name == name), None)
    return given if found is None else {**found.credential_values, **given}


def _client_base(client: Any) -> str | None:
    """The base of a client of OpenAI's, where a call brings its own."""
    base = getattr(client, "base_url", None)
    return None if base is None else str(base)


def _secret(name: str) -> str | None:
    import litellm

    found = litellm.get_secret_str(name)
    return found if isinstance(found, str) and found else None


def _vertex_region(given: Mapping[str, Any], model: str) -> str | None:
    """The location that is asked for, or the one that LiteLLM moves a model to."""
    import litellm

    region = (
        given.get("vertex_location")
        or given.get("vertex_ai_location")
        or litellm.vertex_location
        or _secret("VERTEXAI_LOCATION")
    )
    offered = litellm.model_cost.get(f"vertex_ai/{model}", {}).get("supported_regions")
    if offered and region not in offered:
        region = offered[0]
    return region or "us-central1"


def _vertex_base(region: str | None) -> str:
    stated = _secret("VERTEXAI_API_BASE") or _secret("VERTEX_API_BASE")
    if stated is not None:
        return stated
    if region == "global":
        return "https://aiplatform.googleapis.com"
    if region is not None and "-" not in region:
        return f"https://aiplatform.{region}.rep.googleapis.com"
    return f"https://{region}-aiplatform.googleapis.com"


def _aws_region(given: Mapping[str, Any], model: str) -> str | None:
    """The region of the host. Where only boto3 would know it, nobody here does."""
    if (stated := given.get("aws_region_name")) is not None:
        return str(stated)
    for part in re.split(r"[/:]", model):
        if _AWS_REGION.fullmatch(part):
            return part
    return _secret("AWS_REGION_NAME") or _secret("AWS_REGION")


def _bedrock_base(given: Mapping[str, Any], region: str | None) -> str | None:
    stated = given.get("aws_bedrock_runtime_endpoint") or _secret("AWS_BEDROCK_RUNTIME_ENDPOINT")
    if stated is not None or region is None:
        return stated
    suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    return f"https://bedrock-runtime.{region}.{suffix}"


def _host(base: Any) -> tuple[str | None, bool | None]:
    """Host of a URL, and whether it is reached by TLS; None for this machine itself."""
    if not isinstance(base, str) or not base:
        return None, None
    parts = urlsplit(base if "//" in base else f"https://{base}")
    host = parts.hostname
    if host is None or parts.scheme == "https":
        return host, None if host is None else True
    return host, None if _loopback(host) else False


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
