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
    assert [line[-1] for line in lines] == ["ok"] * 8


@pytest.mark.parametrize(
    ("file", "old", "new", "steps"),
    [
        (DM, "input.objections.direct_", "input.objections.direkt_", "profiling, recommendation"),
        (DM, "objections.direct_marketing ==", "suppression_list.hit ==", "profiling"),
        (MIN, "\tfield.necessary_for\n", "\tfield.necesary_for\n", "data_collection, profiling"),
    ],
    ids=["misspelt", "no fact of that step", "misspelt in an item"],
)
def test_a_path_that_is_no_fact(
    file: str, old: str, new: str, steps: str, opa_binary: Path
) -> None:
    said = check_policies.judged(opa_binary, changed(file, old, new))["facts"]
    lines = said.strip().splitlines()
    assert lines
    assert all(f"policies/{file}:" in line and ": undefined ref: " in line for line in lines)
    of = "steps" if "," in steps else "step"
    assert all(f", in the {of} {steps} (rego_type_error)." in line for line in lines)


def test_another_installation_than_the_checkout() -> None:
    odd = changed(DM, "input.phase", "input.phrase")
    assert check_policies.check_installed(odd).splitlines()[1:] == [DM]


def test_a_line_that_no_test_reaches(opa_binary: Path) -> None:
    odd = changed(MIN, "package ", "package ")
    (module,) = [module for module in odd.modules if module.file == MIN]
    more = replace(module, text=module.text + '\n_r_min_01_idle if input.step == "x"\n')
    odd = replace(odd, modules=tuple(more if m.file == MIN else m for m in odd.modules))
    sources = [
        s for s in check_policies.tests_of_checkout() if "/minim" in s.name or "/lib" in s.name
    ]
    steps = check_policies.tested(opa_binary, odd, sources)
    last = len(more.text.splitlines())
    assert steps["tests"] == steps["embedded"] == ""
    lines = steps["coverage"].splitlines()
    assert [line for line in lines if MIN in line] == [f"policies/{MIN}:{last}"]


def test_a_test_that_fails(opa_binary: Path) -> None:
    sources = [
        s for s in check_policies.tests_of_checkout() if "r_dm_01" in s.name or "/lib" in s.name
    ]
    odd = changed(DM, "== true", "== false")
    steps = check_policies.tested(opa_binary, odd, sources)
    failing = "data.aboveboard.topic.direct_marketing_test.test_objected (policies/"
    assert failing in steps["tests"]
    assert failing in steps["embedded"]
    assert steps["coverage"] == "not run: tests fail"
