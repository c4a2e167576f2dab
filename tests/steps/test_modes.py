"""Monitor mode records what enforcing would do; `allow_on` lets a missing answer pass, by name."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import BaseModel

from aboveboard import (
    Finding,
    Gate,
    NotPersonal,
    Settings,
    SettingsError,
    StepDenied,
    StepEscalated,
    SubjectId,
    Verdict,
    hookimpl,
    pd,
    profiling,
)
from aboveboard.organisation import example
from aboveboard.testing import compliant_event
from tests.steps.gates import gate_with
from tests.steps.helpers import ASKED, scoring

Number = Annotated[int, NotPersonal]
MONITOR = {"mode": "monitor"}
DISCLOSE = {"kind": "disclose", "notice": "ai_disclosure"}


class Lead(BaseModel):
    id: Annotated[str, SubjectId]
    job: Annotated[str, pd.Job]
    age: Annotated[int | None, pd.Age] = None


LEAD = Lead(id="1", job="buyer", age=52)


def modes(**settings: Any) -> Gate:
    return Gate(Settings(**settings), organisation=example())


def enforced(gate: Gate, step: str = "profiling", **changes: Any) -> bool:
    dotted = {key.replace("__", "."): value for key, value in changes.items()}
    return gate.check(compliant_event(step, changes=dotted)).enforced  # type: ignore[arg-type]


@pytest.mark.parametrize("effect", ["deny", "escalate"])
@pytest.mark.parametrize("phase", ["requested", "completed"])
def test_what_would_stop_runs_and_is_on_record(
    tmp_path: Path, effect: str, phase: str, log: list[dict]
) -> None:
    rule = {"effect": effect, "phase": phase}
    gate = gate_with(tmp_path, "profiling", settings=MONITOR, **rule)

    @scoring(gate=gate)
    def score(lead: Lead) -> Number:
        return 1

    assert score(LEAD) == 1
    would = next(entry for entry in log if entry["event"] == f"step.would_{effect}")
    assert would["log_level"] == "warning"
    assert would["enforced"] is False
    enforcing = gate_with(tmp_path, "profiling", **rule)
    log.clear()
    with pytest.raises((StepDenied, StepEscalated)):
        scoring(gate=enforcing)(score.__wrapped__)(LEAD)  # type: ignore[attr-defined]
    told = log[-1]
    assert told["enforced"] is True
    same = set(told) - {"event", "subject", "decision_id", "event_id", "duration_ms", "enforced"}
    assert {name: would[name] for name in same} == {name: told[name] for name in same}


def test_the_verdict_says_what_the_policies_said(tmp_path: Path) -> None:
    gate = gate_with(tmp_path, "profiling", settings=MONITOR)
    verdict = gate.check(compliant_event("profiling"))
    assert (verdict.effect, verdict.allowed, verdict.enforced, verdict.stops) == (
        "deny",
        False,
        False,
        False,
    )
    assert Verdict.model_validate(verdict.as_dict()) == verdict
    verdict = gate_with(tmp_path, "profiling").check(compliant_event("profiling"))
    assert (verdict.allowed, verdict.enforced, verdict.stops) == (False, True, True)
    assert verdict.as_dict()["enforced"] is True


def test_obligations_are_recorded_and_not_done(log: list[dict]) -> None:
    @scoring(gate=modes(mode="monitor"))
    def score(lead: Lead) -> Any:
        return lead

    assert score(LEAD) is LEAD
    assert (log[0]["event"], log[0]["obligations"]) == ("step.allowed", ["redact"])
    assert log[0]["enforced"] is False


def test_a_notice_is_not_shown_and_not_said_to_be(tmp_path: Path, log: list[dict]) -> None:
    shown: list[Any] = []
    facts: list[Any] = []

    class Sink:
        @hookimpl
        def aboveboard_facts(self, event: Any) -> None:
            facts.append(event.facts.ai.disclosure_shown_at)

    gate = gate_with(
        tmp_path,
        "profiling",
        settings=MONITOR,
        effect="oblige",
        obligation=DISCLOSE,
        disclose=shown.append,
        plugins=[Sink()],
    )

    @scoring(gate=gate)
    def score(lead: Lead) -> Number:
        return 1

    assert score(LEAD) == 1
    assert (shown, facts) == ([], [None, None])


def test_an_obligation_that_could_not_be_done_is_on_record(tmp_path: Path, log: list[dict]) -> None:
    gate = gate_with(tmp_path, "profiling", settings=MONITOR, effect="oblige", obligation=DISCLOSE)

    @scoring(gate=gate)
    def score(lead: Lead) -> Number:
        return 1

    assert score(LEAD) == 1
    assert [entry["event"] for entry in log] == [
        "step.allowed",
        "step.would_deny",
        "step.allowed",
    ]
    assert log[1]["rules"] == ["runtime.obligation_failed"]


def test_a_result_that_could_not_be_cut_is_on_record_and_unchanged(
    tmp_path: Path, log: list[dict]
) -> None:
    for path, events in (
        ("result.age", ["step.allowed", "step.allowed"]),
        ("result.job", ["step.allowed", "step.allowed", "step.would_deny"]),
    ):
        gate = gate_with(
            tmp_path,
            "profiling",
            settings=MONITOR,
            phase="completed",
            effect="oblige",
            obligation={"kind": "redact", "paths": [path]},
        )

        @scoring(gate=gate)
        def score(lead: Lead) -> Lead:
            return lead

        log.clear()
        assert score(LEAD) is LEAD
        assert [entry["event"] for entry in log] == events


def test_facts_that_cannot_be_had_would_deny(log: list[dict]) -> None:
    def fail(**_: Any) -> Any:
        raise KeyError("LEAKED")

    @profiling(purpose="lead_scoring", facts=fail, result_facts=lambda x: 1 / 0,
               gate=modes(modes={"lead_scoring": "monitor"}))  # fmt: skip
    def score(lead: Lead) -> Number:
        return 1

    assert score(LEAD) == 1
    assert [(entry["event"], entry["rules"]) for entry in log] == [
        ("step.would_deny", ["runtime.facts_failed"])
    ] * 2
    assert "LEAKED" not in str(log)


def test_streams_and_blocks_are_monitored_too(tmp_path: Path, log: list[dict]) -> None:
    gate = gate_with(tmp_path, "profiling", settings=MONITOR, phase="completed")

    @scoring(gate=gate)
    def scores(lead: Lead) -> Iterator[Number]:
        yield 1
        yield 2

    assert list(scores(LEAD)) == [1, 2]
    with scoring(gate=gate, facts={**ASKED, "fields": []}) as step:
        assert step.complete(3) == 3
        assert step.completed is not None
        assert step.completed.effect == "deny"
    assert [entry["event"] for entry in log].count("step.would_deny") == 3


def test_the_most_specific_mode_wins() -> None:
    assert enforced(modes())
    assert not enforced(modes(mode="monitor"))
    by_step = modes(modes={"profiling": "monitor"})
    assert not enforced(by_step)
    assert enforced(by_step, "decision")
    by_purpose = modes(modes={"profiling": "monitor", "lead_scoring": "enforce"})
    assert enforced(by_purpose)
    assert not enforced(by_purpose, processing__purpose=None)
    assert enforced(modes(mode="monitor", modes={"lead_scoring": "enforce"}))
    assert not enforced(modes(modes={"profiling": "enforce", "lead_scoring": "monitor"}))


def test_bare_purposes_are_monitored_only_all_together() -> None:
    gate = modes(modes={"dpv:DirectMarketing": "monitor"})
    one, two = ["dpv:DirectMarketing"], ["dpv:DirectMarketing", "dpv:Advertising"]
    assert not enforced(gate, processing__purpose=None, processing__purposes=one)
    assert enforced(gate, processing__purpose=None, processing__purposes=two)
    assert enforced(gate, processing__purpose=None, processing__purposes=[])


def test_a_misspelt_mode_is_an_error_at_once() -> None:
    with pytest.raises(SettingsError, match=r"modes\.lead_scorng.*Did you mean 'lead_scoring'"):
        modes(mode="monitor", modes={"lead_scorng": "enforce"})
    with pytest.raises(SettingsError, match=r"modes\.dpv:NoSuch"):
        modes(modes={"dpv:NoSuch": "monitor"})
    with pytest.raises(SettingsError, match="modes"):
        Settings.load(modes={"profiling": "off"})


def test_modes_from_file_and_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "aboveboard.toml"
    file.write_text(
        'mode = "monitor"\n[modes]\nprofiling = "enforce"\n'
        '[allow_on]\nrecommendation = ["runtime.timeout"]\n'
    )
    monkeypatch.setenv("ABOVEBOARD_CONFIG", str(file))
    settings = Settings.load()
    assert (settings.mode, settings.modes) == ("monitor", {"profiling": "enforce"})
    assert settings.allow_on == {"recommendation": ("runtime.timeout",)}
    monkeypatch.setenv("ABOVEBOARD_MODES", '{"decision": "enforce"}')
    assert Settings.load().modes["decision"] == "enforce"


@pytest.mark.parametrize(
    "allow_on",
    [
        {"recommendation": ["runtime.policy_error"]},
        {"recommendation": ["runtime.facts_failed"]},
        {"recommendation": ["R-DM-01"]},
        {"offer": ["runtime.timeout"]},
    ],
)
def test_only_two_reasons_of_known_steps_may_pass(allow_on: Any) -> None:
    with pytest.raises(SettingsError, match="allow_on"):
        Settings.load(allow_on=allow_on)


@pytest.fixture
def nobody() -> str:
    """The address of a server that is not there."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


