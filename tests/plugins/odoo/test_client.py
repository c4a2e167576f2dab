"""The wrap itself: where it holds, what it refuses, and what of the SDK stays as it is."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
import threading
import urllib.error
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import odoorpc
import pytest

import aboveboard_odoo
from aboveboard import ConfigurationError, Gate, Settings, StepDenied
from aboveboard.organisation import example
from aboveboard_odoo.calls import parsed
from aboveboard_odoo.routes import PLAIN_SERVICES, PLAIN_URLS, REFUSED_SERVICES, ROUTES
from examples.odoo.server import OdooServer
from tests.plugins.odoo.conftest import known

Wrapped = Callable[..., Any]


def governed(odoo: Any) -> bool:
    return hasattr(type(odoo._connector._proxy_json), "aboveboard_traffic")


def test_it_holds_over_logins_and_for_every_way_of_calling(
    server: OdooServer, gate: Gate, log: list[Any]
) -> None:
    odoo = odoorpc.ODOO("127.0.0.1", port=server.port)
    assert aboveboard_odoo.wrap(
        odoo, purpose="contact_management", recipient="crm", facts=known, gate=gate
    ) is odoo  # fmt: skip
    odoo.login("crm", "bot", "secret")
    odoo.login("crm", "bot", "secret")
    args = [[7], ["contact_name", "x_religion"]]
    wanted = [{"id": 7, "contact_name": "Aino Virtanen"}]
    assert odoo.execute("crm.lead", "read", *args) == wanted
    assert odoo.execute_kw("crm.lead", "read", args) == wanted
    assert odoo.env["crm.lead"].read(*args) == wanted
    assert odoo.env["crm.lead"].with_context(lang="fi_FI").read(*args) == wanted
    params = {"model": "crm.lead", "method": "read", "args": args, "kwargs": {}}
    for url in (
        "/web/dataset/call_kw",
        "/web/dataset/call_kw/crm.lead/read",
        "web/dataset/call_button",
    ):
        assert odoo.json(url, params)["result"] == wanted
    assert odoo.json("/web/dataset/call", {k: params[k] for k in ("model", "method", "args")})[
        "result"
    ] == wanted  # fmt: skip
    raw = {
        "service": "object",
        "method": "execute",
        "args": ["crm", 2, "secret", "crm.lead", "read", *args],
    }
    assert odoo._connector.proxy_json.jsonrpc(**raw)["result"] == wanted
    assert odoo._connector.proxy_json["jsonrpc"](**raw)["result"] == wanted
    odoo.config["timeout"] = 3
    assert odoo.execute("crm.lead", "read", *args) == wanted
    odoo.logout()
    assert all("x_religion" not in str(call) for call in server.calls)


def test_a_loaded_session_is_governed(
    plain: Any, gate: Gate, tmp_path: Path, server: OdooServer
) -> None:
    file = str(tmp_path / "rc")
    plain.save("crm", file)
    odoo = aboveboard_odoo.wrap(
        odoorpc.ODOO.load("crm", file), purpose="contact_management", facts=known, gate=gate
    )
    again = odoo.load("crm", file)
    for client in (odoo, again):
        assert governed(client)
        assert "x_religion" not in client.execute("crm.lead", "read", [7], ["x_religion"])[0]


def test_what_is_no_client_is_refused(plain: Any, gate: Gate) -> None:
    with pytest.raises(ConfigurationError, match=r"expected odoorpc\.ODOO; got str"):
        aboveboard_odoo.wrap("odoo", purpose="contact_management", gate=gate)
    with pytest.raises(ConfigurationError, match="consent: expected"):
        aboveboard_odoo.wrap(plain, purpose="contact_management", gate=gate, consent="all")  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match="lead-scoring"):
        aboveboard_odoo.wrap(plain, purpose="lead-scoring", gate=gate)
    assert not governed(plain)
    aboveboard_odoo.wrap(plain, purpose="contact_management", gate=gate)
    with pytest.raises(ConfigurationError, match="wrapped already"):
        aboveboard_odoo.wrap(plain, purpose="contact_management", gate=gate)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda o: o.execute("crm.lead", "merge_opportunity", [7, 8]), "crm.lead.merge_opportunity"),
        (lambda o: o.env["crm.lead"].browse(7).redirect_lead(), "crm.lead.redirect_lead"),
        (lambda o: o.env["crm.lead"].load(["name"], [["x"]]), "crm.lead.load"),
        (lambda o: o.env["res.partner"].onchange([], {}, [], {}), "res.partner.onchange"),
        (lambda o: o.execute("ir.config_parameter", "read", [1]), "ir.config_parameter.read"),
        (lambda o: o.execute("ir.actions.report", "render", [1], [7]), "ir.actions.report.render"),
        (lambda o: o.http("/web/content/12?download=1"), "http /web/content/{…}"),
        (lambda o: o.http("web/image/res.partner/5/image_1920"), "http /web/image/res.partner"),
        (lambda o: o.http("jsonrpc", "{}"), "http /jsonrpc"),
        (lambda o: o.json("/web/action/load", {"action_id": 1}), "json /web/action/load"),
        (lambda o: o.json("/%6asonrpc", {}), "json /{…}"),
        (lambda o: o.json("/jsonrpc", {"service": "object", "method": "execute_kw", "args": [1]}),
         "object.execute_kw"),
        (lambda o: o.json("/jsonrpc", []), "{…}.{…}"),
        (lambda o: o.db.dump("pw", "crm"), "db.dump"),
        (lambda o: o.db.duplicate("pw", "crm", "copy"), "db.duplicate_database"),
        (lambda o: o.env["crm.lead"].web_read(
            [7], {"partner_id": {"fields": {"email": {}}}}), "crm.lead.web_read of partner_id"),
    ],
)  # fmt: skip
def test_what_nobody_governs_is_refused_by_name(
    wrapped: Wrapped, server: OdooServer, call: Callable[[Any], Any], name: str
) -> None:
    odoo = wrapped()
    with pytest.raises(StepDenied) as stopped:
        call(odoo)
    finding = stopped.value.verdict.stopping()[0]
    assert finding.rule == "runtime.not_governed"
    assert repr(name)[1:-1] in str(stopped.value)
    methods = {"merge_opportunity", "render", "dump", "duplicate_database", "web_read", "load"}
    assert methods.isdisjoint(method for _, method in server.called())


def test_it_goes_through_by_name(wrapped: Wrapped, server: OdooServer) -> None:
    odoo = wrapped(passing=["crm.lead.action_open_partner", "db.duplicate_database"])
    assert odoo.execute("crm.lead", "action_open_partner", [7]) is True
    odoo.db.duplicate("pw", "crm", "copy")
    assert server.called()[0] == ("crm.lead", "action_open_partner")
    assert odoo.http("/web/login").read() == b"<html></html>"
    assert odoo.db.list() == ["crm"]


SDK = Path(inspect.getfile(odoorpc)).parent
# Every method of the SDK that a program may call, with the request that it makes. A version that
# brings another fails here until somebody has judged it.
PUBLIC = {
    "ODOO": "close db env exec_workflow execute execute_kw http json list load login logout remove "
            "report save version config",
    "DB": "change_password create drop dump duplicate list restore",
    "Report": "download list",
    "Environment": "commit context db dirty invalidate lang ref registry uid user",
    "Model": "browse env id ids with_context with_env",
    "Connector": "ssl timeout",
    "ConnectorJSONRPC": "proxy_http proxy_json timeout",
    "ConnectorJSONRPCSSL": "ssl",
    "MetaModel": "env",
}  # fmt: skip


def classes() -> dict[str, set[str]]:
    """Public methods of the SDK's classes that reach the server, by class."""
    found: dict[str, set[str]] = {}
    for file in SDK.rglob("*.py"):
        if file.name in ("fields.py", "error.py", "tools.py", "session.py"):
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                names = {n.name for n in node.body if isinstance(n, ast.FunctionDef)}
                found[node.name] = {name for name in names if not name.startswith("_")}
    return {name: methods for name, methods in found.items() if methods}


