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
    settings, registry = router.settings(), router.registry()
    seen: set[tuple[str, str]] = set()
    waiting: list[tuple[str, dict[str, Any]]] = [(asked, {})]
    if any(registry.plugins(kind) for kind in _CHOOSERS):
        waiting += [(name, {}) for name in registry.names(kind="groups")]
    given = dict(given)
    own = [target for key in FALLBACKS for target in given.pop(key, None) or ()]
    while waiting:
        group, more = waiting.pop(0)
        if (group, repr(sorted(more))) in seen:
            continue
        seen.add((group, repr(sorted(more))))
        found = _deployments(router, group)
        if not found:
            guard.refuse(
                f"{asked}.model",
                f"This Router of {guard.vendor} has no deployment for one of the names that a call may "
                "reach: nobody knows where it would go. Add it to the model_list.",
            )
        for params in found:
            call = {**(settings.default_litellm_params or {}), **params, **given, **more}
            for place in direct_places({**call, "model": _model(params, group)}):
                yield Place(group, place.host, place.region, place.vendor, place.encrypted)
            if (silent := params.get("silent_model")) is not None:
                waiting.append((str(silent), {}))
        named = [target for target in own if not _is_group(target)]
        listed = [target for target in own if _is_group(target)]
        for key in FALLBACKS:
            listed += getattr(settings, key, None) or ()
        for entry in listed:
            for name, targets in entry.items():
                if name in (group, "*", asked):
                    named += targets
        for target in named:
            model, changed = target_of(target)
            waiting.append((model or group, dict(changed)))


def _is_group(target: Any) -> bool:
    """`{"group": ["other", …]}`, as a Router is configured with."""
    return (
        isinstance(target, Mapping)
        and len(target) == 1
        and isinstance(next(iter(target.values())), list)
    )


def _deployments(router: Any, group: str) -> list[Mapping[str, Any]]:
    """Parameters of the deployments that a name stands for."""
    registry = router.registry()
    found = list(registry.deployments(group) or ())
    if not found and registry.has_deployment(group):
        found = [registry.deployment_dict(group)]
    if not found and (default := router.settings().default_deployment) is not None:
        found = [default]
    return [_params(item) for item in found]


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
