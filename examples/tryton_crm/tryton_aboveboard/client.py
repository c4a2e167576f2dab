"""A small client of Tryton's JSON-RPC. Standard library only: no code of Tryton's runs in this process."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlsplit

__all__ = ["PAGE", "Transport", "TrytonClient", "TrytonError", "decoded"]

Transport = Callable[[str, list[Any], Mapping[str, Any]], Any]
"""Makes one call: method, parameters, context → result."""

PAGE = 100


class TrytonError(Exception):
    """Tryton did not do it.

    Attributes:
        kind: Tryton's name of the error, such as `UserError`, or `HTTP`.
        status: of the HTTP answer; 200 where Tryton itself said no.
    """

    def __init__(self, kind: str, text: str, status: int) -> None:
        super().__init__(f"{kind}: {text}")
        self.kind = kind
        self.status = status


class TrytonClient:
    """Calls one database of a Tryton server.

    Args:
        url: of the server: `http://localhost:8000`.
        database: its name.
        user: login of the user.
        password: of the user.
        timeout_s: how long to wait for an answer, in seconds.
    """

    def __init__(
        self, url: str, database: str, user: str, password: str, *, timeout_s: float = 30.0
    ) -> None:
        if urlsplit(url).scheme not in ("http", "https"):
            msg = f"url: expected http:// or https://; got {url!r}."
            raise ValueError(msg)
        self.database = database
        self.transport: Transport = self._send
        self._url = f"{url.rstrip('/')}/{quote(database)}/rpc/"
        self._user = user
        self._password = password
        self._timeout_s = timeout_s
        self._session: str | None = None
        # No proxy of the environment sees people's data.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def __repr__(self) -> str:
        return f"TrytonClient({self.database!r})"

    def call(self, method: str, *params: Any, context: Mapping[str, Any] | None = None) -> Any:
        """Call a method by its full name, such as `model.party.party.read`.

        Raises:
            TrytonError: Tryton refused, or did not answer as it should.
        """
        return self.transport(method, list(params), context or {})

    def search_read(
        self,
        model: str,
        domain: Sequence[Any],
        fields: Iterable[str],
        *,
        offset: int = 0,
        limit: int = PAGE,
        order: Sequence[Any] | None = None,
        context: Mapping[str, Any] | None = None,
    ) -> list[dict[str, Any]]:
        """Records that fit a domain, a page at a time."""
        name = f"model.{model}.search_read"
        found: list[dict[str, Any]] = self.call(
            name, list(domain), offset, limit, order, list(fields), context=context
        )
        return found

    def read(self, model: str, ids: Iterable[int], fields: Iterable[str]) -> list[dict[str, Any]]:
        """Records by id."""
        found: list[dict[str, Any]] = self.call(f"model.{model}.read", list(ids), list(fields))
        return found

    def create(self, model: str, *values: Mapping[str, Any]) -> list[int]:
        """Make records; their ids."""
        made: list[int] = self.call(f"model.{model}.create", [dict(item) for item in values])
        return made

    def write(self, model: str, ids: Iterable[int], values: Mapping[str, Any]) -> None:
        """Change records."""
        self.call(f"model.{model}.write", list(ids), dict(values))

    def _send(self, method: str, params: list[Any], context: Mapping[str, Any]) -> Any:
        if self._session is None:
            self._session = self._log_in()
        try:
            return self._post(method, [*params, dict(context)], self._session)
        except TrytonError as error:
            if error.status != 401:
                raise
            self._session = self._log_in()  # it ran out
            return self._post(method, [*params, dict(context)], self._session)

    def _log_in(self) -> str:
        """A session, as Tryton's own clients have it: to check a password takes Tryton 0.2 s."""
        found = self._post("common.db.login", [self._user, {"password": self._password}], None)
        named = f"{self._user}:{found[0]}:{found[1]}".encode()
        return f"Session {base64.b64encode(named).decode()}"

    def _post(self, method: str, params: list[Any], session: str | None) -> Any:
        body = json.dumps({"id": 1, "method": method, "params": params}, default=_written)
        headers = {"Content-Type": "application/json"}
        if session is not None:
            headers["Authorization"] = session
        request = urllib.request.Request(self._url, body.encode(), headers)  # noqa: S310  (checked)
        try:
            with self._opener.open(request, timeout=self._timeout_s) as response:
                answer = json.loads(response.read(), object_hook=_read)
        except urllib.error.HTTPError as error:
            with error:
                raise TrytonError("HTTP", f"{error.code} {error.reason}", error.code) from None
        except ValueError:
            raise TrytonError("HTTP", "the answer is no JSON", 200) from None
        if not isinstance(answer, dict) or ("result" not in answer and "error" not in answer):
            raise TrytonError("HTTP", "the answer is none of JSON-RPC", 200)
        if "error" in answer:
            raise _error(answer["error"])
        return answer["result"]


def _error(told: Any) -> TrytonError:
    kind, *more = told if isinstance(told, list) and told else [told]
    text = more[0] if more else ""
    if isinstance(text, list):
        text = text[0] if text else ""
    return TrytonError(str(kind), str(text), 200)


def _written(value: Any) -> Any:
    """What JSON has no word for, as Tryton writes it."""
    if isinstance(value, Decimal):
        return {"__class__": "Decimal", "decimal": str(value)}
    if isinstance(value, timedelta):
        return {"__class__": "timedelta", "seconds": value.total_seconds()}
    if isinstance(value, bytes):
        return {"__class__": "bytes", "base64": base64.b64encode(value).decode()}
    for kind, names in _PARTS.items():
        if type(value) is kind:
            return {"__class__": kind.__name__, **{name: getattr(value, name) for name in names}}
    msg = f"Tryton has no word for {type(value).__name__}."
    raise TypeError(msg)


def _read(found: dict[str, Any]) -> Any:
    """The opposite of `_written`; what is not understood stays as it is."""
    kind = found.get("__class__")
    try:
        if kind == "Decimal":
            return Decimal(found["decimal"])
        if kind == "timedelta":
            return timedelta(seconds=found["seconds"])
        if kind == "bytes":
            return base64.b64decode(found["base64"])
        for of, names in _PARTS.items():
            if kind == of.__name__:
                return of(*(found[name] for name in names))
    except (ArithmeticError, KeyError, TypeError, ValueError):
        return found
    return found


def decoded(value: Any) -> Any:
    """A JSON value that another program read, with Tryton's dates and numbers understood."""
    if isinstance(value, list):
        return [decoded(item) for item in value]
    if isinstance(value, dict):
        return _read({key: decoded(item) for key, item in value.items()})
    return value


_DAY = ("year", "month", "day")
_CLOCK = ("hour", "minute", "second", "microsecond")
_PARTS: dict[type, tuple[str, ...]] = {datetime: _DAY + _CLOCK, date: _DAY, time: _CLOCK}
