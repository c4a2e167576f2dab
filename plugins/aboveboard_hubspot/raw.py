"""`client.api_request`, for requests that the SDK has no method for."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from aboveboard.crm import Exchange
from aboveboard_hubspot.asking import Sender, sending
from aboveboard_hubspot.requests import call_of, judged

__all__ = ["RawRequests"]


class RawRequests:
    """Stands in the place of `client.api_request`.

    Args:
        exchange: takes requests through the guard.
        send: the client's own.
    """

    def __init__(self, exchange: Exchange, send: Callable[..., Any]) -> None:
        self._exchange = exchange
        self._send = send

    def __call__(self, options: dict[str, Any]) -> Any:
        """Make a request.

        Args:
            options: `method`, `path`, `qs`, `body` and more, as the SDK takes them; not changed.

        Raises:
            StepDenied, StepEscalated: it must not be made, or its answer must not be had.
        """
        options = dict(options or {})
        method = str(options.get("method") or "GET").upper()
        path = str(options.get("path") or "")
        body = options.get("body")
        text = isinstance(body, str | bytes)
        read = _parsed(body) if isinstance(body, str | bytes) else copy.deepcopy(body)
        call = call_of(method, path, "", _pairs(options.get("qs")), read)
        with sending(_sender(self._send, options)):
            self._exchange.before(call)
            route = call.route
            if text and read is None and route is not None and route.handling in ("write", "send"):
                self._exchange.guard.refuse(
                    call.name, f"The body of '{call.name}' is no JSON: nobody can judge it."
                )
            options["path"] = path.partition("?")[0]
            options.pop("qs", None)
            if call.query:
                options["path"] += "?" + urlencode(call.query)
            if body is not None and not (text and read is None):
                options["body"] = json.dumps(call.body) if text else call.body
            response = self._send(options)
            governed = route is not None and route.handling in ("read", "write")
            if governed and response.ok and response.content:
                response._content = judged(self._exchange, call, response.content)  # noqa: SLF001
                response.encoding = "utf-8"
        return response


def _sender(send: Callable[..., Any], options: dict[str, Any]) -> Sender:
    def ask(method: str, path: str, query: list[tuple[str, str]], body: Any) -> Any:
        kept = {key: options[key] for key in ("auth_type", "base_url") if key in options}
        asked = f"{path}?{urlencode(query)}" if query else path
        response = send({**kept, "method": method, "path": asked, "body": body})
        response.raise_for_status()
        return response.json()

    return ask


def _parsed(body: str | bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _pairs(qs: Any) -> list[tuple[str, str]]:
    """Names and values of a query, as the SDK spells it: a list is one value after the other."""
    pairs = qs.items() if isinstance(qs, Mapping) else qs or ()
    return [
        (str(key), str(item))
        for key, value in pairs
        for item in (value if isinstance(value, list | tuple) else [value])
    ]
