"""YAML text as a tree that remembers lines, in a subset that means one thing to every reader.

Scalars are read as YAML 1.2 does: only `true` and `false` are booleans, so that `country: NO` is
Norway, and a date or a time of day stays text for the models to judge. Aliases, tags and several
documents in one file are refused: an organisation file has no use for them, and a few lines of
aliases can unfold to gigabytes.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["MAX_DEPTH", "Fault", "Node", "read_tree"]

MAX_DEPTH = 16
"""Deeper than any organisation file has a reason to be; the shipped example has a depth of 5."""
_TOO_DEEP = f"more than {MAX_DEPTH} levels below each other"

# YAML 1.2 core schema, section 10.3.2, without infinity and not-a-number: JSON has neither.
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?")
# YAML 1.2, section 5.1. Checked here because libyaml and Python's reader word it differently.
_UNPRINTABLE = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Fault(Exception):  # not for callers: the loader turns it into a problem
    """The text is not a tree this module reads; nothing after that line was judged."""

    def __init__(self, line: int, expected: str) -> None:
        super().__init__(expected)
        self.line = line
        self.expected = expected


@dataclass(slots=True)
class Node:
    """One value and where it stands.

    Attributes:
        line: line of the value's first character, from 1.
        value: the value as JSON has it: `None`, bool, int, float, str, list or dict.
        items: nodes below it, by key or by index.
        key_lines: line of each key of a mapping.
    """

    line: int
    value: Any = None
    items: dict[str | int, Node] = field(default_factory=dict)
    key_lines: dict[str, int] = field(default_factory=dict)

    def line_of(self, path: tuple[str | int, ...]) -> int:
        """Line of what `path` names: its key where it has one, else the nearest thing above."""
        node, line = self, self.line
        for part in path:
            line = node.key_lines.get(part, line) if isinstance(part, str) else line
            below = node.items.get(part)
            if below is None:
                return line
            if isinstance(part, int):
                line = below.line
            node = below
        return line


def read_tree(text: str) -> tuple[Node | None, list[Fault]]:
    """Read the only document in `text`.

    Returns:
        The tree (`None` if the text holds no document), and the keys that are given twice or are
        no text: those faults do not keep the rest from being judged.

    Raises:
        Fault: the text is not YAML, or uses what this module refuses.
    """
    import yaml  # a program that governs nothing yet should not pay for it

    unprintable = _UNPRINTABLE.search(text)
    if unprintable:
        line = text.count("\n", 0, unprintable.start()) + 1
        raise Fault(line, "not valid YAML: a character that cannot be printed")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    faults: list[Fault] = []
    try:
        root = _document(yaml.parse(text, Loader=loader), faults)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        if error.problem == "exceeded maximum nesting depth":  # libyaml's own limit comes first
            raise Fault(line, _TOO_DEEP) from None
        raise Fault(line, f"not valid YAML: {error.problem or error.context}") from None
    except yaml.YAMLError:
        raise Fault(1, "not valid YAML") from None
    return root, faults


def _document(events: Iterator[Any], faults: list[Fault]) -> Node | None:
    """Build the tree from parser events; by events, because composing would follow aliases."""
    root: Node | None = None
    documents = 0
    # Open collections from the outermost in, and of each mapping the key that waits for a value.
    stack: list[tuple[Node, list[str]]] = []
    for event in events:
        kind = type(event).__name__
        line = event.start_mark.line + 1
        if kind == "DocumentStartEvent":
            documents += 1
            if documents > 1:
                raise Fault(line, "a second document: one file describes one organisation")
        elif kind == "AliasEvent":
            raise Fault(line, "an alias (*name): aliases are not read here; repeat the value")
        elif kind in {"ScalarEvent", "SequenceStartEvent", "MappingStartEvent"}:
            if event.tag is not None and event.tag != "!":
                raise Fault(line, "a tag (!name): tags are not read here")
            node = _start(event, kind, line)
            if stack and not _place(node, event, stack[-1], faults):
                continue
            if not stack:
                root = node
            if kind != "ScalarEvent":
                if len(stack) == MAX_DEPTH:
                    raise Fault(line, _TOO_DEEP)
                stack.append((node, []))
        elif kind in {"SequenceEndEvent", "MappingEndEvent"}:
            stack.pop()
    return root


def _start(event: Any, kind: str, line: int) -> Node:
    if kind == "SequenceStartEvent":
        return Node(line, [])
    if kind == "MappingStartEvent":
        return Node(line, {})
    # implicit[0]: written plainly, so its looks decide the type; quoted text is always text.
    return Node(line, _plain(event.value) if event.implicit[0] else event.value)


def _place(node: Node, event: Any, top: tuple[Node, list[str]], faults: list[Fault]) -> bool:
    """Hang a node below the open collection; false if it was a key and not a value."""
    parent, waiting = top
    if isinstance(parent.value, list):
        parent.items[len(parent.value)] = node
        parent.value.append(node.value)
        return True
    if not waiting:
        if type(event).__name__ != "ScalarEvent":
            raise Fault(node.line, "a list or mapping as a key: keys are text")
        # The key as it is written: `no:` under `texts` is Norwegian.
        key = str(event.value)
        if key in parent.key_lines:
            first = parent.key_lines[key]
            faults.append(Fault(node.line, f"{key!r} is given twice (first on line {first})"))
        else:
            parent.key_lines[key] = node.line
        waiting.append(key)
        return False
    key = waiting.pop()
    parent.items[key] = node
    parent.value[key] = node.value
    return True


def _plain(text: str) -> object:
    if text in _NULL:
        return None
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text) and math.isfinite(number := float(text)):
        return number
    return text
