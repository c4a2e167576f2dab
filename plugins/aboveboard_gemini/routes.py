"""What a request to Gemini is, by its URL: the public method it is known as, and how it is handled."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

__all__ = ["Route", "find"]

Handling = Literal["answers", "streams", "embeds", "counts", "harmless", "refused"]


@dataclass(frozen=True, slots=True)
class Route:
    """One request.

    Attributes:
        name: the SDK's method, such as `models.generate_content`; calls are refused by it.
        handling: `answers` and `streams` are judged both ways; `embeds` and `counts` send a text and
            get figures; `harmless` moves no data of a person; the rest is refused.
        model: that it is for.
    """

    name: str
    handling: Handling
    model: str | None = None


_GOVERNED: dict[str, tuple[str, Handling]] = {
    "generateContent": ("models.generate_content", "answers"),
    "streamGenerateContent": ("models.generate_content_stream", "streams"),
    "embedContent": ("models.embed_content", "embeds"),
    "batchEmbedContents": ("models.embed_content", "embeds"),
    "countTokens": ("models.count_tokens", "counts"),
    "computeTokens": ("models.compute_tokens", "counts"),
}
_RESOURCES = {
    "auth_tokens": "auth_tokens",
    "batches": "batches",
    "batchPredictionJobs": "batches",
    "cachedContents": "caches",
    "documents": "file_search_stores.documents",
    "endpoints": "models",
    "files": "files",
    "fileSearchStores": "file_search_stores",
    "models": "models",
    "operations": "operations",
    "tunedModels": "models",
    "tuningJobs": "tunings",
}
_METHODS = {
    "asyncBatchEmbedContent": "batches.create_embeddings",
    "batchGenerateContent": "batches.create",
    "fetchPredictOperation": "operations.get",
    "predictLongRunning": "models.generate_videos",
    "register": "files.register_files",
    "validateReinforcementTuningReward": "tunings.validate_reward",
}
"""Public methods by the verb of their path, where the two differ."""
_BY_HTTP = {"patch": "update", "delete": "delete", "post": "create"}
_HIDDEN = re.compile(r"%|\\|//|(?:^|/)\.{1,2}(?:/|$)")
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD = re.compile(r"[A-Za-z_]{1,40}")


def find(method: str, url: str, body: object = None) -> Route:
    """What a request is.

    Args:
        method: of HTTP.
        url: that it goes to.
        body: what it holds; a prediction of Vertex AI may be an embedding or an image.
    """
    method = method.lower()
    path = urlsplit(url).path.strip("/")
    if _HIDDEN.search(path):
        return Route("hidden path", "refused")  # it cannot be told from another
    parts = path.split("/")
    last, _, verb = parts[-1].partition(":")
    parts[-1] = last
    at = max((i for i, part in enumerate(parts) if part in _RESOURCES), default=None)
    if method == "post" and verb in _GOVERNED:
        name, handling = _GOVERNED[verb]
        return Route(name, handling, last)
    if method == "post" and verb == "predict":
        if "publishers" in parts and _embeds(body):  # an endpoint of one's own may answer anything
            return Route("models.embed_content", "embeds", last)
        return Route("models.predict", "refused", last)
    if at is None:
        word = _WORD.fullmatch(last)
        return Route(f"{method.upper()} {word[0] if word else 'unknown'}", "refused")
    resource = _RESOURCES[parts[at]]
    if verb:
        known = (
            "tunings.cancel" if verb == "cancel" and resource == "models" else _METHODS.get(verb)
        )
        snake = _CAPITAL.sub("_", verb).lower() if _WORD.fullmatch(verb) else "unknown"
        return Route(known or f"{resource}.{snake}", "refused")
    if resource == "models" and method == "get":
        return Route("models.list" if at == len(parts) - 1 else "models.get", "harmless")
    if parts[at] == "tunedModels" and method == "post":
        return Route("tunings.tune", "refused")  # of a tuned model, further
    if resource == "files" and "upload" in parts:
        return Route("files.upload", "refused")
    action = _BY_HTTP.get(method, "list" if at == len(parts) - 1 else "get")
    if resource == "tunings" and action == "create":
        action = "tune"
    return Route(f"{resource}.{action}", "refused")


def _embeds(body: object) -> bool:
    """Whether a prediction asks for embeddings of texts, as older models of Vertex AI are asked."""
    given = body.get("instances") if isinstance(body, dict) else None
    return (
        isinstance(given, list)
        and bool(given)
        and all(
            isinstance(item, dict) and "content" in item and "prompt" not in item for item in given
        )
    )
