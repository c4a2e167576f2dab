"""What a function's annotations say: which data goes in and out, and whom it is about.

Every parameter says what it is: a DPV category (`Annotated[str, pd.EmailAddressWork]`), a model
whose fields say it, `SubjectId`, `FreeText` or `NotPersonal`. What says nothing is unknown, and
unknown data is cut; where it could not be cut the decoration fails, not the call.
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from typing import (
    Annotated,
    Any,
    NotRequired,
    Required,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from aboveboard.errors import SignatureError
from aboveboard.vocab import DataCategory, FreeText, NotPersonal, Purpose, SubjectId

__all__ = ["RESULT", "Field", "Shape", "Signature", "read_signature"]

RESULT = "result"
"""The first part of the path of a field in what the function returns."""

_MAX_DEPTH = 8
_SEQUENCES = (list, tuple, set, frozenset)


@dataclass(frozen=True, slots=True)
class Field:
    """One piece of data: where it is and what it is.

    Attributes:
        path: as in `lead.email` or `leads[].email`; the event's `fields[].name`.
        categories: DPV ids, or None when nobody said.
        necessary_for: purposes it is needed for, or None.
        free_text: anything may stand in it.
        cuttable: it can be taken out without breaking the type.
    """

    path: str
    categories: tuple[str, ...] | None
    necessary_for: tuple[str, ...] | None
    free_text: bool
    cuttable: bool

    def as_fact(self) -> dict[str, Any]:
        """The entry in the event's `fields`; unknown left out."""
        fact: dict[str, Any] = {"name": self.path}
        if self.categories is not None:
            fact["categories"] = self.categories
        if self.necessary_for is not None:
            fact["necessary_for"] = self.necessary_for
        if self.free_text:
            fact["free_text"] = True
        return fact


@dataclass(slots=True)
class Shape:
    """What was found below one parameter or result."""

    fields: list[Field]
    subjects: list[str]
    many: list[str]


@dataclass(frozen=True, slots=True)
class Signature:
    """What a decorated function's annotations say.

    Attributes:
        parameters: of the function, by name.
        arguments: fields of the arguments.
        result: fields of the result.
        subject: path of the identifier of the person, or None.
        many: parameters that hold several people's records.
    """

    parameters: Mapping[str, inspect.Parameter]
    arguments: tuple[Field, ...]
    result: tuple[Field, ...]
    subject: str | None
    many: tuple[str, ...]


def read_signature(function: Callable[..., Any], *, result_needed: bool) -> Signature:
    """Read the annotations of a function.

    Args:
        function: what is decorated.
        result_needed: True for data collection: what comes back is what is collected.

    Raises:
        SignatureError: a parameter or field says nothing and cannot be cut; names it.
        NameError: an annotation names what is not defined yet; ask again at the first call.
    """
    parameters = dict(inspect.signature(function).parameters)
    hints = get_type_hints(function, include_extras=True)
    name = getattr(function, "__qualname__", repr(function))
    shape = Shape([], [], [])
    for position, parameter in enumerate(parameters.values()):
        if position == 0 and parameter.name in ("self", "cls") and parameter.name not in hints:
            continue
        if parameter.name == RESULT:
            msg = f"Parameter '{RESULT}' of '{name}' has the name that stands for what it returns."
            raise SignatureError(msg)
        if parameter.name not in hints:
            what = f"Parameter '{parameter.name}' of '{name}'"
            raise _says_nothing(what)
        _read(hints[parameter.name], parameter.name, shape, _has_default(parameter))
    _demand(shape.fields, name)
    out = Shape([], [], [])
    if "return" in hints:
        if hints["return"] not in (None, type(None)):
            _read(hints["return"], RESULT, out, removable=False)
            if result_needed:
                _demand(out.fields, name)
    elif result_needed:
        msg = (
            f"'{name}' collects data but does not say what it returns. Annotate its return type "
            "with a model whose fields say what they are."
        )
        raise SignatureError(msg)
    subjects = dict.fromkeys(shape.subjects)
    if len(subjects) > 1:
        msg = f"'{name}' has more than one SubjectId: {', '.join(subjects)}. Keep one."
        raise SignatureError(msg)
    return Signature(
        parameters=parameters,
        arguments=tuple(shape.fields),
        result=tuple(out.fields),
        subject=next(iter(subjects), None),
        many=tuple(dict.fromkeys(shape.many)),
    )


