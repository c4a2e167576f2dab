"""A small Salesforce on this machine: the REST, composite and bulk APIs over records in memory.

It follows what Salesforce documents for API 59.0, as far as the example and the tests need it.
"""

from __future__ import annotations

import csv
import io
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

from requests import PreparedRequest, Response, Session
from requests.adapters import HTTPAdapter

__all__ = ["Org", "local_session", "running"]

_SELECT = re.compile(r"\s*SELECT\s", re.IGNORECASE)
_FROM = re.compile(r"\sFROM\s+(\w+)", re.IGNORECASE)
_IN = re.compile(r"(\w+)\s+IN\s*\((.*)\)", re.IGNORECASE | re.DOTALL)
_EQUAL = re.compile(r"(?:\w+\.)?(\w+)\s*=\s*'((?:[^'\\]|\\.)*)'", re.IGNORECASE)
_TEXTS = re.compile(r"'((?:[^'\\]|\\.)*)'")
_VERSION = "59.0"


class Org:
    """An organisation's records, and what it was asked.

    Attributes:
        records: object → id → record.
        described: object → its fields as `describe` has them.
        classes: object → field → what FieldDefinition says of it.
        asked: method, path with query, and body of each request.
        failures: answers to give before any other, each once: (status, headers, body).
        page: records of a page.
        token: the session id that is valid.
        broken: a test of path and query that the server hangs up on, half-way.
        delay_s: how long each answer takes.
        hidden: fields that the user may not see.
    """

    def __init__(self) -> None:
        self.records: dict[str, dict[str, dict[str, Any]]] = {}
        self.described: dict[str, list[dict[str, Any]]] = {}
        self.classes: dict[str, dict[str, dict[str, Any]]] = {}
        self.asked: list[tuple[str, str, str]] = []
        self.failures: list[tuple[int, dict[str, str], Any]] = []
        self.page = 2000
        self.token = "token-1"  # noqa: S105  (this machine only)
        self.logins = 0
        self.broken: Callable[[str], bool] = lambda _: False
        self.delay_s = 0.0
        self.hidden: set[str] = set()
        self.jobs: dict[str, dict[str, Any]] = {}
        self.sent: list[Any] = []
        self.cursors: dict[str, list[Any]] = {}
        self.lock = threading.Lock()

    def add(self, name: str, number: str, **values: Any) -> None:
        """Keep a record; its fields are described as texts unless they are already."""
        self.records.setdefault(name, {})[number] = {"Id": number, **values}
        known = self.described.setdefault(name, [_field("Id", "id")])
        for key, value in values.items():
            if all(item["name"] != key for item in known):
                type_ = "boolean" if isinstance(value, bool) else "string"
                known.append(_field(key, type_))

    def describe(self, name: str, field: str, type_: str, **more: Any) -> None:
        """Describe a field."""
        known = self.described.setdefault(name, [_field("Id", "id")])
        known[:] = [item for item in known if item["name"] != field]
        known.append({**_field(field, type_), **more})

    def queries(self) -> list[str]:
        """The queries of the program itself, as they arrived."""
        return [
            dict(parse_qsl(urlsplit(path).query)).get("q", "")
            for _, path, _ in self.asked
            if "?" in path and "q=" in path
        ]

    def count(self, part: str) -> int:
        """How often a path that holds `part` was asked for."""
        return sum(part in path for _, path, _ in self.asked)


def _field(name: str, type_: str) -> dict[str, Any]:
    return {
        "name": name,
        "type": type_,
        "custom": name.endswith("__c"),
        "relationshipName": None,
        "referenceTo": [],
        "compoundFieldName": None,
    }


@contextmanager
def running(org: Org) -> Iterator[str]:
    """Serve an organisation; gives host and port."""

    class Handler(_Handler):
        pass

    Handler.org = org
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


