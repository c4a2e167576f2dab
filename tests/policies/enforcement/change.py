"""Facts with changes, and what changed: the paths by which findings and remedies name facts."""

from __future__ import annotations

import copy
import re
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from aboveboard.facts.paths import set_path
from aboveboard.testing import compliant_facts
from tests.policies.cases.case import NOW

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aboveboard.facts import Step

# A dotted path, or a list: "consent" alone is a word of the language.
_PATH = re.compile(r"[a-z][a-z0-9_]*(?:(?:\[\])?\.[a-z0-9_]+)+|[a-z][a-z0-9_]*\[\]")


def facts_with(step: Step, *changes: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of the compliant event, changed; null leaves a numbered item out of its list."""
    facts = compliant_facts(step, time=NOW)
    for path, value in (pair for change in changes for pair in change.items()):
        group, _, number = path.rpartition(".")
        if value is None and number.isdigit():
            facts[group] = [item for i, item in enumerate(facts[group]) if i != int(number)]
        else:
            set_path(facts, path, copy.deepcopy(value))
    return facts


def changed(before: Any, after: Any, path: str = "") -> dict[str, Any]:
    """The paths at which two sets of facts differ, and what stands there after; None is unknown.

    An item that one of them does not have is one path, `fields[]`, and so is a list of values.
    """
    if isinstance(before, dict) or isinstance(after, dict):
        if path.endswith("[]") and (before is None or after is None):
            return {path: after}
        found: dict[str, Any] = {}
        for name in {**(before or {}), **(after or {})}:
            inner = f"{path}.{name}" if path else name
            found |= changed((before or {}).get(name), (after or {}).get(name), inner)
        return found
    if _of_groups(before) or _of_groups(after):
        found = {}
        for one, other in zip_longest(before or (), after or ()):
            found |= changed(one, other, f"{path}[]")
        return found
    return {} if before == after else {path: after}


def _of_groups(value: Any) -> bool:
    return isinstance(value, list | tuple) and any(isinstance(item, dict) for item in value)


def of_any_item(path: str) -> str:
    """The path with brackets for an item's number: `consent[].status` for `consent.0.status`."""
    return re.sub(r"\.[0-9]+(?=\.|$)", "[]", path)


def touches(one: str, other: str) -> bool:
    """Whether two paths are the same, or one holds the other."""
    short, long = sorted((one, other), key=len)
    return long == short or long.startswith((f"{short}.", f"{short}["))


def named(path: str, remedy: str) -> bool:
    """Whether a remedy names the fact: by its path, or by that of the list's items it is part of.

    A whole item is named by any of its facts.
    """
    return any(
        path == name
        or (name.endswith("[]") and path.startswith(f"{name}."))
        or (path.endswith("[]") and name.startswith(f"{path}."))
        for name in _PATH.findall(remedy)
    )
