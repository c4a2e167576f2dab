"""Every check at load refuses what it guards against, and names file, line and the way out."""

from __future__ import annotations

from pathlib import Path

import pytest

from aboveboard.errors import PolicyError
from aboveboard.policy import bundle as bundles
from aboveboard.policy.bundle import load_bundle
from tests.policies.writing import Directory, rego

HEAD = '"facts": ["recommendation.items"],\n'
ARGS = '"args": {"count": _acme_1_count, "most": _acme_1_most},\n'
SECOND = """
# METADATA
# title: Another
# custom:
#   id: ACME-1
#   reason: other
#   message: {en: Another.}
#   remedy: {en: Another.}
findings contains {
	"rule": "ACME-1",
	"effect": "warn",
	"facts": ["recommendation.items"],
	"args": {"reason": "other"},
} if {
	input.phase == "completed"
	input.recommendation.is_advert
}
"""


def refused(*directories: Path) -> str:
    with pytest.raises(PolicyError) as caught:
        load_bundle(directories)
    return str(caught.value)


def test_the_good_one_loads(directory: Directory) -> None:
    bundle = load_bundle([directory.add()])
    assert bundle.packages_for("recommendation")[1] == "organisation.acme.recommendation"
    assert load_bundle([directory.add(text=rego() + SECOND)]).catalogue.get("ACME-1")


