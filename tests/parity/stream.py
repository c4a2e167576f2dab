"""A stream of events: compliant ones with some facts changed, most of them facts that rules read."""

from __future__ import annotations

import copy
import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from hypothesis import strategies as st

from aboveboard.errors import EventError
from aboveboard.events import StepEvent
from aboveboard.facts import PHASES, STEP_FACTS, STEPS, FactGroup, Phase, Step
from aboveboard.facts.derived import group_type
from aboveboard.policy.bundle import load_bundle
from aboveboard.testing import compliant_facts, make_event
from tests.facts.strategies import plain, value
from tests.policies.test_rules import CASES, NOW

__all__ = ["Case", "cases"]

GIVEN = {
    "status": "dpv:ConsentGiven",
    "purpose": "dpv:DirectMarketing",
    "channel": "email",
    "given_at": NOW - timedelta(days=30),
    "proof_ref": "form-1",
    "explicit": True,
}
WITHDRAWN = {
    "status": "dpv:ConsentWithdrawn",
    "purpose": "dpv:Marketing",
    "withdrawn_at": NOW - timedelta(days=3),
}
AROUND_NOW = [NOW + timedelta(seconds=seconds) for seconds in (-90_000, -60, -1, 0, 1, 90_000)]
# Left to chance, few events would be about consent, marketing or the United States.
POINTED: Mapping[str, list[Any]] = {
    "processing.legal_basis": ["eu-gdpr:A6-1-a", "eu-gdpr:A6-1-f"],
    "processing.purposes": [["dpv:DirectMarketing"], ["dpv:Marketing", "dpv:AgeVerification"], []],
    "processing.art9_condition": ["eu-gdpr:A9-2-a"],
    "processing.personal_data": [False],
    "consent": [[], [GIVEN], [WITHDRAWN], [GIVEN, WITHDRAWN], [WITHDRAWN, {**GIVEN, "given_at": NOW}]],
    "consent.0.given_at": AROUND_NOW,
    "consent.0.withdrawn_at": AROUND_NOW,
    "consent.0.expires_at": AROUND_NOW,
    "consent.0.channel": ["email", "sms"],
    "contact.channel": ["email", "sms"],
    "fields.0.categories": [["pd:Health"], ["pd:Name", "pd:Ethnicity"], ["pd:Income"], []],
    "transfer.recipient_country": ["US", "CA", "GB", "BR", "IN", "IE"],
    "transfer.mechanism": ["adequacy", "scc", "bcr", "derogation"],
    "transfer.dpf_certified": [True],
    "transfer.dpf_scope": [["non_hr"], ["hr", "non_hr"]],
    "transfer.tia_done_at": AROUND_NOW,
    "ai.interacts_directly": [True],
    "ai.disclosure_shown_at": AROUND_NOW,
    "conversation.first_message_at": AROUND_NOW,
    "handover.offered_at": AROUND_NOW,
    "decision.effect": ["legal"],
    "decision.automation": ["dpv:FullAutomation"],
    "recommendation.items": [[], [{"id": "a"}], [{"total_price_minor": 0}]],
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """An event of the stream."""

    step: Step
    phase: Phase
    changes: Mapping[str, Any]

    def event(self) -> StepEvent | None:
        """The event; None when one change contradicts another."""
        try:
            # Copies: what one event sets inside a list must not be part of the next.
            changes = copy.deepcopy(dict(self.changes))
            return make_event(
                self.step, self.phase, facts=_facts(self.step), changes=changes, time=NOW
            )
        except EventError:
            return None

    def command(self) -> str:
        """The command line that prints such an event. Its clock is today's."""
        words = ["aboveboard", "event", "--step", self.step, "--phase", self.phase, "--compliant"]
        for path, set_to in self.changes.items():
            words += ["--set", f"{path}={json.dumps(set_to, default=_as_text)}"]
        return shlex.join(words)


def cases() -> st.SearchStrategy[Case]:
    """Cases of every step and phase, with up to eight changes."""
    return st.sampled_from(STEPS).flatmap(
        lambda step: st.builds(
            Case,
            st.just(step),
            st.sampled_from(PHASES),
            st.tuples(
                st.sampled_from(_together(step)),
                st.lists(_change(step), max_size=8).map(dict),
            ).map(lambda both: {**both[0], **both[1]}),
        )
    )


@cache
def _together(step: Step) -> tuple[Mapping[str, Any], ...]:
    """Where it takes several facts to be near a rule's line: the changes that test the rules."""
    return tuple(case.changes for case in CASES if step in case.steps)


def _as_text(value: Any) -> str:
    assert isinstance(value, datetime)
    return value.isoformat()


@cache
def _facts(step: Step) -> dict[str, Any]:
    return compliant_facts(step, time=NOW)


@cache
def _change(step: Step) -> st.SearchStrategy[tuple[str, Any]]:
    values = dict(_values(STEP_FACTS[step], ""))
    for path, pointed in POINTED.items():
        if path in values:
            # By a copy: what is set becomes part of the facts, and further changes go into it.
            chosen = st.sampled_from([json.dumps(item, default=_as_text) for item in pointed])
            values[path] = st.one_of(chosen.map(json.loads), values[path])
    read = sorted(_read(step) & values.keys())
    paths = st.one_of(*[st.sampled_from(read)] * 3, st.sampled_from(sorted(values)))
    return paths.flatmap(lambda path: st.tuples(st.just(path), st.none() | values[path]))


def _values(model: type[FactGroup], prefix: str) -> Iterator[tuple[str, st.SearchStrategy[Any]]]:
    """Every path of a step, of lists the first item, and what may stand there."""
    for name, field in model.model_fields.items():
        path = f"{prefix}{name}"
        inner, many = group_type(field.annotation)
        if inner is None:
            yield path, value(field.annotation, tuple(field.metadata))
            continue
        yield path, st.lists(plain(inner), max_size=3) if many else plain(inner)
        yield from _values(inner, f"{path}.0." if many else f"{path}.")


def _read(step: Step) -> set[str]:
    """The paths that the step's rules read or rest on, of lists the first item."""
    bundle = load_bundle()
    reached = bundle.packages_for(step)
    paths: set[str] = set()
    for module in bundle.modules:
        if module.name in reached:
            for rule in module.rules:
                paths |= {".".join(reference.path[1:]) for reference in rule.inputs}
                paths |= set(rule.head.facts if rule.head else ())
    items = {f"{group}.0.{name}" for group, names in ITEMS.items() for name in names}
    return {path.replace("[]", ".0") for path in paths} | items


ITEMS = {
    "consent": ["status", "purpose", "channel", "given_at", "withdrawn_at", "expires_at",
                "proof_ref", "explicit"],
    "fields": ["categories", "detected_categories", "detected_spans", "free_text", "text_scanned",
               "necessary_for", "name"],
    "recommendation.items": ["id", "total_price_minor", "currency", "tax_included"],
}  # fmt: skip
"""What rules read of an item: they bind it by `some`, so no path from the root says so."""