class _Local(HTTPAdapter):
    """Salesforce is only ever called by https; this machine's server speaks http."""

    def __init__(self, host: str) -> None:
        super().__init__()
        self._host = host

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        parts = urlsplit(str(request.url))
        request.url = urlunsplit(parts._replace(scheme="http", netloc=self._host))
        return super().send(request, *args, **kwargs)


def local_session(host: str) -> Session:
    """A session whose https requests go to this machine's server."""
    session = Session()
    session.trust_env = False
    session.mount("https://", _Local(host))
    return session


class _Handler(BaseHTTPRequestHandler):
    org: Org
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: Any) -> None:
        pass

    def _answer(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        if isinstance(body, str):
            kind, content = "text/csv", body.encode()
        else:
            kind, content = "application/json;charset=UTF-8", json.dumps(body).encode()
        if status == 204:
            content = b""
        self.send_response(status)
        for key, value in {"Content-Type": kind, **(headers or {})}.items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _handle(self) -> None:
        org = self.org
        size = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(size).decode() if size else ""
        with org.lock:
            org.asked.append((self.command, self.path, raw))
            failure = org.failures.pop(0) if org.failures else None
        if org.delay_s:
            time.sleep(org.delay_s)
        if org.broken(unquote(self.path)):
            self.send_response(200)
            self.send_header("Content-Length", "100000")
            self.end_headers()
            self.wfile.write(b'{"records": [')
            self.close_connection = True
            return
        if failure is not None:
            self._answer(failure[0], failure[2], failure[1])
            return
        parts = urlsplit(self.path)
        path = unquote(parts.path).rstrip("/")
        if path.startswith("/services/Soap/u/"):
            self._login()
            return
        given = self.headers.get("Authorization", "").removeprefix("Bearer ") or self.headers.get(
            "X-SFDC-Session", ""
        )
        if given != org.token:
            self._answer(
                401, [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]
            )
            return
        try:
            self._answer(*self._route(path, dict(parse_qsl(parts.query)), raw))
        except KeyError:
            self._answer(
                404,
                [{"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}],
            )

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _handle  # noqa: N815

    def _login(self) -> None:
        org = self.org
        org.logins += 1
        host = self.headers["Host"] if "127.0.0.1" in self.headers["Host"] else None
        host = host or f"127.0.0.1:{self.server.server_port}"  # type: ignore[attr-defined]
        body = (
            "<env><loginResponse><result>"
            f"<serverUrl>https://{host}/services/Soap/u/{_VERSION}/00D</serverUrl>"
            f"<sessionId>{org.token}</sessionId></result></loginResponse></env>"
        )
        self._answer(200, body)

    def _route(self, path: str, query: dict[str, str], raw: str) -> tuple[Any, ...]:
        org = self.org
        method = self.command
        if path.startswith("/services/async/"):
            return self._bulk1(path.split("/")[4:], raw)
        tail = path.split("/")[4:]
        match tail:
            case ["query" | "queryAll"] | ["tooling", "query"]:
                return _query(org, query.get("q", ""))
            case ["query" | "queryAll", locator]:
                return 200, _page(org, org.cursors[locator])
            case ["search"]:
                return 200, {"searchRecords": _search(org, query["q"]), "metadata": {}}
            case ["composite"]:
                return 200, {
                    "compositeResponse": [
                        _sub(org, one) for one in json.loads(raw)["compositeRequest"]
                    ]
                }
            case (
                ["composite", "sobjects"]
                | ["composite", "tree", _]
                | ["composite", "sobjects", _, _]
            ):
                return 200, [{"id": "00Q000000000001AAA", "success": True, "errors": []}]
            case ["composite", "sobjects", name]:
                asked = (
                    json.loads(raw)
                    if raw
                    else {key: value.split(",") for key, value in query.items()}
                )
                held = org.records.get(name, {})
                return 200, [
                    _shown(org, name, held[one], asked["fields"]) if one in held else None
                    for one in asked["ids"]
                ]
            case ["actions", "standard", "emailSimple"]:
                org.sent.append(json.loads(raw))
                return 200, [{"actionName": "emailSimple", "isSuccess": True, "errors": None}]
            case ["sobjects"]:
                return 200, {"sobjects": [{"name": name} for name in org.records]}
            case ["sobjects", name, "describe"]:
                return 200, {"name": name, "fields": org.described[name], "childRelationships": []}
            case ["sobjects", _, "describe", *_]:
                return 200, {"layouts": []}
            case ["sobjects", _, "deleted"]:
                return 200, {"deletedRecords": []}
            case ["sobjects", _, "updated"]:
                return 200, {"ids": []}
            case ["sobjects", "User", _, "password"]:
                return 204, {}
            case ["sobjects", name] if method == "GET":
                recent = [
                    _shown(org, name, one, ["Id", "Name"]) for one in org.records[name].values()
                ]
                return 200, {"objectDescribe": {"name": name}, "recentItems": recent}
            case ["sobjects", name]:
                number = f"{len(org.records.setdefault(name, {})):015d}AAA"
                org.records[name][number] = {"Id": number, **json.loads(raw)}
                return 201, {"id": number, "success": True, "errors": []}
            case ["sobjects", name, number]:
                held = org.records[name]
                if method == "GET":
                    asked = query.get("fields")
                    return 200, _shown(org, name, held[number], asked.split(",") if asked else None)
                if method == "DELETE":
                    del held[number]
                else:
                    held[number].update(json.loads(raw))
                return 204, {}
            case ["sobjects", name, field, value]:
                for one in org.records[name].values():
                    if one.get(field) == value:
                        asked = query.get("fields")
                        if method == "GET":
                            return 200, _shown(org, name, one, asked.split(",") if asked else None)
                        one.update(json.loads(raw) if raw else {})
                        return 204, {}
                raise KeyError
            case ["limits"]:
                return 200, {"DailyApiRequests": {"Max": 15000, "Remaining": 14998}}
            case ["jobs", *rest]:
                return self._bulk2(rest, query, raw)
        raise KeyError(path)

    def _bulk2(self, rest: list[str], query: dict[str, str], raw: str) -> tuple[Any, ...]:
        org = self.org
        if len(rest) == 1:
            made = json.loads(raw)
            number = f"7505g00000{len(org.jobs):05d}AAA"
            if "query" in made:
                found = _read(made["query"])
                if found is None:
                    return 400, [{"errorCode": "MALFORMED_QUERY", "message": "unexpected token"}]
                made["object"] = found["object"]
            org.jobs[number] = {"id": number, "state": "Open", "contentType": "CSV", **made}
            return 200, {key: value for key, value in org.jobs[number].items() if key != "query"}
        job = org.jobs[rest[1]]
        if rest[2:] == ["batches"]:
            job["data"] = raw
            return 201, {}
        if rest[2:] == ["results"]:
            _, page = _query(org, job["query"], whole=True)
            rows = page["records"]
            start = int(query.get("locator", "0"))
            size = int(query.get("maxRecords", "50000"))
            part = rows[start : start + size]
            items = [item.strip() for item in _read(job["query"])["items"].split(",")]  # type: ignore[index]
            out = io.StringIO()
            sign = "\t" if job.get("columnDelimiter") == "TAB" else ","
            writer = csv.writer(out, delimiter=sign, quoting=csv.QUOTE_ALL, lineterminator="\n")
            writer.writerow(items)
            writer.writerows([_cell(row, item) for item in items] for row in part)
            more = str(start + size) if start + size < len(rows) else "null"
            return (
                200,
                out.getvalue(),
                {"Sforce-Locator": more, "Sforce-NumberOfRecords": str(len(part))},
            )
        if rest[2:]:
            text = job.get("data", "")
            if rest[2] == "failedResults":
                header, *lines = text.splitlines() or [""]
                failed = [f'"00Q5g00000AbCdEEAV","BAD",{line}' for line in lines]
                return 200, "\n".join([f'"sf__Id","sf__Error",{header}', *failed]) + "\n"
            return 200, text
        job["state"] = "JobComplete"
        return 200, {
            **{key: value for key, value in job.items() if key not in ("data", "query")},
            "numberRecordsFailed": 0,
            "numberRecordsProcessed": 1,
        }

    def _bulk1(self, rest: list[str], raw: str) -> tuple[Any, ...]:
        org = self.org
        if rest == ["job"]:
            number = f"7505g00000{len(org.jobs):05d}AAA"
            org.jobs[number] = {"id": number, "state": "Open", **json.loads(raw)}
            return 201, org.jobs[number]
        job = org.jobs[rest[1]]
        batch = {"id": "7515g000000001AAA", "jobId": rest[1], "state": "Completed"}
        match rest[2:]:
            case ["batch"]:
                job["data"] = raw
                return 201, batch
            case ["batch", _]:
                return 200, batch
            case ["batch", _, "request"]:
                return 200, json.loads(job["data"])
            case ["batch", _, "result"] if job["operation"].startswith("query"):
                return 200, ["7525g000000001AAA"]
            case ["batch", _, "result"]:
                rows = json.loads(job["data"])
                return 200, [
                    {"success": True, "created": False, "id": row.get("Id"), "errors": []}
                    for row in rows
                ]
            case ["batch", _, "result", _]:
                return 200, _query(org, job["data"], whole=True)[1]["records"]
        return 200, {key: value for key, value in job.items() if key != "data"}


def _read(text: str) -> dict[str, str] | None:
    """What a query selects, from which object, and the rest; None when it is none."""
    if _SELECT.match(text) is None:
        return None
    for found in _FROM.finditer(text):
        if text[: found.start()].count("(") == text[: found.start()].count(")"):
            items = text[text.upper().index("SELECT") + 6 : found.start()]
            return {"items": items.strip(), "object": found[1], "rest": text[found.end() :]}
    return None


def _sub(org: Org, one: dict[str, Any]) -> dict[str, Any]:
    parts = urlsplit(one["url"])
    tail = parts.path.split("/")[4:]
    try:
        if tail[0] == "query":
            status, body = _query(org, dict(parse_qsl(parts.query))["q"])[:2]
        else:
            status, body = (
                200,
                {"name": tail[1], "fields": org.described[tail[1]], "childRelationships": []},
            )
    except KeyError:
        status, body = (
            404,
            [{"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}],
        )
    return {
        "body": body,
        "httpHeaders": {},
        "httpStatusCode": status,
        "referenceId": one["referenceId"],
    }


def _query(org: Org, text: str, *, whole: bool = False) -> tuple[int, Any]:
    found = _read(text)
    if found is None:
        return 400, [{"errorCode": "MALFORMED_QUERY", "message": "unexpected token"}]
    name, rest = found["object"], found["rest"]
    items = [item.strip() for item in re.split(r",(?![^(]*\))", found["items"])]
    if name == "FieldDefinition":
        of = _EQUAL.search(rest)
        classes = org.classes.get(of[2], {}) if of else {}
        rows = [
            {"attributes": {"type": name}, "QualifiedApiName": key, **value}
            for key, value in classes.items()
        ]
        return 200, {"totalSize": len(rows), "done": True, "records": rows}
    if name not in org.described:
        return 400, [
            {"errorCode": "INVALID_TYPE", "message": f"sObject type '{name}' is not supported."}
        ]
    known = {item["name"] for item in org.described[name]} - org.hidden
    for item in items:
        if re.fullmatch(r"\w+", item) and item not in known:
            return 400, [
                {
                    "errorCode": "INVALID_FIELD",
                    "message": f"No such column '{item}' on entity '{name}'.",
                }
            ]
    rows = [one for one in org.records.get(name, {}).values() if _fits(org, one, rest)]
    if items == ["COUNT()"]:
        return 200, {"totalSize": len(rows), "done": True, "records": []}
    if any("(" in item and not item.startswith("(") for item in items):
        return 200, {"totalSize": 1, "done": True, "records": [_counted(items, rows)]}
    shown = [_shown(org, name, one, items) for one in rows]
    if whole or len(shown) <= org.page:
        return 200, {"totalSize": len(shown), "done": True, "records": shown}
    return 200, _page(org, shown, len(shown))


def _counted(items: list[str], rows: list[dict[str, Any]]) -> dict[str, Any]:
    row: dict[str, Any] = {"attributes": {"type": "AggregateResult"}}
    number = 0
    for item in items:
        if "(" in item:
            row[f"expr{number}"] = len(rows)
            number += 1
        else:
            row[item.rpartition(".")[2]] = rows[0].get(item) if rows else None
    return row


def _page(org: Org, rows: list[Any], total: int | None = None) -> dict[str, Any]:
    part, rest = rows[: org.page], rows[org.page :]
    page: dict[str, Any] = {"totalSize": total or len(rows), "done": not rest, "records": part}
    if rest:
        locator = f"01g5g00000{len(org.cursors):05d}-{org.page}"
        org.cursors[locator] = rest
        page["nextRecordsUrl"] = f"/services/data/v{_VERSION}/query/{locator}"
    return page


def _fits(org: Org, one: dict[str, Any], rest: str) -> bool:
    found = _IN.search(rest)
    if found is not None:
        inner = _read(found[2])
        if inner is not None:
            values = {
                row.get(inner["items"].strip())
                for row in org.records.get(inner["object"], {}).values()
                if _fits(org, row, inner["rest"])
            }
        else:
            values = {text.replace("\\'", "'") for text in _TEXTS.findall(found[2])}
        return one.get(found[1]) in values
    equal = _EQUAL.search(rest)
    return equal is None or one.get(equal[1]) == equal[2].replace("\\'", "'")


def _shown(org: Org, name: str, one: dict[str, Any], items: list[str] | None) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "attributes": {
            "type": name,
            "url": f"/services/data/v{_VERSION}/sobjects/{name}/{one['Id']}",
        }
    }
    if items is None or any(item.upper().startswith("FIELDS(") for item in items):
        return {**shown, **one}
    for item in items:
        relation, dot, field = item.partition(".")
        if item.startswith("("):
            inner = _read(item[1:-1])
            child = (inner["object"] if inner else "").removesuffix("s")
            rows = [
                row
                for row in org.records.get(child, {}).values()
                if row.get(f"{name}Id") == one["Id"]
            ]
            listed = [part.strip() for part in inner["items"].split(",")] if inner else []
            shown[f"{child}s"] = {
                "totalSize": len(rows),
                "done": True,
                "records": [_shown(org, child, row, listed) for row in rows],
            }
        elif dot:
            target = org.records.get(relation, {}).get(one.get(f"{relation}Id") or "")
            if target is None:
                shown.setdefault(relation, None)
                continue
            held = shown.get(relation) or _shown(org, relation, target, [])
            shown[relation] = {**held, **_shown(org, relation, target, [field])}
        else:
            shown[item] = one.get(item)
    return shown


def _cell(row: dict[str, Any], item: str) -> str:
    value: Any = row
    for part in item.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _search(org: Org, text: str) -> list[dict[str, Any]]:
    returning = text.upper().partition("RETURNING")[2]
    if not returning:
        return [
            _shown(org, name, one, ["Id"])
            for name, held in org.records.items()
            for one in held.values()
        ]
    found = []
    for name, items in re.findall(r"(\w+)\s*\(([^)]*)\)", text[-len(returning) :]):
        listed = [item.strip() for item in re.split(r"\s+WHERE|\s+LIMIT", items)[0].split(",")]
        found += [_shown(org, name, one, listed) for one in org.records.get(name, {}).values()]
    return found
