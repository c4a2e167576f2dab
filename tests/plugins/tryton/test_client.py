"""What Tryton says no with, and what a broken server answers, as the program sees it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from http.client import IncompleteRead
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from tryton_aboveboard import TrytonClient, TrytonError, wrap
from tryton_aboveboard.client import _written, decoded

from aboveboard import ConfigurationError, Gate, StepDenied
from examples.tryton_crm.firm import known


class Server(ThreadingHTTPServer):
    """Answers as it is told; to log in always works."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: list[Any] = []
        self.sessions: list[str | None] = []
        self.logins = 0


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        status, body = 200, json.dumps({"id": 1, "result": [1, f"token{self.server.logins}", None]})
        if asked["method"] != "common.db.login":
            self.server.sessions.append(self.headers["Authorization"])
            status, body = self.server.answers.pop(0)
        else:
            self.server.logins += 1
        if status == 0:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n{")
            self.close_connection = True
            return
        content = body.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Silent."""


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


@pytest.fixture
def client(server: Server) -> TrytonClient:
    return TrytonClient(
        f"http://127.0.0.1:{server.server_port}", "crm", "admin", "secret", timeout_s=5
    )


@pytest.fixture
def governed(client: TrytonClient, gate: Gate) -> TrytonClient:
    return wrap(client, purpose="contact_management", gate=gate, facts=known)


def result(value: Any) -> tuple[int, str]:
    return 200, json.dumps({"id": 1, "result": value})


def test_a_session_that_ran_out_is_renewed_once(client: TrytonClient, server: Server) -> None:
    server.answers = [(401, ""), result(7)]
    assert client.call("model.country.country.search_count", []) == 7
    assert server.logins == 2
    assert server.sessions[0] != server.sessions[1]
    server.answers = [(401, ""), (401, "")]
    with pytest.raises(TrytonError, match="401") as error:
        client.call("model.country.country.search_count", [])
    assert error.value.status == 401


@pytest.mark.parametrize("status", [403, 404, 429, 500, 503])
def test_http_errors_keep_their_status_and_are_not_repeated(
    governed: TrytonClient, server: Server, status: int
) -> None:
    server.answers = [(status, "no")]
    with pytest.raises(TrytonError) as error:
        governed.read("party.party", [1], ["name"])
    assert error.value.status == status
    assert len(server.sessions) == 1


@pytest.mark.parametrize("body", ["", "<html>", "[]", "7", '{"id": 1}', "null"])
def test_an_answer_that_is_none_of_json_rpc_is_an_error(
    governed: TrytonClient, server: Server, body: str
) -> None:
    server.answers = [(200, body)]
    with pytest.raises(TrytonError, match="HTTP"):
        governed.read("party.party", [1], ["name"])


def test_a_server_that_hangs_up_half_way_is_an_error_of_the_network(
    governed: TrytonClient, server: Server
) -> None:
    server.answers = [(0, "")]
    with pytest.raises(IncompleteRead):
        governed.read("party.party", [1], ["name"])


@pytest.mark.parametrize("answer", [{"name": "Aino"}, "Aino", 7, [["Aino"]], [7], None])
def test_an_answer_that_holds_no_records_is_not_let_through(
    governed: TrytonClient, server: Server, answer: Any
) -> None:
    server.answers = [result(answer)]
    with pytest.raises(StepDenied, match="holds no records"):
        governed.read("party.party", [1], ["name"])


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"name": "Aino"},
        {"id": None, "name": None, "contact_mechanisms.": None, "addresses.": None},
        {"id": "x", "name": 7, "contact_mechanisms.": 7, "lang.": [], "addresses.": [None, 7]},
        {"id": 1, "name": ["Aino"], "contact_mechanisms.": [{"type": "email"}]},
        {"id": 1, "contact_mechanisms.": [{"type": ["email"], "value": {"x": 1}}]},
        {"id": 1, "create_date": "yesterday", "addresses.": [{"country.": {"code": 7}}]},
        {"id": 1, "name": "Ä" * 100_000, "lang.": {"code": "\u202e"}},
        {"id": 1, "create_date": {"__class__": "datetime", "year": 99999}},
        {"id": 1, "create_date": {"__class__": "Decimal", "decimal": "x"}, "more": {}},
    ],
)
def test_records_of_any_shape_do_not_crash_a_pipeline(
    governed: TrytonClient, server: Server, record: dict[str, Any]
) -> None:
    server.answers = [result([record]), result([])]
    try:
        (got,) = governed.read("party.party", [1], ["name"])
    except StepDenied:
        return
    assert set(got) <= {"id", "name"}


def test_a_huge_page_is_judged_record_by_record(governed: TrytonClient, server: Server) -> None:
    made = _written(datetime(2026, 11, 2, 9, 30))  # noqa: DTZ001  (as Tryton has them)
    people = [{"id": n, "name": f"P{n}", "ssn": "x", "create_date": made} for n in range(500)]
    server.answers = [result(people)]
    page = governed.search_read("party.party", [], ["name"], limit=500)
    assert len(page) == 500
    assert all(set(party) == {"id", "name"} for party in page)


def test_a_step_denied_comes_out_as_itself(governed: TrytonClient, server: Server) -> None:
    with pytest.raises(StepDenied) as stopped:
        governed.call("model.party.party.export_data", [1], ["name"])
    assert type(stopped.value) is StepDenied
    assert server.sessions == []


@pytest.mark.parametrize(
    "value",
    [datetime(2026, 11, 27, 12, 30, 1, 5, tzinfo=UTC).replace(tzinfo=None), date(2026, 11, 27),
     time(8, 30), timedelta(minutes=5), Decimal("12.30"), b"\x00\xff", "text", None, 7, [True]],
)  # fmt: skip
def test_values_are_written_as_tryton_reads_them(
    client: TrytonClient, server: Server, value: Any
) -> None:
    written = json.loads(json.dumps(value, default=_written))
    assert decoded(written) == value
    server.answers = [result(written)]
    assert client.call("model.country.country.default_get") == value
    with pytest.raises(TypeError, match="no word for object"):
        client.call("model.country.country.default_get", object())


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda client, gate: wrap(object(), purpose="x", gate=gate), "expected TrytonClient"),  # type: ignore[arg-type]
        (lambda client, gate: wrap(wrap(client, purpose="contact_management", gate=gate),
                                   purpose="lead_scoring", gate=gate), "wrapped already"),
        (lambda client, gate: wrap(client, purpose="contact_management", gate=gate,
                                   objections={"profilng": "x"}), "'profilng'"),  # type: ignore[dict-item]
    ],
)  # fmt: skip
def test_a_wrong_argument_is_said_at_once(
    client: TrytonClient, gate: Gate, make: Callable[..., Any], says: str
) -> None:
    with pytest.raises(ConfigurationError, match=says):
        make(client, gate)


def test_a_url_of_another_kind_is_none(gate: Gate) -> None:
    with pytest.raises(ValueError, match="http://"):
        TrytonClient("file:///etc/passwd", "crm", "admin", "secret")
    assert "secret" not in repr(TrytonClient("http://localhost", "crm", "admin", "secret"))
