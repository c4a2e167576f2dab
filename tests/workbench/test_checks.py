"""The checks' ids are a promise: each is used, told and explained."""

from __future__ import annotations

import re

from aboveboard.workbench.checks import CHECKS, DOCS
from tests.workbench.conftest import ROOT

ID = re.compile(r"AB-[A-Z]+-\d\d")
# Whoever renumbers one breaks what others have written down. Only ever add.
KNOWN = [
    "AB-FILE-01",
    "AB-FILE-02",
    "AB-SYNTAX-01",
    "AB-PACKAGE-01",
    "AB-PACKAGE-02",
    "AB-IMPORT-01",
    "AB-IMPORT-02",
    "AB-BUILTIN-01",
    "AB-SET-01",
    "AB-NAME-01",
    "AB-NAME-02",
    "AB-NAME-03",
    "AB-RECURSION-01",
    "AB-DATA-01",
    "AB-DATA-02",
    "AB-FACT-01",
    "AB-METADATA-01",
    "AB-METADATA-02",
    "AB-METADATA-03",
    "AB-METADATA-04",
    "AB-MESSAGE-01",
    "AB-MESSAGE-02",
    "AB-MESSAGE-03",
    "AB-FINDING-01",
    "AB-FINDING-02",
    "AB-PHASE-01",
    "AB-TOPIC-01",
    "AB-REFERENCE-01",
    "AB-REFERENCE-02",
    "AB-REFERENCE-03",
    "AB-COMPILE-01",
    "AB-DEAD-01",
    "AB-DEAD-02",
    "AB-DEAD-03",
    "AB-FORMAT-01",
    "AB-OPA-01",
    "AB-TYPE-01",
    "AB-UNDONE-01",
    "AB-TEST-01",
    "AB-TEST-02",
    "AB-EXAMPLE-01",
    "AB-EXAMPLE-02",
    "AB-COVERAGE-01",
    "AB-COVERAGE-02",
]


def test_no_id_changes() -> None:
    assert list(CHECKS) == KNOWN


def test_each_id_is_used_and_none_is_made_up() -> None:
    used = set()
    for path in (ROOT / "core").rglob("*.py"):
        if path.name != "checks.py" or path.parent.name == "policy":
            used |= set(ID.findall(path.read_text("utf-8")))
    assert used == set(CHECKS)


def test_names_are_as_sarif_has_them_and_each_its_own() -> None:
    names = [check.name for check in CHECKS.values()]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"([A-Z][a-z0-9]*)+", name) for name in names)


def test_each_is_explained() -> None:
    text = (ROOT / DOCS).read_text("utf-8")
    missing = [name for name in CHECKS if f"| `{name}` |" not in text]
    assert missing == []
