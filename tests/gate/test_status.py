"""What a gate decides by, and how its engine is doing."""

from __future__ import annotations

import contextlib
import functools
import http.server
import io
import json
import tarfile
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from aboveboard import EngineError, PluginError, SettingsError, hookimpl
from aboveboard.gate import Gate
from aboveboard.organisation import example
from aboveboard.policy.archive import write_archive
from aboveboard.policy.bundle import load_bundle
from aboveboard.policy.embedded import EmbeddedEngine
from aboveboard.policy.engine import EngineHealth
from aboveboard.policy.opa_health import read_health
from aboveboard.settings import Settings
from aboveboard.testing import compliant_event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ALLOWED = compliant_event("recommendation")


def test_embedded() -> None:
    before = datetime.now(UTC)
    gate = Gate(Settings(), organisation=example())
    status = gate.status()
    assert status.engine == "embedded"
    assert status.policy_revision == load_bundle().revision
    assert before <= status.loaded_at <= datetime.now(UTC)
    assert status.organisation == "Esimerkki Oy"
    assert status.plugins == gate.manager.reports
    assert (status.healthy, status.engine_error, status.last_reload_error) == (True, None, None)
    with pytest.raises(ValidationError):
        status.healthy = False  # type: ignore[misc]
    assert json.loads(status.model_dump_json())["engine"] == "embedded"


# --- An OPA server --------------------------------------------------------------------------------


def opa_gate(url: str) -> Gate:
    return Gate(Settings(engine="opa", opa_url=url, timeout_s=2), organisation=example())


@pytest.mark.opa
@pytest.mark.anyio
async def test_opa(opa_server: Any, tmp_path: Path) -> None:
    archive = tmp_path / "bundle.tar.gz"
    archive.write_bytes(write_archive(load_bundle()))
    with opa_server(archive, bundle=True) as url:
        async with opa_gate(url) as gate:
            for status in (gate.status(), await gate.astatus()):
                assert (status.healthy, status.engine_error) == (True, None)
                assert status.policy_revision == load_bundle().revision
    async with opa_gate(url) as gate:
        for status in (gate.status(), await gate.astatus()):
            assert not status.healthy
            assert status.policy_revision is None
            assert str(status.engine_error).startswith("The OPA server cannot be reached. Start it")
    with opa_server() as url, opa_gate(url) as gate:
        status = gate.status()
        assert not status.healthy
        assert "has no Aboveboard policies" in str(status.engine_error)


