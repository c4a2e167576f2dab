"""SQL as the Web API takes it: the select list is read and cut; what is not understood is refused."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from aboveboard_dataverse.rows import Shape

__all__ = ["Query"]

_TOKEN = re.compile(
    r"\s*('(?:[^']|'')*'|\[[^\]]*\]|\"[^\"]*\"|[A-Za-z_]\w*|\d+(?:\.\d+)?|<>|[<>!]=|\S)"
)
_NAME = re.compile(r"\[?\"?([A-Za-z_]\w*)\"?\]?")
_AGGREGATES = ("avg", "count", "max", "min", "sum")
_ENDS = ("where", "group", "order", "inner", "left", "join", "on", "as", ",", "offset", "option")
_OTHER = frozenset(("union", "into", "having", "with", "except", "intersect", "apply", ";"))


@dataclass(slots=True)
class _Item:
    text: str
    output: str
    slot: str
    column: str | None  # None: only counted


class Query:
    """One SELECT.

    Args:
        text: the SQL.

    Raises:
        ValueError: it is not understood; says what, without a value.
    """

    def __init__(self, text: str) -> None:
        if "--" in text or "/*" in text:
            msg = "SQL with comments."
            raise ValueError(msg)
        self._text = text
        tokens = [(fit[1], fit.start(1), fit.end(1)) for fit in _TOKEN.finditer(text)]
        words = [word.lower() for word, _, _ in tokens]
        if not words or words[0] != "select" or words.count("select") > 1 or _OTHER & set(words):
            msg = "SQL that is not one plain SELECT."
            raise ValueError(msg)
        if "from" not in words:
            msg = "SQL without FROM."
            raise ValueError(msg)
        place = 1
        self.plain = "group" not in words
        if words[1] == "distinct":
            place, self.plain = 2, False
        if words[place] == "top":
            place += 2 + (words[place + 2] == "percent")
        source = words.index("from")
        self._start = tokens[place][1]
        self._rest = tokens[source][1]
        self.shape = Shape({})
        self._main = ""
        self._tables([word for word, _, _ in tokens[source + 1 :]])
        self._items = [self._item(part) for part in _parts(tokens[place:source])]
        if any(item.column is None or "(" in item.text for item in self._items):
            self.plain = False
        self._note()

    def slots(self) -> list[tuple[str, str, list[str] | None]]:
        """Alias, table and columns of each part."""
        return [
            (slot, table, [i.column for i in self._items if i.slot == slot and i.column])
            for slot, table in self.shape.slots.items()
        ]

    def leave_out(self, slot: str, names: frozenset[str]) -> None:
        """Take columns out of a part; the main table's key stands in when nothing is left."""
        self._items = [i for i in self._items if i.slot != slot or i.column not in names]
        if not self._items:
            self.add("", [f"{self.shape.slots['']}id"])
        self._note()

    def add(self, slot: str, names: Iterable[str]) -> None:
        """Ask for more columns of the main table, unless the answer has another of that name."""
        taken = {item.output for item in self._items}
        for name in names:
            if slot == "" and name not in taken:
                text = f"{self._main}.{name}" if self._main else name
                self._items.append(_Item(text, name, "", name))
        self._note()

    def text(self) -> str:
        """The SQL as it is now."""
        listed = ", ".join(item.text for item in self._items)
        return f"{self._text[: self._start]}{listed} {self._text[self._rest :]}"

    def _note(self) -> None:
        if len({item.output for item in self._items}) < len(self._items):
            msg = "SQL with one name for two columns."
            raise ValueError(msg)
        self.shape.outputs = {
            item.output: None if item.column is None else (item.slot, item.column)
            for item in self._items
        }

    def _tables(self, words: list[str]) -> None:
        """Tables and their aliases, after FROM and each JOIN or comma."""
        place, expected = 0, True
        aliases: dict[str, str] = {}
        while place < len(words):
            word = words[place].lower()
            if word in ("where", "group", "order"):
                break
            if expected:
                table = _name(words[place])
                place += 1
                if place < len(words) and words[place].lower() == "as":
                    place += 1
                alias = table
                if place < len(words) and words[place].lower() not in _ENDS:
                    alias = _name(words[place])
                    place += 1
                if alias in aliases:
                    msg = "SQL with one name for two tables."
                    raise ValueError(msg)
                aliases[alias] = table
                expected = False
                continue
            expected = word in ("join", ",")
            place += 1
        if not aliases:
            msg = "SQL without a table."
            raise ValueError(msg)
        first = next(iter(aliases))
        self._main = first if len(aliases) > 1 else ""
        self._aliases = {first: ""} | {alias: alias for alias in list(aliases)[1:]}
        self.shape.slots = {slot: aliases[alias] for alias, slot in self._aliases.items()}

    def _item(self, part: list[tuple[str, int, int]]) -> _Item:
        words = [word for word, _, _ in part]
        text = self._text[part[0][1] : part[-1][2]]
        output = None
        if len(words) > 2 and words[-2].lower() == "as":
            output, words = _name(words[-1]), words[:-2]
        counted = False
        if (
            len(words) > 3
            and words[0].lower() in _AGGREGATES
            and words[1] == "("
            and words[-1] == ")"
        ):
            counted = words[0].lower() == "count"
            words = words[2:-1]
            if words and words[0].lower() == "distinct":
                words = words[1:]
            if counted and words == ["*"]:
                return _Item(text, output or "", "", None)
        elif len(words) in (2, 4) and output is None:
            output, words = _name(words[-1]), words[:-1]  # an alias without AS
        if len(words) == 1:
            slot, name = "", _name(words[0])
            if len(self.shape.slots) > 1:
                # An unqualified name of a join may be of either table.
                msg = "SQL that joins, with a column that does not name its table."
                raise ValueError(msg)
        elif len(words) == 3 and words[1] == ".":
            alias, name = _name(words[0]), _name(words[2])
            if alias not in self._aliases:
                msg = "SQL with a column of a table that it does not name."
                raise ValueError(msg)
            slot = self._aliases[alias]
        else:
            msg = "SQL with an expression that is no column."
            raise ValueError(msg)
        return _Item(text, output or name, slot, None if counted else name)


def _parts(tokens: list[tuple[str, int, int]]) -> list[list[tuple[str, int, int]]]:
    parts: list[list[tuple[str, int, int]]] = [[]]
    depth = 0
    for token in tokens:
        depth += (token[0] == "(") - (token[0] == ")")
        if token[0] == "," and depth == 0:
            parts.append([])
        else:
            parts[-1].append(token)
    if not all(parts):
        msg = "SQL with nothing between commas."
        raise ValueError(msg)
    return parts


def _name(word: str) -> str:
    fit = _NAME.fullmatch(word)
    if fit is None:
        msg = "SQL with something that is no name."
        raise ValueError(msg)
    return fit[1].lower()
