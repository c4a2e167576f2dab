"""Pipedrive's answers as records: lists, single ones, searches, flows and what they nest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from aboveboard.crm import Record
from aboveboard_pipedrive.people import addresses, identifier, object_name, when

__all__ = ["drop", "record_of", "records_of"]

Facts = Callable[[Mapping[str, Any]], dict[str, Any]]

_ENVELOPE = frozenset(
    ["additional_data", "data", "error", "error_info", "related_objects", "success"]
)
_PAGING = frozenset(
    ["limit", "more_items_in_collection", "next_cursor", "next_start", "pagination", "start"]
)
_NESTED = {
    "added_by_user_id": "users", "creator_user_id": "users", "deal": "deals", "org_id": "organizations",
    "organization": "organizations", "owner": "users", "owner_id": "users", "person": "persons",
    "person_id": "persons", "user": "users", "user_id": "users",
}  # fmt: skip
"""Whole records that version 1 puts in place of their ids, and searches beside them."""


def record_of(
    name: str,
    item: dict[str, Any],
    tell: Facts | None = None,
    *,
    subject: str | None = None,
    source: Any = None,
) -> Record:
    """One object as Pipedrive gives or takes it; its custom fields count as its own.

    Args:
        name: such as `persons`.
        item: the object; fields are taken out of it.
        tell: facts of a person from their record.
        subject: whose data it is, when the object itself does not say.
        source: what is dropped from an answer with it; the object when left out.
    """
    custom = item.get("custom_fields")
    values = {
        key: _readable(value)
        for key, value in item.items()
        if not (key == "custom_fields" and isinstance(value, Mapping))
        and not (key in _NESTED and isinstance(value, Mapping))
    }
    if isinstance(custom, Mapping):
        values.update(
            (key, _readable(value)) for key, value in custom.items() if isinstance(key, str)
        )
    own = item.get("id") if name == "persons" else item.get("person_id", item.get("person"))
    if own is None and name == "persons":
        own = item.get("value")  # version 1 names a nested person's id so

    def remove(field: str) -> None:
        item.pop(field, None)
        if isinstance(item.get("custom_fields"), dict):
            item["custom_fields"].pop(field, None)

    is_person = name == "persons"
    return Record(
        name,
        identifier(own) or subject,
        values,
        remove,
        facts=tell(item) if is_person and tell is not None else {},
        collected_at=when(item.get("add_time")),
        active_at=when(item.get("last_incoming_mail_time")),
        also=addresses(item) if is_person else (),
        source=item if source is None else source,
    )


def records_of(
    name: str, answer: dict[str, Any], tell: Facts | None = None, subject: str | None = None
) -> Iterator[Record]:
    """Every record in an answer, those that others nest among them.

    Args:
        name: the object asked for, or `search:` and what is looked for, `mixed` (flows, recents),
            `persons/changes` (a changelog).
        answer: `{"success", "data", …}`; changed when fields are taken out.
        tell: facts of a person from their record.
        subject: whose data it is, when the path says so.
    """
    for holder, known in ((answer, _ENVELOPE), (answer.get("additional_data"), _PAGING)):
        if isinstance(holder, dict) and (
            more := {k: v for k, v in holder.items() if k not in known}
        ):
            yield Record("answers", None, more, _remover(holder), source=more)
    data = answer.get("data")
    if (
        name.startswith("search")
        and isinstance(data, dict)
        and ("items" in data or "related_items" in data)
    ):
        for key in data:
            yield from _listed(name, data, key, tell, None)
    elif data not in (None, [], {}):
        yield from _listed(name, answer, "data", tell, subject)
    related = answer.get("related_objects")
    for kind, listed in related.items() if isinstance(related, dict) else ():
        for key, item in listed.items() if isinstance(listed, dict) else ():
            yield from _one(object_name(kind), item, _at(listed, key), tell, None)


def _listed(
    name: str, holder: dict[str, Any], key: str, tell: Facts | None, subject: str | None
) -> Iterator[Record]:
    value = holder[key]
    if not isinstance(value, list):
        yield from _one(name, value, _at(holder, key), tell, subject)
        return
    for place, item in enumerate(value):
        yield from _one(name, item, _at(value, place), tell, subject)


def _one(
    name: str, item: Any, empty: Callable[[str], None], tell: Facts | None, subject: str | None
) -> Iterator[Record]:
    if not isinstance(item, dict):
        if item is not None:  # nothing that Pipedrive documents: of unknown content
            yield Record(name, None, {"data": item}, empty, source=item)
        return
    if name.startswith("search:"):
        yield from _wrapped(item, "item", name.partition(":")[2], tell)
    elif name == "mixed":
        yield from _wrapped(item, "data", "answers", tell)
    elif name.endswith("/changes"):
        yield _change(name.partition("/")[0], item, subject)
    else:
        yield from _with_nested(name, item, tell, subject, item)


def _wrapped(item: dict[str, Any], key: str, name: str, tell: Facts | None) -> Iterator[Record]:
    """What a search or a flow wraps, by the type it names; `name` where it names none."""
    inner = item.get(key)
    if not isinstance(inner, dict):
        yield Record("answers", None, dict(item), _remover(item), source=item)
        return
    more = {k: v for k, v in item.items() if k not in (key, "result_score", "id", "timestamp")}
    kind = inner.get("type") if key == "item" else more.pop("object", more.pop("item", None))
    if more:
        yield Record("answers", None, more, _remover(item), source=item)
    if key == "data" and isinstance(kind, str) and kind.lower().endswith("change"):
        yield _change(object_name(kind[:-6]), inner, None, source=item)
    else:
        found = object_name(kind) if isinstance(kind, str) else name
        yield from _with_nested(found, inner, tell, None, item)


def _with_nested(
    name: str, item: dict[str, Any], tell: Facts | None, subject: str | None, source: Any
) -> Iterator[Record]:
    waiting = [(name, item, subject, source)]
    while waiting:
        kind, holder, whose, origin = waiting.pop()
        record = record_of(kind, holder, tell, subject=whose, source=origin)
        yield record
        for key, nested in _NESTED.items():
            inner = holder.get(key)
            if isinstance(inner, dict):
                whose = record.subject if nested == "persons" else None
                waiting.append((nested, inner, whose, inner))


def _change(name: str, item: dict[str, Any], subject: str | None, source: Any = None) -> Record:
    """An entry of a changelog: it holds the old and the new value of a field."""
    key = item.get("field_key")
    field = key if isinstance(key, str) and key else "data"
    new, old = item.get("new_value"), item.get("old_value")

    def remove(_: str) -> None:
        item.update((part, None) for part in ("new_value", "old_value") if part in item)

    value = old if new in (None, "") else new
    return Record(name, subject, {field: value}, remove, source=item if source is None else source)


def drop(answer: Any, record: Record) -> None:
    """Take a whole record out of an answer; one that stands alone is emptied."""
    data = answer.get("data") if isinstance(answer, dict) else None
    lists = [data] if isinstance(data, list) else []
    if isinstance(data, dict):
        lists = [value for value in data.values() if isinstance(value, list)]
    for listed in lists:
        for place, item in enumerate(listed):
            if item is record.source:
                del listed[place]
                return
    for name in list(record.values):
        record.remove(name)


def _readable(value: Any) -> Any:
    """A value as a detector can read it."""
    if isinstance(value, Mapping) and isinstance(value.get("value"), str) and "type" in value:
        return value["value"]
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return "\n".join(value)
    return value


def _remover(holder: dict[str, Any]) -> Callable[[str], None]:
    def remove(name: str) -> None:
        holder.pop(name, None)

    return remove


def _at(holder: Any, key: Any) -> Callable[[str], None]:
    def empty(_: str) -> None:
        holder[key] = None

    return empty
