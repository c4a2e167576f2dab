"""What is no event is told with its place, the rest is decided all the same, the exit code is 2."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

BAD = {
    "[]": "in: no events; expected a CloudEvents JSON object, an array or JSON lines.",
    "": "in: no events; expected a CloudEvents JSON object, an array or JSON lines.",
    "{}": "in:1: specversion: expected '1.0' (CloudEvents 1.0).",
    "[{}]": "in[0]: specversion: expected '1.0' (CloudEvents 1.0).",
    "3": "in:1: Expected a JSON object with the CloudEvents attributes id, type, source, data.",
    "no": "in:1: expected JSON: expecting value at column 1.",
    '{"id": 1, "id": 1}': "in:1: id: given twice; expected each key once.",
}


@pytest.mark.parametrize("text", BAD)
@pytest.mark.parametrize("form", ["text", "json", "jsonl"])
def test_what_is_no_event(run: Callable[..., Result], tmp_path: Path, text: str, form: str) -> None:
    (tmp_path / "in").write_text(text)
    result = run("check", "in", "--format", form)
    assert result.exit_code == 2
    assert result.stderr == f"{BAD[text]}\n"
    assert (
        result.stdout
        == {
            "text": "0 events: 0 allowed, 0 escalated, 0 denied, 1 bad.\n",
            "json": "[]\n",
            "jsonl": "",
        }[form]
    )


def changed(event: str, **attributes: Any) -> str:
    return json.dumps({**json.loads(event), **attributes})


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ({"time": "yesterday"}, "time: expected an RFC 3339 time"),
        ({"type": "io.aboveboard.sale.requested.v1"}, "there is no step 'sale'"),
        ({"source": "no slash"}, "source: expected"),
        ({"subject": "aino@example.org"}, "subject: expected a pseudonym"),
        ({"id": "a\x1b[2J"}, "id: expected"),
        ({"id": "a\x00"}, "id: expected"),
        ({"id": 5}, "id"),
        ({"data": []}, "data: expected a JSON object of facts."),
        ({"data": {"objections": {"profilng": True}}}, "Did you mean 'objections.profiling'?"),
        ({"data": {"objections": {"profiling": "no"}}}, "objections.profiling: "),
        ({"data": {"subject": {"age_years": 10**30}}}, "expected integers of at most 18 digits."),
        ({"data": {"a" + ".a" * 3000: {"x": 1}}}, ""),
        ({"data": {"x" + ".a" * 3000: 1, "x": {"a" + ".a" * 3000: 1}}}, ""),
    ],
)
def test_the_rest_is_still_decided(
    run: Callable[..., Result],
    recorded: Callable[..., str],
    attributes: dict[str, Any],
    message: str,
) -> None:
    text = f"{recorded()}\n{changed(recorded(), **attributes)}\n{recorded(id='e3')}\n"
    result = run("check", "-", "--format", "jsonl", input=text)
    assert result.exit_code == 2
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["e1", "e3"]
    assert result.stderr.startswith("stdin:2: ")
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
    assert "aino" not in result.stderr
    assert len(result.stderr) < 2000


def test_bad_input_wins_over_a_deny(
    run: Callable[..., Result], objected: Callable[[str], str]
) -> None:
    result = run("check", "-", input=f"{objected('e1')}\nnot json\n")
    assert result.exit_code == 2
    assert "1 event: 0 allowed, 0 escalated, 1 denied, 1 bad.\n" in result.stdout
    assert result.stderr == "stdin:2: expected JSON: expecting value at column 1.\n"


def test_files_that_cannot_be_read(
    run: Callable[..., Result], recorded: Callable[..., str], tmp_path: Path
) -> None:
    (tmp_path / "good").write_text(recorded())
    (tmp_path / "folder").mkdir()
    result = run("check", "gone\x1b[2J", "folder", "good", "--format", "jsonl")
    assert result.exit_code == 2
    assert result.stderr == (
        "gone\\x1b[2J: cannot be read (no such file or directory).\n"
        "folder: cannot be read (is a directory).\n"
    )
    assert json.loads(result.stdout)["id"] == "e1"
