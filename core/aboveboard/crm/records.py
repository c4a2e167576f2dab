"""One record of a CRM, as far as a decision needs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

__all__ = ["Record"]


@dataclass(slots=True, repr=False)
class Record:
    """A record on its way out of a CRM, or into it. No repr: it would show people's data.

    Attributes:
        object: what it is in the vendor's words, such as `contacts`.
        subject: identifier of the person, which leaves only as a pseudonym; None when the record is
            of nobody (a product), or when the vendor does not say.
        values: names and values of its fields; None is "nothing there".
        remove: takes one field out of the vendor's own object, by name.
        facts: what the record itself, or one look-up for the whole page, tells of the person; nested.
        collected_at: when the CRM got the record.
        active_at: when the person was last active.
        also: further identifiers of the same person, such as the e-mail address, under which an
            opt-out may have been recorded.
        source: the vendor's own object, to tell it in an answer.
    """

    object: str
    subject: str | None
    values: Mapping[str, Any]
    remove: Callable[[str], Any]
    facts: dict[str, Any] = field(default_factory=dict)
    collected_at: datetime | None = None
    active_at: datetime | None = None
    also: tuple[str, ...] = ()
    source: Any = None
