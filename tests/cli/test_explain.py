"""`aboveboard explain`."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import structlog

from aboveboard import Gate
from aboveboard.organisation import example
from aboveboard.records.record import record_line
from aboveboard.testing import compliant_event

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from click.testing import Result

IDS = (
    "aaaaaaaa-1111-4000-8000-000000000001",
    "aaaaaaaa-2222-4000-8000-000000000002",
    "cccccccc-3333-4000-8000-000000000003",
)


@pytest.fixture(scope="module")
def lines() -> tuple[str, ...]:
    """Records: a denied recommendation, a decision, one that happened in the decision."""
    structlog.configure(processors=[structlog.processors.KeyValueRenderer()])
    found = []
    with Gate(organisation=example()) as gate:
        for number, (step, changes, parent) in enumerate(
            (
                ("recommendation", {"objections.direct_marketing": True}, None),
                ("decision", {"explanation.factors": None}, None),
                ("profiling", {}, IDS[1]),
            )
        ):
            import dataclasses

            event = compliant_event(step, "requested", changes=changes)  # type: ignore[arg-type]
            event = dataclasses.replace(event, parent_decision_id=parent)
            verdict = gate.preview(event).model_copy(update={"decision_id": IDS[number]})
            found.append(record_line(event, verdict))
    structlog.reset_defaults()
    return tuple(found)


@pytest.fixture
def records(lines: tuple[str, ...]) -> Path:
    """`records/`, where `record_directory` of the settings says."""
    Path("records").mkdir()
    Path("records/a.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return Path("records")


@pytest.fixture
def stated(records: Path) -> Path:
    """The example's organisation in the settings, with the records."""
    from importlib.resources import files

    text = files("aboveboard.organisation").joinpath("esimerkki.yaml").read_text("utf-8")
    Path("organisation.yaml").write_text(text, encoding="utf-8")
    Path("aboveboard.toml").write_text(
        'organisation = "organisation.yaml"\nrecord_directory = "records"\n'
    )
    return records


def test_by_the_beginning_of_an_id(run: Callable[..., Result], records: Path) -> None:
    result = run("explain", IDS[2][:8], "--records", "records")
    assert result.exit_code == 0
    assert result.stdout.startswith("profiling requested: allow\n")
    assert result.stderr == ""
    # Its parent was found in the same records.
    assert f"{IDS[1]}  decision requested  " in result.stdout


def test_the_records_of_the_settings(run: Callable[..., Result], stated: Path) -> None:
    result = run("explain", IDS[0], "--for", "auditor")
    assert result.exit_code == 0
    assert "R-DM-01  (deny)" in result.stdout
    assert "head_of_marketing" in result.stdout


def test_a_person_with_all_that_is_stated(run: Callable[..., Result], stated: Path) -> None:
    result = run("explain", IDS[0], "--for", "person", "--language", "sv")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("Ett svar eller ett erbjudande till dig\n")
    assert "+358-9-000-0000" in result.stdout


def test_a_persons_own_language_unless_one_is_asked_for(
    run: Callable[..., Result], stated: Path
) -> None:
    finnish = run("explain", IDS[0], "--for", "person")
    assert finnish.stdout.startswith("Sinulle tarkoitettu vastaus tai tarjous\n")
    assert run("explain", IDS[0], "--for", "person", "--language", "en").stdout.startswith(
        "An answer"
    )
    unknown = run("explain", IDS[0], "--for", "person", "--language", "fr")
    assert unknown.exit_code == 2
    assert (
        "There are no words in 'fr' for a person; there are de, en, fi, nl, sv." in unknown.stderr
    )


def test_a_language_that_the_page_does_not_speak(
    run: Callable[..., Result], stated: Path, lines: tuple[str, ...]
) -> None:
    raw = json.loads(lines[0])
    for group in ("subject", "message"):
        raw["event"]["data"].setdefault(group, {})["language"] = "et"
    result = run("explain", "-", "--for", "person", input=json.dumps(raw))
    assert result.exit_code == 0
    assert result.stdout.startswith("An answer or an offer for you\n")
    assert "the person uses 'et', which this page does not speak; it is in 'en'." in result.stderr


def test_a_page_that_lacks_something_is_written_and_not_finished(
    run: Callable[..., Result], records: Path
) -> None:
    result = run(
        "explain",
        IDS[1],
        "--records",
        "records",
        "--for",
        "person",
        "--language",
        "en",
        "-o",
        "p.html",
    )
    assert result.exit_code == 1
    assert result.stdout == ""
    told = result.stderr.splitlines()
    assert [line.partition(". State")[0] for line in told] == [
        "Missing: what counted most in the result",
        "Missing: where the person reaches a human",
        "Missing: where the person contests the decision",
        "Missing: where the person objects",
        "Missing: where the person asks to see, correct or erase the data",
        "Missing: the authority that the person may complain to",
    ]
    assert (
        "Missing: where the person reaches a human. State it in: organisation profile (contact: human); "
        "name its file by the setting 'organisation'." in told
    )
    page = Path("p.html").read_text(encoding="utf-8")
    assert page.startswith('<!doctype html>\n<html lang="en">')
    assert "This page is not finished." in page


def test_by_the_name_of_the_file(run: Callable[..., Result], records: Path) -> None:
    assert run("explain", "records/a.jsonl:1", "-o", "a.json").exit_code == 0
    assert json.loads(Path("a.json").read_text())["for"] == "engineer"
    assert run("explain", "records/a.jsonl:1", "--format", "text", "-o", "a.html").exit_code == 0
    assert Path("a.html").read_text().startswith("recommendation requested: deny")


