"""From events as older versions wrote them to events as they are now.

Each step of the chain takes plain data of one schema to the next. A sample of every schema is frozen in
`tests/records/frozen`; from v1 on facts are only added, so that no further step is needed for them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from aboveboard.errors import RecordError
from aboveboard.events import SCHEMA_VERSION

__all__ = ["UPGRADES", "upgraded"]

_SCHEMA = re.compile(
    r"urn:io\.aboveboard:schema:[a-z_]{1,32}:(?P<version>v[0-9]{1,4}[a-z0-9]{0,16})"
)


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


UPGRADES: Mapping[str, tuple[str, Callable[[dict[str, Any]], dict[str, Any]]]] = MappingProxyType(
    {}
)
"""Version → the next version, and what takes an event there."""
