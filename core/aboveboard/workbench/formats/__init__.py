"""A report as programs read it. All of it is ASCII: it comes through every pipe as it is."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType

from aboveboard.workbench.formats.github import as_github
from aboveboard.workbench.formats.junit import as_junit
from aboveboard.workbench.formats.sarif import as_sarif
from aboveboard.workbench.report import Report

__all__ = ["FORMATS", "as_github", "as_json", "as_junit", "as_sarif"]


def as_json(report: Report) -> str:
    """The report as our own JSON object."""
    return json.dumps(report.as_dict(), indent=2) + "\n"


FORMATS: Mapping[str, Callable[[Report], str]] = MappingProxyType(
    {"json": as_json, "sarif": as_sarif, "junit": as_junit, "github": as_github}
)
"""Writers by name."""