def requests() -> set[tuple[str, str]]:
    """Services and methods, and URLs, that the SDK's source names."""
    found: set[tuple[str, str]] = set()
    for file in SDK.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Dict):
                named = {
                    key.value: value.value
                    for key, value in zip(node.keys, node.values, strict=True)
                    if isinstance(key, ast.Constant) and isinstance(value, ast.Constant)
                }
                if {"service", "method"} <= named.keys():
                    found.add((named["service"], named["method"]))
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                url = node.value
                if url.startswith("/") and url.count("\n") == 0 and len(url) > 1 and " " not in url:
                    found.add(("url", url))
    return found


def test_every_method_of_the_sdk_is_known() -> None:
    told = {name: set(text.split()) for name, text in PUBLIC.items()}
    assert {name: methods - {"__"} for name, methods in classes().items()} == {
        name: methods & classes().get(name, methods) for name, methods in told.items()
    }
    for name, methods in classes().items():
        assert methods <= told[name], name


def test_every_request_of_the_sdk_is_governed_or_refused() -> None:
    made = requests()
    assert ("object", "execute_kw") in made
    for service, method in made:
        if service == "url":
            path = method.strip("/")
            assert path == "jsonrpc" or path in PLAIN_URLS, method
        elif (service, method) not in (("object", "execute"), ("object", "execute_kw")):
            name = f"{service}.{method}"
            assert name in PLAIN_SERVICES or name in REFUSED_SERVICES, name


