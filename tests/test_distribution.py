"""What is tested is what users install, and what they install is whole."""

from __future__ import annotations

import importlib.metadata
import importlib.resources
import os
import subprocess
import sys
from pathlib import Path

import pytest

import aboveboard
import aboveboard_policies

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.skipif("TOX_ENV_NAME" not in os.environ, reason="only tox installs the wheel")
@pytest.mark.parametrize("package", [aboveboard, aboveboard_policies])
def test_wheel_is_what_is_imported(package: object) -> None:
    origin = Path(str(package.__spec__.origin))  # type: ignore[attr-defined]
    assert origin.parent.parent.name == "site-packages"


@pytest.mark.skipif("TOX_ENV_NAME" not in os.environ, reason="only tox installs the wheel")
def test_wheel_holds_every_file_of_the_source_but_policy_tests() -> None:
    installed = {
        str(path)
        for path in importlib.metadata.files("aboveboard") or ()
        if path.parts[0].startswith("aboveboard")
        and not path.parts[0].endswith(".dist-info")
        and path.suffix != ".pyc"
    }
    source = {
        path.relative_to(top).as_posix()
        for top in (ROOT / "core", ROOT / "plugins", ROOT / "policies")
        for package in top.iterdir()
        if package.is_dir()
        for path in package.rglob("*")
        if path.is_file() and path.suffix != ".pyc" and not path.name.endswith("_test.rego")
    }
    assert installed == source
    assert {"aboveboard/py.typed", "aboveboard_policies/py.typed"} <= installed


CRMS = ("dataverse", "hubspot", "odoo", "pipedrive", "salesforce")
MODELS = ("anthropic", "gemini", "litellm", "mistral", "openai")
VENDORS = (*CRMS, *MODELS)
SDKS = (
    "PowerPlatform", "anthropic", "google.genai", "httpx", "httpx2", "hubspot", "litellm", "mistralai",
    "odoorpc", "openai", "simple_salesforce",
)  # fmt: skip


def test_every_plugin_is_an_extra_and_an_entry_point() -> None:
    metadata = importlib.metadata.metadata("aboveboard")
    assert {*VENDORS, "ai", "crm", "langchain", "openai-agents"} <= set(
        metadata.get_all("Provides-Extra") or ()
    )
    points = importlib.metadata.entry_points(group="aboveboard")
    ours = {p.name: p.value for p in points if p.dist and p.dist.name == "aboveboard"}
    assert ours == {name: f"aboveboard_{name}.plugin" for name in VENDORS}


@pytest.mark.parametrize("name", VENDORS)
def test_a_plugin_is_loaded_without_its_sdk(name: str) -> None:
    """Every gate loads it, also of those who have no such client."""
    code = (
        "import sys\n"
        f"for sdk in {SDKS!r}: sys.modules[sdk] = None\n"
        f"import aboveboard_{name}, aboveboard_{name}.plugin\n"
        f"assert callable(aboveboard_{name}.wrap)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_policies_are_found_as_resources() -> None:
    assert importlib.resources.files("aboveboard_policies").joinpath("py.typed").is_file()
