"""A small Odoo: its JSON-RPC over HTTP, with leads, partners, mailing lists and nothing else.

It follows the documented interface: `common.login` and `object.execute_kw` at `/jsonrpc`, false where
nothing is, links as `[id, name]`, naive times in UTC, errors as JSON-RPC error objects.
"""

from __future__ import annotations

import copy
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

__all__ = ["TYPES", "OdooServer", "rows"]

TYPES: dict[str, dict[str, Any]] = {
    "crm.lead": {
        "name": "char", "type": "selection", "active": "boolean", "partner_id": "res.partner",
        "contact_name": "char", "partner_name": "char", "email_from": "char",
        "email_normalized": "char", "phone": "char", "function": "char",
        "country_id": "res.country", "lang_id": "res.lang", "lang_code": "char",
        "stage_id": "crm.stage", "user_id": "res.users", "priority": "selection",
        "probability": "float", "automated_probability": "float", "expected_revenue": "monetary",
        "description": "html", "is_blacklisted": "boolean", "phone_blacklisted": "boolean",
        "x_religion": "char", "x_vip": "boolean", "x_region_id": "res.country.state",
        "message_ids": "mail.message*", "create_date": "datetime", "write_date": "datetime",
        "display_name": "char",
    },
    "res.partner": {
        "name": "char", "email": "char", "email_normalized": "char", "phone": "char",
        "is_company": "boolean", "is_blacklisted": "boolean", "phone_blacklisted": "boolean",
        "country_id": "res.country", "country_code": "char", "lang": "char", "comment": "html",
        "customer_rank": "integer", "birthdate_date": "date", "image_1920": "binary",
        "child_ids": "res.partner*", "create_date": "datetime", "display_name": "char",
    },
    "res.users": {"name": "char", "login": "char", "partner_id": "res.partner", "active": "boolean", "create_date": "datetime"},
    "res.country": {"name": "char", "code": "char"},
    "res.lang": {"name": "char", "code": "char"},
    "crm.stage": {"name": "char", "sequence": "integer"},
    "mailing.contact": {
        "name": "char", "email": "char", "email_normalized": "char", "is_blacklisted": "boolean",
        "subscription_ids": "mailing.subscription*",
    },
    "mailing.subscription": {
        "contact_id": "mailing.contact", "list_id": "mailing.list", "opt_out": "boolean",
        "opt_out_datetime": "datetime", "is_blacklisted": "boolean",
    },
    "mailing.list": {"name": "char"},
    "mailing.mailing": {"subject": "char", "state": "selection"},
    "mail.blacklist": {"email": "char", "active": "boolean"},
    "phone.blacklist": {"number": "char", "active": "boolean"},
    "mail.mail": {
        "subject": "char", "body_html": "html", "email_to": "char", "recipient_ids": "res.partner*",
    },
    "mail.message": {"body": "html", "model": "char", "res_id": "integer", "author_id": "res.partner"},
    "ir.model": {"model": "char", "name": "char"},
    "ir.model.data": {"module": "char", "name": "char", "model": "char", "res_id": "integer"},
}  # fmt: skip
"""Models with their fields' types; a link's type is the model it leads to, `*` for many."""