def test_the_event_in_json_can_be_decided_on_again(
    run: Callable[..., Result], records: Path
) -> None:
    found = json.loads(run("explain", "records/a.jsonl:1", "--format", "json").stdout)
    again = run("check", "--format", "jsonl", "-", input=json.dumps(found["record"]["event"]))
    assert again.exit_code == 1
    assert json.loads(again.stdout)["findings"][0]["rule"] == "R-DM-01"


@pytest.mark.parametrize("kind", ["line", "indented", "gzip", "array", "stdin"])
def test_one_record(run: Callable[..., Result], lines: tuple[str, ...], kind: str) -> None:
    path = Path("one.json")
    options: dict[str, Any] = {}
    if kind == "indented":
        path.write_text(json.dumps(json.loads(lines[0]), indent=2))
    elif kind == "gzip":
        path.write_bytes(gzip.compress(lines[0].encode()))
    elif kind == "array":
        path.write_text(f"[{lines[0]}]")
    else:
        path.write_text(lines[0])
    target = "one.json"
    if kind == "stdin":
        target, options = "-", {"input": lines[0]}
    result = run("explain", target, **options)
    assert result.exit_code == 0, result.stderr
    assert "R-DM-01  (deny)" in result.stdout


def test_a_pipe(start: Callable[..., subprocess.Popen[bytes]], lines: tuple[str, ...]) -> None:
    """As `explain <(zcat record.gz)` gives it: it cannot be wound back."""
    os.mkfifo("pipe")
    process = start("explain", "pipe")
    Path("pipe").write_text(lines[0])
    out, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, b"")
    assert b"R-DM-01  (deny)" in out


def test_progress_on_a_terminal(
    records: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from aboveboard.cli import progress
    from aboveboard.cli.explain import _progress
    from aboveboard.explaining.finding import Search

    monkeypatch.setattr(progress, "_PATIENCE_S", 0)
    monkeypatch.setattr(progress, "_EVERY", 1)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    search = Search([records])
    with _progress(search):
        search.decision(IDS[0])
    assert " records" in capsys.readouterr().err


def test_a_place_in_an_array(run: Callable[..., Result], lines: tuple[str, ...]) -> None:
    Path("array.json").write_text(f"[{','.join(lines)}]")
    result = run("explain", "array.json[2]")
    assert result.stdout.startswith("profiling requested")
    assert "which the records at hand do not hold" in " ".join(result.stdout.split())


def bad(result: Result) -> str:
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    return result.stderr


def test_bad_input(run: Callable[..., Result], records: Path, lines: tuple[str, ...]) -> None:
    both = ("--records", "records")
    assert "Several decisions begin with 'aaaaaaaa'" in bad(run("explain", "aaaaaaaa", *both))
    assert "No decision bbbbbbbb in 'records'." in bad(run("explain", "bbbbbbbb", *both))
    assert "at least the first 8 characters" in bad(run("explain", "aaa", *both))
    assert "nothing says where the records are" in bad(run("explain", IDS[0]))
    assert "there are no records there" in bad(run("explain", IDS[0], "--records", "gone"))
    assert "is a directory" in bad(run("explain", "records"))
    assert "holds more than one record" in bad(run("explain", "records/a.jsonl"))
    assert "records/a.jsonl:9: there is no record there" in bad(run("explain", "records/a.jsonl:9"))
    assert "more than one record" in bad(run("explain", "-", input="\n".join(lines)))


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", "3", '{"a": 1}', '{"record": 1}', '{"record": "x"}', "\x00", "\ud800"],
)
def test_what_is_no_record(run: Callable[..., Result], text: str) -> None:
    Path("bad.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    assert bad(run("explain", "bad.json")).startswith("Error: bad.json")


def test_an_event_is_no_record(run: Callable[..., Result], lines: tuple[str, ...]) -> None:
    event = json.dumps(json.loads(lines[0])["event"])
    assert "Expected a record" in bad(run("explain", "-", input=event))
    without = json.dumps({**json.loads(lines[0]), "verdict": None})
    assert "nothing was decided" in bad(run("explain", "-", input=without))


def test_lines_that_cannot_be_read_are_told(run: Callable[..., Result], records: Path) -> None:
    with (records / "a.jsonl").open("a") as file:
        file.write('{"record": 1, "event": {')
    result = run("explain", IDS[0], "--records", "records")
    assert result.exit_code == 0
    assert result.stderr == "Note: 1 line of the records could not be read.\n"


def test_nothing_of_a_record_steers_the_terminal(
    run: Callable[..., Result], lines: tuple[str, ...]
) -> None:
    raw = json.loads(lines[0])
    raw["verdict"]["policy_revision"] = "old\u001b[31m"
    raw["verdict"]["findings"][0]["message"] = "a\u001b]0;title\u0007b"
    result = run("explain", "-", input=json.dumps(raw))
    assert result.exit_code == 0
    assert "\u001b" not in result.stdout
    assert "\\x1b" in result.stdout


def test_a_page_is_not_written_over_records(run: Callable[..., Result], records: Path) -> None:
    before = Path("records/a.jsonl").read_bytes()
    for target in ("records/a.jsonl:1", IDS[0]):
        for output in ("records/a.jsonl", "records/new.jsonl"):
            if target == IDS[0] or output.endswith("a.jsonl"):
                said = bad(run("explain", target, "--records", "records", "-o", output))
                assert "would be written over what is read, or among it" in said
    assert Path("records/a.jsonl").read_bytes() == before
