"""The revision says which policies decided: the same for the same bytes, wherever they lie."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from aboveboard.policy.bundle import load_bundle
from tests.policies.test_reference import SCHEMA, bundled
from tests.policies.writing import Directory, rego

if TYPE_CHECKING:
    from collections.abc import Callable

SECOND = rego(changes={"_acme_1": "_acme_2", "ACME-1": "ACME-2"})


def filled(path: Path) -> Directory:
    directory = Directory(path)
    directory.add()
    directory.add("more/acme_2.rego", SECOND)
    directory.reference("limits", {"most": 5, "least": 1}, SCHEMA)
    return directory


def test_the_same_wherever_it_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = filled(tmp_path / "policies").path
    revision = load_bundle([path]).revision
    moved = tmp_path / "elsewhere" / "another name"
    shutil.copytree(path, moved)
    monkeypatch.chdir(moved)
    assert {load_bundle([place]).revision for place in (moved, Path(), path)} == {revision}
    assert revision.startswith("sha256:")
    assert len(revision) == 71


def test_the_same_whatever_order_files_were_made_in(tmp_path: Path) -> None:
    backwards = Directory(tmp_path / "backwards")
    backwards.reference("limits", {"least": 1, "most": 5}, SCHEMA)
    backwards.add("more/acme_2.rego", SECOND)
    backwards.add()
    one = load_bundle([filled(tmp_path / "policies").path])
    assert load_bundle([backwards.path]).revision == one.revision


CHANGES: dict[str, Callable[[Directory], object]] = {
    "a space": lambda directory: directory.add(text=rego() + " "),
    "a line end": lambda directory: directory.add(text=rego().replace("\n", "\r\n")),
    "a comment": lambda directory: directory.add(text="# a\n" + rego()),
    "a message": lambda directory: directory.add(text=rego(changes={"Show fewer": "Show less"})),
    "a file's name": lambda directory: (directory.path / "acme_1.rego").rename(
        directory.path / "acme_one.rego"
    ),
    "a file less": lambda directory: (directory.path / "acme_1.rego").unlink(),
    "a value": lambda directory: directory.reference("limits", {"most": 5, "least": 2}),
    "a type": lambda directory: directory.reference("limits", {"most": 5, "least": "1"}),
    "an override": lambda directory: directory.reference(
        "decisions", {**bundled("decisions"), "alternatives_min": 3}
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_another_for_every_change(change: Callable[[Directory], object], tmp_path: Path) -> None:
    directory = filled(tmp_path / "policies")
    before = load_bundle([directory.path]).revision
    change(directory)
    assert load_bundle([directory.path]).revision != before


def test_another_for_another_order_of_directories(tmp_path: Path) -> None:
    one, two = Directory(tmp_path / "one"), Directory(tmp_path / "two")
    one.reference("decisions", {**bundled("decisions"), "alternatives_min": 3})
    two.reference("decisions", {**bundled("decisions"), "alternatives_min": 4})
    assert load_bundle([one.path, two.path]).revision != load_bundle([two.path, one.path]).revision


def test_the_same_in_every_answer_and_in_the_data() -> None:
    bundle = load_bundle()
    assert bundle.data["catalogue"]["revision"] == bundle.revision