def rows() -> dict[str, dict[int, dict[str, Any]]]:
    """Records of made-up people, by model and id."""
    leads = {
        7: {
            "name": "Puristinlinja", "type": "lead", "active": True, "partner_id": False,
            "contact_name": "Aino Virtanen", "partner_name": "Esimerkki Oy",
            "email_from": "Aino Virtanen <Aino.Virtanen@example.com>",
            "email_normalized": "aino.virtanen@example.com", "phone": "+358 40 123 4567",
            "function": "Head of Procurement", "country_id": 70, "lang_id": 32, "lang_code": "fi_FI",
            "stage_id": 1, "user_id": 2, "priority": "1", "probability": 37.5,
            "automated_probability": 37.5, "expected_revenue": 24000.0,
            "description": "<p>Soitto 12.3.</p>", "is_blacklisted": False,
            "phone_blacklisted": False, "x_religion": "Lutheran", "x_vip": False,
            "x_region_id": False, "message_ids": [1], "create_date": "2026-10-02 08:14:05",
            "write_date": "2026-10-12 11:02:41",
        },
        8: {
            "name": "Varaosat", "type": "opportunity", "active": True, "partner_id": 5,
            "contact_name": "Eero Laine", "partner_name": False,
            "email_from": "eero.laine@example.com", "email_normalized": "eero.laine@example.com",
            "phone": False, "function": False, "country_id": 70, "lang_id": False,
            "lang_code": False, "stage_id": 2, "user_id": False, "priority": "0",
            "probability": 10.0, "automated_probability": 12.0, "expected_revenue": 0.0,
            "description": False, "is_blacklisted": True, "phone_blacklisted": True,
            "x_religion": False, "x_vip": True, "x_region_id": False, "message_ids": [],
            "create_date": "2026-10-03 08:14:05", "write_date": "2026-10-12 11:02:41",
        },
    }  # fmt: skip
    partners = {
        3: {"name": "Esimerkki Oy", "email": "info@example.com", "email_normalized": "info@example.com",
            "phone": False, "is_company": True, "is_blacklisted": False, "phone_blacklisted": False,
            "country_id": 70, "country_code": "FI", "lang": "fi_FI", "comment": False,
            "customer_rank": 1, "birthdate_date": False, "image_1920": False, "child_ids": [5],
            "create_date": "2026-09-01 08:00:00"},
        5: {"name": "Eero Laine", "email": "eero.laine@example.com",
            "email_normalized": "eero.laine@example.com", "phone": False, "is_company": False,
            "is_blacklisted": True, "phone_blacklisted": False, "country_id": 70,
            "country_code": "FI", "lang": "fi_FI", "comment": False, "customer_rank": 0,
            "birthdate_date": "1980-05-17", "image_1920": "iVBORw0=", "child_ids": [],
            "create_date": "2026-09-01 08:00:00"},
        6: {"name": "Liisa Korpi", "email": "liisa.korpi@example.com",
            "email_normalized": "liisa.korpi@example.com", "phone": False, "is_company": False,
            "is_blacklisted": False, "phone_blacklisted": False, "country_id": 70,
            "country_code": "FI", "lang": "fi_FI", "comment": False, "customer_rank": 2,
            "birthdate_date": False, "image_1920": False, "child_ids": [],
            "create_date": "2026-09-01 08:00:00"},
    }  # fmt: skip
    return {
        "crm.lead": leads,
        "res.partner": partners,
        "res.users": {2: {"name": "Myyjä", "login": "bot", "partner_id": 3, "active": True, "create_date": "2026-09-01 08:00:00"}},
        "res.country": {70: {"name": "Finland", "code": "FI"}},
        "res.lang": {32: {"name": "Finnish / Suomi", "code": "fi_FI"}},
        "crm.stage": {1: {"name": "New", "sequence": 1}, 2: {"name": "Qualified", "sequence": 2}},
        "mailing.contact": {
            11: {
                "name": "Aino", "email": "aino.virtanen@example.com",
                "email_normalized": "aino.virtanen@example.com", "is_blacklisted": False,
                "subscription_ids": [21, 22],
            },
        },
        "mailing.subscription": {
            21: {"contact_id": 11, "list_id": 4, "opt_out": True, "is_blacklisted": False,
                 "opt_out_datetime": "2026-10-20 09:30:00"},
            22: {"contact_id": 11, "list_id": 6, "opt_out": False, "is_blacklisted": False,
                 "opt_out_datetime": False},
        },
        "mailing.list": {4: {"name": "Newsletter"}, 6: {"name": "Events"}},
        "mailing.mailing": {9: {"subject": "News", "state": "draft"}},
        "mail.blacklist": {1: {"email": "eero.laine@example.com", "active": True}},
        "phone.blacklist": {},
        "mail.mail": {
            31: {"subject": "Offer", "body_html": "<p>Hei</p>", "email_to": False,
                 "recipient_ids": [6]},
        },
        "mail.message": {
            1: {"body": "<p>Hei</p>", "model": "crm.lead", "res_id": 7, "author_id": 3},
        },
        "ir.model": {1: {"model": "crm.lead", "name": "Lead"}},
        "ir.model.data": {1: {"module": "base", "name": "fi", "model": "res.country", "res_id": 70}},
    }  # fmt: skip


