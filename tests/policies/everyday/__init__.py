"""Everyday lawful events of two invented firms, each beside one that a single fact makes unlawful."""

from __future__ import annotations

from tests.policies.everyday.data_collection import EVENTS as _COLLECTIONS
from tests.policies.everyday.decision import EVENTS as _DECISIONS
from tests.policies.everyday.event import Everyday
from tests.policies.everyday.profiling import EVENTS as _PROFILES
from tests.policies.everyday.recommendation import EVENTS as _RECOMMENDATIONS

__all__ = ["EVERYDAY"]

EVERYDAY: tuple[Everyday, ...] = (*_COLLECTIONS, *_PROFILES, *_RECOMMENDATIONS, *_DECISIONS)
