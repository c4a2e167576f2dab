"""The shipped DPV extract and the questions asked of it.

The extract is read at the first question, not on import: most programs only use the markers of
`aboveboard.pd` and `aboveboard.dpv`, which need none of it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, TypedDict, TypeVar, cast

from aboveboard.errors import VocabularyError
from aboveboard.nearest import nearest
from aboveboard.vocab import terms as t

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ancestors", "broader", "ids", "is_known", "missing_attribute", "term"]

TermT = TypeVar("TermT", bound=t.Term)

_CLASSES: dict[t.Kind, type[t.Term]] = {
    cls.kind: cls
    for cls in (
        t.Art9Condition,
        t.AutomationLevel,
        t.ConsentStatus,
        t.DataCategory,
        t.HumanInvolvement,
        t.LegalBasis,
        t.Operation,
        t.Purpose,
    )
}


class _Entry(TypedDict):
    label: str
    broader: list[str]
    kind: t.Kind


@cache
def _extract() -> Mapping[str, _Entry]:
    import json
    from importlib.resources import files

    text = files("aboveboard.vocab").joinpath("dpv_extract.json").read_text("utf-8")
    return cast("Mapping[str, _Entry]", json.loads(text)["terms"])


@cache
def _terms() -> Mapping[str, t.Term]:
    return {id_: _CLASSES[e["kind"]](id_, e["label"]) for id_, e in _extract().items()}


@cache
def _ancestors() -> Mapping[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}

    def walk(id_: str) -> frozenset[str]:
        if id_ not in found:
            found[id_] = frozenset({id_}).union(*map(walk, _extract()[id_]["broader"]))
        return found[id_]

    for id_ in _extract():
        walk(id_)
    return found


def is_known(id_: str, /) -> bool:
    """Whether the shipped extract of DPV has this compact id."""
    return id_ in _extract()


def ids(kind: t.Kind | None = None) -> tuple[str, ...]:
    """Every compact id, or those of one kind, sorted."""
    return tuple(sorted(i for i, e in _extract().items() if kind is None or e["kind"] == kind))


def term(id_: str, /) -> t.Term:
    """The marker of a compact id, such as `pd:EmailAddressWork` or `eu-gdpr:A6-1-f`.

    Raises:
        VocabularyError: DPV has no such id; the text has the nearest match.
    """
    found = _terms().get(id_)
    if found is None:
        raise _unknown(id_)
    return found


def ancestors(id_: str, /) -> frozenset[str]:
    """The id itself and every broader id of its kind, as the policies' reference data has them.

    Raises:
        VocabularyError: DPV has no such id; the text has the nearest match.
    """
    found = _ancestors().get(id_)
    if found is None:
        raise _unknown(id_)
    return found


def broader(of: TermT) -> tuple[TermT, ...]:
    """The next broader terms, which are of the same kind.

    Raises:
        VocabularyError: DPV has no such id; the text has the nearest match.
    """
    entry = _extract().get(of.id)
    if entry is None:
        raise _unknown(of.id)
    return cast("tuple[TermT, ...]", tuple(term(b) for b in entry["broader"]))


def missing_attribute(module: str, name: str, namespace: Mapping[str, object]) -> AttributeError:
    """The error that a generated module raises for a name it does not have."""
    msg = f"Module {module!r} has no attribute {name!r}."
    # Tools probe modules for dunder names; those are no misspelt terms.
    if not name.startswith("__"):
        hint = nearest(name, (k for k, v in namespace.items() if isinstance(v, t.Term)))
        msg += f" Did you mean {hint!r}?" if hint else " DPV has no term of that name here."
    return AttributeError(msg)


def _unknown(id_: str) -> VocabularyError:
    hint = nearest(id_, _extract())
    msg = f"Unknown DPV id {id_!r}."
    msg += (
        f" Did you mean {hint!r}?"
        if hint
        else " Ids look like 'pd:EmailAddressWork', 'dpv:DirectMarketing' or 'eu-gdpr:A6-1-f'."
    )
    return VocabularyError(msg)