class OdooServer:
    """The server, on a port of its own of this machine.

    Attributes:
        rows: records by model and id.
        types: fields by model; take a model out, and its module is not installed.
        calls: what was called: model, method, arguments by place, arguments by name.
        before: is called ahead of each answer with model and method; what it raises becomes the
            answer, and what it gives stands for the answer.
    """

    def __init__(self) -> None:
        self.rows = rows()
        self.types = copy.deepcopy(TYPES)
        self.calls: list[tuple[str, str, list[Any], dict[str, Any]]] = []
        self.before: Callable[[str, str], Any] | None = None
        self.status: Callable[[str, str], int | None] | None = None
        self._lock = threading.Lock()
        handler = type("Handler", (_Handler,), {"odoo": self})
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._http.daemon_threads = True
        self.port = self._http.server_port
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> OdooServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def called(self, model: str | None = None) -> list[tuple[str, str]]:
        """Models and methods that were called, in order; `common` and `fields_get` left out."""
        return [
            (name, method)
            for name, method, _, _ in self.calls
            if name != "common" and method not in ("context_get", "fields_get")
            if model in (None, name)
        ]

    def answer(self, params: dict[str, Any]) -> Any:
        """What a call gives."""
        service, method, args = (
            params.get("service"),
            params.get("method"),
            params.get("args") or [],
        )
        if "model" in params:
            return self._object(params["model"], params["method"], args, params.get("kwargs") or {})
        if service != "object":
            self.calls.append((str(service), str(method), args, {}))
            if (service, method) == ("common", "login"):
                return 2 if args[2] == "secret" else False
            if (service, method) == ("db", "list"):
                return ["crm"]
            return True
        if args[2] != "secret":
            raise PermissionError("Access Denied")
        model, called, *rest = args[3:]
        if method == "execute":
            return self._object(model, called, rest, {})
        return self._object(model, called, *([*list(rest), [], {}])[:2])

    def _object(self, model: str, method: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        with self._lock:
            self.calls.append((model, method, copy.deepcopy(args), copy.deepcopy(kwargs)))
            if self.before is not None:
                given = self.before(model, method)
                if given is not None:
                    return given
            if (model, method) == ("res.users", "context_get"):
                return {"lang": "en_US", "tz": "Europe/Helsinki"}
            if model not in self.types:
                msg = f"Object {model} doesn't exist"
                raise LookupError(msg)
            return self._method(model, method, list(args), dict(kwargs))

    def _method(self, model: str, method: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        kwargs.pop("context", None)
        names = _NAMES.get(method, ())
        given = {**dict(zip(names, args, strict=False)), **kwargs}
        table = self.rows.setdefault(model, {})
        if method == "fields_get":
            return {name: _described(type_) for name, type_ in self.types[model].items()}
        if method == "read":
            ids = [given["ids"]] if isinstance(given["ids"], int) else given["ids"]
            return [self._row(model, n, given.get("fields"), given.get("load")) for n in ids]
        if method in ("search", "search_count", "search_read", "web_search_read", "read_group"):
            found = [n for n in table if self._fits(model, n, given.get("domain") or [])]
            start = given.get("offset") or 0
            found = found[start : start + given["limit"]] if given.get("limit") else found[start:]
            if method == "search":
                return found
            if method == "search_count":
                return len(found)
            if method == "search_read":
                return [self._row(model, n, given.get("fields")) for n in found]
            if method == "read_group":
                return self._groups(model, found, given)
            spec = given.get("specification") or {}
            return {
                "length": len(found),
                "records": [self._specified(model, n, spec) for n in found],
            }
        if method == "web_read":
            return [self._specified(model, n, given["specification"]) for n in given["ids"]]
        if method == "name_get":
            return [[n, self._name(model, n)] for n in given["ids"]]
        if method == "name_search":
            text = (given.get("name") or "").lower()
            return [
                [n, self._name(model, n)] for n in table if text in self._name(model, n).lower()
            ]
        if method == "export_data":
            return {"datas": [self._exported(model, n, given["fields"]) for n in given["ids"]]}
        if method == "create":
            many = isinstance(given["vals"], list)
            made = []
            for values in given["vals"] if many else [given["vals"]]:
                number = max(table, default=100) + 1
                table[number] = {**dict.fromkeys(self.types[model], False), **values}
                made.append(number)
            return made if many else made[0]
        if method == "write":
            for number in given["ids"]:
                table[number].update(given["vals"])
            return True
        if method == "unlink":
            for number in given["ids"]:
                table.pop(number, None)
            return True
        if method == "check_object_reference":
            return [self.rows["ir.model.data"][1]["model"], self.rows["ir.model.data"][1]["res_id"]]
        if method == "default_get":
            return {}
        if method == "message_post":
            return 77
        if method.startswith(
            ("send", "action_", "activity_", "add", "copy", "message_", "convert_", "toggle_")
        ):
            return True
        msg = f"The method '{model}.{method}' does not exist"
        raise AttributeError(msg)

    def _row(
        self, model: str, number: int, fields: Any, load: Any = "_classic_read"
    ) -> dict[str, Any]:
        types = self.types[model]
        names = [name for name in (fields or types) if name != "id"]
        held = self.rows[model].get(number)
        if held is None:
            msg = "Record does not exist or has been deleted."
            raise LookupError(msg)
        row: dict[str, Any] = {"id": number}
        for name in names:
            if name not in types:
                msg = f"Invalid field {name!r} on model {model!r}"
                raise ValueError(msg)
            value = self._name(model, number) if name == "display_name" else held.get(name, False)
            linked = "." in types[name] and not types[name].endswith("*")
            if linked and value and load in (None, "_classic_read"):
                value = [value, self._name(types[name], value)]
            row[name] = value
        return row

    def _specified(self, model: str, number: int, spec: dict[str, Any]) -> dict[str, Any]:
        row = self._row(model, number, list(spec) or ["id"], "")
        for name, more in spec.items():
            inner = more.get("fields") if isinstance(more, dict) else None
            type_ = self.types[model].get(name, "")
            if inner is None or not row.get(name):
                continue
            if type_.endswith("*"):
                row[name] = [self._specified(type_[:-1], n, inner) for n in row[name]]
            else:
                row[name] = {"id": row[name], "display_name": self._name(type_, row[name])}
        return row

    def _exported(self, model: str, number: int, fields: list[str]) -> list[Any]:
        row = self._row(model, number, [name for name in fields if name != ".id"])
        cells = [str(number) if name == ".id" else row[name] for name in fields]
        return [
            cell[1] if isinstance(cell, list) and cell else "" if cell is False else cell
            for cell in cells
        ]

    def _groups(self, model: str, found: list[int], given: dict[str, Any]) -> list[dict[str, Any]]:
        by = given["groupby"][0] if isinstance(given["groupby"], list) else given["groupby"]
        groups: dict[Any, dict[str, Any]] = {}
        for number in found:
            row = self._row(model, number, [by])
            key = json.dumps(row[by])
            group = groups.setdefault(
                key, {by: row[by], f"{by}_count": 0, "__domain": [[by, "=", row[by]]]}
            )
            group[f"{by}_count"] += 1
            for item in given.get("fields") or []:
                name = item.partition(":")[0]
                if name != by:
                    group[name] = group.get(name, 0) + (self.rows[model][number].get(name) or 0)
        return list(groups.values())

    def _name(self, model: str, number: int) -> str:
        held = self.rows.get(model, {}).get(number, {})
        return str(held.get("name") or held.get("email") or f"{model},{number}")

    def _fits(self, model: str, number: int, domain: list[Any]) -> bool:
        held = {**self.rows[model][number], "id": number}
        for leaf in domain:
            if not isinstance(leaf, list):
                continue
            name, operator, value = leaf
            own = held.get(name.partition(".")[0], False)
            if operator == "in" and own not in value:
                return False
            if operator == "=" and own != value and "." not in name:
                return False
            if operator == "ilike" and str(value).lower() not in str(own).lower():
                return False
        return True


_NAMES = {
    "create": ("vals",), "export_data": ("ids", "fields"), "message_post": ("ids",),
    "name_get": ("ids",), "name_search": ("name", "args", "operator", "limit"),
    "read": ("ids", "fields", "load"), "read_group": ("domain", "fields", "groupby"),
    "search": ("domain", "offset", "limit", "order"), "search_count": ("domain",),
    "search_read": ("domain", "fields", "offset", "limit", "order"), "unlink": ("ids",),
    "web_read": ("ids", "specification"), "web_search_read": ("domain", "specification", "offset"),
    "write": ("ids", "vals"),
}  # fmt: skip


def _described(type_: str) -> dict[str, Any]:
    if "." not in type_:
        return {"type": type_, "string": type_, "searchable": True}
    many = type_.endswith("*")
    return {
        "type": "one2many" if many else "many2one",
        "relation": type_.rstrip("*"),
        "string": "x",
    }


class _Handler(BaseHTTPRequestHandler):
    odoo: OdooServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._send(200, b"<html></html>", "text/html")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Content-Type") != "application/json":
            self._send(200, b"<html></html>", "text/html")
            return
        asked = json.loads(body)
        params = asked["params"]
        odoo = self.odoo
        status = odoo.status(self.path, str(params.get("method"))) if odoo.status else None
        if status == 0:
            self.close_connection = True
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{")
            return
        if status is not None:
            self._send(status, b"{}", "application/json", **{"Retry-After": "1"})
            return
        answer: dict[str, Any] = {"jsonrpc": "2.0", "id": asked["id"]}
        try:
            if self.path == "/web/webclient/version_info":
                answer["result"] = {"server_version": "17.0", "server_version_info": [17, 0, 0]}
            else:
                answer["result"] = odoo.answer(params)
        except Exception as error:
            answer["error"] = {
                "code": 200,
                "message": "Odoo Server Error",
                "data": {
                    "name": f"builtins.{type(error).__name__}",
                    "message": str(error),
                    "arguments": [str(error)],
                    "debug": "Traceback",
                },
            }
        self._send(200, json.dumps(answer).encode(), "application/json")

    def _send(self, status: int, body: bytes, kind: str, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, *_: object) -> None:
        """Nothing: the example prints its own."""
