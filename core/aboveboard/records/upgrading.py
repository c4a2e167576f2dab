"""From events as older versions wrote them to events as they are now.

Each step of the chain takes plain data of one schema to the next. A sample of every schema is frozen in
`tests/records/frozen`; from v1 on facts are only added, so that no further step is needed for them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, get_args

from aboveboard.errors import RecordError
from aboveboard.events import SCHEMA_VERSION
from aboveboard.facts.base import AnnexIiiPoint

__all__ = ["UPGRADES", "upgraded"]

_SCHEMA = re.compile(
    r"urn:io\.aboveboard:schema:[a-z_]{1,32}:(?P<version>v[0-9]{1,4}[a-z0-9]{0,16})"
)
_POINT = re.compile(r"(?P<number>[1-8])\s*\(?(?P<letter>[A-E])?\)?\s*", re.ASCII)


def upgraded(raw: Any) -> Any:
    """An event's plain data in today's schema; what is no event is given back as it is.

    Raises:
        RecordError: it is of a schema that is not known here, so a newer Aboveboard wrote it.
    """
    if not isinstance(raw, dict) or raw.get("dataschema") is None:
        return raw
    found = _SCHEMA.fullmatch(str(raw["dataschema"]))
    if found is None:
        return raw
    version = found["version"]
    while version != SCHEMA_VERSION:
        if version not in UPGRADES:
            known = ", ".join((*UPGRADES, SCHEMA_VERSION))
            msg = (
                f"event.dataschema: version {version} is not known here ({known}). "
                "Update Aboveboard to read it."
            )
            raise RecordError(msg, "newer")
        version, upgrade = UPGRADES[version]
        kind = str(raw["dataschema"]).rpartition(":")[0]
        raw = {**upgrade(raw), "dataschema": f"{kind}:{version}"}
    return raw


def _from_v1alpha1(raw: dict[str, Any]) -> dict[str, Any]:
    """No fact was renamed since. Fields had no need of a name, and a point of Annex III was free text."""
    data = raw.get("data")
    if not isinstance(data, dict):
        return raw
    data = dict(data)
    if isinstance(data.get("fields"), list):
        data["fields"] = [
            {"name": f"unnamed-{number}", **_known(field)} if isinstance(field, dict) else field
            for number, field in enumerate(data["fields"], 1)
        ]
    ai = data.get("ai")
    if isinstance(ai, dict) and isinstance(ai.get("annex_iii_point"), str):
        data["ai"] = {**ai, "annex_iii_point": _point(ai["annex_iii_point"])}
    return {**raw, "data": data}


def _known(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value is not None}


def _point(text: str) -> str | None:
    """The point as Annex III has it: `5b`, `5 (b)` and `III.5(b)` are 5(b); unknown when it has none."""
    found = _POINT.fullmatch(text.strip().upper().removeprefix("III").lstrip(". "))
    if found is None:
        return None
    point = f"{found['number']}({found['letter'].lower()})" if found["letter"] else found["number"]
    return point if point in get_args(AnnexIiiPoint) else None


UPGRADES: Mapping[str, tuple[str, Callable[[dict[str, Any]], dict[str, Any]]]] = MappingProxyType(
    {"v1alpha1": ("v1", _from_v1alpha1)}
)
"""Version → the next version, and what takes an event there."""
