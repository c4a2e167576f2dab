"""The four steps as decorators.

    @profiling(purpose="lead_scoring", model="propensity-3.1")
    def score(lead: Lead) -> Score: ...

Before the function runs its event (`requested`) is decided on, with the obligations done; after it,
the event of what came out (`completed`). A step that may not happen raises StepDenied or
StepEscalated, and the function has not run; a result that may not leave is not returned. Items of
a generator are results, one by one. The same as a block:

    with profiling(purpose="lead_scoring", subject=lead.id) as step: ...
"""

from __future__ import annotations

from aboveboard.steps.context import AsyncStepBlock, StepBlock
from aboveboard.steps.decorators import (
    StepDecorator,
    data_collection,
    decision,
    profiling,
    recommendation,
)
from aboveboard.steps.disclosing import Disclosure, DisclosureHandler

__all__ = [
    "AsyncStepBlock",
    "Disclosure",
    "DisclosureHandler",
    "StepBlock",
    "StepDecorator",
    "data_collection",
    "decision",
    "profiling",
    "recommendation",
]