def test_every_request_leaves_by_a_proxy() -> None:
    """No part of the SDK opens a connection beside the two proxies that are governed."""
    opening = {
        file.name
        for file in SDK.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("open", "urlopen", "create_connection")
    }
    assert opening == {"jsonrpclib.py"}
    calling = {
        file.name
        for file in SDK.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("proxy_json", "proxy_http")
    }
    assert calling <= {"odoo.py", "__init__.py"}


def test_methods_that_no_route_knows_are_none() -> None:
    for model, method in (("crm.lead", "x_my_method"), ("x_model", "_private"), ("a", "")):
        assert ROUTES.match(method, model) is None
    assert ROUTES.match("read", "x_my.model") is not None


def test_arguments_are_read_however_they_are_given() -> None:
    for args, kwargs in (
        ([[7], ["name"]], {}),
        ([[7]], {"fields": ["name"]}),
        (([7], ("name",)), {}),
    ):
        asked = parsed("/jsonrpc", {"service": "object", "method": "execute_kw",
                                    "args": ["crm", 2, "pw", "crm.lead", "read", args, kwargs]})  # fmt: skip
        assert asked.call.get("fields") == ["name"]  # type: ignore[union-attr]
        asked.call.put("fields", ["id"])  # type: ignore[union-attr]
        assert asked.params()["args"][5:] in ([[[7], ["id"]], {}], [[[7]], {"fields": ["id"]}])  # type: ignore[union-attr]


def test_errors_of_odoo_keep_their_type_and_text(wrapped: Wrapped, server: OdooServer) -> None:
    odoo = wrapped()
    with pytest.raises(odoorpc.error.RPCError, match="does not exist or has been deleted") as told:
        odoo.execute("crm.lead", "read", [99], ["contact_name"])
    assert told.value.info["data"]["name"] == "builtins.LookupError"
    with pytest.raises(odoorpc.error.RPCError, match="Invalid field 'x_gone'"):
        odoo.execute("res.country", "read", [70], ["x_gone"])
    other = odoorpc.ODOO("127.0.0.1", port=server.port)
    with pytest.raises(odoorpc.error.RPCError, match="Wrong login ID or password"):
        other.login("crm", "bot", "wrong")


@pytest.mark.parametrize("status", [401, 404, 429, 500, 503])
def test_errors_of_http_keep_their_type_and_headers(
    wrapped: Wrapped, server: OdooServer, status: int
) -> None:
    odoo = wrapped()
    server.status = lambda path, method: status
    with pytest.raises(urllib.error.HTTPError) as told:
        odoo.execute("crm.lead", "search_read", [], ["contact_name"])
    assert told.value.code == status
    assert told.value.headers["Retry-After"] == "1"
    told.value.close()
    server.status = None
    assert odoo.execute("crm.lead", "search_read", [], ["contact_name"])


def test_a_server_that_hangs_up_half_way(wrapped: Wrapped, server: OdooServer) -> None:
    odoo = wrapped()
    odoo.env["crm.lead"].read([7], ["contact_name"])
    server.status = lambda path, method: 0
    with pytest.raises(Exception, match=r"IncompleteRead|Remote end closed"):
        odoo.execute("crm.lead", "read", [7], ["contact_name"])


def test_a_session_that_ended_is_logged_in_again(wrapped: Wrapped, server: OdooServer) -> None:
    odoo = wrapped()
    over = iter([True])

    def before(model: str, method: str) -> None:
        if method == "search_read" and next(over, False):
            raise PermissionError("Odoo Session Expired")

    server.before = before
    with pytest.raises(odoorpc.error.RPCError, match="Session Expired"):
        odoo.env["crm.lead"].search_read([], ["contact_name"])
    odoo.login("crm", "bot", "secret")
    assert len(odoo.env["crm.lead"].search_read([], ["contact_name", "x_religion"])[0]) == 2


def test_a_denial_is_raised_once_and_as_itself(wrapped: Wrapped, server: OdooServer) -> None:
    calls: list[str] = []

    def facts(record: Any) -> dict[str, Any]:
        calls.append(record.object)
        return {**known(), "rights_requests": [{"type": "erasure", "status": "open"}]}

    odoo = wrapped(facts=facts)
    with pytest.raises(StepDenied) as stopped:
        odoo.env["crm.lead"].browse(7)
    assert type(stopped.value) is StepDenied
    assert stopped.value.__cause__ is None
    assert calls.count("crm.lead") == 2  # the plan before the request, and the record
    assert [method for _, method in server.called("crm.lead")] == ["read"]


