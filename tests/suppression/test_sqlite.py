"""The store in a file: the latest word counts, in every process, and survives being killed."""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aboveboard import ConfigurationError
from aboveboard.suppression import SqliteStore, Suppression, SuppressionStore

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
ANNA, BO = f"k1:{'a' * 32}", f"k1:{'b' * 32}"


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    return SqliteStore(tmp_path / "suppression.sqlite")


def entry(
    subject: str = ANNA, scope: str = "email", refused: bool = True, minutes: int = 0
) -> Suppression:
    return Suppression(subject, scope, refused, NOON + timedelta(minutes=minutes))  # type: ignore[arg-type]


def scopes(store: SqliteStore, subject: str = ANNA) -> list[str]:
    return [item.scope for item in store.of([subject]).get(subject, ())]


def test_it_is_a_store(store: SqliteStore) -> None:
    assert isinstance(store, SuppressionStore)


def test_what_was_refused_is_found_with_its_time(store: SqliteStore) -> None:
    assert store.record([entry(), entry(scope="profiling", minutes=1)]) == 2
    assert store.of([ANNA, BO]) == {ANNA: (entry(), entry(scope="profiling", minutes=1))}


def test_taking_back_counts_from_its_own_time_on(store: SqliteStore) -> None:
    store.record([entry(minutes=5)])
    store.record([entry(refused=False, minutes=1)])  # came late, was said before
    assert scopes(store) == ["email"]
    store.record([entry(refused=False, minutes=6)])
    assert scopes(store) == []


def test_of_two_at_one_moment_the_refusal_counts(store: SqliteStore) -> None:
    for order in ((True, False), (False, True)):
        store.record([entry(BO, refused=refused) for refused in order])
        assert scopes(store, BO) == ["email"]


def test_the_same_again_changes_nothing(store: SqliteStore) -> None:
    store.record([entry()])
    assert store.record([entry()]) == 0
    assert store.record([]) == 0


def test_many_are_asked_for_at_once(store: SqliteStore) -> None:
    people = [f"k1:{number:032x}" for number in range(1200)]
    store.record(entry(person) for person in people[::2])
    assert sorted(store.of(people)) == people[::2]


def test_a_scope_that_there_is_not_is_refused(store: SqliteStore) -> None:
    with pytest.raises(ValueError, match="There is no scope 'fax'"):
        store.record([entry(scope="fax")])


def test_a_time_without_offset_is_refused(store: SqliteStore) -> None:
    with pytest.raises(ValueError, match="offset"):
        store.record([Suppression(ANNA, "email", True, NOON.replace(tzinfo=None))])


def test_event_ids_are_seen_once_and_forgotten_after_a_month(store: SqliteStore) -> None:
    now = datetime.now(UTC)
    assert store.first_seen(["hubspot:1", "hubspot:3"], now) == {"hubspot:1", "hubspot:3"}
    assert store.first_seen(["hubspot:1", "hubspot:4", "hubspot:4"], now) == {"hubspot:4"}
    assert store.first_seen([], now) == frozenset()
    assert store.first_seen(["hubspot:old"], now - timedelta(days=31))
    store._seen = 0  # the next one sweeps
    store.first_seen(["hubspot:2"], now)
    assert store.first_seen(["hubspot:old"], now)
    assert not store.first_seen(["hubspot:1"], now)


def test_duties_wait_once_each_until_done(store: SqliteStore) -> None:
    store.demand("erase", ANNA, "R-RET-01", ["phone", "email"], NOON)
    store.demand("erase", ANNA, "R-RET-01", ["email", "phone"], NOON + timedelta(days=1))
    store.demand("notify", BO, "R-X", [], NOON + timedelta(hours=1))
    first, second = store.duties()
    assert (first.kind, first.subject, first.paths, first.since) == (
        "erase", ANNA, ("email", "phone"), NOON)  # fmt: skip
    assert (second.kind, second.paths) == ("notify", ())
    assert store.duties(limit=1) == (first,)
    assert store.done(first.id)
    assert not store.done(first.id)
    assert store.duties() == (second,)


def test_it_pickles_as_its_path(store: SqliteStore) -> None:
    store.record([entry()])
    assert scopes(pickle.loads(pickle.dumps(store))) == ["email"]


def test_it_can_be_asked_again_after_closing(store: SqliteStore) -> None:
    store.record([entry()])
    store.close()
    assert scopes(store) == ["email"]
    store.close()


def test_threads_write_at_once(store: SqliteStore) -> None:
    def write(start: int) -> None:
        for number in range(start, start + 25):
            store.record([entry(f"k1:{number:032x}")])

    threads = [threading.Thread(target=write, args=(start,)) for start in range(0, 100, 25)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.of(f"k1:{number:032x}" for number in range(100))) == 100
    store.close()


def test_connections_do_not_pile_up_with_threads(store: SqliteStore) -> None:
    for number in range(40):
        thread = threading.Thread(target=store.record, args=([entry(f"k1:{number:032x}")],))
        thread.start()
        thread.join()
    assert len(store._idle) <= 8
    store.close()


def test_a_forked_child_opens_its_own(store: SqliteStore) -> None:
    store.record([entry()])
    store._process -= 1  # as if this were the child
    parents = list(store._idle)
    assert scopes(store) == ["email"]
    assert not set(map(id, parents)) & set(map(id, store._idle))
    assert store._inherited == parents  # neither used nor closed
    for connection in parents:
        connection.close()
    store.close()


def test_a_forgotten_store_closes_itself(tmp_path: Path) -> None:
    for path in (tmp_path / "s.sqlite", ":memory:"):
        store = SqliteStore(path)
        store.record([entry()])
        del store
        gc.collect()  # Python 3.13 warns of what nobody closed, and warnings are errors here


def test_in_memory_it_is_shared_by_threads_only() -> None:
    store = SqliteStore(":memory:")
    thread = threading.Thread(target=store.record, args=([entry()],))
    thread.start()
    thread.join()
    assert scopes(store) == ["email"]
    store.close()


@pytest.mark.parametrize("content", [b"not a database, but long enough to be one" * 40, None])
def test_a_file_that_is_none_is_one_clear_error(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "x.sqlite"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"cannot be opened .*Name a file"):
        SqliteStore(path)


def test_a_newer_store_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(ConfigurationError, match="newer version"):
        SqliteStore(path)


PROGRAM = """
import sys, time
from datetime import UTC, datetime
from aboveboard.suppression import SqliteStore, Suppression
store = SqliteStore(sys.argv[1])
for number in range(int(sys.argv[2])):
    store.record([Suppression(f"k1:{number:032x}", "email", True, datetime.now(UTC))])
    print(number, flush=True)
time.sleep(60)
"""


def test_what_another_process_wrote_counts_at_once_and_outlives_it(tmp_path: Path) -> None:
    path = tmp_path / "shared.sqlite"
    store = SqliteStore(path)
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(path), "20"], stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        for line in other.stdout:
            number = int(line)
            subject = f"k1:{number:032x}"
            assert scopes(store, subject) == ["email"]  # it said so, so it is there
            store.record([entry(BO, minutes=number)])  # and we can write beside it
            if number == 19:
                os.kill(other.pid, signal.SIGKILL)
                break
    assert len(store.of(f"k1:{number:032x}" for number in range(20))) == 20
    store.close()
