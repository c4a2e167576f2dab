"""What of an event may stand on record: no free text, nothing that leads to a person by itself.

Facts say what a thing is, so most stay as they are: numbers, times, flags, terms of a vocabulary, names of
fields, models, vendors, products. What could lead to one person, or is written freely, leaves a token in its
place: a keyed hash. The same value has the same token, and known stays known, so that a rule that asks whether
it is there, or whether two are the same, answers as before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import Any, TypeVar

from aboveboard.events import StepEvent
from aboveboard.facts import STEP_FACTS, FactGroup, Step
from aboveboard.facts.derived import group_type

__all__ = ["KEPT", "TOKENS", "Mask", "Minimised", "address_free", "minimised", "telling_id"]

G = TypeVar("G", bound=FactGroup)

Mask = Callable[[str], str]
"""From a value to its token, which is a pseudonym in form: `k1:9f86d0…`."""

TOKENS: Mapping[str, str] = MappingProxyType(
    {
        # Written freely.
        "decision.contest_channel": "an address, and addresses may be somebody's",
        "human.opening_hours": "free text",
        "objections.channel": "an address, and addresses may be somebody's",
        "processing.art10_authorisation": "free text",
        "processing.national_id_ground": "free text",
        "source.name": "free text; a CRM's field for it may say who recommended whom",
        # Leads to one person's papers, or to one person on the staff.
        "ai.prompt_hash": "what a short prompt said could be found by trying",
        "answer.sources": "may be documents on one person",
        "consent[].proof_ref": "leads to one person's papers",
        "human_review.reviewer_id": "one person on the staff",
        "objections.compelling_grounds_ref": "leads to one person's papers",
        "policy.approved_by": "may be one person on the staff",
        "processing.credit_permission_ref": "may lead to one person's contract",
        "source.consent_proof_ref": "leads to one person's papers",
    }
)
"""Facts that are on record as a token, and why."""

KEPT: Mapping[str, str] = MappingProxyType(
    {
        "ai.agent_on_behalf_of": "an organisation",
        "ai.base_url_host": "a vendor's host",
        "ai.conformity_ref": "a document on a system",
        "ai.fundamental_rights_doc_ref": "a document on a system",
        "ai.inference_region": "a region",
        "ai.model": "a model",
        "ai.model_version": "a model",
        "ai.vendor": "a vendor",
        "answer.policy_source_version": "a version of terms",
        "audit.decision_id": "a decision",
        "audit.inputs_hash": "a hash over all facts, too many to be found by trying",
        "breach.risk_unlikely_ref": "a document on a breach",
        "consent[].notice_version": "a version of a notice",
        "dataset.groups[].name": "a group of many",
        "dataset.id": "a set of data",
        "decision.inputs[].name": "a field",
        "dpia.ref": "a document on a processing",
        "explanation.factors[].name": "a feature; what the person is told rests on it",
        "fairness.groups[].name": "a group of many",
        "fairness.model_version": "a model",
        "fairness.stratum": "a segment",
        "fields[].inferred_by": "a model",
        "fields[].name": "a field",
        "fields[].target_system": "a system",
        "handover.context_fields": "fields",
        "lia.ref": "a document on a processing",
        "notice.id": "a notice",
        "notice.version": "a version of a notice",
        "policy.approved_revision": "a policy set",
        "policy.bundle_revision": "a policy set",
        "population.groups[].name": "a group of many",
        "processing.derived_fields": "fields",
        "processing.purpose": "a purpose of the register",
        "processing.ropa_ref": "an entry of the record of processing",
        "profile.features": "features",
        "profile.protected_attributes": "features",
        "profile.proxies[].feature": "a feature",
        "recipient.dpa_ref": "a contract with a processor",
        "recipient.id": "an organisation",
        "recipient.ropa_ref": "an entry of the record of processing",
        "recommendation.claims[].source_ref": "a document on a claim",
        "recommendation.items[].id": "a product; compared with what was bought",
        "score.context_collected": "a context; compared",
        "score.context_used": "a context; compared",
        "security.declared_scopes": "scopes; compared",
        "security.tool_calls[].argument_names": "arguments' names",
        "security.tool_calls[].name": "a tool",
        "security.tool_calls[].scope": "a scope; compared",
        "subject.purchased_product_ids": "products; compared with what is offered",
        "task.type": "a task of the organisation's list",
        "transfer.recipient": "an organisation",
        "usage.inference_geo": "a region",
    }
)
"""Facts whose text is open and that stay as they are: what each names is no person."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,32}:[0-9a-f]{16,128}")
_ADDRESS = re.compile(r"[^\s@]@[^\s@.]+\.[^\s@]")
# A random id, a hash, or a pseudonym with its vendor's name before it.
_TELLS_NOBODY = re.compile(
    r"([A-Za-z_-]{1,32}:)?[A-Za-z0-9_-]{1,32}:[0-9a-f]{32,128}"
    r"|[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}|[0-9a-f]{32,128}"
)


