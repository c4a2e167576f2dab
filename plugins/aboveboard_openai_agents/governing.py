"""A governed copy of an agent, and of all agents that it may hand over to.

The copy is of a class of its own that has the same name. What is assigned to it later, or to a clone,
is governed as it is assigned; tools of MCP servers are when they are listed.
"""

from __future__ import annotations

import copy
from typing import Any, TypeVar

from agents import Agent, Handoff, handoff
from typing_extensions import Unpack

from aboveboard import ConfigurationError
from aboveboard.ai import Guard, GuardKeywords, GuardOptions, OnStopped
from aboveboard_openai_agents.models import GovernedModel
from aboveboard_openai_agents.tools import Judge, governed_handoff, governed_tool, is_governed

__all__ = ["govern"]

A = TypeVar("A")


def govern(
    agent: A,
    /,
    *,
    on_stopped: OnStopped = "raise",
    models: bool = True,
    provider: Any = None,
    **options: Unpack[GuardKeywords],
) -> A:
    """A governed copy of an agent, and of all agents that it may hand over to.

    Args:
        agent: an `Agent`; it stays as it is.
        on_stopped: `raise` lets the stop of a tool out of `Runner.run` as `StepDenied` or
            `StepEscalated`; `tell` does not run the tool and tells the model so. What stops a
            hand-off or the model itself always comes out.
        models: False leaves models to whoever governs them, such as a governed `AsyncOpenAI`.
        provider: the `ModelProvider` that names of models are looked up in; that of OpenAI when
            left out.
        options: see `aboveboard.ai.GuardOptions`.

    Raises:
        ConfigurationError: it is no agent, or governed already, or an option is wrong.
        StepDenied: it has a tool that cannot be judged, and that nobody declared or let through.
    """
    if not isinstance(agent, Agent):
        msg = f"Expected an Agent of the OpenAI Agents SDK; got {type(agent).__name__}."
        raise ConfigurationError(msg)
    if hasattr(type(agent), "_aboveboard"):
        msg = f"The agent '{agent.name}' is governed already."
        raise ConfigurationError(msg)
    if on_stopped not in ("raise", "tell"):
        msg = f"on_stopped: expected 'raise' or 'tell'; got {on_stopped!r}."
        raise ConfigurationError(msg)
    guard = Guard("openai_agents", GuardOptions(**options))
    made: A = _Governance(Judge(guard, on_stopped), models, provider).agent(agent)
    return made


class _Governance:
    """What all agents of one `govern` share."""

    def __init__(self, judge: Judge, models: bool, provider: Any) -> None:
        self.judge = judge
        self._models = models
        self._provider = provider
        self._made: dict[int, tuple[Any, Any]] = {}
        self._classes: dict[type, type] = {}

    def agent(self, given: Any) -> Any:
        """The governed copy of an agent; the same for the same one."""
        if not isinstance(given, Agent) or hasattr(type(given), "_aboveboard"):
            return given
        known = self._made.get(id(given))
        if known is None:
            made = copy.copy(given)
            self._made[id(given)] = (given, made)  # agents may hand over to each other
            object.__setattr__(made, "__class__", self._class(type(given)))
            for name in _GOVERNED:
                setattr(made, name, getattr(given, name))
            return made
        return known[1]

    def value(self, name: str, given: Any) -> Any:
        """What an attribute of an agent becomes."""
        if name == "tools":
            return [governed_tool(tool, self.judge) for tool in given]
        if name == "handoffs":
            return [self._handoff(item) for item in given]
        if name == "model" and self._models and not isinstance(given, GovernedModel):
            return GovernedModel(self.judge.guard, given, provider=self._provider, decides=False)
        return given

    def _handoff(self, item: Any) -> Any:
        if not isinstance(item, Handoff):
            item = handoff(self.agent(item))
        return governed_handoff(item, self.judge, self.agent)

    def _class(self, base: type) -> type:
        if base not in self._classes:
            space = {
                "__module__": base.__module__,
                "__qualname__": base.__qualname__,
                "__doc__": base.__doc__,
                "__setattr__": _set,
                "_aboveboard": self,
                "get_all_tools": _get_all_tools,
            }
            self._classes[base] = type(base)(base.__name__, (base,), space)
        return self._classes[base]


_GOVERNED = ("tools", "handoffs", "model")


def _set(self: Any, name: str, value: Any) -> None:
    if name in _GOVERNED:
        value = type(self)._aboveboard.value(name, value)  # noqa: SLF001
    base: Any = type(self).__mro__[1]
    base.__setattr__(self, name, value)


async def _get_all_tools(self: Any, run_context: Any) -> list[Any]:
    """The agent's tools, those of MCP servers governed as they are listed."""
    governance: _Governance = type(self)._aboveboard  # noqa: SLF001
    for item in (*self.tools, *self.handoffs):
        if not is_governed(item):  # put into the list behind our back
            name = getattr(item, "tool_name", None) or item.name
            governance.judge.refuse(
                name, f"'{name}' was added to the agent's list later. Assign a new list instead."
            )
    base: Any = type(self).__mro__[1]
    listed = await base.get_all_tools(self, run_context)
    return [governed_tool(tool, governance.judge) for tool in listed]
