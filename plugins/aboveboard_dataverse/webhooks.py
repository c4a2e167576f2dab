"""Receives Dataverse's webhooks, which bear a key that the user chose, and no signature."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from typing import Literal
from urllib.parse import parse_qs, urlsplit

from aboveboard import EventError, Gate
from aboveboard.crm import Inbox, Received
from aboveboard_dataverse.payloads import FIELDS, changes

__all__ = ["Webhooks"]

_MAX_BYTES = 1 << 20  # Dataverse sends 256 KB at most
_TRUNCATED = "x-ms-dynamics-msg-size-exceeded"
_NAMES = {"WebhookKey": "code", "HttpHeader": "", "HttpQueryString": ""}


class Webhooks:
    """Receives webhooks of one registration.

        hooks = aboveboard_dataverse.Webhooks(gate, key=…, purpose="contact_management")
        hooks.receive(body, headers, url="https://example.com/dataverse?code=…")

    Args:
        gate: who decides.
        key: the value that was given when the webhook was registered.
        authentication: how it comes, in the words of the registration.
        name: of the header, or of the value in the query; `WebhookKey` is always `code`.
        purpose: what the data is used for.
        account: the environment's name, for the events' source.

    Raises:
        ValueError: the key is empty, or the header's or query's name is missing.
    """

    def __init__(
        self,
        gate: Gate,
        *,
        key: str,
        authentication: Literal["WebhookKey", "HttpHeader", "HttpQueryString"] = "WebhookKey",
        name: str | None = None,
        purpose: str | None = None,
        account: str = "app",
    ) -> None:
        if authentication not in _NAMES:
            msg = f"authentication: expected {', '.join(_NAMES)}; got {authentication!r}."
            raise ValueError(msg)
        self._name = _NAMES[authentication] or name or ""
        if not key or not self._name:
            msg = "Give the webhook's key, and the name of the header or value that bears it."
            raise ValueError(msg)
        self.inbox = Inbox("dataverse", gate, FIELDS, account=account, purpose=purpose)
        self._key = key.encode()
        self._in_header = authentication == "HttpHeader"

    def receive(self, body: bytes, headers: Mapping[str, str], *, url: str = "") -> Received:
        """Check the key, take in what the body tells, decide on each event.

        Args:
            body: as it came, unread.
            headers: of the request, in any case.
            url: as Dataverse called it, with its query.

        Raises:
            WebhookError: it bears another key, is too large or not understood; nothing was taken in.
        """
        named = {name.lower(): value for name, value in headers.items()}
        if self._in_header:
            given = named.get(self._name.lower(), "")
        else:
            values = parse_qs(urlsplit(url).query, keep_blank_values=True).get(self._name, [])
            given = values[0] if len(values) == 1 else ""
        if not hmac.compare_digest(self._key, given.encode("utf-8", "replace")):
            raise self.inbox.refused(
                "unsigned",
                f"Dataverse webhook: '{self._name}' does not bear the registration's key. Check the "
                "key, and that 'url' comes with its query.",
            )
        if len(body) > _MAX_BYTES:
            raise self.inbox.refused("too_large", "Dataverse webhook: longer than Dataverse sends.")
        try:
            told = changes(json.loads(body), truncated=_TRUNCATED in named)
        except (ValueError, RecursionError):
            raise self.inbox.refused(
                "malformed", "Dataverse webhook: the body is no JSON."
            ) from None
        except EventError as error:
            raise self.inbox.refused("malformed", str(error)) from None
        return self.inbox.take(told)
