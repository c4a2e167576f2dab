"""Rewrites of a linked module that keep its answers and save the embedded engine work.

Measured in instructions, that engine pays some 12,000 for each definition that it tries, as much again
for a rule of its own, 16,000 for a call and 3,000 for a plain statement. So

- the definitions of one rule that is true or undefined are one chain of `else`, which ends at the first
  that holds;
- a rule or function of a few plain statements stands where it is asked: all of them for `r`, and for
  `not r`, where they are alternatives, each of them denied;
- a short list of texts stands where it is asked, and a group of facts is read from the input also where
  a rule gives it a default: what an event does not have is undefined either way;
- findings that ask the same first are a set of their own, which is looked at only where that holds;
- so are, a dozen together, findings that ask for something wrong first: mostly nothing is. Whether a set
  has a member that only they read is asked of what it takes to be one: mostly it need not be made.

What is not written as `opa fmt` writes it stays as it is.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from aboveboard.policy.definitions import FINDINGS, PART

__all__ = ["Part", "shorter"]

_HELD = re.compile(r"(?P<name>\w+)(?:\((?P<args>[\w, ]*)\))? if (?P<body>.*)", re.DOTALL)
_TEXT = r'"(?:\\.|[^"\\\n])*"'
_LINE = re.compile(rf'(?P<head>(?:{_TEXT}|[^"\n])*?) if (?P<body>[^{{\n][^\n]*)')
_FINDING = re.compile(
    rf"(?P<head>(?:{FINDINGS}|g\d+) contains .*) if "
    r"\{\n\t(?P<first>[^\t\n][^\n]*)\n(?P<rest>\t.*\n)\}",
    re.DOTALL,
)
# What could bring a variable along, or be more than a comparison.
_NOT_PLAIN = re.compile(r"\b(?:some|every|with|else|not(?! ))\b|:=|[\[|`{;]|[{(\[,|]$")
_TEXTS = re.compile(rf"\{{{_TEXT}(?:, {_TEXT})*\}}")
_ARGUMENT = re.compile(rf"[\w.]+|{_TEXT}")
# Not what is called: `lower(`, `object.get(`.
_NAME = re.compile(rf"{_TEXT}|(?<![\w.])(?P<name>[A-Za-z_]\w*)\b(?!(?:\.\w+)*\()")
_KNOWN = frozenset({"input", "data", "not", "in", "true", "false", "null"})
_GIVEN = re.compile(
    r"\w+ := (?:(?P<list>\{\"[\w:.-]+\"(?:, \"[\w:.-]+\"){0,3}\})"
    r'|object\.get\((?P<group>input), "(?P<key>\w+)", \{\}\))'
)
# What is compared with a value, or a set that may be empty.
_WRONG = re.compile(
    rf"(?:{FINDINGS}|g\d+) contains .* if \{{\n\t(?P<first>(?!not )[^\t\n]* (?:[<>]=?|==|!=) [^\n]*)\n(?:\t.*)?\}}",
    re.DOTALL,
)
_NOT_EMPTY = re.compile(r"(?P<name>\w+) != set\(\)")
_MEMBER = re.compile(r"\w+ contains (?:.|\n)*? if \{\n\t(?P<body>[^\t\n][^\n]*\n(?:\t[^\n]*\n)*)\}")
_SCREEN = 12
_GROUP = 3
"""From so many findings on that ask the same first."""
_RULE, _CALL = 14, 20
"""How much a rule may weigh, wherever it is asked together, and a function each time."""


@dataclass(frozen=True, slots=True)
class Part:
    """A definition in the new module; `single` when it has one body and no default beside it."""

    name: str
    text: str
    single: bool


def shorter(parts: Iterable[Part]) -> list[Part]:
    """The same rules, with less to do."""
    return _screened(_grouped(_inlined(_chained(map(_in_braces, _given(list(parts)))))))


def _in_braces(part: Part) -> Part:
    """Each body in braces, so that more lines can stand in it."""
    line = _LINE.fullmatch(part.text) if part.single and "`" not in part.text else None
    return replace(part, text=f"{line['head']} if {{\n\t{line['body']}\n}}") if line else part


def _given(parts: list[Part]) -> list[Part]:
    """Rules that only give something a name, in their users."""
    for part in list(parts):
        value = _GIVEN.fullmatch(part.text)
        others = [other for other in parts if other.name != part.name]
        if value is None or len(others) != len(parts) - 1 or any("`" in one.text for one in others):
            continue
        used = re.compile(
            rf"({_TEXT})|(?<![\w.]){part.name}\b" + (r"(?=\.\w)" if value["key"] else "")
        )
        instead = value["list"] or f"input.{value['key']}"
        texts = [used.sub(lambda found: found[1] or instead, one.text) for one in others]  # noqa: B023
        if not any(re.search(rf"\b{part.name}\b", text) for text in texts):
            parts = [replace(one, text=text) for one, text in zip(others, texts, strict=True)]
    return parts


def _chained(parts: Iterable[Part]) -> list[Part]:
    """The definitions of each rule that is true or undefined as one chain of `else`."""
    groups: dict[str, list[Part]] = defaultdict(list)
    for part in parts:
        groups[part.name].append(part)
    return [part for group in groups.values() for part in _chain(group)]


def _chain(group: list[Part]) -> list[Part]:
    found = [_HELD.fullmatch(part.text) for part in group if part.single and "`" not in part.text]
    held = [one for one in found if one and _block(one["body"])]
    if len(group) < 2 or len(held) < len(group):
        return group
    args = _common_args([(one["args"], one["body"]) for one in held])
    if args is None:
        return group
    chain = " else if ".join(_block(one["body"]) for one in held)
    return [Part(group[0].name, f"{group[0].name}{args} if {chain}", single=False)]


def _block(body: str) -> str:
    """A body in braces; '' where it cannot be told whether it is."""
    if body.startswith("{"):
        return body if body.startswith("{\n") and body.endswith("\n}") else ""
    return f"{{\n\t{body}\n}}"


def _common_args(found: list[tuple[str | None, str]]) -> str | None:
    """The arguments that all definitions can have: where one has `_`, the name of the others."""
    if all(args is None for args, _ in found):
        return ""
    rows = [row for args, _ in found if (row := _params(args or ""))]
    if len(rows) < len(found) or len({len(row) for row in rows}) != 1:
        return None
    columns = [sorted({*column} - {"_"}) for column in zip(*rows, strict=True)]
    if any(len(named) > 1 for named in columns):
        return None
    common = _params(", ".join(named[0] if named else "_" for named in columns))
    if common is None:
        return None
    for row, (_, body) in zip(rows, found, strict=True):
        hidden = {name for name, own in zip(common, row, strict=True) if own == "_"} - {"_"}
        if hidden & set(PART.findall(body)):
            return None  # a variable of that body has the name
    return f"({', '.join(common)})"


def _params(args: str) -> tuple[str, ...] | None:
    """Parameters as a function has them; None where one is a value, or the same as another."""
    params = tuple(args.split(", "))
    named = [name for name in params if name != "_"]
    fine = all(name.isidentifier() and name not in _KNOWN for name in named)
    return params if fine and len(set(named)) == len(named) else None


@dataclass(frozen=True, slots=True)
class _Helper:
    """A rule or function that is true or undefined: alternatives of plain statements."""

    name: str
    params: tuple[str, ...] | None
    branches: tuple[tuple[str, ...], ...]

    @property
    def weight(self) -> int:
        """Roughly in plain statements; a call or a read of reference data is four."""
        lines = [line for branch in self.branches for line in branch]
        return sum(4 if "(" in line or "data." in line else 1 for line in lines)

    def asked(self, no: bool, args: tuple[str, ...]) -> list[str] | None:
        """The statements in place of a call; None where it takes a rule to say it."""
        if no and all(len(branch) == 1 for branch in self.branches):
            lines = [_denied(line) for (line,) in self.branches]
        elif not no and len(self.branches) == 1:
            lines = list(self.branches[0])
        else:
            return None
        given = dict(zip(self.params or (), args, strict=True))
        return [_with(line, given) for line in lines]

    def needs(self, at: int) -> bool:
        """Whether no alternative holds where that argument is unknown: the call does not either."""
        return all(
            any(self._uses(line, at) for line in branch if not line.startswith("not "))
            for branch in self.branches
        )

    def reads_below(self, at: int) -> bool:
        """Whether something below a parameter is read, as nothing is of a text or number."""
        return any(self._uses(line, at, r"\.") for branch in self.branches for line in branch)

    def _uses(self, line: str, at: int, more: str = "") -> bool:
        assert self.params is not None  # noqa: S101  (it was asked for an argument's sake)
        used = rf"{_TEXT}|(?P<use>(?<![\w.]){self.params[at]}(?!\w){more})"
        return any(found["use"] for found in re.finditer(used, line))


def _denied(line: str) -> str:
    return line.removeprefix("not ") if line.startswith("not ") else f"not {line}"


def _with(line: str, given: dict[str, str]) -> str:
    """A statement with arguments for parameters, but in texts and behind a dot."""
    if not given:
        return line
    words = re.compile(rf"{_TEXT}|(?<![\w.])(?:{'|'.join(given)})(?!\w)")
    return words.sub(lambda found: given.get(found[0], found[0]), line)


def _helper(part: Part, rules: frozenset[str]) -> _Helper | None:
    held = _HELD.fullmatch(part.text)
    if held is None or "`" in part.text or not _block(held["body"]):
        return None
    params = None if held["args"] is None else _params(held["args"])
    if held["args"] is not None and params is None:
        return None
    known = rules.union(params or ())
    branches = []
    for body in held["body"].removeprefix("{\n").removesuffix("\n}").split("\n} else if {\n"):
        lines = body.split("\n")
        if not all(re.match(r"\t[^\t}]", line) and _is_plain(line, known) for line in lines):
            return None
        branches.append(tuple(line[1:] for line in lines))
    return _Helper(part.name, params, tuple(branches))


def _is_plain(line: str, known: frozenset[str]) -> bool:
    """Whether it asks of nothing but the input, the data and what is known by name."""
    names = {found["name"] for found in _NAME.finditer(line)} - {None}
    return names <= known | _KNOWN and not _NOT_PLAIN.search(_TEXTS.sub('""', line))


def _inlined(parts: list[Part]) -> list[Part]:
    """Rules and functions of a few plain statements stand where they are asked."""
    rules = _rules(parts)
    for name in dict.fromkeys(part.name for part in parts):
        own = [part for part in parts if part.name == name]
        helper = _helper(own[0], rules) if len(own) == 1 else None
        if helper is None or name == FINDINGS:
            continue
        # Most parts have nothing to do with it: a quick look tells.
        users = {id(part) for part in parts if part.name != name and name in part.text}
        texts = {
            id(part): _instead(part.text, helper, rules) for part in parts if id(part) in users
        }
        word = re.compile(rf"\b{name}\b")
        left = any(word.search(text) for text in texts.values())
        uses = sum(len(word.findall(part.text)) for part in parts if id(part) in users)
        if helper.params is None and (left or uses * helper.weight > _RULE):
            continue
        parts = [
            replace(part, text=texts[id(part)]) if id(part) in users else part
            for part in parts
            if left or part.name != name
        ]
    return parts


def _rules(parts: Iterable[Part]) -> frozenset[str]:
    return frozenset(part.name for part in parts)


def _instead(text: str, helper: _Helper, rules: frozenset[str]) -> str:
    """A text with a helper's statements wherever they can stand for it."""
    if "`" in text or (helper.params is not None and helper.weight > _CALL):
        return text
    arguments = "" if helper.params is None else r"\((?P<args>[^()]*)\)"
    call = re.compile(rf"^(?P<lead>\t+)(?P<no>not )?{helper.name}{arguments}$", re.MULTILINE)

    def replaced(found: re.Match[str]) -> str:
        args = tuple(found["args"].split(", ")) if helper.params is not None else ()
        # A rule is asked once, whatever is gone through; its statements would be asked each time.
        often = helper.params is None and _is_repeated(found.string, found.start())
        if often or len(args) != len(helper.params or ()):
            return found[0]
        if not all(_may_stand(helper, at, arg, rules) for at, arg in enumerate(args)):
            return found[0]
        lines = helper.asked(bool(found["no"]), args)
        return found[0] if lines is None else "\n".join(f"{found['lead']}{one}" for one in lines)

    return call.sub(replaced, text)


