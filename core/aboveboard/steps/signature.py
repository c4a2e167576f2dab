"""What a function's annotations say: which data goes in and out, and whom it is about.

Every parameter says what it is: a DPV category (`Annotated[str, pd.EmailAddressWork]`), a model
whose fields say it, `SubjectId`, `FreeText` or `NotPersonal`. What says nothing is unknown, and
unknown data is cut; where it could not be cut the decoration fails, not the call.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from typing import (
    Annotated,
    Any,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from aboveboard.errors import SignatureError
from aboveboard.facts import MAX_ID
from aboveboard.steps.hints import item_of, item_of_stream, unwrap
from aboveboard.vocab import DataCategory, FreeText, NotPersonal, Purpose, SubjectId

__all__ = [
    "RESULT",
    "Field",
    "Shape",
    "Signature",
    "fields_of",
    "read_result",
    "read_signature",
]

RESULT = "result"
"""The first part of the path of a field in what the function returns."""

_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


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
    models: list[tuple[str, type]]


@dataclass(frozen=True, slots=True)
class Signature:
    """What a decorated function's annotations say.

    Attributes:
        parameters: of the function, by name.
        arguments: fields of the arguments.
        result: fields of the result.
        subject: path of the identifier of the one person it is about, or None.
        many: parameters that hold several people's records.
        models: where the arguments hold models, and which.
        result_models: the same for the result.
        streamed: it gives out items one by one; `result` has the fields of one.
    """

    parameters: Mapping[str, inspect.Parameter]
    arguments: tuple[Field, ...]
    result: tuple[Field, ...]
    subject: str | None
    many: tuple[str, ...]
    models: tuple[tuple[str, type], ...]
    result_models: tuple[tuple[str, type], ...]
    streamed: bool = False


def read_signature(
    function: Callable[..., Any], *, result_needed: bool, yields: bool = False
) -> Signature:
    """Read the annotations of a function.

    Args:
        function: what is decorated.
        result_needed: True for data collection: what comes back is what is collected.
        yields: True for generator functions: the annotation has to say what an item is.

    Raises:
        SignatureError: a parameter or field says nothing and cannot be cut; names it.
        NameError: an annotation names what is not defined yet; ask again at the first call.
    """
    name = getattr(function, "__qualname__", type(function).__name__)
    try:
        parameters = dict(inspect.signature(function).parameters)
        hints = get_type_hints(_annotated(function), include_extras=True)
    except (TypeError, ValueError, AttributeError) as error:
        msg = f"The annotations of '{name}' cannot be read: {str(error).removesuffix('.')}."
        raise SignatureError(msg) from None
    shape = Shape([], [], [], [])
    for position, parameter in enumerate(parameters.values()):
        if position == 0 and parameter.name in ("self", "cls") and parameter.name not in hints:
            continue
        if parameter.name == RESULT:
            msg = f"Parameter '{RESULT}' of '{name}' has the name that stands for what it returns."
            raise SignatureError(msg)
        if parameter.name not in hints:
            what = f"Parameter '{parameter.name}' of '{name}'"
            raise _says_nothing(what)
        if parameter.kind in _VARIADIC:
            if NotPersonal not in unwrap(hints[parameter.name])[1]:
                msg = (
                    f"Parameter '{parameter.name}' of '{name}' takes any number of arguments, none "
                    "of which could be cut by its name. Take a list or a model, or mark it "
                    "NotPersonal."
                )
                raise SignatureError(msg)
            continue
        _read(hints[parameter.name], parameter.name, shape, _has_default(parameter))
    _fit(shape.fields, name)
    _demand(shape.fields, name)
    out = Shape([], [], [], [])
    streamed = yields
    if "return" in hints:
        item = item_of_stream(hints["return"], name, yields=yields, collects=result_needed)
        streamed = item is not None
        result = hints["return"] if item is None else item
        if result not in (None, type(None)):
            out = _read_result(result, name, result_needed)
    elif result_needed:
        msg = (
            f"'{name}' collects data but does not say what it returns. Annotate its return type "
            "with a model whose fields say what they are."
        )
        raise SignatureError(msg)
    # Those in lists are about several people: the event is then about none in particular.
    subjects = dict.fromkeys(path for path in shape.subjects if "[]" not in path)
    if len(subjects) > 1:
        msg = f"'{name}' has more than one SubjectId: {', '.join(subjects)}. Keep one."
        raise SignatureError(msg)
    return Signature(
        parameters=parameters,
        arguments=tuple(shape.fields),
        result=tuple(out.fields),
        subject=next(iter(subjects), None),
        many=tuple(dict.fromkeys(shape.many)),
        models=tuple(shape.models),
        result_models=tuple(out.models),
        streamed=streamed,
    )


def read_result(hint: Any, name: str, *, needed: bool) -> tuple[Field, ...]:
    """The fields of a result of some type, as `Signature.result` has them.

    Args:
        hint: the type.
        name: of the step, for messages.
        needed: every field has to say what it is.

    Raises:
        SignatureError: one does not, and it is needed.
    """
    return tuple(_read_result(hint, name, needed).fields)


def fields_of(model: type, path: str) -> tuple[Field, ...]:
    """The fields of a model that stands at a path.

    Raises:
        SignatureError: one of its fields cannot be named.
    """
    shape = Shape([], [], [], [])
    _read(model, path, shape, removable=False)
    return tuple(shape.fields)


def _read_result(hint: Any, name: str, needed: bool) -> Shape:
    out = Shape([], [], [], [])
    try:
        _read(hint, RESULT, out, removable=False)
        _fit(out.fields, name)
    except SignatureError:
        # A vendor's answer may be of any shape; only what is collected has to say what it is.
        if needed:
            raise
        out = Shape([Field(RESULT, None, None, free_text=False, cuttable=False)], [], [], [])
    if needed:
        _demand(out.fields, name)
    return out


def _fit(found: Iterable[Field], name: str) -> None:
    for item in found:
        if len(item.path) > MAX_ID:
            msg = f"'{item.path[:60]}…' of '{name}' is nested too deep to be named in an event."
            raise SignatureError(msg)


def _annotated(function: Callable[..., Any]) -> Callable[..., Any]:
    """What carries the annotations: below a partial, or the `__call__` of an object."""
    while isinstance(function, functools.partial):
        function = function.func
    if inspect.isroutine(function) or hasattr(function, "__annotations__"):
        return function
    return type(function).__call__


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


def _read(hint: Any, path: str, shape: Shape, removable: bool, above: tuple[Any, ...] = ()) -> None:
    """Walk one annotation.

    Args:
        hint: the annotation.
        path: where it stands.
        shape: what is found is added here.
        removable: the value there can be left out.
        above: models on the way here. One that holds itself says nothing of what is below.
    """
    base, marks, optional = unwrap(hint)
    removable = removable or optional
    if NotPersonal in marks or base is type(None):
        return
    if SubjectId in marks:
        shape.subjects.append(path)
        return
    categories = tuple(mark.id for mark in marks if isinstance(mark, DataCategory))
    if categories or FreeText in marks or len(path) > MAX_ID:
        purposes = tuple(mark.id for mark in marks if isinstance(mark, Purpose))
        shape.fields.append(
            Field(path, categories or None, purposes or None, FreeText in marks, removable)
        )
        return
    item = item_of(base)
    if item is not None and not _is_above(item, above):
        if "[]" not in path:
            shape.many.append(path)
        _read(item, f"{path}[]", shape, False, above)
        return
    members = [] if _is_above(base, above) else list(_members(base))
    if not members:
        shape.fields.append(Field(path, None, None, free_text=False, cuttable=removable))
    else:
        shape.models.append((path, get_origin(base) or base))
    for member, inner, droppable in members:
        if not member.isidentifier():
            msg = f"Field '{member}' of '{path}' has a name that no path can hold. Rename the key."
            raise SignatureError(msg)
        _read(inner, f"{path}.{member}", shape, droppable, (*above, get_origin(base) or base))


def _is_above(hint: Any, above: tuple[Any, ...]) -> bool:
    base = unwrap(hint)[0]
    return any((get_origin(base) or base) is model for model in above)


def _members(base: Any) -> Iterator[tuple[str, Any, bool]]:
    """Name, annotation and droppability of each field of a model."""
    model = get_origin(base) or base
    if not isinstance(model, type):
        return
    if issubclass(model, BaseModel):
        yield from _members_of_pydantic(model)
        return
    if not is_dataclass(model) and not is_typeddict(model):
        return
    hints = get_type_hints(model, include_extras=True)
    given = dict(zip(getattr(model, "__parameters__", ()), get_args(base), strict=False))
    if is_dataclass(model):
        for item in fields(model):
            has_default = item.default is not MISSING or item.default_factory is not MISSING
            yield item.name, _specific(hints.get(item.name, Any), given), has_default
    else:
        for name, hint in hints.items():
            yield name, _specific(hint, given), True


def _members_of_pydantic(model: type[BaseModel]) -> Iterator[tuple[str, Any, bool]]:
    if model.model_config.get("extra") == "allow":
        msg = (
            f"Model '{model.__qualname__}' allows undeclared fields, which nobody could cut. Set "
            "extra to 'ignore' or 'forbid'."
        )
        raise SignatureError(msg)
    if not model.__pydantic_fields_complete__:
        model.model_rebuild(_parent_namespace_depth=6)
    for name, info in model.model_fields.items():
        has_default = info.default is not PydanticUndefined or bool(info.default_factory)
        # Pydantic's own reading: the fields of `Page[Lead]` are known there, and only there.
        hint: Any = info.annotation
        for mark in info.metadata:
            hint = Annotated[hint, mark]
        yield name, hint, has_default


def _specific(hint: Any, given: Mapping[Any, Any]) -> Any:
    """The hint with the type variables of a generic class replaced by what it was given."""
    if hint in given:
        return given[hint]
    free = getattr(hint, "__parameters__", ())
    return hint[tuple(given.get(item, Any) for item in free)] if free and given else hint
