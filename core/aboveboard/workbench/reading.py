"""Reads tables of examples: what is wrong is told by file and line, with the nearest match."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from aboveboard.errors import ConfigurationError, EventError
from aboveboard.events import StepEvent
from aboveboard.facts import Step
from aboveboard.facts.merging import as_mapping
from aboveboard.facts.paths import known_path, nearest_path
from aboveboard.nearest import nearest
from aboveboard.organisation.tree import Fault, Node, read_tree
from aboveboard.policy.catalogue import Catalogue
from aboveboard.workbench.places import Source
from aboveboard.workbench.tables import Duty, Example, Expectation, Table

__all__ = ["TABLES", "Fail", "Row", "read_table"]

TABLES = (".examples.yaml", ".examples.yml")
_MAX_BYTES = 10 << 20
_MAX_SAID = 20
_MODELS: Mapping[str | int, type[BaseModel]] = {
    "examples": Example,
    "expect": Expectation,
    "obligations": Duty,
}

Fail = Callable[[str, int, str], None]
"""Told of a problem: the name of the file, the line, what is wrong."""


@dataclass(frozen=True, slots=True)
class Row:
    """One example, ready to be asked.

    Attributes:
        file: of the table, as in messages of the load checks.
        line: of its name.
        example: as it is written.
        event: with its changes.
    """

    file: str
    line: int
    example: Example
    event: StepEvent


def read_table(source: Source, catalogue: Catalogue, fail: Fail) -> list[Row]:
    """The rows of one table that can be asked; the others are told to `fail`."""
    reader = _Reader(source, catalogue, fail)
    return reader.rows()


class _Reader:
    def __init__(self, source: Source, catalogue: Catalogue, fail: Fail) -> None:
        self._source = source
        self._catalogue = catalogue
        self._fail = fail
        self._root = Node(1, {})

    def rows(self) -> list[Row]:
        table = self._table()
        if table is None:
            return []
        try:
            base, now = self._base(table)
        except (EventError, ConfigurationError, ValueError, OSError) as error:
            key = (
                "time"
                if isinstance(error, _BadTime)
                else "organisation"
                if isinstance(error, ConfigurationError)
                else "base"
            )
            self._say((key,), str(error))
            return []
        found: list[Row] = []
        names: dict[str, int] = {}
        fine = self._known(table.step, table.given, ("given",))
        for number, example in enumerate(table.examples):
            at: tuple[str | int, ...] = ("examples", number)
            line = self._root.line_of((*at, "name"))
            if example.name in names:
                self._say(
                    (*at, "name"),
                    f"'{example.name}' is on line {names[example.name]}, too. Give each its own name.",
                )
                continue
            names[example.name] = line
            known = self._known(table.step, example.change, (*at, "change"))
            if not (self._rules(example, at) and known and fine):
                continue
            event = self._event(table, example, base, now, at)
            if event is not None:
                found.append(Row(self._source.name, line, example, event))
        return found

    def _say(self, path: tuple[str | int, ...], text: str) -> None:
        self._fail(self._source.name, self._root.line_of(path), text)

    def _table(self) -> Table | None:
        try:
            root, faults = read_tree(self._source.text)
        except Fault as fault:
            self._fail(self._source.name, fault.line, f"{fault.expected}.")
            return None
        if root is None or not isinstance(root.value, dict):
            text = "expected a mapping with 'step' and 'examples'. 'aboveboard schema examples' has them all."
            self._fail(self._source.name, 1, text)
            return None
        self._root = root
        for twice in faults:
            self._fail(self._source.name, twice.line, f"{twice.expected}.")
        if faults:
            return None
        try:
            return Table.model_validate_json(_json(root.value))
        except ValidationError as error:
            for item in error.errors(include_input=False, include_url=False)[:_MAX_SAID]:
                self._say(_path(item["loc"], root), self._worded(dict(item)))
        return None

    @staticmethod
    def _worded(error: Mapping[str, Any]) -> str:
        place = ".".join(str(part) for part in error["loc"]) or "the table"
        message = str(error["msg"]).removeprefix("Value error, ")
        if error["type"] == "extra_forbidden":
            inner = next(
                (_MODELS[part] for part in reversed(error["loc"]) if part in _MODELS), Table
            )
            close = nearest(str(error["loc"][-1]), inner.model_fields)
            hint = f" Did you mean '{close}'?" if close else ""
            return f"{place}: there is no such key here.{hint}"
        return f"{place}: {message[:1].lower()}{message[1:].removesuffix('.')}."

    def _known(self, step: Step, changes: Mapping[str, Any], at: tuple[str | int, ...]) -> bool:
        fine = True
        for path in changes:
            if "[]" in path or not known_path(step, path):
                close = nearest_path(step, path)
                hint = f" Did you mean '{close}'?" if close and "[]" not in path else ""
                text = f"'{path}' is no fact of the step '{step}'.{hint} 'aboveboard schema {step}' has them all."
                if "[]" in path:
                    text = f"'{path}' means any item. Number the item, as in '{path.replace('[]', '.0')}'."
                self._say((*at, path), text)
                fine = False
        return fine

    def _rules(self, example: Example, at: tuple[str | int, ...]) -> bool:
        fine = True
        expect = example.expect
        for key in ("rules", "includes", "excludes"):
            for number, name in enumerate(getattr(expect, key) or ()):
                wrong = self._unknown_rule(name)
                if wrong:
                    self._say((*at, "expect", key, number), wrong)
                    fine = False
        for number, duty in enumerate(expect.obligations or ()):
            rule = None if isinstance(duty, str) else duty.rule
            wrong = self._unknown_rule(rule) if rule else ""
            if wrong:
                self._say((*at, "expect", "obligations", number, "rule"), wrong)
                fine = False
        return fine

    def _unknown_rule(self, name: str) -> str:
        rule, _, reason = name.partition("/")
        entry = self._catalogue.get(rule)
        if entry is None:
            close = nearest(rule, [item.rule for item in self._catalogue])
            hint = f" Did you mean '{close}'?" if close else ""
            return f"There is no rule '{rule}'.{hint} 'aboveboard policies list' has them all."
        if reason and reason not in entry.messages:
            return f"Rule '{rule}' gives no reason '{reason}'. {_among(entry.messages)}"
        return ""

    def _base(self, table: Table) -> tuple[dict[str, Any], datetime]:
        from aboveboard.organisation import load_organisation
        from aboveboard.testing.events import compliant_facts, make_event

        now = _time(table.time) if table.time else datetime.now(UTC)
        if table.base == "nothing":
            return {}, now
        if table.base == "compliant":
            organisation = None
            if table.organisation is not None:
                organisation = load_organisation(self._source.path.parent / table.organisation)
            return compliant_facts(table.step, organisation=organisation, time=now), now
        facts, at = _facts(self._source.path.parent / table.base, table.step, table.base)
        now = at if at is not None and table.time is None else now
        make_event(table.step, table.phase, facts=facts, time=now)  # or each row would tell of it
        return facts, now

    def _event(
        self,
        table: Table,
        example: Example,
        base: Mapping[str, Any],
        now: datetime,
        at: tuple[str | int, ...],
    ) -> StepEvent | None:
        from aboveboard.testing.events import make_event

        try:
            return make_event(
                table.step,
                example.phase or table.phase,
                facts=base,
                changes={**table.given, **example.change},
                time=now,
            )
        except EventError as error:
            text = str(error)
            named = next((p for p in example.change if p in text), None)
            self._say((*at, "change", named) if named else at, text)
            return None


class _BadTime(ValueError):
    pass


def _time(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        msg = "time: expected RFC 3339 with its offset, such as 2026-11-02T10:00:00Z."
        raise _BadTime(msg)
    return found


def _facts(path: Path, step: Step, name: str) -> tuple[dict[str, Any], datetime | None]:
    """Facts of a file, and when an event happened: the file holds one, or a mapping of facts."""
    shown = name if name.isprintable() else repr(name)
    if not path.is_file():
        msg = (
            f"base: there is no file '{shown}' beside this one. Or write 'compliant' or 'nothing'."
        )
        raise EventError(msg)
    with path.open("rb") as stream:
        raw = stream.read(_MAX_BYTES + 1)
    if len(raw) > _MAX_BYTES:
        msg = f"base: '{shown}' is larger than {_MAX_BYTES >> 20} MiB."
        raise EventError(msg)
    try:
        root, faults = read_tree(raw.decode("utf-8-sig"))
        if faults:
            raise faults[0]
    except UnicodeDecodeError:
        msg = f"base: '{shown}' is not UTF-8 text."
        raise EventError(msg) from None
    except Fault as fault:
        msg = f"base: '{shown}', line {fault.line}: {fault.expected}."
        raise EventError(msg) from None
    value = None if root is None else root.value
    if not isinstance(value, dict):
        msg = f"base: '{shown}' holds neither an event nor a mapping of facts."
        raise EventError(msg)
    if "specversion" not in value:
        return as_mapping(value), None
    event = StepEvent.from_dict(value)
    if event.step != step:
        msg = f"base: '{shown}' is an event of the step '{event.step}', this table is of '{step}'."
        raise EventError(msg)
    return event.facts.model_dump(mode="json", exclude_none=True), event.time


def _json(value: Any) -> str:
    # Through JSON, as whoever writes JSON in its place: pydantic is then strict about kinds.
    return json.dumps(value)


def _path(found: Iterable[str | int], root: Node) -> tuple[str | int, ...]:
    """Without the parts that pydantic adds for choices: as far as the file has it."""
    path: list[str | int] = []
    node: Node | None = root
    for part in found:
        if node is None or (part not in node.items and part not in node.key_lines):
            break
        path.append(part)
        node = node.items.get(part)
    return tuple(path)


def _among(names: Iterable[str]) -> str:
    return f"It gives {', '.join(sorted(names))}."