def test_pages_lose_the_records_that_must_not_be_had(wrapped: Wrapped) -> None:
    def facts(record: Any) -> dict[str, Any]:
        gone = record.subject in ("odoo/crm.lead/8", "odoo/res.partner/5")
        return {
            **known(),
            "rights_requests": [{"type": "erasure", "status": "open"}] if gone else [],
        }

    odoo = wrapped(facts=facts, on_stopped="skip")
    lead = odoo.env["crm.lead"]
    assert [row["id"] for row in lead.search_read([], ["contact_name"])] == [7]
    assert [r["id"] for r in lead.web_search_read([], {"contact_name": {}})["records"]] == [7]
    assert lead.export_data([7, 8], ["contact_name"]) == {"datas": [["Aino Virtanen"]]}
    assert odoo.env["res.partner"].name_get([5, 6]) == [[6, "Liisa Korpi"]]
    with pytest.raises(ValueError, match=r"There is no 'crm\.lead' record"):
        lead.browse([7, 8])


@pytest.mark.parametrize("answer", ["text", 5, [1, 2], [["a"]], {"records": [1]}, [None]])
def test_answers_that_nobody_can_read_are_not_given(
    wrapped: Wrapped, server: OdooServer, answer: Any
) -> None:
    odoo = wrapped(consent=None)
    odoo.execute("crm.lead", "read", [7], ["contact_name"])
    server.before = lambda model, method: answer if method == "read" else None
    with pytest.raises(StepDenied, match="nobody can judge it"):
        odoo.execute("crm.lead", "read", [7], ["contact_name"])


@pytest.mark.parametrize(
    "row",
    [
        {"id": 7, "contact_name": 5, "country_id": "x", "is_blacklisted": None},
        {"id": "7", "contact_name": ["a"], "country_id": [1], "lang_id": [], "create_date": 5},
        {"contact_name": "Älä \u0000 \ud83d\ude00", "email_normalized": "@@", "partner_id": {}},
        {"id": None, "contact_name": {"a": 1}, "partner_id": [None, None], "lang_code": "\u00e4"},
    ],
)
def test_new_missing_and_odd_values_never_crash(
    wrapped: Wrapped, server: OdooServer, row: dict[str, Any]
) -> None:
    odoo = wrapped(facts=lambda _: {**known(), "fields[]": {"collected_at": "2026-10-01T00:00:00Z",
        "collected_purposes": ["dpv:CustomerRelationshipManagement"]}})  # fmt: skip
    odoo.execute("crm.lead", "read", [7], ["contact_name"])
    server.before = lambda model, method: [{**row, "x_new": 1}] if method == "read" else None
    try:
        (given,) = odoo.execute("crm.lead", "read", [7], ["contact_name"])
    except StepDenied:
        return
    assert "x_new" not in given


def test_threads_share_a_client(wrapped: Wrapped, server: OdooServer) -> None:
    odoo = wrapped()
    odoo.env["crm.lead"].read([7], ["contact_name"])
    gate = threading.Barrier(4)

    def read(_: int) -> Any:
        gate.wait(5)
        return [
            odoo.execute("crm.lead", "read", [7], ["contact_name", "x_religion"]) for _ in range(5)
        ]

    with ThreadPoolExecutor(4) as pool:
        found = [row for rows in pool.map(read, range(4)) for row in rows]
    assert found == [[{"id": 7, "contact_name": "Aino Virtanen"}]] * 20


def test_a_large_page_asks_once(wrapped: Wrapped, server: OdooServer) -> None:
    leads = server.rows["crm.lead"]
    for number in range(1000, 1300):
        leads[number] = {**leads[7], "email_normalized": f"p{number}@example.com"}
    found = wrapped().env["crm.lead"].search_read([], ["contact_name"])
    assert len(found) == 302
    assert server.called() == [("crm.lead", "search_read"), ("mailing.contact", "web_search_read")]


def test_the_hooks_are_loaded_without_the_rest() -> None:
    code = (
        "import sys, aboveboard_odoo.plugin, aboveboard_odoo\n"
        "assert 'aboveboard_odoo.client' not in sys.modules\n"
        "assert callable(aboveboard_odoo.wrap)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    with pytest.raises(AttributeError, match="no attribute 'unwrap'"):
        _ = aboveboard_odoo.unwrap


def test_fields_that_the_settings_describe_are_had(plain: Any, server: OdooServer) -> None:
    fields = {"odoo/crm.lead": {"x_religion": [], "x_vip": ["pd:Name"]}}
    with Gate(Settings.load(fields=fields), organisation=example()) as gate:
        odoo = aboveboard_odoo.wrap(
            plain, purpose="contact_management", recipient="crm", facts=known, gate=gate
        )
        (lead,) = odoo.execute("crm.lead", "read", [7], ["x_religion", "x_vip"])
    assert lead == {"id": 7, "x_religion": "Lutheran", "x_vip": False}