@dataclass(frozen=True, slots=True)
class Minimised:
    """An event as it may stand on record.

    Attributes:
        event: with tokens in place of what may not.
        tokens: what was replaced, by its value, so that a verdict that repeats it can be cleaned too.
    """

    event: StepEvent
    tokens: Mapping[str, str]


def minimised(event: StepEvent, mask: Mask) -> Minimised:
    """The event as it may stand on record; the same object where nothing had to go.

    Args:
        event: what was decided on, all facts in.
        mask: makes tokens.
    """
    tokens: dict[str, str] = {}

    def token(value: str) -> str:
        if _TOKEN.fullmatch(value):
            return value  # it is one already
        if value not in tokens:
            tokens[value] = mask(value)
        return tokens[value]

    facts = _replaced(event.facts, _plan(event.step), token)
    name = telling_id(event.id, token)
    parent = event.parent_decision_id
    if parent is not None:
        parent = telling_id(parent, token)
    source = event.source
    if "@" in source:
        parts = (
            token(part).replace(":", "-") if "@" in part else part for part in source.split("/")
        )
        source = "/".join(parts)
    if facts is event.facts and (name, parent, source) == (
        event.id,
        event.parent_decision_id,
        event.source,
    ):
        return Minimised(event, tokens)
    changed = replace(event, facts=facts, id=name, parent_decision_id=parent, source=source)
    return Minimised(changed, tokens)


def telling_id(value: str, mask: Mask) -> str:
    """An id as it may stand on record: a random one as it is, any other could be somebody's."""
    return value if _TELLS_NOBODY.fullmatch(value) else mask(value)


def address_free(value: Any, mask: Mask) -> Any:
    """Plain data without e-mail addresses: whatever text holds one becomes its token."""
    if isinstance(value, str):
        return mask(value) if _ADDRESS.search(value) else value
    if isinstance(value, dict):
        return {key: address_free(item, mask) for key, item in value.items()}
    if isinstance(value, list):
        return [address_free(item, mask) for item in value]
    return value


_Plan = dict[str, Any]
"""Names of a group's facts that become tokens (`None`), and of groups below it with such (their plan)."""


@cache
def _plan(step: Step) -> _Plan:
    return _plan_of(STEP_FACTS[step], "")


def _plan_of(model: type[FactGroup], prefix: str) -> _Plan:
    plan: _Plan = {}
    for name, field in model.model_fields.items():
        inner, many = group_type(field.annotation)
        path = f"{prefix}{name}"
        if inner is None:
            if path in TOKENS:
                plan[name] = None
        elif below := _plan_of(inner, f"{path}[]." if many else f"{path}."):
            plan[name] = below
    return plan


def _replaced(group: G, plan: _Plan, token: Mask) -> G:
    changed: dict[str, Any] = {}
    known = group.__dict__
    for name, below in plan.items():
        value = known.get(name)
        if value is None:
            continue
        if below is None:
            new: Any = tuple(map(token, value)) if isinstance(value, tuple) else token(value)
        elif isinstance(value, tuple):
            new = tuple(_replaced(item, below, token) for item in value)
            if all(a is b for a, b in zip(new, value, strict=True)):
                continue
        else:
            new = _replaced(value, below, token)
        if new is not value:
            changed[name] = new
    return group.model_copy(update=changed) if changed else group
