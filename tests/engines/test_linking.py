"""What is linked for one step and phase answers as the whole packages do, or is not asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import regorus

from aboveboard.facts import PHASES, STEPS, Phase, Step
from aboveboard.policy.bundle import PolicyBundle, load_bundle
from aboveboard.policy.embedded import EmbeddedEngine
from aboveboard.policy.linking import ANSWER, link
from aboveboard.testing import compliant_event, make_event
from tests.policies.cases import CASES
from tests.policy_writing import write_rule


class Both:
    """The two engines of one step and phase."""

    def __init__(self, bundle: PolicyBundle, step: Step, phase: Phase) -> None:
        linked = link(bundle, step, phase)
        assert linked is not None
        whole = EmbeddedEngine(bundle)
        self._asked = (
            (engine([("linked.rego", linked.text)], json.dumps(linked.data)), ANSWER),
            (engine(whole.sources(step), whole.data), f"data.aboveboard.{step}.answer"),
        )

    def same(self, facts: str) -> bool:
        """Whether both answer alike, with an answer."""
        texts = []
        for asked, path in self._asked:
            asked.set_input_json(facts)
            texts.append(asked.eval_rule_as_json(path))
        return texts[0] == texts[1] and str(texts[0]).startswith("{")


def engine(sources: list[tuple[str, str]], data: str) -> Any:
    made = regorus.Engine()
    for name, text in sources:
        made.add_policy(name, text)
    made.add_data_json(data)
    return made


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("step", STEPS)
def test_every_case_is_answered_alike(step: Step, phase: Phase) -> None:
    both = Both(load_bundle(), step, phase)
    assert both.same(make_event(step, phase).engine_input())
    for case in CASES:
        if step in case.steps:
            event = compliant_event(step, phase, changes=case.changes, time=case.time)
            assert both.same(event.engine_input()), str(case)


def bundle_with(directory: Path, body: str, more: str = "") -> PolicyBundle:
    write_rule(directory, "recommendation", body)
    (file,) = directory.glob("*.rego")
    file.write_text(file.read_text(encoding="utf-8") + more, encoding="utf-8")
    return load_bundle([directory])


HOLDS = '\n_acme if input.step == "recommendation"\n\n_acme if input.contact.channel == "fax"\n'
FULL = "\n_acme contains 1 if input.contact.channel\n"
EMPTY = '\n_acme contains 1 if input.contact.channel == "fax"\n'


@pytest.mark.parametrize(
    ("body", "more"),
    [
        ('input.contact.channel == `input.phase == "requested"`', ""),
        ("some child in [1]\n\tchild == 1 # data.aboveboard.lib.child", ""),
        ("data.aboveboard.lib.marketing", ""),
        ('_acme["a b"] == 1', '\n_acme := {"a b": 1}\n'),
        ("_acme", '\n_acme if input.phase == "requested"\n'),
        ("_acme", '\n_acme if input.phase == "completed"\n'),
        ("not _acme", '\n_acme if input.step in {"decision", "profiling"}\n'),
        ("_acme == 2", '\n_acme := 1 if input.step == "decision" else := 2\n'),
        ('input["phase"] == "requested"\n\tinput.step != "decision"', ""),
        ("_acme", HOLDS),
        ("not _acme", HOLDS),
        (
            "_acme == 3",
            '\n_acme := 3 if input.step == "recommendation"\n\n_acme := 3 if input.ai.vendor\n',
        ),
        ("count(_acme) > 0", FULL),
        ("count(_acme) == 0", FULL),
        ("count(_acme) > 0", EMPTY),
        ("count(_acme) == 0", EMPTY),
        ("count(_acme) == 0.5", EMPTY),
        ("count(_acme) == 0", "\n_acme := [1]\n"),
        ("_acme == `count(_acme) > 0`", "\n_acme := `count(_acme) > 0`\n"),
    ],
)
def test_policies_of_an_organisation_are_linked_in(body: str, more: str, tmp_path: Path) -> None:
    bundle = bundle_with(tmp_path / "acme", body, more)
    for phase in PHASES:
        both = Both(bundle, "recommendation", phase)
        event = compliant_event("recommendation", phase)
        assert both.same(event.engine_input())


@pytest.mark.parametrize(
    "body",
    [
        "count(data.aboveboard.topic.consent.findings) > 0",
        "data.aboveboard.lib.marketing with input.phase as 1",
    ],
)
def test_what_the_linker_does_not_understand_is_asked_whole(body: str, tmp_path: Path) -> None:
    bundle = bundle_with(tmp_path / "acme", body)
    assert link(bundle, "recommendation", "requested") is None
    asked = EmbeddedEngine(bundle)
    asked.prepare()
    event = compliant_event("recommendation")
    assert len(asked.evaluate("recommendation", event.engine_input()).findings) <= 1


def test_an_organisation_that_includes_a_topic_is_asked_whole(tmp_path: Path) -> None:
    topic = "data.aboveboard.topic.politics.findings"
    more = f"\nfindings contains finding if some finding in {topic}\n"
    assert link(bundle_with(tmp_path / "acme", "true", more), "recommendation", "requested") is None


def test_an_event_that_is_not_what_it_begins_with_is_asked_whole() -> None:
    facts = '{"step":"decision","phase":"completed","phase":"requested"}'
    asked = EmbeddedEngine(load_bundle())
    plain = '{"phase":"requested","step":"decision"}'
    assert asked.evaluate("decision", facts) == asked.evaluate("decision", plain)
    assert asked.evaluate("decision", facts).findings


def test_what_holds_anyway_needs_no_other_definition(tmp_path: Path) -> None:
    linked = link(bundle_with(tmp_path / "acme", "_acme", HOLDS), "recommendation", "requested")
    assert linked is not None
    assert '"fax"' not in linked.text


def test_whether_a_set_is_empty_is_asked_without_counting(tmp_path: Path) -> None:
    linked = link(
        bundle_with(tmp_path / "acme", "count(_acme) > 0", FULL), "recommendation", "requested"
    )
    assert linked is not None
    assert "_acme != set()" in linked.text


def test_nothing_of_the_other_phase_is_left() -> None:
    linked = link(load_bundle(), "decision", "completed")
    assert linked is not None
    assert '"R-LIM-01"' in linked.text
    assert '"R-CONS-01"' not in linked.text
    assert "#" not in linked.text
    assert len(json.dumps(linked.data)) < 20_000
