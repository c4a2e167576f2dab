"""examples/tryton_crm: the tour with its own Tryton, and the package as a third party would publish it."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

import tools.tryton
from aboveboard import Gate
from aboveboard.manager import PluginManager
from tools.tryton import Tryton, TrytonNotFoundError, find_tryton

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = ROOT / "examples" / "tryton_crm"
PUBLIC = {"aboveboard", "aboveboard.crm", "aboveboard.detecting", "aboveboard.markers"}
TOUR = """\
read     Aino Virta    allow     without party.tax_identifier, conversion_probability, company.party (unknown)
read     Bram Visser   allow     without party.tax_identifier, conversion_probability, company.party (unknown)
read     Cecilia Holm  allow     without party.tax_identifier, comment (its text), conversion_probability, company.party (unknown)
score    Aino Virta    allow     conversion_probability is 0.9
score    Bram Visser   deny      R-OBJ-01
score    Cecilia Holm  allow     conversion_probability is 0.4
opt-out  Aino Virta    recorded  1 change from Tryton
enrol    Aino Virta    deny      R-CONS-01, R-CONS-03, R-DM-02, R-DM-04, SUPPRESSED
enrol    Bram Visser   allow     on the list of offers
enrol    Cecilia Holm  allow     on the list of offers
"""


def test_the_tour(tryton: Tryton, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(EXAMPLE / "run.py")],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == TOUR


def test_it_is_built_from_public_names_only() -> None:
    for path in (EXAMPLE / "tryton_aboveboard").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            for name in names:
                top = name.partition(".")[0]
                assert top != "trytond", path
                assert top != "aboveboard" or name in PUBLIC, f"{path.name} imports {name}"


def test_its_entry_point_is_a_plugin(gate: Gate) -> None:
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text("utf-8"))["project"]
    module = import_module(project["entry-points"]["aboveboard"]["tryton"])
    manager = PluginManager()
    manager.register(module, "tryton")
    payload = {"__name__": "party.party", "id": 1, "name": "Aino"}
    hook = module.aboveboard_events
    (event,) = hook("tryton", payload, gate.pseudonym)
    assert event.source == "/tryton/app"
    assert hook("hubspot", payload, gate.pseudonym) is None
    assert not any(
        "tryton" in need and "aboveboard" not in need for need in project["dependencies"]
    )


@pytest.mark.parametrize("sample", ["mailing_list", "opportunities", "parties"])
def test_the_command_line_finds_it_by_its_entry_point(tmp_path: Path, sample: str) -> None:
    """What pip writes where it installs the package, and nothing else."""
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text("utf-8"))["project"]
    info = tmp_path / "tryton_aboveboard-1.0.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: tryton-aboveboard\nVersion: 1.0.0\n"
    )
    module = project["entry-points"]["aboveboard"]["tryton"]
    (info / "entry_points.txt").write_text(f"[aboveboard]\ntryton = {module}\n")
    paths = [str(tmp_path), str(EXAMPLE), os.environ.get("PYTHONPATH", "")]
    done = subprocess.run(
        [sys.executable, "-m", "aboveboard", "check", "--from", "tryton",
         str(Path(__file__).with_name("samples") / f"{sample}.json")],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths)),
             "ABOVEBOARD_PLUGINS": "tryton", "NO_COLOR": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stderr
    assert "data_collection" in done.stdout
    assert "aino.virta" not in done.stdout.lower()


def test_a_place_without_tryton_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ABOVEBOARD_TRYTON", str(tmp_path))
    with pytest.raises(
        TrytonNotFoundError, match=r"from ABOVEBOARD_TRYTON\) has no Tryton that runs"
    ):
        find_tryton()


def test_what_cannot_be_fetched_is_said_with_a_way_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("ABOVEBOARD_TRYTON", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(tools.tryton, "VENV", ("-c", "exit('ERROR: no index')"))
    with pytest.raises(TrytonNotFoundError, match=r"ERROR: no index.*Set ABOVEBOARD_TRYTON"):
        find_tryton()
    assert list((tmp_path / "aboveboard-tryton" / "8.2.1").iterdir()) == []


def test_nothing_of_trytons_is_in_this_process() -> None:
    assert not any(name.partition(".")[0] in ("trytond", "proteus") for name in sys.modules)
    assert "trytond" not in os.environ.get("PYTHONPATH", "")
