"""What of an event may stand on record: no free text, nothing that leads to a person by itself.

Facts say what a thing is, so most stay as they are: numbers, times, flags, terms of a vocabulary, names of
fields, models, vendors, products. What could lead to one person, or is written freely, leaves a token in its
place: a keyed hash. The same value has the same token, and known stays known, so that a rule that asks whether
it is there, or whether two are the same, answers as before.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from aboveboard.events import StepEvent
from aboveboard.facts import STEP_FACTS, Step
from aboveboard.facts.derived import group_type

__all__ = [
    "KEPT",
    "TOKENS",
    "Mask",
    "address_free",
    "minimised",
    "telling_id",
    "telling_source",
    "tokens_by",
]

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

_quoted = json.encoder.encode_basestring
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,32}:[0-9a-f]{16,128}")
_ADDRESS = re.compile(r"[^\s@]@[^\s@.]+\.[^\s@]")
# A random id, a hash, or a pseudonym with its vendor's name before it.
_TELLS_NOBODY = re.compile(
    r"([A-Za-z_-]{1,32}:)?[A-Za-z0-9_-]{1,32}:[0-9a-f]{32,128}"
    r"|[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}|[0-9a-f]{32,128}"
)


def minimised(event: StepEvent, facts: str, token: Mask) -> str:
    """The event's facts as they may stand on record.

    They are changed as text, which somebody has just written: to write them anew would cost more than
    all the rest of a record.

    Args:
        event: what was decided on.
        facts: its facts as JSON, without blanks between.
        token: gives the token of a value.

    Raises:
        ValueError: the text is not that of the event's facts.
    """
    known = event.facts.__dict__
    for group, many, leaves in _plan(event.step):
        value = known.get(group)
        if value is None:
            continue
        # A quote inside of a text is escaped, so this is the group, wherever it stands.
        at = -1
        for item in value if many else (value,):
            for leaf in leaves:
                found = item.__dict__.get(leaf)
                if found is None or (new := _tokens_of(found, token)) == found:
                    continue
                if at < 0:
                    at = facts.index(f'"{group}":{"[" if many else "{"}')
                # What is known in this group comes before the same name in any later one.
                old = f'"{leaf}":{_text(found)}'
                at = facts.index(old, at)
                facts = f'{facts[:at]}"{leaf}":{_text(new)}{facts[at + len(old) :]}'
    return facts


def _tokens_of(value: Any, token: Mask) -> Any:
    return tuple(map(token, value)) if isinstance(value, tuple) else token(value)


def _text(value: str | tuple[str, ...]) -> str:
    return _quoted(value) if isinstance(value, str) else f"[{','.join(map(_quoted, value))}]"


def tokens_by(mask: Mask, tokens: dict[str, str]) -> Mask:
    """A mask that keeps what it has replaced, and leaves what is a token already.

    Args:
        mask: makes tokens.
        tokens: is given what was replaced.
    """

    def token(value: str) -> str:
        found = tokens.get(value)
        if found is None:
            if _TOKEN.fullmatch(value):
                return value
            found = tokens[value] = mask(value)
        return found

    return token


def telling_id(value: str, token: Mask) -> str:
    """An id as it may stand on record: a random one as it is, any other could be somebody's."""
    return value if _TELLS_NOBODY.fullmatch(value) else token(value)


def telling_source(source: str, token: Mask) -> str:
    """A source as it may stand on record: an account that is an e-mail address is somebody's."""
    if "@" not in source:
        return source
    return "/".join(
        token(part).replace(":", "-") if "@" in part else part for part in source.split("/")
    )


def address_free(value: Any, token: Mask) -> Any:
    """Plain data without e-mail addresses: whatever text holds one becomes its token."""
    if isinstance(value, str):
        return token(value) if _ADDRESS.search(value) else value
    if isinstance(value, dict):
        return {key: address_free(item, token) for key, item in value.items()}
    if isinstance(value, list):
        return [address_free(item, token) for item in value]
    return value


@cache
def _plan(step: Step) -> tuple[tuple[str, bool, tuple[str, ...]], ...]:
    """Groups of a step that hold what becomes tokens: name, whether it is a list, and of what facts."""
    wanted: dict[tuple[str, bool], list[str]] = {}
    for name, field in STEP_FACTS[step].model_fields.items():
        inner, many = group_type(field.annotation)
        prefix = f"{name}[]." if many else f"{name}."
        for leaf in inner.model_fields if inner else ():
            if prefix + leaf in TOKENS:
                wanted.setdefault((name, many), []).append(leaf)
    return tuple((name, many, tuple(leaves)) for (name, many), leaves in wanted.items())
