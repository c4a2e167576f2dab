"""Facts and decorators that the tests of steps share."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any

from aboveboard import data_collection, profiling

__all__ = ["ASKED", "LAWFUL", "OBJECTS", "SURE", "TOLD_AT", "collecting", "scoring"]

TOLD_AT = datetime(2026, 9, 1, tzinfo=UTC)
"""When the person was told what happens to the data, and gave them."""

LAWFUL: dict[str, Any] = {
    "notice": {"delivered_at": TOLD_AT},
    "rights_requests": [],
    "fields[].collected_at": TOLD_AT,
    "fields[].collected_purposes": [
        "dpv:CustomerRelationshipManagement",
        "dpv:CustomerOrderManagement",
        "dpv:FulfilmentOfContractualObligation",
        "dpv:ProvideProductRecommendations",
        "dpv:DirectMarketing",
    ],
}
"""The person was told, gave the data for what a seller does with them, and asks for nothing."""

SURE: dict[str, Any] = {
    "ai": {"confidence_bp": 9100, "in_distribution": True},
    "energy": {"estimate_mwh": 40},
}
"""The model knows such cases, and somebody measured what it takes."""

ASKED: dict[str, Any] = {
    **LAWFUL,
    **SURE,
    "objections": {"profiling": False, "direct_marketing": False},
    "audit": {"inputs_hash": "sha256:3f79bb7b435b05321651daefd374cdc6"},
}
"""Nobody objects either: `lead_scoring` by `propensity-3.1` is then allowed."""

OBJECTS: dict[str, Any] = {**ASKED, "objections": {"profiling": True, "direct_marketing": True}}
"""All is as it should be, but the person objects."""

scoring = partial(profiling, purpose="lead_scoring", model="propensity-3.1", facts=ASKED)
"""A profiling step that passes, unless the arguments say otherwise."""

collecting = partial(data_collection, purpose="contact_management", recipient="crm", facts=LAWFUL)
"""A step that collects what the person gave, and passes."""
