"""Decisions by a real OPA: the same verdicts, from threads, forks and event loops."""

from __future__ import annotations

import asyncio
import gc
import os
import pickle
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from aboveboard.gate import Gate
from aboveboard.organisation import example
from aboveboard.policy.archive import write_archive
from aboveboard.policy.bundle import load_bundle
from aboveboard.policy.opa import OpaConnection, OpaEngine
from aboveboard.settings import Settings
from aboveboard.testing import compliant_event
from tests.policy_writing import write_rule

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.opa

ALLOWED = compliant_event("recommendation")
DENIED = compliant_event("recommendation", changes={"objections.direct_marketing": True})


def opa_gate(url: str, **options: Any) -> Gate:
    return Gate(Settings(engine="opa", opa_url=url, timeout_s=5, **options), organisation=example())


@pytest.fixture
def gate(opa_url: str) -> Any:
    with opa_gate(opa_url) as made:
        yield made


def plain(verdict: Any) -> dict[str, Any]:
    found = verdict.as_dict()
    return {k: v for k, v in found.items() if k not in ("decision_id", "duration_ms", "engine")}


def test_the_same_verdict_word_for_word(gate: Gate) -> None:
    embedded = Gate(Settings(), organisation=example())
    for event in (ALLOWED, DENIED):
        assert plain(gate.check(event)) == plain(embedded.check(event))
    assert gate.check(DENIED).findings[0].message == (
        "The person has objected to direct marketing."
    )
    assert gate.check(ALLOWED).engine == "opa"


def test_the_revision_is_the_servers(gate: Gate) -> None:
    assert gate.check(ALLOWED).policy_revision == load_bundle().revision


def test_from_eight_threads(gate: Gate) -> None:
    effects: list[str] = []

    def work() -> None:
        effects.extend(gate.check(e).effect for e in (DENIED, ALLOWED, ALLOWED) * 4)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (effects.count("allow"), effects.count("deny")) == (64, 32)


def test_several_event_loops_one_after_another(opa_url: str) -> None:
    """Each has a session of its own, closed with it; warnings are errors here."""
    gate = opa_gate(opa_url)

    async def ask() -> list[str]:
        found = await asyncio.gather(*(gate.acheck(e) for e in (ALLOWED, DENIED) * 4))
        return [verdict.effect for verdict in found]

    for _ in range(3):
        assert asyncio.run(ask()) == ["allow", "deny"] * 4
    assert len(gate.engine._loops) == 0
    gate.close()
    gc.collect()


def test_closed_and_asked_again(opa_url: str) -> None:
    gate = opa_gate(opa_url)
    for _ in range(2):
        assert gate.check(ALLOWED).allowed
        gate.close()

    async def ask() -> None:
        for _ in range(2):
            assert (await gate.acheck(ALLOWED)).allowed
            await gate.aclose()

    asyncio.run(ask())


def test_both_sides_of_one_gate_at_once(gate: Gate) -> None:
    async def ask() -> list[str]:
        own = await gate.acheck(ALLOWED)
        other = await asyncio.to_thread(gate.check, DENIED)
        await gate.aclose()
        return [own.effect, other.effect]

    assert asyncio.run(ask()) == ["allow", "deny"]


def test_a_cancelled_question_spoils_no_other(gate: Gate) -> None:
    async def ask() -> list[str]:
        async with gate:
            for delay in (0, 0.0002, 0.001):
                task = asyncio.create_task(gate.acheck(DENIED))
                await asyncio.sleep(delay)
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
            return [(await gate.acheck(ALLOWED)).effect for _ in range(3)]

    assert asyncio.run(ask()) == ["allow"] * 3


def test_a_policy_that_fails_denies_there_too(
    opa_server: Any, bundle_directory: Path, tmp_path: Path, log: list[Any]
) -> None:
    write_rule(bundle_directory, "recommendation", "startswith(input.contact.attempts_30d, `a`)")
    archive = tmp_path / "bundle.tar.gz"
    archive.write_bytes(write_archive(load_bundle([bundle_directory])))
    with opa_server(archive, bundle=True) as url, opa_gate(url) as gate:
        verdict = gate.check(ALLOWED)
        assert verdict.rules == ("runtime.policy_error",)
        event = compliant_event("recommendation", changes={"contact.attempts_30d": None})
        assert gate.check(event).allowed


def test_a_token_is_asked_for(opa_server: Any, tmp_path: Path) -> None:
    archive = tmp_path / "bundle.tar.gz"
    archive.write_bytes(write_archive(load_bundle()))
    authorisation = tmp_path / "authorisation"
    authorisation.mkdir()
    (authorisation / ".manifest").write_text('{"roots": ["system/authz"]}')
    (authorisation / "authz.rego").write_text(
        'package system.authz\n\ndefault allow := false\n\nallow if input.identity == "s3cret"\n\n'
        'allow if input.path == ["health"]\n'
    )
    options = ["--authentication=token", "--authorization=basic"]
    with opa_server(archive, authorisation, bundle=True, options=options) as url:
        with opa_gate(url, opa_token="s3cret") as gate:
            assert gate.check(ALLOWED).allowed
        for token in (None, "wrong"):
            with opa_gate(url, opa_token=token) as gate:
                verdict = gate.check(ALLOWED)
            assert verdict.rules == ("runtime.engine_unavailable",)
            assert "refused" in verdict.findings[0].message
            assert "s3cret" not in verdict.model_dump_json()


def test_a_server_without_our_policies(opa_server: Any) -> None:
    with opa_server() as url, opa_gate(url) as gate:
        verdict = gate.check(ALLOWED)
    assert verdict.rules == ("runtime.policy_error",)
    assert "no Aboveboard policies" in verdict.findings[0].message


def test_the_engine_is_used_by_itself(opa_url: str) -> None:
    engine = OpaEngine(OpaConnection(url=opa_url, timeout_s=5))
    engine.prepare()
    assert engine.catalogue.get("R-DM-01") is not None
    assert engine.evaluate("recommendation", ALLOWED.engine_input()).findings == ()
    engine.close()


_FORK = """
import os, sys
from structlog.testing import capture_logs
from aboveboard.gate import Gate
from aboveboard.organisation import example
from aboveboard.settings import Settings
from aboveboard.testing import compliant_event

allowed = compliant_event("recommendation")
denied = compliant_event("recommendation", changes={"objections.direct_marketing": True})
gate = Gate(Settings(engine="opa", opa_url=sys.argv[1], timeout_s=5), organisation=example())
with capture_logs():
    gate.check(allowed)
    child = os.fork()
    mine = denied if child == 0 else allowed
    effects = {gate.check(mine).effect for _ in range(60)}
    if child == 0:
        os._exit(0 if effects == {"deny"} else 1)
    status = os.waitpid(child, 0)[1]
print(effects, status)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_child_process_has_connections_of_its_own(opa_url: str) -> None:
    """On a shared one, parent and child read each other's answers: an allow for a deny."""
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", _FORK, opa_url],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (run.stdout, run.stderr) == ("{'allow'} 0\n", "")


def test_a_pickled_gate_asks_the_same_server(gate: Gate) -> None:
    gate.check(ALLOWED)
    twin = pickle.loads(pickle.dumps(gate))
    assert twin.engine.name == "opa"
    assert twin.check(DENIED).rules == ("R-DM-01",)
    twin.close()
