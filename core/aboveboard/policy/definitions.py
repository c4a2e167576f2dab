"""Single definitions of rules, as text that can be moved into another module."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aboveboard.policy.syntax import Guard, Module, Rule

__all__ = [
    "FINDINGS",
    "PART",
    "TOKEN",
    "Definition",
    "Key",
    "definitions",
    "is_laid_out",
    "statement",
    "target",
]

FINDINGS = "findings"
PART = re.compile(r"\w+")
# Texts and comments are matched so that nothing within them is.
TOKEN = re.compile(
    r'(?P<text>"(?:\\.|[^"\\\n])*"|`[^`]*`)'
    r"|(?P<comment>#[^\n]*)"
    r'|(?P<data>(?<![\w.])data(?:\.\w+|\["\w+"\])+)(?P<more>\[?)'
    r"|(?P<name>(?<![\w.])[A-Za-z_]\w*)"
)
# Lines that are visibly a part of something longer.
_PARTIAL = re.compile(r'[}\])].*|"[^"]*":.*|.*[,{\[(|]')

Key = tuple[str, str]
"""A package and the name of a rule in it."""


@dataclass(frozen=True, slots=True)
class Definition:
    """One of the definitions of a rule.

    Attributes:
        module: the file that it stands in.
        rule: what the parser says of it.
        text: it alone, without comments; its lines are those of the file.
    """

    module: Module
    rule: Rule
    text: str

    @property
    def key(self) -> Key:
        """Which rule it defines."""
        return self.module.name, self.rule.name


def definitions(module: Module) -> Iterator[Definition]:
    """All definitions of a file."""
    raw = module.text.encode()
    starts = sorted(rule.start for rule in module.rules)
    ends = dict(zip(starts, [*starts[1:], len(raw)], strict=True))
    for rule in module.rules:
        text = raw[rule.start : ends[rule.start]].decode()
        bare = TOKEN.sub(lambda found: "" if found["comment"] else found[0], text)
        yield Definition(module, rule, bare.rstrip())


def is_laid_out(definition: Definition) -> bool:
    """Whether what looks like a statement on a line of its own is one, as `opa fmt` writes them.

    Otherwise nothing can be told from a line: the next may go on with `== false`.
    """
    rule, raw = definition.rule, definition.module.text.encode()
    # The parser leaves out a quotation mark at either end.
    statements = {
        (raw[rule.start : start].count(b"\n"), raw[start:end].decode().strip('"`'))
        for start, end in (*rule.statements, *rule.inner)
    }
    begun = [text.partition("\n") for _, text in statements]
    return all(_PARTIAL.fullmatch(line.strip()) for line, more, _ in begun if more) and all(
        (number, line.strip().strip('"`')) in statements or _PARTIAL.fullmatch(line.strip())
        for number, line in enumerate(definition.text.split("\n"))
        if line.startswith("\t") and line.strip()
    )


def statement(module: Module, guard: Guard) -> str:
    """A guard as it stands in its file; the parser leaves out a closing quotation mark."""
    return module.text.encode()[guard.start : guard.end].decode()


def target(path: tuple[str, ...], table: Mapping[Key, Any]) -> Key | None:
    """The rule that a path below `data` leads to."""
    for length in range(2, min(len(path), 4) + 1):
        key = (".".join(path[: length - 1]), path[length - 1])
        if key in table:
            return key
    return None
