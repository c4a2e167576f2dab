"""The adapter of a requests session through which all of simple-salesforce's requests go."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter
from requests.exceptions import ConnectionError as RequestsConnectionError

from aboveboard_salesforce.bulk import Table
from aboveboard_salesforce.dialect import SalesforceCall, SalesforceDialect
from aboveboard_salesforce.exchange import SalesforceExchange
from aboveboard_salesforce.lines import Line, LineError

if TYPE_CHECKING:
    from aboveboard.crm import Guard

__all__ = ["GoverningAdapter", "Governor"]

_VERSION = re.compile(r"/services/(?:data/v|async/|Soap/\w/)(\d+\.\d+)")
_TIMEOUT_S = 30.0
_OVERRIDES = ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")
_DUPLICATES = "Sforce-Duplicate-Rule-Header"


class Governor:
    """What the adapters of one session share.

    Args:
        guard: who judges.
        purpose: short name of what the data is used for.
        choices: look up what people have chosen.
        ttl_s: how long an answer counts, in seconds.
    """

    def __init__(self, guard: Guard, *, purpose: str, choices: bool, ttl_s: float) -> None:
        self._local = threading.local()
        dialect = SalesforceDialect(guard, self.line, purpose=purpose, choices=choices, ttl_s=ttl_s)
        self.exchange = SalesforceExchange(guard, dialect)

    def line(self) -> Line | None:
        """The connection of the request that is under way in this thread."""
        found: Line | None = getattr(self._local, "line", None)
        return found

    def use(self, line: Line | None) -> None:
        """The connection for what the plugin itself asks."""
        self._local.line = line

    def __reduce__(self) -> Any:
        msg = "A governed session cannot be copied to another process. Make the client there and wrap it."
        raise TypeError(msg)


class GoverningAdapter(BaseAdapter):
    """Judges each request before it goes through another adapter, and its answer after.

    Args:
        inner: sends the requests.
        governor: judges.
    """

    def __init__(self, inner: BaseAdapter, governor: Governor) -> None:
        super().__init__()
        self.inner = inner
        self.governor = governor

    def send(  # noqa: PLR0917  (the signature of requests)
        self,
        request: PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> Response:
        """See `requests.adapters.BaseAdapter.send`.

        Raises:
            StepDenied, StepEscalated: the request must not be made, or its answer not be had.
        """
        how = {"timeout": timeout, "verify": verify, "cert": cert, "proxies": proxies}
        exchange = self.governor.exchange
        call = _call(request)
        self.governor.use(_line(self.inner, request, how))
        try:
            exchange.before(call)
            handling = call.route.handling if call.route else None
            noted = call.method == "POST" and call.tail in ("/jobs/ingest", "/job")
            if handling not in ("read", "write", "send") and not noted:
                return self.inner.send(request, stream=stream, **how)
            sent = _rewritten(request, call)
            call.touched = False
            response = self.inner.send(sent, stream=stream, **how)
            if 200 <= response.status_code < 300 and (handling == "read" or noted):
                _judge(exchange, call, response)
            return response
        finally:
            self.governor.use(None)

    def close(self) -> None:
        """Close the inner adapter."""
        self.inner.close()


def _call(request: PreparedRequest) -> SalesforceCall:
    parts = urlsplit(str(request.url))
    # A slash within one part of the path stays within it.
    segments = [unquote(part).replace("/", "∕") for part in parts.path.split("/")]
    query = parse_qsl(parts.query, keep_blank_values=True)
    call = SalesforceCall(_method(request, query), "/".join(segments).rstrip("/"), query)
    body = request.body
    if not body:
        return call
    if isinstance(body, bytes | bytearray):
        body = bytes(body).decode("utf-8", "replace")
    if not isinstance(body, str):
        call.text = "?"  # a stream, which nobody can read and send as well
        return call
    try:
        call.body = json.loads(body)
    except (ValueError, RecursionError):
        call.text = body
    if not isinstance(call.body, dict | list):
        call.body, call.text = None, body
    return call


def _method(request: PreparedRequest, query: list[tuple[str, str]]) -> str:
    """The method that Salesforce goes by: a POST may say that it is meant as another."""
    method = str(request.method).upper()
    meant = [value for key, value in query if key.lower() == "_httpmethod"]
    meant += [str(request.headers[key]) for key in _OVERRIDES if key in request.headers]
    if not meant:
        return method
    return meant[0].upper() if method == "POST" and len(meant) == 1 else "?"


def _rewritten(request: PreparedRequest, call: SalesforceCall) -> PreparedRequest:
    """The request as it may leave."""
    parts = urlsplit(str(request.url))
    query = parse_qsl(parts.query, keep_blank_values=True)
    changed = request.copy()
    if _DUPLICATES in changed.headers:
        # Its errors would bring records that nobody judges.
        changed.headers[_DUPLICATES] = re.sub(
            r"includeRecordDetails\s*=\s*true",
            "includeRecordDetails=false",
            str(changed.headers[_DUPLICATES]),
            flags=re.IGNORECASE,
        )
    if query != call.query:
        changed.url = urlunsplit(parts._replace(query=urlencode(call.query)))
    if not request.body:
        return changed
    body: str | None = None
    if call.table is not None:
        body = call.table.text() if call.touched else None
    elif call.soql is not None and call.text is not None:
        body = call.text
    elif call.body is not None:
        body = json.dumps(call.body)
    if body is not None:
        changed.body = body.encode()
        changed.headers["Content-Length"] = str(len(changed.body))
    return changed


def _judge(exchange: SalesforceExchange, call: SalesforceCall, response: Response) -> None:
    """Put in place of an answer what of it may be had."""
    content = response.content
    if not content:
        return
    job = call.job
    csv = job is not None and call.path.startswith("/services/data/") and call.tail != "/jobs/query"
    try:
        answer = Table.read(content.decode(), job.delimiter) if csv and job else json.loads(content)
    except (ValueError, RecursionError):
        if call.route is not None and call.route.handling == "read":
            exchange.guard.refuse(
                f"{call.name} (answer not understood)",
                f"The answer of '{call.name}' cannot be read: nobody can judge it.",
            )
        return
    rows = len(answer.rows) if isinstance(answer, Table) else 0
    exchange.after(call, answer)
    if isinstance(answer, Table):
        hidden = job is not None and job.added and "Id" in answer.columns
        if not hidden and not call.touched and len(answer.rows) == rows:
            return
        if hidden:
            answer.gone.add("Id")
        _replace(response, answer.text().encode())
        if "Sforce-NumberOfRecords" in response.headers:
            response.headers["Sforce-NumberOfRecords"] = str(len(answer.rows))
    elif call.touched:
        _replace(response, json.dumps(answer).encode())


def _replace(response: Response, content: bytes) -> None:
    response._content = content  # noqa: SLF001  (requests has no other way)
    if "Content-Length" in response.headers:
        response.headers["Content-Length"] = str(len(content))


def _line(inner: BaseAdapter, request: PreparedRequest, how: dict[str, Any]) -> Line | None:
    """The connection and rights of a request, for what the plugin asks itself."""
    version = _VERSION.search(str(request.url))
    parts = urlsplit(str(request.url))
    token = request.headers.get("Authorization")
    if token is None and (session := request.headers.get("X-SFDC-Session")):
        token = f"Bearer {session!s}"
    if version is None or token is None:
        return None
    bearer = str(token)

    def send(method: str, path: str, body: Any = None) -> Any:
        asked = PreparedRequest()
        headers = {"Authorization": bearer, "Accept": "application/json"}
        if path.startswith("/services/async/"):
            headers["X-SFDC-Session"] = bearer.removeprefix("Bearer ")
        asked.prepare(
            method=method, url=f"{parts.scheme}://{parts.netloc}{path}", headers=headers, json=body
        )
        try:
            response = inner.send(
                asked, stream=False, **{**how, "timeout": how["timeout"] or _TIMEOUT_S}
            )
        except RequestsConnectionError as error:
            raise LineError(type(error).__name__) from None
        with response:
            if not 200 <= response.status_code < 300:
                msg = str(response.status_code)
                raise LineError(msg)
            try:
                return json.loads(response.content)
            except ValueError:
                msg = "no JSON"
                raise LineError(msg) from None

    return Line(f"/services/data/v{version[1]}", send)
