"""The report: from counts to one document, and from that to text and JSON."""

from __future__ import annotations

import json
import random
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aboveboard.cli.replay_view import as_json, print_json, print_report
from aboveboard.errors import EventError
from aboveboard.replay.budget_results import judge
from aboveboard.replay.budgets import parse_budget
from aboveboard.replay.comparing import Comparison
from aboveboard.replay.report import Compared, Report, report_schema
from aboveboard.replay.wording import headline, milliseconds, remarks, share
from tests.replay.reports import (
    MADE_AT,
    NEW,
    OLD,
    difference,
    row,
    sample,
    sample_comparison,
    sample_differences,
)

STOPPED = {
    "kind": "newly_stopped",
    "new_effect": "deny",
    "causes": ("R-DM-02",),
    "rules_added": ("R-DM-02",),
    "rules_kept": ("R-AI-01",),
}
EVIL = "\x1b[31m<b>{evil}\u202e\n"


def of(found: Comparison, **more: Any) -> Report:
    new = Compared(kind="directory", given="policies-new", revision=NEW)
    return Report.of(found, **{"new": new, "made_at": MADE_AT, **more})


def small() -> Comparison:
    found = Comparison(NEW, OLD)
    found.add(difference(row(1), "a.jsonl:1", old_ns=200_000), dict)
    found.add(
        difference(row(2, **STOPPED, step="decision", country="NL"), "a.jsonl:2", new_ns=800_000),
        lambda: {"id": "e-2"},
    )
    found.add_bad("a.jsonl:3", "Not JSON: expected an object.")
    found.add_duplicate()
    return found


def test_the_whole_text(capsys: pytest.CaptureFixture[str]) -> None:
    report = of(small(), old=Compared(kind="git", given="main", revision=OLD))
    budgets = [parse_budget("newly_denied > 0.5%", "release"), parse_budget("drift > 0")]
    print_report(report.judged(judge(report, budgets)))
    assert (
        capsys.readouterr().out
        == f"""\
Of 2 decisions 1 (50.0 %) would newly be stopped (denied).
! 1 line holds no record and was left out.
  2 decisions by the very policies that were replayed: each comes out as it did then.
  1 record was left out: the decision had been seen.

By rule
RULE       BEFORE  NOW  STOP
R-DM-02    0       1    1
(1 other)  1       1    0

By step
STEP                ALL  STOP
decision/requested  1    1
(1 other)           1    0

By vendor
VENDOR   ALL  STOP
hubspot  2    1

By country
COUNTRY    ALL  STOP
NL         1    1
(1 other)  1    0

By segment
SEGMENT        ALL  STOP
consumer/lead  2    1

stop: newly stopped.

Smallest example of each kind
  Newly stopped: a.jsonl:2
    decision/requested, vendor hubspot, segment consumer/lead, country NL
    outcome: allow → deny
    rules added: R-DM-02

Lines that hold no record
  a.jsonl:3: Not JSON: expected an object.

Evaluation time
        MEDIAN    95 %      99 %      MEAN
before  0.213 ms  0.213 ms  0.213 ms  0.200 ms
now     0.426 ms  0.852 ms  0.852 ms  0.605 ms

Before: git revision main
{OLD}
Now:    directory policies-new
{NEW}

Budgets
RESULT    FAILS IF                       MEASURED
exceeded  newly_denied > 0.5% (release)  1 of 2 (50 %)
kept      drift > 0                      0
1 of 2 budgets is exceeded.
"""
    )


def test_nothing_changed_nothing_there_and_partial(capsys: pytest.CaptureFixture[str]) -> None:
    print_report(of(Comparison(NEW), partial="Stopped by Ctrl-C after 0 records."))
    assert (
        capsys.readouterr().out
        == f"""\
No decision was compared.
! This report is partial. Stopped by Ctrl-C after 0 records.

Before: the recorded verdicts
Now:    directory policies-new
{NEW}
"""
    )
    found = Comparison(NEW)
    found.add(difference(row()), dict)
    assert headline(of(found)) == "Of 1 decision none would change."


@pytest.mark.parametrize(
    ("effects", "told"),
    [
        ({"allow>deny": 3}, "Of 100 decisions 3 (3.00 %) would newly be stopped (denied)."),
        ({"allow>escalate": 3}, "Of 100 decisions 3 (3.00 %) would newly be stopped (escalated)."),
        (
            {"allow>deny": 2, "allow>escalate": 1, "deny>allow": 4},
            (
                "Of 100 decisions 3 (3.00 %) would newly be stopped (2 denied, 1 escalated) and "
                "4 (4.00 %) newly be allowed."
            ),
        ),
        (
            {"escalate>deny": 1, "deny>escalate": 2},
            (
                "Of 100 decisions 1 (1.00 %) would be denied instead of escalated and 2 (2.00 %) be "
                "escalated instead of denied."
            ),
        ),
        ({"deny>allow": 100}, "Of 100 decisions 100 (100.0 %) would newly be allowed."),
    ],
)
def test_the_headline(effects: dict[str, int], told: str) -> None:
    kinds = {
        "allow>deny": "newly_stopped", "allow>escalate": "newly_stopped",
        "deny>allow": "newly_allowed", "escalate>deny": "stricter", "deny>escalate": "milder",
    }  # fmt: skip
    found = Comparison(NEW)
    for change, number in effects.items():
        old, _, new = change.partition(">")
        for _ in range(number):
            given = row(kind=kinds[change], old_effect=old, new_effect=new, causes=("R-1",))
            found.add(difference(given), dict)
    while found.records < 100:
        found.add(difference(row()), dict)
    assert headline(of(found)) == told