@pytest.fixture
def silent() -> Iterator[str]:
    """A server that takes a connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_an_unavailable_engine_passes_for_the_named_step_only(nobody: str, log: list[dict]) -> None:
    gate = modes(engine="opa", opa_url=nobody,
                 allow_on={"recommendation": ["runtime.engine_unavailable"]})  # fmt: skip
    verdict = gate.check(compliant_event("recommendation"))
    assert (verdict.effect, verdict.enforced) == ("allow", True)
    assert [(f.rule, f.effect) for f in verdict.findings] == [
        ("runtime.engine_unavailable", "warn")
    ]
    assert verdict.policy_revision == ""
    assert (log[0]["event"], log[0]["log_level"]) == ("step.allowed_unanswered", "warning")
    assert log[0]["rules"] == ["runtime.engine_unavailable"]
    assert gate.check(compliant_event("profiling")).effect == "deny"
    assert log[1]["event"] == "step.denied"


@pytest.mark.anyio
async def test_a_late_answer_passes_for_its_own_reason_only(silent: str) -> None:
    for reason, effect in (("runtime.timeout", "allow"), ("runtime.engine_unavailable", "deny")):
        gate = modes(
            engine="opa", opa_url=silent, timeout_s=0.1, allow_on={"recommendation": [reason]}
        )
        event = compliant_event("recommendation")
        verdict = await gate.acheck(event)
        assert verdict.effect == effect
        assert verdict.rules == ("runtime.timeout",)
        assert gate.check(event).effect == effect
        await gate.aclose()


def test_plugins_still_tighten_what_nobody_answered(nobody: str) -> None:
    class Strict:
        @hookimpl
        def aboveboard_recommendation(self) -> list[Finding]:
            return [Finding(rule="OWN-01", effect="deny", message="No.")]

    gate = Gate(
        Settings(
            engine="opa",
            opa_url=nobody,
            allow_on={"recommendation": ["runtime.engine_unavailable"]},
        ),
        organisation=example(),
        plugins=[Strict()],
    )
    verdict = gate.check(compliant_event("recommendation"))
    assert verdict.effect == "deny"
    assert verdict.rules == ("OWN-01", "runtime.engine_unavailable")


def test_a_missing_answer_in_monitor_mode_is_no_leave(nobody: str, log: list[dict]) -> None:
    @scoring(gate=modes(engine="opa", opa_url=nobody, mode="monitor"))
    def score(lead: Lead) -> Number:
        return 1

    assert score(LEAD) == 1
    assert [(entry["event"], entry["rules"]) for entry in log] == [
        ("step.would_deny", ["runtime.engine_unavailable"])
    ] * 2
