"""Which findings of the policies tests and examples bring about."""

from __future__ import annotations

from collections.abc import Callable

from aboveboard.policy.bundle import Survey
from aboveboard.policy.metadata import Block
from aboveboard.workbench.rego_tests import Lines, Reached
from aboveboard.workbench.report import Coverage, Missed

__all__ = ["coverage"]

Named = set[tuple[str, str]]
"""Rule and reason of findings; '' for the reason of a rule's first block."""


def coverage(
    survey: Survey,
    is_judged: Callable[[str], bool],
    reached: Reached,
    named: Named,
    lines: Lines | None,
) -> Coverage:
    """What is reached, of the judged files.

    A finding is its rule and reason: it is reached when a test reaches the head of one of its rules,
    which engines count only when the rule holds, or when an example's answer has it.

    Args:
        survey: the policies.
        is_judged: whether a file counts.
        reached: lines that tests reach, on any engine.
        named: findings in the answers to examples.
        lines: what OPA counts; None when it counted nothing.
    """
    blocks = [
        (file, block) for file, found in survey.blocks.items() if is_judged(file) for block in found
    ]
    by_finding: dict[tuple[str, str], list[tuple[str, Block]]] = {}
    for file, block in blocks:
        by_finding.setdefault((block.custom.id, block.custom.reason or ""), []).append(
            (file, block)
        )
    missed = [
        Missed(file, block.rule_line, block.rule_line, rule, reason)
        for (rule, reason), found in by_finding.items()
        if (rule, reason) not in named
        and not any((file, block.rule_line) in reached for file, block in found)
        for file, block in found[:1]
    ]
    if lines is None:
        return Coverage(len(by_finding), tuple(sorted(missed)))
    missed_lines = [Missed(*item) for item in lines.missed if is_judged(item[0])]
    counted = sum(is_judged(file) for file, _ in lines.reached)
    counted += sum(item.last - item.line + 1 for item in missed_lines)
    return Coverage(len(by_finding), tuple(sorted(missed)), counted, tuple(missed_lines))
