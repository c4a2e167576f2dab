"""What is tested is what users install, and what they install is whole."""

from __future__ import annotations

import importlib.metadata
import importlib.resources
import os
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
        if path.parts[0] in {"aboveboard", "aboveboard_policies"} and path.suffix != ".pyc"
    }
    source = {
        path.relative_to(top).as_posix()
        for top in (ROOT / "core", ROOT / "policies")
        for package in top.iterdir()
        if package.is_dir()
        for path in package.rglob("*")
        if path.is_file() and path.suffix != ".pyc" and not path.name.endswith("_test.rego")
    }
    assert installed == source
    assert {"aboveboard/py.typed", "aboveboard_policies/py.typed"} <= installed


def test_policies_are_found_as_resources() -> None:
    assert importlib.resources.files("aboveboard_policies").joinpath("py.typed").is_file()
