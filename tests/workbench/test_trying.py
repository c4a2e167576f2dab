"""`trying.try_out`: tests and examples on both engines, and what they reach."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from aboveboard.errors import PolicyError
from aboveboard.workbench import asking, rego_tests, rows
from aboveboard.workbench.checking import Request
from aboveboard.workbench.report import Report
from aboveboard.workbench.trying import try_out
from tests.workbench.conftest import RULE, told

TEST = """package organisation.test.profiling_test

import future.keywords.not

_found(model) := found if {
	found := data.organisation.test.profiling.findings with input as {"phase": "requested", "ai": {"model": model}}
}

test_it_fires if count(_found("m")) == 1

test_it_does_not if count(_found("n")) == 0
"""
TABLE = """step: profiling
examples:
  - name: it fires
    change: {ai.model: m}
    expect: {effect: deny, includes: [TEST-01]}
"""


@pytest.fixture
def own(place: Path) -> Path:
    (place / "rule.rego").write_text(RULE, "utf-8")
    (place / "rule_test.rego").write_text(TEST, "utf-8")
    (place / "rule.examples.yaml").write_text(TABLE, "utf-8")
    return place


def embedded(*directories: Path, pattern: str = "", least: float | None = None) -> Report:
    return try_out(Request(directories), "embedded", pattern, least)


def outcomes(report: Report) -> dict[str, str]:
    return {f"{case.name} [{case.engine}]": case.outcome for case in report.cases}


@pytest.mark.opa
def test_both_engines_pass_the_example(house: Path, opa_binary: Path) -> None:
    report = try_out(Request((house,), opa=opa_binary))
    assert report.findings == ()
    assert [case.outcome for case in report.cases] == ["passed"] * 12
    assert {case.engine for case in report.cases} == {"opa", "embedded"}
    assert report.coverage is not None
    assert (report.coverage.findings, report.coverage.percent) == (2, 100)
    assert report.coverage.lines_percent == 100
    assert report.coverage.lines


def test_the_embedded_engine_alone_says_as_much_of_findings(house: Path) -> None:
    report = embedded(house)
    assert report.findings == ()
    assert report.coverage is not None
    assert report.coverage.percent == 100
    assert report.coverage.lines is None


def test_without_opa_it_says_what_was_not_done(own: Path) -> None:
    report = try_out(Request((own,)))
    (note,) = report.findings
    assert (note.check, note.level) == ("AB-UNDONE-01", "note")
    assert "running tests and examples on OPA, counting the lines" in note.message
    assert {case.engine for case in report.cases} == {"embedded"}


@pytest.mark.opa
def test_a_test_that_fails_is_told_on_both(own: Path, opa_binary: Path) -> None:
    (own / "rule_test.rego").write_text(TEST.replace("== 0", "== 3"), "utf-8")
    report = try_out(Request((own,), opa=opa_binary))
    assert outcomes(report) == {
        "test_it_fires [opa]": "passed",
        "test_it_does_not [opa]": "failed",
        "test_it_fires [embedded]": "passed",
        "test_it_does_not [embedded]": "failed",
        "it fires [opa]": "passed",
        "it fires [embedded]": "passed",
    }
    assert told(report) == ["AB-TEST-01 own/rule_test.rego:11"] * 2
    assert report.coverage is not None
    assert report.coverage.lines is None  # and the report says why
    assert any("does not pass on OPA" in item.message for item in report.findings)


@pytest.mark.opa
def test_what_opa_alone_runs_or_passes(own: Path, opa_binary: Path) -> None:
    """The engines differ on floats; tests of several cases are OPA's own."""
    text = TEST + (
        "\ntest_floats if floor(1.15 * 100) == 115\n"
        '\ntest_cases[name] if {\n\tsome name, n in {"one": 1, "two": 2}\n\tn > 0\n}\n'
        "\ntodo_test_later if false\n"
    )
    (own / "rule_test.rego").write_text(text, "utf-8")
    report = try_out(Request((own,), opa=opa_binary))
    found = outcomes(report)
    assert found["test_floats [opa]"] == "passed"
    assert found["test_floats [embedded]"] == "failed"
    assert found["test_cases [embedded]"] == "skipped"
    assert found["todo_test_later [opa]"] == found["todo_test_later [embedded]"] == "skipped"
    (only,) = [item for item in report.findings if item.level == "error"]
    assert "It does not hold on the embedded engine. OPA passes it" in only.message


