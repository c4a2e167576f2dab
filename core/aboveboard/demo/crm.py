"""Sample CRM: stands where a vendor's client would. People and firms are invented.

Records have the shape of a HubSpot contact: every property is a text, numbers and flags too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cached_property
from importlib.resources import files
from typing import Any, NamedTuple

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
        return {record["id"]: record for record in json.loads(text)["results"]}


crm = SampleCrm()
"""The client that the pipeline uses."""
