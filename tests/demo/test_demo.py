"""`aboveboard demo`: what it shows, and that it shows it for the right reasons."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import structlog
from click.testing import CliRunner

from aboveboard import default_gate, set_default_gate
from aboveboard.cli import cli
from aboveboard.demo.report import TRY_NEXT, cells, plain
from aboveboard.demo.run import Outcome, demo_settings, run
from aboveboard.errors import EngineError
from aboveboard.organisation import example
from aboveboard.policy.bundle import load_bundle

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

HERE = Path(__file__).parent
ROOT = HERE.parents[1]

TABLE = [
    ("Aino", "allow", "allow, 3 cut", "allow, 1 notice", "allow"),
    ("Björn", "allow, 2 cut", "allow, 3 cut", "allow, 1 notice", "allow"),
    ("Noor", "allow", "allow, 3 cut", "allow, 2 notices", "allow"),
    ("Mateus", "allow, 1 cut", "allow, 3 cut", "allow, 1 notice", "allow"),
    ("Luca", "allow", "deny R-OBJ-01", "-", "-"),
    ("Saoirse", "allow", "allow, 3 cut", "deny R-DM-01", "-"),
    ("Zofia", "allow", "allow, 3 cut", "deny R-CONS-01\n     R-CONS-03\n     R-DM-02", "-"),
    ("Jonas", "allow", "allow, 3 cut", "escalate R-HUM-01", "-"),
    ("Ilona", "allow", "allow, 3 cut", "allow, 1 notice", "escalate R-ADM-01"),
]


@pytest.fixture(scope="module")
def outcomes() -> tuple[Outcome, ...]:
    return run()


@pytest.fixture
def opa(
    opa_server: Callable[..., AbstractContextManager[str]], tmp_path: Path
) -> AbstractContextManager[str]:
    """A server with the bundled policies."""
    bundle = load_bundle()
    for module in bundle.modules:
        path = tmp_path / module.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(module.text, encoding="utf-8")
    (tmp_path / "data.json").write_text(json.dumps(bundle.data), encoding="utf-8")
    return opa_server(tmp_path, bundle=True)


def python(
    *arguments: str, cwd: Path, timeout_s: float = 60, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Another Python, without the settings of this one."""
    inherited = {name: text for name, text in os.environ.items() if "ABOVEBOARD" not in name}
    # Where the source is tested in place, its path is relative to this directory.
    paths = filter(None, inherited.pop("PYTHONPATH", "").split(os.pathsep))
    inherited["PYTHONPATH"] = os.pathsep.join(str(Path(path).resolve()) for path in paths)
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env=inherited | {"PYTHONIOENCODING": "utf-8"} | environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=timeout_s,
        check=False,
    )


COMMAND = "import sys; from aboveboard.cli import main; sys.argv[0] = 'aboveboard'; main()"


def test_every_person_and_step_has_its_verdict(outcomes: tuple[Outcome, ...]) -> None:
    assert cells(outcomes) == TABLE


def test_whole_text() -> None:
    result = CliRunner().invoke(cli, ["demo"])
    assert result.exit_code == 0
    assert result.stdout == (HERE / "expected.txt").read_text(encoding="utf-8")
    assert result.stderr == ""


def test_piped_text_fits_into_80_columns(outcomes: tuple[Outcome, ...]) -> None:
    text = plain(outcomes)
    assert [line for line in text.splitlines() if len(line) > 80 or line != line.rstrip()] == []
    assert "\x1b" not in text
    assert "…" not in text


@pytest.mark.parametrize(
    ("person", "step", "rule", "args"),
    [
        ("Mateus", "data_collection", "R-SPEC-02", {"fields": ("result.notes",)}),
        ("Björn", "data_collection", "R-MIN-01",
         {"fields": ("result.birthday", "result.marital_status")}),
        ("Luca", "profiling", "R-OBJ-01", {}),
        ("Saoirse", "recommendation", "R-DM-01", {}),
        ("Zofia", "recommendation", "R-CONS-01", {"purpose": "dpv:DirectMarketing"}),
        (
            "Zofia",
            "recommendation",
            "R-CONS-03",
            {"purpose": "dpv:DirectMarketing", "reason": "derived"},
        ),
        ("Zofia", "recommendation", "R-DM-02", {"channel": "email"}),
        ("Jonas", "recommendation", "R-HUM-01", {}),
        ("Noor", "recommendation", "R-ALT-01", {}),
        ("Aino", "recommendation", "R-AID-01", {}),
        ("Ilona", "decision", "R-ADM-01", {}),
    ],
)  # fmt: skip
def test_rules_fire_for_what_is_known_not_for_what_is_missing(
    outcomes: tuple[Outcome, ...], person: str, step: str, rule: str, args: dict[str, object]
) -> None:
    found = [
        finding
        for outcome in outcomes
        if (outcome.person, outcome.verdict.step) == (person, step)
        for finding in outcome.verdict.findings
        if finding.rule == rule
    ]
    assert len(found) == 1
    # A finding about an unknown fact carries args.reason = "unknown".
    assert dict(found[0].args) == args