def _may_stand(helper: _Helper, at: int, arg: str, rules: frozenset[str]) -> bool:
    """Whether an argument says the same where its parameter stands."""
    if not _ARGUMENT.fullmatch(arg):
        return False
    if arg[0] == '"' or arg[0].isdigit():
        return not helper.reads_below(at)
    # A variable has a value wherever it is an argument; a fact or a rule may be unknown.
    return (arg.isidentifier() and arg not in rules) or helper.needs(at)


def _is_repeated(text: str, place: int) -> bool:
    return bool(re.match(r"\w+\(", text) or re.search(r"\b(?:some|every)\b", text[:place]))


def _grouped(parts: list[Part]) -> list[Part]:
    """Findings that begin with the same statement as a set behind it; so again within that set."""
    rules = _rules(parts)
    taken = itertools.count()
    result: list[Part] = []
    waiting = [[part for part in parts if part.name == FINDINGS]]
    while waiting:
        groups: dict[str, list[Part]] = defaultdict(list)
        for part in waiting.pop():
            groups[_first(part, rules)].append(part)
        for first, group in groups.items():
            if not first or len(group) < _GROUP:
                result.extend(group)
                continue
            name = f"g{next(taken)}"
            result.append(_behind(first, group[0].name, name))
            waiting.append([_moved(part, name) for part in group])
    return [*(part for part in parts if part.name != FINDINGS), *result]


