"""What changed from one policy set to another, in the terms of whoever answers for it.

Rules that came, went or say something else; values of reference data that moved; code, told apart from
comments and layout. `compare` gives data; how it is put into words is the command line's affair.
"""

from __future__ import annotations

from aboveboard.policy.differences.comparing import SetDifference, compare
from aboveboard.policy.differences.data import DocumentDifference, ValueDifference
from aboveboard.policy.differences.rules import (
    FieldDifference,
    RuleDifference,
    TextDifference,
    TextsOfLanguage,
)

__all__ = [
    "DocumentDifference",
    "FieldDifference",
    "RuleDifference",
    "SetDifference",
    "TextDifference",
    "TextsOfLanguage",
    "ValueDifference",
    "compare",
]
