"""The client stays itself: its errors, its retries, its sessions; and everything of it is governed."""

from __future__ import annotations

import ast
import inspect
import re
import threading
from pathlib import Path
from typing import Any

import PowerPlatform.Dataverse
import pytest
import requests
from PowerPlatform.Dataverse.client import DataverseClient
from PowerPlatform.Dataverse.core.errors import HttpError

import aboveboard_dataverse
from aboveboard import ConfigurationError, StepDenied
from aboveboard_dataverse.client import SWALLOWING
from aboveboard_dataverse.odata import parse_url
from aboveboard_dataverse.routes import ROUTES
from examples.dataverse.server import Failure
from tests.plugins.dataverse.people import AINO, Credential

SDK = Path(PowerPlatform.Dataverse.__file__).parent
RETRIES = 3


@pytest.mark.parametrize(("status", "transient"), [(401, False), (403, False), (429, True)])
def test_the_clients_errors_keep_type_and_text(
    server: Any, gate: Any, connect: Any, status: int, transient: bool
) -> None:
    client = connect(gate())
    client.records.list("lead", select=["fullname"])
    server.fail(f"leads({AINO})", Failure(status, Retry_After="7"))
    with pytest.raises(HttpError, match="The server says no") as caught:
        client.records.retrieve("lead", AINO, select=["fullname"])
    assert caught.value.status_code == status
    assert caught.value.is_transient is transient
    if status == 429:
        assert caught.value.details["retry_after"] == 7


def test_who_is_not_there_is_none(gate: Any, connect: Any) -> None:
    client = connect(gate())
    assert client.records.retrieve("lead", "00000000-0000-0000-0000-00000000dead") is None


def test_a_server_that_hangs_up_is_asked_again(server: Any, gate: Any, connect: Any) -> None:
    client = connect(gate())
    client.records.list("lead", select=["fullname"])
    server.fail(f"leads({AINO})", Failure(hang_up=True), RETRIES - 1)
    row = client.records.retrieve("lead", AINO, select=["fullname"])
    assert row["fullname"] == "Aino Esimerkki"
    server.fail(f"leads({AINO})", Failure(hang_up=True), RETRIES)
    with pytest.raises(requests.exceptions.RequestException):
        client.records.retrieve("lead", AINO, select=["fullname"])


def test_a_look_up_that_is_cut_off_is_unknown(server: Any, gate: Any, connect: Any) -> None:
    client = connect(gate())
    server.fail("$batch", Failure(hang_up=True), 2)
    assert (
        client.records.retrieve("lead", AINO, select=["fullname"])["fullname"] == "Aino Esimerkki"
    )


def test_a_token_is_asked_for_anew(server: Any, gate: Any, connect: Any) -> None:
    client = connect(gate())
    server.fail("leads", Failure(401))
    with pytest.raises(HttpError):
        client.records.list("lead", select=["fullname"])
    assert len(list(client.records.list("lead", select=["fullname"]))) == 2


def test_it_holds_with_and_without_a_context(server: Any, gate: Any, connect: Any) -> None:
    denying = gate(("data_collection", "true", {}))
    with pytest.raises(StepDenied):
        connect(denying).records.list("lead", select=["fullname"])
    with connect(denying) as client, pytest.raises(StepDenied):
        client.records.list("lead", select=["fullname"])


def test_it_holds_for_sessions_made_before(server: Any, gate: Any, connect: Any) -> None:
    bare = connect()
    bare.records.list("lead", select=["fullname"])
    wrapped = aboveboard_dataverse.wrap(
        bare, purpose="contact_management", gate=gate(("data_collection", "true", {}))
    )
    with pytest.raises(StepDenied):
        wrapped.records.list("lead", select=["fullname"])
    with connect() as inside:
        inside.records.list("lead", select=["fullname"])
        aboveboard_dataverse.wrap(
            inside, purpose="contact_management", gate=gate(("data_collection", "true", {}))
        )
        with pytest.raises(StepDenied):
            inside.records.list("lead", select=["fullname"])


def test_a_client_is_wrapped_once(gate: Any, connect: Any) -> None:
    client = connect(gate())
    with pytest.raises(ConfigurationError, match="wrapped already"):
        aboveboard_dataverse.wrap(client, purpose="contact_management", gate=gate())
    with pytest.raises(ConfigurationError, match="got dict"):
        aboveboard_dataverse.wrap({}, purpose="contact_management", gate=gate())