CHANGES = {
    "a wrong step": (
        {"package organisation.acme.recommendation": "package organisation.acme.recomendation"},
        ("acme_1.rego:1: Package 'organisation.acme.recomendation' is out of place; "
         "expected 'organisation.<name>.<step>'"),
    ),
    "under aboveboard": (
        {"package organisation.acme.recommendation": "package aboveboard.recommendation"},
        "acme_1.rego:1: Package 'aboveboard.recommendation' is out of place",
    ),
    "a package that is no name": (
        {"package organisation.acme.recommendation": 'package organisation["a-b"].recommendation'},
        "acme_1.rego:1: Package 'organisation.a-b.recommendation' is out of place",
    ),
    "a rule on the import's line": (
        {"import future.keywords.not\n": "import future.keywords.not _acme_1_x := 1\n"},
        "acme_1.rego:3: Write the import on one line, and nothing else there.",
    ),
    "an import on the package's line": (
        {"recommendation\n\nimport": "recommendation import"},
        "acme_1.rego:1: Write the package on one line, and nothing else there.",
    ),
    "an alias": (
        {"keywords.not\n": "keywords.not\nimport data.reference.decisions as limits\n"},
        "acme_1.rego:4: Import of 'data.reference.decisions' is not allowed: aliases leak",
    ),
    "an alias of the one import": (
        {"keywords.not\n": "keywords.not as no\n"},
        "acme_1.rego:3: `future` imports cannot be aliased.",
    ),
    "a wildcard": (
        {"keywords.not\n": "keywords.not\nimport future.keywords\n"},
        "acme_1.rego:4: Import of 'future.keywords' is not allowed",
    ),
    "an import of the language": (
        {"keywords.not\n": "keywords.not\nimport rego.v1\n"},
        "acme_1.rego:4: Import of 'rego.v1' is not allowed",
    ),
    "no import": (
        {"import future.keywords.not\n": ""},
        "acme_1.rego:1: Add 'import future.keywords.not' below the package",
    ),
    "a builtin of one engine": (
        {"_acme_1_most := 3": "_acme_1_most := to_number(opa.runtime().env.MOST)"},
        "Function 'opa.runtime' is not in the portable profile",
    ),
    "a builtin of none": (
        {"count(input": "cuont(input"},
        "acme_1.rego:5: Function 'cuont' is not in the portable profile",
    ),
    "a builtin inside": (
        {"> _acme_1_most": "> _acme_1_most\n\tnot [x | x := crypto.md5(`a`)] == []"},
        "Function 'crypto.md5' is not in the portable profile",
    ),
    "a second default": (
        {"_acme_1_most := 3": "default _acme_1_most := 3\n\ndefault _acme_1_most := 4"},
        "acme_1.rego:9: '_acme_1_most' has a second default.",
    ),
    "a default for findings": (
        {"_acme_1_most := 3": "_acme_1_most := 3\n\ndefault findings := set()"},
        "acme_1.rego:9: 'findings' is a set and takes no default.",
    ),
    "a helper for all": (
        {"_acme_1_most": "most"},
        "acme_1.rego:7: 'most' is not private to a rule. Begin it with '_' and the rule's id",
    ),
    "the step's own rules": (
        {"_acme_1_most := 3": "_acme_1_most := 3\n\nanswer := 3"},
        "acme_1.rego:9: 'answer' is not private to a rule.",
    ),
    "no METADATA": (
        {"# METADATA\n": "#\n"},
        "acme_1.rego:26: A 'findings' rule needs a '# METADATA' block right above it",
    ),
    "METADATA apart": (
        {"fewer items.\n": "fewer items.\n\n"},
        "A 'findings' rule needs a '# METADATA' block right above it",
    ),
    "METADATA that is no YAML": (
        {"# title: At": "# title: [At"},
        "acme_1.rego:9: METADATA is not YAML",
    ),
    "METADATA without a title": (
        {"# title: At most three items\n": ""},
        "acme_1.rego:9: METADATA title: Field required",
    ),
    "METADATA with an unknown key": (
        {"severity:": "severety:"},
        "acme_1.rego:9: METADATA custom.severety: Extra inputs are not permitted",
    ),
    "METADATA without a law": (
        {"# related_resources:\n# - ref: https://handbook.example/offers\n": "",
         "#   description: Handbook, offers\n": ""},
        "acme_1.rego:9: METADATA lacks related_resources.",
    ),
    "METADATA without what unknown means": (
        {"#   unknown: does not fire\n": "", "#   severity: low\n": ""},
        "acme_1.rego:9: METADATA lacks custom.severity, custom.unknown.",
    ),
    "no English": (
        {'#     en: "{count} items are shown, and {most} are allowed."\n': ""},
        "acme_1.rego:9: METADATA custom.message has no 'en'.",
    ),
    "another id": (
        {"id: ACME-1": "id: ACME-2"},
        "acme_1.rego:26: The finding says 'ACME-1', METADATA 'ACME-2'.",
    ),
    "a reason in METADATA only": (
        {"id: ACME-1": "id: ACME-1\n#   reason: many"},
        "The finding's args.reason is None, METADATA custom.reason 'many'.",
    ),
    "a reason in the finding only": (
        {'"args": {': '"args": {"reason": "many", '},
        "acme_1.rego:26: The finding's args.reason is 'many', METADATA custom.reason None.",
    ),
    "a reason without a first block": (
        {"id: ACME-1": "id: ACME-1\n#   reason: many", '"args": {': '"args": {"reason": "many", '},
        "acme_1.rego:9: Rule 'ACME-1' has no block without a reason",
    ),
    "the catalogue's own reason": (
        {"id: ACME-1": "id: ACME-1\n#   reason: default",
         '"args": {': '"args": {"reason": "default", '},
        "acme_1.rego:9: 'default' is kept for the block without a reason.",
    ),
    "a placeholder for nothing": (
        {"Show fewer items": "Show {fewer} items"},
        "acme_1.rego:9: The text names {fewer}, which is not among 'args'.",
    ),
    "a placeholder in another language": (
        {"sallittu on {most}": "sallittu on {eniten}"},
        "acme_1.rego:9: The text names {eniten}, which is not among 'args'.",
    ),
    "a rule id that is no literal": (
        {'"rule": "ACME-1"': '"rule": upper("acme-1")'},
        "acme_1.rego:26: Write the finding as an object with literal 'rule' and 'effect'",
    ),
    "a finding that is no object": (
        {"findings contains {\n": "findings contains finding if {\n\tfinding := {\n",
         "} if {\n": "\t}\n"},
        "acme_1.rego:26: Write the finding as an object with literal 'rule' and 'effect'",
    ),
    "no facts": ({HEAD: ""}, "acme_1.rego:26: The finding lacks 'facts'."),
    "no args": ({ARGS: ""}, "acme_1.rego:26: The finding lacks 'args'."),
    "a key too many": ({HEAD: f'{HEAD}\t"text": "",\n'}, "acme_1.rego:26: A finding has no 'text'."),
    "an effect that is none": (
        {'"effect": "deny"': '"effect": "block"'},
        "acme_1.rego:26: Effect 'block' is not one of deny, escalate, warn, oblige.",
    ),
    "an obligation that is none": (
        {'"effect": "deny"': '"effect": "oblige"'},
        "acme_1.rego:26: A finding that obliges names its 'obligation'.",
    ),
    "no phase": (
        {'\tinput.phase == "completed"\n': ""},
        ("acme_1.rego:26: METADATA says phase 'completed'; "
         "the body must say 'input.phase == \"completed\"'."),
    ),
    "another phase": (
        {'input.phase == "completed"': 'input.phase == "requested"'},
        "acme_1.rego:26: METADATA says phase 'completed'",
    ),
    "a phase denied": (
        {'input.phase == "completed"': 'not input.phase == "completed"'},
        "acme_1.rego:26: METADATA says phase 'completed'",
    ),
    "a phase that is none": (
        {"phases: [completed]": "phases: [requested, completed]",
         'input.phase == "completed"': 'input.phase == "finished"'},
        "acme_1.rego:26: There is no phase 'finished'.",
    ),
    "other steps": (
        {"steps: [recommendation]": "steps: [recommendation, profiling]"},
        ("acme_1.rego:9: A rule of package 'organisation.acme.recommendation' serves the step "
         "'recommendation' only"),
    ),
    "a misspelt fact": (
        {"input.recommendation.items": "input.recomendation.items"},
        ("acme_1.rego:5: 'recomendation.items' is no fact of the step 'recommendation'. "
         "Did you mean 'recommendation.items'?"),
    ),
    "a fact of another step": (
        {"input.recommendation.items": "input.restriction.active"},
        "acme_1.rego:5: 'restriction.active' is no fact of the step 'recommendation'.",
    ),
    "a misspelt fact in a finding": (
        {HEAD: '"facts": ["recommendation.itmes"],\n'},
        ("acme_1.rego:26: 'recommendation.itmes' is no fact of the step 'recommendation'. "
         "Did you mean 'recommendation.items'?"),
    ),
    "missing data": (
        {"_acme_1_most := 3": "_acme_1_most := data.reference.decisions.alternatives_mni"},
        ("acme_1.rego:7: 'data.reference.decisions.alternatives_mni' is not there. "
         "Did you mean 'data.reference.decisions.alternatives_min'?"),
    ),
    "a missing list": (
        {"_acme_1_most := 3": "_acme_1_most := count(data.reference.retention[`a`])"},
        "acme_1.rego:7: 'data.reference.retention.a' is not there.",
    ),
    "the catalogue": (
        {"_acme_1_most := 3": "_acme_1_most := count(data.catalogue)"},
        "acme_1.rego:7: 'data.catalogue' is not there. Did you mean 'data.catalogue.revision'?",
    ),
    "another root": (
        {"_acme_1_most := 3": "_acme_1_most := data.limits.most"},
        "acme_1.rego:7: 'data.limits' is no root of this policy set; there are aboveboard",
    ),
    "all data": (
        {"_acme_1_most := 3": "_acme_1_most := count(data)"},
        "acme_1.rego:7: 'data.data' is no root of this policy set",
    ),
    "a missing rule": (
        {"_acme_1_most := 3": "_acme_1_most := data.aboveboard.lib.personal_dta"},
        ("acme_1.rego:7: 'data.aboveboard.lib.personal_dta' is not there. "
         "Did you mean 'data.aboveboard.lib.personal_data'?"),
    ),
    "a missing function": (
        {"_acme_1_most := 3": "_acme_1_most := data.aboveboard.lib.purpose(`dpv:Marketing`)"},
        "acme_1.rego:7: 'data.aboveboard.lib.purpose' is not there.",
    ),
    "a missing rule of one's own": (
        {"_acme_1_most := 3": "_acme_1_most := data.organisation.acme.recommendation._limit"},
        "acme_1.rego:7: 'data.organisation.acme.recommendation._limit' is not there.",
    ),
    "a whole package": (
        {"_acme_1_most := 3": "_acme_1_most := count(data.aboveboard.lib)"},
        "acme_1.rego:7: 'data.aboveboard.lib' is not there.",
    ),
    "any package": (
        {"_acme_1_most := 3": "_acme_1_most := count([t | some t in data.aboveboard.topic])"},
        "acme_1.rego:7: 'data.aboveboard.topic' is not there.",
    ),
    "any organisation": (
        {"_acme_1_most := 3": "_acme_1_most := count([o | some o in data.organisation])"},
        "acme_1.rego:7: 'data.organisation' is not there.",
    ),
    "a function that calls itself": (
        {"_acme_1_most := 3": "_acme_1_most(x) := _acme_1_most(x - 1)"},
        "acme_1.rego:7: '_acme_1_most' depends on itself.",
    ),
    "functions that call each other": (
        {"_acme_1_most := 3": "_acme_1_most(x) := _acme_1_b(x)\n\n_acme_1_b(x) := _acme_1_most(x)"},
        "acme_1.rego:9: '_acme_1_b' depends on itself.",
    ),
    "rules that rest on each other": (
        {"_acme_1_most := 3": "_acme_1_most if not _acme_1_b\n\n_acme_1_b if _acme_1_most"},
        "acme_1.rego:7: '_acme_1_most' depends on itself.",
    ),
    "a rule that reads itself by its path": (
        {"_acme_1_most := 3":
         "_acme_1_most := [x | some x in data.organisation.acme.recommendation._acme_1_most]"},
        "acme_1.rego:7: '_acme_1_most' depends on itself.",
    ),
    "not Rego": (
        {"_acme_1_most := 3": "_acme_1_most := := secret"},
        "acme_1.rego:7: ",
    ),
    "brackets without end": (
        {"_acme_1_most := 3": f"_acme_1_most := {'[' * 13}{']' * 13}"},
        "acme_1.rego: brackets are nested over 12 deep.",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "message"), CHANGES.values(), ids=CHANGES)
