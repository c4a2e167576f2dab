"""`python -m tools.check_policies` finds what it is there to find."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from aboveboard.policy.bundle import PolicyBundle, load_bundle
from tools import check_policies

pytestmark = pytest.mark.opa

DM = "aboveboard_policies/aboveboard/topic/direct_marketing/r_dm_01.rego"
MIN = "aboveboard_policies/aboveboard/topic/minimisation/r_min_01.rego"


def changed(file: str, old: str, new: str) -> PolicyBundle:
    """The bundled policies with one change that the load checks never saw."""
    bundle = load_bundle()
    assert any(module.file == file and old in module.text for module in bundle.modules)
    return replace(
        bundle,
        modules=tuple(
            replace(module, text=module.text.replace(old, new)) if module.file == file else module
            for module in bundle.modules
        ),
    )


def test_all_is_well(opa_binary: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check_policies.main() == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()[1:]]
    assert [line[-1] for line in lines] == ["ok"] * 6


@pytest.mark.parametrize(
    ("file", "old", "new", "steps"),
    [
        (DM, "input.objections.direct_", "input.objections.direkt_", "profiling recommendation"),
        (DM, "objections.direct_marketing ==", "suppression_list.hit ==", "profiling"),
        (MIN, "\tfield.necessary_for\n", "\tfield.necesary_for\n", "data_collection profiling"),
    ],
    ids=["misspelt", "no fact of that step", "misspelt in an item"],
)
def test_a_path_that_is_no_fact(
    file: str, old: str, new: str, steps: str, opa_binary: Path
) -> None:
    said = check_policies.check_facts(str(opa_binary), changed(file, old, new))
    places = [line for line in said.splitlines() if "policies/" in line]
    assert len(places) >= len(steps.split())
    assert all(f"policies/{file}:" in line and "undefined ref: " in line for line in places)
    told = [line.split(":")[0] for line in said.splitlines() if ": exit 1" in line]
    assert told == steps.split()


def test_another_installation_than_the_checkout() -> None:
    odd = changed(DM, "input.phase", "input.phrase")
    assert check_policies.check_installed(odd).splitlines()[1:] == [DM]


def test_a_line_that_no_test_reaches(opa_binary: Path, tmp_path: Path) -> None:
    opa, bundle = str(opa_binary), load_bundle()
    check_policies.lay_out(bundle, tmp_path)
    file = tmp_path / "policies" / MIN
    file.write_text(file.read_text("utf-8") + '\n_r_min_01_idle if input.step == "x"\n', "utf-8")
    assert check_policies.check_tests(opa, tmp_path) == ""
    last = len(file.read_text("utf-8").splitlines())
    assert check_policies.check_coverage(opa, tmp_path) == f"not reached:\npolicies/{MIN}:{last}"


def test_a_test_that_fails(opa_binary: Path, tmp_path: Path) -> None:
    check_policies.lay_out(load_bundle(), tmp_path)
    file = tmp_path / "policies" / DM
    file.write_text(file.read_text("utf-8").replace("== true", "== false"), "utf-8")
    said = check_policies.check_tests(str(opa_binary), tmp_path)
    assert "data.aboveboard.topic.direct_marketing_test.test_objected (policies/" in said