def _demand(found: Iterable[Field], name: str) -> None:
    for item in found:
        if item.categories is None and not item.free_text and not item.cuttable:
            what = f"'{item.path}' of '{name}'"
            raise _says_nothing(what)


def _says_nothing(what: str) -> SignatureError:
    return SignatureError(
        f"{what} does not say what it is, and cannot be cut. Annotate it with a category "
        "(Annotated[str, pd.EmailAddressWork]), a model whose fields have one, SubjectId or "
        "NotPersonal; or give it a default."
    )


def _has_default(parameter: inspect.Parameter) -> bool:
    return parameter.default is not inspect.Parameter.empty


def _read(hint: Any, path: str, shape: Shape, removable: bool, depth: int = 0) -> None:
    """Walk one annotation; `removable` says that the value there can be left out."""
    base, marks, optional = _unwrap(hint)
    removable = removable or optional
    if NotPersonal in marks or base is type(None):
        return
    if SubjectId in marks:
        shape.subjects.append(path)
        return
    categories = tuple(mark.id for mark in marks if isinstance(mark, DataCategory))
    if categories or FreeText in marks or depth >= _MAX_DEPTH:
        purposes = tuple(mark.id for mark in marks if isinstance(mark, Purpose))
        shape.fields.append(
            Field(path, categories or None, purposes or None, FreeText in marks, removable)
        )
        return
    item = _item(base)
    if item is not None:
        if "[]" not in path:
            shape.many.append(path)
        _read(item, f"{path}[]", shape, removable=False, depth=depth + 1)
        return
    members = list(_members(base))
    if not members:
        shape.fields.append(Field(path, None, None, free_text=False, cuttable=removable))
    for member, inner, droppable in members:
        _read(inner, f"{path}.{member}", shape, droppable, depth + 1)


def _unwrap(hint: Any) -> tuple[Any, list[Any], bool]:
    """Type, marks and whether None is allowed, through Annotated, Optional and the like."""
    marks: list[Any] = []
    optional = False
    while True:
        origin = get_origin(hint)
        if origin is Annotated:
            hint, *found = get_args(hint)
            marks.extend(found)
        elif origin in (Required, NotRequired):
            (hint,) = get_args(hint)
        elif origin in (Union, types.UnionType):
            options = [option for option in get_args(hint) if option is not type(None)]
            optional = optional or len(options) < len(get_args(hint))
            if len(options) != 1:
                return Any, marks, optional
            (hint,) = options
        elif isinstance(hint, types.GenericAlias) and hint.__origin__ is type:
            return type, marks, optional
        else:
            return hint, marks, optional


def _item(base: Any) -> Any | None:
    """The type of the items of a list, tuple or set; None for anything else."""
    origin, args = get_origin(base), get_args(base)
    if origin in _SEQUENCES and args:
        return args[0] if origin is not tuple or args[1:] in ((), (...,)) else None
    return None


def _members(base: Any) -> Iterator[tuple[str, Any, bool]]:
    """Name, annotation and droppability of each field of a model."""
    model = get_origin(base) or base
    if not isinstance(model, type):
        return
    if issubclass(model, BaseModel):
        hints = get_type_hints(model, include_extras=True)
        for name, info in model.model_fields.items():
            has_default = info.default is not PydanticUndefined or bool(info.default_factory)
            yield name, hints.get(name, Any), has_default
    elif is_dataclass(model):
        hints = get_type_hints(model, include_extras=True)
        for item in fields(model):
            has_default = item.default is not MISSING or item.default_factory is not MISSING
            yield item.name, hints.get(item.name, Any), has_default
    elif is_typeddict(model):
        for name, hint in get_type_hints(model, include_extras=True).items():
            yield name, hint, True
