"""What is wrong with an organisation's file, each fault with its line and what was expected.

Messages repeat keys and ids, never other values: a file may hold what nobody meant to log.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from aboveboard.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from aboveboard.organisation.tree import Node

__all__ = ["MAX_PROBLEMS", "Path", "Problem", "dangling", "dotted", "invalid", "unowned"]

MAX_PROBLEMS = 500
"""Of a file with more faults than this the rest is not told: it is no organisation's file."""

Path = tuple[str | int, ...]

_PLAIN = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PRIVATE = re.compile(r"[\s@+]")

_TEXT = "expected text; put it in quotes if it looks like a number or like true"
_MAPPING = "expected keys with values below it"
# By pydantic's error type. What is not here keeps pydantic's own words, which quote no input.
_EXPECTED = {
    "bool_type": "expected true or false",
    "date_from_datetime_parsing": "expected a day, such as 2026-03-01",
    "date_parsing": "expected a day, such as 2026-03-01",
    "date_type": "expected a day, such as 2026-03-01",
    "dict_type": _MAPPING,
    "greater_than_equal": "expected a whole number of at least {ge}",
    "int_from_float": "expected a whole number",
    "int_type": "expected a whole number",
    "less_than_equal": "expected a whole number of at most {le}",
    "missing": "missing, and required",
    "model_type": _MAPPING,
    "string_type": _TEXT,
    "too_long": "expected at most {max_length} items",
    "too_short": "expected at least {min_length} item",
    "tuple_type": "expected a list",
}

# What names something else in the file, and the section where that has to stand.
_REFERENCES: tuple[tuple[Path, Path, str], ...] = (
    (("purposes", "*", "notice"), ("notices",), "notice"),
    (("purposes", "*", "lia"), ("assessments", "lia"), "legitimate interests assessment"),
    (("purposes", "*", "dpia"), ("assessments", "dpia"), "data protection impact assessment"),
    (("purposes", "*", "compatibility"), ("assessments", "compatibility"), "assessment"),
    (("models", "*", "processor"), ("processors",), "processor"),
    (("processors", "*", "transfer", "tia"), ("assessments", "tia"), "transfer impact assessment"),
)

# Where entries stand that somebody has to answer for.
_ENTRIES: tuple[Path, ...] = (
    ("purposes", "*"),
    ("processors", "*"),
    ("notices", "*"),
    ("assessments", "*", "*"),
    ("models", "*"),
    ("policies",),
    ("audit",),
    ("security",),
)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault. Sorts by line."""

    line: int
    path: str
    text: str

    def at(self, name: str) -> str:
        """The fault as a line that editors and terminals link to the file."""
        where = f"{name}:{self.line}:"
        return f"{where} {self.path}: {self.text}" if self.path else f"{where} {self.text}"


def dotted(path: Path) -> str:
    """`purposes.lead_scoring.purposes[0]`; a key that is no plain word stands in brackets."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif _PLAIN.fullmatch(part):
            text += f".{part}" if text else part
        else:
            text += f"[{_quoted(part)}]"
    return text


def invalid(error: ValidationError, root: Node, model: type[BaseModel]) -> Iterator[Problem]:
    """What the models refused, with the lines of the tree that they were given."""
    refused = error.errors(include_url=False, include_input=False)
    above = {details["loc"][:-1] for details in refused}
    for details in refused[: MAX_PROBLEMS + 1]:
        path = details["loc"]
        # A list whose items are all wrong is not empty as well.
        if details["type"] == "too_short" and path in above:
            continue
        # Pydantic's mark for "the key, not its value".
        if path and path[-1] == "[key]":
            path = path[:-1]
        yield Problem(root.line_of(path), dotted(path), _text(details, path, root, model))


def _text(details: ErrorDetails, path: Path, root: Node, model: type[BaseModel]) -> str:
    kind = details["type"]
    if kind == "extra_forbidden":
        choices = _keys(model, path[:-1])
        hint = nearest(str(path[-1]), choices)
        return "unknown key." + (
            f" Did you mean '{hint}'?" if hint else f" Known here: {', '.join(choices)}."
        )
    context = details.get("ctx", {})
    if kind == "literal_error":
        text = f"expected {context['expected']}"
        value = _value(root, path)
        hint = nearest(value, _literals(model, path)) if isinstance(value, str) else None
        return f"{text}. Did you mean '{hint}'?" if hint else text
    expected = _EXPECTED.get(kind)
    return expected.format(**context) if expected else details["msg"]


def dangling(data: Mapping[str, Any], root: Node) -> Iterator[Problem]:
    """References to entries that the file does not have.

    Reads the plain data and not the model, so that they are told along with all other faults.
    """
    for pattern, section, noun in _REFERENCES:
        known = {str(path[-1]) for path, _ in _matches(data, (*section, "*"))}
        for path, value in _matches(data, pattern):
            if not isinstance(value, str) or value in known:
                continue
            hint = nearest(value, known)
            # What has a blank or an @ in it is no id by mistake and may be anything.
            named = "" if _PRIVATE.search(value) else f" {_quoted(value)}"
            text = f"no {noun}{named or ' of that id'} under '{dotted(section)}'."
            text += f" Did you mean {_quoted(hint)}?" if hint else ""
            yield Problem(root.line_of(path), dotted(path), text)


def unowned(data: Mapping[str, Any], root: Node) -> Iterator[Problem]:
    """Entries that have neither an owner or date of their own nor one at the top to take."""
    missing = [key for key in ("owner", "dated") if data.get(key) is None]
    for pattern in _ENTRIES if missing else ():
        for path, entry in _matches(data, pattern):
            if not isinstance(entry, dict):
                continue
            for key in missing:
                if entry.get(key) is None:
                    text = "missing: give this entry its own, or the file one at its top"
                    yield Problem(root.line_of(path), dotted((*path, key)), text)


def _matches(data: object, pattern: Path, path: Path = ()) -> Iterator[tuple[Path, object]]:
    if not pattern:
        yield path, data
        return
    if not isinstance(data, dict):
        return
    head, *rest = pattern
    for key in data if head == "*" else (head,):
        if key in data:
            yield from _matches(data[key], tuple(rest), (*path, key))


def _value(root: Node, path: Path) -> object:
    node = root
    for part in path:
        if part not in node.items:
            return None
        node = node.items[part]
    return node.value


def _keys(model: type[BaseModel], path: Path) -> list[str]:
    """The keys that the model at `path` knows."""
    found = _annotation(model, path)
    return list(found.model_fields) if _is_model(found) else []


def _literals(model: type[BaseModel], path: Path) -> list[str]:
    return [value for value in get_args(_annotation(model, path)) if isinstance(value, str)]


def _annotation(model: type[BaseModel], path: Path) -> Any:
    """What the models expect at `path`, without `None`."""
    found: Any = model
    for part in path:
        if _is_model(found):
            found = _bare(found.model_fields[str(part)].annotation)
        else:
            # A mapping's value stands last; of `tuple[X, ...]` that is the ellipsis.
            found = _bare(get_args(found)[0 if isinstance(part, int) else 1])
    return found


def _bare(annotation: Any) -> Any:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _bare(get_args(annotation)[0])
    if origin in (Union, UnionType):
        options = [option for option in get_args(annotation) if option is not type(None)]
        return _bare(options[0])
    return annotation


def _is_model(found: Any) -> bool:
    return isinstance(found, type) and issubclass(found, BaseModel)


def _quoted(text: str) -> str:
    """A key or id, cut: a stray paragraph in its place would fill the message."""
    return repr(text if len(text) <= 64 else f"{text[:61]}...")
