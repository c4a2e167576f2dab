"""What is linked for one step and phase answers as the whole packages do, or is not asked."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import regorus
from hypothesis import given, settings
from hypothesis import strategies as st

from aboveboard.facts import PHASES, STEPS, Phase, Step
from aboveboard.policy.bundle import PolicyBundle, load_bundle
from aboveboard.policy.embedded import EmbeddedEngine
from aboveboard.policy.linking import ANSWER, link
from aboveboard.policy.syntax import parse
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


def written(*bodies: str, more: str = "") -> PolicyBundle:
    """The bundled library and the step, with findings of an organisation that have these bodies."""
    findings = (
        f'findings contains {{\n\t"rule": "T-{number}",\n}} if {{\n\tinput.phase == "requested"'
        f"\n\t{body}\n}}\n"
        for number, body in enumerate(bodies)
    )
    text = "\n".join(
        (
            "package organisation.test.recommendation\n\nimport future.keywords.not\n",
            *findings,
            more,
        )
    )
    kept = [
        module
        for module in load_bundle().modules
        if module.name == "aboveboard.lib" or module.file.endswith("/recommendation.rego")
    ]
    return replace(load_bundle(), modules=(*kept, parse("test/test.rego", text)))


def contacts() -> list[str]:
    """Events that differ in what `CONTACT` names, known, unknown and false."""
    facts = []
    for values in product(("email", "fax", None), (True, False, None), (0, 5)):
        named = dict(zip(("channel", "asked_for", "attempts_7d"), values, strict=True))
        contact = {name: value for name, value in named.items() if value is not None}
        facts.append({"step": "recommendation", "phase": "requested", "contact": contact})
    return list(map(json.dumps, [*facts, {"step": "recommendation", "phase": "requested"}]))


def is_linked_alike(bundle: PolicyBundle) -> bool:
    both = Both(bundle, "recommendation", "requested")
    return all(map(both.same, contacts()))


ASKED, CHANNEL = "input.contact.asked_for", "input.contact.channel"
FAX = f'{CHANNEL} == "fax"'
ELSEWHERE = '_n if input.step == "decision"'


@pytest.mark.parametrize(
    ("body", "more"),
    [
        # Arguments that may be unknown: then the call is, whatever the function says of them.
        (f"_f({ASKED})", "_f(x) if not x == true"),
        (f"not _f({ASKED})", "_f(x) if not x == true"),
        (f"not _f({ASKED})", "_f(x) if not x\n\n_f(x) if x == true"),
        (f"_f({ASKED})", f"_f(_) if {FAX}"),
        (f"not _f({ASKED})", f"_f(_) if {FAX}"),
        (f"not _f({ASKED})", f"_f(x) if {FAX}"),
        (f"_f({ASKED})", "_f(x) if {\n\t_g(x)\n}\n\n_g(x) if not x == true"),
        ("_f(_b)", f"_b if {ASKED}\n\n_f(x) if not x == 3"),
        (f"not _f({CHANNEL})", '_f(x) if x in {"fax", "push"}'),
        ('_f("a")', "_f(x) if not x.b == 1"),
        ("_f(1)", "_f(x) if not x.b == 1"),
        # Parameters that are values, the same twice, or written with spaces.
        ("_f(2)", f'_f(1) if {FAX}\n\n_f(_) if {CHANNEL} == "email"'),
        (f"_f({ASKED})", f'_f(true) if {FAX}\n\n_f(_) if {CHANNEL} == "email"'),
        ("_f(2)", f"_f(1) if {FAX}"),
        ("_f(1, 2)", "_f(x, x) if x == 2"),
        ("_f(1, 2)", f"_f(_, x) if {FAX}\n\n_f(x, _) if {ASKED}"),
        ("some a in [1]\n\t_f(2)\n\ta == 1", "_f( a ) if {\n\ta == 1\n}"),
        # Variables that a statement brings along.
        ('x = "fax"\n\t_a\n\tx == "fax"', f'_a if {{\n\tx = {CHANNEL}\n\tx == "email"\n}}'),
        ("n := 0\n\t_a", "_a if {\n\tcount(input.contact, n)\n\tn > 1\n}"),
        (f'x != "fax"\n\tx = {CHANNEL}', ""),
        # Counting within sums.
        ("1 + count(_s) > 0", f"_s contains 1 if {CHANNEL}"),
        ("count(_s) > 0 + input.contact.attempts_7d", f"_s contains 1 if {CHANNEL}"),
        ("2 - count(_s) == 0", "_s contains 1\n\n_s contains 2"),
        ("not count(_s) > 0", f"_s contains 1 if {FAX}"),
        # Texts that hold quotation marks, names and ` if `.
        ('_f("q")', '_f(y) if {\n\t"a\\" y \\"b" != y\n\tcontains("a\\" y \\"b", "y")\n}'),
        ('_a == `a" if b`', f'_a := "a\\" if b" if {CHANNEL}'),
        ('_a == "ä✓"', f'# ✓\n_a := "ä✓" if {{\n\tinput.phase == "requested" # ä\n\t{CHANNEL}\n}}'),
        # Guards that stand in a comprehension, or alone; what is only asked within one.
        ("_s == set()", f"_s := {{x |\n\tsome x in [1]\n\t_n\n}} if {CHANNEL}\n\n{ELSEWHERE}"),
        ("x := [y |\n\tsome y in [1]\n\t_n\n\t]\n\tx == []", ELSEWHERE),
        ("_a", '_a if\n\tinput.phase == "requested"'),
        ("_a", '_a if { input.phase == "requested" }'),
        ("_a", f'_a if {{\r\n\tinput.phase == "requested"\r\n\t{FAX}\r\n}}'),
        ("_a", f'_a if {{\n  input.phase == "requested"\n  {FAX}\n}}'),
        ("_a == 2", '_a := 1 if {\n\tinput.phase == "completed"\n} else := 2'),
        # What is read before a comprehension ends is not read after it.
        (
            "z := [y |\n\tsome y in [1]\n\ty in _s\n\t]\n\tz == []\n\tsome u in [2]\n\tnot u in _s",
            f"_s contains 3 if {CHANNEL}",
        ),
        # Values, defaults, lists, groups.
        ("_a", f"_a if not({ASKED})"),
        ("not _a", f"_a if not({ASKED})"),
        ("not _a", f"_a if not {ASKED}"),
        ("not _a", f"_a := {ASKED}"),
        ("_a", "_a if input.contact.attempts_7d"),
        ("not _a", f"default _a := false\n\n_a if {FAX}"),
        ("_f(1) == false", "default _f(_) := false\n\n_f(x) if x == 2"),
        ("_a == false", f"_a if {FAX} else := false if {ASKED}"),
        ('_a[_] == "a"', '_a := {"a", "b"}'),
        ("_b", '_a := {"a", "b"}\n\n_b if _a == {"a", "b"}'),
        ("not _a.asked_for", '_a := object.get(input, "contact", {})'),
        ("_s", "_s contains 1 if input.step == `decision`"),
        ("_o", "_o[1] := 2 if input.step == `decision`"),
        ("_a == {}", '_a := object.get(input, "contact", {})'),
        ("{_a: 1} == {true: 1}", f"_a if {FAX}"),
        ('x := {"_a": 1}\n\tx._a == 1\n\t_a', f"_a if {FAX}"),
        ("every x in [1] {\n\t\t_f(x)\n\t\tnot _b\n\t}", f"_f(x) if x == 1\n\n_b if {FAX}"),
        ("_a[`fax`]", f"_a contains {CHANNEL}"),
        ('data.reference.adequacy["eea"]', ""),
    ],
)
def test_whatever_way_it_is_written_the_answer_is_the_same(body: str, more: str) -> None:
    assert is_linked_alike(written(body, more=f"{more}\n"))


@pytest.mark.parametrize(
    ("body", "more"),
    [
        # Paths that are not written with dots, and data that only the whole policies read.
        ("data.aboveboard.lib[`marketing`]", ""),
        ("not data[`aboveboard`].lib.marketing", ""),
        ('data["aboveboard" ].lib.marketing', ""),
        ('"adequacy" in data.catalogue.reference', ""),
        # Variables that are called as a rule, or as linking calls something.
        ("_a := true\n\t_a", '_a if input.step == "decision"'),
        ('some _a in ["fax"]\n\t_a == 1', '_a := {"a", "b"}'),
        ("every _a in [1] {\n\t\t_a == 1\n\t}", '_a := {"a", "b"}'),
        ("some _a, _\n\t[1, 2][_a]", '_a := {"a", "b"}'),
        ("_f(1)", '_a := {"a", "b"}\n\n_f(_a) if _a == 1'),
        (f'w0 = {CHANNEL}\n\tw0 == "fax"', ""),
        (f'answer = {CHANNEL}\n\tanswer == "fax"', ""),
        ("_a", f'_a if {{\n\ts0 = {CHANNEL}\n\ts0 == "fax"\n}}'),
        # Lines that are more or less than a statement.
        ("not _a", f"_a if {{\n\t{CHANNEL}; {ASKED}\n}}"),
        (f"x := [1,\n\t_f({CHANNEL})\n\t]\n\tx[1] == false", '_f(x) if x == "fax"'),
        (f"_f({CHANNEL})\n\t== false", '_f(x) if x == "fax"'),
        ("input.contact.attempts_7d == 4\n\t+ 1", ""),
        ("_a", "_a if {\n\tinput.contact.attempts_7d == 4\n\t+ 1\n}"),
        ("_a", f"_a if count(_s) > 0\n+ 1\n\n_s contains 1 if {CHANNEL}"),
        (f"x := {{true}} |\n\t_f({CHANNEL})\n\tx == {{true}}", "_f(x) := {x}"),
    ],
)
def test_what_could_be_misread_is_asked_whole(body: str, more: str) -> None:
    assert link(written(body, more=f"{more}\n"), "recommendation", "requested") is None


PLAIN = (
    FAX,
    ASKED,
    f"{ASKED} == false",
    "input.contact.attempts_7d > 0",
    f'{CHANNEL} != "email"',
    f'{CHANNEL} in {{"email", "push"}}',
    "count(_s) > 0",
    "count(_s) == 0",
    '"fax" in _s',
    "_given.asked_for == true",
    "_empty",
    "count(_empty) > 0",
    "_never",
    "some c in _s\n\tnot c in _t",
    f"some c in _t\n\tc == {CHANNEL}",
)
OF_X = ("x", "x == true", 'x == "fax"', "x in _s", 'x in {"fax", "email"}', FAX)
ARGUMENTS = (ASKED, CHANNEL, '"fax"', "true", "_known")
SETS = f"""
_given := object.get(input, "contact", {{}})

