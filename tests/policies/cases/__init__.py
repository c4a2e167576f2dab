"""What each rule says of changes to a compliant event: `case` for how, one module a group of rules."""

from __future__ import annotations

from tests.policies.cases import first, governance
from tests.policies.cases.case import Case

CASES: list[Case] = [*first.CASES, *governance.CASES]
