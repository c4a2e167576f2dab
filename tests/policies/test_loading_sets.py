"""What is checked at load across files, packages and directories, and of the files themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from aboveboard.errors import PolicyError
from aboveboard.policy import bundle as bundles
from aboveboard.policy.bundle import load_bundle
from tests.policies.writing import SECOND, Directory, refused, rego


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
                  "package aboveboard.helpers")  # fmt: skip
    assert "lib.rego:1: Package 'aboveboard.helpers' is out of place; expected" in said


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
