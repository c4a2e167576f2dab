"""What `check` shows people: the events one by one while they are few, the stopped ones when not."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from aboveboard.cli.missing import Missing
from aboveboard.cli.output import EFFECT_STYLES, count, plain, print_table
from aboveboard.reasons import REASONS

if TYPE_CHECKING:
    from aboveboard.events import StepEvent
    from aboveboard.verdicts import Verdict

__all__ = ["Summary"]

SHOWN = 20
_REASONS = 2
_ID = 40

Row = tuple[str, str, str, str]


class Summary:
    """Keeps what is shown at the end: a few rows and counts, however many events there were."""

    def __init__(self) -> None:
        self._first: list[Row] = []
        self._stopped: list[Row] = []
        self._effects: Counter[str] = Counter()
        self._rules: Counter[str] = Counter()
        self._missing = Missing()
        self._policies: dict[tuple[str, str], None] = {}
        self._remedies: dict[str, str] = {}

    def add(self, event: StepEvent, verdict: Verdict) -> None:
        """Take one verdict."""
        self._effects[verdict.effect] += 1
        self._rules.update(verdict.rules)
        if verdict.policy_revision:
            self._policies[verdict.policy_revision, verdict.engine] = None
        if verdict.effect != "allow":
            for finding in verdict.findings:
                if finding.rule in REASONS:
                    self._remedies.setdefault(finding.rule, finding.remedy)
            self._missing.add(event, verdict)
            if len(self._stopped) < SHOWN:
                self._stopped.append(_row(verdict))
        if len(self._first) < SHOWN:
            self._first.append(_row(verdict))

    def show(self, bad: int) -> None:
        """Print it all; `bad` is how much of the input was no event."""
        total = self._effects.total()
        rows = self._first if total <= SHOWN else self._stopped
        if rows:
            print_table(("effect", "event", "step", "reasons"), rows, styles=EFFECT_STYLES)
            click.echo()
        stopped = total - self._effects["allow"]
        if total > SHOWN and stopped > len(rows):
            click.echo(f"{count(stopped - len(rows), 'more event')} stopped.")
        effects = self._effects
        tail = f", {bad:,} bad" if bad else ""
        click.echo(
            f"{count(total, 'event')}: {effects['allow']:,} allowed, "
            f"{effects['escalate']:,} escalated, {effects['deny']:,} denied{tail}."
        )
        ranked = sorted(self._rules.items(), key=lambda item: (-item[1], item[0]))
        if ranked:
            click.echo(f"Rules: {', '.join(f'{plain(rule)} {n:,}' for rule, n in ranked)}.")
        for revision, engine in self._policies:
            click.echo(f"Policies: {plain(revision[:19], 40)} on {engine}.")
        for reason, remedy in self._remedies.items():
            click.echo(f"{reason}: {plain(remedy)}")
        if len(self._missing):
            self._show_missing()
        elif stopped:
            rule = next((rule for rule, _ in ranked if rule not in REASONS), None)
            if rule is not None:
                click.echo(f"See 'aboveboard policies show {plain(rule)}'.")

    def _show_missing(self) -> None:
        click.echo("\nMissing facts that stopped most events, and where to state them:\n")
        print_table(
            ("fact", "events", "state it in"),
            [(path, f"{events:,}", place) for path, events, place in self._missing.top(5)],
        )
        if len(self._missing) > 5:
            click.echo(f"\n{count(len(self._missing) - 5, 'more missing fact')}.")


def _row(verdict: Verdict) -> Row:
    findings = verdict.stopping() if verdict.effect != "allow" else verdict.findings
    reasons = [f"{finding.rule} {finding.message}" for finding in findings[:_REASONS]]
    if len(findings) > _REASONS:
        reasons.append(f"(+{len(findings) - _REASONS} more)")
    step = verdict.step if verdict.phase == "requested" else f"{verdict.step} {verdict.phase}"
    return verdict.effect, plain(verdict.id, _ID), step, " ".join(reasons)
