"""No value of a recorded event is in what the command line prints, whatever becomes of the event."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from aboveboard.facts import PHASES, STEPS
from tests.gate.test_leaks import MARK, NAMED, STOPPING, TEXTS, planted

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

FORMATS = ["text", "json", "jsonl"]


@cache
def recorded() -> tuple[str, ...]:
    """An event for every text of every step, under every rule in turn."""
    events = []
    for step in STEPS:
        for number, path in enumerate(sorted(set(TEXTS[step]) - NAMED)):
            for phase in PHASES:
                event = planted(step, phase, path, STOPPING[number % len(STOPPING)])
                event = event or planted(step, phase, path, {})
                if event is not None:
                    events.append(event.to_json())
    return tuple(events)


def spoilt() -> list[str]:
    """Marked by each attribute but the id, which stands for the event; by a fact; by its JSON."""
    good = json.loads(recorded()[0])
    found: list[Any] = [{**good, name: f"{MARK} {name}"} for name in good if name != "id"]
    found += [{**good, "data": {**good["data"], name: MARK}} for name in good["data"]]
    found += [{**good, "data": {**good["data"], f"{MARK} name": MARK}}, [MARK], MARK]
    texts = [json.dumps(item) for item in found]
    return [*texts, f'{{"id": {MARK}}}', f'{{"{MARK}": "{MARK}', f"{MARK}@example.com"]


def printed(result: Result) -> str:
    return result.output + result.stderr


@pytest.mark.parametrize("form", FORMATS)
def test_decided_events(run: Callable[..., Result], form: str, tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_text("\n".join(recorded()))
    result = run("check", "--verbose", "--format", form, str(file))
    assert result.exit_code == 1
    assert file.read_text().count(MARK) >= len(recorded()) > 200
    assert MARK not in printed(result)
    for effect in ("allow", "escalate", "deny"):
        assert effect in result.output


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    "options",
    [
        ("--engine", "opa", "--opa-url", "http://127.0.0.1:9"),
        ("--engine", "opa", "--opa-url", f"http://user:{MARK}@127.0.0.1:9"),
    ],
    ids=["nobody listens", "a url with a password"],
)
def test_events_that_nobody_decides(
    run: Callable[..., Result], form: str, options: tuple[str, ...]
) -> None:
    result = run("check", "--verbose", "--format", form, *options, "-", input=recorded()[0])
    assert result.exit_code != 0
    assert MARK not in printed(result)


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_no_event(run: Callable[..., Result], form: str) -> None:
    refused = 0
    for text in spoilt():
        result = run("check", "--verbose", "--format", form, "-", input=text)
        assert MARK not in printed(result), text
        refused += result.exit_code == 2
    assert refused >= len(spoilt()) - 1  # of a `dataschema` nothing hangs
