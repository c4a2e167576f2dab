"""What Odoo says of its own fields: their types, asked for once for each model."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from aboveboard.crm import FieldKind, FieldMap, Guard
from aboveboard_odoo.reading import FIELDS
from aboveboard_odoo.routes import plain_model

__all__ = ["Ask", "FieldTypes", "OdooError"]

Ask = Callable[..., Any]
"""Calls a method of a model, ungoverned: `ask(model, method, args, kwargs)`."""

_log = structlog.get_logger("aboveboard")
_PLACES = {
    "res.country": "pd:Country",
    "res.country.state": "pd:Region",
    "res.lang": "pd:Language",
}
_MISSING_S = 3600.0  # a module that is not installed will not be in the next hour
_LINKS = frozenset(["many2many", "many2one", "one2many"])
_TEXTS = frozenset(["html", "text"])
_MAYBE = frozenset(["char", "reference", "properties", "json"])


class OdooError(Exception):
    """Odoo answered a look-up with an error. No text of it is kept: it may quote data.

    Attributes:
        missing: the model is not there: its module is not installed.
    """

    def __init__(self, error: Any, model: str) -> None:
        super().__init__(model)
        data = error.get("data") if isinstance(error, Mapping) else None
        text = str(data.get("message")) if isinstance(data, Mapping) else ""
        self.missing = model in text


class FieldTypes:
    """Types of fields by model.

    Args:
        guard: learns what the types tell of fields that nobody has described.
        ttl_s: how long what Odoo refused is not asked again, in seconds.
    """

    def __init__(self, guard: Guard, ttl_s: float) -> None:
        self._guard = guard
        self._ttl_s = ttl_s
        self._known: dict[tuple[Any, str], dict[str, Mapping[str, Any]]] = {}
        self._failed: dict[tuple[Any, str], float] = {}
        self._lock = threading.Lock()

    def of(self, who: Any, model: str, ask: Ask) -> dict[str, Mapping[str, Any]] | None:
        """Fields of a model, each with its `type` and `relation`; None when nobody says.

        Args:
            who: who asks; people of different rights see different fields.
            model: such as `crm.lead`.
            ask: asks Odoo.
        """
        key = (who, model)
        found = self._known.get(key)
        if found is not None:
            return found
        if self._failed.get(key, 0.0) > time.monotonic():
            return None
        try:
            answer = ask(model, "fields_get", [], {"attributes": ["type", "relation"]})
            return self.take(who, model, answer)
        except OdooError as error:
            wait = _MISSING_S if error.missing else self._ttl_s
            self._failed[key] = time.monotonic() + wait
            if error.missing:
                return None
            failed: Exception = error
        except Exception as error:  # the connection failed: it is tried again with the next call
            failed = error
        _log.warning("lookup.failed", lookup="odoo.fields_get", error=type(failed).__name__)
        return None

    def take(self, who: Any, model: str, answer: Any) -> dict[str, Mapping[str, Any]] | None:
        """Keep an answer of `fields_get`; None when it is none."""
        if not isinstance(answer, Mapping) or not answer:
            return None
        fields = {
            name: field
            for name, field in answer.items()
            if isinstance(name, str) and isinstance(field, Mapping) and "type" in field
        }
        if not fields:
            return None
        with self._lock:
            fresh = not any(known == model for _, known in self._known)
            self._known[(who, model)] = fields
        if fresh:
            self._guard.learn(FieldMap({model: _kinds(model, fields)}))
        return fields


def _kinds(model: str, fields: Mapping[str, Mapping[str, Any]]) -> dict[str, FieldKind]:
    """What types tell: links to lists of the system are nobody's data, long texts are free text."""
    kinds: dict[str, FieldKind] = {}
    for name, field in fields.items():
        if FIELDS.kind(model, name) != FieldKind():
            continue  # what a type tells is less than what ships, also for fields that any model has
        type_, relation = field.get("type"), field.get("relation")
        if type_ in _LINKS and isinstance(relation, str):
            if relation in _PLACES:
                kinds[name] = FieldKind(categories=(_PLACES[relation],), free_text=False)
            elif plain_model(relation):
                kinds[name] = FieldKind(categories=(), free_text=False)
        elif type_ in _TEXTS:
            kinds[name] = FieldKind(free_text=True)
        elif type_ not in _MAYBE:
            kinds[name] = FieldKind(free_text=False)
    return kinds
