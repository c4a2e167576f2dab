"""Whatever a server or the network does, the answer is a deny with a reason, and in time."""

import asyncio
import gzip
import socket
import threading
import time
from typing import Any

import pytest

from aboveboard.errors import EngineError, SettingsError
from aboveboard.gate import Gate
from aboveboard.organisation import example
from aboveboard.policy.opa import OpaConnection, OpaEngine
from aboveboard.settings import Settings
from aboveboard.testing import compliant_event
from tests.engines.speaking import answering, read_request, response

EVENT = compliant_event("recommendation")
GOOD = {"result": {"findings": [], "revision": "sha256:1"}}
FINDING = {"rule": "R-1", "effect": "warn", "facts": [], "args": {}}


def ask(url: str, way: str, timeout_s: float = 0.25, **options: Any) -> Any:
    """One decision, with the time it took."""
    settings = Settings(engine="opa", opa_url=url, timeout_s=timeout_s, **options)
    started = time.perf_counter()
    if way == "sync":
        with Gate(settings, organisation=example()) as gate:
            verdict = gate.check(EVENT)
    else:

        async def once() -> Any:
            async with Gate(settings, organisation=example()) as gate:
                return await gate.acheck(EVENT)

        verdict = asyncio.run(once())
    return verdict, time.perf_counter() - started


both = pytest.mark.parametrize("way", ["sync", "async"])


def reason(verdict: Any) -> str:
    assert verdict.effect == "deny"
    assert verdict.policy_revision == "" or verdict.rules[0].startswith("R-")
    (finding,) = verdict.findings
    assert finding.message.endswith(".")
    assert finding.remedy.endswith(".")
    return finding.rule


@both
def test_nobody_listens(way: str) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    verdict, _ = ask(f"http://127.0.0.1:{port}", way)
    assert reason(verdict) == "runtime.engine_unavailable"


@both
def test_a_host_that_is_none(way: str) -> None:
    verdict, _ = ask("http://no-such-host.invalid:8181", way, timeout_s=5)
    assert reason(verdict) == "runtime.engine_unavailable"


ANSWERS: dict[str, tuple[bytes, str]] = {
    "400": (response({"code": "bad"}, "400 Bad Request"), "runtime.engine_unavailable"),
    "401": (response({}, "401 Unauthorized"), "runtime.engine_unavailable"),
    "403": (response({}, "403 Forbidden"), "runtime.engine_unavailable"),
    "404": (response(b"<h1>LEAKED</h1>", "404 Not Found"), "runtime.engine_unavailable"),
    "500": (response({"code": "internal_error"}, "500 Internal"), "runtime.policy_error"),
    "503": (response(b"", "503 Unavailable"), "runtime.engine_unavailable"),
    "204": (response(b"", "204 No Content"), "runtime.engine_unavailable"),
    "302": (
        response(b"", "302 Found", "Location: http://127.0.0.1:1/\r\n"),
        "runtime.engine_unavailable",
    ),
    "307": (
        response(b"", "307 Again", "Location: /v1/data/other\r\n"),
        "runtime.engine_unavailable",
    ),
    "no JSON": (response(b'{"result": {"findings": [LEAKED'), "runtime.policy_error"),
    "HTML": (response(b"<html>LEAKED</html>"), "runtime.policy_error"),
    "nothing": (response(b""), "runtime.policy_error"),
    "a list": (response([]), "runtime.policy_error"),
    "null": (response(None), "runtime.policy_error"),
    "deep": (response(b"[" * 200_000), "runtime.policy_error"),
    "not UTF-8": (response(b'{"result": "\xff\xfe"}'), "runtime.policy_error"),
    "packed": (
        response(gzip.compress(b'{"result": {}}'), headers="Content-Encoding: gzip\r\n"),
        "runtime.policy_error",
    ),
    "undefined": (response({}), "runtime.policy_error"),
    "undefined with a warning": (response({"warning": {"code": "x"}}), "runtime.policy_error"),
    "no findings": (response({"result": {"revision": "1"}}), "runtime.policy_error"),
    "no revision": (response({"result": {"findings": []}}), "runtime.policy_error"),
    "an empty revision": (
        response({"result": {"findings": [], "revision": ""}}),
        "runtime.policy_error",
    ),
    "a reserved reason": (
        response(
            {
                "result": {
                    "findings": [{**FINDING, "rule": "runtime.timeout", "effect": "warn"}],
                    "revision": "1",
                }
            }
        ),
        "runtime.policy_error",
    ),
    "null findings": (
        response({"result": {"findings": None, "revision": "1"}}),
        "runtime.policy_error",
    ),
    "findings by key": (
        response({"result": {"findings": {"a": FINDING}, "revision": "1"}}),
        "runtime.policy_error",
    ),
    "a text for findings": (
        response({"result": {"findings": "", "revision": "1"}}),
        "runtime.policy_error",
    ),
    "unknown effect": (
        response({"result": {"findings": [{**FINDING, "effect": "allow"}], "revision": "1"}}),
        "runtime.policy_error",
    ),
    "more in a finding": (
        response({"result": {"findings": [{**FINDING, "LEAKED": 1}], "revision": "1"}}),
        "runtime.policy_error",
    ),
    "oblige to nothing": (
        response({"result": {"findings": [{**FINDING, "effect": "oblige"}], "revision": "1"}}),
        "runtime.policy_error",
    ),
    "no HTTP": (b"LEAKED\r\n\r\n", "runtime.engine_unavailable"),
    "SSH": (b"SSH-2.0-OpenSSH_9.6\r\n", "runtime.engine_unavailable"),
    "a header without end": (
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000 + b"\r\n\r\n",
        "runtime.engine_unavailable",
    ),
}


