"""A made-up firm's Tryton: its salespeople's leads, and a newsletter."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tryton_aboveboard import TrytonClient

__all__ = ["NO_PROFILING", "Seeded", "seed"]

NO_PROFILING = "Objects to profiling"
"""The party category by which the firm keeps objections: Tryton has no field for them."""

PEOPLE = (
    ("Aino Virta", "aino.virta@firm.example", "Asked for 12 height-adjustable desks.", 14200),
    ("Bram Visser", "bram.visser@bureau.example", "Wants chairs by March.", 5400),
    (
        "Cecilia Holm",
        "cecilia.holm@kontor.example",
        "Away on sick leave for her back, call in May.",
        900,
    ),
)
"""Leads: name, address, what a salesperson noted, and the amount in euros."""


@dataclass(frozen=True)
class Seeded:
    """Ids of what was made, people in the order of `PEOPLE`."""

    parties: list[int]
    leads: list[int]
    newsletter: int
    subscriptions: list[int]


def seed(client: TrytonClient) -> Seeded:
    """Fill an empty database, as the firm's own staff would: by a client that nobody governs."""
    (euro,) = client.create("currency.currency", {"name": "Euro", "code": "EUR", "symbol": "€"})
    (finland,) = client.create("country.country", {"name": "Finland", "code": "FI"})
    (firm,) = client.create("party.party", {"name": "Esimerkki Oy"})
    (company,) = client.create("company.company", {"party": firm, "currency": euro})
    (admin,) = client.call("model.res.user.search", [["login", "=", "admin"]])
    client.write("res.user", [admin], {"companies": [["add", [company]]], "company": company})
    (objects,) = client.create("party.category", {"name": NO_PROFILING})
    parties = client.create(
        "party.party",
        *(
            {
                "name": name,
                "categories": [["add", [objects]]] if name.startswith("Bram") else [],
                "addresses": [["create", [{"country": finland, "city": "Turku"}]]],
                "contact_mechanisms": [["create", [{"type": "email", "value": address}]]],
            }
            for name, address, _, _ in PEOPLE
        ),
    )
    leads = client.create(
        "sale.opportunity",
        *(
            {
                "party": party,
                "company": company,
                "currency": euro,
                "amount": Decimal(amount),
                "comment": comment,
            }
            for party, (_, _, comment, amount) in zip(parties, PEOPLE, strict=True)
        ),
    )
    (newsletter,) = client.create("marketing.email.list", {"name": "Newsletter"})
    subscriptions = client.create(
        "marketing.email", *({"email": email, "list_": newsletter} for _, email, _, _ in PEOPLE[:2])
    )
    return Seeded(parties, leads, newsletter, subscriptions)
