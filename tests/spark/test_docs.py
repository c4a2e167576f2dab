"""The page's programs run, with files of this machine in place of a cluster's."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.pages import blocks


@pytest.mark.usefixtures("session")
def test_the_page_runs(
    tmp_path: Path,
    lines: list[str],
    policies: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    records = tmp_path / "records"
    records.mkdir()
    (records / "decisions.jsonl").write_text("\n".join(lines), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    program = "\n".join(block.text for block in blocks("docs/spark.md") if block.kind == "python")
    for theirs, ours in (
        ("s3a://acme-records/2026/*.jsonl.gz", str(records)),
        ("s3a://acme-records/replay", str(tmp_path / "replay")),
        ('"policies", baseline="git:main:policies"', f'"{policies}", baseline="bundled"'),
    ):
        assert theirs in program
        program = program.replace(theirs, ours)
    exec(compile(program, "docs/spark.md", "exec"), {})
    out = capsys.readouterr().out
    assert out.startswith(f"{len(lines)} judged, ")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "would newly be stopped" in page
