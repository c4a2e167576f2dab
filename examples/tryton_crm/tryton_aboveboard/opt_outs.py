"""Opt-outs from Tryton's mailing lists, for every process at once.

Tryton calls nobody when a person follows the link in a message: it switches an entry off. So it is asked,
as often as opt-outs are to count.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from aboveboard import Gate
from aboveboard.crm import Change, Inbox, Received, Record, Refusal
from tryton_aboveboard.client import PAGE, TrytonClient
from tryton_aboveboard.fields import FIELDS
from tryton_aboveboard.people import SUBSCRIPTION, by_email, subscription_facts, utc
from tryton_aboveboard.wrapping import Governed

__all__ = ["OptOuts"]

_MODEL = "marketing.email"
_OVERLAP = timedelta(minutes=1)  # clocks differ, and a transaction may end after its time


class OptOuts:
    """Takes in what changed on Tryton's mailing lists.

        opt_outs = OptOuts(client, gate)
        opt_outs.poll()  # every minute

    Args:
        client: governed or not: an opt-out is always read.
        gate: who decides; its store keeps the refusals.
        purpose: what the data is used for.
        account: of Tryton, for the events' source.
        since: changes from before it are known already; None asks for all.
    """

    def __init__(
        self,
        client: TrytonClient,
        gate: Gate,
        *,
        purpose: str | None = None,
        account: str = "app",
        since: datetime | None = None,
    ) -> None:
        transport = client.transport
        self._ask = transport.inner if isinstance(transport, Governed) else transport
        self.since = since
        self.inbox = Inbox("tryton", gate, FIELDS, account=account, purpose=purpose)

    def poll(self) -> Received:
        """Ask once. What came before is a duplicate and counts once.

        Raises:
            TrytonError: Tryton did not answer; ask again.
        """
        asked_at = datetime.now(UTC)
        changed = list(self._changed())
        addresses = sorted({str(entry.get("email")) for entry in changed})
        entries = list(self._search([["email", "in", addresses]])) if addresses else []
        told = self.inbox.take(_changes(changed, entries))
        self.since = asked_at - _OVERLAP
        return told

    def _changed(self) -> Iterator[dict[str, Any]]:
        if self.since is None:
            return self._search([["write_date", "!=", None]])
        since = self.since.astimezone(UTC).replace(tzinfo=None)
        return self._search([["write_date", ">=", since]])

    def _search(self, domain: list[Any]) -> Iterator[dict[str, Any]]:
        domain = [*domain, ["active", "in", [True, False]]]
        offset = 0
        while True:
            params = [domain, offset, PAGE, [["id", "ASC"]], list(SUBSCRIPTION)]
            page = self._ask(f"model.{_MODEL}.search_read", params, {})
            yield from page
            if len(page) < PAGE:
                return
            offset += PAGE


def _changes(changed: list[dict[str, Any]], entries: list[dict[str, Any]]) -> Iterator[Change]:
    """Who left one list has refused, until no list is left that they are off."""
    off = {
        entry.get("email")
        for entry in entries
        if not entry.get("active") and entry.get("write_date")
    }
    for entry in changed:
        subject, at = by_email(entry.get("email")), utc(entry.get("write_date"))
        if subject is None or at is None:
            continue
        active = bool(entry.get("active"))
        refusals: tuple[Refusal, ...] = ()
        if not active:
            refusals = (Refusal(subject, "email"),)
        elif entry.get("email") not in off:
            refusals = (Refusal(subject, "email", refused=False),)
        yield Change(
            f"{_MODEL},{entry.get('id')},{at.isoformat()}",
            at,
            f"{_MODEL}.{'subscribed' if active else 'unsubscribed'}",
            Record(
                _MODEL,
                subject,
                {"active": active},
                lambda _: None,
                facts=subscription_facts([entry]),
                collected_at=utc(entry.get("create_date")),
            ),
            refusals,
        )
