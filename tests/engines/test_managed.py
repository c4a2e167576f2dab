"""The engine that runs the user's own OPA: nobody else may ask it, and it never outlives us."""

from __future__ import annotations

import asyncio
import http.client
import os
import pickle
import signal
import stat
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from aboveboard.errors import ConfigurationError, SettingsError
from aboveboard.gate import Gate
from aboveboard.organisation import example
from aboveboard.policy import child, managed
from aboveboard.policy.bundle import load_bundle
from aboveboard.policy.managed import ManagedEngine
from aboveboard.policy.opa_binary import find_opa
from aboveboard.settings import Settings
from aboveboard.testing import compliant_event
from tests.policy_writing import write_rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.opa
linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

ALLOWED = compliant_event("recommendation")
DENIED = compliant_event("recommendation", changes={"objections.direct_marketing": True})


def until(true: Callable[[], bool], seconds: float = 15) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.01)
    return False


def opa_of(gate: Gate) -> int:
    """The process of OPA itself: the guard's only child."""
    assert isinstance(gate.engine, ManagedEngine)
    guard = gate.engine._running.server._guard.pid
    found = Path(f"/proc/{guard}/task/{guard}/children").read_text().split()
    return int(found[0])


def runs(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def url_of(gate: Gate) -> Any:
    assert isinstance(gate.engine, ManagedEngine)
    return urlsplit(gate.engine._running.server.engine._connection.url)


@pytest.fixture
def make(opa_binary: Path) -> Iterator[Callable[..., Gate]]:
    made: list[Gate] = []

    def gate(*directories: Path, **options: Any) -> Gate:
        settings = Settings(engine="managed", opa_binary=opa_binary, timeout_s=5, **options)
        made.append(Gate(settings, organisation=example(), policies=directories))
        return made[-1]

    yield gate
    for item in made:
        item.close()


def plain(verdict: Any) -> dict[str, Any]:
    found = verdict.as_dict()
    return {k: v for k, v in found.items() if k not in ("decision_id", "duration_ms", "engine")}


def test_the_same_verdicts(make: Any, tmp_path: Path) -> None:
    directory = write_rule(tmp_path / "p", "recommendation", effect="warn")
    gate = make(directory)
    embedded = Gate(Settings(), organisation=example(), policies=[directory])
    for event in (ALLOWED, DENIED):
        assert plain(gate.check(event)) == plain(embedded.check(event))
    assert gate.check(ALLOWED).engine == "managed"
    status = gate.status()
    assert (status.engine, status.healthy, status.engine_error) == ("managed", True, None)
    assert status.policy_revision == load_bundle([directory]).revision


def test_in_event_loops(make: Any) -> None:
    gate = make()

    async def decide() -> list[str]:
        found = await asyncio.gather(*(gate.acheck(DENIED) for _ in range(20)))
        assert (await gate.astatus()).healthy
        return [verdict.effect for verdict in found]

    assert asyncio.run(decide()) == ["deny"] * 20
    assert asyncio.run(decide()) == ["deny"] * 20

    async def end() -> None:
        async with gate:
            assert (await gate.acheck(ALLOWED)).allowed

    asyncio.run(end())
    assert gate.check(ALLOWED).rules == ("runtime.engine_unavailable",)


@linux
def test_nobody_else_may_ask(make: Any) -> None:
    """Other users of the machine reach loopback, read arguments and may look into /tmp."""
    gate = make()
    place = url_of(gate)
    assert place.hostname == "127.0.0.1"
    for path in ("/v1/data/aboveboard", "/v1/policies", "/health", "/metrics", "/"):
        for headers in ({}, {"Authorization": "Bearer another"}):
            connection = http.client.HTTPConnection(place.hostname, place.port, timeout=5)
            connection.request("GET", path, headers=headers)
            assert connection.getresponse().status in (401, 403), path
            connection.close()
    token = gate.engine._running.server.engine._connection.token
    arguments = Path(f"/proc/{opa_of(gate)}/cmdline").read_bytes().decode()
    assert token not in arguments
    folder = Path(f"/proc/{opa_of(gate)}/cwd").readlink()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for file in folder.rglob("*"):
        assert not file.is_file() or token.encode() not in file.read_bytes()
    gate.close()
    assert not folder.exists()


@linux
def test_no_secret_of_ours_reaches_it(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ABOVEBOARD_SUBJECT_KEY", "LEAKED-LEAKED-LEAKED")
    monkeypatch.setenv("OPA_LOG_LEVEL", "debug")
    environment = Path(f"/proc/{opa_of(make())}/environ").read_bytes()
    assert b"LEAKED" not in environment
    assert b"OPA_LOG_LEVEL" not in environment


@linux
def test_close_ends_it_and_may_be_called_again(make: Any) -> None:
    gate = make()
    pid = opa_of(gate)
    gate.close()
    assert not runs(pid)
    gate.close()
    verdict = gate.check(ALLOWED)
    assert verdict.rules == ("runtime.engine_unavailable",)
    assert verdict.findings[0].message == "The OPA server that Aboveboard runs is not there."
    assert not gate.status().healthy


@linux
def test_it_goes_with_the_gate(opa_binary: Path) -> None:
    gate = Gate(Settings(engine="managed", opa_binary=opa_binary), organisation=example())
    pid = opa_of(gate)
    assert runs(pid)
    del gate
    assert until(lambda: not runs(pid))


@linux
def test_killed_under_load(make: Any, log: list[Any]) -> None:
    """No allow without a verdict of the policies; the next server answers within a second or so."""
    gate = make()
    pid = opa_of(gate)
    verdicts: list[Any] = []
    done = threading.Event()

    def work(number: int) -> None:
        while not done.is_set():
            event = DENIED if number % 2 else ALLOWED
            verdicts.append((event, gate.check(event)))

    threads = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(4)]
    for thread in threads:
        thread.start()
    assert until(lambda: len(verdicts) > 50)
    killed = time.monotonic()
    os.kill(pid, signal.SIGKILL)
    assert until(lambda: any(entry["event"] == "engine.restarted" for entry in log))
    assert until(lambda: gate.check(ALLOWED).allowed)
    assert time.monotonic() - killed < 10
    seen = len(verdicts)
    assert until(lambda: len(verdicts) > seen + 50)
    done.set()
    for thread in threads:
        thread.join()
    revision = load_bundle().revision
    for event, verdict in verdicts:
        if verdict.allowed:
            assert event is ALLOWED
            assert verdict.policy_revision == revision
        elif event is ALLOWED:
            assert verdict.rules in (("runtime.engine_unavailable",), ("runtime.timeout",))
        else:
            assert verdict.rules[0] in ("R-DM-01", "runtime.engine_unavailable", "runtime.timeout")
    assert verdicts[-1][1].rules in ((), ("R-DM-01",))
    assert opa_of(gate) != pid


@linux
def test_it_is_started_again_once(make: Any, log: list[Any]) -> None:
    gate = make()
    os.kill(opa_of(gate), signal.SIGKILL)
    assert until(lambda: any(entry["event"] == "engine.restarted" for entry in log))
    assert gate.check(ALLOWED).allowed
    os.kill(opa_of(gate), signal.SIGKILL)
    assert until(lambda: any(entry["event"] == "engine.not_restarted" for entry in log))
    verdict = gate.check(ALLOWED)
    assert verdict.rules == ("runtime.engine_unavailable",)
    assert "engine.stopped" in verdict.findings[0].remedy
    assert gate.reload()
    assert gate.check(ALLOWED).allowed
    assert [entry["event"] for entry in log if entry["event"].startswith("engine.")] == [
        "engine.stopped",
        "engine.restarted",
        "engine.stopped",
        "engine.not_restarted",
    ]


@linux
def test_one_that_lived_long_is_started_again(
    make: Any, log: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(managed, "STEADY_S", 0.0)
    gate = make()

    def restarts() -> int:
        return [entry["event"] for entry in log].count("engine.restarted")

    os.kill(opa_of(gate), signal.SIGKILL)
    assert until(lambda: restarts() == 1)
    os.kill(opa_of(gate), signal.SIGKILL)
    assert until(lambda: restarts() == 2)
    assert gate.check(ALLOWED).allowed


@linux
def test_reload_changes_servers_without_dropping_a_decision(make: Any, tmp_path: Path) -> None:
    directory = write_rule(tmp_path / "p", "recommendation")
    gate = make(directory)
    old = opa_of(gate)
    found: set[tuple[str, ...]] = set()
    done = threading.Event()

    def work() -> None:
        while not done.is_set():
            found.add(gate.check(ALLOWED).rules)

    threads = [threading.Thread(target=work, daemon=True) for _ in range(3)]
    for thread in threads:
        thread.start()
    write_rule(directory, "recommendation", rule="TEST-02")
    assert gate.reload()
    assert gate.check(ALLOWED).rules == ("TEST-01", "TEST-02")
    done.set()
    for thread in threads:
        thread.join()
    assert found <= {("TEST-01",), ("TEST-01", "TEST-02")}
    assert until(lambda: not runs(old))
    (directory / "broken.rego").write_text("package organisation.test.recommendation\n\np := if\n")
    now = opa_of(gate)
    assert not gate.reload()
    assert opa_of(gate) == now
    assert gate.check(ALLOWED).rules == ("TEST-01", "TEST-02")


PROGRAM = """
import os, signal, sys, time
from pathlib import Path
import structlog
structlog.configure(processors=[lambda *_: (_ for _ in ()).throw(structlog.DropEvent)])
from aboveboard.gate import Gate
from aboveboard.organisation import example
from aboveboard.settings import Settings
from aboveboard.testing import compliant_event

gate = Gate(Settings(engine="managed", opa_binary=sys.argv[1]), organisation=example())
guard = gate.engine._running.server._guard.pid
assert gate.check(compliant_event("recommendation")).allowed
print(guard, Path(f"/proc/{guard}/task/{guard}/children").read_text().strip(), flush=True)
"""

ENDS = {
    "the end of the program": ("", 0),
    "sys.exit": ("sys.exit(3)", 3),
    "an exception": ("raise SystemExit(4)", 4),
    "os._exit": ("os._exit(5)", 5),
    "kill -9": ("os.kill(os.getpid(), signal.SIGKILL)", -9),
    "kill": ("os.kill(os.getpid(), signal.SIGTERM); time.sleep(9)", -15),
    "a fork that lives on": (
        """
if os.fork() == 0:
    os.setsid()
    time.sleep(0.5)
    os._exit(0)
gate.close()
os._exit(6)
""",
        6,
    ),
}


@linux
@pytest.mark.parametrize(("how", "code"), ENDS.values(), ids=ENDS)
def test_no_server_is_left_behind(how: str, code: int, opa_binary: Path) -> None:
    done = subprocess.run(
        # Python 3.12 and later warn of forks beside threads, which is one of these ends.
        [
            sys.executable,
            "-W",
            "ignore:This process:DeprecationWarning",
            "-c",
            PROGRAM + textwrap.dedent(how),
            str(opa_binary),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (code, "")
    guard, opa = map(int, done.stdout.split())
    assert until(lambda: not runs(opa) and not runs(guard))


@linux
def test_a_guard_that_is_killed_takes_it_along(make: Any, log: list[Any]) -> None:
    gate = make()
    pid = opa_of(gate)
    os.kill(gate.engine._running.server._guard.pid, signal.SIGKILL)
    assert until(lambda: not runs(pid))
    assert until(lambda: gate.check(ALLOWED).allowed)


@linux
def test_a_forked_child_asks_the_same_server_and_does_not_end_it(make: Any) -> None:
    gate = make()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            if gate.check(ALLOWED).allowed and gate.check(DENIED).rules == ("R-DM-01",):
                gate.close()
                code = 0
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert gate.check(ALLOWED).allowed


def test_a_copy_has_a_server_of_its_own(make: Any) -> None:
    gate = make()
    with pickle.loads(pickle.dumps(gate)) as copy:
        assert url_of(copy).port != url_of(gate).port
        gate.close()
        assert copy.check(ALLOWED).allowed


# --- Which OPA ------------------------------------------------------------------------------------


def program(folder: Path, says: str, name: str = "opa") -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text(f"#!/bin/sh\nprintf '{says}'\n")
    file.chmod(0o755)
    return file


posix = pytest.mark.skipif(os.name != "posix", reason="shell scripts stand for OPA")


@posix
def test_the_one_on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = program(tmp_path / "bin", "Version: 1.19.0\\nBuild Commit: 1e32c796\\n")
    monkeypatch.setenv("PATH", f"{tmp_path / 'empty'}{os.pathsep}{found.parent}")
    assert find_opa(None) == found
    monkeypatch.chdir(found.parent)
    monkeypatch.setenv("PATH", os.pathsep.join(["", ".", str(tmp_path)]))
    with pytest.raises(SettingsError, match="not on PATH"):
        find_opa(None)  # never one of the current directory


@posix
@pytest.mark.parametrize(
    "says",
    [
        "Version: 1.19.0\\nBuild Commit: 1e32c796-dirty\\n",
        "Version: 1.19.0-dirty\\nBuild Commit: 1e32c796\\n",
    ],
)
def test_a_test_build_is_never_started_unnamed(
    says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = program(tmp_path / "bin", says)
    monkeypatch.setenv("PATH", str(found.parent))
    with pytest.raises(SettingsError, match=r"is a test build.*opa_binary"):
        find_opa(None)
    assert find_opa(found) == found


@posix
def test_what_is_no_opa_that_would_do(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"policies need 1\.17 or newer"):
        find_opa(program(tmp_path, "Version: 1.16.2\\n"))
    with pytest.raises(SettingsError, match="is no OPA"):
        find_opa(program(tmp_path, "hello\\n"))
    with pytest.raises(SettingsError, match="cannot be run"):
        find_opa(tmp_path / "nowhere")


@posix
def test_an_opa_that_does_not_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it says on its way out is told: nothing has been decided yet, so nothing personal."""
    odd = tmp_path / "opa"
    odd.write_text(
        "#!/bin/sh\n[ $1 = version ] && { echo Version: 1.19.0; exit; }\necho no licence >&2\nexit 7\n"
    )
    odd.chmod(0o755)
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    with pytest.raises(ConfigurationError, match="exit code 7") as refused:
        Gate(Settings(engine="managed", opa_binary=odd), organisation=example())
    assert "no licence" in str(refused.value)
    assert list((tmp_path / "tmp").iterdir()) == []


def test_where_there_is_no_python_to_guard_it(
    opa_binary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "python_command", lambda _: None)
    with pytest.raises(ConfigurationError, match=r"multiprocessing\.set_executable"):
        Gate(Settings(engine="managed", opa_binary=opa_binary), organisation=example())


def test_a_relative_path_in_the_projects_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "aboveboard.toml").write_text('opa_binary = "bin/opa"\n')
    monkeypatch.setenv("ABOVEBOARD_CONFIG", str(tmp_path / "aboveboard.toml"))
    assert Settings.load().opa_binary == tmp_path / "bin" / "opa"
