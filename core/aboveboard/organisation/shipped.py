"""The organisations that ship: the starter register and the example."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from aboveboard.organisation.loader import parse_organisation

if TYPE_CHECKING:
    from aboveboard.organisation.models import Organisation

__all__ = ["example", "starter"]


@cache
def starter() -> Organisation:
    """The register that holds until an organisation has its own.

    About a dozen purposes of a sales department with proposed legal bases; it states nothing about
    the organisation: no notices, no processors, no assessments.
    """
    return _shipped("starter.yaml")


@cache
def example() -> Organisation:
    """Esimerkki Oy, a Finnish seller to firms and consumers, made up, with everything stated."""
    return _shipped("esimerkki.yaml")


def _shipped(name: str) -> Organisation:
    from importlib.resources import files  # imports archives and temporary files

    text = files("aboveboard.organisation").joinpath(name).read_text("utf-8")
    return parse_organisation(text, name)