_t := {{"fax", "push"}}

_known if {ASKED}

_never if input.phase != "requested"

_empty contains 1 if _never

_s contains "fax" if {FAX}

_s contains {CHANNEL} if {ASKED}
"""


def block(head: str, statements: list[str]) -> str:
    inside = "".join(f"\t{statement}\n" for statement in statements)
    return f"{head} if {{\n{inside}}}\n"


@st.composite
def policies(draw: st.DrawFn) -> tuple[list[str], str]:
    """Rules and functions that ask each other, and findings that ask them."""
    known = list(PLAIN)
    helpers = [SETS]

    def asked(among: list[str]) -> str:
        statement = draw(st.sampled_from(among))
        return statement if "some" in statement or draw(st.booleans()) else f"not {statement}"

    for number in range(6):
        function = draw(st.booleans())
        name = f"_f{number}(x)" if function else f"_r{number}"
        among = [*known, *OF_X * 3] if function else list(known)
        among += [f"_f{n}(x)" for n in range(number) if function and f"_f{n}(true)" in known] * 3
        for _ in range(draw(st.sampled_from((1, 1, 2, 3)))):
            statements = [asked(among) for _ in range(draw(st.sampled_from((1, 1, 2))))]
            if sum("some c" in statement for statement in statements) > 1:
                del statements[1:]
            helpers.append(block(name, statements))
        known += [f"_f{number}({arg})" for arg in ARGUMENTS] if function else [name] * 3
    first = asked(known[len(PLAIN) :])
    bodies = [
        "\n\t".join([*[first] * draw(st.integers(0, 1)), asked(known[len(PLAIN) :])])
        for _ in range(8)
    ]
    return bodies, "\n".join(helpers)


@settings(max_examples=60, deadline=None)
@given(policies())
def test_rules_that_ask_each_other_are_linked_alike(found: tuple[list[str], str]) -> None:
    bodies, more = found
    assert is_linked_alike(written(*bodies, more=more))


THRICE = [f"not {ASKED}\n\tinput.contact.attempts_7d > {number}" for number in range(3)]


@pytest.mark.parametrize(
    ("bodies", "more", "there", "gone"),
    [
        # Definitions of one rule, and of a function, as one chain.
        (["_a\n\t_a == true"], f"_a if {FAX}\n\n_a if {ASKED}", [r"} else if {"], [r"^_a"]),
        (["_f(1)"], f"_f(_) if {FAX}\n\n_f(x) if x == 2", [r"_f\(x\) if {", r"} else if {"], []),
        # Rules and functions where they are asked, also denied.
        (["_a"], f"_a if {FAX}", [rf"^\t{FAX}$"], [r"\w_a\b"]),
        (
            ["not _a"],
            f"_a if {FAX}\n\n_a if not {ASKED}",
            [rf"^\tnot {FAX}\n\t{ASKED}$"],
            [r"\w_a\b"],
        ),
        ([f"_f({CHANNEL})"], '_f(x) if x == "fax"', [rf"^\t{FAX}$"], [r"_f\("]),
        ([f'not _f({CHANNEL}, "fax")'], "_f(x, y) if x == y", [rf"^\tnot {FAX}$"], [r"_f\("]),
        # Findings that ask the same first, and those that ask for something wrong.
        (
            THRICE,
            "",
            [
                rf"^findings contains finding if {{\n\tnot {ASKED}\n\tsome finding in g0$",
                "^g0 contains",
            ],
            [],
        ),
        (
            [FAX],
            "",
            [rf"^s0 if {{\n\t{FAX}\n}}", r"^\ts0\n\tsome finding in w0$", r"^w0 contains"],
            [],
        ),
        # What is read for each item; what is known; short lists; groups.
        (
            ["some x in [1]\n\tx in _s"],
            f"_s contains 1 if {FAX}",
            [r"^\th0 := \w+_s\n\tsome x", r"^\tx in h0$"],
            [],
        ),
        (
            ["some x in [1]\n\tx in data.reference.adequacy.eea"],
            "",
            [r"^\th0 := data.d0__eea$"],
            [],
        ),
        (["input.subject.age_years < data.reference.children.majority_years"], "", [r" < 18$"], []),
        (
            [f"{CHANNEL} in _t"],
            '_t := {"a", "b"}',
            [rf'^\t{CHANNEL} in {{"a", "b"}}$'],
            [r"\w_t\b"],
        ),
        (
            ["not _g.asked_for"],
            '_g := object.get(input, "contact", {})',
            [rf"^\tnot {ASKED}$"],
            [r"\w_g\b"],
        ),
        # What cannot hold here, and what holds anyway.
        (
            [FAX, '_a\n\t"never"'],
            '_a if input.phase != "requested"',
            ["T-0"],
            ["T-1", "never", r"\w_a\b"],
        ),
        (
            [FAX, "count(_s) > 0"],
            f"_s contains 1 if _n\n\n{ELSEWHERE}",
            ["T-0"],
            ["T-1", "_s", "_n"],
        ),
        ([f'input.step != "decision"\n\t{FAX}'], "", [FAX], [r"^\tinput\.\w+ != "]),
        (
            [FAX],
            "",
            [r"^answer := {\"findings\": findings"],
            ["collected", r"^\tinput.phase.*\n\tinput.contact"],
        ),
    ],
)
def test_what_is_shorter_is_there(
    bodies: list[str], more: str, there: list[str], gone: list[str]
) -> None:
    linked = link(written(*bodies, more=f"{more}\n"), "recommendation", "requested")
    assert linked is not None
    for pattern in there:
        assert re.search(pattern, linked.text, re.MULTILINE), linked.text
    for pattern in gone:
        assert not re.search(pattern, linked.text, re.MULTILINE), linked.text
