"""`aboveboard bundle`: what a real OPA loads, and what is wrong or new in it."""

from __future__ import annotations

import io
import json
import os
import tarfile
from typing import TYPE_CHECKING

import pytest

from aboveboard.cli import writing
from aboveboard.cli.bundle_words import as_markdown, as_text, report
from aboveboard.policy.archive import write_archive
from aboveboard.policy.bundle import bundled_directory, load_bundle
from aboveboard.policy.differences import compare
from aboveboard.policy.keys import read_signing_key
from aboveboard.policy.signing import Signer
from tests.policies.differing import Small
from tests.policies.keys import write_keys
from tests.policies.writing import Directory, rego

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


# --- Signing and verifying ------------------------------------------------------------------------


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="session")
def built(keys: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A signed bundle of the bundled policies; not to be changed."""
    path = tmp_path_factory.mktemp("built") / "bundle.tar.gz"
    key = read_signing_key(keys / "rsa.pem")
    path.write_bytes(write_archive(load_bundle(), Signer(key, "RS256", "2026")))
    return path


def test_build_and_sign(run: Callable[..., Result], keys: Path, tmp_path: Path) -> None:
    key = ("--signing-key", str(keys / "rsa.pem"), "--key-id", "2026")
    result = run("bundle", "build", *key)
    assert result.stdout.splitlines()[0] == "Wrote bundle.tar.gz: 81 rules, signed with RS256."
    assert result.stdout.splitlines()[2] == (
        "Next: opa run --server --bundle bundle.tar.gz --verification-key FILE --signing-alg RS256"
    )
    first = (tmp_path / "bundle.tar.gz").read_bytes()
    assert ".signatures.json" in members(first)
    run("bundle", "build", *key)
    assert (tmp_path / "bundle.tar.gz").read_bytes() == first


@pytest.mark.opa
def test_opa_runs_what_was_signed(
    run: Callable[..., Result],
    opa_server: Callable[..., AbstractContextManager[str]],
    keys: Path,
    built: Path,
    revision: str,
) -> None:
    verification = ["--verification-key", str(keys / "rsa.pub"), "--signing-alg", "RS256"]
    event = run("event", "--step", "recommendation", "--compliant").stdout
    with opa_server(built, bundle=True, options=verification) as url:
        answered = run(
            "check", "-", "--format", "jsonl", "--engine", "opa", "--opa-url", url, input=event
        )
    assert json.loads(answered.stdout)["policy_revision"] == revision


def test_options_of_a_signature_without_one(run: Callable[..., Result]) -> None:
    result = run("bundle", "build", "--scope", "production")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--signing-alg, --key-id and --scope are of a signature." in result.stderr
    assert run("bundle", "verify", "x.tar.gz", "--scope", "x").exit_code == 2


def test_what_was_there_stays_until_the_new_one_is_whole(
    run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    (tmp_path / "bundle.tar.gz").write_bytes(b"old")
    monkeypatch.setattr(writing.os, "fsync", full)
    result = run("bundle", "build")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "'bundle.tar.gz' cannot be written (No space left on device)." in result.stderr
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old"]


def test_verify(run: Callable[..., Result], keys: Path, built: Path, revision: str) -> None:
    key = str(keys / "rsa.pub")
    result = run("bundle", "verify", str(built), "--verification-key", key, "--expect", revision)
    assert result.stdout.splitlines() == [
        "archive    ok     94 files",
        f"signature  ok     RS256, key '2026'; verified with {key}",
        "policies   ok     81 rules",
        f"revision   ok     {revision}, as expected",
        "compiles   ok     every step, in the embedded engine",
        f"{built} is fine.",
    ]
    assert result.exit_code == 0
    result = run("bundle", "verify", str(built), "--format", "json")
    found = json.loads(result.stdout)
    assert found["signature"] == {
        "algorithm": "RS256",
        "key_id": "2026",
        "scope": None,
        "verified_with": None,
    }
    assert [(check["check"], check["passed"]) for check in found.pop("checks")] == [
        ("archive", True),
        ("signature", None),
        ("policies", True),
        ("revision", True),
        ("compiles", True),
    ]
    assert (found["passed"], found["revision"], found["rules"]) == (True, revision, 81)


def test_verify_finds_what_is_wrong(
    run: Callable[..., Result], keys: Path, built: Path, revision: str, tmp_path: Path
) -> None:
    key = str(keys / "other.pub")
    said = f"was not signed with '{key}'. It names the key '2026'. Do not use it."
    said = f"signature  WRONG  bundle.tar.gz: {said}"
    result = run("bundle", "verify", str(built), "--verification-key", key)
    assert result.stdout.splitlines() == [
        "archive    ok     94 files",
        said,
        "policies   -      not looked at",
        "revision   -      not looked at",
        "compiles   -      not looked at",
        f"{built} is not fine. Do not publish it.",
    ]
    assert result.exit_code == 1
    result = run("bundle", "verify", str(built), "--expect", "sha256:0")
    assert f"revision   WRONG  is {revision}; expected sha256:0." in result.stdout
    assert result.exit_code == 1
    (tmp_path / "cut.tar.gz").write_bytes(built.read_bytes()[:1000])
    result = run("bundle", "verify", "cut.tar.gz", "--format", "json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["checks"] == [
        {
            "check": "archive",
            "passed": False,
            "says": "cut.tar.gz: is a damaged archive. Build or fetch it again.",
        }
    ]


def test_verify_what_cannot_be_read(run: Callable[..., Result], built: Path, keys: Path) -> None:
    for arguments, says in (
        (("gone.tar.gz",), "'gone.tar.gz' cannot be read (No such file or directory)."),
        ((str(built), "--verification-key", "gone"), "Key 'gone' cannot be read"),
        ((str(built), "--verification-key", str(keys / "rsa.pem")), "is a private key"),
    ):
        result = run("bundle", "verify", *arguments)
        assert (result.exit_code, result.stdout) == (2, "")
        assert says in result.stderr


def test_policies_that_run_away(run: Callable[..., Result], tmp_path: Path) -> None:
    """They load, and would freeze whoever decides by them: noticed in a child process."""
    directory = Directory(tmp_path / "policies")
    endless = "count({[a, b, c, d] | some a in _acme_1_many; some b in _acme_1_many; some c in _acme_1_many; some d in _acme_1_many})"
    directory.add(
        text=rego(
            changes={
                "_acme_1_count := count(input.recommendation.items)": (
                    f"_acme_1_many := numbers.range(1, 3000)\n\n_acme_1_count := {endless}"
                )
            }
        )
    )
    assert run("bundle", "build", "--policies", "policies").exit_code == 0
    result = run(
        "bundle", "verify", "bundle.tar.gz", env={"ABOVEBOARD_POLICY_COMPILE_TIMEOUT_S": "2"}
    )
    assert result.exit_code == 1
    assert (
        "compiles   WRONG  Policies of bundle.tar.gz: did not compile and answer within 2 s."
        in (result.stdout)
    )


# --- Differences ----------------------------------------------------------------------------------


@pytest.fixture
def changed(tmp_path: Path) -> Directory:
    """Policies of an organisation, and the same with a change of each kind."""
    old = Directory(tmp_path / "old")
    old.add()
    new = Directory(tmp_path / "new")
    new.add(
        text=rego(
            changes={
                "severity: low": "severity: high",
                "_acme_1_most := 3": "_acme_1_most := 2 # was 3",
                "Show fewer items.": "Show two items.",
            }
        )
    )
    retention = json.loads(
        (bundled_directory() / "reference" / "retention.json").read_text("utf-8")
    )
    retention["longest_days"]["lead"] = 730
    new.reference("retention", retention)
    return new


DIFFERENCE = """\
1 rule changed, 1 value of reference data changed.
  Old revision {old}
  New revision {new}

Rules changed (1)
  ACME-1  At most three items
    severity: low → high
    remedy (en): “Show fewer items.” → “Show two items.”
    The condition, or what it hands to its texts, has changed:
      -_acme_1_most := 3
      +_acme_1_most := 2

Limits and reference data (1)
  Longest periods of storage (retention)
    longest_days.lead (by subject.relationship): 1095 → 730 days (a choice, not law)
    Read by R-RET-01.
"""
MARKDOWN = """\
# What changes in the policies

**1 rule changed, 1 value of reference data changed.**

- Old revision {old}
- New revision {new}

## Rules changed (1)

**ACME-1 At most three items**

- severity: low → high
- remedy (en): “Show fewer items.” → “Show two items.”
- The condition, or what it hands to its texts, has changed:

````````diff
-_acme_1_most := 3
+_acme_1_most := 2
````````

## Limits and reference data (1)

**Longest periods of storage (retention)**

- longest\\_days.lead (by subject.relationship): 1095 → 730 days (a choice, not law)
- Read by R-RET-01.
"""


def test_diff(run: Callable[..., Result], changed: Directory, tmp_path: Path) -> None:
    run("bundle", "build", "--policies", "old", "-o", "old.tar.gz")
    revisions = {name: load_bundle([tmp_path / name]).revision for name in ("old", "new")}
    result = run("bundle", "diff", "old.tar.gz", "new")
    assert result.stdout == DIFFERENCE.format(**revisions)
    assert result.exit_code == 1
    result = run("bundle", "diff", "old", "new", "--format", "markdown", "--exit-zero")
    assert result.stdout == MARKDOWN.format(**revisions)
    assert result.exit_code == 0
    result = run("bundle", "diff", "old.tar.gz", "new", "--format", "json")
    found = json.loads(result.stdout)
    assert result.exit_code == 1
    assert (found["same"], found["matters"], found["new_revision"]) == (
        False,
        True,
        revisions["new"],
    )
    assert found["changed"][0]["condition"] == ["-_acme_1_most := 3", "+_acme_1_most := 2"]


def test_diff_of_the_same(run: Callable[..., Result], built: Path, revision: str) -> None:
    result = run("bundle", "diff", str(built), str(built))
    assert result.stdout == f"No difference.\n  Revision {revision}\n"
    assert result.exit_code == 0


def test_diff_of_what_is_no_policy_set(run: Callable[..., Result], built: Path) -> None:
    for path, says in (
        ("gone", "'gone' is not there. Name a bundle file or a directory of policies."),
        (".", "holds no Rego file and no reference data."),
        (__file__, "is no policy bundle, which is a .tar.gz."),
    ):
        result = run("bundle", "diff", str(built), path)
        assert (result.exit_code, result.stdout) == (2, "")
        assert says in result.stderr


def test_diff_cannot_be_made_to_steer_a_terminal(
    tmp_path: Path,
) -> None:
    old, new = Small(tmp_path / "old"), Small(tmp_path / "new")
    old.add()
    new.add(text=rego(changes={"Show fewer items.": '"\\x1b[31m``` <b>"'}))
    sections = report(compare(old.load(), new.load()))
    assert "\\x1b[31m``` <b>" in as_text(sections)
    assert "\\\\x1b\\[31m\\`\\`\\` \\<b\\>" in as_markdown(sections)
    assert "\x1b" not in as_text(sections) + as_markdown(sections)
