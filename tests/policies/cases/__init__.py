"""What each rule says of changes to a compliant event: `case` for how, one module a group of rules."""

from __future__ import annotations

from tests.policies.cases import collection, first, governance, marketing, offer, sensitive
from tests.policies.cases.case import Case

CASES: list[Case] = [
    *first.CASES,
    *collection.CASES,
    *marketing.CASES,
    *sensitive.CASES,
    *offer.CASES,
    *governance.CASES,
]
