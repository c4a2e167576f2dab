"""Which facts an event knows, and where those that it does not know are best stated."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aboveboard.events import StepEvent

__all__ = ["is_known", "where"]

_PROFILE = "organisation profile"
_REGISTER = "purpose register"
_CRM = "CRM plugin or facts function"
_AI = "AI plugin or facts function"
_FIELDS = "annotations of the step's arguments"
_FUNCTION = "facts function"

# The longest path that fits counts: `ai.interacts_directly` is of the profile, other `ai.` of a call.
_PLACES = MappingProxyType(
    {
        "subject": _CRM,
        "consent": _CRM,
        "objections": _CRM,
        "objections.channel": f"{_PROFILE} (contact)",
        "rights_requests": _CRM,
        "restriction": _CRM,
        "signals": _CRM,
        "ccpa": _CRM,
        "admt": _CRM,
        "contact": _CRM,
        "soft_opt_in": _CRM,
        "registers": _CRM,
        "suppression_list": _CRM,
        "processing": _REGISTER,
        "rollout": _REGISTER,
        "task": _REGISTER,
        "actor": _REGISTER,
        "recommendation.option_without_profiling": _REGISTER,
        "fields": _FIELDS,
        "controller": f"{_PROFILE} (controller)",
        "caller": f"{_PROFILE} (sector)",
        "notice": f"{_PROFILE} (notices)",
        "notice.delivered_at": _CRM,
        "lia": f"{_PROFILE} (assessments)",
        "dpia": f"{_PROFILE} (assessments)",
        "dpo": f"{_PROFILE} (assessments)",
        "compatibility": f"{_PROFILE} (assessments)",
        "transfer": f"{_PROFILE} (processors)",
        "recipient": f"{_PROFILE} (processors)",
        "interface": f"{_PROFILE} (interface)",
        "human": f"{_PROFILE} (opening_hours)",
        "human_review": f"{_PROFILE} (human_review)",
        "decision.contest_channel": f"{_PROFILE} (contact)",
        "security": f"{_PROFILE} (security)",
        "audit": f"{_PROFILE} (audit)",
        "policy": f"{_PROFILE} (policies)",
        "fairness": f"{_PROFILE} (models)",
        "population": f"{_PROFILE} (models)",
        "dataset": f"{_PROFILE} (models)",
        "profile": f"{_PROFILE} (models)",
        "objective": f"{_PROFILE} (models)",
        "drift": f"{_PROFILE} (models)",
        "kb": f"{_PROFILE} (models)",
        "ai": f"{_PROFILE} (models)",
        "ai.disclosure_shown_at": _FUNCTION,
        "ai.disclosure_language": _FUNCTION,
        "ai.disclosure_accessible": _FUNCTION,
        "ai.inference_region": _AI,
        "ai.base_url_host": _AI,
        "tokens": _AI,
        "usage": _AI,
        "energy": _AI,
        "prompt": _AI,
        "answer": _AI,
    }
)


def where(path: str) -> str:
    """Where a fact is best stated; for what no table knows, the function that knows the case."""
    parts = path.replace("[]", "").split(".")
    for length in range(len(parts), 0, -1):
        place = _PLACES.get(".".join(parts[:length]))
        if place is not None:
            return place
    return _FUNCTION


def is_known(event: StepEvent, path: str) -> bool:
    """Whether an event states a fact; of a list's items, whether all of them do."""
    return _known(event.facts, path.split("."))


def _known(here: object, parts: list[str]) -> bool:
    for index, part in enumerate(parts):
        name, items, _ = part.partition("[]")
        here = getattr(here, name, None)
        if here is None:
            return False
        if items and isinstance(here, tuple):
            return all(_known(item, parts[index + 1 :]) for item in here)
    return True