@both
@pytest.mark.parametrize(("answer", "expected"), ANSWERS.values(), ids=ANSWERS)
def test_an_answer_that_is_none(
    way: str, answer: bytes, expected: str, server: Any, log: list[Any]
) -> None:
    def behave(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(answer)

    found = server(behave)
    verdict, _ = ask(found.url, way, timeout_s=2)
    assert reason(verdict) == expected
    assert found.connections == 1
    assert "LEAKED" not in verdict.model_dump_json() + repr(log)


def closing(connection: socket.socket) -> None:
    read_request(connection)


def mid_answer(connection: socket.socket) -> None:
    read_request(connection)
    connection.sendall(response(GOOD)[:-5])


def mid_chunk(connection: socket.socket) -> None:
    read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n{")


def at_once(connection: socket.socket) -> None:
    connection.shutdown(socket.SHUT_RDWR)


@both
@pytest.mark.parametrize("behave", [closing, mid_answer, mid_chunk, at_once])
def test_a_connection_that_ends_too_early(way: str, behave: Any, server: Any) -> None:
    verdict, _ = ask(server(behave).url, way, timeout_s=2)
    assert reason(verdict) == "runtime.engine_unavailable"


class Slow:
    """Behaviours that keep a client waiting until it goes."""

    @staticmethod
    def silent(connection: socket.socket) -> None:
        read_request(connection)
        connection.recv(1)

    @staticmethod
    def deaf(connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        threading.Event().wait(0.6)

    @staticmethod
    def dripping_head(connection: socket.socket) -> None:
        read_request(connection)
        _drip(connection, b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 500)

    @staticmethod
    def dripping_headers(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        _drip(connection, b"a:b\r\n" * 100)

    @staticmethod
    def dripping_body(connection: socket.socket) -> None:
        read_request(connection)
        _drip(connection, response(b" " * 500))

    @staticmethod
    def dripping_chunks(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        _drip(connection, b"1\r\n \r\n" * 100, 6)

    @staticmethod
    def continuing(connection: socket.socket) -> None:
        read_request(connection)
        _drip(connection, b"HTTP/1.1 100 Continue\r\n\r\n" * 100, 25)


def _drip(connection: socket.socket, text: bytes, size: int = 1) -> None:
    for start in range(0, len(text), size):
        connection.sendall(text[start : start + size])
        time.sleep(0.02)


SLOW = [value for name, value in vars(Slow).items() if not name.startswith("_")]


@both
@pytest.mark.parametrize("behave", SLOW, ids=lambda item: item.__func__.__name__)
def test_slow_in_any_way_is_a_timeout_in_time(way: str, behave: Any, server: Any) -> None:
    verdict, took = ask(server(behave.__func__).url, way, timeout_s=0.25)
    assert reason(verdict) == "runtime.timeout"
    assert "0.25 s" in verdict.findings[0].message
    assert 0.2 < took < 2


def test_who_waits_for_a_connection_is_timed_too(server: Any) -> None:
    """More decisions at once than connections: none waits for its deadline twice."""
    settings = Settings(engine="opa", opa_url=server(Slow.silent).url, timeout_s=0.5)

    async def many() -> tuple[list[Any], float]:
        async with Gate(settings, organisation=example()) as gate:
            started = time.perf_counter()
            verdicts = await asyncio.gather(*(gate.acheck(EVENT) for _ in range(200)))
            return verdicts, time.perf_counter() - started

    verdicts, took = asyncio.run(many())
    assert {reason(verdict) for verdict in verdicts} == {"runtime.timeout"}
    # One after the other on 64 connections would be four times the half second.
    assert took < 1.9


def test_more_decisions_than_connections(server: Any) -> None:
    def behave(connection: socket.socket) -> None:
        while read_request(connection) is not None:
            connection.sendall(response(GOOD))

    serving = server(behave)
    settings = Settings(engine="opa", opa_url=serving.url, timeout_s=30)

    async def many() -> list[Any]:
        async with Gate(settings, organisation=example()) as gate:
            return await asyncio.gather(*(gate.acheck(EVENT) for _ in range(200)))

    assert {verdict.effect for verdict in asyncio.run(many())} == {"allow"}
    assert serving.connections <= 64


@both
def test_an_answer_without_end_is_not_read_to_it(way: str, server: Any) -> None:
    sent = [0]

    def behave(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        part = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
        while sent[0] < 64 << 20:
            connection.sendall(part)
            sent[0] += 0x10000

    verdict, _ = ask(server(behave).url, way, timeout_s=10)
    assert reason(verdict) == "runtime.policy_error"
    assert "longer than" in verdict.findings[0].message
    assert sent[0] < 40 << 20


@both
def test_a_decision_after_a_failure(way: str, server: Any) -> None:
    answers = [response({}, "500 Internal"), b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"]
    number = [0]

    def behave(connection: socket.socket) -> None:
        while read_request(connection) is not None:
            number[0] += 1
            if number[0] <= len(answers):
                connection.sendall(answers[number[0] - 1])
                if number[0] == 2:
                    return
            else:
                connection.sendall(response(GOOD))

    settings = Settings(engine="opa", opa_url=server(behave).url, timeout_s=2)
    gate = Gate(settings, organisation=example())
    if way == "sync":
        effects = [gate.check(EVENT).effect for _ in range(4)]
        gate.close()
    else:

        async def several() -> list[str]:
            async with gate:
                return [(await gate.acheck(EVENT)).effect for _ in range(4)]

        effects = asyncio.run(several())
    assert effects == ["deny", "deny", "allow", "allow"]


CATALOGUE_FAILURES: dict[str, bytes] = {
    "500": response({}, "500 Internal"),
    "no JSON": response(b"<html>"),
    "no rules": response({"result": {"revision": "1"}}),
    "no catalogue": response({"result": {"rules": {"R-1": {"steps": 5}}, "revision": "1"}}),
    "rules of text": response({"result": {"rules": {"R-1": "LEAKED"}, "revision": "1"}}),
}


@both
@pytest.mark.parametrize("failure", CATALOGUE_FAILURES.values(), ids=CATALOGUE_FAILURES)
def test_findings_stand_without_their_messages(way: str, failure: bytes, server: Any) -> None:
    found = {"result": {"findings": [FINDING], "revision": "sha256:1"}}
    verdict, _ = ask(server(answering(response(found), failure)).url, way, timeout_s=2)
    assert verdict.effect == "allow"
    assert [(f.rule, f.effect, f.message) for f in verdict.findings] == [("R-1", "warn", "R-1")]
    assert verdict.policy_revision == "sha256:1"


@both
def test_messages_that_do_not_come_in_time_keep_no_finding(way: str, server: Any) -> None:
    found = response({"result": {"findings": [FINDING], "revision": "sha256:1"}})

    def behave(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(found)
        read_request(connection)
        connection.recv(1)

    verdict, took = ask(server(behave).url, way, timeout_s=0.25)
    assert verdict.rules == ("R-1",)
    assert took < 0.6


def test_preparing_says_what_is_wrong(server: Any) -> None:
    engine = OpaEngine(OpaConnection(url=server(answering(response({}))).url))
    with pytest.raises(EngineError, match="has no Aboveboard policies"):
        engine.prepare()
    engine.close()


@pytest.mark.parametrize(
    "url",
    [
        "127.0.0.1:8181",
        "ftp://host",
        "http://",
        "http://host/v1",
        "http://host?x=1",
        "http://host#x",
        "http://LEAKED:pw@host",
        "http://@host",
        "http://host:99999",
        "http://host:x",
        "http://[::1",
        "",
    ],
)
def test_a_url_that_is_none(url: str) -> None:
    with pytest.raises(SettingsError, match="Expected scheme, host and port only") as refused:
        OpaConnection(url=url).checked()
    assert "LEAKED" not in str(refused.value)


@pytest.mark.parametrize("token", ["", "LEAKED\r\nX: y", "LEAKED key", "LEAKED\n", "LEÄKED"])
def test_a_token_that_no_header_takes(token: str) -> None:
    with pytest.raises(SettingsError, match="opa_token") as refused:
        OpaConnection(token=token).checked()
    assert "LEAKED" not in str(refused.value)


@pytest.mark.parametrize("timeout_s", [0, -1, float("nan")])
def test_a_timeout_that_is_none(timeout_s: float) -> None:
    with pytest.raises(SettingsError, match="timeout_s"):
        OpaConnection(timeout_s=timeout_s).checked()


@both
def test_what_is_sent(way: str, server: Any) -> None:
    seen: list[bytes] = []

    def behave(connection: socket.socket) -> None:
        while (found := read_request(connection)) is not None:
            seen.append(found)
            connection.sendall(response(GOOD))

    verdict, _ = ask(server(behave).url, way, timeout_s=2, opa_token="secret-token")
    assert verdict.allowed
    (request,) = seen
    head, _, body = request.partition(b"\r\n\r\n")
    lines = head.decode().splitlines()
    assert lines[0] == (
        "POST /v1/data/aboveboard/recommendation/answer?strict-builtin-errors=true HTTP/1.1"
    )
    assert "Authorization: Bearer secret-token" in lines
    assert "Accept-Encoding: identity" in lines
    assert body.startswith(b'{"input":{"step":"recommendation"')
    assert b"null" not in body


@both
def test_no_proxy_and_no_netrc_of_the_environment(
    way: str, server: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    def trap(connection: socket.socket) -> None:
        connection.sendall(response(GOOD))

    proxy = server(trap)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy.url)
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login LEAKED password LEAKED\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    seen: list[bytes] = []

    def behave(connection: socket.socket) -> None:
        while (found := read_request(connection)) is not None:
            seen.append(found)
            connection.sendall(response(GOOD))

    verdict, _ = ask(server(behave).url, way, timeout_s=2)
    assert verdict.allowed
    assert proxy.connections == 0
    assert b"LEAKED" not in seen[0]
    assert b"uthorization" not in seen[0]
