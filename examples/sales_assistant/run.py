"""A shop's chat assistant, governed: python examples/sales_assistant/run.py [--talk] [--port N]

Nothing leaves this machine: the vendor is a fake one (`vendor.py`).
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from assistant import Assistant
from vendor import fixtures

from aboveboard import Gate
from aboveboard.organisation import example
from tools.aimock import Aimock, AimockNotFoundError, aimock_server, find_aimock

TALK = (
    "Which standing desk would you suggest?",
    "My e-mail is anna@example.org, can you write to me?",
    "Order the Nosto 120, please.",
    "Can you do better on the price?",
    "I want to talk to a human.",
)


@contextmanager
def assistant() -> Iterator[tuple[Assistant, Aimock]]:
    """The assistant of a made-up seller, and its fake vendor."""
    with (
        aimock_server(find_aimock(), fixtures()) as vendor,
        Gate(organisation=example()) as gate,
    ):
        # The profile says eu.api.openai.com; on this machine a fake stands in for it.
        yield Assistant(gate, f"{vendor.url}/v1", host="eu.api.openai.com"), vendor


def talk() -> None:
    """One talk, in the terminal."""
    with assistant() as (shop, vendor):
        with_customer = shop.start("customer-17")
        for text in TALK:
            reply = shop.reply(with_customer, text)
            print(f"customer   {text}")
            print(f"assistant  {reply.text}".replace("\n\n", "\n           "))
            for line in reply.why:
                print(f"           - {line}")
            print()
        requests = vendor.bodies()
        with_address = sum("anna@example.org" in str(body) for body in requests)
        print(
            f"The vendor was sent {len(requests)} requests, {with_address} of them with the address."
        )


def serve(port: int) -> None:
    """The page, until Ctrl-C."""
    import uvicorn
    from app import make_app

    with assistant() as (shop, _):
        print(f"http://127.0.0.1:{port}")
        uvicorn.run(make_app(shop), port=port, log_level="warning")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--talk", action="store_true", help="have a talk in the terminal")
    parser.add_argument("--port", type=int, default=8000, help="of the page")
    arguments = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    try:
        talk() if arguments.talk else serve(arguments.port)
    except AimockNotFoundError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
