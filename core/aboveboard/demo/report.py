"""What the demo shows: a table of person × step, the reasons, what was done, what to try next."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from itertools import zip_longest

from aboveboard.demo.run import Done, Outcome
from aboveboard.facts import STEPS, Step
from aboveboard.verdicts import Finding

__all__ = ["LEGEND", "TRY_NEXT", "cells", "header", "intro", "plain", "sections"]

_WIDTH = 80
_GAP = "  "

LEGEND = "cut: fields taken out before use; notice: shown to the person; -: not reached"

TRY_NEXT = (
    "aboveboard event --step recommendation --compliant | aboveboard check -",
    """aboveboard event --step recommendation --compliant \\
    --set 'objections.direct_marketing=true' | aboveboard check -""",
    "aboveboard policies list",
    "aboveboard init",
)
"""Commands that work on a fresh installation."""


def header() -> tuple[str, ...]:
    """The heads of the table's columns."""
    return ("person", *(step.replace("_", " ") for step in STEPS))


def cells(outcomes: Sequence[Outcome]) -> list[tuple[str, ...]]:
    """The table's rows; a cell is one or several lines, `-` where a person did not get."""
    rows: list[tuple[str, ...]] = []
    for person in dict.fromkeys(outcome.person for outcome in outcomes):
        own = [outcome for outcome in outcomes if outcome.person == person]
        by_step = [[item for item in own if item.verdict.step == step] for step in STEPS]
        rows.append((person, *map(_cell, by_step)))
    return rows


def intro(outcomes: Sequence[Outcome]) -> str:
    """What is to be seen."""
    people = len({outcome.person for outcome in outcomes})
    engine = outcomes[0].verdict.engine
    text = (
        f"{people} leads of Esimerkki Oy, a seller of office furniture, on their way through a "
        f"sales pipeline with AI. People, firms and data are invented; the {len(outcomes)} "
        f"verdicts are not: Rego policies gave them just now, on the engine '{engine}'."
    )
    return textwrap.fill(text, _WIDTH)


def sections(outcomes: Sequence[Outcome]) -> list[tuple[str, list[str]]]:
    """Titles, and the lines below them."""
    return [
        ("Why steps were stopped", _reasons(outcomes)),
        ("What was done so that a step could go on", _obligations(outcomes)),
        ("Try next", [line for command in TRY_NEXT for line in f"  {command}".splitlines()]),
        ("", ["The code of this pipeline, to copy: aboveboard/demo/pipeline.py in the package."]),
    ]


def plain(outcomes: Sequence[Outcome]) -> str:
    """All of it as aligned text, for pipes and files."""
    parts = [intro(outcomes), "", *_table([header(), *cells(outcomes)]), "", LEGEND]
    for title, lines in sections(outcomes):
        parts += ["", *([title] if title else []), *lines]
    return "\n".join(parts)


def _cell(outcomes: Sequence[Outcome]) -> str:
    if not outcomes:
        return "-"
    # A step that is stopped has no later phase.
    last = outcomes[-1].verdict
    if not last.allowed:
        rules = dict.fromkeys(finding.rule for finding in last.stopping())
        return f"{last.effect} " + ("\n" + " " * (len(last.effect) + 1)).join(rules)
    done = [item for outcome in outcomes for item in outcome.done]
    cut = sum(len(item.paths) for item in done if item.kind == "redact")
    told = sum(item.kind == "disclose" for item in done)
    notes = [f"{cut} cut"] if cut else []
    notes += [f"{told} notice{'s' if told > 1 else ''}"] if told else []
    return ", ".join(["allow", *notes])


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    lines: list[list[str]] = []
    for row in rows:
        split = [cell.splitlines() for cell in row]
        lines += [list(line) for line in zip_longest(*split, fillvalue="")]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    lines.insert(1, ["-" * width for width in widths])
    return [
        _GAP.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]


def _reasons(outcomes: Sequence[Outcome]) -> list[str]:
    lines: list[str] = []
    for outcome in outcomes:
        verdict = outcome.verdict
        how = "denied" if verdict.effect == "deny" else "a human has to decide"
        for finding in verdict.stopping():
            lines.append(f"  {outcome.person}, {_name(verdict.step)}: {how} ({finding.rule})")
            lines += _reason(finding)
    return lines


def _reason(finding: Finding) -> list[str]:
    lines = [finding.message]
    lines += [f"Law: {finding.law}"] if finding.law else []
    lines += [f"Remedy: {finding.remedy}"] if finding.remedy else []
    return [part for line in lines for part in _wrapped(line, "    ", "      ")]


def _obligations(outcomes: Sequence[Outcome]) -> list[str]:
    groups: dict[tuple[Step, str, str], list[str]] = {}
    for outcome in outcomes:
        for item in outcome.done:
            key = (outcome.verdict.step, item.rule, _what(item))
            groups.setdefault(key, []).append(outcome.person)
    return [
        part
        for step, rule, what in sorted(groups, key=lambda key: (STEPS.index(key[0]), key[1]))
        for part in _wrapped(
            f"{_name(step)}, {', '.join(groups[step, rule, what])}: {what} ({rule})", "  ", "    "
        )
    ]


def _what(item: Done) -> str:
    if item.kind == "redact":
        # The first part of a path is the argument's name.
        fields = ", ".join(path.partition(".")[2] or path for path in item.paths)
        return f"cut {fields}"
    return f'told "{item.text}"'


def _wrapped(text: str, first: str, rest: str) -> list[str]:
    return textwrap.wrap(
        text, _WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False
    )


def _name(step: Step) -> str:
    return step.replace("_", " ")
