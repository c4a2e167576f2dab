"""Hold values to what the annotations declare: what nobody declared, no event can name.

Undeclared keys of a mapping are cut, for the function's own type does not have them. An argument of
a more special model is judged with the fields that this one adds; a result of one denies the step,
for what was to be collected was said before. A value that is no such model denies it too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from typing import Any, is_typeddict

from pydantic import BaseModel

from aboveboard.facts import DataField
from aboveboard.steps.arguments import split
from aboveboard.steps.cutting import change
from aboveboard.steps.signature import fields_of

__all__ = ["Held", "UndeclaredError", "hold"]


class UndeclaredError(ValueError):
    """A value is not what its annotation says; the text names the path and the types."""


@dataclass(slots=True)
class Held:
    """What came of holding values to their annotations.

    Attributes:
        replaced: parameters (or `result`) to replace: copies without undeclared keys.
        added: fields that models more special than their annotation bring, as an event names them.
    """

    replaced: dict[str, Any] = field(default_factory=dict)
    added: dict[str, DataField] = field(default_factory=dict)


def hold(models: Iterable[tuple[str, type]], root: Callable[[str], Any], *, special: bool) -> Held:
    """Hold values to their declared models.

    Args:
        models: paths with the model that stands there.
        root: the value of the parameter (or `result`) that a path begins with.
        special: whether a more special model may stand there.

    Raises:
        UndeclaredError: a value brings what its annotation does not declare, or is another thing.
    """
    held = Held()
    for path, model in models:
        name, rest = split(path)
        old = held.replaced[name] if name in held.replaced else root(name)
        new = change(old, rest, _Holder(model, path, held, special), path)
        if new is not old:
            held.replaced[name] = new
    return held


@dataclass(frozen=True, slots=True)
class _Holder:
    model: type
    path: str
    held: Held
    special: bool

    def __call__(self, value: Any) -> Any:
        model = self.model
        kind: type = type(value)
        if kind is model:
            return value
        if is_typeddict(model):
            if not isinstance(value, Mapping):
                raise self._other(kind)
            declared = _keys(model)
            if value.keys() <= declared:
                return value
            return {key: item for key, item in value.items() if key in declared}
        if not isinstance(value, model):
            raise self._other(kind)
        own = _names(kind) - _names(model)
        if own and not self.special:
            msg = (
                f"'{self.path}' is a {kind.__qualname__}, with fields that {model.__qualname__} "
                f"does not declare. Annotate it as {kind.__qualname__}."
            )
            raise UndeclaredError(msg)
        for name in own:
            self.held.added.update(_added(kind, self.path, name))
        return value

    def _other(self, kind: type) -> UndeclaredError:
        return UndeclaredError(
            f"'{self.path}' is a {kind.__qualname__} and not the {self.model.__qualname__} that "
            "its annotation says."
        )


@cache
def _added(model: type, path: str, name: str) -> dict[str, DataField]:
    """The fields that one member of a model adds to an event."""
    begin = f"{path}.{name}"
    return {
        item.path: DataField.model_validate(item.as_fact())
        for item in fields_of(model, path)
        if item.path == begin or item.path.startswith((f"{begin}.", f"{begin}["))
    }


@cache
def _keys(model: type) -> frozenset[str]:
    required: frozenset[str] = getattr(model, "__required_keys__", frozenset())
    optional: frozenset[str] = getattr(model, "__optional_keys__", frozenset())
    return required | optional


@cache
def _names(model: type) -> frozenset[str]:
    if issubclass(model, BaseModel):
        return frozenset(model.model_fields)
    return frozenset(item.name for item in fields(model)) if is_dataclass(model) else frozenset()