def test_refused(changes: dict[str, str], message: str, directory: Directory) -> None:
    said = refused(directory.add(text=rego(changes=changes)))
    assert any(line.startswith("policies/") and message in line for line in said.splitlines()), said
    assert "secret" not in said
    assert str(directory.path) not in said


def test_all_problems_at_once_by_place(directory: Directory) -> None:
    directory.add("b.rego", rego(changes={"keywords.not\n": "keywords.not\nimport data.x\n"}))
    said = refused(directory.add("a.rego", rego(changes={'"deny"': '"no"', "_acme_1_": "_other_"})))
    places = [line.split(" ")[0] for line in said.splitlines()]
    assert places == ["policies/a.rego:26:", "policies/b.rego:4:"]


def test_a_reason_needs_the_phase_of_its_rule(directory: Directory) -> None:
    text = rego() + SECOND.replace('\tinput.phase == "completed"\n', "")
    assert "acme_1.rego:43: METADATA says phase 'completed'" in refused(directory.add(text=text))
    wider = rego() + SECOND.replace("reason: other", "reason: other\n#   phases: [requested]")
    assert "names a phase that the rule's first block does not" in refused(
        directory.add(text=wider)
    )


def test_a_helper_in_two_files(directory: Directory) -> None:
    directory.add()
    other = rego(changes={"ACME-1": "ACME-2", "_acme_1_count": "_acme_2_count"})
    assert refused(directory.add("acme_2.rego", other)) == (
        "policies/acme_2.rego:7: '_acme_1_most' is defined in policies/acme_1.rego too: the two "
        "would become one. Give it a name of its own."
    )


