"""The organisations that ship: the starter register and the example."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from aboveboard.organisation.loader import parse_organisation

if TYPE_CHECKING:
    from aboveboard.organisation.models import Organisation

__all__ = ["WRITTEN_FOR", "example", "starter"]

WRITTEN_FOR = date(2026, 11, 2)
"""The day that the dates in `esimerkki.yaml` are right for."""


@cache
def starter() -> Organisation:
    """The register that holds until an organisation has its own.

    About a dozen purposes of a sales department with proposed legal bases; it states nothing about
    the organisation: no notices, no processors, no assessments.
    """
    return _shipped("starter.yaml")


def example(on: date | None = None) -> Organisation:
    """Esimerkki Oy, a Finnish seller to firms and consumers, made up, with everything stated.

    It has its checks, trainings and reviews done in time, whenever one looks: its dates keep the
    distance that they have in the file to `WRITTEN_FOR`. Holidays stay where they are. The dates
    of a file of one's own never move, nor do those of a copy of this one.

    Args:
        on: the day that it is looked at; today, in UTC, when left out.
    """
    day = on or datetime.now(UTC).date()
    return _example((day - WRITTEN_FOR).days)


@lru_cache(maxsize=8)
def _example(days: int) -> Organisation:
    written = _shipped("esimerkki.yaml") if days == 0 else _example(0)
    found: Organisation = _moved(written, timedelta(days=days)) if days else written
    return found


def _moved(value: Any, by: timedelta) -> Any:
    """A value with all days and times in it moved; the same object where there are none."""
    if isinstance(value, date):  # and datetimes, which are dates
        return value + by
    if isinstance(value, BaseModel):
        changed = {
            name: moved
            for name in value.model_fields_set - {"closed_on"}
            if (moved := _moved(old := getattr(value, name), by)) is not old
        }
        return value.model_copy(update=changed) if changed else value
    if isinstance(value, Mapping):
        return {key: _moved(item, by) for key, item in value.items()}
    if isinstance(value, tuple):
        return tuple(_moved(item, by) for item in value)
    return value


def _shipped(name: str) -> Organisation:
    from importlib.resources import files  # imports archives and temporary files

    text = files("aboveboard.organisation").joinpath(name).read_text("utf-8")
    return parse_organisation(text, name)
