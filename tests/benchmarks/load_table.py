"""The table of the load: one row a load, and what is asked of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.benchmarks.run import machine

STALL_MS, GROWTH_MB, GROWTH = 20, 8, 0.1


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; None where there is nothing to measure."""

    name: str
    decisions: int
    wrong: int
    failed: int
    seconds: float
    rss: tuple[float, float]
    times: Sequence[float] = ()
    stall_ms: float | None = None

    @property
    def flat(self) -> bool:
        """Memory grew by less than it may; more may come under load than of what is done in a row."""
        before, after = self.rss
        allowed = max(GROWTH_MB, before * GROWTH) if self.times else GROWTH_MB
        return after - before < allowed

    @property
    def right(self) -> bool:
        """All verdicts as expected, and some there were."""
        return self.decisions > 0 and not self.wrong and not self.failed

    @property
    def holds(self) -> bool:
        """All that is asked of it."""
        return self.right and self.flat and (self.stall_ms is None or self.stall_ms < STALL_MS)


def render(rows: Sequence[Row], seconds: float, events: int) -> str:
    """The page: machine, table, limits."""
    lines = [
        "# Under load",
        "",
        f"{machine()}. {seconds:g} s for each load, OPA held to one processor (GOMAXPROCS=1).",
        "",
        "| load | decisions | per second | p50 | p99 | wrong | failed | memory | stall | holds |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---|",
        *(line(one) for one in rows),
        "",
        f"Wrong: verdicts whose effect or rules differ from what the same one of {events} events",
        "was answered alone; failed: those of them with a reason `runtime.*`. None may be. Latency as",
        "the asker sees it: all ask again at once, so it is mostly waiting for the others. Memory:",
        "resident, after a fifth of the time (of the loads) or a tenth of the number (of what is done",
        f"in a row), and at the end; it may grow by {GROWTH_MB} MB, under load also by {GROWTH:.0%}.",
        f"Stall: the longest a task that sleeps 1 ms was kept from going on; under {STALL_MS} ms.",
        "",
    ]
    return "\n".join(lines)


def line(one: Row) -> str:
    """A row as Markdown."""
    p50, p99 = (
        f"{one.times[int(len(one.times) * at)] * 1000:.1f} ms" if one.times else ""
        for at in (0.5, 0.99)
    )
    stall = "" if one.stall_ms is None else f"{one.stall_ms:.1f} ms"
    before, after = one.rss
    return (
        f"| {one.name} | {one.decisions:,} | {one.decisions / one.seconds:,.0f} | {p50} | {p99} | "
        f"{one.wrong} | {one.failed} | {before:.0f} → {after:.0f} MB | {stall} | "
        f"{'yes' if one.holds else '**no**'} |"
    )
