"""Write docs/enforcement.md: decisions of authorities, and the rules that would have stopped each.

    python -m tools.enforcement            # writes it
    python -m tools.enforcement --check    # exit 1 when it is not what the cases say

The cases are those of tests/policies/enforcement, which both engines are held to.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.policies.enforcement.cases import CASES, Case, Trial

PAGE = Path(__file__).resolve().parent.parent / "docs" / "enforcement.md"
WRITTEN = """\
Written by `python -m tools.enforcement` from `tests/policies/enforcement/cases.json`; edit the cases,
not this page."""
INTRO = """\
What authorities have fined, as events: the rules stop each case for what the authority blamed, and let
the same business through once it is done lawfully. Every case is tried on both engines.

- The event starts from one in which nothing is found; what the business was about stands below as the
  **scene**. **What was blamed** is all that changes then; so every finding comes from it, and none from
  something that nobody stated.
- **The rules say** has the findings that the decision asks for, and in brackets, with their law,
  those that come with them. `deny` stops the step, `escalate` hands it to a human, `oblige` asks for
  something to be done first, `warn` lets it go on.
- **Done lawfully** changes only facts that the remedies of those findings name; then nothing is found.
- A case that a court struck down, in whole or in part, stays, and says so. It shows what the rules
  see, not what the law is.

This is no legal advice. The facts are told in short, from the sources named, and fines in other
currencies are converted; where `medium` stands, or a note says so, check before quoting."""
STATUS = {"stands": "stands, as far as known"}


def page() -> str:
    """The whole page."""
    parts = [
        "# Decisions of authorities",
        "",
        WRITTEN,
        "",
        INTRO,
        "",
        "| case | authority | year | fine, EUR | what happened | rules | status |",
        "|---|---|---:|---:|---|---|---|",
        *(_row(case) for case in CASES),
        "",
        "## How each is tried",
        "",
        *(line for case in CASES for line in _section(case)),
    ]
    return "\n".join(parts).rstrip() + "\n"


def _row(case: Case) -> str:
    fine = "-" if case.fine_eur is None else f"{case.fine_eur:,}"
    rules = dict.fromkeys(rule for trial in case.tried for rule in _rules(trial.expected))
    cells = (
        case.company,
        f"{case.authority}, {case.country}",
        str(case.year),
        fine,
        case.facts,
        ", ".join(rules),
        _status(case),
    )
    return f"| {' | '.join(map(_cell, cells))} |"


def _status(case: Case) -> str:
    return STATUS.get(case.status, f"**{case.status}**")


def _section(case: Case) -> Iterator[str]:
    yield from (f"### {case.company}, {case.year}", "")
    yield f"`{case.id}`, {_status(case)}. {case.status_note}".rstrip()
    yield ""
    yield f"{case.authority} ({case.country}) on {'; '.join(case.articles)}."
    yield f"Source: {_sentence(case.source)} Confidence: {case.confidence}."
    yield ""
    yield from ("| step | what was blamed | the rules say | done lawfully |", "|---|---|---|---|")
    for trial in case.tried:
        cells = (
            trial.step,
            _facts(trial.facts),
            _findings(trial),
            f"{trial.lawfully}<br>{_facts(trial.lawful)}",
        )
        yield f"| {' | '.join(map(_cell, cells))} |"
    yield ""
    if case.note:
        yield from (case.note, "")
    for trial in case.tried:
        yield from _remarks(trial)


def _remarks(trial: Trial) -> Iterator[str]:
    if trial.scene:
        scene = ", ".join(f"`{path}` {_value(path, value)}" for path, value in trial.scene.items())
        yield from (f"Scene of {trial.step}: {scene}.", "")
    if trial.note:
        yield from (trial.note, "")


def _findings(trial: Trial) -> str:
    expected = [f"**{_finding(text)}**" for text in trial.expected]
    also = [f"({_finding(text)}: {reason})" for text, reason in trial.also.items()]
    return "<br>".join((*expected, *also))


def _finding(text: str) -> str:
    rule, effect, *reason = text.split(":")
    return f"{rule} {effect}" + (f", {reason[0]}" if reason else "")


def _rules(findings: Iterable[str]) -> list[str]:
    return [text.split(":")[0] for text in findings]


def _facts(facts: Mapping[str, Any]) -> str:
    return "<br>".join(f"`{path}` {_value(path, value)}" for path, value in facts.items())


def _value(path: str, value: Any) -> str:
    if value is None:
        return "left out" if path.rpartition(".")[2].isdigit() else "not stated"
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        return " and ".join(_value(path, item) for item in value)
    if isinstance(value, dict):
        value = ", ".join(f"{key}: {_plain(inner)}" for key, inner in value.items())
    return f"`{_plain(value)}`"


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_plain, value)) or "[]"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def main() -> int:
    """Write the page, or with --check compare it."""
    text = page()
    if "--check" in sys.argv[1:]:
        if PAGE.exists() and PAGE.read_text(encoding="utf-8") == text:
            return 0
        print("docs/enforcement.md is not what the cases say: run 'python -m tools.enforcement'.")
        return 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
