"""Policies and organisation change while the gate decides."""

from __future__ import annotations

import gc
import os
import shutil
import threading
import time
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import pytest

from aboveboard import pd, profiling
from aboveboard.gate import Gate
from aboveboard.organisation import example, shipped
from aboveboard.policy import reloading
from aboveboard.policy.bundle import load_bundle
from aboveboard.policy.reloading import Watcher, fingerprint
from aboveboard.settings import Settings
from aboveboard.testing import compliant_event, make_event
from tests.policy_writing import write_rule

if TYPE_CHECKING:
    from collections.abc import Callable

ALLOWED = compliant_event("recommendation")
BROKEN = "package organisation.test.recommendation\n\nnonsense {"


def make(directory: Path, **options: Any) -> Gate:
    return Gate(Settings(**options), organisation=example(), policies=[directory])


def logged(log: list[Any], event: str) -> list[Any]:
    return [entry for entry in log if entry["event"] == event]


def until(true: Callable[[], bool], seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.01)
    return False


def test_a_change_is_in_force_after_reload(tmp_path: Path, log: list[Any]) -> None:
    directory = write_rule(tmp_path / "p", "recommendation")
    gate = make(directory)
    old = gate.status()
    assert gate.check(ALLOWED).rules == ("TEST-01",)
    write_rule(directory, "recommendation", rule="TEST-02")
    assert gate.check(ALLOWED).rules == ("TEST-01",)
    assert gate.reload()
    assert gate.check(ALLOWED).rules == ("TEST-01", "TEST-02")
    new = gate.status()
    assert new.policy_revision != old.policy_revision
    assert new.loaded_at > old.loaded_at
    assert new.last_reload_error is None
    (entry,) = logged(log, "policies.reloaded")
    assert (entry["old_revision"], entry["new_revision"]) == (
        old.policy_revision,
        new.policy_revision,
    )
    assert gate.check(ALLOWED).policy_revision == new.policy_revision


def test_what_does_not_load_leaves_the_last_good_one(tmp_path: Path, log: list[Any]) -> None:
    directory = write_rule(tmp_path / "p", "recommendation")
    gate = make(directory)
    before = gate.status()
    (directory / "broken.rego").write_text(BROKEN)
    assert not gate.reload()
    assert gate.check(ALLOWED).rules == ("TEST-01",)
    status = gate.status()
    assert status.policy_revision == before.policy_revision
    assert status.loaded_at == before.loaded_at
    assert "p/broken.rego" in str(status.last_reload_error)
    assert status.healthy
    (entry,) = logged(log, "policies.reload_failed")
    assert entry["log_level"] == "error"
    assert "p/broken.rego" in entry["problem"]
    assert entry["revision"] == before.policy_revision
    (directory / "broken.rego").unlink()
    assert gate.reload()
    assert gate.status().last_reload_error is None
    assert not logged(log, "policies.reloaded")


@pytest.mark.parametrize("how", ["gone", "unreadable reference", "missing reference", "runaway"])
def test_ways_not_to_load(tmp_path: Path, how: str, log: list[Any]) -> None:
    directory = write_rule(tmp_path / "p", "recommendation")
    gate = make(directory, policy_compile_timeout_s=1)
    if how == "gone":
        shutil.rmtree(directory)
    elif how == "unreadable reference":
        (directory / "reference").mkdir()
        (directory / "reference" / "adequacy.json").write_text("{")
    elif how == "missing reference":
        # The rule would silently never fire.
        write_rule(directory, "recommendation", "input.ai.model in data.reference.banned.models")
    else:
        numbers = "numbers.range(0, 9000)"
        write_rule(
            directory,
            "recommendation",
            f"count({{x | some a in {numbers}; some b in {numbers}; x := a}}) > 0",
        )
    assert not gate.reload()
    assert gate.check(ALLOWED).rules == ("TEST-01",)
    assert gate.status().last_reload_error
    assert len(logged(log, "policies.reload_failed")) == 1


def test_the_organisation_is_loaded_too(tmp_path: Path, log: list[Any]) -> None:
    file = tmp_path / "organisation.yaml"
    source = Path(shipped.__file__).with_name("esimerkki.yaml").read_text(encoding="utf-8")
    file.write_text(source, encoding="utf-8")
    gate = Gate(Settings(), organisation=file)
    file.write_text(source.replace("name: Esimerkki Oy", "name: Toinen Oy", 1), encoding="utf-8")
    seen = gate.facts("profiling", purpose="lead_scoring")
    assert gate.reload()
    assert gate.status().organisation == "Toinen Oy"
    assert gate.facts("profiling", purpose="lead_scoring") == seen
    (entry,) = logged(log, "organisation.reloaded")
    assert entry["organisation"] == "Toinen Oy"
    assert not logged(log, "policies.reloaded")
    file.write_text("name: [", encoding="utf-8")
    assert not gate.reload()
    assert "organisation.yaml" in str(gate.status().last_reload_error)
    assert gate.organisation.name == "Toinen Oy"