def test_a_default_in_two_files(directory: Directory) -> None:
    text = "_acme_1_most := 3\n\ndefault _shared := 1\n"
    directory.add(text=rego(changes={"_acme_1_most := 3\n": text}))
    other = rego(changes={"_acme_1_most := 3\n": text, "_acme_1": "_acme_2", "ACME-1": "ACME-2"})
    assert "acme_2.rego:9: '_shared' has a second default." in refused(
        directory.add("acme_2.rego", other)
    )


def test_a_function_of_another_file_is_not_there(directory: Directory) -> None:
    directory.add(text=rego(changes={"_acme_1_most := 3": "_acme_1_most := 3\n\n_f(x) := x"}))
    other = rego(changes={"_acme_1": "_acme_2", "ACME-1": "ACME-2", "_acme_2_most := 3":
                          "_acme_2_most := _f(3)"})  # fmt: skip
    assert "acme_2.rego:7: Function '_f' is not in" in refused(directory.add("acme_2.rego", other))


def test_recursion_across_packages(tmp_path: Path) -> None:
    one, two = Directory(tmp_path / "one"), Directory(tmp_path / "two")
    call = "_acme_1_most(x) := data.organisation.{}.{}._acme_1_most(x)"
    use = {"> _acme_1_most": "> 3", '"most": _acme_1_most': '"most": 3'}
    one.add(text=rego(changes={
        **use, "_acme_1_most := 3": call.format("other", "profiling"),
    }))  # fmt: skip
    two.add(text=rego(package="organisation.other.profiling", changes={
        **use, "_acme_1_most := 3": call.format("acme", "recommendation"), "ACME-1": "OTHER-1",
        "steps: [recommendation]": "steps: [profiling]", "input.recommendation.items":
        "input.fields", '"recommendation.items"': '"fields"',
    }))  # fmt: skip
    said = refused(one.path, two.path)
    assert said.count("'_acme_1_most' depends on itself.") == 2


