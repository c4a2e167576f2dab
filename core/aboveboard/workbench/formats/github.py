"""Annotations of GitHub Actions: workflow commands, one a line.

Source: https://docs.github.com/actions/reference/workflow-commands-for-github-actions.
"""

from __future__ import annotations

from aboveboard.workbench.checks import CHECKS
from aboveboard.workbench.report import Finding, Report

__all__ = ["as_github"]

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}
# In this order: the sign of escapes first.
_DATA = (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"))
_PROPERTY = (*_DATA, (":", "%3A"), (",", "%2C"))


def as_github(report: Report) -> str:
    """One annotation a finding; the empty text when there is none."""
    return "".join(f"{_annotation(finding)}\n" for finding in report.findings)


def _annotation(finding: Finding) -> str:
    properties = {
        "file": finding.file,
        "line": finding.line,
        "col": finding.column,
        "title": f"{finding.check} {CHECKS[finding.check].name}",
    }
    told = ",".join(
        f"{name}={_escaped(str(value), _PROPERTY)}" for name, value in properties.items() if value
    )
    return f"::{_COMMANDS[finding.level]} {told}::{_escaped(finding.message, _DATA)}"


def _escaped(text: str, signs: tuple[tuple[str, str], ...]) -> str:
    for sign, escape in signs:
        text = text.replace(sign, escape)
    return text.encode("ascii", "backslashreplace").decode("ascii")
