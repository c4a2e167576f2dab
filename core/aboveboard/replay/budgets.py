"""Budgets: how much a changed policy may change, as short expressions that CI can hold it to.

    newly_denied > 0.5%
    newly_stopped[step=recommendation] > 20
    newly_denied[rule=R-DM-02] != 0
    evaluation_time_p95_ms > 150%

A budget says when to fail, as `--fail-if` does. A count stands as it is or as a percentage of its
base (see `COUNTS`); one filter narrows both. There is nothing else: no arithmetic, no `and`.
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from aboveboard.errors import SettingsError
from aboveboard.facts import PHASES, STEPS
from aboveboard.nearest import nearest

__all__ = ["COUNTS", "DIMENSIONS", "Budget", "named_budgets", "parse_budget"]

COUNTS: Mapping[str, str] = MappingProxyType(
    {
        "newly_stopped": "decisions",
        "newly_denied": "decisions",
        "newly_escalated": "decisions",
        "newly_allowed": "decisions",
        "stricter": "decisions",
        "milder": "decisions",
        "changed": "decisions",
        "changed_effect": "decisions",
        "changed_obligations": "decisions",
        "changed_rules": "decisions",
        "failed": "decisions",
        "drift": "checked",
        "decisions": "",
        "unanswered": "records",
        "missing": "made",
        "bad": "lines",
        "foreign": "lines",
        "duplicates": "lines",
        "evaluation_time_mean_ms": "old time",
        "evaluation_time_p50_ms": "old time",
        "evaluation_time_p95_ms": "old time",
        "evaluation_time_p99_ms": "old time",
    }
)
"""What can be counted, and what a percentage of it is of:

- `decisions`: those that were compared; with a filter, those compared of that step, vendor, country or
  segment. Rules overlap, so with `rule` it is all that were compared.