def test_a_decorated_function_uses_the_new_organisation(tmp_path: Path, log: list[Any]) -> None:
    """What no argument changes is prepared once, until the organisation is another."""
    file = tmp_path / "organisation.yaml"
    source = Path(shipped.__file__).with_name("esimerkki.yaml").read_text(encoding="utf-8")
    file.write_text(source, encoding="utf-8")
    gate = Gate(Settings(), organisation=file)

    @profiling(purpose="lead_scoring", gate=gate)
    def score(lead: Annotated[str, pd.Name]) -> int:
        return 1

    def tried() -> str:
        try:
            score("x")
        except Exception as error:
            return type(error).__name__
        return "ran"

    before = tried()
    file.write_text(source.replace("lead_scoring", "lead_ranking"), encoding="utf-8")
    assert tried() == before
    assert gate.reload(), gate.status().last_reload_error
    assert tried() == "VocabularyError"


def test_nothing_new_is_nothing_to_tell(tmp_path: Path, log: list[Any]) -> None:
    gate = make(write_rule(tmp_path / "p", "recommendation"))
    engine = gate.engine
    assert gate.reload()
    assert gate.engine is engine
    assert [entry for entry in log if "reload" in entry["event"]] == []


def test_files_that_change_while_they_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = write_rule(tmp_path / "p", "recommendation")
    gate = make(directory)
    load = reloading.load_engine

    def slowly(*arguments: Any) -> Any:
        found = load(*arguments)
        write_rule(directory, "recommendation", rule="TEST-03")
        return found

    write_rule(directory, "recommendation", rule="TEST-02")
    monkeypatch.setattr(reloading, "load_engine", slowly)
    assert not gate.reload()
    assert "changed while they were read" in str(gate.status().last_reload_error)
    assert gate.check(ALLOWED).rules == ("TEST-01",)


def test_by_itself(tmp_path: Path, log: list[Any]) -> None:
    directory = write_rule(tmp_path / "p", "recommendation")
    with make(directory, reload_interval_s=0.05) as gate:
        write_rule(directory, "recommendation", rule="TEST-02")
        assert until(lambda: gate.check(ALLOWED).rules == ("TEST-01", "TEST-02"))
        (directory / "broken.rego").write_text(BROKEN)
        assert until(lambda: gate.status().last_reload_error is not None)
        assert gate.check(ALLOWED).rules == ("TEST-01", "TEST-02")
        time.sleep(0.3)  # and is not tried again and again
        assert len(logged(log, "policies.reload_failed")) == 1
        (directory / "broken.rego").unlink()
        assert until(lambda: gate.status().last_reload_error is None)


def test_half_a_set_of_policies_is_not_loaded(tmp_path: Path, log: list[Any]) -> None:
    """While files come in faster than it looks, it waits."""
    directory = write_rule(tmp_path / "p", "recommendation")
    with make(directory, reload_interval_s=0.2) as gate:
        for number in range(2, 12):
            write_rule(directory, "recommendation", rule=f"TEST-{number:02}")
            time.sleep(0.1)
        assert not logged(log, "policies.reloaded")
        assert until(lambda: len(gate.check(ALLOWED).rules) == 11)
        assert len(logged(log, "policies.reloaded")) == 1


def test_no_decision_is_dropped(tmp_path: Path) -> None:
    """Threads go on deciding through many reloads, good ones and bad."""
    directory = write_rule(tmp_path / "p", "recommendation", rule="TEST-00")
    gate = make(directory)
    found: set[tuple[str, ...]] = set()
    revisions: dict[str, set[tuple[str, ...]]] = {}
    done = threading.Event()
    counts = [0] * 2

    def work(me: int) -> None:
        while not done.is_set():
            verdict = gate.check(ALLOWED)
            found.add(verdict.rules)
            revisions.setdefault(verdict.policy_revision, set()).add(verdict.rules)
            counts[me] += 1
            # Threads that never wait leave the interpreter's lock to nobody who does, such as
            # whoever reads files: under coverage a reload beside them takes minutes.
            time.sleep(0.002)

    threads = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(2)]
    for thread in threads:
        thread.start()
    try:
        for number in range(1, 6):
            if number % 3 == 0:
                (directory / "broken.rego").write_text(BROKEN)
                assert not gate.reload()
                (directory / "broken.rego").unlink()
            write_rule(directory, "recommendation", rule=f"TEST-{number:02}")
            assert gate.reload(), gate.status().last_reload_error
        reached = list(counts)
        assert until(lambda: all(now > then for now, then in zip(counts, reached, strict=True)))
    finally:
        done.set()
        for thread in threads:
            thread.join()
    every = tuple(f"TEST-{number:02}" for number in range(6))
    assert every in found
    assert found <= {every[:length] for length in range(1, 7)}
    # Every decision was made by one bundle, whole.
    assert all(len(rules) == 1 for rules in revisions.values())


@pytest.mark.anyio
async def test_in_an_event_loop(tmp_path: Path) -> None:
    directory = write_rule(tmp_path / "p", "recommendation")
    async with make(directory) as gate:
        write_rule(directory, "recommendation", rule="TEST-02")
        assert gate.reload()
        assert (await gate.acheck(ALLOWED)).rules == ("TEST-01", "TEST-02")
        assert (await gate.astatus()).policy_revision == load_bundle([directory]).revision