def test_one_step_too_many_in_a_topic(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    said = copied(monkeypatch, tmp_path, "topic/consent/r_cons_01.rego",
                  "steps: [data_collection, profiling, recommendation]",
                  "steps: [data_collection, profiling, recommendation, decision]")  # fmt: skip
    assert "r_cons_01.rego:5: Step 'decision' does not include topic 'consent'" in said


def test_one_step_too_few_in_a_topic(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    said = copied(monkeypatch, tmp_path, "topic/consent/r_cons_01.rego",
                  "steps: [data_collection, profiling, recommendation]",
                  "steps: [data_collection, profiling]")  # fmt: skip
    assert "r_cons_01.rego:5: Step 'recommendation' includes topic 'consent'" in said


def test_rules_of_a_topic_that_disagree(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    said = copied(monkeypatch, tmp_path, "topic/lawfulness/r_lb_01.rego",
                  ", recommendation, decision]", ", recommendation]")  # fmt: skip
    assert "The rules of topic 'lawfulness' name different steps." in said


def test_a_topic_that_is_forgotten(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    line = "findings contains finding if some finding in data.aboveboard.topic.objection.findings\n"
    said = copied(monkeypatch, tmp_path, "decision/decision.rego", line, "")
    assert "Step 'decision' does not include topic 'objection', against its METADATA." in said


def test_a_fact_that_one_step_of_a_topic_lacks(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said = copied(monkeypatch, tmp_path, "topic/direct_marketing/r_dm_01.rego",
                  "input.objections.direct_marketing == false",
                  "input.suppression_list.hit == false")  # fmt: skip
    assert "'suppression_list.hit' is no fact of the step 'profiling'." in said


def test_a_misspelt_fact_in_the_library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    said = copied(monkeypatch, tmp_path, "lib/lib.rego",
                  "not input.contact.channel", "not input.contact.chanel")  # fmt: skip
    assert "'contact.chanel' is no fact of any step. Did you mean 'contact.channel'?" in said


def test_a_bundled_package_out_of_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    said = copied(monkeypatch, tmp_path, "lib/lib.rego", "package aboveboard.lib",
                  "package aboveboard.library")  # fmt: skip
    assert "lib.rego:1: Package 'aboveboard.library' is out of place; expected" in said


def copied(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, file: str, old: str, new: str) -> str:
    """What loading says of a copy of the bundled policies with one change."""
    source, target = bundles.bundled_directory(), tmp_path / "aboveboard_policies"
    for path in source.rglob("*"):
        if path.suffix in (".rego", ".json"):
            place = target / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            text = path.read_text(encoding="utf-8")
            if path == source / "aboveboard" / file:
                assert old in text
                text = text.replace(old, new, 1)
            place.write_text(text, encoding="utf-8")
    monkeypatch.setattr(bundles, "bundled_directory", lambda: target)
    with pytest.raises(PolicyError) as caught:
        bundles._load(())
    return str(caught.value)


def test_another_owner_of_an_id(directory: Directory, tmp_path: Path) -> None:
    ours = {"ACME-1": "R-DM-01"}
    assert "'R-DM-01' is a rule of 'aboveboard' already. Give yours an id of its own" in refused(
        directory.add(text=rego(changes=ours))
    )
    two = Directory(tmp_path / "two")
    two.add(text=rego(package="organisation.other.recommendation"))
    assert "two/acme_1.rego:9: 'ACME-1' is a rule of 'organisation.acme' already." in refused(
        directory.add(), two.path
    )


def test_one_rule_in_two_steps_of_an_organisation(directory: Directory) -> None:
    directory.add()
    other = rego(package="organisation.acme.decision", changes={
        "steps: [recommendation]": "steps: [decision]",
        "input.recommendation.items": "input.fields",
        '"recommendation.items"': '"fields"',
    })  # fmt: skip
    entry = load_bundle([directory.add("decision.rego", other)]).catalogue.get("ACME-1")
    assert entry is not None
    assert entry.steps == ("recommendation", "decision")


def test_directories_of_one_name(tmp_path: Path) -> None:
    one, two = Directory(tmp_path / "a" / "rules"), Directory(tmp_path / "b" / "rules")
    one.add()
    assert "rules-2/acme_1.rego:7: '_acme_1_most' is defined in rules/acme_1.rego too" in refused(
        one.path,
        two.add(text=rego(changes={"ACME-1": "ACME-2", "_acme_1_count": "_acme_2_count"})),
    )
    two.add(text=rego(changes={"ACME-1": "ACME-2", "_acme_1": "_acme_2", "three": "2"}))
    titles = [entry.title for entry in load_bundle([one.path, two.path]).catalogue][:2]
    assert titles == ["At most three items", "At most 2 items"]


def test_a_directory_named_twice_is_read_once(directory: Directory) -> None:
    path = directory.add()
    again = path.parent / "." / path.name
    assert load_bundle([path, again]).revision == load_bundle([path]).revision


def test_files_that_are_no_text(directory: Directory) -> None:
    assert refused(directory.add(text=b"package \xff")) == (
        "policies/acme_1.rego: cannot be read as UTF-8 text."
    )


def test_a_file_that_is_too_large(directory: Directory) -> None:
    text = rego() + "#" * (1 << 20)
    assert refused(directory.add(text=text)) == "policies/acme_1.rego: is over 1048576 bytes."


def test_too_many_files(directory: Directory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundles, "MAX_FILES", 100)
    for number in range(101):
        directory.add(f"r{number}.rego", "package x")
    assert "holds over 100 Rego files." in refused(directory.path)


def test_a_name_that_cannot_be_printed(directory: Directory) -> None:
    assert "has a name that cannot be printed." in refused(directory.add("a\nx := 1.rego"))


def test_an_empty_directory(directory: Directory) -> None:
    assert refused(directory.path).endswith("holds no Rego file and no reference data.")


def test_no_directory(directory: Directory) -> None:
    assert refused(directory.path / "none").endswith("none: no such directory of policies.")


def test_tests_are_left_out(directory: Directory) -> None:
    directory.add()
    revision = load_bundle([directory.path]).revision
    directory.add("acme_1_test.rego", "package organisation.acme.recommendation_test\n")
    assert load_bundle([directory.path]).revision == revision
    assert not any("_test" in module.file for module in load_bundle().modules)


def test_line_ends_that_only_python_sees(directory: Directory) -> None:
    """The linker drops the package's and imports' lines; it must count lines as the parser does."""
    mark = "# a\u2028b\x0bc\x0cd\x85e\n"
    text = mark + rego() + mark
    bundle = load_bundle([directory.add(text=text)])
    linked = bundle.linked("organisation.acme.recommendation")
    for line in rego().split("\n"):
        if line and not line.startswith(("package", "import", "#")):
            assert line in linked.split("\n")
    assert linked.count("package ") == linked.count("import ") == 1
