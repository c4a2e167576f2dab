"""Every place that a call may reach: LiteLLM falls back, and a Router chooses, where nobody asks again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from aboveboard.ai import Guard, ModelCall, Place
from aboveboard_litellm.hosts import place_of
from aboveboard_litellm.requests import is_setting

__all__ = ["FALLBACKS", "direct_places", "set_places", "target_of"]

FALLBACKS = ("fallbacks", "context_window_fallbacks", "content_policy_fallbacks")
"""Keywords of a call, and settings of a Router, that name where else it may go."""

_TEXTS = ("input", "messages", "prompt")


def direct_places(given: Mapping[str, Any]) -> Iterator[Place]:
    """Where a call of a function may go, the place that it names first.

    Args:
        given: its keywords, or those that a Router would make it with.
    """
    import litellm

    model = str(given.get("model") or "")
    yield place_of(given, model)
    own = {key: value for key, value in given.items() if key != "custom_llm_provider"}
    for target in given.get("fallbacks") or litellm.model_fallbacks or ():
        named, more = target_of(target)
        # LiteLLM keeps all of the call's keywords for a fallback, its base and provider, too.
        yield place_of({**given, **more}, named or model)
    for named in (given.get("context_window_fallback_dict") or {}).values():
        yield place_of(own, str(named))


def target_of(target: Any) -> tuple[str | None, Mapping[str, Any]]:
    """The model that a fallback names, and the keywords that it changes."""
    if isinstance(target, Mapping):
        return target.get("model"), {key: item for key, item in target.items() if key != "model"}
    return str(target), {}


def brings_texts(targets: Any) -> bool:
    """Whether a fallback of this call would send texts of its own, which nobody has read."""
    return any(
        key in _TEXTS or not (is_setting(key) or isinstance(value, bool | int | float))
        for target in targets or ()
        if isinstance(target, Mapping) and "model" in target
        for key, value in target.items()
    )


def set_places(guard: Guard, call: ModelCall, places: Iterable[Place]) -> None:
    """Write into a call where it may go.

    Args:
        guard: its options say whether one model of the profile, or one host, stands for all.
        call: changed in place.
        places: at least one.

    Raises:
        StepDenied: the program names one host for a call that may reach several.
    """
    options = guard.options
    told = [
        Place(
            call.model if options.model is not None else place.model,
            place.host,
            place.region,
            place.vendor,
            place.encrypted,
        )
        for place in places
    ]
    first, *others = dict.fromkeys(told)
    if options.host is not None and len({place.host for place in told}) > 1:
        guard.refuse(
            f"{call.operation}.host",
            f"'{call.operation}' of {guard.vendor} may reach several hosts, and 'host' speaks for one. "
            "Leave 'host' out of wrap, so that each is judged by itself.",
        )
    call.model, call.host, call.region = first.model, first.host, first.region
    call.vendor, call.encrypted = first.vendor, first.encrypted
    call.elsewhere = tuple(others)
