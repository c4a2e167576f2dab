"""Sample CRM: stands where a vendor's client would. People and firms are invented.

Records have the shape of a HubSpot contact: every property is a text, numbers and flags too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from importlib.resources import files
from typing import Any, NamedTuple

from aboveboard.organisation.shipped import WRITTEN_FOR

__all__ = ["Message", "SampleCrm", "crm"]


class Message(NamedTuple):
    """What was sent to a person: `kind` is `offer` or the id of a notice."""

    kind: str
    text: str


class SampleCrm:
    """Contacts to read, and a place for what is sent to them."""

    def __init__(self) -> None:
        self.sent: list[Message] = []

    def __iter__(self) -> Iterator[str]:
        """The ids of all contacts, in the order of the file."""
        return iter(self._contacts)

    def read(self, contact_id: str) -> dict[str, str]:
        """The properties of a contact. Raises KeyError when there is none."""
        properties: dict[str, str] = self._contacts[contact_id]["properties"]
        return properties

    def send(self, kind: str, text: str) -> None:
        """Send a message to the person; here it is only kept, in `sent`."""
        self.sent.append(Message(kind, text))

    @cached_property
    def _contacts(self) -> dict[str, dict[str, Any]]:
        text = files("aboveboard.demo").joinpath("leads.json").read_text("utf-8")
        # Consents and data would grow too old for the demo: dates keep their distance to the day.
        later = datetime.now(UTC).date() - WRITTEN_FOR
        text = _TIME.sub(lambda found: _moved(found[0], later), text)
        return {record["id"]: record for record in json.loads(text)["results"]}


_TIME = re.compile(r"20[0-9]{2}-[01][0-9]-[0-3][0-9](?=T)")


def _moved(day: str, later: timedelta) -> str:
    return (date.fromisoformat(day) + later).isoformat()


crm = SampleCrm()
"""The client that the pipeline uses."""