def test_threads_share_a_client(server: Any, gate: Any, connect: Any) -> None:
    client = connect(gate())
    found: list[Any] = []

    def read() -> None:
        rows = client.records.list("lead", select=["fullname", "new_religion"])
        found.extend(set(row.keys()) for row in rows)

    threads = [threading.Thread(target=read) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [{"leadid", "fullname"}] * 12


@pytest.mark.parametrize(
    "answer",
    [{"value": None}, {"value": {"a": 1}}, {"value": [1, "x", None, []]}, {}, [], {"value": [{}]},
     {"value": [{"leadid": 7, "fullname": {"x": [{"y": 1}]}, "donotemail": "yes", "createdon": []}]}],
)  # fmt: skip
def test_answers_of_another_shape_crash_nothing(
    server: Any, gate: Any, connect: Any, answer: Any
) -> None:
    client = connect(gate(mode="monitor"))
    client.records.list("lead", select=["fullname"])
    server._get = lambda *_: (200, {}, answer)
    try:
        assert isinstance(list(client.records.list("lead", select=["fullname"])), list)
    except (AttributeError, TypeError) as error:  # the SDK's own, as without the wrap
        bare = connect()
        with pytest.raises(type(error)):
            list(bare.records.list("lead", select=["fullname"]))


def test_an_answer_that_is_no_json_is_refused(server: Any, gate: Any, connect: Any) -> None:
    client = connect(gate())
    client.records.list("lead", select=["fullname"])
    server._get = lambda *_: (200, {}, "a text")
    with pytest.raises(StepDenied, match="no row"):
        client.records.list("lead", select=["fullname"])


def _paths() -> list[tuple[str, str]]:
    """Every address that the SDK's source builds, with the place."""
    found = []
    for file in [*sorted((SDK / "data").glob("*.py")), SDK / "models" / "fetchxml_query.py"]:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.JoinedStr):
                text = "".join(
                    part.value if isinstance(part, ast.Constant) else f"«{ast.unparse(part.value)}»"  # type: ignore[attr-defined]
                    for part in node.values
                )
                if re.match(r"«(self|self\._od|od)\.api»", text):
                    found.append((re.sub(r"^«[^»]*»", "", text), f"{file.name}:{node.lineno}"))
    return found


def test_every_address_of_the_sdk_is_known() -> None:
    paths = _paths()
    assert len(paths) > 30
    for text, place in paths:
        filled = re.sub(r"\(«[^»]*»\)|«(key|self\._format_key\([^»]*\))»", "(7b0d4a3e)", text)
        filled = re.sub(r"«entity_set»", "leads", filled)
        filled = re.sub(r"«[^»]*»", "word", filled)
        path, _ = parse_url(f"https://x.example/api/data/v9.2{filled}")
        assert path is not None, place
        fits = [m for m in ("GET", "POST", "PATCH", "DELETE", "PUT") if ROUTES.match(m, path)]
        assert fits or path == "/$batch", f"{place}: {path}"


NAMESPACES = {
    "records": "create update delete get retrieve list list_pages upsert",
    "query": "builder sql fetchxml sql_columns odata_select odata_expands odata_expand odata_bind",
    "tables": "create delete get list add_columns remove_columns create_one_to_many_relationship"
    " create_many_to_many_relationship delete_relationship get_relationship create_lookup_field"
    " create_alternate_key get_alternate_keys delete_alternate_key list_columns get_column"
    " update_column update_columns list_relationships list_table_relationships",
    "files": "upload",
    "dataframe": "sql get create update delete",
    "batch": "new",
}


def test_the_sdk_has_no_method_that_nobody_has_looked_at() -> None:
    client = DataverseClient("https://x.example", Credential())
    public = {name for name in vars(client) if not name.startswith("_")}
    assert public == {*NAMESPACES, "auth"}
    for name, known in NAMESPACES.items():
        members = inspect.getmembers(type(getattr(client, name)), callable)
        assert {m for m, _ in members if not m.startswith("_")} == set(known.split()), name
    methods = {m for m, _ in inspect.getmembers(DataverseClient, callable) if not m.startswith("_")}
    assert methods == {"close", "flush_cache"}


def test_the_sdk_makes_requests_in_one_place_and_swallows_where_we_know() -> None:
    makers, swallowers = set(), set()
    for file in (SDK / "data", SDK / "operations", SDK / "models", SDK / "core"):
        for source in file.glob("*.py"):
            tree = ast.parse(source.read_text("utf-8"))
            for function in ast.walk(tree):
                if not isinstance(function, ast.FunctionDef):
                    continue
                text = ast.unparse(function)
                if re.search(r"requests\.(get|post|request|put|patch|delete)\b(?!\()", text):
                    makers.add(f"{source.name}:{function.name}")
                for node in ast.walk(function):
                    if isinstance(node, ast.Try) and re.search(
                        r"_request\(|_execute_raw\(|_scoped_odata\(", ast.unparse(node.body[0])
                    ):
                        caught = {ast.unparse(h.type) if h.type else "" for h in node.handlers}
                        if caught & {"Exception", "BaseException", ""}:
                            swallowers.add(function.name)
    assert makers == {"_http.py:_request"}
    assert swallowers == set(SWALLOWING)
