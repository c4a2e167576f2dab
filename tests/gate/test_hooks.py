"""Every hook: what it may do, in which order it is asked, and what happens when it fails."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from typing import Any

import pytest

from aboveboard import Finding, PluginError, hookimpl, hookspecs
from aboveboard.facts import STEPS
from aboveboard.gate import Gate
from aboveboard.manager import PluginManager
from aboveboard.organisation import example
from aboveboard.settings import Settings
from aboveboard.testing import PURPOSES, compliant_event, make_event
from tests.policy_writing import write_rule

EVENT = compliant_event("recommendation")
DENY = {"rule": "ACME-01", "effect": "deny", "message": "No."}


def test_every_hook_has_a_test() -> None:
    """By its name among the names that test functions of hooks define."""
    texts = [p.read_text("utf-8") for p in Path(__file__).parents[1].rglob("test_*.py")]
    named = {
        node.name
        for text in texts
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("aboveboard_")
    }
    assert named >= set(hookspecs.__all__)


def test_every_hook_says_what_it_is_for() -> None:
    public = {
        name
        for name, value in vars(hookspecs).items()
        if inspect.isfunction(value) and value.__module__ == hookspecs.__name__
    }
    assert public == set(hookspecs.__all__)
    assert sorted(hookspecs.__all__) == list(hookspecs.__all__)
    for name in public:
        hook = getattr(hookspecs, name)
        described = inspect.getdoc(hook) or ""
        for argument in inspect.signature(hook).parameters:
            assert f"    {argument}: " in described, (name, argument)
        assert inspect.signature(hook).return_annotation is not inspect.Signature.empty


# --- Facts ----------------------------------------------------------------------------------------


class Knows:
    def __init__(self, facts: Any) -> None:
        self.facts = facts
        self.asked: list[Any] = []

    @hookimpl
    def aboveboard_facts(self, event: Any) -> Any:
        self.asked.append(event)
        if isinstance(self.facts, BaseException):
            raise self.facts
        return self.facts


def test_facts_fill_what_is_unknown(plugged: Any) -> None:
    unknown = compliant_event("recommendation", changes={"objections.direct_marketing": None})
    assert plugged().check(unknown).rules == ("R-DM-01",)
    assert plugged(Knows({"objections": {"direct_marketing": False}})).check(unknown).allowed
    assert plugged(Knows({"objections.direct_marketing": False})).check(unknown).allowed
    assert plugged(Knows({"objections.direct_marketing": True})).check(unknown).rules == (
        "R-DM-01",
    )
    assert plugged(Knows(None)).check(unknown).rules == ("R-DM-01",)


@pytest.mark.anyio
async def test_facts_serve_the_asynchronous_side_too(plugged: Any) -> None:
    unknown = compliant_event("recommendation", changes={"objections.direct_marketing": None})
    gate = plugged(Knows({"objections.direct_marketing": False}))
    assert (await gate.acheck(unknown)).allowed


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        ({"objections": {"direct_marketing": True}}, "runtime.facts_conflict"),
        ({"subject.country": "NL"}, "runtime.facts_conflict"),
        (RuntimeError("LEAKED"), "runtime.facts_failed"),
        ({"no_such_group": "LEAKED"}, "runtime.facts_failed"),
        ({"objections": {"profiling": "LEAKED"}}, "runtime.facts_failed"),
        ("LEAKED", "runtime.facts_failed"),
        (["LEAKED"], "runtime.facts_failed"),
        ({5: "LEAKED"}, "runtime.facts_failed"),
    ],
    ids=repr,
)
def test_facts_that_contradict_or_are_none_deny(
    plugged: Any, facts: Any, rule: str, log: list[Any]
) -> None:
    gate = plugged(Knows(facts))
    for _ in range(2):
        verdict = gate.check(EVENT)
        assert verdict.rules == (rule,)
        assert "LEAKED" not in verdict.model_dump_json() + repr(log)


def test_two_plugins_that_contradict_each_other_deny(plugged: Any) -> None:
    unknown = compliant_event("recommendation", changes={"subject.country": None})
    agree = plugged(Knows({"subject.country": "FI"}), Knows({"subject": {"country": "FI"}}))
    assert agree.check(unknown).allowed
    differ = plugged(Knows({"subject.country": "FI"}), Knows({"subject.country": "NL"}))
    verdict = differ.check(unknown)
    assert verdict.rules == ("runtime.facts_conflict",)
    assert "subject.country" in verdict.findings[0].message
    assert "NL" not in verdict.findings[0].message


# --- The four step hooks --------------------------------------------------------------------------


class Tightens:
    def __init__(self, findings: Any) -> None:
        self.findings = findings
        self.seen: list[str] = []

    def _answer(self, event: Any) -> Any:
        self.seen.append(event.step)
        if isinstance(self.findings, BaseException):
            raise self.findings
        return self.findings

    @hookimpl
    def aboveboard_data_collection(self, event: Any) -> Any:
        return self._answer(event)

    @hookimpl
    def aboveboard_profiling(self, event: Any) -> Any:
        return self._answer(event)

    @hookimpl
    def aboveboard_recommendation(self, event: Any) -> Any:
        return self._answer(event)

    @hookimpl
    def aboveboard_decision(self, event: Any) -> Any:
        return self._answer(event)


@pytest.mark.parametrize("step", STEPS)
def test_each_step_asks_its_own_hook(plugged: Any, step: Any) -> None:
    plugin = Tightens([DENY])
    verdict = plugged(plugin).check(compliant_event(step))
    assert (verdict.effect, verdict.rules) == ("deny", ("ACME-01",))
    assert plugin.seen == [step]
    assert verdict.findings[0].message == "No."


@pytest.mark.parametrize(
    ("findings", "effect"),
    [
        (None, "allow"),
        ([], "allow"),
        ([{**DENY, "effect": "warn"}], "allow"),
        ([{**DENY, "effect": "escalate"}], "escalate"),
        ([Finding(**DENY)], "deny"),
        ((item for item in [DENY]), "deny"),
    ],
)
def test_findings_add_to_those_of_the_policies(plugged: Any, findings: Any, effect: str) -> None:
    assert plugged(Tightens(findings)).check(EVENT).effect == effect


def test_no_hook_can_loosen_a_verdict(plugged: Any) -> None:
    denied = compliant_event("recommendation", changes={"objections.direct_marketing": True})
    for findings in (None, [], [{**DENY, "effect": "warn"}]):
        verdict = plugged(Tightens(findings)).check(denied)
        assert verdict.effect == "deny"
        assert "R-DM-01" in verdict.rules


@pytest.mark.parametrize(
    "findings",
    [
        RuntimeError("LEAKED"),
        "LEAKED",
        5,
        [5],
        [{"rule": "LEAKED"}],
        [{**DENY, "effect": "allow"}],
        [{**DENY, "more": "LEAKED"}],
        Finding(**DENY),
        (1 / 0 for _ in "x"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_hook_that_fails_denies(plugged: Any, findings: Any, log: list[Any]) -> None:
    verdict = plugged(Tightens(findings)).check(EVENT)
    assert verdict.effect == "deny"
    assert "runtime.hook_failed" in verdict.rules
    assert "LEAKED" not in verdict.model_dump_json() + repr(log)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"rule": "runtime.timeout"}, "its rule is an id"),
        ({"rule": ""}, "its rule is an id"),
        ({"rule": "LEAKED\nstep.allowed"}, "its rule is an id"),
        ({"effect": "oblige"}, "only a policy can"),
        ({"message": "LEAKED \ud800"}, "control characters"),
        ({"remedy": "LEAKED \x1b[2J"}, "control characters"),
        ({"facts": ("LEAKED\0",)}, "control characters"),
    ],
    ids=repr,
)
def test_a_finding_passes_for_no_other_and_breaks_no_log(
    plugged: Any, change: Any, says: str, log: list[Any]
) -> None:
    """A warning that has a reserved reason would log an allow as one that nobody answered."""
    verdict = plugged(Tightens([{**DENY, "effect": "warn", **change}])).check(EVENT)
    assert (verdict.effect, verdict.rules) == ("deny", ("runtime.hook_failed",))
    assert says in verdict.findings[0].message
    assert "LEAKED" not in verdict.model_dump_json() + repr(log)
    assert [entry["event"] for entry in log] == ["step.denied"]


def test_the_hooks_see_the_facts_of_plugins(plugged: Any) -> None:
    class Both:
        @hookimpl
        def aboveboard_facts(self) -> Any:
            return {"subject.country": "FI"}

        @hookimpl
        def aboveboard_recommendation(self, event: Any) -> Any:
            return [] if event.facts.subject.country == "FI" else [DENY]

    unknown = compliant_event("recommendation", changes={"subject.country": None})
    assert plugged(Both()).check(unknown).allowed


# --- The verdict ----------------------------------------------------------------------------------


class Sink:
    def __init__(self, into: list[Any], name: str = "sink", error: Exception | None = None) -> None:
        self.into, self.name, self.error = into, name, error

    @hookimpl
    def aboveboard_verdict(self, event: Any, verdict: Any) -> None:
        self.into.append((self.name, event, verdict))
        if self.error:
            raise self.error


def test_each_verdict_is_sent_once(plugged: Any) -> None:
    sent: list[Any] = []
    gate = plugged(Sink(sent))
    verdict = gate.check(EVENT)
    assert sent == [("sink", EVENT, verdict)]


def test_a_sink_that_fails_is_logged_and_keeps_it_from_no_other(
    plugged: Any, log: list[Any]
) -> None:
    sent: list[Any] = []
    gate = plugged(
        Sink(sent, "first"), Sink(sent, "second", RuntimeError("LEAKED")), Sink(sent, "third")
    )
    assert gate.check(EVENT).allowed
    assert [name for name, *_ in sent] == ["first", "second", "third"]
    (failed,) = [entry for entry in log if entry["event"] == "plugin.failed"]
    assert failed["hook"] == "aboveboard_verdict"
    assert failed["error"] == "RuntimeError"
    assert failed["plugin"] == "Sink-2"
    assert "LEAKED" not in repr(log)


def test_the_verdict_cannot_be_changed_by_a_sink(plugged: Any) -> None:
    class Changes:
        @hookimpl
        def aboveboard_verdict(self, verdict: Any) -> None:
            verdict.effect = "deny"

    assert plugged(Changes()).check(EVENT).allowed


# --- Policies and commands ------------------------------------------------------------------------


def test_a_plugin_brings_policies(plugged: Any, tmp_path: Path) -> None:
    directory = write_rule(tmp_path / "rules", "recommendation", rule="ACME-02")

    class Brings:
        @hookimpl
        def aboveboard_policies(self) -> Any:
            return [directory]

    class Silent:
        @hookimpl
        def aboveboard_policies(self) -> Any:
            return None

    verdict = plugged(Brings(), Silent()).check(EVENT)
    assert verdict.rules == ("ACME-02",)
    assert verdict.findings[0].law == "Handbook"
    assert verdict.policy_revision != plugged().check(EVENT).policy_revision


def test_a_plugin_brings_commands() -> None:
    import click

    class Commands:
        @hookimpl
        def aboveboard_commands(self) -> Any:
            return [click.Command("acme")]

    manager = PluginManager()
    manager.register(Commands())
    assert [[c.name for c in found] for found in manager.hook.aboveboard_commands()] == [["acme"]]


# --- Order and registration -----------------------------------------------------------------------


def test_hooks_are_called_first_registered_first(plugged: Any) -> None:
    order: list[str] = []

    class Named:
        def __init__(self, name: str) -> None:
            self.name = name

        @hookimpl
        def aboveboard_facts(self) -> None:
            order.append(f"{self.name} facts")

        @hookimpl
        def aboveboard_recommendation(self) -> None:
            order.append(f"{self.name} step")

        @hookimpl
        def aboveboard_verdict(self) -> None:
            order.append(f"{self.name} verdict")

    gate = plugged(Named("one"), Named("two"))
    gate.register(Named("three"))
    gate.check(EVENT)
    assert order == [
        f"{name} {hook}"
        for hook in ("facts", "step", "verdict")
        for name in ("one", "two", "three")
    ]


def test_facts_are_taken_first_registered_first(plugged: Any) -> None:
    """So that a plugin that comes later fills, and is the one that contradicts."""
    events: list[Any] = []
    unknown = compliant_event("recommendation", changes={"subject.country": None})
    gate = plugged(Knows({"subject.country": "FI"}), Knows({"subject.us_state": "CA"}))
    gate.register(Sink(events))
    assert gate.check(unknown).allowed
    (_, event, _) = events[0]
    assert (event.facts.subject.country, event.facts.subject.us_state) == ("FI", "CA")


def test_a_plugin_registered_later_is_asked_from_then_on(plugged: Any) -> None:
    gate = plugged()
    assert gate.check(EVENT).allowed
    gate.register(Tightens([DENY]))
    assert gate.check(EVENT).rules == ("ACME-01",)


def test_arguments_may_be_left_out_and_not_made_up() -> None:
    class Extra:
        @hookimpl
        def aboveboard_verdict(self, verdict: Any, more: Any) -> None: ...

    with pytest.raises(PluginError, match="'Extra' cannot be registered: a hook takes more, which"):
        PluginManager().register(Extra())


class Misspelt:
    @hookimpl
    def aboveboard_fact(self, event: Any) -> None: ...


class Unmarked:
    def aboveboard_recommendation(self, event: Any) -> Any:
        return [DENY]


class Wrapper:
    @hookimpl(wrapper=True)
    def aboveboard_recommendation(self, event: Any) -> Any:
        yield
        return []


class HiddenWrapper:
    @hookimpl(wrapper=True, specname="aboveboard_facts")
    def facts(self, event: Any) -> Any:
        yield
        return []


class UnknownByName:
    @hookimpl(specname="aboveboard_fatcs")
    def facts(self, event: Any) -> None: ...

    def __repr__(self) -> str:
        return "LEAKED"


class ByDefault:
    @hookimpl
    def aboveboard_recommendation(self, event: Any = None) -> Any:
        return None if event is None else [DENY]


class ByKeyword:
    @hookimpl
    def aboveboard_verdict(self, *, verdict: Any) -> None: ...


class Raising:
    @property
    def aboveboard_facts(self) -> Any:
        msg = "LEAKED"
        raise RuntimeError(msg)


@pytest.mark.parametrize(
    ("plugin", "says"),
    [
        (Misspelt(), "'aboveboard_fact', which is no hook. Did you mean 'aboveboard_facts'?"),
        (Unmarked(), "'aboveboard_recommendation' of plugin 'Unmarked' lacks its marker"),
        (Wrapper(), "'aboveboard_recommendation' of plugin 'Wrapper' is a wrapper"),
        (HiddenWrapper(), "'aboveboard_facts' of plugin 'HiddenWrapper' is a wrapper"),
        (UnknownByName(), "'aboveboard_fatcs' is no hook. Did you mean 'aboveboard_facts'?"),
        (ByDefault(), "of plugin 'ByDefault' would never be given 'event'"),
        (ByKeyword(), "of plugin 'ByKeyword' would never be given 'verdict'"),
        (Raising(), "Plugin 'Raising' cannot be registered: it raised RuntimeError"),
        (Tightens, "Plugin 'Tightens' is a class"),
        ("acme", "got str. Installed ones are named in the setting 'plugins'"),
        (None, "got NoneType"),
    ],
    ids=lambda value: getattr(value, "__name__", type(value).__name__),
)
def test_a_hook_that_would_never_be_called_is_refused(plugged: Any, plugin: Any, says: str) -> None:
    gate = plugged()
    with pytest.raises(PluginError) as refused:
        gate.register(plugin)
    assert says in str(refused.value)
    assert "LEAKED" not in str(refused.value)
    assert gate.check(EVENT).allowed
    with pytest.raises(PluginError):
        Gate(Settings(), organisation=example(), plugins=[plugin])


def test_the_same_plugin_twice_is_refused_without_its_repr() -> None:
    class Secretive(Tightens):
        def __repr__(self) -> str:
            return "LEAKED-token"

    plugin = Secretive(None)
    manager = PluginManager()
    manager.register(plugin)
    with pytest.raises(PluginError, match="registered already") as refused:
        manager.register(plugin)
    assert "LEAKED" not in str(refused.value)


def test_a_module_with_other_names_of_ours_is_a_plugin() -> None:
    from types import ModuleType

    module = ModuleType("acme")
    module.aboveboard_version = "1"  # type: ignore[attr-defined]
    module.aboveboard_hubspot = ModuleType("aboveboard_hubspot")  # type: ignore[attr-defined]
    module.aboveboard_facts = hookimpl(lambda event: {})  # type: ignore[attr-defined]
    PluginManager().register(module)


def test_the_step_hooks_are_those_of_the_steps() -> None:
    assert {f"aboveboard_{step}" for step in STEPS} <= set(hookspecs.__all__)
    assert set(PURPOSES) == set(STEPS)
    assert make_event("decision").step == "decision"
