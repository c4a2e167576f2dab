"""Markers that are no DPV term: whom an event is about, and what is no personal data."""

from __future__ import annotations

from typing import Final, final

__all__ = [
    "FreeText",
    "FreeTextMarker",
    "NotPersonal",
    "NotPersonalMarker",
    "SubjectId",
    "SubjectIdMarker",
]


class _Singleton:
    """A marker that has one instance in a process; copies and pickles give that one back."""

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return self._name

    def __reduce__(self) -> str:
        # A string tells pickle and copy to look the name up in this module.
        return self._name


@final
class SubjectIdMarker(_Singleton):
    """The type of `SubjectId`."""

    __slots__ = ()


@final
class NotPersonalMarker(_Singleton):
    """The type of `NotPersonal`."""

    __slots__ = ()


@final
class FreeTextMarker(_Singleton):
    """The type of `FreeText`."""

    __slots__ = ()


SubjectId: Final = SubjectIdMarker("SubjectId")
"""`id: Annotated[str, SubjectId]` names whom the event is about.

Never a field of its own: it becomes a keyed pseudonym.
"""

NotPersonal: Final = NotPersonalMarker("NotPersonal")
"""`batch: Annotated[int, NotPersonal]` declares that this holds no personal data."""

FreeText: Final = FreeTextMarker("FreeText")
"""`notes: Annotated[str, FreeText]`: anything may stand in it, until a detector has read it."""
