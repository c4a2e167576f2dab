"""A small Dataverse, for this example and for the plugin's tests: TLS, an in-memory table set, Web API v9.2.

It follows the shapes that Microsoft documents, as far as the Python SDK uses them. It judges nothing.
"""

from __future__ import annotations

import datetime
import ipaddress
import json
import re
import ssl
import threading
import uuid
import xml.etree.ElementTree as ET
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

__all__ = ["Dataverse", "Failure"]

API = "/api/data/v9.2"
FORMATTED = "OData.Community.Display.V1.FormattedValue"
_SETS = {
    "account": "accounts", "activityparty": "activityparties", "annotation": "annotations",
    "contact": "contacts", "email": "emails", "lead": "leads", "new_visit": "new_visits",
    "msdynmkt_contactpointconsent4": "msdynmkt_contactpointconsent4s", "opportunity": "opportunities",
    "systemuser": "systemusers",
}  # fmt: skip
_IN = re.compile(r"Microsoft\.Dynamics\.CRM\.In\(PropertyName='(\w+)',PropertyValues=(\[.*?\])\)")
_EQ = re.compile(r"([\w]+) eq (?:'((?:[^']|'')*)'|([\w-]+))")


class Failure:
    """What the server does once in place of answering; `hang_up` sends half an answer."""

    def __init__(self, status: int = 503, *, hang_up: bool = False, **headers: str) -> None:
        self.status = status
        self.hang_up = hang_up
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class Dataverse:
    """The server.

    Args:
        folder: for its certificate.
        tables: logical name → rows.
        columns: logical name → attribute definitions beside those that rows show.
    """

    def __init__(
        self,
        folder: Path,
        tables: dict[str, list[dict[str, Any]]],
        columns: dict[str, list[dict[str, Any]]] | None = None,
    ) -> None:
        self.tables = {name: [dict(row) for row in rows] for name, rows in tables.items()}
        self.columns = columns or {}
        self.asked: list[tuple[str, str]] = []
        self.bodies: list[bytes] = []
        self.failures: list[tuple[str, Failure]] = []
        self.page_size = 5000
        self.certificate = _certificate(folder)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        self._server.socket = context.wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )
        self.url = f"https://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )

    def __enter__(self) -> Dataverse:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def fail(self, part: str, failure: Failure, times: int = 1) -> None:
        """Fail the next requests whose path holds a text."""
        self.failures += [(part, failure)] * times

    def requests(self, part: str = "") -> list[str]:
        """Requests so far whose line holds a text, decoded; those in batches too."""
        return [f"{method} {path}" for method, path in self.asked if part in f"{method} {path}"]

    def key(self, table: str) -> str:
        """A table's primary key."""
        return "activityid" if table == "email" else f"{table}id"

    def answer(
        self, method: str, target: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, dict[str, str], Any]:
        """Status, headers and JSON value of the answer to one request."""
        parts = urlsplit(target)
        path = unquote(parts.path)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        self.asked.append((method, f"{path}?{unquote(parts.query.replace('+', ' '))}"))
        path = path.removeprefix(API)
        if path.startswith("/EntityDefinitions"):
            return self._metadata(path, query)
        if path.startswith("/BulkDelete"):
            return 200, {}, {"JobId": str(uuid.uuid4())}
        if path.startswith("/SendEmailFromTemplate") or path.endswith(".SendEmail"):
            return 200, {}, {"Subject": "sent"}
        fit = re.fullmatch(r"/(\w+)(?:\((.*)\))?(?:/(.+))?", path)
        table = next((name for name, set_ in _SETS.items() if fit and set_ == fit[1]), None)
        if fit is None or table is None:
            return 404, {}, _error("0x80060888", f"Resource not found for the segment '{path}'.")
        if method == "GET":
            return self._get(table, fit[2], query, headers)
        told = json.loads(body) if body and "json" in headers.get("content-type", "json") else {}
        return self._write(method, table, fit[2], fit[3], told)

    def _get(
        self, table: str, key: str | None, query: dict[str, str], headers: dict[str, str]
    ) -> tuple[int, dict[str, str], Any]:
        rows = self.tables.get(table, [])
        chosen = query.get("$select", "")
        unknown = [name for name in chosen.split(",") if name and not self._has(table, name)]
        if unknown:
            text = f"Could not find a property named '{unknown[0]}' on type '{table}'."
            return 400, {}, _error("0x80060888", text)
        if key is not None:
            row = self._find(table, key)
            if row is None:
                return (
                    404,
                    {},
                    _error("0x80040217", f"Entity '{table}' With Id = {key} Does Not Exist"),
                )
            context = {"@odata.context": f"{self.url}{API}/$metadata#{_SETS[table]}/$entity"}
            return 200, {}, {**context, **self._shown(table, row, query, headers)}
        if "fetchXml" in query:
            return 200, {}, self._fetch(query["fetchXml"])
        if "sql" in query:
            return 200, {}, self._sql(table, query["sql"])
        rows = [row for row in rows if _fits(row, query.get("$filter", ""))]
        if "$top" in query:
            rows = rows[: int(query["$top"])]
        start = int(query.get("$skiptoken", "0"))
        size = self.page_size
        if fit := re.search(r"odata\.maxpagesize=(\d+)", headers.get("prefer", "")):
            size = min(size, int(fit[1]))
        answer: dict[str, Any] = {
            "@odata.context": f"{self.url}{API}/$metadata#{_SETS[table]}",
            "value": [
                self._shown(table, row, query, headers) for row in rows[start : start + size]
            ],
        }
        if start + size < len(rows):
            pairs = {**query, "$skiptoken": str(start + size)}
            text = "&".join(f"{name}={quote(value, safe='')}" for name, value in pairs.items())
            answer["@odata.nextLink"] = f"{self.url}{API}/{_SETS[table]}?{text}"
        return 200, {}, answer

    def _shown(
        self, table: str, row: dict[str, Any], query: dict[str, str], headers: dict[str, str]
    ) -> dict[str, Any]:
        chosen = [name for name in query.get("$select", "").split(",") if name]
        shown = {"@odata.etag": 'W/"1"'}
        for name, value in row.items():
            plain = name.partition("@")[0]
            if chosen and plain not in (*chosen, self.key(table)):
                continue
            if "@" in name and "annotations" not in headers.get("prefer", ""):
                continue
            shown[name] = value
        for name, inside in re.findall(
            r"(\w+)(?:\(\$select=([\w,]*)\))?", query.get("$expand", "")
        ):
            other = self._find("contact", str(row.get(f"_{name}_value")))
            if other is not None:
                shown[name] = self._shown("contact", other, {"$select": inside}, headers)
        return shown

    def _fetch(self, text: str) -> dict[str, Any]:
        entity = ET.fromstring(text).find("entity")  # noqa: S314
        assert entity is not None
        table = entity.get("name", "")
        names = [item.get("name", "") for item in entity.findall("attribute")]
        found = []
        for row in self.tables.get(table, []):
            shown = {name: value for name, value in row.items()
                     if not names or name.partition("@")[0] in (*names, f"{table}id")}  # fmt: skip
            for link in entity.findall("link-entity"):
                other = (
                    self._find(link.get("name", ""), str(row.get(f"_{link.get('to')}_value"))) or {}
                )
                for item in link.findall("attribute"):
                    key = item.get("alias") or f"{link.get('alias')}.{item.get('name')}"
                    shown[key] = other.get(item.get("name", ""))
            found.append(shown)
        return {"value": found}

    def _sql(self, table: str, text: str) -> dict[str, Any]:
        fit = re.match(
            r"\s*SELECT\s+(?:TOP\s+\d+\s+)?(.*?)\s+FROM\s", text, re.IGNORECASE | re.DOTALL
        )
        assert fit is not None
        rows = []
        for row in self.tables.get(table, []):
            shown = {}
            for item in fit[1].split(","):
                words = re.split(r"\s+(?:AS\s+)?", item.strip(), flags=re.IGNORECASE)
                name = words[0].rpartition(".")[2]
                shown[words[-1].rpartition(".")[2]] = row.get(name)
            rows.append(shown)
        return {"value": rows}

    def _write(
        self, method: str, table: str, key: str | None, rest: str | None, told: Any
    ) -> tuple[int, dict[str, str], Any]:
        rows = self.tables.setdefault(table, [])
        if rest and rest.endswith("Multiple"):
            made = []
            for target in told["Targets"]:
                row = {name: value for name, value in target.items() if not name.startswith("@")}
                known = self._find(table, str(row.get(self.key(table))))
                if known is None:
                    row.setdefault(self.key(table), str(uuid.uuid4()))
                    rows.append(row)
                else:
                    known.update(row)
                made.append(row[self.key(table)])
            return (200, {}, {"Ids": made}) if "Create" in rest else (204, {}, None)
        if rest:
            return 204, {}, None
        if method == "DELETE":
            self.tables[table] = [row for row in rows if row is not self._find(table, key or "")]
            return 204, {}, None
        row = self._find(table, key) if key else None
        if row is None:
            now = datetime.datetime.now(datetime.UTC).isoformat()
            row = {self.key(table): str(uuid.uuid4()), "createdon": now}
            rows.append(row)
        row.update(told)
        link = f"{self.url}{API}/{_SETS[table]}({row[self.key(table)]})"
        return 204, {"OData-EntityId": link}, None

    def _find(self, table: str, key: str) -> dict[str, Any] | None:
        name, _, value = key.rpartition("=") if "=" in key else (self.key(table), "", key)
        wanted = value.strip("'").lower()
        rows = self.tables.get(table, [])
        return next((row for row in rows if str(row.get(name)).lower() == wanted), None)

    def _has(self, table: str, name: str) -> bool:
        return name in self._names(table)

    def _names(self, table: str) -> set[str]:
        rows = self.tables.get(table, [])
        names = {name.partition("@")[0] for row in rows for name in row}
        return names | {str(item["LogicalName"]) for item in self.columns.get(table, [])}

    def _metadata(self, path: str, query: dict[str, str]) -> tuple[int, dict[str, str], Any]:
        fit = re.search(r"LogicalName='(\w+)'", path) or re.search(
            r"(?:LogicalName|EntitySetName) eq '(\w+)'", query.get("$filter", "")
        )
        asked = fit[1] if fit else ""
        by_id = re.match(r"/EntityDefinitions\(([0-9a-f-]{36})\)", path)
        table = next(
            (
                name
                for name, set_ in _SETS.items()
                if (by_id and by_id[1] == _metadata_id(name))
                or (not by_id and asked in (name, set_))
            ),
            None,
        )
        if table is None:
            empty: dict[str, Any] = {"value": []}
            return (200, {}, empty) if "$filter" in query else (404, {}, _error("0x1", "No table."))
        if path.endswith("StringAttributeMetadata"):
            texts = [item for item in self.columns.get(table, []) if "FormatName" in item]
            return 200, {}, {"value": texts}
        if "/Attributes" in path:
            wanted = re.search(r"LogicalName eq '(\w+)'", query.get("$filter", ""))
            told = [
                {"MetadataId": str(uuid.uuid4()), **item}
                for item in self.columns.get(table, [])
                if wanted and item["LogicalName"] == wanted[1]
            ]
            return 200, {}, {"value": told}
        described = {str(item["LogicalName"]): item for item in self.columns.get(table, [])}
        attributes = [
            {
                "LogicalName": name, "AttributeType": "String", "IsSecured": False,
                "IsPrimaryId": name == self.key(table), **described.get(name, {}),
            }
            for name in sorted(self._names(table))
        ]  # fmt: skip
        entity = {
            "MetadataId": _metadata_id(table),
            "LogicalName": table, "SchemaName": table, "EntitySetName": _SETS[table],
            "PrimaryIdAttribute": self.key(table), "PrimaryNameAttribute": "name",
        }  # fmt: skip
        if "$expand" in query:
            entity["Attributes"] = attributes  # type: ignore[assignment]
        return 200, {}, {"value": [entity]} if "$filter" in query else entity