def _first(part: Part, rules: frozenset[str]) -> str:
    """The first statement of a finding that says more than it; '' where it cannot go before."""
    found = None if "`" in part.text else _FINDING.fullmatch(part.text)
    if found is None or not _is_plain(found["first"], rules):
        return ""
    return found["first"]


def _behind(first: str, name: str, group: str) -> Part:
    text = f"{name} contains finding if {{\n\t{first}\n\tsome finding in {group}\n}}"
    return Part(name, text, single=True)


def _moved(part: Part, group: str) -> Part:
    """A finding of a group, without the statement that stands before the group."""
    found = _FINDING.fullmatch(part.text)
    assert found is not None  # noqa: S101  (`_first` matched it)
    head = found["head"].replace(f"{part.name} contains ", f"{group} contains ", 1)
    return Part(group, f"{head} if {{\n{found['rest']}}}", single=True)


def _screened(parts: list[Part]) -> list[Part]:
    """Findings that ask for something wrong first, behind the question whether anything is."""
    rules = _rules(parts)
    asked = [(part, _wrong(part, rules)) for part in parts]
    result = [part for part, first in asked if not first]
    groups: dict[str, list[tuple[Part, str]]] = defaultdict(list)
    for part, first in asked:
        if first:
            groups[part.name].append((part, first))
    number = itertools.count()
    for name, group in groups.items():
        if name != FINDINGS and len(group) < _GROUP:
            result.extend(part for part, _ in group)
            continue
        for start in range(0, len(group), _SCREEN):
            result.extend(_screen(group[start : start + _SCREEN], name, next(number), parts))
    return result


