"""A problem in a policy set: where it is and what to do."""

from __future__ import annotations

from dataclasses import dataclass

from aboveboard.errors import PolicyError

__all__ = ["Problem", "raise_if_any"]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that keeps a policy set from loading.

    Attributes:
        file: the directory's name and the path within it, with forward slashes.
        line: from 1; 0 when no line applies.
        message: what is wrong and what to do.
        check: which check found it; stable, for programs. `workbench.checks` has them all.
    """

    file: str
    line: int
    message: str
    check: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.message}"


def raise_if_any(problems: list[Problem]) -> None:
    """Raise one PolicyError with every problem, a line each, sorted by place."""
    if problems:
        raise PolicyError("\n".join(str(problem) for problem in sorted(set(problems))))
