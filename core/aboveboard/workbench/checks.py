"""Every check of the workbench: its stable id, how much it matters, what it guards against.

An id is for ever: whoever silences or counts one must not find it meaning something else. A new check
gets a new id; one that goes leaves a gap.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

__all__ = ["CHECKS", "DOCS", "Check", "Level"]

Level = Literal["error", "warning", "note"]
"""As SARIF has them: `note` never fails a run."""

DOCS = "docs/workbench.md"
"""Where the checks are explained, in the project."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check.

    Attributes:
        id: `AB-<topic>-<number>`.
        level: of what it finds.
        name: for programs, in CamelCase as SARIF wants it.
        about: one sentence: what it demands.
        opa: it needs OPA.
    """

    id: str
    level: Level
    name: str
    about: str
    opa: bool = False


_ALL = (
    Check("AB-FILE-01", "error", "FileReadable", "Files are UTF-8 text of a sane size and name."),
    Check("AB-FILE-02", "error", "DirectoryHolds", "A policy directory holds policies."),
    Check("AB-SYNTAX-01", "error", "RegoParses", "Rego files can be parsed."),
    Check("AB-PACKAGE-01", "error", "PackageInPlace", "Packages are where both engines look."),
    Check("AB-PACKAGE-02", "error", "HeaderOnOneLine", "Package and import have their own lines."),
    Check("AB-IMPORT-01", "error", "NotImported", "Each file imports future.keywords.not."),
    Check("AB-IMPORT-02", "error", "NoOtherImport", "No file imports anything else."),
    Check("AB-BUILTIN-01", "error", "PortableFunctions", "Only functions that both engines have."),
    Check("AB-SET-01", "error", "SetsAreSure", "What a set contains is defined for each item."),
    Check("AB-NAME-01", "error", "HelpersPrivate", "Helpers are private to a rule."),
    Check("AB-NAME-02", "error", "NamesUnique", "No two files define one name in one package."),
    Check("AB-NAME-03", "error", "OneDefault", "A rule has one default."),
    Check("AB-RECURSION-01", "error", "NoRecursion", "No rule depends on itself."),
    Check("AB-DATA-01", "error", "DataRootKnown", "Rules read the roots of the policy set only."),
    Check("AB-DATA-02", "error", "DataThere", "Each data path that a rule reads is there."),
    Check(
        "AB-FACT-01", "error", "FactsKnown", "Each path that a rule reads is a fact of its step."
    ),
    Check("AB-METADATA-01", "error", "MetadataReads", "METADATA is YAML of the known shape."),
    Check("AB-METADATA-02", "error", "MetadataThere", "Each finding has METADATA above it."),
    Check(
        "AB-METADATA-03", "error", "MetadataComplete", "A rule's first METADATA says everything."
    ),
    Check("AB-METADATA-04", "error", "MetadataAgrees", "METADATA and the finding say the same."),
    Check(
        "AB-MESSAGE-01", "error", "PlaceholdersKnown", "Texts name what the finding's args have."
    ),
    Check("AB-MESSAGE-02", "error", "EnglishThere", "Messages and remedies are there in English."),
    Check("AB-MESSAGE-03", "error", "TranslationsFit", "Translations are of rules that there are."),
    Check("AB-FINDING-01", "error", "FindingShape", "A finding has the parts that the gate reads."),
    Check("AB-FINDING-02", "error", "FindingLiteral", "A finding's rule and effect are literal."),
    Check("AB-PHASE-01", "error", "PhaseGuarded", "A rule of one phase says so in every body."),
    Check("AB-TOPIC-01", "error", "TopicsIncluded", "Steps include the topics that name them."),
    Check("AB-REFERENCE-01", "error", "ReferenceReads", "Reference data is JSON or plain YAML."),
    Check("AB-REFERENCE-02", "error", "ReferenceSchema", "Reference data has a JSON Schema."),
    Check("AB-REFERENCE-03", "error", "ReferencePasses", "Reference data passes its schema."),
    Check(
        "AB-COMPILE-01", "error", "Compiles", "The embedded engine compiles and answers in time."
    ),
    Check("AB-DEAD-01", "warning", "FindingCanHold", "A finding can hold in some step and phase."),
    Check("AB-DEAD-02", "warning", "HelperReached", "Each helper is reached by a finding."),
    Check("AB-DEAD-03", "warning", "TestsTestSomething", "A test file holds tests."),
    Check("AB-FORMAT-01", "warning", "Formatted", "Files are as 'opa fmt' writes them.", opa=True),
    Check("AB-OPA-01", "error", "OpaStrict", "'opa check --strict' has nothing to say.", opa=True),
    Check(
        "AB-TYPE-01", "error", "TypesFit", "Facts are used as the event schema has them.", opa=True
    ),
    Check("AB-UNDONE-01", "note", "Undone", "Every check could be done."),
    Check("AB-TEST-01", "error", "TestPasses", "Each test of the policies passes."),
    Check("AB-TEST-02", "error", "TestRuns", "Each test of the policies can be run."),
    Check("AB-EXAMPLE-01", "error", "TableReads", "A table of examples can be read."),
    Check("AB-EXAMPLE-02", "error", "ExampleHolds", "Each example comes out as expected."),
    Check("AB-COVERAGE-01", "note", "FindingReached", "Each finding is reached by some test."),
    Check("AB-COVERAGE-02", "error", "CoverageEnough", "Enough is reached by tests."),
)

CHECKS: Mapping[str, Check] = MappingProxyType({check.id: check for check in _ALL})
"""By id, in the order in which they are done."""
