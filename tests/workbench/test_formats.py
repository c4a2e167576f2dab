"""Reports as programs read them, held against the public schemas of their formats."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from lxml import etree

from aboveboard.workbench.formats import FORMATS, as_github, as_json, as_junit, as_sarif
from aboveboard.workbench.report import Case, Coverage, Finding, Missed, Report
from tests.workbench.conftest import SCHEMAS

NASTY = "100 % of\n'a', b: <c> & \"d\" \x1b[31m\x00 é \U0001f600 ]]> ::error::x"
CHECKED = Report(
    command="policies check",
    directories=("own", "a b"),
    findings=(
        Finding("", 0, 0, "AB-UNDONE-01", "OPA is not on PATH."),
        Finding("/elsewhere/ä b.rego", 3, 0, "AB-DEAD-02", "Not reached."),
        Finding("own/a,b:c%.rego", 7, 2, "AB-TYPE-01", NASTY),
        Finding("own", 0, 0, "AB-FILE-02", "holds nothing."),
    ),
    undone=("AB-FORMAT-01", "AB-OPA-01"),
    revision="sha256:0",
    seconds=1.25,
)
TESTED = Report(
    command="policies test",
    directories=("own",),
    findings=(
        Finding("own/a_test.rego", 5, 0, "AB-TEST-01", "p.test_b [opa]: no."),
        Finding("own/x.examples.yaml", 2, 0, "AB-EXAMPLE-01", "step: expected a step."),
        Finding("own/a.rego", 9, 0, "AB-COVERAGE-01", "No test reaches 'X-1'."),
        Finding("", 0, 0, "AB-COVERAGE-02", "Tests reach 50 %."),
    ),
    cases=(
        Case("opa", "p_test", "test_a", "passed", 0.001, "", "own/a_test.rego", 2),
        Case("opa", "p_test", "test_b", "failed", 0.5, NASTY, "own/a_test.rego", 5),
        Case("embedded", "p_test", "test_b", "error", 0.5, "It did not end.", "own/a_test.rego", 5),
        Case("embedded", "p_test", "todo_test_c", "skipped", 0, "Later.", "own/a_test.rego", 8),
    ),
    coverage=Coverage(
        2, (Missed("own/a.rego", 9, 9, "X-1", ""),), 10, (Missed("own/a.rego", 9, 11),)
    ),
    revision="sha256:0",
    seconds=2,
)
EMPTY = Report("policies check", ("own",), ())
REPORTS = pytest.mark.parametrize(
    "report", [CHECKED, TESTED, EMPTY], ids=["check", "test", "empty"]
)


def sarif_schema() -> Any:
    return json.loads((SCHEMAS / "sarif-2.1.0.json").read_text("utf-8"))


@REPORTS
def test_sarif_passes_its_schema(report: Report) -> None:
    jsonschema.Draft7Validator(sarif_schema()).validate(json.loads(as_sarif(report)))


def test_the_schema_is_one_that_refuses() -> None:
    document = json.loads(as_sarif(CHECKED))
    document["runs"][0]["results"][0]["level"] = "fatal"
    assert not jsonschema.Draft7Validator(sarif_schema()).is_valid(document)


def test_what_sarif_says() -> None:
    (run,) = json.loads(as_sarif(CHECKED))["runs"]
    (told,) = run["invocations"][0]["toolExecutionNotifications"]
    assert told["message"]["text"] == "OPA is not on PATH."
    rules = run["tool"]["driver"]["rules"]
    results = run["results"]
    assert len(results) == 3
    assert all(rules[item["ruleIndex"]]["id"] == item["ruleId"] for item in results)
    assert results[1] == {
        "ruleId": "AB-TYPE-01",
        "ruleIndex": next(n for n, rule in enumerate(rules) if rule["id"] == "AB-TYPE-01"),
        "level": "error",
        "message": {"text": NASTY},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {
                        "uri": "own/a%2Cb%3Ac%25.rego",
                        "uriBaseId": "%SRCROOT%",
                    },
                    "region": {"startLine": 7, "startColumn": 2},
                }
            }
        ],
    }
    elsewhere = results[0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert elsewhere == {"uri": "file:///elsewhere/%C3%A4%20b.rego"}


@REPORTS
def test_junit_passes_surefires_schema(report: Report) -> None:
    schema = etree.XMLSchema(etree.parse(str(SCHEMAS / "surefire-test-report.xsd")))
    suite = etree.fromstring(as_junit(report).encode())
    schema.assertValid(suite)
    cases = suite.findall("testcase")
    assert suite.get("tests") == str(len(cases))
    for name, count in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        assert suite.get(count) == str(sum(case.find(name) is not None for case in cases))
    suite.find("properties").tag = "property"
    assert not schema.validate(suite)


def test_what_junit_says() -> None:
    suite = etree.fromstring(as_junit(TESTED).encode())
    assert [case.get("name") for case in suite.findall("testcase")] == [
        "test_a [opa]",
        "test_b [opa]",
        "test_b [embedded]",
        "todo_test_c [embedded]",
        "AB-EXAMPLE-01 TableReads",
        "AB-COVERAGE-02 CoverageEnough",
    ]
    said = suite.findall("testcase/failure")[0].get("message")
    assert said == re.sub("[\x00\x1b]", "\ufffd", NASTY)  # XML has no way to write these
    told = {item.get("name"): item.get("value") for item in suite.findall("properties/property")}
    assert told["coverage.findings_percent"] == "50.0"
    assert told["coverage.lines_percent"] == "70.0"
    checked = etree.fromstring(as_junit(CHECKED).encode())
    skipped = [case.get("name") for case in checked if case.find("skipped") is not None]
    assert skipped == ["AB-FORMAT-01 Formatted", "AB-OPA-01 OpaStrict"]


def decoded(text: str) -> str:
    for escape, sign in (("%2C", ","), ("%3A", ":"), ("%0A", "\n"), ("%0D", "\r"), ("%25", "%")):
        text = text.replace(escape, sign)
    return text


def test_an_annotation_is_one_line_whatever_it_says() -> None:
    lines = as_github(CHECKED).splitlines()
    assert len(lines) == 4
    assert lines[0] == "::notice title=AB-UNDONE-01 Undone::OPA is not on PATH."
    found = re.fullmatch(
        r"::error file=([^,:]*),line=7,col=2,title=AB-TYPE-01 TypesFit::(.*)", lines[2]
    )
    assert found is not None
    assert decoded(found[1]) == "own/a,b:c%.rego"
    said = decoded(found[2]).replace(r"\xe9", "é").replace(r"\U0001f600", "\U0001f600")
    assert said == NASTY
    assert lines[3] == "::error file=own,title=AB-FILE-02 DirectoryHolds::holds nothing."


@REPORTS
@pytest.mark.parametrize("form", FORMATS)
def test_every_pipe_can_carry_it(form: str, report: Report) -> None:
    assert FORMATS[form](report).isascii()


def test_json_has_all_of_it() -> None:
    found = json.loads(as_json(TESTED))
    assert list(found) == [
        "command",
        "directories",
        "revision",
        "findings",
        "not_done",
        "tests",
        "coverage",
        "seconds",
    ]
    assert found["tests"][1]["message"] == NASTY
    assert found["coverage"]["not_reached"] == [
        {"rule": "X-1", "reason": "", "file": "own/a.rego", "line": 9}
    ]
    assert found["coverage"]["lines_percent"] == 70


def test_a_percentage_is_not_rounded_up() -> None:
    whole = Coverage(20_000, (Missed("a", 1, 1),))
    assert whole.percent == 99.99
    assert Coverage(0, ()).percent == 100


def test_the_notice_names_every_copy(tmp_path: Path) -> None:
    notice = (SCHEMAS / "NOTICE.md").read_text("utf-8")
    copies = [path.name for path in SCHEMAS.iterdir() if path.name != "NOTICE.md"]
    assert [name for name in copies if f"`{name}`" not in notice] == []
