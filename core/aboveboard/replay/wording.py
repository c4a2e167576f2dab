"""A report in sentences: the same ones for the terminal and for the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from aboveboard.replay.budget_results import BudgetResult
from aboveboard.replay.report import Compared, DriftShown, ExampleShown, Group, Report

__all__ = [
    "COLUMNS",
    "KIND_TITLES",
    "TITLES",
    "budget_line",
    "change_of",
    "counted",
    "drift_of",
    "headline",
    "judged_share",
    "milliseconds",
    "of_each_kind",
    "remarks",
    "share",
    "side",
    "top",
]

KIND_TITLES: Mapping[str, str] = MappingProxyType(
    {
        "newly_stopped": "Newly stopped",
        "stricter": "Denied, was escalated",
        "newly_allowed": "Newly allowed",
        "milder": "Escalated, was denied",
        "obligations": "Other obligations",
        "rules": "Other rules, same outcome",
    }
)
"""Kind of a change → what it is called, the gravest first."""

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "newly_stopped": "stopped",
        "stricter": "stricter",
        "newly_allowed": "allowed",
        "milder": "milder",
        "obligations": "obligations",
        "rules": "other",
    }
)
"""Kind of a change → the head of its column."""

TITLES: Mapping[str, str] = MappingProxyType(
    {
        "rule": "By rule",
        "step": "By step",
        "vendor": "By vendor",
        "country": "By country",
        "segment": "By segment",
    }
)
"""Dimension → the title of its table, in the order they are shown."""


def share(part: int, whole: int) -> str:
    """`0.25 %`; what is there is never 0 %, and what is not all never 100 %."""
    if not whole:
        return "–"
    percent = 100 * part / whole
    if part and percent < 0.01:
        return "<0.01 %"
    if part < whole and percent > 99.99:
        return ">99.99 %"
    return f"{percent:.2f} %" if percent < 10 else f"{percent:.1f} %"


def counted(number: int, noun: str) -> str:
    """`1 decision`, `2,000 decisions`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def milliseconds(microseconds: float) -> str:
    """`0.412 ms`, `12.3 ms`, `1,204 ms`."""
    number = microseconds / 1000
    digits = 0 if number >= 100 else 1 if number >= 10 else 3
    return f"{number:,.{digits}f} ms"


def headline(report: Report) -> str:
    """The whole of it in one sentence."""
    totals = report.totals
    if not totals.compared:
        return "No decision was compared."
    of = f"{counted(totals.compared, 'decision')}"
    if not totals.changed:
        return f"Of {of} none would change."
    parts = []
    if totals.newly_stopped:
        split = _stopped(totals.newly_stopped, totals.newly_escalated)
        parts.append(f"{_share_of(totals.newly_stopped, report)} would newly be stopped{split}")
    if totals.newly_allowed:
        parts.append(f"{_share_of(totals.newly_allowed, report)} newly be allowed")
    if totals.stricter:
        parts.append(f"{_share_of(totals.stricter, report)} be denied instead of escalated")
    if totals.milder:
        parts.append(f"{_share_of(totals.milder, report)} be escalated instead of denied")
    if not parts:
        return f"Of {of} none would have another outcome."
    if "would" not in parts[0]:
        first, rest = parts[0].split(") ", 1)
        parts[0] = f"{first}) would {rest}"
    return f"Of {of} {_listed(parts)}."


def _share_of(number: int, report: Report) -> str:
    return f"{number:,} ({share(number, report.totals.compared)})"


def _stopped(stopped: int, escalated: int) -> str:
    if not escalated:
        return " (denied)"
    if escalated == stopped:
        return " (escalated)"
    return f" ({stopped - escalated:,} denied, {escalated:,} escalated)"


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def remarks(report: Report) -> Iterator[tuple[bool, str]]:
    """What has to be known to read the numbers: whether it is a warning, and a sentence."""
    totals, drift = report.totals, report.drift
    others = totals.changed - totals.changed_effect
    if others:
        more = "more " if totals.changed_effect else ""
        keep = "keeps its outcome" if others == 1 else "keep their outcome"
        how = "with other obligations or for other reasons"
        yield False, f"{_share_of(others, report)} {more}{keep}, {how}."
    if report.partial is not None:
        yield True, f"This report is partial. {report.partial}"
    if totals.failed:
        yield (
            True,
            (
                f"In {counted(totals.failed, 'decision')} the changed policies gave no answer, which is "
                "a deny."
            ),
        )
    if totals.bad:
        are = "line holds no record and was" if totals.bad == 1 else "lines hold no record and were"
        yield True, f"{totals.bad:,} {are} left out."
    if totals.missing:
        were = "was" if totals.missing == 1 else "were"
        yield (
            True,
            f"{counted(totals.missing, 'record')} {were} never written, as the recorder says itself.",
        )
    if drift.found:
        otherwise = "is decided" if drift.found == 1 else "are decided"
        yield (
            True,
            (
                f"Drift: of {counted(drift.checked, 'decision')} by the very policies that were replayed, "
                f"{drift.found:,} {otherwise} otherwise now than then."
            ),
        )
    elif drift.checked:
        yield (
            False,
            (
                f"{counted(drift.checked, 'decision')} by the very policies that were replayed: each "
                "comes out as it did then."
            ),
        )
    if totals.unanswered:
        hold = "holds" if totals.unanswered == 1 else "hold"
        yield (
            False,
            (
                f"{counted(totals.unanswered, 'record')} {hold} no answer of policies, so there is "
                "nothing to compare."
            ),
        )
    if totals.foreign:
        are = "line is no decision" if totals.foreign == 1 else "lines are no decisions"
        yield False, f"{totals.foreign:,} {are} of these policies and left out."
    if totals.duplicates:
        was = "was" if totals.duplicates == 1 else "were"
        yield (
            False,
            f"{counted(totals.duplicates, 'record')} {was} left out: the decision had been seen.",
        )
    if totals.reused:
        was = "was" if totals.reused == 1 else "were"
        yield (
            False,
            (
                f"{counted(totals.reused, 'decision')} {was} answered as a like one had been: they "
                "differ in facts that no rule reads."
            ),
        )