- `checked`: decisions of the very policies that were replayed.
- `records`: that could be read.
- `made`: records, and those that were never written.
- `lines`: records, duplicates and lines that hold none.
- `old time`: what the baseline took.
- "": of nothing.
"""

DIMENSIONS = ("rule", "step", "vendor", "country", "segment")
"""What a count of decisions can be narrowed by."""

MAX_CHARS = 500
_OPERATORS: Mapping[str, Callable[[Fraction, Fraction], bool]] = MappingProxyType(
    {
        ">": operator.gt,
        ">=": operator.ge,
        "<": operator.lt,
        "<=": operator.le,
        "==": operator.eq,
        "!=": operator.ne,
    }
)
# No two neighbours take the same character, so that a long text is given up in linear time.
_EXPRESSION = re.compile(
    r'(?P<count>[^\s\[\]<>=!"%]+)'
    r'\s*(?:\[\s*(?P<by>[^\s=\[\]"]*)\s*=\s*(?P<value>"(?:[^"\\]|\\.)*"|[^\]"]+)\s*\])?'
    r"\s*(?P<operator>[<>=!]+)"
    r"\s*(?P<number>[0-9]{1,15}(?:\.[0-9]{1,9})?)"
    r"\s*(?P<percent>%?)",
    re.ASCII,
)
_SHAPE = (
    "Write a count, an operator and a number, such as 'newly_denied > 0.5%' or "
    "'newly_denied[step=profiling] > 20'."
)


@dataclass(frozen=True, slots=True)
class Budget:
    """One condition on which a replay fails.

    Attributes:
        count: one of `COUNTS`.
        by: one of `DIMENSIONS`, or "" where all decisions count.
        value: what `by` has to be.
        operator: `>`, `>=`, `<`, `<=`, `==` or `!=`.
        limit: the number, in percent where `percent`.
        percent: whether the count is taken as a percentage of its base.
        name: of the list of budgets it comes from, or "".
    """

    count: str
    by: str
    value: str
    operator: str
    limit: Fraction
    percent: bool
    name: str = ""

    def __str__(self) -> str:
        """The expression, as `parse_budget` reads it."""
        where = f"[{self.by}={_quoted(self.value)}]" if self.by else ""
        return f"{self.count}{where} {self.operator} {_decimal(self.limit)}{'%' * self.percent}"

    def exceeded(self, measured: Fraction) -> bool:
        """Whether this is what the budget fails on; in percent where the budget is."""
        return _OPERATORS[self.operator](measured, self.limit)


def parse_budget(text: str, name: str = "") -> Budget:
    """Read an expression.

    Args:
        text: such as `newly_denied[rule=R-DM-02] > 0.5%`.
        name: of the list of budgets that it stands in.

    Raises:
        SettingsError: it is none; the text names what is wrong, with the nearest match.
    """
    if len(text) > MAX_CHARS:
        msg = f"A budget is longer than {MAX_CHARS} characters. {_SHAPE}"
        raise SettingsError(msg)
    found = _EXPRESSION.fullmatch(text.strip())
    if found is None:
        msg = f"{_of(text, name)} cannot be read. {_SHAPE}{_hint(text)}"
        raise SettingsError(msg)
    count, by = found["count"], found["by"] or ""
    sign, percent = found["operator"], bool(found["percent"])
    problem = (
        _not_one_of(count, COUNTS, "count")
        or (_not_one_of(by, DIMENSIONS, "filter") if found["by"] is not None else "")
        or _not_one_of(sign, _OPERATORS, "operator")
    )
    if not problem and by and (COUNTS[count] != "decisions" or (count, by) == ("failed", "rule")):
        problem = f"'{count}' cannot be narrowed by '{by}'. Leave '[{by}=…]' out."
    value, limit = _value(found["value"] or ""), Fraction(found["number"])
    if not problem and by and not value:
        problem = f"What '{by}' has to be is missing or no text in double quotes."
    if not problem and by == "step":
        problem = _not_one_of(value.partition("/")[0], STEPS, "step")
        if not problem and "/" in value:
            problem = _not_one_of(value.partition("/")[2], PHASES, "phase")
    if not problem and percent:
        if not COUNTS[count]:
            problem = f"'{count}' is no part of anything. Leave '%' out."
        elif limit > 100 and COUNTS[count] != "old time":
            problem = "No part is more than 100%."
    if problem:
        msg = f"{_of(text, name)}: {problem}"
        raise SettingsError(msg)
    return Budget(count, by, value, sign, limit, percent, name)


def named_budgets(names: Sequence[str], known: Mapping[str, Sequence[str]]) -> list[Budget]:
    """The budgets of the setting `budgets` that are asked for, by name.

    Raises:
        SettingsError: there is none of that name, or one of its expressions cannot be read.
    """
    found: list[Budget] = []
    for name in names:
        if name not in known:
            close = nearest(name, known)
            hint = (
                f"Did you mean '{close}'?"
                if close
                else f"There are: {', '.join(sorted(known))}."
                if known
                else f'State it in the settings: [tool.aboveboard.budgets] {name} = ["…"].'
            )
            msg = f"There is no budget '{_shown(name)}'. {hint}"
            raise SettingsError(msg)
        if not known[name]:
            msg = f"The budget '{name}' is empty: it would pass whatever changes."
            raise SettingsError(msg)
        found.extend(parse_budget(text, name) for text in known[name])
    return found


def _value(text: str) -> str:
    """What a filter asks for; "" for a text in quotes that is none."""
    if not text.startswith('"'):
        return text.strip()
    try:
        return str(json.loads(text))
    except ValueError:
        return ""


def _quoted(value: str) -> str:
    plain = value.strip() == value and value.isprintable() and not re.search(r'["\]\\]', value)
    return value if plain else json.dumps(value)


def _decimal(number: Fraction) -> str:
    whole, rest = divmod(number.numerator, number.denominator)
    digits = str(rest * 10**9 // number.denominator).zfill(9).rstrip("0")
    return f"{whole}.{digits}" if digits else str(whole)


def _not_one_of(name: str, choices: Sequence[str] | Mapping[str, object], kind: str) -> str:
    if name in choices:
        return ""
    if kind == "operator" and name == "=":
        return "Write '==' for 'is'."
    close = None if kind == "operator" else nearest(name, choices)
    hint = f"Did you mean '{close}'?" if close else f"There are: {', '.join(choices)}."
    return f"there is no {kind} '{_shown(name)}'. {hint}"


def _hint(text: str) -> str:
    if "," in text and text.count("[") == 1 and text.count("=") > 1:
        return " There is one filter at a time."
    if re.search(r"[0-9],[0-9]", text):
        return " A number has a point and no comma."
    if re.search(r"[<>=]\s*-", text):
        return " No count is below zero."
    if re.search(r"\b(and|or)\b|&&|\|\|", text):
        return " Give each condition by itself: the replay fails if one of them holds."
    return ""


def _of(text: str, name: str) -> str:
    return f"The budget '{_shown(text)}'" + (f" of '{_shown(name)}'" if name else "")


def _shown(text: str) -> str:
    short = text if len(text) <= 80 else f"{text[:79]}…"
    return short if short.isprintable() else repr(short)[1:-1]
