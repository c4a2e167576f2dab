"""A small Pipedrive on this machine: persons, notes, deals and field definitions, as its API answers.

Synthetic people only. It follows the documented schema of API v2 (and v1 where v2 has nothing yet), asks
for a token, and gives marketing_status only to those who ask for it.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

LANGUAGE = "d4de1c1518b4531717c676029a45911c340390a6"
AGREED = "0f1e2d3c4b5a69788796a5b4c3d2e1f001122334"
PROOF = "aa11bb22cc33dd44ee55ff6600778899aabbccdd"
SCORE = "5c0e5c0e5c0e5c0e5c0e5c0e5c0e5c0e5c0e5c0e"

DEFINITIONS = [
    {"field_name": "Name", "field_code": "name", "field_type": "varchar", "is_custom_field": False},
    {"field_name": "Preferred language", "field_code": LANGUAGE, "field_type": "enum",
     "is_custom_field": True, "options": [{"id": 1, "label": "fi"}, {"id": 2, "label": "nl"}]},
    {"field_name": "Agreed to mail on", "field_code": AGREED, "field_type": "date",
     "is_custom_field": True},
    {"field_name": "Proof of consent", "field_code": PROOF, "field_type": "varchar",
     "is_custom_field": True},
    {"field_name": "AI score", "field_code": SCORE, "field_type": "int", "is_custom_field": True},
]  # fmt: skip
EXTRA = ("marketing_status", "doi_status", "won_deals_count", "last_incoming_mail_time")


def person(number: int, name: str, **more: Any) -> dict[str, Any]:
    """A person of version 2, with what is given only to those who ask."""
    first, _, last = name.partition(" ")
    found: dict[str, Any] = {
        "id": number, "name": name, "first_name": first, "last_name": last, "owner_id": 9001,
        "org_id": 77, "add_time": "2026-10-02T08:14:05Z", "update_time": "2026-11-12T11:02:41Z",
        "emails": [{"value": f"{first.lower()}@example.com", "primary": True, "label": "work"}],
        "phones": [{"value": "+358401112233", "primary": True, "label": "mobile"}],
        "is_deleted": False, "visible_to": 3, "label_ids": [], "picture_id": None,
        "postal_address": {"value": "Testikatu 1, Oulu", "country": "Finland", "locality": "Oulu"},
        "notes": "Prefers mornings.", "im": [], "birthday": "1984-03-02", "job_title": "Buyer",
        "custom_fields": {LANGUAGE: 1, AGREED: "2026-10-02", PROOF: "form 12", SCORE: None},
        "marketing_status": "subscribed", "doi_status": "user_not_set", "won_deals_count": 0,
        "last_incoming_mail_time": None,
    }  # fmt: skip
    return {**found, **more}


class PipedriveServer(ThreadingHTTPServer):
    """Listens on a port of its own; `with PipedriveServer() as server: server.url`.

    Attributes:
        persons: by id.
        notes: as they were written.
        asked: method and path with query of each request, tokens left out.
        campaigns: whether the account has the marketing app.
        answers: answers to give instead, in order: status, headers and body, or None to hang up.
    """

    daemon_threads = True

    def __init__(self, token: str = "t0ken") -> None:  # noqa: S107  (of this machine only)
        super().__init__(("127.0.0.1", 0), _Handler)
        self.token = token
        self.persons = {
            n: person(n, name)
            for n, name in enumerate(
                ("Aino Esimerkki", "Bram Voorbeeld", "Cilla Exempel", "Dieter Beispiel"), 1
            )
        }
        self.deals: dict[int, dict[str, Any]] = {
            5: {"id": 5, "title": "Pumps", "person_id": 1, "org_id": 77, "value": 900,
                "currency": "EUR", "stage_id": 2, "pipeline_id": 1, "status": "open",
                "add_time": "2026-10-03T09:00:00Z", "custom_fields": {}},
        }  # fmt: skip
        self.notes: list[dict[str, Any]] = []
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.bodies: list[Any] = []
        self.campaigns = True
        self.answers: list[tuple[int, dict[str, str], bytes] | None] = []
        self.routes: dict[str, Callable[[], Any]] = {}
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()

    def handle_error(self, *_: Any) -> None:
        """A client that went away is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: PipedriveServer

    def log_message(self, *_: Any) -> None:
        """Quiet."""

    def _answer(self, status: int, answer: Any, headers: dict[str, str] | None = None) -> None:
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        for name, value in {"content-type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _serve(self) -> None:
        server, parts = self.server, urlsplit(self.path)
        query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        token = query.pop("api_token", None) or self.headers.get("x-api-token")
        token = token or (self.headers.get("authorization") or "").removeprefix("Bearer ")
        length = int(self.headers.get("content-length") or 0)
        raw = self.rfile.read(length)
        body = (
            json.loads(raw) if raw and "json" in (self.headers.get("content-type") or "") else raw
        )
        server.asked.append((self.command, parts.path, query))
        server.bodies.append(body)
        if server.answers:
            planned = server.answers.pop(0)
            if planned is None:
                self.close_connection = True
                self.wfile.write(b'HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{"succ')
                return
            status, headers, content = planned
            self._answer(status, content, headers)
            return
        if parts.path == "/oauth/token":
            self._answer(200, {"access_token": server.token, "token_type": "Bearer"})
            return
        if token != server.token:
            self._answer(401, {"success": False, "error": "unauthorized access", "errorCode": 401})
            return
        if parts.path in server.routes:
            self._answer(200, server.routes[parts.path]())
            return
        self._answer(*self._found(parts.path, query, body))

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _serve  # noqa: N815  (http.server's names)

    def _found(self, path: str, query: dict[str, str], body: Any) -> tuple[int, Any]:
        server = self.server
        wanted = [name for name in query.get("include_fields", "").split(",") if name]
        if not server.campaigns and "marketing_status" in wanted:
            return 400, {"success": False, "error": "Invalid include_fields", "code": "ERR_SCHEMA"}
        if path.endswith("Fields"):
            return 200, {"success": True, "data": DEFINITIONS,
                         "additional_data": {"next_cursor": None}}  # fmt: skip
        if path == "/api/v2/persons/search":
            items = [
                {"result_score": 0.9, "item": {
                    "id": p["id"], "type": "person", "name": p["name"],
                    "phones": [], "emails": [e["value"] for e in p["emails"]], "visible_to": 3,
                    "owner": {"id": 9001}, "organization": None, "custom_fields": [], "notes": []}}
                for p in server.persons.values()
                if query.get("term", "").lower() in p["name"].lower()
            ]  # fmt: skip
            return 200, {"success": True, "data": {"items": items},
                         "additional_data": {"next_cursor": None}}  # fmt: skip
        if path == "/api/v2/persons":
            if self.command == "POST":
                number = max(server.persons) + 1
                server.persons[number] = {**person(number, body["name"]), **body}
                return 201, {"success": True, "data": _shown(server.persons[number], [], query)}
            people = list(server.persons.values())
            if "ids" in query:
                people = [p for p in people if str(p["id"]) in query["ids"].split(",")]
            start, limit = int(query.get("cursor", "0")), int(query.get("limit", "100"))
            after = str(start + limit) if start + limit < len(people) else None
            data = [_shown(p, wanted, query) for p in people[start : start + limit]]
            return 200, {"success": True, "data": data, "additional_data": {"next_cursor": after}}
        if path.startswith("/api/v2/persons/"):
            number = int(path.rsplit("/", 1)[1])
            found = server.persons.get(number)
            if found is None:
                return 404, {"success": False, "error": "Person not found", "code": "ERR_NOT_FOUND"}
            if self.command == "DELETE":
                del server.persons[number]
                return 200, {"success": True, "data": {"id": number}}
            if self.command == "PATCH":
                found["custom_fields"].update(body.pop("custom_fields", {}))
                found.update(body)
            return 200, {"success": True, "data": _shown(found, wanted, query)}
        if path == "/api/v2/deals":
            return 200, {"success": True, "data": list(server.deals.values()),
                         "additional_data": {"next_cursor": None}}  # fmt: skip
        if path == "/v1/notes" and self.command == "POST":
            note = {"id": len(server.notes) + 1, "add_time": "2026-11-20 10:00:00",
                    "person": {"name": "Aino Esimerkki"},
                    "user": {"email": "rep@example.com", "name": "Rep", "is_you": True}, **body}  # fmt: skip
            server.notes.append(note)
            return 201, {"success": True, "data": note}
        if path == "/v1/currencies":
            return 200, {"success": True, "data": [{"id": 2, "code": "EUR"}]}
        return 404, {"success": False, "error": "Unknown method ."}


def _shown(item: dict[str, Any], wanted: list[str], query: dict[str, str]) -> dict[str, Any]:
    shown = {key: value for key, value in item.items() if key not in EXTRA or key in wanted}
    if "custom_fields" in query:
        codes = query["custom_fields"].split(",")
        shown["custom_fields"] = {c: v for c, v in item["custom_fields"].items() if c in codes}
    return json.loads(json.dumps(shown))
