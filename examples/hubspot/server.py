"""A local server with HubSpot's paths and shapes, so that the example needs no account.

    with HubSpotServer() as server:
        HubSpot(access_token="token", host=server.url)

It keeps records in memory, gives only the properties that are asked for, pages, and answers a batch in
which some records are missing as HubSpot does: with status 207 and what went wrong.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

DEFAULTS = {
    "contacts": (
        "createdate",
        "email",
        "firstname",
        "hs_object_id",
        "lastmodifieddate",
        "lastname",
    ),
    "companies": ("createdate", "domain", "hs_lastmodifieddate", "hs_object_id", "name"),
}
ALWAYS = ("createdate", "hs_object_id", "lastmodifieddate")
AT = "2026-10-12T11:02:41.456Z"

Answer = tuple[int, Any, dict[str, str]]


class Request:
    """A request as it came."""

    def __init__(self, method: str, target: str, headers: Any, raw: bytes) -> None:
        parts = urlsplit(target)
        self.method = method
        self.path = unquote(parts.path)
        self.query = {key: ",".join(values) for key, values in parse_qs(parts.query).items()}
        self.headers = headers
        self.raw = raw
        try:
            self.body: Any = json.loads(raw) if raw else None
        except ValueError:
            self.body = None

    def asked(self, key: str) -> list[str]:
        """Names of properties, from the body or from the query."""
        if isinstance(self.body, dict) and key in self.body:
            return list(self.body[key])
        return [name for name in self.query.get(key, "").split(",") if name]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class HubSpotServer:
    """Serves on a free port of this machine until it is closed.

    Attributes:
        records: object → id → record.
        statuses: address → statuses of its subscriptions.
        properties: object → definitions of properties.
        members: list → ids of contacts.
        token: the access token that counts.
        log: what was asked.
        mailed: what was sent, and who was enrolled.
        special: gives another answer to a request; None for the usual one.
    """

    def __init__(self) -> None:
        self.records: dict[str, dict[str, dict[str, Any]]] = {}
        self.statuses: dict[str, list[dict[str, Any]]] = {}
        self.properties: dict[str, list[dict[str, Any]]] = {}
        self.members: dict[str, list[str]] = {}
        self.token = "token"  # noqa: S105  (of nobody)
        self.log: list[Request] = []
        self.mailed: list[Any] = []
        self.special: Callable[[Request], Answer | bytes | None] = lambda _: None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.01,), daemon=True
        )
        self._thread.start()

    def __enter__(self) -> HubSpotServer:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def put(self, name: str, number: int | str, /, **properties: Any) -> dict[str, Any]:
        """Keep a record."""
        record = {
            "id": str(number),
            "properties": {
                "createdate": AT,
                "hs_object_id": str(number),
                "lastmodifieddate": AT,
                **properties,
            },
            "createdAt": AT,
            "updatedAt": AT,
            "archived": False,
        }
        self.records.setdefault(name, {})[str(number)] = record
        return record

    def asked(self, part: str = "") -> list[Request]:
        """The requests whose method and path hold a text."""
        return [request for request in self.log if part in str(request)]

    def answer(self, request: Request) -> Answer | bytes:
        """The answer to a request: status, body, headers; or bytes as they are."""
        if (special := self.special(request)) is not None:
            return special
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return _wrong(401, "EXPIRED_AUTHENTICATION", "The OAuth token used has expired.")
        parts = request.path.strip("/").split("/")
        if parts[:3] == ["crm", "v3", "objects"]:
            return self._objects(request, parts[3], parts[4:])
        if parts[:3] == ["crm", "v3", "properties"]:
            degree = request.query.get("dataSensitivity", "non_sensitive")
            held = self.properties.get(parts[3], [])
            return 200, {"results": [p for p in held if p["dataSensitivity"] == degree]}, {}
        if parts[:3] == ["crm", "v3", "lists"] and "memberships" in parts:
            if request.method == "GET":
                held = [{"recordId": n, "membershipTimestamp": AT} for n in self.members[parts[3]]]
                return 200, {"results": held, "total": len(held)}, {}
            added = request.body if isinstance(request.body, list) else []
            self.members.setdefault(parts[3], []).extend(map(str, added))
            return (
                200,
                {"recordsIdsAdded": added, "recordIdsRemoved": [], "recordIdsMissing": []},
                {},
            )
        if parts[0] == "communication-preferences":
            return self._preferences(request, parts[2:])
        if request.path in (
            "/marketing/v3/transactional/single-email/send",
            "/automation/v4/sequences/enrollments",
        ):
            self.mailed.append(request.body)
            return 200, {"status": "COMPLETE", "sendResult": "SENT", "statusId": "s-1"}, {}
        return _wrong(404, "OBJECT_NOT_FOUND", "No such path.")

    def _objects(self, request: Request, name: str, rest: list[str]) -> Answer:
        held = self.records.setdefault(name, {})
        body = request.body if isinstance(request.body, dict) else {}
        match [request.method, *rest]:
            case ["GET"]:
                start, size = (
                    int(request.query.get("after", 0)),
                    int(request.query.get("limit", 10)),
                )
                return self._page(request, name, list(held.values()), start, size)
            case ["POST", "search"]:
                wanted = [f for group in body.get("filterGroups", []) for f in group["filters"]]
                found = [
                    record
                    for record in held.values()
                    if all(
                        record["properties"].get(f["propertyName"]) == f["value"] for f in wanted
                    )
                ]
                page = self._page(
                    request, name, found, int(body.get("after", 0)), body.get("limit", 10)
                )
                page[1]["total"] = len(found)
                return page
            case ["POST", "gdpr-delete"]:
                held.pop(str(body["objectId"]), None)
                return 204, None, {}
            case ["POST", "merge"]:
                held.pop(body["objectIdToMerge"], None)
                return 200, held[body["primaryObjectId"]], {}
            case ["POST"]:
                number = str(max([0, *map(int, held)]) + 1)
                return (
                    201,
                    self._shown(request, name, self.put(name, number, **body["properties"])),
                    {},
                )
            case ["POST", "batch", way]:
                return self._batch(request, name, way, body)
            case [method, number]:
                record = self._find(held, number, request.query.get("idProperty"))
                if record is None:
                    return _wrong(404, "OBJECT_NOT_FOUND", "Object not found.")
                if method == "DELETE":
                    del held[record["id"]]
                    return 204, None, {}
                record["properties"].update(body.get("properties", {}))
                shown = [*body.get("properties", {})] if method == "PATCH" else None
                return 200, self._shown(request, name, record, shown), {}
        return _wrong(405, "METHOD_NOT_ALLOWED", "No such method.")

    def _batch(self, request: Request, name: str, way: str, body: dict[str, Any]) -> Answer:
        held = self.records[name]
        results, missing = [], []
        for item in body["inputs"]:
            by = item.get("idProperty") or body.get("idProperty")
            record = self._find(held, str(item.get("id")), by)
            if record is None and way in ("create", "upsert"):
                number = str(max([0, *map(int, held)]) + 1)
                record = self.put(name, number, **({by: item["id"]} if by else {}))
            if record is None:
                missing.append(item["id"])
                continue
            written = item.get("properties", {})
            record["properties"].update(written)
            results.append(self._shown(request, name, record, list(written) or None))
        answer = {"status": "COMPLETE", "results": results, "startedAt": AT, "completedAt": AT}
        if not missing:
            return (201 if way == "create" else 200), answer, {}
        wrong = {
            "status": "error",
            "category": "OBJECT_NOT_FOUND",
            "message": "Could not get some objects, they may be deleted or not exist.",
            "context": {"ids": missing},
        }
        return 207, {**answer, "numErrors": 1, "errors": [wrong]}, {}

    def _preferences(self, request: Request, rest: list[str]) -> Answer:
        if rest == ["statuses", "batch", "read"]:
            found = [
                {"subscriberIdString": address, "statuses": self.statuses.get(address, [])}
                for address in request.body["inputs"]
            ]
            return 200, {"status": "COMPLETE", "results": found}, {}
        if rest[:2] == ["status", "email"]:
            return 200, {"recipient": rest[2], "subscriptionStatuses": self.statuses[rest[2]]}, {}
        subscribed = rest == ["subscribe"]
        status = {
            "id": request.body["subscriptionId"],
            "name": "Marketing Information",
            "description": "Marketing offers and updates.",
            "status": "SUBSCRIBED" if subscribed else "NOT_SUBSCRIBED",
            "sourceOfStatus": "SUBSCRIPTION_STATUS",
        }
        return 200, status, {}

    def _page(
        self, request: Request, name: str, found: list[dict[str, Any]], start: int, size: int
    ) -> Answer:
        part = found[start : start + size]
        page: dict[str, Any] = {"results": [self._shown(request, name, one) for one in part]}
        if start + size < len(found):
            after = str(start + size)
            page["paging"] = {"next": {"after": after, "link": f"{self.url}?after={after}"}}
        return 200, page, {}

    def _shown(
        self,
        request: Request,
        name: str,
        record: dict[str, Any],
        names: Iterable[str] | None = None,
    ) -> dict[str, Any]:
        """A record with the properties that were asked for; as text, and null where it has none."""
        asked = names or request.asked("properties") or DEFAULTS.get(name, ALWAYS)
        held = record["properties"]
        shown = {**record, "properties": {n: held.get(n) for n in dict.fromkeys([*asked, *ALWAYS])}}
        if history := request.asked("propertiesWithHistory"):
            shown["propertiesWithHistory"] = {
                n: [{"value": held.get(n), "timestamp": AT, "sourceType": "CRM_UI"}]
                for n in history
            }
        return shown

    @staticmethod
    def _find(
        held: dict[str, dict[str, Any]], number: str, by: str | None
    ) -> dict[str, Any] | None:
        if not by or by == "hs_object_id":
            return held.get(number)
        return next((r for r in held.values() if r["properties"].get(by) == number), None)


def _wrong(status: int, category: str, message: str, **headers: str) -> Answer:
    return status, {"status": "error", "category": category, "message": message}, headers


def _handler(server: HubSpotServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            pass

        def serve(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            request = Request(self.command, self.path, self.headers, self.rfile.read(size))
            server.log.append(request)
            answer = server.answer(request)
            if isinstance(answer, bytes):
                self.wfile.write(answer)
                self.close_connection = True
                return
            status, body, headers = answer
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            data = b"" if status == 204 else data
            self.send_response(status)
            for key, value in {"Content-Type": "application/json;charset=utf-8", **headers}.items():
                self.send_header(key, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    for method in ("DELETE", "GET", "PATCH", "POST", "PUT"):
        setattr(Handler, f"do_{method}", Handler.serve)
    return Handler
