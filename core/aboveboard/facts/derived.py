"""Integers computed from times, once, at the creation of an event.

Policies never do arithmetic with dates: the engines differ there, and a recorded event has to give
the same verdict when it is replayed. A field says what it is computed from:

    given_at: UtcDatetime | None = fact("When the consent was given.")
    age_days: Annotated[Span | None, AgeOf("given_at")] = fact("Whole days since `given_at`.")
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from types import MappingProxyType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from aboveboard.facts.base import FactGroup

__all__ = ["AgeOf", "Derived", "TimeUntil", "ages", "derive", "group_type", "stable_for"]

G = TypeVar("G", bound=FactGroup)

Unit = Literal["days", "hours", "s"]
_UNITS: dict[Unit, timedelta] = {
    "days": timedelta(days=1),
    "hours": timedelta(hours=1),
    "s": timedelta(seconds=1),
}


@dataclass(frozen=True, slots=True)
class Derived:
    """Marks a field as computed from a time in the same group.

    Attributes:
        source: name of the field that holds the time.
        unit: the unit of the result, rounded down (one second late is -1 day until).
    """

    source: str
    unit: Unit = "days"


class AgeOf(Derived):
    """Time passed since `source`; negative when it lies in the future."""

    __slots__ = ()


class TimeUntil(Derived):
    """Time left until `source`; negative when it has passed."""

    __slots__ = ()


_NOTHING: Mapping[str, Any] = MappingProxyType({})


def derive(facts: G, now: datetime, known: G | None = None) -> G:
    """Compute every derived fact, at every depth, relative to `now`.

    A known source always wins over a value that was given; where the source is unknown a given
    value stands. Returns the same object when nothing changes.

    Args:
        facts: a step's facts, or any group of them.
        now: the event's time, with an offset.
        known: the same facts as they were derived at a moment of which they still hold: what the two
            have in common is left.

    Raises:
        ValueError: `now` has no offset.
    """
    if now.utcoffset() is None:
        msg = "The event's time needs an offset from UTC."
        raise ValueError(msg)
    return _derive(facts, now, {} if known is None else known.__dict__)


def ages(kind: type[FactGroup], values: Mapping[str, Any], now: datetime) -> dict[str, int]:
    """What `derive` would change in a group itself, not in those below it.

    Args:
        kind: the group's class.
        values: its facts by name, validated.
        now: the event's time, with an offset.
    """
    changed: dict[str, int] = {}
    for name, source, unit, since in _plan(kind).fields:
        at = values.get(source)
        if at is None:
            continue
        amount = (now - at if since else at - now) // unit
        if values.get(name) != amount:
            changed[name] = amount
    return changed


def _derive(facts: G, now: datetime, known: Mapping[str, Any] = _NOTHING) -> G:
    plan = _plan(type(facts))
    values = facts.__dict__
    changed: dict[str, Any] = ages(type(facts), values, now)
    for name, apply in plan.groups:
        value = values.get(name)
        if value is None or value is known.get(name):
            continue
        new = apply(value, now)
        if new is not value:
            changed[name] = new
    return facts.model_copy(update=changed) if changed else facts


def _derive_each(items: tuple[G, ...], now: datetime) -> tuple[G, ...]:
    new = tuple([_derive(item, now) for item in items])
    same = all(a is b for a, b in zip(new, items, strict=True))
    return items if same else new


def stable_for(facts: FactGroup, now: datetime) -> timedelta:
    """How long what `derive` computed at `now` stays true, so that it need not be computed anew.

    Args:
        facts: a step's facts, or any group of them.
        now: the time that they were derived at.
    """
    plan = _plan(type(facts))
    values = facts.__dict__
    soonest = timedelta.max
    for _, source, unit, since in plan.fields:
        at = values.get(source)
        if at is not None:
            rest = (now - at if since else at - now) % unit
            soonest = min(soonest, unit - rest if since else rest)
    for name, _ in plan.groups:
        value = values.get(name)
        for item in value if isinstance(value, tuple) else (value,):
            if item is not None:
                soonest = min(soonest, stable_for(item, now))
    return soonest


@dataclass(frozen=True, slots=True)
class _Plan:
    """What there is to compute in one class, so that an event walks only over that."""

    fields: tuple[tuple[str, str, timedelta, bool], ...]
    groups: tuple[tuple[str, Callable[[Any, datetime], Any]], ...]


@cache
def _plan(model: type[FactGroup]) -> _Plan:
    fields = []
    groups: list[tuple[str, Callable[[Any, datetime], Any]]] = []
    for name, field in model.model_fields.items():
        for mark in field.metadata:
            if isinstance(mark, Derived):
                since = isinstance(mark, AgeOf)
                fields.append((name, mark.source, _UNITS[mark.unit], since))
        inner, many = group_type(field.annotation)
        if inner is None:
            continue
        below = _plan(inner)
        if below.fields or below.groups:
            groups.append((name, _derive_each if many else _derive))
    return _Plan(tuple(fields), tuple(groups))


def group_type(annotation: Any) -> tuple[type[FactGroup] | None, bool]:
    """The group that a field holds, if it holds one, and whether it holds a list of them."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return group_type(get_args(annotation)[0])
    if origin is tuple:
        return group_type(get_args(annotation)[0])[0], True
    if origin in (Union, UnionType):
        for option in get_args(annotation):
            inner, many = group_type(option)
            if inner is not None:
                return inner, many
    if isinstance(annotation, type) and issubclass(annotation, FactGroup):
        return annotation, False
    return None, False
