"""Bring facts of several sources together: fill what is unknown, never contradict silently."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from aboveboard.facts.base import FactGroup
from aboveboard.facts.data import DataField
from aboveboard.facts.derived import Derived
from aboveboard.facts.steps import StepFacts

__all__ = ["EACH", "as_mapping", "fill", "merge", "of_each", "said_of_each"]

EACH = "fields[]"
"""Group of facts that hold of each field, as rules write it: `"fields[].collected_at": …`."""

S = TypeVar("S", bound=StepFacts)


def as_mapping(facts: Mapping[str, Any] | BaseModel) -> dict[str, Any]:
    """Facts as a nested mapping of what is known; dotted keys (`"ai.model"`) are unfolded.

    Raises:
        ValueError: a dotted key runs into a value that is no group, a fact is given twice (as
            `{"ai": {"model": …}, "ai.model": …}`) with two values, or each field gets one name.
        TypeError: a key is no text.
    """
    if isinstance(facts, BaseModel):
        return facts.model_dump(exclude_none=True)
    found: dict[str, Any] = {}
    for key, given in facts.items():
        if not isinstance(key, str):
            msg = "The name of a fact is a text."
            raise TypeError(msg)
        here, last = found, key
        if "." in key:
            *groups, last = key.split(".")
            for group in groups:
                if here.get(group) is None:
                    here[group] = {}
                here = here[group]
                if not isinstance(here, dict):
                    msg = f"Fact '{key}' runs into a value at '{group}'."
                    raise ValueError(msg)  # noqa: TRY004  (the key is wrong, not a type)
        value = as_mapping(given) if isinstance(given, dict | Mapping | BaseModel) else given
        if here.get(last) is None:
            here[last] = value
        elif merge(here, {last: value}):
            msg = f"Fact '{key}' is given twice, with two values."
            raise ValueError(msg)
    if isinstance(each := found.get(EACH), dict) and "name" in each:
        msg = "Fact 'fields[].name' would give each field the same name."
        raise ValueError(msg)
    return found


def merge(into: dict[str, Any], more: Mapping[str, Any], prefix: str = "") -> list[str]:
    """Fill what `into` does not know with what `more` does.

    Args:
        into: nested facts; changed in place.
        more: nested facts of a later source; None is unknown.
        prefix: dotted path of `into`, for the result.

    Returns:
        Dotted paths where the two say different things; `into` keeps its own.
    """
    conflicts: list[str] = []
    for key, value in more.items():
        if value is None:
            continue
        known = into.get(key)
        if isinstance(value, dict):
            if known is None:
                known = into[key] = {}
            if isinstance(known, dict):
                conflicts += merge(known, value, f"{prefix}{key}.")
            else:
                conflicts.append(prefix + key)
        elif known is None:
            into[key] = value
        elif not prefix and key == "fields" and _named(known) and _named(value):
            into[key] = _merged_fields(known, value, conflicts)
        elif not _same(known, value):
            conflicts.append(prefix + key)
    return conflicts


def fill(facts: S, more: dict[str, Any]) -> tuple[S, list[str]]:
    """A step's facts with further ones: only the groups that `more` touches are validated.

    Args:
        facts: validated facts.
        more: nested facts, as `as_mapping` gives them; what it says of each field (`EACH`) holds
            of the fields of both.

    Returns:
        The new facts and the dotted paths on which the two contradict each other.

    Raises:
        pydantic.ValidationError: `more` holds what are no facts of this step.
    """
    model = type(facts)
    each = more.get(EACH)
    if each is not None:
        more = {name: value for name, value in more.items() if name != EACH}
    given = model.model_validate(more)
    changed: dict[str, Any] = {}
    conflicts: list[str] = []
    for name in given.model_fields_set:
        new, known = getattr(given, name), getattr(facts, name)
        if new is None or new == known:
            continue
        if known is None:
            changed[name] = new
        elif isinstance(new, BaseModel):
            changed[name] = _joined(known, new, f"{name}.", conflicts)
        elif name == "fields":
            changed[name] = _joined_fields(known, new, conflicts)
        elif not _agree(known, new):
            conflicts.append(name)
    facts = facts.model_copy(update=changed) if changed else facts
    return (facts if each is None else of_each(facts, each)), sorted(set(conflicts))


def of_each(facts: S, stated: Any) -> S:
    """The facts, where each field that does not know it has what is stated of all of them.

    Args:
        facts: validated facts.
        stated: facts of a field, such as `{"collected_at": …}`. A field's own goes before.

    Raises:
        pydantic.ValidationError: they are no facts of a field.
    """
    known = said_of_each(facts, stated)
    if not known or not facts.fields:
        return facts
    filled = [
        item.model_copy(
            update={name: value for name, value in known.items() if getattr(item, name) is None}
        )
        for item in facts.fields
    ]
    return facts.model_copy(update={"fields": tuple(filled)})


def said_of_each(facts: StepFacts, stated: Any) -> dict[str, Any]:
    """What is stated of each field, validated; by name.

    Raises:
        pydantic.ValidationError: they are no facts of a field.
    """
    named = {**stated, "name": "each"} if isinstance(stated, dict) else stated
    (said,) = type(facts).model_validate({"fields": [named]}).fields or ()
    return {
        name: value
        for name in said.model_fields_set - {"name"}
        if (value := getattr(said, name)) is not None
    }


def _joined(known: Any, more: Any, prefix: str, conflicts: list[str]) -> Any:
    changed: dict[str, Any] = {}
    for name in more.model_fields_set:
        new, old = getattr(more, name), getattr(known, name)
        if new is None or new == old:
            continue
        if old is None:
            changed[name] = new
        elif isinstance(new, BaseModel):
            changed[name] = _joined(old, new, f"{prefix}{name}.", conflicts)
        elif not _agree(old, new):
            conflicts.append(prefix + name)
    return known.model_copy(update=changed) if changed else known


def _named(items: Any) -> bool:
    """A list of fields as plain data, each with a name of its own."""
    if not isinstance(items, list | tuple) or not all(isinstance(item, dict) for item in items):
        return False
    names = {str(item.get("name")) for item in items if item.get("name") is not None}
    return len(names) == len(items)


def _merged_fields(
    known: Iterable[dict[str, Any]], more: Iterable[dict[str, Any]], conflicts: list[str]
) -> list[dict[str, Any]]:
    """`_joined_fields` for plain data."""
    joined = {item["name"]: dict(item) for item in known}
    for item in more:
        conflicts += merge(joined.setdefault(item["name"], {}), item, "fields[].")
    return list(joined.values())


def _joined_fields(
    known: tuple[DataField, ...], more: tuple[DataField, ...], conflicts: list[str]
) -> tuple[DataField, ...]:
    """Fields of one name are one field: the annotations say what it is, a detector what is in it."""
    new = {item.name: item for item in more}
    old = {item.name for item in known}
    if len(new) < len(more) or len(old) < len(known) or None in new or None in old:
        if not _agree(known, more):
            conflicts.append("fields")  # which of two of one name is meant nobody can tell
        return known
    joined = [
        _joined(item, new.pop(item.name), "fields[].", conflicts) if item.name in new else item
        for item in known
    ]
    return (*joined, *new.values())


def _agree(known: Any, more: Any) -> bool:
    """Whether two lists say the same, where one may lack what is computed from it later."""
    if not isinstance(known, tuple) or not isinstance(more, tuple) or len(known) != len(more):
        return bool(known == more)
    return all(_agree_in(one, other) for one, other in zip(known, more, strict=True))


def _agree_in(one: Any, other: Any) -> bool:
    if one == other:
        return True
    if not isinstance(one, FactGroup) or type(one) is not type(other):
        return False
    fields = type(one).model_fields
    return all(
        _agree(value, getattr(other, name))
        if isinstance(value, tuple)
        else _agree_in(value, getattr(other, name))
        or (None in (value, getattr(other, name)) and _derived(fields[name]))
        for name, value in one
    )


def _derived(field: FieldInfo) -> bool:
    return any(isinstance(mark, Derived) for mark in field.metadata)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return list(one) == list(other)
    return type(one) is type(other) and bool(one == other)
