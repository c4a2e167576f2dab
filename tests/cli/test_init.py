"""`aboveboard init`: everything works in what it writes, and nothing is overwritten."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pytest

from aboveboard.cli.starting import starting_files
from aboveboard.organisation import example, load_organisation, parse_organisation
from aboveboard.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

FILES = [
    "aboveboard.toml",
    "organisation.yaml",
    "policies/organisation/acme_oy/recommendation/not_too_often.rego",
    "policies/organisation/acme_oy/recommendation/not_too_often_test.rego",
    "events/example.json",
]


def test_what_it_writes_and_says(run: Callable[..., Result], tmp_path: Path) -> None:
    result = run("init", "my sales", "--name", "Acme Oy", "--country", "fi")
    written = "".join(f"  my sales/{name}\n" for name in FILES)
    assert result.stdout == (
        f"Wrote:\n{written}"
        "\n"
        "Next:\n"
        "  cd 'my sales'\n"
        "  aboveboard check events/example.json    the example passes\n"
        "  opa test policies                       so do the tests of your policy\n"
        "  aboveboard policies list                with your own among them\n"
        "\n"
        "Then replace the example's statements in organisation.yaml by your own.\n"
    )
    assert (result.exit_code, result.stderr) == (0, "")
    found = {
        p.relative_to(tmp_path / "my sales").as_posix() for p in tmp_path.rglob("*") if p.is_file()
    }
    assert found == set(FILES)


def test_the_next_steps_work(
    run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("init", ".", "--name", "Acme Oy", "--country", "FI")
    result = run("check", "events/example.json", "--format", "json")
    assert (result.exit_code, json.loads(result.stdout)[0]["findings"]) == (0, [])
    rules = json.loads(run("policies", "list", "--format", "json").stdout)
    assert "ACME-OY-01" in [row["rule"] for row in rules]
    # Below the directory the same settings hold.
    monkeypatch.chdir(tmp_path / "events")
    assert run("check", "example.json").exit_code == 0


@pytest.mark.opa
def test_opa_is_content(run: Callable[..., Result], opa_binary: Path, tmp_path: Path) -> None:
    run("init", ".", "--name", "Acme Oy", "--country", "FI")
    run("schema", "recommendation", "--directory", "schemas")
    for arguments in (
        ["test", "policies"],
        ["check", "--strict", "--schema", "schemas/recommendation.json", "policies"],
        ["fmt", "--fail", "--list", "policies"],
    ):
        done = subprocess.run([opa_binary, *arguments], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_own_policy_stops(run: Callable[..., Result]) -> None:
    run("init", ".", "--name", "Acme Oy", "--country", "FI")
    for value, code in (("2", 0), ("3", 1), ("null", 1)):
        event = run(
            *("event", "--step", "recommendation", "--compliant"),
            *("--set", f"contact.attempts_30d={value}"),
        )
        result = run("check", "-", input=event.stdout)
        assert result.exit_code == code
        assert ("ACME-OY-01" in result.stdout) == bool(code)


def test_the_example_follows_the_organisation(run: Callable[..., Result], tmp_path: Path) -> None:
    run("init", ".")
    path = tmp_path / "organisation.yaml"
    text = path.read_text("utf-8")
    path.write_text(
        text.replace("objection_channel: https://esimerkki", "objection_channel: https://acme"),
        "utf-8",
    )
    assert run("check", "events/example.json").exit_code == 0


def test_settings_show_all_there_are(run: Callable[..., Result], tmp_path: Path) -> None:
    run("init", ".")
    text = (tmp_path / "aboveboard.toml").read_text("utf-8")
    given = tomllib.loads(text)
    assert given == {"organisation": "organisation.yaml", "policies": ["policies"]}
    lines = text.replace("# ", "").splitlines()
    shown = tomllib.loads("\n".join(line for line in lines if " = " in line))
    secret = {"opa_token", "subject_key"}
    assert set(shown) == set(Settings.model_fields) - secret
    for name in secret:
        assert f"ABOVEBOARD_{name.upper()}" in text
    for name, field in Settings.model_fields.items():
        if name in shown and name not in given and field.default is not None:
            stated = shown[name]
            assert (tuple(stated) if isinstance(stated, list) else stated) == field.default


def test_nothing_is_overwritten(run: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "events").mkdir()
    (tmp_path / "events/example.json").write_text("mine")
    (tmp_path / "organisation.yaml").symlink_to("nowhere")
    result = run("init", ".")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "Error: Nothing was written, because this is there already:\n"
        "  organisation.yaml\n"
        "  events/example.json\n"
        "Choose another place.\n"
    )
    assert (tmp_path / "events/example.json").read_text() == "mine"
    assert not (tmp_path / "aboveboard.toml").exists()


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Ääkköset & Söhne GmbH", "aakkoset_sohne_gmbh"),
        ("3M", "org_3m"),
        ("Import", "org_import"),
        ("株式会社", "own"),
        ('"; drop: [x]\\', "drop_x"),
        ("x" * 200, "x" * 40),
    ],
)
def test_names(tmp_path: Path, name: str, slug: str) -> None:
    files = starting_files(name, "FI")
    assert f"policies/organisation/{slug}/recommendation/not_too_often.rego" in map(str, files)
    path = tmp_path / "o.yaml"
    path.write_text(
        next(text for file, text in files.items() if file.name == "organisation.yaml"), "utf-8"
    )
    assert load_organisation(path).name == name
    assert load_organisation(path).country == "FI"


@pytest.mark.parametrize("name", ["Import", "3M", "株式会社", "default"])
def test_policies_of_odd_names_load(run: Callable[..., Result], name: str) -> None:
    assert run("init", ".", "--name", name, "--country", "SE").exit_code == 0
    assert run("check", "events/example.json").exit_code == 0


@pytest.mark.parametrize(
    ("option", "value"), [("--country", "Finland"), ("--country", "1"), ("--name", "a\x00b")]
)
def test_wrong_answers_write_nothing(
    run: Callable[..., Result], tmp_path: Path, option: str, value: str
) -> None:
    result = run("init", "d", option, value)
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: organisation.yaml:")
    assert not (tmp_path / "d").exists()


def test_a_place_that_cannot_be(run: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = run("init", "file/below")
    assert result.exit_code == 2
    assert "Not a directory" in result.stderr


def test_it_asks_on_a_terminal(tmp_path: Path) -> None:
    pty = pytest.importorskip("pty")
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "aboveboard", "init", "."],
        stdin=follower,
        stdout=subprocess.PIPE,
        stderr=follower,
    )
    os.close(follower)
    os.write(leader, b"Acme Oy\n\n")
    out, _ = process.communicate(timeout=30)
    os.close(leader)
    assert process.returncode == 0
    assert b"Name of the organisation [Esimerkki Oy]: " in out
    assert load_organisation(tmp_path / "organisation.yaml").name == "Acme Oy"


def test_the_organisation_s_dates_are_those_of_the_day() -> None:
    files = starting_files("Esimerkki Oy", "FI")
    text = files[PurePosixPath("organisation.yaml")]
    assert parse_organisation(text, "organisation.yaml") == example()
