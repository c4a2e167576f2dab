"""Reads SOQL as far as it has to be known which fields a query asks for, and rewrites it.

What is read: the SELECT list (fields, relationship fields, functions and aggregates with their
aliases, `FIELDS(…)`, subqueries), FROM, and which fields the conditions mention. Everything else is
`SoqlError`, so that no query goes out unread.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from aboveboard_salesforce.query import Item, Soql, SoqlError

__all__ = ["Item", "Soql", "SoqlError", "parse_soql"]

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^'\\]|\\.)*')"
    r"|(?P<name>[A-Za-z_]\w*(?:\s*\.\s*[A-Za-z_]\w*)*)"
    r"|(?P<number>[+-]?\d[\w.:+-]*)"
    r"|(?P<sign><=|>=|!=|<>|[=<>(),:]))",
    re.ASCII | re.DOTALL,
)
_CLAUSES = frozenset(
    ["where", "with", "group", "having", "order", "limit", "offset", "for", "update", "all"]
)
_WORDS = frozenset(
    [
        "and",
        "or",
        "not",
        "in",
        "like",
        "includes",
        "excludes",
        "null",
        "true",
        "false",
        "asc",
        "desc",
        "nulls",
        "first",
        "last",
        "by",
        "where",
        "group",
        "having",
        "order",
        "rollup",
        "cube",
        "with",
        "security_enforced",
        "user_mode",
        "system_mode",
        "limit",
        "offset",
        "for",
        "view",
        "reference",
        "update",
        "tracking",
        "viewstat",
        "all",
        "rows",
    ]
)
_COMPARING = frozenset(["=", "<", ">", "<=", ">=", "!=", "<>", ":"])
_AGGREGATES = frozenset(["avg", "count", "count_distinct", "min", "max", "sum"])
_ACCESS = frozenset(["security_enforced", "user_mode", "system_mode"])
_MAX_DEPTH = 6


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int
    end: int

    @property
    def word(self) -> str:
        return self.text.lower() if self.kind in ("name", "sign") else ""


def parse_soql(text: str) -> Soql:
    """Read a query.

    Raises:
        SoqlError: it is not understood.
    """
    reader = _Reader(text, list(_tokens(text)))
    found = reader.query(0)
    if reader.ahead() is not None:
        msg = "more follows its end"
        raise SoqlError(msg)
    return found


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    end = len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            msg = "a sign or a text that is not closed"
            raise SoqlError(msg)
        kind = match.lastgroup
        value = match[kind]
        if kind == "name":
            value = re.sub(r"\s+", "", value)
        yield _Token(kind, value, match.start(kind), match.end())
        at = match.end()


class _Reader:
    def __init__(self, text: str, tokens: list[_Token]) -> None:
        self._text = text
        self._tokens = tokens
        self._at = 0

    def ahead(self, more: int = 0) -> _Token | None:
        place = self._at + more
        return self._tokens[place] if place < len(self._tokens) else None

    def _is(self, *words: str, more: int = 0) -> bool:
        token = self.ahead(more)
        return token is not None and token.word in words

    def _next(self) -> _Token:
        token = self.ahead()
        if token is None:
            msg = "its end is missing"
            raise SoqlError(msg)
        self._at += 1
        return token

    def _expect(self, word: str) -> _Token:
        token = self._next()
        if token.word != word:
            msg = f"'{word.upper()}' was expected"
            raise SoqlError(msg)
        return token

    def _name(self) -> str:
        token = self._next()
        if token.kind != "name":
            msg = "a name was expected"
            raise SoqlError(msg)
        return token.text

    def query(self, depth: int) -> Soql:
        if depth > _MAX_DEPTH:
            msg = "it is nested too deeply"
            raise SoqlError(msg)
        self._expect("select")
        items = [self._item(depth)]
        while self._is(","):
            self._next()
            items.append(self._item(depth))
        start = self._expect("from").start
        name = self._name()
        alias = None
        if self._is("as"):
            self._next()
        if (
            (token := self.ahead())
            and token.kind == "name"
            and token.word not in (*_CLAUSES, "using")
        ):
            alias = self._name()
        if self._is("using"):
            self._next()
            self._expect("scope")
            self._name()
        found = Soql(items, name, "")
        self._conditions(found, depth)
        end = self._tokens[self._at - 1].end
        found.rest = self._text[start:end]
        _strip_alias(found, {name.lower(), (alias or name).lower()})
        return found

    def _item(self, depth: int) -> Item:
        first = self._next()
        if first.word == "(":
            inner = self.query(depth + 1)
            end = self._expect(")").end
            return Item(self._text[first.start : end], inner=inner)
        if first.kind != "name" or first.word in ("from", "typeof"):
            msg = "TYPEOF" if first.word == "typeof" else "a field was expected after SELECT"
            raise SoqlError(msg)
        if not self._is("("):
            alias = self._alias()
            end = self._tokens[self._at - 1].end
            return Item(self._text[first.start : end], (first.text,), alias or first.text)
        if first.word == "fields":
            self._next()
            group = self._name().upper()
            end = self._expect(")").end
            if group not in ("ALL", "STANDARD", "CUSTOM"):
                msg = "FIELDS()"
                raise SoqlError(msg)
            return Item(self._text[first.start : end], group=group)
        paths = self._arguments()
        alias = self._alias()
        end = self._tokens[self._at - 1].end
        aggregate = first.word in _AGGREGATES or first.word == "grouping"
        key = alias or (None if aggregate or not paths else paths[0])
        return Item(self._text[first.start : end], tuple(paths), key, aggregate)

    def _alias(self) -> str | None:
        token = self.ahead()
        if token is not None and token.kind == "name" and token.word != "from":
            return self._name()
        return None

    def _arguments(self) -> list[str]:
        """Fields between the parentheses of a function."""
        self._expect("(")
        paths: list[str] = []
        while not self._is(")"):
            token = self._next()
            if token.kind == "name":
                if self._is("("):
                    paths += self._arguments()
                else:
                    paths.append(token.text)
            elif token.word not in (",", "") or token.word == "(":
                msg = "the arguments of a function"
                raise SoqlError(msg)
        self._expect(")")
        return paths

    def _conditions(self, query: Soql, depth: int) -> None:
        """Everything after FROM, up to the end or a closing parenthesis."""
        open_ = 0
        before = ""
        while (token := self.ahead()) is not None:
            word = token.word
            if word == ")":
                if open_ == 0:
                    return
                open_ -= 1
            elif word == "(":
                if self._is("select", more=1):
                    self._next()
                    inner = self.query(depth + 1)
                    self._expect(")")
                    for item in inner.items:
                        if item.inner or item.group:
                            msg = "a subquery in a condition"
                            raise SoqlError(msg)
                        query.used += [(inner.object, path) for path in item.paths]
                    query.used += inner.used
                    before = ")"
                    continue
                if before == "in":
                    self._values()
                    before = ")"
                    continue
                open_ += 1
            elif word == "with" and not self._is(*_ACCESS, more=1):
                msg = "WITH"
                raise SoqlError(msg)
            elif word == "using" or (word == "," and open_ == 0 and query.object and before == ""):
                msg = "several objects in FROM"
                raise SoqlError(msg)
            elif word == "group":
                query.grouped = True
            elif token.kind == "name" and word not in _WORDS:
                if self._is("(", more=1):
                    self._next()
                    query.used += [(query.object, path) for path in self._arguments()]
                    before = ")"
                    continue
                if before not in _COMPARING and before not in ("like", "for"):
                    query.used.append((query.object, token.text))
            self._next()
            before = word or token.kind

    def _values(self) -> None:
        """A list of values after IN."""
        self._expect("(")
        while not self._is(")"):
            if self._is("("):
                msg = "a list of values"
                raise SoqlError(msg)
            self._next()
        self._expect(")")


def _strip_alias(query: Soql, aliases: set[str]) -> None:
    """`l.Email FROM Lead l` asks for `Email`."""

    def plain(path: str) -> str:
        first, dot, rest = path.partition(".")
        return rest if dot and first.lower() in aliases else path

    for item in query.items:
        item.paths = tuple(map(plain, item.paths))
        if item.key is not None:
            item.key = plain(item.key)
    query.used = [
        (name, plain(path) if name == query.object else path) for name, path in query.used
    ]
