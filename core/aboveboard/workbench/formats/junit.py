"""JUnit XML as Maven's Surefire defines it, which CI servers read.

Source: https://maven.apache.org/surefire/maven-surefire-plugin/xsd/surefire-test-report.xsd.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from aboveboard.workbench.checks import CHECKS
from aboveboard.workbench.report import Case, Finding, Report

__all__ = ["as_junit"]

_OF_CASES = ("AB-TEST-01", "AB-EXAMPLE-02")
# XML 1.0 has no way to write these.
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_junit(report: Report) -> str:
    """One `testsuite`: a `testcase` for each test, and for each check that was done or could not be."""
    name = f"aboveboard {report.command}"
    cases = [*map(_case, report.cases), *_checks(report)]
    suite = ET.Element(
        "testsuite",
        name=name,
        time=f"{report.seconds:.3f}",
        tests=str(len(cases)),
        errors=str(sum(case.find("error") is not None for case in cases)),
        skipped=str(sum(case.find("skipped") is not None for case in cases)),
        failures=str(sum(case.find("failure") is not None for case in cases)),
    )
    properties = ET.SubElement(suite, "properties")
    for key, value in _properties(report):
        ET.SubElement(properties, "property", name=key, value=_legal(value))
    suite.extend(cases)
    ET.indent(suite)
    text = ET.tostring(suite, encoding="us-ascii").decode("ascii")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _properties(report: Report) -> Iterator[tuple[str, str]]:
    yield "directories", ", ".join(report.directories)
    yield "policy_revision", report.revision
    if report.coverage is not None:
        yield "coverage.findings_percent", str(report.coverage.percent)
        if report.coverage.lines_percent is not None:
            yield "coverage.lines_percent", str(report.coverage.lines_percent)


def _case(case: Case) -> ET.Element:
    found = ET.Element(
        "testcase",
        name=_legal(f"{case.name} [{case.engine}]"),
        classname=_legal(case.group),
        time=f"{case.seconds:.6f}",
    )
    if case.outcome == "skipped":
        ET.SubElement(found, "skipped", message=_legal(case.message))
    elif case.outcome != "passed":
        kind = "failure" if case.outcome == "failed" else "error"
        told = ET.SubElement(found, kind, message=_legal(case.message), type=case.outcome)
        told.text = _legal(f"{case.file}:{case.line}: {case.message}")
    return found


def _checks(report: Report) -> Iterator[ET.Element]:
    """What was found beside the tests; for `check`, each check."""
    by_check: dict[str, list[Finding]] = {}
    for finding in report.findings:
        if finding.level != "note" and not (report.cases and finding.check in _OF_CASES):
            by_check.setdefault(finding.check, []).append(finding)
    for check in CHECKS.values():
        found = by_check.get(check.id, [])
        whole = report.command == "policies check" and check.level != "note"
        if not found and not (whole and not check.id.startswith(_TESTING)):
            continue
        case = ET.Element(
            "testcase",
            name=f"{check.id} {check.name}",
            classname=f"aboveboard.{report.command.replace(' ', '.')}",
            time="0",
        )
        for finding in found:
            told = ET.SubElement(case, "failure", message=_legal(finding.message), type=check.id)
            told.text = _legal(f"{finding.file}:{finding.line}: {finding.message}")
        if check.id in report.undone:
            ET.SubElement(case, "skipped", message="OPA is missing, or a file cannot be read.")
        yield case


_TESTING = ("AB-TEST-", "AB-EXAMPLE-", "AB-COVERAGE-")


def _legal(text: str) -> str:
    return _ILLEGAL.sub("\ufffd", text)
