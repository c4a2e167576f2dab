"""A sales assistant for tests: a gate on the example organisation, and what its program states."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from aboveboard import Gate
from aboveboard.ai import Tool
from aboveboard.organisation import example
from aboveboard.testing.recorder import Recorder

__all__ = ["DISCLOSURE_FI", "HOST", "MODEL", "PURPOSE", "TOOLS", "assistant_gate", "chat_facts"]

PURPOSE = "service_chat"
MODEL = "service-assistant"
"""Entry of the example organisation: an assistant that OpenAI runs in the EU."""
HOST = "eu.api.openai.com"
"""The host that the profile states for it. Tests talk to a local server and say `host=HOST`."""
DISCLOSURE_FI = "Keskustelet tekoälyn kanssa. Voit milloin tahansa pyytää ihmistä."

TOOLS = {
    "find_products": Tool(scope="catalogue.read", acts=False, result=(), trusted=True),
    "order_product": Tool(
        scope="orders.write",
        purpose="order_handling",
        effect="none",
        automation="dpv:PartialAutomation",
        arguments={"product": ["pd:Purchase"], "email": ["pd:EmailAddress"]},
    ),
}


def chat_facts(**more: Any) -> dict[str, Any]:
    """What the program of a lawful chat with a customer states.

    Args:
        more: groups of facts, in place of those here.
    """
    now = datetime.now(UTC)
    facts: dict[str, Any] = {
        "subject": {
            "type": "natural_person",
            "country": "FI",
            "language": "fi",
            "age_years": 41,
            "is_minor": False,
            "age_assurance": "self_declared",
            "relationship": "customer",
            "vulnerable_flags": [],
        },
        "consent": [],
        "rights_requests": [],
        "objections": {"profiling": False, "direct_marketing": False},
        "notice": {"delivered_at": now - timedelta(days=30), "language": "fi", "shown_7d": 0},
        "contact": {"channel": "chat", "asked_for": True, "child_facing": False},
        "answer": {"grounded": True, "policy_claim": False, "confidence_bp": 9500},
        "recommendation": {
            "purchase_advice": False,
            "claims": [],
            "personalised_price": False,
            "option_without_profiling": True,
        },
        "message": {"language": "fi"},
        "feedback": {"channel_present": True},
        "contest": {"open": False},
        "task": {"share_automated_7d_bp": 0},
        "fairness": {
            "evaluated_at": now - timedelta(days=30),
            "model_version": "2026-08-15",
            "window_days": 90,
            "groups": [
                {"name": "language:fi", "n": 5200, "selected": 2600},
                {"name": "language:sv", "n": 1500, "selected": 735},
            ],
            "impact_ratio_min_bp": 9800,
            "dp_difference_bp": 100,
            "p_value_bp": 5004,
            "ci95_low_bp": 9245,
            "ci95_high_bp": 10389,
        },
        "explanation": {
            "present": True,
            "factors": [{"name": "question", "direction": "raises", "weight_bp": 6000}],
            "case_specific": True,
            "counterfactual_present": True,
            "data_used": ["pd:Communication"],
            "language": "fi",
            "reading_grade_tenths": 80,
        },
    }
    return facts | more


@contextmanager
def assistant_gate(**options: Any) -> Iterator[tuple[Gate, Recorder]]:
    """A gate on the example organisation, and what it decided."""
    recorder = Recorder()
    with Gate(organisation=example(), **options) as gate:
        gate.register(recorder, inline=True)
        yield gate, recorder
