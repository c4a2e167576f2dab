"""`aboveboard bundle build`: what a real OPA loads, with the same revision as the embedded engine."""

from __future__ import annotations

import io
import json
import os
import tarfile
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from click.testing import Result


def members(data: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as archive:
        return {m.name: archive.extractfile(m).read() for m in archive}  # type: ignore[union-attr]


def test_build(run: Callable[..., Result], revision: str, tmp_path: Path) -> None:
    result = run("bundle", "build")
    assert result.stdout.splitlines()[1:] == [
        f"Revision {revision}",
        "Next: opa run --server --bundle bundle.tar.gz",
    ]
    assert result.stdout.startswith("Wrote bundle.tar.gz: ")
    found = members((tmp_path / "bundle.tar.gz").read_bytes())
    assert json.loads(found[".manifest"]) == {
        "revision": revision,
        "roots": ["aboveboard", "catalogue", "reference"],
    }
    data = json.loads(found["data.json"])
    assert set(data) == {"catalogue", "reference"}
    assert data["catalogue"]["revision"] == revision
    assert list(found) == sorted(found)
    assert not any(name.endswith("_test.rego") for name in found)


def test_the_same_policies_give_the_same_bytes(
    run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("bundle", "build", "-o", "a.tar.gz")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    os.umask(os.umask(0o022))
    run("bundle", "build", "-o", "b.tar.gz")
    assert (tmp_path / "a.tar.gz").read_bytes() == (tmp_path / "b.tar.gz").read_bytes()


def test_to_standard_output(run: Callable[..., Result]) -> None:
    result = run("bundle", "build", "-o", "-")
    assert ".manifest" in members(result.stdout_bytes)
    assert result.stderr == ""


def test_where_it_cannot_be_written(run: Callable[..., Result]) -> None:
    result = run("bundle", "build", "-o", "gone/bundle.tar.gz")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "Error: 'gone/bundle.tar.gz' cannot be written (No such file or directory). Choose another "
        "place.\n"
    )


def test_two_directories_of_one_name(run: Callable[..., Result], tmp_path: Path) -> None:
    for name in ("Acme", "Other"):
        run("init", name, "--name", name, "--country", "FI")
        policy = next((tmp_path / name / "policies").rglob("not_too_often.rego"))
        policy.rename(tmp_path / name / "policies" / "same.rego")
    result = run("bundle", "build", "--policies", "Acme/policies", "--policies", "Other/policies")
    assert result.exit_code == 0, result.stderr
    found = members((tmp_path / "bundle.tar.gz").read_bytes())
    texts = {text for name, text in found.items() if "same" in name}
    assert {text.splitlines()[0] for text in texts} == {
        b"package organisation.acme.recommendation",
        b"package organisation.other.recommendation",
    }


@pytest.mark.opa
def test_opa_decides_with_it(
    run: Callable[..., Result],
    opa_server: Callable[..., AbstractContextManager[str]],
    tmp_path: Path,
) -> None:
    run("init", ".", "--name", "Acme", "--country", "FI")
    assert run("bundle", "build").exit_code == 0
    manifest = json.loads(members((tmp_path / "bundle.tar.gz").read_bytes())[".manifest"])
    assert "organisation" in manifest["roots"]
    event = run(
        "event", "--step", "recommendation", "--compliant", "--set", "contact.attempts_30d=4"
    ).stdout
    embedded = run("check", "-", "--format", "jsonl", input=event)
    with opa_server(tmp_path / "bundle.tar.gz", bundle=True) as url:
        served = run(
            "check", "-", "--format", "jsonl", "--engine", "opa", "--opa-url", url, input=event
        )
    found = json.loads(served.stdout)
    assert found == {**json.loads(embedded.stdout), "engine": "opa"}
    assert found["policy_revision"] == manifest["revision"]
    assert [finding["rule"] for finding in found["findings"]] == ["ACME-01", "R-DM-04"]
    assert found["findings"][0]["message"] == (
        "The person was contacted 4 times in thirty days; 3 is the limit."
    )
