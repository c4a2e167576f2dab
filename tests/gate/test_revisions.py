"""Other policies than expected: a finding that warns or denies, a line in the log, the status."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from aboveboard.errors import SettingsError
from aboveboard.gate import Gate
from aboveboard.organisation import example
from aboveboard.policy.bundle import load_bundle
from aboveboard.settings import Settings
from aboveboard.testing import compliant_event

if TYPE_CHECKING:
    from pathlib import Path

ALLOWED = compliant_event("recommendation")
OTHER = f"sha256:{'0' * 64}"
REMEDY = (
    "Publish the expected bundle, see why the server does not take it (Gate.status()), or add this "
    "revision to expected_revisions."
)


def gate(**settings: Any) -> Gate:
    return Gate(Settings(**settings), organisation=example())


@pytest.mark.parametrize(
    "expected", [(), (load_bundle().revision,), (OTHER, load_bundle().revision)]
)
def test_expected_policies_are_no_finding(expected: tuple[str, ...]) -> None:
    made = gate(expected_revisions=expected)
    assert made.check(ALLOWED).findings == ()
    assert made.status().revision_error is None


@pytest.mark.anyio
async def test_others_are_a_warning_in_every_verdict(log: list[Any]) -> None:
    made = gate(expected_revisions=(OTHER,))
    problem = f"The policies in force are {load_bundle().revision}; expected {OTHER}."
    for verdict in (made.check(ALLOWED), await made.acheck(ALLOWED), made.preview(ALLOWED)):
        assert verdict.allowed
        (finding,) = verdict.findings
        assert (finding.rule, finding.effect) == ("runtime.unexpected_revision", "warn")
        assert (finding.message, finding.remedy) == (problem, REMEDY)
        assert verdict.policy_revision == load_bundle().revision
    for status in (made.status(), await made.astatus()):
        assert status.healthy
        assert status.revision_error == problem
    events = [entry["event"] for entry in log]
    assert events == ["policies.unexpected_revision", "step.allowed", "step.allowed"]
    assert log[0] == {
        "event": "policies.unexpected_revision",
        "log_level": "error",
        "problem": problem,
    }


def test_what_the_policies_say_stands(log: list[Any]) -> None:
    refused = compliant_event("recommendation", changes={"objections.direct_marketing": True})
    verdict = gate(expected_revisions=(OTHER,)).check(refused)
    assert verdict.effect == "deny"
    assert {"R-DM-01", "runtime.unexpected_revision"} <= set(verdict.rules)


def test_or_a_deny(log: list[Any]) -> None:
    verdict = gate(expected_revisions=(OTHER,), on_unexpected_revision="deny").check(ALLOWED)
    assert verdict.effect == "deny"
    assert verdict.rules == ("runtime.unexpected_revision",)
    assert log[-1]["event"] == "step.denied"


def test_a_reload_that_changes_the_policies(tmp_path: Path, log: list[Any]) -> None:
    from tests.policies.test_reference import SCHEMA
    from tests.policies.writing import Directory

    directory = Directory(tmp_path / "policies")
    directory.reference("limits", {"most": 5}, SCHEMA)
    released = load_bundle([directory.path]).revision
    with Gate(
        Settings(expected_revisions=(released,)), organisation=example(), policies=[directory.path]
    ) as made:
        assert made.check(ALLOWED).findings == ()
        directory.reference("limits", {"most": 6})
        assert made.reload()
        assert made.check(ALLOWED).rules == ("runtime.unexpected_revision",)
        assert str(made.status().revision_error).endswith(f"; expected {released}.")


def test_in_the_environment_and_in_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ABOVEBOARD_EXPECTED_REVISIONS", f"{OTHER}, {load_bundle().revision}")
    assert Settings.load().expected_revisions == (OTHER, load_bundle().revision)
    monkeypatch.delenv("ABOVEBOARD_EXPECTED_REVISIONS")
    monkeypatch.chdir(tmp_path)
    for stated in (f'"{OTHER}"', f'["{OTHER}"]'):
        (tmp_path / "aboveboard.toml").write_text(f"expected_revisions = {stated}\n")
        assert Settings.load().expected_revisions == (OTHER,)


@pytest.mark.parametrize("stated", ["LEAKED", "sha256:0", f"{OTHER}0", OTHER.upper()])
def test_what_is_no_revision(stated: str) -> None:
    with pytest.raises(SettingsError, match=r"Setting 'expected_revisions\.0'") as refused:
        Settings.load(expected_revisions=stated)
    assert "LEAKED" not in str(refused.value)
