"""Random facts of every type, made from the models themselves."""

from datetime import UTC, datetime
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Le
from hypothesis import strategies as st

from aboveboard.facts import STEP_FACTS, STEPS, FactGroup, StepFacts
from aboveboard.facts.base import OfKind
from aboveboard.facts.derived import group_type
from aboveboard.vocab import ids

__all__ = ["plain", "step_facts", "times", "value"]

times = st.datetimes(timezones=st.just(UTC))
nearby = st.datetimes(
    min_value=datetime(2020, 1, 1),  # noqa: DTZ001
    max_value=datetime(2032, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@cache
def plain(model: type[FactGroup]) -> st.SearchStrategy[dict[str, Any]]:
    """Facts of a group as plain data: any of them unknown, as `None` or left out."""
    fields = {
        name: value(field.annotation, tuple(field.metadata))
        for name, field in model.model_fields.items()
    }
    needed = {name for name, field in model.model_fields.items() if field.is_required()}
    # Few at a time: a shrunk example should be one that a person can read.
    return st.lists(st.sampled_from(sorted(fields)), unique=True, max_size=8).flatmap(
        lambda names: st.fixed_dictionaries({name: fields[name] for name in {*needed, *names}}),
    )


def step_facts() -> st.SearchStrategy[StepFacts]:
    """Facts of any step."""
    return st.sampled_from(STEPS).flatmap(
        lambda step: st.builds(STEP_FACTS[step].model_validate, plain(STEP_FACTS[step])),
    )


def value(annotation: Any, bounds: tuple[Any, ...] = ()) -> st.SearchStrategy[Any]:
    """What may stand where a fact of this type stands."""
    origin, args = get_origin(annotation), get_args(annotation)
    inner, many = group_type(annotation)
    if inner is not None:
        one = st.deferred(lambda: plain(inner))
        return st.lists(one, max_size=3) if many else one
    if origin is Annotated:
        return value(args[0], args[1:])
    if origin in (Union, UnionType):
        return st.one_of([value(arg) for arg in args])
    if origin is Literal:
        return st.sampled_from(args)
    if origin is tuple:
        return st.lists(value(args[0]), max_size=3)
    return _scalar(annotation, bounds)


def _scalar(annotation: Any, bounds: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    if annotation is type(None):
        return st.none()
    if annotation is bool:
        return st.booleans()
    if annotation is datetime:
        return times | nearby
    marks = [mark for bound in bounds for mark in getattr(bound, "metadata", [bound])]
    if annotation is int:
        least = next(int(str(mark.ge)) for mark in marks if isinstance(mark, Ge))
        most = next(int(str(mark.le)) for mark in marks if isinstance(mark, Le))
        return st.integers(least, most)
    assert annotation is str
    for mark in marks:
        if isinstance(getattr(mark, "func", None), OfKind):
            return st.sampled_from([known for kind in mark.func.kinds for known in ids(kind)])
    pattern = next(p for mark in marks if (p := getattr(mark, "pattern", None)))
    return _TEXTS[pattern]


# By pattern: hypothesis could build from it, only slower and less readably.
_TEXTS: dict[str, st.SearchStrategy[str]] = {
    r"^[A-Z]{2}$": st.sampled_from(["FI", "NL", "US"]),
    r"^[A-Z]{3}$": st.sampled_from(["EUR", "SEK"]),
    r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$": st.sampled_from(["fi", "nl-NL", "en"]),
    # An alphabet of our own: hypothesis takes a second to make its table of Unicode.
    r"^[^\u0000]*[^\s\u0000][^\u0000]*$": st.text(
        st.sampled_from('aZ0 \n\t"\\{}/\x7fä漢😀\u2028'), min_size=1, max_size=20
    ).map(lambda text: f"{text}."),
}

# What is built at first use (validators, strategies) is built here: no example is timed with it.
for step_model in STEP_FACTS.values():
    step_model.model_rebuild()
    plain(step_model).validate()
