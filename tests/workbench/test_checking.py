"""`checking.check`: each check finds what it is there to find, where it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from aboveboard.workbench.checks import CHECKS
from aboveboard.workbench.report import Report
from tests.workbench.conftest import RULE, told

MORE = '\n_test_01_more if input.ai.model == "n"\n'


def test_a_sound_set_has_nothing_to_repair(house: Path, judge: Callable[..., Report]) -> None:
    report = judge(house)
    assert told(report) == []
    assert report.directories == ("policies",)
    assert report.revision.startswith("sha256:")
    assert not report.failed()


@pytest.mark.opa
def test_nor_for_opa(house: Path, judge: Callable[..., Report], opa_binary: Path) -> None:
    report = judge(house, opa=opa_binary)
    assert (report.findings, report.undone) == ((), ())


def test_without_opa_it_says_what_was_not_done(house: Path, judge: Callable[..., Report]) -> None:
    report = judge(house)
    (note,) = report.findings
    assert (note.check, note.level, note.file) == ("AB-UNDONE-01", "note", "")
    assert report.undone == ("AB-FORMAT-01", "AB-OPA-01", "AB-TYPE-01")
    assert all(name in note.message for name in report.undone)


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("findings contains {", "findings contains {{", ["AB-SYNTAX-01 own/rule.rego:24"]),
        ("package organisation.test.", "package organisation.", ["AB-PACKAGE-01 own/rule.rego:1"]),
        ("import future.keywords.not\n", "", ["AB-IMPORT-01 own/rule.rego:1"]),
        ("keywords.not\n", "keywords.not\nimport data.a\n", ["AB-IMPORT-02 own/rule.rego:4"]),
        ('"m"\n', '"m"\n\tis_number(rand.intn("a", 2))\n', ["AB-BUILTIN-01 own/rule.rego:19"]),
        ("input.ai.model", "input.ai.modell", ["AB-FACT-01 own/rule.rego:26"]),
        ("input.ai.model", "data.reference.nowhere", ["AB-DATA-02 own/rule.rego:26"]),
        ("input.ai.model", "data.elsewhere.x", ["AB-DATA-01 own/rule.rego:26"]),
        ("# title: A rule", "# title: [A rule", ["AB-METADATA-01 own/rule.rego:5", "AB-METADATA-02 own/rule.rego:19"]),
        ("#   severity: high\n", "", ["AB-METADATA-03 own/rule.rego:5"]),
        ("id: TEST-01", "id: TEST-02", ["AB-METADATA-04 own/rule.rego:19"]),
        ("{en: It speaks.}", '{en: "It {speaks}."}', ["AB-MESSAGE-01 own/rule.rego:5"]),
        ("message: {en:", "message: {fi:", ["AB-MESSAGE-02 own/rule.rego:5"]),
        ('\t"facts": ["ai.model"],\n', "", ["AB-FINDING-01 own/rule.rego:19"]),
        ('\tinput.phase == "requested"\n', "", ["AB-PHASE-01 own/rule.rego:19"]),
        ('"m"\n}\n', '"m"\n}\n\nhelper if input.step == "profiling"\n', ["AB-NAME-01 own/rule.rego:29", "AB-DEAD-02 own/rule.rego:29"]),
        ('"m"\n}\n', '"m"\n\t_f(1)\n}\n\n_f(x) if _f(x)\n', ["AB-RECURSION-01 own/rule.rego:30"]),
        ('== "requested"\n', '== "requested"\n\tinput.phase == "completed"\n', ["AB-DEAD-01 own/rule.rego:19"]),
        ('"m"\n}\n', f'"m"\n}}\n{MORE}', ["AB-DEAD-02 own/rule.rego:29"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(
    old: str, new: str, found: list[str], place: Path, judge: Callable[..., Report]
) -> None:
    assert RULE.count(old) >= 1
    (place / "rule.rego").write_text(RULE.replace(old, new, 1), "utf-8")
    report = judge(place)
    assert sorted(told(report)) == sorted(found)
    assert report.failed()


def test_what_cannot_be_told_of_a_set_that_does_not_load(
    place: Path, judge: Callable[..., Report]
) -> None:
    (place / "rule.rego").write_text(RULE, "utf-8")
    (place / "bad.rego").write_text("package organisation.test.profiling\nx if {", "utf-8")
    report = judge(place)
    assert told(report) == ["AB-SYNTAX-01 own/bad.rego:2"]
    assert report.undone == tuple(c for c in CHECKS if c in {*report.undone, "AB-COMPILE-01"})
    assert {"AB-DEAD-01", "AB-DEAD-02", "AB-COMPILE-01"} <= set(report.undone)
    assert report.revision == ""


@pytest.mark.opa
@pytest.mark.parametrize(
    ("old", "new", "found", "says"),
    [
        ("if {", "if  {", "AB-FORMAT-01 own/rule.rego:24", "opa fmt --write"),
        ('"m"\n', '"m"\n\tunused := 1\n', "AB-OPA-01 own/rule.rego:27", "unused"),
        (
            'input.ai.model == "m"',
            "some item in input.fields\n\titem.nane",
            "AB-TYPE-01 own/rule.rego:27",
            "did you mean 'name'?), in the step profiling",
        ),
        (
            'input.ai.model == "m"',
            'startswith(input.ai.confidence_bp, "9")',
            "AB-TYPE-01 own/rule.rego:26",
            "startswith: invalid argument(s)",
        ),
    ],
)
def test_what_only_opa_knows(
    *,
    old: str,
    new: str,
    found: str,
    says: str,
    place: Path,
    judge: Callable[..., Report],
    opa_binary: Path,
) -> None:
    (place / "rule.rego").write_text(RULE.replace(old, new, 1), "utf-8")
    report = judge(place, opa=opa_binary)
    assert told(report) == [found]
    assert says in report.findings[0].message


@pytest.mark.opa
def test_tests_are_judged_too(place: Path, judge: Callable[..., Report], opa_binary: Path) -> None:
    (place / "rule.rego").write_text(RULE, "utf-8")
    (place / "bad_test.rego").write_text("package t\n\ntest_x if {", "utf-8")
    (place / "idle_test.rego").write_text("package idle\n\nx := 1\n", "utf-8")
    found = ["AB-DEAD-03 own/idle_test.rego:1", "AB-SYNTAX-01 own/bad_test.rego:3"]
    assert sorted(told(judge(place))) == found
    with_opa = told(judge(place, opa=opa_binary))
    assert sorted(with_opa) == ["AB-DEAD-03 own/idle_test.rego:1", "AB-OPA-01 own/bad_test.rego:3"]


@pytest.mark.opa
def test_names_that_opa_would_read_as_something_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, judge: Callable[..., Report], opa_binary: Path
) -> None:
    """OPA takes `prefix:path` for a place in `data`, and `-x` for an option."""
    monkeypatch.chdir(tmp_path)
    place = tmp_path / "-a:b c"
    place.mkdir()
    (place / "--rule ä:1.rego").write_text(RULE.replace("if {", "if  {"), "utf-8")
    assert told(judge(place, opa=opa_binary)) == ["AB-FORMAT-01 -a:b c/--rule ä:1.rego:24"]


@pytest.mark.opa
def test_an_opa_that_is_none_is_told_as_such(
    house: Path, judge: Callable[..., Report], tmp_path: Path
) -> None:
    program = tmp_path / "opa"
    program.write_text("#!/bin/sh\necho 'out of \x1b[31mmemory' >&2\nexit 3\n")
    program.chmod(0o755)
    report = judge(house, opa=program)
    assert {item.check for item in report.findings} == {"AB-FORMAT-01", "AB-OPA-01", "AB-TYPE-01"}
    assert all("exit code 3" in item.message for item in report.findings)


def test_places_are_from_the_working_directory(
    place: Path, judge: Callable[..., Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "rule.rego").write_text(RULE.replace("if {", "if {{"), "utf-8")
    monkeypatch.chdir(place)
    assert told(judge(Path()))[0].startswith("AB-SYNTAX-01 rule.rego:")
    (place / "elsewhere").mkdir()
    monkeypatch.chdir(place / "elsewhere")
    assert told(judge(place))[0].startswith(f"AB-SYNTAX-01 {place}/rule.rego:")


def test_several_directories_of_one_name(tmp_path: Path, judge: Callable[..., Report]) -> None:
    for number in (1, 2):
        place = tmp_path / str(number) / "own"
        place.mkdir(parents=True)
        text = RULE.replace(".test.", f".test{number}.").replace("TEST-01", f"TEST-0{number}")
        (place / "rule.rego").write_text(text.replace("input.ai.model", "input.ai.nodel"), "utf-8")
    found = told(judge(tmp_path / "1" / "own", tmp_path / "2" / "own"))
    assert found == [f"AB-FACT-01 {tmp_path}/{number}/own/rule.rego:26" for number in (1, 2)]