def _metadata_id(table: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, table))


def _fits(row: dict[str, Any], text: str) -> bool:
    for fit in _IN.finditer(text):
        if str(row.get(fit[1])).lower() not in {str(v).lower() for v in json.loads(fit[2])}:
            return False
    for fit in _EQ.finditer(_IN.sub("", text)):
        wanted = fit[2] if fit[2] is not None else fit[3]
        if str(row.get(fit[1])).lower() != str(wanted).lower():
            return False
    return True


def _error(code: str, text: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": text}}


def _handler(server: Dataverse) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args: object) -> None:
            """Say nothing."""

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except (ConnectionError, ssl.SSLError):
                self.close_connection = True

        def do_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            server.bodies.append(body)
            for number, (part, failure) in enumerate(server.failures):
                if part in unquote(self.path):
                    del server.failures[number]
                    self._fail(failure)
                    return
            headers = {name.lower(): value for name, value in self.headers.items()}
            if self.path.endswith("/$batch"):
                self._batch(body.decode(), headers)
                return
            status, more, told = server.answer(self.command, self.path, body, headers)
            data = b"" if told is None else json.dumps(told).encode()
            self._send(status, "application/json; odata.metadata=minimal", data, more)

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = do_any  # noqa: N815

        def _fail(self, failure: Failure) -> None:
            if failure.hang_up:
                self.send_response(200)
                self.send_header("Content-Length", "1000")
                self.end_headers()
                self.wfile.write(b'{"value": [')
                self.close_connection = True
                return
            data = json.dumps(_error(f"0x{failure.status}", "The server says no.")).encode()
            self._send(failure.status, "application/json", data, failure.headers)

        def _batch(self, text: str, headers: dict[str, str]) -> None:
            server.asked.append(("POST", f"{API}/$batch"))
            boundary = re.search(r'boundary="?([^";]+)', headers["content-type"])
            assert boundary is not None
            out = []
            self.made: dict[str, str] = {}
            go_on = "continue-on-error" in headers.get("prefer", "")
            for part in _split(text, boundary[1]):
                inner = re.search(r'multipart/mixed; boundary="?([^";\r\n]+)', part)
                leaves = _split(part, inner[1]) if inner else [part]
                told, bad = [], False
                for leaf in leaves:
                    status, answer = self._leaf(leaf)
                    bad = bad or status >= 400
                    told.append(answer)
                if inner and not bad:
                    out.append(
                        "Content-Type: multipart/mixed; boundary=changesetresponse\r\n\r\n"
                        + "".join(f"--changesetresponse\r\n{item}\r\n" for item in told)
                        + "--changesetresponse--\r\n"
                    )
                else:
                    out.append(told[-1])
                if bad and not go_on:
                    break
            data = (
                "".join(f"--batchresponse\r\n{item}\r\n" for item in out) + "--batchresponse--\r\n"
            )
            self._send(200, "multipart/mixed; boundary=batchresponse", data.encode(), {})

        def _leaf(self, text: str) -> tuple[int, str]:
            head, _, rest = text.replace("\r\n", "\n").lstrip("\n").partition("\n\n")
            number = re.search(r"Content-ID: (\S+)", head)
            request, _, body = rest.partition("\n\n")
            line, *more = request.split("\n")
            method, target = line.rpartition(" ")[0].split(" ", 1)
            headers = {k.lower(): v.strip() for k, _, v in (item.partition(":") for item in more)}
            target = re.sub(r"^https://[^/]+", "", target).replace(" ", "%20")
            if target in self.made:
                target = self.made[target]
            status, extra, told = server.answer(method, target, body.strip().encode(), headers)
            if number and "OData-EntityId" in extra:
                self.made[f"${number[1]}"] = urlsplit(extra["OData-EntityId"]).path
            lines = ["Content-Type: application/http", "Content-Transfer-Encoding: binary"]
            if number:
                lines.append(f"Content-ID: {number[1]}")
            lines += ["", f"HTTP/1.1 {status} X", "Content-Type: application/json"]
            lines += [f"{name}: {value}" for name, value in extra.items()]
            lines += ["", "" if told is None else json.dumps(told)]
            return status, "\r\n".join(lines)

        def _send(self, status: int, kind: str, data: bytes, more: dict[str, str]) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            for name, value in more.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

    return Handler


def _split(text: str, boundary: str) -> list[str]:
    return text.split(f"--{boundary}--", maxsplit=1)[0].split(f"--{boundary}\r\n")[1:]


def _certificate(folder: Path) -> Path:
    """A certificate for this machine alone, with its key, good for a day."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "dataverse.example")])
    now = datetime.datetime.now(datetime.UTC)
    day = datetime.timedelta(days=1)
    host = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(host, critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "dataverse.pem"
    file.write_bytes(
        signed.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return file
