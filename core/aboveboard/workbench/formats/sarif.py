"""SARIF 2.1.0, for code scanning and editors.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html.
"""

from __future__ import annotations

import json
import re
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from urllib.parse import quote

from aboveboard.workbench.checks import CHECKS, DOCS, Check
from aboveboard.workbench.report import Finding, Report

__all__ = ["as_sarif"]

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_UNDONE = "AB-UNDONE-01"
_DRIVE = re.compile(r"[A-Za-z]:/")


def as_sarif(report: Report) -> str:
    """One run. What could not be done is a notification of it, not a result."""
    rules = list(CHECKS.values())
    index = {check.id: number for number, check in enumerate(rules)}
    told = [item for item in report.findings if item.check == _UNDONE]
    run = {
        "tool": {
            "driver": {
                "name": "aboveboard",
                "version": _version(),
                "rules": [_rule(check) for check in rules],
            }
        },
        "automationDetails": {"id": f"aboveboard/{report.command.replace(' ', '-')}/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [
                    {
                        "level": "note",
                        "message": {"text": item.message},
                        "descriptor": {"id": _UNDONE, "index": index[_UNDONE]},
                    }
                    for item in told
                ],
            }
        ],
        "results": [
            _result(item, index[item.check]) for item in report.findings if item not in told
        ],
    }
    document = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2) + "\n"


def _rule(check: Check) -> dict[str, Any]:
    return {
        "id": check.id,
        "name": check.name,
        "shortDescription": {"text": check.about},
        "help": {"text": f"{check.about} See {DOCS}."},
        "defaultConfiguration": {"level": check.level},
    }


def _result(finding: Finding, index: int) -> dict[str, Any]:
    found: dict[str, Any] = {
        "ruleId": finding.check,
        "ruleIndex": index,
        "level": finding.level,
        "message": {"text": finding.message},
    }
    if finding.file:
        place: dict[str, Any] = {"artifactLocation": _artifact(finding.file)}
        if finding.line:
            place["region"] = {"startLine": finding.line}
            if finding.column:
                place["region"]["startColumn"] = finding.column
        found["locations"] = [{"physicalLocation": place}]
    return found


def _artifact(file: str) -> dict[str, str]:
    if file.startswith("/") or _DRIVE.match(file):
        return {"uri": Path(file).as_uri() if Path(file).is_absolute() else quote(file)}
    return {"uri": quote(file), "uriBaseId": "%SRCROOT%"}


def _version() -> str:
    try:
        return version("aboveboard")
    except PackageNotFoundError:
        return "0"