def test_old_engines_go(tmp_path: Path) -> None:
    """An engine that nobody decides with is dropped by the threads that made its parts."""
    directory = write_rule(tmp_path / "p", "recommendation")
    gate = make(directory)
    old = weakref.ref(gate.engine)
    gate.check(ALLOWED)
    write_rule(directory, "recommendation", rule="TEST-02")
    thread = threading.Thread(target=gate.reload)
    thread.start()
    thread.join()
    gc.collect()
    assert old() is None
    from aboveboard.policy import embedded

    gate.check(ALLOWED)
    serials = {serial for serial, _, _ in embedded._local.engines}
    assert not serials & embedded._closed


def test_the_thread_goes_with_the_gate(tmp_path: Path) -> None:
    def threads() -> int:
        return sum(thread.name == "aboveboard-reload" for thread in threading.enumerate())

    before = threads()
    directory = write_rule(tmp_path / "p", "recommendation")
    gate = make(directory, reload_interval_s=3600)
    closed = make(directory, reload_interval_s=3600)
    assert threads() == before + 2
    closed.close()
    assert until(lambda: threads() == before + 1)
    gone = weakref.ref(gate)
    del gate
    gc.collect()
    assert gone() is None
    assert until(lambda: threads() == before)


def test_nothing_to_watch_needs_no_thread() -> None:
    assert Gate(Settings(reload_interval_s=1), organisation=example())._watcher is None


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_in_a_forked_child(tmp_path: Path) -> None:
    """The thread stays with the parent; the child's next decision starts one of its own."""
    directory = write_rule(tmp_path / "p", "recommendation")
    with make(directory, reload_interval_s=0.05) as gate:
        gate._sources.lock.acquire()  # as if the parent were just loading
        child = os.fork()
        if child == 0:
            code = 1
            try:
                gate.check(ALLOWED)
                write_rule(directory, "recommendation", rule="TEST-02")
                if until(lambda: "TEST-02" in gate.check(ALLOWED).rules):
                    code = 0
            finally:
                os._exit(code)
        gate._sources.lock.release()
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert until(lambda: "TEST-02" in gate.check(ALLOWED).rules)


def test_an_engine_of_ones_own_is_left_alone(tmp_path: Path) -> None:
    directory = write_rule(tmp_path / "p", "recommendation")
    engine = make(directory).engine
    gate = Gate(Settings(), organisation=example(), engine=engine)
    assert gate.reload()
    assert gate.engine is engine


def test_what_a_fingerprint_sees(tmp_path: Path) -> None:
    directory = write_rule(tmp_path / "p", "recommendation")
    (file,) = directory.iterdir()
    seen = {fingerprint([directory])}
    text = file.read_text()
    file.write_text(text.replace("deny", "warn"))  # of one length
    seen.add(fingerprint([directory]))
    (directory / "reference").mkdir()
    (directory / "reference" / "x.json").write_text("{}")
    seen.add(fingerprint([directory]))
    old = file.stat()
    file.write_text(text)
    os.utime(file, ns=(old.st_atime_ns, old.st_mtime_ns))  # as a copy that keeps times
    seen.add(fingerprint([directory]))
    file.unlink()
    seen.add(fingerprint([directory]))
    assert len(seen) == 5
    assert fingerprint([tmp_path / "nowhere"]) == frozenset()
    link = tmp_path / "current"
    link.symlink_to(directory)
    one = fingerprint([link])
    link.unlink()
    link.symlink_to(shutil.copytree(directory, tmp_path / "next"))
    assert fingerprint([link]) != one


def test_a_watcher_looks_and_calls() -> None:
    class Owner:
        called = 0

        def call(self) -> None:
            self.called += 1

    owner = Owner()
    watcher = Watcher(owner, Owner.call, [Path(__file__)], 0.05)
    time.sleep(0.2)
    assert owner.called == 0
    watcher.stop()
    # A change between reading the files and beginning to watch them.
    late = Watcher(owner, Owner.call, [Path(__file__)], 0.05, frozenset())
    assert until(lambda: owner.called == 1)
    late.stop()


def test_key_rotation() -> None:
    """Events made with the old key keep its id; the person has another pseudonym from then on."""
    key = "k" * 32
    old = Gate(Settings(subject_key=key, subject_key_id="2025"), organisation=example())
    new = Gate(Settings(subject_key=key + "n", subject_key_id="2026"), organisation=example())
    before = old.event("profiling", subject="ada@example.org")
    after = new.event("profiling", subject="ada@example.org")
    assert str(before.subject).startswith("2025:")
    assert str(after.subject).startswith("2026:")
    assert str(before.subject)[5:] != str(after.subject)[5:]
    kept = type(before).from_json(before.to_json())
    assert kept.subject == before.subject
    assert new.check(kept).rules == old.check(before).rules
    assert new.complete(kept).subject == before.subject
    assert make_event("profiling").subject is not None
