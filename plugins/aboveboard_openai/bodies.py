"""Bodies of requests as plain JSON, in a copy: what the program gave stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["body_of", "copied"]


def body_of(options: Any) -> dict[str, Any] | None:
    """What the request will send, `extra_body` included; None when it is no JSON object.

    Args:
        options: `FinalRequestOptions` of the SDK.
    """
    from openai import NotGiven, Omit

    given = options.json_data
    more = options.extra_json
    if (given is not None and not isinstance(given, Mapping)) or options.files or options.content:
        return None
    if given is None and more is None:
        return None
    merged = {**(given or {}), **(more or {})}
    return {
        key: copied(value)
        for key, value in merged.items()
        if not isinstance(value, Omit | NotGiven)
    }


def copied(value: Any) -> Any:
    """A JSON value, copied; objects of the SDK as the JSON that they are sent as."""
    if isinstance(value, Mapping):
        return {key: copied(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [copied(item) for item in value]
    dump = getattr(value, "model_dump", None)
    if dump is not None:
        return dump(mode="json", by_alias=True, exclude_unset=True)
    return value
