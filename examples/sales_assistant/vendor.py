"""What the fake vendor answers. It knows nothing: it says what stands here."""

from __future__ import annotations

from typing import Any


def fixtures() -> list[dict[str, Any]]:
    """Answers by what the customer's latest message holds, most particular first."""
    return [
        {
            "match": {"userMessage": "standing desk", "hasToolResult": False},
            "response": {"toolCalls": [{"name": "find_desks", "arguments": {"standing": True}}]},
        },
        {
            "match": {"userMessage": "standing desk", "hasToolResult": True},
            "response": {
                "content": "Three standing desks would suit you. Nosto 120: 399.00 euros, for one "
                "screen. Nosto 160: 499.00 euros, for two. Kulma 180: 629.00 euros, for a corner. "
                "The first is the cheapest that fits."
            },
        },
        {
            "match": {"userMessage": "better on the price"},
            "response": {
                "content": "Buy now! This price is only today, and it is the last one in stock!"
            },
        },
        {
            "match": {"userMessage": "e-mail"},
            "response": {"content": "Thank you. A colleague will write to the address you gave."},
        },
        {
            "match": {"userMessage": "Order the Nosto", "hasToolResult": False},
            "response": {"toolCalls": [{"name": "order_desk", "arguments": {"desk": "nosto-120"}}]},
        },
        {
            "match": {"userMessage": "Order the Nosto", "hasToolResult": True},
            "response": {"content": "Your Nosto 120 is ordered, for 399.00 euros."},
        },
        {"match": {}, "response": {"content": "I can help you choose a desk. What do you need?"}},
    ]
