"""Finding a decision among records."""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path

import pytest

from aboveboard.errors import RecordError
from aboveboard.explaining.finding import Search, at_place, parents_of
from aboveboard.records.record import Record, record_line
from tests.explaining.conftest import Make

FAR = "bbbbbbbb-3333-4000-8000-000000000003"
A, B = "aaaaaaaa-1111-4000-8000-000000000001", "aaaaaaaa-2222-4000-8000-000000000002"


def line(record: Record, decision: str, **event: str) -> str:
    assert record.verdict is not None
    changed = replace(record.event, **event)
    verdict = record.verdict.model_copy(update={"decision_id": decision, "id": changed.id})
    return record_line(changed, verdict)


@pytest.fixture
def records(tmp_path: Path, make: Make) -> Path:
    """A directory with two decisions, one of them compressed, and half a line."""
    record = make("profiling")
    place = tmp_path / "records"
    place.mkdir()
    (place / "one.jsonl.gz").write_bytes(gzip.compress(f"{line(record, A)}\n".encode()))
    (place / "two.jsonl").write_text(f'{line(record, B, parent_decision_id=A)}\n{{"record": 1, "ev')
    return place


def test_by_id_and_by_its_beginning(records: Path) -> None:
    search = Search([records])
    found = search.decision(B)
    assert found.place == f"{records / 'two.jsonl'}:1"
    assert search.unread == 1
    assert search.decision(A[:10]).record.verdict.decision_id == A  # type: ignore[union-attr]
    assert search.unread == 1  # each line counts once


def test_a_beginning_that_two_share(records: Path) -> None:
    with pytest.raises(
        RecordError,
        match=r"Several decisions begin with 'aaaaaaaa': aaaaaaaa-1111.*, aaaaaaaa-2222.* Give more",
    ):
        Search([records]).decision("aaaaaaaa")


@pytest.mark.parametrize(
    "wanted", ["aaaaaaa", "", 'x" or "1', "../../etc/passwd", "ä" * 9, "-aaaaaaa"]
)
def test_what_is_no_id(records: Path, wanted: str) -> None:
    with pytest.raises(RecordError, match="is no file and no id of a decision"):
        Search([records]).decision(wanted)


def test_one_that_is_not_there(records: Path) -> None:
    with pytest.raises(
        RecordError, match=r"No decision bbbbbbbb in '.*'\. Lines that could not be read: 1\."
    ):
        Search([records]).decision("bbbbbbbb")


def test_an_id_that_only_stands_elsewhere_in_a_line(records: Path) -> None:
    """B's event names A as its parent: that makes it no second A."""
    assert Search([records]).decision(A).place.endswith("one.jsonl.gz:1")


def test_a_copy_is_no_second_decision_and_another_is(tmp_path: Path, make: Make) -> None:
    record, other = make("profiling"), make("decision")
    file = tmp_path / "a.jsonl"
    file.write_text(f"{line(record, A)}\n{line(record, A)}\n")
    assert Search([file]).decision(A).place == f"{file}:1"
    file.write_text(f"{line(record, A)}\n{line(other, A)}\n")
    with pytest.raises(
        RecordError,
        match=r"stands in the records more than once.*a\.jsonl:1, .*a\.jsonl:2\. Name one",
    ):
        Search([file]).decision(A)


def test_two_of_one_beginning_are_told_even_when_they_are_the_same_decision(
    tmp_path: Path, make: Make
) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(f"{line(make('profiling'), A)}\n{line(make('decision'), A)}\n")
    with pytest.raises(RecordError, match="more than once"):
        Search([file]).decision(A[:12])


def test_at_a_place(records: Path, tmp_path: Path, make: Make) -> None:
    file = records / "two.jsonl"
    assert at_place(file, ":1").record.event.parent_decision_id == A
    with pytest.raises(RecordError, match=r"two\.jsonl:2: half a line"):
        at_place(file, ":2")
    with pytest.raises(RecordError, match=r"two\.jsonl:9: there is no record there"):
        at_place(file, ":9")
    array = tmp_path / "array.json"
    array.write_text(f"[{line(make('profiling'), A)}, {{}}]")
    assert at_place(array, "[0]").place == f"{array}[0]"
    with pytest.raises(RecordError, match=r"array\.json\[1\]: Expected a record"):
        at_place(array, "[1]")


def test_parents_nearest_first(tmp_path: Path, make: Make) -> None:
    record = make("profiling")
    file = tmp_path / "a.jsonl"
    file.write_text(f"{line(record, A, parent_decision_id=FAR)}\n{line(record, B)}\n")
    child = make("recommendation", parent_decision_id=A)
    search = Search([file])
    chain, missing = parents_of(child, search)
    assert [parent.verdict.decision_id for parent in chain if parent.verdict] == [A]
    assert missing == FAR
    assert parents_of(child, None) == ((), A)
    assert parents_of(record, search) == ((), None)


def test_a_circle_of_parents_ends(tmp_path: Path, make: Make) -> None:
    record = make("profiling")
    file = tmp_path / "a.jsonl"
    file.write_text(
        f"{line(record, A, parent_decision_id=B)}\n{line(record, B, parent_decision_id=A)}\n"
    )
    search = Search([file])
    chain, missing = parents_of(search.decision(A).record, search)
    assert len(chain) == 1
    assert missing is None
