"""A `litellm.Router`, governed: it stays the same object, and its methods are ours."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Any

from aboveboard.ai import Guard, Place
from aboveboard_litellm.calls import MARK, governed_function, refused_function
from aboveboard_litellm.places import FALLBACKS, direct_places, target_of
from aboveboard_litellm.routes import ROUTER, ROUTER_HARMLESS

__all__ = ["wrap_router"]

_CHOOSERS = ("adaptive", "auto", "complexity", "quality", "routing", "switchyard")
"""Kinds of plugins that may send a call to any deployment of a Router."""

_STRATEGY = "_custom_strategy"
"""Where a Router keeps a strategy of one's own, which may choose likewise."""


def wrap_router(guard: Guard, router: Any) -> None:
    """Govern a Router: every public method is governed, harmless, or refused by name.

    Its methods are put over those of the class: the Router's own core goes on using its own, and so
    a retry or a fallback asks nobody twice.
    """
    own = vars(router)
    places = functools.partial(_places, guard, router)
    for name in dir(router):
        if name.startswith("_") or name in ROUTER_HARMLESS:
            continue
        if not callable(getattr(type(router), name, own.get(name))):
            continue
        send = getattr(router, name)
        if name in ROUTER:
            own[name] = governed_function(guard, ROUTER[name], send, places)
        elif callable(send):
            own[name] = refused_function(guard, name, send)
    own[MARK] = guard


def _places(guard: Guard, router: Any, given: Mapping[str, Any]) -> Iterator[Place]:
    """Where a call may go: each deployment of its group, and of all groups it may fall back on."""
    asked = str(given.get("model") or "")
    settings = router.settings()
    call = {key: value for key, value in given.items() if key not in FALLBACKS}
    own = [target for key in FALLBACKS for target in given.get(key) or ()]
    configured = [entry for key in FALLBACKS for entry in getattr(settings, key, None) or ()]
    seen: set[tuple[str, str]] = set()
    waiting: list[tuple[str, dict[str, Any]]] = [(asked, {})]
    while waiting:
        group, changed = waiting.pop(0)
        key = (group, repr(sorted(changed.items())))
        if key in seen:
            continue
        seen.add(key)
        found = _deployments(router, group, given)
        if not found:
            guard.refuse(
                "Router.model",
                f"This Router of {guard.vendor} has no deployment for one of the names that a call may "
                "reach: nobody knows where it would go. Add it to the model_list.",
            )
        for params in found:
            merged = {**(settings.default_litellm_params or {}), **params, **call, **changed}
            for place in direct_places({**merged, "model": _model(params, group)}):
                yield Place(group, place.host, place.region, place.vendor, place.encrypted)
            if (silent := params.get("silent_model")) is not None:
                waiting.append((str(silent), changed))
        for target in _targets((group, asked), own, configured):
            model, more = target_of(target)
            # Whether what an earlier fallback changed stays changed is LiteLLM's: both are judged.
            waiting += [(model or group, dict(more)), (model or group, {**changed, **more})]


def _targets(groups: tuple[str, ...], own: list[Any], configured: list[Any]) -> Iterator[Any]:
    """What a call may fall back on when a group fails it."""
    for entry in (*own, *configured):
        if not _is_group(entry):
            yield entry
            continue
        for name, targets in entry.items():
            if name in (*groups, "*"):
                yield from targets


def _is_group(target: Any) -> bool:
    """`{"group": ["other", …]}`, as a Router is configured with."""
    return (
        isinstance(target, Mapping)
        and len(target) == 1
        and isinstance(next(iter(target.values())), list)
    )


def _deployments(router: Any, group: str, given: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Parameters of the deployments that a name stands for.

    All there are, where a plugin chooses, or where a team's own may be among them.
    """
    registry = router.registry()
    chosen = any(registry.plugins(kind) for kind in _CHOOSERS)
    if chosen or getattr(router, _STRATEGY, None) is not None or _is_of_a_team(given):
        return [_params(item) for item in registry.all()]
    found = list(registry.deployments(group) or ())
    if not found and registry.has_deployment(group):
        found = [registry.deployment_dict(group)]
    if not found and (default := router.settings().default_deployment) is not None:
        return [{**_params(default), "model": group}]  # LiteLLM calls the name that was asked for
    return [_params(item) for item in found]


def _is_of_a_team(given: Mapping[str, Any]) -> bool:
    return any(
        isinstance(held, Mapping) and held.get("user_api_key_team_id") is not None
        for held in (given.get("metadata"), given.get("litellm_metadata"))
    )


def _params(deployment: Any) -> Mapping[str, Any]:
    held = deployment["litellm_params"]
    return held if isinstance(held, Mapping) else held.model_dump(exclude_none=True)


def _model(params: Mapping[str, Any], group: str) -> str:
    """The model that a deployment calls; that of a wildcard has the name that was asked for."""
    model = str(params["model"])
    if "*" not in model:
        return model
    prefix = model.partition("*")[0]
    return group if group.startswith(prefix) else model.replace("*", group)
