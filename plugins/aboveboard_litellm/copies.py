"""Copies of what a program gives and of what comes back: a text is replaced in ours alone."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

__all__ = ["copied", "copied_response"]


def copied(value: Any) -> Any:
    """A copy whose lists and mappings may be changed; what else is in them stays what it is.

    LiteLLM takes its own answers back as messages, so objects of its types are copied, too.
    """
    if isinstance(value, Mapping):
        return {key: copied(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [copied(item) for item in value]
    if hasattr(value, "model_copy") and not isinstance(value, type):
        return value.model_copy(deep=True)
    return value


def copied_response(response: Any, *parts: str) -> Any:
    """A response of which some parts may be changed.

    LiteLLM gives the same object to its callbacks and its cache, some of them later and in other
    threads: they keep what came, masks and all.

    Args:
        response: object of LiteLLM.
        parts: attributes that will be changed.
    """
    made = response.model_copy()
    for part in parts:
        if hasattr(made, part):
            setattr(made, part, copy.deepcopy(getattr(response, part)))
    hidden = getattr(response, "_hidden_params", None)
    if isinstance(hidden, Mapping):
        # The vendor's raw answer would be the same text without its notices.
        kept = {key: item for key, item in hidden.items() if key != "original_response"}
        made._hidden_params = kept  # noqa: SLF001  (the name by which programs read it)
    return made
