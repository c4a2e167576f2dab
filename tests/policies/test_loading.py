"""Every check at load refuses what it guards against, and names file, line and the way out."""

from __future__ import annotations

import pytest

from aboveboard.policy.bundle import load_bundle
from tests.policies.writing import SECOND, Directory, refused, rego

HEAD = '"facts": ["recommendation.items"],\n'
ARGS = '"args": {"count": _acme_1_count, "most": _acme_1_most},\n'


def test_the_good_one_loads(directory: Directory) -> None:
    bundle = load_bundle([directory.add()])
    assert bundle.packages_for("recommendation")[1] == "organisation.acme.recommendation"
    assert load_bundle([directory.add(text=rego() + SECOND)]).catalogue.get("ACME-1")


SET = "_acme_1_most := 3\n\n_acme_1_ids contains {} if some item in input.recommendation.items"
FINE = (
    "item",
    "count(item)",
    'object.get(item, "id", "?")',
    "input.time",
    "_acme_1_most",
    "[part | some part in item.parts; part.id]",
)


@pytest.mark.parametrize("head", FINE)
def test_sets_of_what_is_always_there_load(head: str, directory: Directory) -> None:
    changes = {"_acme_1_most := 3": SET.replace("{}", head)}
    load_bundle([directory.add(text=rego(changes=changes))])


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
    "a set of what an item may lack": (
        {"_acme_1_most := 3": SET.format("item.id")},
        ("acme_1.rego:9: '_acme_1_ids' is a set of 'item.id', which may be undefined for an item: the "
         "embedded engine would lose the whole set. Give it a name in the body, as in "
         "'value := item.id', and let the set contain that."),
    ),
    "such a set of lists": (
        {"_acme_1_most := 3": SET.format('["a", item.prices[0]]')},
        "'_acme_1_ids' is a set of 'item.prices', which may be undefined",
    ),
    "a set of a function's values": (
        {"_acme_1_most := 3": SET.format("_acme_1_f(item)") + "\n\n_acme_1_f(x) := x.id"},
        "'_acme_1_ids' is a set of '_acme_1_f', which may be undefined",
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
        {"input.recommendation.items": "input.rollout.phase"},
        "acme_1.rego:5: 'rollout.phase' is no fact of the step 'recommendation'.",
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
