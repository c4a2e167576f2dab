"""Wraps what programs use of LiteLLM: its functions, a Router, or the module."""

from __future__ import annotations

from types import ModuleType
from typing import Any, TypeVar

from typing_extensions import Unpack

from aboveboard import ConfigurationError
from aboveboard.ai import Guard, GuardKeywords, GuardOptions
from aboveboard_litellm.calls import MARK, governed_function
from aboveboard_litellm.modules import GovernedModule
from aboveboard_litellm.places import direct_places
from aboveboard_litellm.routers import wrap_router
from aboveboard_litellm.routes import FUNCTIONS

__all__ = ["wrap"]

C = TypeVar("C")


def wrap(client: C, **options: Unpack[GuardKeywords]) -> C:
    """Govern LiteLLM.

        completion = aboveboard_litellm.wrap(litellm.completion, purpose="service_chat")
        router = aboveboard_litellm.wrap(litellm.Router(model_list=…), purpose="service_chat")
        llm = aboveboard_litellm.wrap(litellm, purpose="service_chat")

    Args:
        client: a function of LiteLLM (`completion`, `text_completion`, `responses`, `embedding`,
            `moderation`, and their async forms), a `litellm.Router`, or `litellm`.
        options: as of `aboveboard.ai.GuardOptions`.

    Returns:
        Of a function: one that is governed. Of a Router: itself, changed. Of the module: an object
        with its names; `litellm` itself stays as it is.

    Raises:
        ConfigurationError: it is nothing of those, is wrapped already, or an option is wrong.
    """
    import litellm

    given: Any = client
    if _is_wrapped(given):
        msg = "client: it is wrapped already. Wrap LiteLLM's own for another purpose."
        raise ConfigurationError(msg)
    guard = Guard("litellm", GuardOptions(**options))
    made: Any
    if isinstance(given, litellm.Router):
        wrap_router(guard, given)
        made = given
    elif isinstance(given, ModuleType) and given.__name__ == "litellm":
        made = GovernedModule(guard, given)
    else:
        made = governed_function(guard, FUNCTIONS[_name(given)], given, direct_places)
    return made  # type: ignore[no-any-return]


def _is_wrapped(client: Any) -> bool:
    try:
        return MARK in vars(client)
    except TypeError:
        return False


def _name(client: Any) -> str:
    """The function that this is.

    Raises:
        ConfigurationError: it is none that can be wrapped.
    """
    import litellm

    name = getattr(client, "__name__", "")
    if name in FUNCTIONS and getattr(litellm, name, None) is client:
        return str(name)
    msg = (
        f"client: expected a function of LiteLLM ({', '.join(sorted(FUNCTIONS))}), a litellm.Router "
        f"or litellm; got {type(client).__name__}. Methods of a Router are governed by wrapping it."
    )
    raise ConfigurationError(msg)
