"""A shop of desks: its catalogue, and what it states to the policies of an answer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from aboveboard.ai import Tool, Turn

CATALOGUE_VERSION = "2026-11"


@dataclass(frozen=True)
class Desk:
    """One desk; its price in euro cents, with all taxes."""

    id: str
    name: str
    price: int
    standing: bool

    @property
    def shown(self) -> str:
        return f"{self.name}: {self.price / 100:.2f} euros"


CATALOGUE = (
    Desk("nosto-120", "Nosto 120", 39900, standing=True),
    Desk("nosto-160", "Nosto 160", 49900, standing=True),
    Desk("kulma-180", "Kulma 180", 62900, standing=True),
    Desk("lauta-140", "Lauta 140", 18900, standing=False),
)

TOOLS = {
    "find_desks": Tool(scope="catalogue.read", acts=False, result=(), trusted=True),
    "order_desk": Tool(
        scope="orders.write",
        purpose="order_handling",
        effect="none",
        automation="dpv:PartialAutomation",
        arguments={"desk": ["pd:Purchase"]},
        result=(),
        trusted=True,
        facts={"decision": {"score_decisive": False}},
    ),
}
"""What the tools do, for the policies."""

SCHEMAS: list[Any] = [
    {
        "type": "function",
        "function": {
            "name": "find_desks",
            "description": "Desks of the catalogue, with prices.",
            "parameters": {"type": "object", "properties": {"standing": {"type": "boolean"}}},
        },
    },
    {
        "type": "function",
        "function": {
            "name": "order_desk",
            "description": "Order a desk for the customer.",
            "parameters": {"type": "object", "properties": {"desk": {"type": "string"}}},
        },
    },
]
"""The same tools, for the model."""


def find_desks(*, standing: bool = False) -> list[Desk]:
    """The desks that fit, cheapest first."""
    return sorted(
        (desk for desk in CATALOGUE if desk.standing or not standing), key=lambda d: d.price
    )


def facts_of(turn: Turn, offered: list[Desk]) -> dict[str, Any]:
    """What the shop states: of the customer, and of the answer as the model has worded it.

    Args:
        turn: the moment.
        offered: the desks that were looked up for it.
    """
    then = datetime.now(UTC) - timedelta(days=30)
    return {
        "subject": {
            "type": "natural_person", "country": "FI", "language": "en", "age_years": 41,
            "is_minor": False, "age_assurance": "self_declared", "relationship": "customer",
            "vulnerable_flags": [],
        },
        "consent": [],
        "rights_requests": [],
        "objections": {"profiling": False, "direct_marketing": False},
        "notice": {"delivered_at": then, "language": "en", "shown_7d": 0},
        "contact": {"channel": "chat", "asked_for": True, "child_facing": False},
        "contest": {"open": False},
        "message": {"language": "en"},
        "feedback": {"channel_present": True},
        "task": {"share_automated_7d_bp": 0},
        "fairness": {
            "evaluated_at": then, "model_version": "2026-08-15", "window_days": 90,
            "groups": [
                {"name": "language:fi", "n": 5200, "selected": 2600},
                {"name": "language:sv", "n": 1500, "selected": 735},
            ],
            "impact_ratio_min_bp": 9800, "dp_difference_bp": 100, "p_value_bp": 5004,
            "ci95_low_bp": 9245, "ci95_high_bp": 10389,
        },
        "recommendation": _offer(offered) if _names(turn.answer, offered) else _no_offer(),
        "answer": {
            "grounded": _prices_hold(turn.answer),
            "policy_claim": bool(_prices(turn.answer)),
            "policy_source_version": CATALOGUE_VERSION,
            "policy_source_current": True,
            "confidence_bp": 9500,
        },
        "explanation": {
            "present": True,
            "factors": [{"name": "your question", "direction": "raises", "weight_bp": 10_000}],
            "case_specific": True, "counterfactual_present": True,
            "data_used": ["pd:Communication"], "language": "en", "reading_grade_tenths": 70,
        },
    }  # fmt: skip


def _offer(offered: list[Desk]) -> dict[str, Any]:
    return {
        "purchase_advice": True,
        "items": [
            {
                "id": desk.id, "total_price_minor": desk.price, "currency": "EUR",
                "tax_included": True, "suitable": True, "paid_placement": False,
                "advert_labelled": False,
            }
            for desk in offered
        ],
        "alternatives_count": len(offered) - 1,
        "alternatives_exist": len(offered) > 1,
        "cheapest_suitable_shown": True,
        "comparable": True,
        "ranking_parameters_disclosed": True,
        "need_fit_bp": 9000,
        "margin_weight_bp": 0,
        **_no_offer(),
    } | {"purchase_advice": True}  # fmt: skip


def _no_offer() -> dict[str, Any]:
    return {
        "purchase_advice": False,
        "claims": [],
        "personalised_price": False,
        "option_without_profiling": True,
    }


def _names(answer: str, offered: list[Desk]) -> bool:
    """The answer speaks of desks that were looked up."""
    return any(desk.name in answer for desk in offered)


def _prices(answer: str) -> list[int]:
    return [
        round(float(found.replace(",", ".")) * 100)
        for found in re.findall(r"(\d+(?:[.,]\d\d)?)\s*euro", answer)
    ]


def _prices_hold(answer: str) -> bool:
    """Each price that the model states is one of the catalogue."""
    known = {desk.price for desk in CATALOGUE}
    return all(price in known for price in _prices(answer))
