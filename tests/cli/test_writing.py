"""What commands write is there as a whole or not at all."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click
import pytest

from aboveboard.cli import writing
from aboveboard.cli.writing import keep_apart, write_whole

posix = pytest.mark.skipif(sys.platform == "win32", reason="modes and pipes are POSIX")


def test_a_new_file_and_one_that_is_there(tmp_path: Path) -> None:
    path = tmp_path / "facts.yaml"
    for text in ("a: 1\n", "ä: 2\n"):
        write_whole(path, text)
        assert path.read_bytes() == text.encode()
    assert list(tmp_path.iterdir()) == [path]


def test_stopped_half_way_what_was_there_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(_: int) -> None:
        raise KeyboardInterrupt

    path = tmp_path / "facts.yaml"
    write_whole(path, "old")
    monkeypatch.setattr(writing.os, "fsync", stopped)
    with pytest.raises(KeyboardInterrupt):
        write_whole(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@posix
def test_a_link_stays_one_and_a_mode_stays(tmp_path: Path) -> None:
    path, link = tmp_path / "facts.yaml", tmp_path / "link.yaml"
    path.write_text("old")
    path.chmod(0o640)
    link.symlink_to(path)
    write_whole(link, "new")
    assert link.is_symlink()
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o640


@posix
def test_through_to_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_whole(pipe, "text")
        assert os.read(reading, 10) == b"text"
    finally:
        os.close(reading)


@pytest.mark.parametrize("place", ["gone/facts.yaml", "file/facts.yaml", "folder"])
def test_where_nothing_can_be_written(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(click.ClickException, match=r"cannot be written \(.+\)\. Choose"):
        write_whole(tmp_path / place, "text")


def test_a_file_that_may_not_be_written_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "facts.yaml"
    path.write_text("old")
    with monkeypatch.context() as patched:  # to root no mode would refuse it
        patched.setattr(Path, "open", refused)
        with pytest.raises(click.ClickException, match="Permission denied"):
            write_whole(path, "new")
    assert path.read_text() == "old"


@posix
def test_a_link_to_itself(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(link)
    with pytest.raises(click.ClickException, match="cannot be written"):
        write_whole(link, "text")


@pytest.mark.parametrize(
    ("output", "inputs", "endings"),
    [
        ("a.jsonl", ["a.jsonl"], ()),
        ("./sub/../a.jsonl", ["a.jsonl"], ()),
        ("policies/rule.rego", ["policies"], (".rego",)),
        ("policies/deep/NEW.REGO", ["x", "policies"], (".rego",)),
    ],
)
def test_what_is_read_is_not_written_over(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    output: str,
    inputs: list[str],
    endings: tuple[str, ...],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("sub").mkdir()
    with pytest.raises(click.UsageError, match="would be written over what is read, or among it"):
        keep_apart(Path(output), map(Path, inputs), endings)
    keep_apart(Path("report.html"), map(Path, inputs), endings)
    keep_apart(None, map(Path, inputs), endings)