def _screen(
    group: list[tuple[Part, str]], name: str, number: int, parts: list[Part]
) -> Iterator[Part]:
    """Some findings of a set, and what holds wherever one of them can."""
    firsts = dict.fromkeys(first for _, first in group)
    anything = "\n} else if {\n\t".join(body for one in firsts for body in _members(one, parts))
    yield Part(f"s{number}", f"s{number} if {{\n\t{anything}\n}}", single=False)
    yield _behind(f"s{number}", name, f"w{number}")
    for part, _ in group:
        text = part.text.replace(f"{name} contains ", f"w{number} contains ", 1)
        yield Part(f"w{number}", text, single=True)


def _members(first: str, parts: list[Part]) -> list[str]:
    """Bodies of which one holds wherever a finding's first statement does.

    Of a set that something else reads, too, it is the statement itself: it will be made anyway.
    """
    found = _NOT_EMPTY.fullmatch(first)
    own = [part for part in parts if found and part.name == found["name"]]
    members = [_MEMBER.fullmatch(part.text) for part in own if part.single and "`" not in part.text]
    bodies = [member["body"].removesuffix("\n") for member in members if member]
    if found is None or not own or len(bodies) < len(own):
        return [first]
    used = re.compile(rf"\b{found['name']}\b")
    others = (part for part in parts if part.name != found["name"] and used.search(part.text))
    asks_first = f" if {{\n\t{first}\n"
    return bodies if all(asks_first in part.text for part in others) else [first]


def _wrong(part: Part, rules: frozenset[str]) -> str:
    found = _WRONG.fullmatch(part.text) if "`" not in part.text else None
    if found is None or not _is_plain(found["first"], rules):
        return ""
    if "\n\tsome finding in g" in part.text:
        return ""
    return found["first"]
