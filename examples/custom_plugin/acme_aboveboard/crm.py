"""The CRM's nightly export, a CSV file named by ACME_CRM_EXPORT."""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from aboveboard import Settings
from aboveboard.pseudonyms import Pseudonymiser


@dataclass(frozen=True, slots=True)
class Contact:
    """What the export says of one person."""

    objects_to_marketing: bool
    objects_to_profiling: bool
    key_account: bool


def contact(subject: str | None) -> Contact | None:
    """Find a person by pseudonym.

    Raises whatever reading raises: a step about somebody whose objections cannot be looked up is
    denied, which is what should happen.
    """
    export = os.environ.get("ACME_CRM_EXPORT")
    if subject is None or not export:
        return None
    path = Path(export)
    return _read(path, path.stat().st_mtime_ns).get(subject)


@lru_cache(maxsize=1)
def _read(path: Path, changed: int) -> dict[str, Contact]:  # noqa: ARG001  (tonight's is another)
    pseudonym = _pseudonymiser()
    with path.open(newline="", encoding="utf-8") as stream:
        return {
            pseudonym(row["contact_id"]): Contact(
                objects_to_marketing=_yes(row["objects_to_marketing"]),
                objects_to_profiling=_yes(row["objects_to_profiling"]),
                key_account=_yes(row["key_account"]),
            )
            for row in csv.DictReader(stream)
        }


@cache
def _pseudonymiser() -> Pseudonymiser:
    """The same as the gate's, by the settings' subject key."""
    return Pseudonymiser.from_settings(Settings.load())


def _yes(text: str) -> bool:
    """Anything else is an error: an empty cell is no "no"."""
    return {"yes": True, "no": False}[text]