def test_an_example_that_fails_says_what_came_instead(own: Path) -> None:
    (own / "rule.examples.yaml").write_text(TABLE.replace("deny", "escalate"), "utf-8")
    (found,) = embedded(own).findings
    assert (found.check, found.file, found.line) == ("AB-EXAMPLE-02", "own/rule.examples.yaml", 3)
    assert found.message == "'it fires' [embedded]: Expected escalate, got deny (TEST-01)."


@pytest.mark.opa
def test_what_both_say_alike_is_one_problem(own: Path, opa_binary: Path) -> None:
    (own / "rule.examples.yaml").write_text(TABLE.replace("deny", "escalate"), "utf-8")
    (found,) = try_out(Request((own,), opa=opa_binary)).findings
    assert found.message == "'it fires' [opa, embedded]: Expected escalate, got deny (TEST-01)."


@pytest.mark.opa
def test_what_nothing_reaches_is_listed(own: Path, opa_binary: Path) -> None:
    second = RULE[RULE.index("# METADATA") :].replace("TEST-01", "TEST-02").replace('"m"', '"n"')
    (own / "rule.rego").write_text(f"{RULE}\n{second}", "utf-8")
    (own / "rule_test.rego").write_text(TEST.replace('_found("n")', '_found("q")'), "utf-8")
    for opa, least in ((None, None), (None, 50.0), (None, 51.0), (opa_binary, 90.0)):
        report = try_out(Request((own,), opa=opa), "both" if opa else "embedded", "", least)
        assert report.coverage is not None
        assert [(m.rule, m.file, m.line) for m in report.coverage.missed] == [
            ("TEST-02", "own/rule.rego", 43)
        ]
        assert report.coverage.percent == 50
        assert report.failed() == (least is not None and least > 50)
    lines = {(item.line, item.last) for item in report.coverage.missed_lines}
    assert (43, 43) in lines or any(first <= 43 <= last for first, last in lines)
    assert [i.message for i in report.findings if i.check == "AB-COVERAGE-02"] == [
        "Tests reach 50 % of the findings; 90 % are asked for.",
        f"Tests reach {report.coverage.lines_percent:g} % of the lines; 90 % are asked for.",
    ]


def test_an_example_reaches_what_no_test_does(own: Path) -> None:
    (own / "rule_test.rego").unlink()
    report = embedded(own, least=100)
    assert report.findings == ()


@pytest.mark.opa
def test_an_example_reaches_lines_too(own: Path, opa_binary: Path) -> None:
    (own / "rule_test.rego").unlink()
    report = try_out(Request((own,), opa=opa_binary), "opa", "", 100)
    assert report.findings == ()
    assert report.coverage is not None
    assert report.coverage.lines_percent == 100


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("it_FIRES", ["test_it_fires"]),
        ("it fires", ["it fires"]),
        ("examples.yaml", ["it fires"]),
        ("profiling_test", ["test_it_fires", "test_it_does_not"]),
    ],
)
def test_only_what_is_asked_for(pattern: str, names: list[str], own: Path) -> None:
    report = embedded(own, pattern=pattern)
    assert [case.name for case in report.cases] == names
    assert report.coverage is None


@pytest.mark.opa
def test_the_pattern_is_text_for_opa_too(own: Path, opa_binary: Path) -> None:
    assert [c.name for c in try_out(Request((own,), opa=opa_binary), "opa", "T_Fi").cases] == [
        "test_it_fires"
    ]
    with pytest.raises(PolicyError, match=r"No test and no example has '\.\*' in its name"):
        try_out(Request((own,), opa=opa_binary), "opa", ".*")