def test_no_step_stops_for_another_reason(outcomes: tuple[Outcome, ...]) -> None:
    assert {
        (outcome.person, finding.rule)
        for outcome in outcomes
        for finding in outcome.verdict.stopping()
    } == {
        ("Luca", "R-OBJ-01"),
        ("Saoirse", "R-DM-01"),
        ("Zofia", "R-CONS-01"),
        ("Zofia", "R-CONS-03"),
        ("Zofia", "R-DM-02"),
        ("Jonas", "R-HUM-01"),
        ("Ilona", "R-ADM-01"),
    }


def test_obligations_are_those_that_were_done(outcomes: tuple[Outcome, ...]) -> None:
    done = {
        (outcome.person, outcome.verdict.step, item.kind, item.rule): item
        for outcome in outcomes
        for item in outcome.done
    }
    notices = {key[0]: item.text for key, item in done.items() if key[3] == "R-AID-01"}
    assert notices == {
        "Aino": "Keskustelet tekoälyn kanssa. Voit milloin tahansa pyytää ihmistä.",
        "Björn": "Du talar med en AI. Du kan när som helst be om en människa.",
        "Noor": "U spreekt met een AI-assistent.",
        "Mateus": "You are talking to an AI. You can ask for a human at any time.",
        "Ilona": "You are talking to an AI. You can ask for a human at any time.",
    }
    assert done["Noor", "recommendation", "disclose", "R-ALT-01"].notice == "alternatives"
    # Nothing is carried out for a step that is stopped, though its verdict asks for it.
    assert any(o.verdict.obligations for o in outcomes if not o.verdict.allowed)
    assert all(not o.done for o in outcomes if not o.verdict.allowed)


def test_json_has_one_object_a_verdict(outcomes: tuple[Outcome, ...]) -> None:
    result = CliRunner().invoke(cli, ["demo", "--format", "json"])
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert len(found) == len(outcomes)
    assert {tuple(item) for item in found} == {
        ("person", "step", "phase", "effect", "rules", "reasons", "obligations")
    }
    (stopped,) = [item for item in found if item["person"] == "Luca" and item["effect"] == "deny"]
    assert (stopped["step"], stopped["phase"]) == ("profiling", "requested")
    assert stopped["rules"] == ["R-OBJ-01", "R-MIN-01"]
    assert stopped["reasons"][0] == {
        "rule": "R-OBJ-01",
        "effect": "deny",
        "message": "The person has objected to profiling.",
        "law": "GDPR Art. 21(1), 21(4)",
        "remedy": stopped["reasons"][0]["remedy"],
    }
    assert stopped["obligations"] == []
    cut = next(item for item in found if item["person"] == "Björn" and item["obligations"])
    assert cut["obligations"] == [
        {
            "kind": "redact",
            "rule": "R-MIN-01",
            "paths": ["result.birthday", "result.marital_status"],
            "notice": None,
            "text": None,
        }
    ]


def test_the_same_table_on_opa(opa: AbstractContextManager[str]) -> None:
    with opa as url:
        result = CliRunner().invoke(cli, ["demo", "--engine", "opa", "--opa-url", url])
    assert result.exit_code == 0
    expected = (HERE / "expected.txt").read_text(encoding="utf-8")
    assert result.stdout == expected.replace("engine 'embedded'.", "engine 'opa'.")


def test_without_a_server_it_says_what_to_do() -> None:
    result = CliRunner().invoke(cli, ["demo", "--engine", "opa", "--opa-url", "http://127.0.0.1:1"])
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("Error: The OPA server ")
    assert result.stderr.endswith(" 'aboveboard demo' by itself needs no server.\n")


def test_a_url_goes_with_opa_only() -> None:
    result = CliRunner().invoke(cli, ["demo", "--opa-url", "http://127.0.0.1:8181"])
    assert result.exit_code == 2
    assert "--opa-url goes with '--engine opa'." in result.stderr


