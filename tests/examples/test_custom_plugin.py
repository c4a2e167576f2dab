"""examples/custom_plugin: built, installed beside Aboveboard, used, broken, taken out again.

Two wheels and nothing of the checkout: both are built and put into a fresh environment. What they
depend on comes from the environment of the tests, so that no index is asked.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.docs.pages import Page

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "custom_plugin"
SUBJECT = """
import sys
from aboveboard import Settings
from aboveboard.pseudonyms import Pseudonymiser
print(Pseudonymiser.from_settings(Settings.load())(sys.argv[1]))
"""


@dataclass(frozen=True)
class Place:
    """A fresh environment, and a directory to work in."""

    bin: Path
    work: Path
    wheels: Path

    @property
    def environment(self) -> dict[str, str]:
        """Nothing of the checkout, nothing of the machine's settings."""
        keep = {
            name: value
            for name, value in os.environ.items()
            if "ABOVEBOARD" not in name and name not in ("PYTHONPATH", "PYTHONHOME")
        }
        return {
            **keep,
            "ABOVEBOARD_SUBJECT_KEY": "a key of sixteen bytes or more",
            "ACME_CRM_EXPORT": str(EXAMPLE / "crm_export.csv"),
            "ACME_JOURNAL": str(self.work / "journal.jsonl"),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "NO_COLOR": "1",
        }

    def run(self, *command: str, code: int = 0, **environment: str) -> str:
        done = subprocess.run(
            [str(self.bin / command[0]), *command[1:]],
            cwd=self.work,
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == code, f"{command}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr
        return done.stdout + done.stderr

    def pip(self, *arguments: str) -> str:
        return self.run("python", "-m", "pip", "--quiet", *arguments)

    def install(self, wheel: str) -> None:
        self.pip("install", "--no-index", "--no-deps", "--no-compile", "--ignore-installed",
                 *map(str, self.wheels.glob(wheel)))  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    scratch = tmp_path_factory.mktemp("custom_plugin")
    home = scratch / "venv"
    venv.create(home, with_pip=True)
    scripts = home / ("Scripts" if sys.platform == "win32" else "bin")
    made = Place(scripts, scratch / "work", scratch / "wheels")
    made.work.mkdir()
    site = made.run("python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))")
    # Behind its own packages, ours: pydantic and the rest, and hatchling to build with.
    Path(site.strip(), "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    shutil.copytree(
        EXAMPLE, scratch / "acme", ignore=shutil.ignore_patterns("build", "dist", "__pycache__")
    )
    for source in (ROOT, scratch / "acme"):
        made.pip("wheel", "--no-deps", "--no-build-isolation", "--no-index",
                 "--wheel-dir", str(made.wheels), str(source))  # fmt: skip
    made.install("aboveboard-*.whl")
    return made


@pytest.fixture(scope="module")
def installed(place: Place) -> Place:
    place.install("acme_aboveboard-*.whl")
    return place


@pytest.fixture
def acme(installed: Place) -> Iterator[Place]:
    """With the plugin, whole."""
    (module,) = installed.bin.parent.rglob("acme_aboveboard/plugin.py")
    text = module.read_text()
    yield installed
    module.write_text(text)
    (installed.work / "journal.jsonl").unlink(missing_ok=True)


def offer(place: Place, contact: str, *options: str) -> Path:
    """An offer to one of the CRM's people, as a file."""
    text = place.run("aboveboard", "event", "--step", "recommendation", "--compliant", *options)
    event = json.loads(text)
    del event["data"]["objections"]["direct_marketing"], event["data"]["objections"]["profiling"]
    event["subject"] = place.run("python", "-c", SUBJECT, contact).strip()
    path = place.work / "event.json"
    path.write_text(json.dumps(event))
    return path


def test_the_wheel_holds_the_policies_and_not_their_tests(place: Place) -> None:
    (wheel,) = place.wheels.glob("acme_aboveboard-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "acme_aboveboard/policies/offers.rego" in names
    assert not [name for name in names if name.endswith("_test.rego")]
    assert not [name for name in names if name.startswith("tests/")]


def test_it_is_the_wheel_that_is_used(acme: Place) -> None:
    found = acme.run(
        "python", "-c", "import aboveboard, acme_aboveboard; print(aboveboard.__file__); "
        "print(acme_aboveboard.__file__)",
    )  # fmt: skip
    assert all(line.startswith(str(acme.bin.parent)) for line in found.splitlines())


def test_it_is_shown_with_its_hooks(acme: Place) -> None:
    rows = json.loads(acme.run("aboveboard", "plugins", "--format", "json"))
    (row,) = (row for row in rows if row["name"] == "acme")
    assert row == {
        "name": "acme",
        "distribution": "acme-aboveboard 1.0.0",
        "state": "loaded",
        "hooks": [
            "aboveboard_commands",
            "aboveboard_facts",
            "aboveboard_policies",
            "aboveboard_recommendation",
            "aboveboard_verdict",
        ],
        "problem": None,
    }
    shown = acme.run("aboveboard", "plugins", ABOVEBOARD_PLUGINS="acme")
    assert re.search(r"loaded +acme +acme-aboveboard 1\.0\.0 ", shown)
    assert "Commands of plugins" in acme.run("aboveboard", "--help")
    assert "ACME-01" in acme.run("aboveboard", "policies", "list")


def test_its_facts_its_rules_its_journal_and_its_command(acme: Place) -> None:
    def decided(contact: str, *options: str, code: int = 0) -> tuple[str, set[str]]:
        file = str(offer(acme, contact, *options))
        printed = acme.run("aboveboard", "check", "--format", "jsonl", file, code=code)
        verdict = json.loads(printed)
        return verdict["effect"], {finding["rule"] for finding in verdict["findings"]}

    assert decided("c-100") == ("allow", set())
    assert decided("c-200", code=1) == ("deny", {"R-DM-01"})
    assert decided("c-100", "--set", 'contact.channel="sms"', code=1)[1] >= {"ACME-01"}
    assert decided("c-300") == ("allow", set())
    assert decided("c-300", "--phase", "completed", code=1) == ("escalate", {"ACME-02"})
    journal = (acme.work / "journal.jsonl").read_text().splitlines()
    assert [json.loads(line)["effect"] for line in journal] == [
        "allow", "deny", "deny", "allow", "escalate",
    ]  # fmt: skip
    told = acme.run("aboveboard", "acme", "journal").splitlines()
    assert "recommendation allow - 2" in told
    assert "recommendation deny ACME-01 1" in told
    assert "recommendation escalate ACME-02 1" in told


def test_its_readme_runs_from_top_to_bottom(acme: Place, opa_binary: Path, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "opa").symlink_to(opa_binary)
    where = tmp_path / "acme"
    shutil.copytree(EXAMPLE, where, ignore=shutil.ignore_patterns("__pycache__"))
    environment = {
        **acme.environment,
        "PATH": os.pathsep.join((str(acme.bin), str(tools), os.environ["PATH"])),
    }
    outputs = Page("examples/custom_plugin/README.md", where, environment).run()
    assert "exit code 1" in outputs['aboveboard check event.json || echo "exit code $?"']
    assert "recommendation deny ACME-01 1" in outputs["aboveboard acme journal"]
    assert "6 passed" in outputs["python -m pytest tests"]


BROKEN = {
    "an import that is missing": (
        "import acme_sdk_of_next_year\n",
        "module 'acme_sdk_of_next_year' is missing. Install it.",
    ),
    "a name that is gone": ("from aboveboard import gone\n", "its import raised ImportError."),
    "a hook that is none": (
        "from aboveboard import hookimpl\n@hookimpl\ndef aboveboard_verdicts(verdict): ...\n",
        "'aboveboard_verdicts', which is no hook. Did you mean 'aboveboard_verdict'?",
    ),
}


@pytest.mark.parametrize(("text", "says"), BROKEN.values(), ids=BROKEN)
def test_a_broken_version_says_how_to_repair_it(acme: Place, text: str, says: str) -> None:
    (site,) = acme.bin.parent.rglob("acme_aboveboard/plugin.py")
    site.write_text(text)
    shown = acme.run("aboveboard", "plugins")
    assert re.search(r"failed +acme +acme-aboveboard 1\.0\.0 ", shown)
    assert says in shown
    assert "Update it ('pip install --upgrade acme-aboveboard')" in shown
    assert "'pip uninstall acme-aboveboard'" in shown
    # Nobody named it: the rest works, and says that something is missing.
    file = str(offer(acme, "c-100"))
    assert "see 'aboveboard plugins'" in acme.run("aboveboard", "--help")
    # Named in the settings, it is an error wherever it would have been used.
    named = {"ABOVEBOARD_PLUGINS": "acme"}
    assert says in acme.run("aboveboard", "plugins", code=2, **named)
    refused = acme.run("aboveboard", "check", file, code=2, **named)
    assert "Error: Plugin 'acme' of the settings cannot be loaded" in refused
    assert says in refused


def test_taken_out_it_leaves_no_trace(place: Place) -> None:
    """The last one: the environment is then as it was before."""

    def around() -> list[str]:
        return [
            place.run("aboveboard", "plugins"),
            place.run("aboveboard", "--help"),
            place.run("aboveboard", "policies", "list"),
        ]

    def files() -> set[str]:
        return {str(path) for path in place.bin.parent.rglob("*") if "acme" in str(path)}

    if not files():
        place.install("acme_aboveboard-*.whl")
    with_it = around()
    place.pip("uninstall", "--yes", "acme-aboveboard")
    assert files() == set()
    without = around()
    assert all("acme" in text.lower() for text in with_it)
    assert not any("acme" in text.lower() for text in without)
    refused = place.run("aboveboard", "plugins", code=2, ABOVEBOARD_PLUGINS="acme")
    assert "missing" in refused
    assert "Install the package that has it." in refused