def side(compared: Compared) -> str:
    """Where the old or the new answers are from, such as `directory policies-new`."""
    if compared.kind == "recorded":
        return "the recorded verdicts"
    return {
        "shipped": "the shipped policies",
        "directory": f"directory {compared.given}",
        "bundle": f"bundle {compared.given}",
        "git": f"git revision {compared.given}",
    }[compared.kind]


def budget_line(result: BudgetResult) -> str:
    """What was measured, and why that is not enough to tell."""
    parts = []
    if result.measured is not None:
        unit = " ms" if result.expression.startswith("evaluation_time") else ""
        told = f"{_number(result.measured)}{unit}"
        if result.percent is not None and result.base:
            percent = f"{result.percent:,.1f} %" if unit else _percent(result.percent)
            told += f" of {_number(result.base)}{unit} ({percent})"
        parts.append(told)
    if result.why:
        parts.append(result.why)
    return ". ".join(parts)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.3f}"


def _percent(number: float) -> str:
    text = f"{number:,.4f}".rstrip("0").rstrip(".")
    return f"{'<0.0001' if number and text == '0' else text} %"


def judged_share(report: Report) -> str:
    """`All budgets are kept.`, `1 of 3 budgets is exceeded; of 1 it cannot be told.`; "" of none."""
    results = report.budgets
    if not results:
        return ""
    exceeded = sum(result.outcome == "exceeded" for result in results)
    unknown = sum(result.outcome == "unknown" for result in results)
    if not exceeded and not unknown:
        return "The budget is kept." if len(results) == 1 else "All budgets are kept."
    parts = []
    if exceeded:
        parts.append(f"{exceeded} of {counted(len(results), 'budget')} {_is(exceeded)} exceeded")
    if unknown:
        of = f"of {unknown}" if exceeded else f"of {unknown} of {counted(len(results), 'budget')}"
        parts.append(f"{of} it cannot be told, which is no pass")
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}."


def _is(number: int) -> str:
    return "is" if number == 1 else "are"


def change_of(example: ExampleShown) -> Iterator[tuple[str, str]]:
    """What is different in an example: a name and the values."""
    row = example.row
    yield "outcome", f"{row['old_effect']} → {row['new_effect']}"
    for name, title in (
        ("rules_added", "rules added"),
        ("rules_removed", "rules removed"),
        ("rules_changed", "rules changed"),
        ("obligations_added", "obligations added"),
        ("obligations_removed", "obligations removed"),
    ):
        values = [str(value).replace(">", " → ") for value in row[name]]
        if values:
            yield title, "; ".join(values)


def drift_of(drift: DriftShown) -> str:
    """What an old decision comes out with otherwise: `+R-DM-02; −R-OBJ-01; obligations`."""
    added = (f"+{rule}" for rule in drift.rules_added)
    removed = (f"−{rule}" for rule in drift.rules_removed)
    return "; ".join([*added, *removed, *drift.other])


def of_each_kind(report: Report, per_kind: int = 1) -> Iterator[ExampleShown]:
    """The smallest examples of each kind, the gravest kind first."""
    for kind in KIND_TITLES:
        own = [one for one in report.examples if one.kind == kind]
        seen: set[str] = set()
        for one in sorted(own, key=lambda one: (one.size, one.rule)):
            # One decision may be the smallest of several rules.
            name = f"{one.place} {one.row['decision_id']} {one.row['event_id']}"
            if name not in seen and len(seen) < per_kind:
                seen.add(name)
                yield one


def top(groups: Sequence[Group], shown: int) -> tuple[list[Group], Group | None]:
    """The most changed, and all the others as one; None where there are no others."""
    changed = [group for group in groups if group.changed][:shown]
    rest = groups[len(changed) :]
    if not rest:
        return changed, None
    sums: dict[str, int] = {}
    for group in rest:
        for name, number in group.counts.items():
            sums[name] = sums.get(name, 0) + number
    return changed, Group(value=f"({counted(len(rest), 'other')})", counts=sums)
