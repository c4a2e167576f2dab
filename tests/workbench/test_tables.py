"""Tables of examples: what is wrong is told by line with the nearest match; the schema says the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from aboveboard.policy.bundle import load_bundle
from aboveboard.policy.engine import Answer, RawFinding, RawObligation
from aboveboard.testing import compliant_event
from aboveboard.workbench.places import Source
from aboveboard.workbench.reading import Row, read_table
from aboveboard.workbench.rows import difference
from aboveboard.workbench.tables import tables_schema
from tests.workbench.conftest import ROOT

TABLE = """step: recommendation
given:
  contact.attempts_7d: 1
examples:
  - name: one
    change: {objections.direct_marketing: true}
    expect: {effect: deny, rules: [R-DM-01]}
  - name: two
    phase: completed
    expect: {rules: []}
"""


def read(place: Path, text: str) -> tuple[list[Row], list[str]]:
    said: list[str] = []
    source = Source("own/x.examples.yaml", place / "x.examples.yaml", text)
    rows = read_table(
        source, load_bundle().catalogue, lambda file, line, text: said.append(f"{line}: {text}")
    )
    return rows, said


def test_a_table_becomes_events(tmp_path: Path) -> None:
    rows, said = read(tmp_path, TABLE)
    assert said == []
    assert [(row.line, row.example.name, row.event.phase) for row in rows] == [
        (5, "one", "requested"),
        (8, "two", "completed"),
    ]
    first = json.loads(rows[0].event.engine_input())
    assert first["contact"]["attempts_7d"] == 1
    assert first["objections"]["direct_marketing"] is True
    assert first["processing"]["purposes"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("objections.direct_marketing", "objections.direct_marketin", "6: 'objections.direct_marketin' is no fact of the step 'recommendation'. Did you mean 'objections.direct_marketing'?"),
        ("contact.attempts_7d", "contact.attempt_7d", "3: 'contact.attempt_7d' is no fact of the step 'recommendation'. Did you mean 'contact.attempts_7d'?"),
        ("objections.direct_marketing", "'consent[].status'", "6: 'consent[].status' means any item. Number the item, as in 'consent.0.status'."),
        ("R-DM-01", "R-DM-1", "7: There is no rule 'R-DM-1'. Did you mean 'R-DM-01'?"),
        ("R-DM-01", "R-DM-01/unknwn", "7: Rule 'R-DM-01' gives no reason 'unknwn'. It gives default, unknown."),
        ("R-DM-01", "R-DM-01//", "7: examples.0.expect.rules.0: string should match pattern"),
        ("name: two", "name: one", "8: 'one' is on line 5, too. Give each its own name."),
        ("phase: completed", "phase: complete", "9: examples.1.phase: input should be 'requested' or 'completed'."),
        ("phase: completed", "fase: completed", "9: examples.1.fase: there is no such key here. Did you mean 'phase'?"),
        ("effect: deny", "effekt: deny", "7: examples.0.expect.effekt: there is no such key here. Did you mean 'effect'?"),
        ("effect: deny", "effect: no", "7: examples.0.expect.effect: input should be 'allow', 'escalate' or 'deny'."),
        ("{rules: []}", "{}", "10: examples.1.expect: expect something"),
        ("step: recommendation", "step: selling", "1: step: input should be "),
        ("step: recommendation", "step: recommendation\nstep: profiling", "2: 'step' is given twice (first on line 1)."),
        ("direct_marketing: true", "direct_marketing: 7", "6: "),
        ("direct_marketing: true", "direct_marketing: &a true", ""),
        ("direct_marketing: true", "direct_marketing: *a", "6: an alias (*name)"),
        ("direct_marketing: true", "direct_marketing: !!python/name:os.system ''", "6: a tag (!name)"),
        ("step: recommendation", "step: recommendation\nbase: nowhere.json", "2: base: there is no file 'nowhere.json' beside this one."),
        ("step: recommendation", "step: recommendation\nbase: /dev/zero", "2: base: there is no file '/dev/zero' beside this one."),
        ("step: recommendation", "step: recommendation\ntime: noon", "2: time: expected RFC 3339"),
        ("step: recommendation", "step: recommendation\norganisation: none.yaml", "2: "),
        ("name: one", 'name: "a\\nb"', "5: examples.0.name: expected a name on one line"),
        ("examples:", "exampels:", "1: examples: field required."),
    ],
)  # fmt: skip
def test_what_is_wrong_has_its_line(old: str, new: str, said: str, tmp_path: Path) -> None:
    assert old in TABLE
    _, found = read(tmp_path, TABLE.replace(old, new, 1))
    assert (found == []) if not said else any(line.startswith(said) for line in found), found


@pytest.mark.parametrize("text", ["", "- 1\n", "x", "a: [", "step: profiling\nexamples: []\n"])
def test_what_is_no_table(text: str, tmp_path: Path) -> None:
    rows, said = read(tmp_path, text)
    assert rows == []
    assert len(said) == 1


def test_the_base_is_a_file(tmp_path: Path) -> None:
    event = compliant_event("recommendation", changes={"contact.channel": "phone"})
    (tmp_path / "event.json").write_text(event.to_json(), "utf-8")
    (tmp_path / "facts.yaml").write_text("contact.channel: sms\nsubject: {country: NO}\n", "utf-8")
    for base, channel in (("event.json", "phone"), ("facts.yaml", "sms"), ("nothing", None)):
        rows, said = read(tmp_path, TABLE.replace("\ngiven", f"\nbase: {base}\ngiven"))
        assert said == []
        facts = json.loads(rows[1].event.engine_input())
        assert facts["contact"].get("channel") == channel
        assert ("processing" in facts) == (base == "event.json")
    assert (
        read(tmp_path, TABLE.replace("\ngiven", "\nbase: event.json\ngiven"))[0][0].event.time
        == event.time
    )
    (tmp_path / "event.json").write_text(compliant_event("profiling").to_json(), "utf-8")
    _, said = read(tmp_path, TABLE.replace("\ngiven", "\nbase: event.json\ngiven"))
    assert said == [
        "2: base: 'event.json' is an event of the step 'profiling', this table is of 'recommendation'."
    ]


def test_a_base_with_a_wrong_fact_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "facts.yaml").write_text("contact: {chanel: sms}\n", "utf-8")
    _, said = read(tmp_path, TABLE.replace("\ngiven", "\nbase: facts.yaml\ngiven"))
    assert len(said) == 1
    assert said[0].startswith("2: ")
    assert "chanel" in said[0]


def test_the_time_is_that_of_the_table(tmp_path: Path) -> None:
    rows, _ = read(tmp_path, TABLE.replace("\ngiven", '\ntime: "2026-11-02T10:00:00Z"\ngiven'))
    assert {row.event.time.isoformat() for row in rows} == {"2026-11-02T10:00:00+00:00"}


def finding(rule: str, effect: Any, kind: str = "", **more: Any) -> RawFinding:
    obligation = RawObligation(kind=kind, paths=more.pop("paths", ())) if kind else None
    return RawFinding(rule=rule, effect=effect, facts=(), args=more, obligation=obligation)


@pytest.mark.parametrize(
    ("expect", "said"),
    [
        ("effect: deny", ""),
        ("effect: allow", "Expected allow, got deny (R-DM-01/unknown)."),
        ("rules: [R-DM-01, R-MIN-01]", ""),
        ("rules: [R-DM-01/unknown, R-MIN-01]", ""),
        ("rules: [R-DM-01]", "R-MIN-01 was not expected."),
        ("rules: []", "R-DM-01/unknown was not expected. R-MIN-01 was not expected."),
        ("rules: [R-DM-01, R-MIN-01, R-OBJ-01]", "R-OBJ-01 was expected and found nothing."),
        ("includes: [R-DM-01/unknown]", ""),
        ("includes: [R-OBJ-01]", "R-OBJ-01 was expected and found nothing."),
        ("excludes: [R-OBJ-01]", ""),
        ("excludes: [R-DM-01]", "R-DM-01 was not expected."),
        ("obligations: [redact]", ""),
        ("obligations: [{kind: redact, paths: [fields.1, fields.0]}]", ""),
        ("obligations: [{kind: redact, rule: R-MIN-01}]", ""),
        ("obligations: [{kind: redact, paths: [fields.0]}]", "The obligation redact (fields.0) was expected and is not there. The obligation redact of R-MIN-01 was not expected."),
        ("obligations: [redact, mark]", "The obligation mark was expected and is not there."),
        ("obligations: []", "The obligation redact of R-MIN-01 was not expected."),
    ],
)  # fmt: skip
def test_what_came_is_compared_with_what_is_expected(
    expect: str, said: str, tmp_path: Path
) -> None:
    rows, wrong = read(tmp_path, TABLE.replace("rules: []", expect))
    assert wrong == []
    answer = Answer(
        findings=(
            finding("R-DM-01", "deny", reason="unknown"),
            finding("R-MIN-01", "oblige", "redact", paths=("fields.0", "fields.1")),
        ),
        revision="r",
    )
    assert difference(rows[1], answer) == said


def test_the_schema_takes_what_the_reader_takes() -> None:
    schema = tables_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    example = ROOT / "examples/house_policies/policies/attempts.examples.yaml"
    for text in (TABLE, example.read_text("utf-8")):
        validator.validate(yaml.safe_load(text))
    for old, new in (
        ("objections.direct_marketing", "objections.direct_marketin"),
        ("effect: deny", "effekt: deny"),
        ("phase: completed", "phase: complete"),
        ("step: recommendation", "step: selling"),
    ):
        assert not validator.is_valid(yaml.safe_load(TABLE.replace(old, new)))
    numbered = TABLE.replace("objections.direct_marketing", "consent.0.status")
    validator.validate(yaml.safe_load(numbered))
    described = schema["$defs"]["Changes"]["properties"]["objections.direct_marketing"]
    assert described["description"]
