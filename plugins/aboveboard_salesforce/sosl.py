"""Reads the RETURNING part of SOSL: which objects and fields a search asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from aboveboard_salesforce.soql import Soql, SoqlError, parse_soql

__all__ = ["Sosl", "parse_sosl"]

_FIND = re.compile(r"\s*FIND\s*(\{(?:[^{}\\]|\\.)*\}|'(?:[^'\\]|\\.)*')", re.IGNORECASE | re.DOTALL)
_RETURNING = re.compile(r"\bRETURNING\b", re.IGNORECASE)
_OBJECT = re.compile(r"\s*([A-Za-z]\w*)\s*")
_END = re.compile(r"\s*(WITH|LIMIT|UPDATE|$)", re.IGNORECASE)
_CLAUSE = re.compile(r"\b(USING|WHERE|ORDER\s+BY|LIMIT|OFFSET)\b", re.IGNORECASE)
_SNIPPET = re.compile(r"\bWITH\s+(?:SNIPPET|HIGHLIGHT|DATA\s+CATEGORY)\b", re.IGNORECASE)


@dataclass(slots=True)
class Sosl:
    """A search as far as it was read.

    Attributes:
        before: up to and with RETURNING.
        parts: what is asked of each object, as a query of it; None where only its ids are.
        after: what follows.
    """

    before: str
    parts: list[tuple[str, Soql | None]]
    after: str

    def text(self) -> str:
        """The search as SOSL."""
        if not self.parts:
            return self.before
        told = []
        for name, part in self.parts:
            if part is None:
                told.append(name)
                continue
            rest = part.rest.partition(name)[2].strip()
            items = ", ".join(item.text for item in part.items)
            told.append(f"{name}({items} {rest})" if rest else f"{name}({items})")
        return f"{self.before} {', '.join(told)} {self.after}".strip()


def parse_sosl(text: str) -> Sosl:
    """Read a search.

    Raises:
        SoqlError: it is not understood.
    """
    found = _FIND.match(text)
    if found is None or _SNIPPET.search(text, found.end()):
        msg = "FIND" if found is None else "WITH"
        raise SoqlError(msg)
    returning = _RETURNING.search(text, found.end())
    if returning is None:
        return Sosl(text, [], "")
    at = returning.end()
    parts: list[tuple[str, Soql | None]] = []
    while True:
        named = _OBJECT.match(text, at)
        if named is None:
            msg = "RETURNING"
            raise SoqlError(msg)
        at = named.end()
        inner = None
        if at < len(text) and text[at] == "(":
            end = _closing(text, at)
            inner = _part(named[1], text[at + 1 : end])
            at = end + 1
        parts.append((named[1], inner))
        while at < len(text) and text[at].isspace():
            at += 1
        if at < len(text) and text[at] == ",":
            at += 1
            continue
        if _END.match(text, at) is None:
            msg = "RETURNING"
            raise SoqlError(msg)
        return Sosl(text[: returning.end()], parts, text[at:])


def _part(name: str, text: str) -> Soql:
    clause = _CLAUSE.search(text)
    items = text[: clause.start()] if clause else text
    rest = text[clause.start() :] if clause else ""
    if rest.upper().startswith("USING"):
        msg = "USING"
        raise SoqlError(msg)
    return parse_soql(f"SELECT {items} FROM {name} {rest}")  # noqa: S608  (it is only read)


def _closing(text: str, at: int) -> int:
    """Where the parenthesis at `at` is closed; texts in quotes do not count."""
    depth, quoted = 0, False
    place = at
    while place < len(text):
        sign = text[place]
        if sign == "\\" and quoted:
            place += 1
        elif sign == "'":
            quoted = not quoted
        elif not quoted:
            depth += (sign == "(") - (sign == ")")
            if depth == 0:
                return place
        place += 1
    msg = "a parenthesis that is not closed"
    raise SoqlError(msg)