def test_what_has_to_be_known_is_said() -> None:
    found = sample_comparison(2_000)
    found.add(difference(row(kind="unanswered", old_effect=None, recorded_revision="")), dict)
    failed = row(
        kind="newly_stopped",
        new_effect="deny",
        causes=("runtime.timeout",),
        rules_added=("runtime.timeout",),
    )
    found.add(difference(failed), dict)
    assert list(remarks(of(found))) == [
        (
            False,
            "74 (3.70 %) more keep their outcome, with other obligations or for other reasons.",
        ),
        (True, "In 1 decision the changed policies gave no answer, which is a deny."),
        (
            True,
            (
                "Drift: of 2,001 decisions by the very policies that were replayed, 2 are decided "
                "otherwise now than then."
            ),
        ),
        (False, "1 record holds no answer of policies, so there is nothing to compare."),
        (
            False,
            (
                "400 decisions were answered as a like one had been: they differ in facts that no rule "
                "reads."
            ),
        ),
    ]


def test_ids_from_outside_cannot_steer_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    found = Comparison(NEW)
    given = row(
        **{**STOPPED, "causes": (EVIL,), "rules_added": (EVIL,)},
        vendor=EVIL,
        country=EVIL,
        segment=EVIL,
        decision_id=EVIL,
    )
    found.add(difference(given, f"{EVIL}:1"), dict)
    found.add_bad(f"{EVIL}:2", EVIL)
    report = of(found, partial=EVIL)
    print_report(report.judged(judge(report, [parse_budget("drift > 0", EVIL)])))
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\u202e" not in out


def test_json_and_back(capsys: pytest.CaptureFixture[str]) -> None:
    report = sample(1_500, partial="Stopped.")
    report = report.judged(judge(report, [parse_budget("changed > 1%")]))
    print_json(report)
    text = capsys.readouterr().out
    assert Report.from_json(text) == report
    assert Report.from_json(report.model_dump_json()) == report
    jsonschema.Draft202012Validator.check_schema(report_schema())
    jsonschema.validate(as_json(report), report_schema())


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"report": 2}, "report: "),
        ({"surprise": 1}, "surprise: "),
        ({"partial": 1}, "partial: "),
        ({"totals": {}}, "totals.records: "),
    ],
)
def test_another_version_is_refused(changes: dict[str, Any], place: str) -> None:
    raw = {**as_json(sample(10)), **changes}
    with pytest.raises(EventError, match=place):
        Report.from_json(json.dumps(raw))
    with pytest.raises(EventError):
        Report.from_json("nonsense")


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32), st.integers(1, 6))
def test_parts_add_up_to_the_same_report(seed: int, parts: int) -> None:
    whole = sample_comparison(60, seed=seed)
    cut = [Comparison(NEW, OLD) for _ in range(parts)]
    chance = random.Random(seed)
    for one in sample_differences(60, seed):
        chance.choice(cut).add(one, dict)
    chance.shuffle(cut)
    found = Comparison(NEW, OLD)
    for part in cut:
        found.merge(Comparison.from_dict(json.loads(json.dumps(part.as_dict()))))
    expected, got = of(whole), of(found)
    assert got.totals == expected.totals
    assert got.groups == expected.groups
    assert got.effects == expected.effects
    assert got.times == expected.times
    assert sum(one.decisions for one in got.effects) == got.totals.compared
    for dimension in ("step", "vendor", "country", "segment"):
        groups = got.groups[dimension]
        assert sum(group.changed for group in groups) == got.totals.changed
        for name in ("newly_denied", "newly_escalated", "changed_obligations", "changed_rules"):
            told = sum(group.counts.get(name, 0) for group in groups)
            assert told == getattr(got.totals, name)


def test_shares_and_times_are_never_rounded_away() -> None:
    assert [share(0, 10), share(1, 10**6), share(10**6 - 1, 10**6), share(10, 10)] == [
        "0.00 %", "<0.01 %", ">99.99 %", "100.0 %",
    ]  # fmt: skip
    assert share(0, 0) == "–"
    assert [milliseconds(n) for n in (412, 12_345, 1_204_000)] == [
        "0.412 ms", "12.3 ms", "1,204 ms",
    ]  # fmt: skip
