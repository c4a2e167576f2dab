"""What a Rego file says, read from the embedded engine's own parser.

The parser gives the syntax tree as JSON; `parse` reduces it to what the load checks and the linker
need: package, imports, rules with their heads, and every reference into `data`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from aboveboard.errors import PolicyError
from aboveboard.facts import PHASES, STEPS

__all__ = [
    "MAX_DEPTH",
    "Guard",
    "Head",
    "Module",
    "Reference",
    "Rule",
    "check_syntax",
    "parse",
    "syntax_tree",
    "walk",
]

Span = tuple[int, int]

MAX_DEPTH = 12
"""Brackets within brackets. The parser's time doubles with each: at 20 it takes half a minute."""

_KNOWN = {"phase": frozenset(PHASES), "step": frozenset(STEPS)}
_BRACKETS = re.compile(r'"(?:\\.|[^"\\\n])*"|`[^`]*`|#[^\n]*|[\[\]{}()]')
_ERROR = re.compile(
    r"-->\s*(?P<file>.*?):(?P<line>\d+):(?P<column>\d+).*?error:\s*(?P<text>.*)", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference such as `data.reference.thresholds.max_age_days`, up to its first variable part."""

    path: tuple[str, ...]
    line: int
    exact: bool
    """False when a variable part follows, as in `data.organisation[name].findings`."""


@dataclass(frozen=True, slots=True)
class Head:
    """The object literal that a `findings contains {…}` rule adds, as far as it is literal."""

    keys: tuple[str, ...]
    rule: str | None
    effect: str | None
    args: tuple[str, ...] | None
    reason: str | None
    facts: tuple[str, ...]
    obligation: str | None


@dataclass(frozen=True, slots=True)
class Guard:
    """A statement of a body that holds in some phases, or steps, only.

    `input.phase == "…"`, `input.step == "…"`, the same with `!=`, or `input.step in {"…"}`; `start`
    and `end` are its place in the file, in bytes.
    """

    body: int
    about: str
    allowed: frozenset[str]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its name, first and last line, and what its head holds."""

    name: str
    line: int
    default: bool
    function: bool
    head: Head | None
    calls: tuple[str, ...]
    references: tuple[Reference, ...]
    inputs: tuple[Reference, ...] = ()
    names: tuple[str, ...] = ()
    """Bare names that the rule uses: rules of its own package, and its variables."""
    unsure: tuple[str, ...] = ()
    """What the head of a set reads of a variable, or calls: it may be undefined for some items."""
    phase_guards: tuple[str, ...] = ()
    """The phases that every body demands, each by a statement `input.phase == "…"` of its own."""
    guards: tuple[Guard, ...] = ()
    bodies: int = 0
    start: int = 0
    """Where it begins in the file, in bytes."""
    bound: tuple[str, ...] = ()
    """Names that mean something of their own in it: by `some`, `every`, `:=`, or as an argument."""
    statements: tuple[Span, ...] = ()
    """Where the statements of its bodies are, in bytes."""
    inner: tuple[Span, ...] = ()
    """The same of statements within others: of `every`, of comprehensions."""


@dataclass(frozen=True, slots=True)
class Module:
    """One Rego file."""

    file: str
    text: str
    package: tuple[str, ...]
    package_line: int
    imports: tuple[tuple[str, int], ...]
    rules: tuple[Rule, ...] = field(default=())

    @property
    def name(self) -> str:
        """The package as dotted text."""
        return ".".join(self.package)


def parse(file: str, text: str) -> Module:
    """Parse one Rego file.

    Raises:
        PolicyError: the text is not Rego; names file and line, never quotes a value.
    """
    tree = syntax_tree(file, text)
    return Module(
        file=file,
        text=text,
        package=_reference(tree["package"]["refr"]).path,
        package_line=tree["package"]["span"]["line"],
        imports=tuple(
            (
                ".".join(_reference(item["refr"]).path) + (" as" if item.get("as") else ""),
                item["span"]["line"],
            )
            for item in tree["imports"]
        ),
        rules=tuple(_rules(tree["rules"], text.encode())),
    )


def check_syntax(file: str, text: str) -> None:
    """`parse` for whoever only wants to know whether it can be.

    Raises:
        PolicyError: as `parse`.
    """
    _read(file, text)


def syntax_tree(file: str, text: str) -> dict[str, Any]:
    """The parser's tree of one Rego file: its package, imports and rules, in their order.

    Raises:
        PolicyError: as `parse`.
    """
    tree: dict[str, Any] = json.loads(_read(file, text).get_ast_as_json())[0]["ast"]
    return tree


def _read(file: str, text: str) -> Any:
    import regorus  # 20 ms: only who loads policies pays

    if _depth(text) > MAX_DEPTH:
        msg = f"{file}: brackets are nested over {MAX_DEPTH} deep. Give the inner parts a name."
        raise PolicyError(msg)
    engine = regorus.Engine()
    try:
        engine.add_policy(file, text)
    except (RuntimeError, UnicodeEncodeError) as error:
        raise PolicyError(_syntax_message(file, str(error))) from None
    return engine


def _depth(text: str) -> int:
    deepest = depth = 0
    for found in _BRACKETS.finditer(text):
        if found[0] in "[{(":
            depth += 1
            deepest = max(deepest, depth)
        elif found[0] in "]})":
            depth -= 1
    return deepest


def _syntax_message(file: str, text: str) -> str:
    found = _ERROR.search(text)
    if found is None:
        return f"{file}: the policy cannot be parsed."
    return f"{file}:{found['line']}: {found['text'].strip().splitlines()[0]}."


def _rules(items: list[dict[str, Any]], raw: bytes) -> Iterator[Rule]:
    for item in items:
        if "Default" in item:
            body = item["Default"]
            yield Rule(
                name=_name(body["refr"]),
                line=body["span"]["line"],
                default=True,
                function=bool(body["args"]),
                head=None,
                calls=tuple(_calls(body["value"])),
                references=tuple(_references(body["value"])),
                names=tuple(_names(body["value"])),
                start=body["span"]["start"],
            )
            continue
        body = item["Spec"]
        kind, head = next(iter(body["head"].items()))
        key = head.get("key") if kind == "Set" else None
        guards = tuple(_guards(body["bodies"]))
        own = tuple(_spans(part["query"] for part in body["bodies"]))
        spans = set(_spans(here for here in walk(body) if "stmts" in here))
        yield Rule(
            name=_name(head["refr"]),
            line=body["span"]["line"],
            default=False,
            function=kind == "Func",
            head=_head(key["Object"]) if key and "Object" in key else None,
            calls=tuple(_calls([body["bodies"], head])),
            references=tuple(_references([body["bodies"], head])),
            inputs=tuple(_references([body["bodies"], head], "input")),
            names=tuple(_names([body["bodies"], {k: v for k, v in head.items() if k != "refr"}])),
            unsure=tuple(_unsure(key)),
            phase_guards=_phase_guards(guards, len(body["bodies"])),
            guards=guards,
            bodies=len(body["bodies"]),
            start=body["span"]["start"],
            bound=tuple(_bound([body["bodies"], head], raw)),
            statements=own,
            inner=tuple(sorted(spans.difference(own))),
        )


def _name(node: dict[str, Any]) -> str:
    return ".".join(_reference(node).path)


def _head(node: dict[str, Any]) -> Head:
    found = {_string(key): value for _, key, value in node["fields"] if _string(key) is not None}
    args = found.get("args", {}).get("Object")
    obligation = found.get("obligation", {}).get("Object")
    reason = None
    arg_keys: tuple[str, ...] | None = () if "args" not in found else None
    if args is not None:
        pairs = {_string(key): value for _, key, value in args["fields"]}
        arg_keys = tuple(key for key in pairs if key is not None)
        reason = _string(pairs["reason"]) if "reason" in pairs else None
    kind = None
    if obligation is not None:
        kinds = {_string(key): _string(value) for _, key, value in obligation["fields"]}
        kind = kinds.get("kind")
    facts = found.get("facts", {}).get("Array", {}).get("items", [])
    return Head(
        keys=tuple(sorted(key for key in found if key)),
        rule=_string(found["rule"]) if "rule" in found else None,
        effect=_string(found["effect"]) if "effect" in found else None,
        args=arg_keys,
        reason=reason,
        facts=tuple(text for item in facts if (text := _string(item)) is not None),
        obligation=kind,
    )


def _string(node: dict[str, Any]) -> str | None:
    kind = node.get("String") or node.get("RawString")
    return kind["value"] if kind else None


def _reference(node: dict[str, Any]) -> Reference:
    """Follow `a.b["c"][x]` down to its root; stop at the first part that is not literal."""
    parts: list[str] = []
    exact = True
    line = 0
    while True:
        if "Var" in node:
            parts.append(node["Var"]["value"])
            line = node["Var"]["span"]["line"]
            break
        if "RefDot" in node:
            dot = node["RefDot"]
            parts.append(dot["field"][1])
            node = dot["refr"]
        elif "RefBrack" in node:
            bracket = node["RefBrack"]
            literal = _string(bracket["index"])
            if literal is None:
                parts.clear()
                exact = False
            else:
                parts.append(literal)
            node = bracket["refr"]
        else:
            return Reference((), 0, exact=False)
    return Reference(tuple(reversed(parts)), line, exact)


def walk(node: Any) -> Iterator[dict[str, Any]]:
    """All objects of a syntax tree."""
    stack = [node]
    while stack:
        here = stack.pop()
        if isinstance(here, dict):
            yield here
            stack.extend(here.values())
        elif isinstance(here, list):
            stack.extend(here)


def _calls(node: Any) -> Iterator[str]:
    for here in walk(node):
        if "fcn" in here and "params" in here:
            path = _reference(here["fcn"]).path
            if path:
                yield ".".join(path)


def _names(node: Any) -> Iterator[str]:
    for here in walk(node):
        if "Var" in here:
            yield here["Var"]["value"]


def _unsure(node: Any) -> Iterator[str]:
    """Dotted reads of variables, and names of functions; what a comprehension holds may lack them."""
    stack = [node]
    while stack:
        here = stack.pop()
        if isinstance(here, list):
            stack.extend(here)
        if not isinstance(here, dict):
            continue
        if "RefDot" in here or "RefBrack" in here:
            path = _reference(here).path
            if path[:1] not in (("input",), ("data",)):
                yield ".".join(path)
            stack.extend(_indexes(here))
            continue
        if "fcn" in here and "params" in here:
            yield ".".join(_reference(here["fcn"]).path)
            stack.extend(here["params"])
            continue
        stack.extend(value for key, value in here.items() if not key.endswith("Compr"))


def _bound(node: Any, raw: bytes) -> Iterator[str]:
    """What is named by `some`, `every` and `:=`, and the arguments of a function."""
    for here in walk(node):
        some, assigned = here.get("SomeIn"), here.get("AssignExpr")
        if some:
            yield from _names([some["key"], some["value"]])
        if assigned and assigned["op"] == "ColEq":
            yield from _names(assigned["lhs"])
        if "args" in here:
            yield from _names(here["args"])
        every = here.get("Every", {})
        for span in (
            *here.get("SomeVars", {}).get("vars", ()),
            every.get("key"),
            every.get("value"),
        ):
            if span:
                yield raw[span["start"] : span["end"]].decode()


def _spans(queries: Iterable[dict[str, Any]]) -> Iterator[Span]:
    for query in queries:
        for statement in query["stmts"]:
            yield statement["span"]["start"], statement["span"]["end"]


def _guards(bodies: list[dict[str, Any]]) -> Iterator[Guard]:
    """A comparison within `not` or `every` guards nothing: only a body's own statements count."""
    for number, body in enumerate(bodies):
        for statement in body["query"]["stmts"]:
            expression = statement["literal"].get("Expr")
            # What stands before `with` is not asked of the input as it came.
            if expression is None or statement.get("with_mods"):
                continue
            about, allowed = _guarded(expression["expr"])
            if about:
                span = expression["span"]
                yield Guard(number, about, allowed, span["start"], span["end"])


def _guarded(expression: dict[str, Any]) -> tuple[str, frozenset[str]]:
    compared, member = expression.get("BoolExpr"), expression.get("Membership")
    sides: list[dict[str, Any]]
    if compared and compared["op"] in {"Eq", "Ne"}:
        sides = [compared["lhs"], compared["rhs"]]
        texts = [text for side in sides if (text := _string(side)) is not None]
    elif member and member["key"] is None:
        sides = [member["value"]]
        items = [_string(item) for item in member["collection"].get("Set", {}).get("items", ())]
        texts = [item for item in items if item is not None]
        if len(texts) != len(items):
            return "", frozenset()
    else:
        return "", frozenset()
    for side in sides:
        path = _reference(side).path
        if texts and path in (("input", "phase"), ("input", "step")):
            other = compared is not None and compared["op"] == "Ne"
            return path[1], _KNOWN[path[1]] - set(texts) if other else frozenset(texts)
    return "", frozenset()


def _phase_guards(guards: tuple[Guard, ...], bodies: int) -> tuple[str, ...]:
    found: list[set[str]] = [set() for _ in range(bodies)]
    for guard in guards:
        if guard.about == "phase" and len(guard.allowed) == 1:
            found[guard.body] |= guard.allowed
    return tuple(sorted(set.intersection(*found))) if found else ()


def _references(node: Any, root: str = "data") -> Iterator[Reference]:
    """Every reference into `data` (or `input`); the longest one of each chain."""
    stack = [node]
    while stack:
        here = stack.pop()
        if isinstance(here, list):
            stack.extend(here)
            continue
        if not isinstance(here, dict):
            continue
        if "RefDot" in here or "RefBrack" in here or "Var" in here:
            found = _reference(here)
            if found.path[:1] == (root,):
                yield found
            stack.extend(_indexes(here))
            continue
        stack.extend(here.values())


def _indexes(node: dict[str, Any]) -> Iterator[Any]:
    """The bracketed parts of a chain: they may hold references of their own."""
    while True:
        if "RefDot" in node:
            node = node["RefDot"]["refr"]
        elif "RefBrack" in node:
            yield node["RefBrack"]["index"]
            node = node["RefBrack"]["refr"]
        else:
            if "Var" not in node:
                yield from node.values()
            return