def test_policies_that_do_not_load_are_not_tried(own: Path) -> None:
    (own / "rule.rego").write_text(RULE.replace("input.ai.model", "input.ai.modell"), "utf-8")
    with pytest.raises(PolicyError, match=r"own/rule.rego:26: 'ai.modell' is no fact"):
        embedded(own)


ENDLESS = (
    "count([x | some x in numbers.range(1, 4000); some y in numbers.range(1, 4000); "
    "some z in numbers.range(1, 4000); x + y + z == 0]) == 0"
)


def test_a_test_that_does_not_end_costs_itself_only(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rego_tests, "TEST_TIMEOUT_S", 2.0)
    text = TEST.replace("test_it_fires", f"test_endless if {ENDLESS}\n\ntest_it_fires")
    (own / "rule_test.rego").write_text(text, "utf-8")
    report = embedded(own)
    assert outcomes(report) == {
        "test_endless [embedded]": "error",
        "test_it_fires [embedded]": "passed",
        "test_it_does_not [embedded]": "passed",
        "it fires [embedded]": "passed",
    }
    (found,) = report.findings
    assert found.check == "AB-TEST-02"
    assert "It did not end within 2 s." in found.message


def test_an_example_that_runs_away_costs_itself_only(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "ROW_TIMEOUT_S", 2.0)
    text = RULE.replace('input.ai.model == "m"', f'input.ai.model == "m"\n\t{ENDLESS}')
    (own / "rule.rego").write_text(text, "utf-8")
    (own / "rule_test.rego").unlink()
    more = (
        TABLE
        + '  - name: another\n    change: {ai.model: "n"}\n    expect: {excludes: [TEST-01]}\n'
    )
    (own / "rule.examples.yaml").write_text(more, "utf-8")
    report = embedded(own)
    assert outcomes(report) == {"it fires [embedded]": "error", "another [embedded]": "passed"}
    (found,) = [item for item in report.findings if item.level == "error"]
    assert "The embedded engine did not end within 2 s." in found.message


def test_when_all_hang_nobody_waits_for_all() -> None:
    engine = asking.Modules([("a.rego", f"package a\n\nlong if {ENDLESS}\n")], "{}")
    found = asking.ask([engine], [asking.Question(0, "{}", "data.a.long")] * 6, 0.5)
    said = [reply.lost for reply in found.replies]
    assert len(set(said[:3])) == 1
    assert said[3:] == ["was not run, because 3 before it did not end."] * 3


def test_a_crash_of_the_engine_is_told() -> None:
    """A function that calls itself ends the process that runs it."""
    text = "package a\n\nf(x) if f(x)\n\nx if f(1)\n\ny := 1\n"
    engine = asking.Modules([("a.rego", text)], "{}")
    questions = [asking.Question(0, "{}", f"data.a.{name}") for name in "yxy"]
    found = asking.ask([engine], questions, 20)
    assert [reply.value for reply in found.replies] == ["1", None, "1"]
    assert found.replies[1].lost.startswith("crashed the embedded engine.")


def test_no_value_of_an_event_is_told(own: Path) -> None:
    text = RULE.replace('input.ai.model == "m"', "to_number(input.ai.model) > 1")
    (own / "rule.rego").write_text(text, "utf-8")
    (own / "rule_test.rego").unlink()
    (own / "rule.examples.yaml").write_text(TABLE.replace("model: m", "model: secret-7"), "utf-8")
    (found,) = [item for item in embedded(own).findings if item.level == "error"]
    assert "A policy could not be evaluated at own/rule.rego:26." in found.message
    assert "secret" not in found.message


def test_two_files_and_an_import(own: Path, judge: Callable[..., Report]) -> None:
    """A test may import what a policy may not."""
    text = TEST.replace(
        "keywords.not\n", "keywords.not\n\nimport data.organisation.test.profiling as mine\n"
    ).replace("data.organisation.test.profiling.findings with", "mine.findings with")
    (own / "more_test.rego").write_text(text.replace("profiling_test", "more_test"), "utf-8")
    assert set(outcomes(embedded(own)).values()) == {"passed"}
