"""Fields that a request filters, sorts, groups by or follows: they tell of people as well."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from aboveboard_odoo.calls import OdooCall
from aboveboard_odoo.routes import plain_model

__all__ = ["Relation", "asked_path", "filters", "nested"]

Relation = Callable[[str, str], str | None]
"""The model that a field of a model links to, or None."""

_AGGREGATE = re.compile(r"^[^:]*:\w+\(([\w.]+)\)$")
_HARMLESS = frozenset(["display_name", "id", "name"])
_MAX_DEPTH = 20


def asked_path(item: Any) -> str:
    """The field of `amount:sum`, `total:sum(amount)`, `create_date:month` or `amount`."""
    if not isinstance(item, str):
        return ""
    found = _AGGREGATE.match(item)
    return found.group(1) if found else item.partition(":")[0].strip()


def filters(call: OdooCall, relation: Relation) -> dict[str, set[str]]:
    """Fields that a call filters, sorts or groups by, each with its model; `id` is none."""
    found: dict[str, set[str]] = {}
    paths = [(call.model, path) for path in _sorted_by(call)]
    paths.extend(_leaves(call.model, call.get("domain"), relation))
    for model, path in paths:
        owner, name = _owner(model, path, relation)
        if name not in ("", "id", "ids", "__count") and not plain_model(owner):
            found.setdefault(owner, set()).add(name)
    return found


def nested(specification: Any) -> set[str]:
    """Links of whose records more is asked for than what they are called."""
    if not isinstance(specification, dict):
        return set()
    return {
        str(name)
        for name, more in specification.items()
        if isinstance(more, dict)
        and isinstance(more.get("fields"), dict)
        and not _HARMLESS.issuperset(more["fields"])
    }


def _sorted_by(call: OdooCall) -> Iterator[str]:
    for key in ("order", "orderby"):
        text = call.get(key)
        if isinstance(text, str):
            for part in text.split(","):
                yield asked_path((part.split() or [""])[0])
    grouped = call.get("groupby")
    for item in grouped if isinstance(grouped, list) else [grouped]:
        yield asked_path(item)


def _leaves(
    model: str, domain: Any, relation: Relation, depth: int = 0
) -> Iterator[tuple[str, str]]:
    if not isinstance(domain, list) or depth > _MAX_DEPTH:
        return
    for item in domain:
        if not isinstance(item, list):
            continue
        if len(item) == 3 and isinstance(item[0], str) and isinstance(item[1], str):
            name, operator, value = item
            yield model, name
            if operator in ("any", "not any", "any!", "not any!"):
                owner = relation(model, name)
                yield from _leaves(owner or f"{model}.{name}", value, relation, depth + 1)
        else:
            yield from _leaves(model, item, relation, depth + 1)


def _owner(model: str, path: str, relation: Relation) -> tuple[str, str]:
    """The model and field that a path such as `partner_id.email` ends in."""
    head, _, rest = path.partition(".")
    for _ in range(_MAX_DEPTH):
        if not rest:
            return model, head
        found = relation(model, head)
        if found is None:
            # Part of a date, or of a field of fields; what may be a link is unknown as a whole.
            return model, (f"{head}.{rest}" if head.endswith(("_id", "_ids")) else head)
        model = found
        head, _, rest = rest.partition(".")
    return model, path