@contextlib.contextmanager
def files(folder: Path) -> Iterator[str]:
    """A web server that OPA gets its bundle from."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None: ...

    handler = functools.partial(Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def broken(archive: bytes) -> bytes:
    """The bundle with a file that does not parse."""
    raw = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(archive)) as old,
        tarfile.open(fileobj=raw, mode="w:gz") as new,
    ):
        for member in old:
            new.addfile(member, old.extractfile(member))
        text = b"package aboveboard.topic.broken\n\np := if\n"
        extra = tarfile.TarInfo("broken.rego")
        extra.size = len(text)
        new.addfile(extra, io.BytesIO(text))
    return raw.getvalue()


def until(true: Callable[[], bool], seconds: float = 15) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.opa
def test_a_bundle_that_the_server_cannot_activate(
    opa_server: Any, tmp_path: Path, log: list[Any]
) -> None:
    """An update that fails: the server has the status plugin, and the gate tells."""
    good = write_archive(load_bundle())
    place = tmp_path / "served"
    place.mkdir()
    (place / "bundle.tar.gz").write_bytes(good)
    with files(place) as source:
        config = tmp_path / "opa.yaml"
        config.write_text(
            f"services: {{s: {{url: '{source}'}}}}\n"
            "bundles: {aboveboard: {service: s, resource: bundle.tar.gz,\n"
            "  polling: {min_delay_seconds: 1, max_delay_seconds: 1}}}\n"
            "status: {console: true}\n"
        )
        with (
            opa_server(options=["--config-file", str(config)]) as url,
            opa_gate(url) as gate,
        ):
            assert gate.status().engine_error is None
            (place / "bundle.tar.gz").write_bytes(broken(good))
            assert until(lambda: gate.status().engine_error is not None)
            status = gate.status()
            assert status.healthy
            assert status.policy_revision == load_bundle().revision
            assert str(status.engine_error).startswith(
                "The OPA server cannot activate the newest version of its bundle 'aboveboard' ("
            )
            assert "broken.rego:3" in str(status.engine_error)
            assert gate.check(ALLOWED).allowed
            (place / "bundle.tar.gz").write_bytes(good)
            assert until(lambda: gate.status().engine_error is None)


@pytest.mark.opa
def test_a_bundle_that_the_server_never_had(
    opa_binary: Path, tmp_path: Path, log: list[Any]
) -> None:
    """No status plugin is needed to see that; without policies every decision is a deny."""
    from tests.engines.test_opa_tls import opa

    place = tmp_path / "served"
    place.mkdir()
    (place / "bundle.tar.gz").write_bytes(broken(write_archive(load_bundle())))
    with files(place) as source:
        options = [
            *("--set", f"services.s.url={source}", "--set", "bundles.ab.service=s"),
            *("--set", "bundles.ab.resource=bundle.tar.gz"),
        ]
        with (
            opa(opa_binary, options, []) as port,
            opa_gate(f"http://127.0.0.1:{port}") as gate,
        ):
            status = gate.status()
            assert not status.healthy
            assert status.engine_error == (
                "The OPA server is not healthy: one or more bundles are not activated."
            )
            assert gate.check(ALLOWED).rules == ("runtime.policy_error",)


@pytest.mark.parametrize(
    ("answers", "healthy", "says"),
    [
        (((200, b"{}"), (200, b'{"result": "r"}'), (500, b"{}")), True, None),
        (((200, b"{}"), (200, b"[]"), (200, b"nonsense")), False, "no Aboveboard policies"),
        (((200, b"{}"), (404, b'{"result": "r"}'), (404, b"")), False, "no Aboveboard policies"),
        (((401, b"{}"), (200, b"{}"), (200, b"{}")), False, "opa_token"),
        (((500, b"["), (200, b"{}"), (200, b"{}")), False, "status 500"),
        (((500, b'{"error": "a\\u0000b\\nc"}'), (200, b""), (200, b"")), False, ": ab c."),
        (
            (
                (200, b"{}"),
                (200, b'{"result": "r"}'),
                (200, b'{"result": {"bundles": {"x": {"code": "e", "errors": [1]}, "y": 7}}}'),
            ),
            True,
            "'x'",
        ),
        (((200, b"{}"), (200, b"[" * 100_000), (200, b"[" * 100_000)), False, "no Aboveboard"),
    ],
)
def test_whatever_the_server_says(answers: Any, healthy: bool, says: str | None) -> None:
    found = read_health(*answers)
    assert found.healthy == healthy
    assert found.error == says if says is None else says in str(found.error)


# --- An engine of a plugin ------------------------------------------------------------------------


class Acme(EmbeddedEngine):
    """An engine that others run: here, the embedded one by another name."""

    name = "acme"

    def __init__(self, *, down: bool = False) -> None:
        super().__init__(load_bundle())
        self.down = down

    def evaluate(self, step: Any, facts: str) -> Any:
        if self.down:
            raise EngineError("runtime.engine_unavailable", "Acme is down.", "Call Acme.")
        return super().evaluate(step, facts)

    def health(self) -> EngineHealth:
        if self.down:
            raise ValueError("LEAKED")
        return EngineHealth(healthy=True, revision="acme-7", error="Disk nearly full.")

    async def ahealth(self) -> EngineHealth:
        return self.health()


class Brings:
    def __init__(self, engine: Any) -> None:
        self.engine = engine
        self.asked: list[Settings] = []

    @hookimpl
    def aboveboard_engine(self, settings: Settings) -> Any:
        self.asked.append(settings)
        if isinstance(self.engine, Exception):
            raise self.engine
        return self.engine if settings.engine == "acme" else None


@pytest.mark.anyio
async def test_a_plugin_brings_an_engine(plugged: Any, log: list[Any]) -> None:
    plugin = Brings(Acme())
    gate = plugged(plugin, engine="acme")
    assert plugin.asked == [gate.settings]
    verdict = gate.check(ALLOWED)
    assert (verdict.effect, verdict.engine) == ("allow", "acme")
    assert (await gate.acheck(ALLOWED)).allowed
    for status in (gate.status(), await gate.astatus()):
        assert (status.engine, status.healthy, status.policy_revision) == ("acme", True, "acme-7")
        assert status.engine_error == "Disk nearly full."
    engine = gate.engine
    assert gate.reload()
    assert gate.engine is engine
    plugin.engine.down = True
    verdict = gate.check(ALLOWED)
    assert verdict.rules == ("runtime.engine_unavailable",)
    assert verdict.findings[0].remedy == "Call Acme."
    for status in (gate.status(), await gate.astatus()):
        assert (status.healthy, status.engine_error) == (
            False,
            "The engine failed with ValueError.",
        )
    plugin.engine.down = False
    assert gate.check(ALLOWED).allowed


def test_an_engine_is_asked_for_only_when_it_is_wanted(plugged: Any) -> None:
    plugin = Brings(Acme())
    assert plugged(plugin).engine.name == "embedded"
    assert plugin.asked == []


def test_an_engine_that_nobody_brings(plugged: Any) -> None:
    with pytest.raises(SettingsError, match="There is no engine 'acme'") as refused:
        plugged(engine="acme")
    assert "embedded, managed, opa" in str(refused.value)
    assert "aboveboard plugins" in str(refused.value)
    with pytest.raises(SettingsError, match="There is no engine 'other'"):
        plugged(Brings(Acme()), engine="other")


def test_two_engines_of_one_name(plugged: Any) -> None:
    with pytest.raises(PluginError, match="2 plugins bring an engine 'acme'"):
        plugged(Brings(Acme()), Brings(Acme()), engine="acme")


def test_an_engine_by_another_name(plugged: Any) -> None:
    with pytest.raises(PluginError, match="does not go by that name"):
        plugged(Brings(EmbeddedEngine(load_bundle())), engine="acme")


def test_an_engine_that_cannot_be_made(plugged: Any) -> None:
    with pytest.raises(SettingsError, match="no licence"):
        plugged(Brings(SettingsError("no licence")), engine="acme")


def test_policies_given_to_an_engine_that_has_its_own(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="would be ignored"):
        Gate(
            Settings(engine="acme"),
            organisation=example(),
            policies=[tmp_path],
            plugins=[Brings(Acme())],
        )
