"""OData as Dataverse speaks it: paths with keys, `$select` and `$expand`, and names of columns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

__all__ = ["API", "Options", "column", "key_values", "parse_query", "parse_url", "write_query"]

API = re.compile(r"/api/data/v\d+\.\d+(?=/|$)")
_LOOKUP = re.compile(r"_(.+)_value", re.DOTALL)
_PAIR = re.compile(r"\s*(\w+)\s*=\s*('(?:[^']|'')*'|[^,']+)\s*(?:,|$)")


@lru_cache(maxsize=4096)
def column(name: str) -> str:
    """The logical name of the column that a key of a row belongs to; "" when to none.

    `_ownerid_value`, `ownerid@odata.bind` and `_ownerid_value@OData…FormattedValue` are all `ownerid`.
    """
    base = name.replace("_x0040_", "@").partition("@")[0].lower()
    fit = _LOOKUP.fullmatch(base)
    return fit[1] if fit else base


def parse_url(url: str) -> tuple[str | None, list[str]]:
    """A path below the API's root with `key` in place of each key, and the keys; None when outside.

    A key may be a person's address: it stays out of what is named in messages.
    """
    path = unquote(urlsplit(url).path)
    root = API.match(path)
    if root is None:
        return None, []
    kept: list[str] = []
    keys: list[str] = []
    depth, quoted, start = 0, False, 0
    for place, letter in enumerate(rest := path[root.end() :] or "/"):
        if letter == "'" and depth:
            quoted = not quoted
        elif quoted:
            continue
        elif letter == "(":
            depth += 1
            if depth == 1:
                start = place + 1
                kept.append("(")
        elif letter == ")" and depth:
            depth -= 1
            if depth == 0:
                keys.append(rest[start:place])
                kept.append("key)" if place > start else ")")
        elif not depth:
            kept.append(letter)
    if depth:
        return None, []
    return "".join(kept), keys


def key_values(table_key: str, key: str) -> dict[str, Any]:
    """Columns and values that a key names: the primary one, or alternate ones."""
    text = key.strip()
    if "=" not in text:
        return {table_key: text.strip("'").lower()} if text else {}
    return {
        fit[1].lower(): fit[2].strip().strip("'").replace("''", "'") for fit in _PAIR.finditer(text)
    }


def parse_query(url: str) -> list[tuple[str, str]]:
    """Names and values of a query, decoded."""
    return parse_qsl(urlsplit(url).query, keep_blank_values=True)


def write_query(url: str, query: list[tuple[str, str]]) -> str:
    """The address with another query."""
    text = "&".join(
        f"{quote(name, safe='$@')}={quote(value, safe='$,()/:;*')}" for name, value in query
    )
    base = url.partition("?")[0]
    return f"{base}?{text}" if text else base


@dataclass(slots=True)
class Options:
    """`$select` and `$expand` of a request, or of one navigation property in it.

    Attributes:
        select: names of columns as they are written; None when all of them are asked for.
        expand: navigation properties with their own options.
        rest: the other options, as they are written.
    """

    select: list[str] | None = None
    expand: list[tuple[str, Options]] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, query: list[tuple[str, str]]) -> Options:
        """The options of a request."""
        found = cls()
        for name, value in query:
            found.take(name, value)
        return found

    def walk(self, path: str = "") -> Iterator[tuple[str, str, Options]]:
        """Every navigation property: its path, its name, its options."""
        for name, options in self.expand:
            place = f"{path}/{name}" if path else name
            yield place, name, options
            yield from options.walk(place)

    def write(self, query: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """The query with these options in place of its own."""
        kept = [item for item in query if item[0].lower() not in ("$select", "$expand")]
        return kept + [pair for pair in self.pairs() if pair[1]]

    def take(self, name: str, value: str) -> None:
        """Take in one option."""
        if name.strip().lower() == "$select":
            told = [part.strip() for part in value.split(",") if part.strip()]
            self.select = (self.select or []) + told
        elif name.strip().lower() == "$expand":
            self.expand += [_node(part) for part in _split(value, ",")]
        elif name:
            self.rest.append(f"{name}={value}")

    def pairs(self) -> list[tuple[str, str]]:
        """`$select` and `$expand` as they are written."""
        found = [] if self.select is None else [("$select", ",".join(self.select))]
        return [*found, ("$expand", ",".join(_text(*item) for item in self.expand))]


def _node(text: str) -> tuple[str, Options]:
    name, open_, inside = text.strip().partition("(")
    options = Options()
    if open_:
        for part in _split(inside.rstrip().removesuffix(")"), ";"):
            key, _, value = part.strip().partition("=")
            options.take(key, value)
    return name.strip(), options


def _text(name: str, options: Options) -> str:
    inside = [*options.rest, *(f"{key}={value}" for key, value in options.pairs() if value)]
    return f"{name}({';'.join(inside)})" if inside else name


def _split(text: str, mark: str) -> list[str]:
    """Parts between marks that stand outside brackets and quotes."""
    parts: list[str] = [""]
    depth, quoted = 0, False
    for letter in text:
        if letter == "'":
            quoted = not quoted
        elif not quoted:
            depth += (letter == "(") - (letter == ")")
        if letter == mark and depth == 0 and not quoted:
            parts.append("")
        else:
            parts[-1] += letter
    return [part for part in parts if part.strip()]