def test_neither_project_nor_environment_changes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, outcomes: tuple[Outcome, ...]
) -> None:
    (tmp_path / "aboveboard.toml").write_text('engine = "opa"\nunknown = 1\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ABOVEBOARD_LANGUAGE", "no language")
    assert cells(run()) == cells(outcomes)


def test_a_notice_that_cannot_be_shown_denies_the_step(monkeypatch: pytest.MonkeyPatch) -> None:
    from aboveboard.demo.crm import SampleCrm

    def fail(_crm: SampleCrm, _kind: str, _text: str) -> None:
        msg = "no line"
        raise OSError(msg)

    monkeypatch.setattr(SampleCrm, "send", fail)
    outcomes = run()
    aino = [outcome for outcome in outcomes if outcome.person == "Aino"]
    assert aino[-1].verdict.rules == ("runtime.obligation_failed",)
    assert aino[-1].done == ()


def test_default_gate_and_structlog_stay_the_caller_s() -> None:
    before = set_default_gate(None)
    try:
        mine = default_gate()
        structlog.reset_defaults()
        run()
        assert default_gate() is mine
        assert not structlog.is_configured()
    finally:
        set_default_gate(before)


def test_engine_that_cannot_answer_is_an_error_not_a_table_of_denies() -> None:
    with pytest.raises(EngineError):
        run(demo_settings("opa", "http://127.0.0.1:1"))


def test_with_office_hours_the_machine_s_decision_is_stopped_at_night_too() -> None:
    hours = example().opening_hours
    assert hours is not None
    closed = dict.fromkeys(
        ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), ()
    )
    night = example().model_copy(update={"opening_hours": hours.model_copy(update=closed)})
    assert cells(run(organisation=night))[-1][-1] == "deny R-ADM-01"


GUARD = """
import os, sys

def guard(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.mkdir"):
        print(event, args, file=sys.stderr)
        raise RuntimeError(event)
    # Mode, or flags for os.open. /dev/null and the like are no files.
    if event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR):
        print(event, args, file=sys.stderr)
        raise RuntimeError(event)

sys.addaudithook(guard)
"""


def test_the_guard_guards(tmp_path: Path) -> None:
    done = python("-c", f"{GUARD}open('file', 'w')", cwd=tmp_path)
    assert "RuntimeError: open" in done.stderr


def test_from_anywhere_it_writes_nothing_and_asks_no_network(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    done = python(
        "-c", GUARD + COMMAND, "demo", cwd=tmp_path, PYTHONDONTWRITEBYTECODE="1",
        HOME="/nonexistent", TMPDIR=str(tmp_path),
    )  # fmt: skip
    assert done.stderr == ""
    assert done.returncode == 0
    assert done.stdout == (HERE / "expected.txt").read_text(encoding="utf-8")
    assert list(tmp_path.iterdir()) == []


def test_on_a_terminal_it_has_colours_and_still_fits(tmp_path: Path) -> None:
    code = (
        "import pty, sys\n"
        "status = pty.spawn([sys.executable, '-c', sys.argv[1], 'demo'])\n"
        "sys.exit(status != 0)\n"
    )
    done = python("-c", code, COMMAND, cwd=tmp_path, COLUMNS="80", TERM="xterm-256color")
    assert done.returncode == 0, done.stderr
    assert "\x1b[32mallow" in done.stdout
    assert "\x1b[31mdeny R-OBJ-01" in done.stdout
    assert "\x1b[33mescalate R-ADM-01" in done.stdout
    for _, _, profiling, *_ in TABLE:
        assert profiling in done.stdout


@pytest.mark.parametrize(("command", "code"), list(zip(TRY_NEXT, (0, 1, 0, 0), strict=True)))
def test_what_to_try_next_works(command: str, code: int, tmp_path: Path) -> None:
    tool = tmp_path / "tools" / "aboveboard"
    tool.parent.mkdir()
    tool.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{COMMAND}" "$@"\n', encoding="utf-8")
    tool.chmod(0o755)
    place = tmp_path / "place"
    place.mkdir()
    script = (
        "import subprocess, sys; sys.exit(subprocess.run(['sh', '-c', sys.argv[1]]).returncode)"
    )
    path = f"{tool.parent}{os.pathsep}{os.environ['PATH']}"
    done = python("-c", script, command, cwd=place, PATH=path)
    assert done.returncode == code, done.stderr
    assert "Error" not in done.stderr


def test_example_logs_each_verdict(tmp_path: Path) -> None:
    done = python(str(ROOT / "examples" / "sales_pipeline" / "run.py"), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Aino: done, pays by card.\n" in done.stdout
    assert "Jonas: to a colleague.\nThe recommendation step 'write_offer' needs" in done.stdout
    assert "Luca: left alone.\nThe profiling step 'score_lead' was stopped:\n" in done.stdout
    assert "step.denied" in done.stdout
    assert "R-OBJ-01" in done.stdout
    assert "\x1b" not in done.stdout


def test_example_with_opa_and_an_organisation_s_file(
    opa: AbstractContextManager[str], tmp_path: Path
) -> None:
    from importlib.resources import files

    text = files("aboveboard.organisation").joinpath("esimerkki.yaml").read_text("utf-8")
    own = tmp_path / "organisation.yaml"
    own.write_text(text.replace("name: Esimerkki Oy", "name: Toinen Oy"), encoding="utf-8")
    with opa as url:
        done = python(
            str(ROOT / "examples" / "sales_pipeline" / "run.py"),
            *("--engine", "opa", "--opa-url", url, "--organisation", str(own)),
            cwd=tmp_path,
        )
    assert done.returncode == 0, done.stderr
    assert "engine=opa" in done.stdout
    assert "Aino: done, pays by card.\n" in done.stdout
