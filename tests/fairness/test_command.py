"""`aboveboard fairness`: what people see, what is written, and with which code it ends."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from aboveboard.fairness import extra
from aboveboard.organisation.systems import FairnessCheck

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

COUNTS = "group,n,selected\nfi,1000,500\nsv,300,140\n"
AT = ("--evaluated-at", "2026-11-02T09:00:00+02:00")


@pytest.fixture
def ucb(tmp_path: Path, departments: dict[str, dict[str, tuple[int, int]]]) -> Path:
    lines = ["department;sex;n;selected"]
    for department, groups in departments.items():
        lines += [f"{department};{sex};{n};{chosen}" for sex, (n, chosen) in groups.items()]
    path = tmp_path / "ucb.csv"
    path.write_text("\n".join(lines), encoding="utf-8-sig")
    return path


def test_a_pass(run: Callable[..., Result]) -> None:
    Path("counts.csv").write_text(COUNTS)
    result = run("counts.csv")
    assert result.exit_code == 0
    assert result.stderr == ""
    lines = result.stdout.splitlines()
    assert lines[0] == "By group (1,300 people)"
    assert lines[1].split()[:3] == ["RESULT", "GROUP", "N"]
    assert lines[2].split() == ["reference", "fi", "1,000", "500", "50.0", "%"]
    assert lines[3].split() == [
        *("pass", "sv", "300", "140", "46.7", "%", "0.933"),
        *("0.814–1.069", "0.3238"),
    ]
    assert "Result: pass" in lines
    assert "EU law has no such rule" in result.stdout


def test_strata_are_shown_one_by_one(run: Callable[..., Result], ucb: Path) -> None:
    result = run("ucb.csv", "--group", "sex", "--stratum", "department")
    assert result.exit_code == 1
    assert "Everybody (4,526 people)" in result.stdout
    titles = [line for line in result.stdout.splitlines() if line.startswith("department: ")]
    assert titles[0] == "department: A (933 people)"
    assert len(titles) == 6
    assert "Result: deny, over all strata together" in result.stdout
    assert "Read the strata one by one" in result.stdout


def test_counts_that_stand_in_several_rows_are_not_pooled(
    run: Callable[..., Result], ucb: Path
) -> None:
    result = run("ucb.csv", "--group", "sex")
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: ucb.csv:4: the group was there before.")
    assert "--stratum" in result.stderr


def test_thin_data_do_not_exit_with_0(run: Callable[..., Result]) -> None:
    Path("counts.csv").write_text("group,n,selected\nfi,1000,500\nsv,29,14\n")
    result = run("counts.csv")
    assert result.exit_code == 1
    assert "\n* sv: not enough data: fewer than 30 people, no claim\n" in result.stdout
    assert "That is no pass" in result.stdout


@pytest.mark.parametrize(
    "rows", ["group,n,selected\nfi,1000,0\nsv,900,0\n", "group,n,selected\nfi,90,9\n"]
)
def test_nothing_to_compare_is_no_pass(run: Callable[..., Result], rows: str) -> None:
    Path("counts.csv").write_text(rows)
    result = run("counts.csv")
    assert result.exit_code == 1
    assert "nothing to compare" in result.stdout


def test_facts_for_the_organisation(run: Callable[..., Result]) -> None:
    Path("counts.csv").write_text(COUNTS)
    details = ("--model-version", "3.10", "--window-days", "90", *AT)
    for name, load in (("facts.yaml", yaml.safe_load), ("facts.json", json.loads)):
        result = run("counts.csv", *details, "-o", name)
        assert result.exit_code == 0
        assert result.stdout.endswith(f"Wrote the facts to {name}.\n")
        facts = load(Path(name).read_text(encoding="utf-8"))["fairness"]
        assert facts["evaluated_at"] == "2026-11-02T07:00:00Z"
        assert facts["model_version"] == "3.10"
        assert facts["impact_ratio_min_bp"] == 9333
        FairnessCheck.model_validate(facts)


def test_as_json(run: Callable[..., Result], ucb: Path) -> None:
    result = run("ucb.csv", "--group", "sex", "--stratum", "department", *AT, "--format", "json")
    assert result.exit_code == 1
    shown = json.loads(result.stdout)
    assert shown["outcome"] == "deny"
    assert "stratum" not in shown["facts"]
    assert [one["facts"]["stratum"] for one in shown["strata"]] == [
        f"department:{name}" for name in "ABCDEF"
    ]
    (women, men) = shown["overall"]["groups"]
    assert women["impact_ratio"] == pytest.approx(0.68183, abs=5e-6)
    assert women["test"] == "fisher"
    assert men["outcome"] is None


def test_the_same_in_every_form(run: Callable[..., Result], tmp_path: Path) -> None:
    rows: dict[str, list[Any]] = {
        "kieli": ["suomi", "ruotsi"] * 40,
        "tulos": ["myönnetty", "evätty", "evätty", "myönnetty"] * 20,
    }
    pq.write_table(pa.table(rows), tmp_path / "rows.parquet")
    text = "kieli;tulos\n" + "".join(
        f"{a};{b}\n" for a, b in zip(rows["kieli"], rows["tulos"], strict=True)
    )
    (tmp_path / "rows.csv").write_text(text, encoding="utf-8-sig")
    (tmp_path / "rows.csv.gz").write_bytes(gzip.compress(text.encode()))
    options = ("--group", "kieli", "--outcome", "tulos", "--favourable", "myönnetty")
    shown = [run(name, *options) for name in ("rows.parquet", "rows.csv", "rows.csv.gz")]
    shown.append(run("-", *options, input=text.encode()))
    assert {one.exit_code for one in shown} == {0}
    assert len({one.stdout for one in shown}) == 1
    assert "By kieli (80 people)" in shown[0].stdout


def test_blank_outcomes_are_told(run: Callable[..., Result]) -> None:
    rows = "group,ok\n" + "a,1\na,0\nb,1\nb,0\n" * 40 + "a,\n"
    result = run("-", "--outcome", "ok", input=rows)
    assert result.exit_code == 0
    assert "Rows left out because their outcome is blank: 1." in result.stdout


def test_many_strata_are_cut_to_the_gravest(run: Callable[..., Result]) -> None:
    rows = "segment,group,n,selected\n"
    rows += "".join(f"s{i:02},a,400,200\ns{i:02},b,400,200\n" for i in range(30))
    rows += "z,a,400,200\nz,b,400,80\n"
    result = run("-", "--stratum", "segment", input=rows)
    assert result.exit_code == 1
    assert "segment: z" in result.stdout
    assert result.stdout.count("segment: ") == 20
    assert "The 20 gravest of 31 strata are shown" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["no.csv"], "no.csv: cannot be read (No such file or directory)."),
        (["."], ".: cannot be read (Is a directory)."),
        (["bad.csv"], "bad.csv:3: selected is more than n."),
        (["bad.csv", "--group", "grup"], "Did you mean 'group'?"),
        (["good.csv", "-o", "facts.txt"], "ends with .json or .yaml"),
        (["good.json", "-o", "good.json"], "write over the table"),
        (["good.csv", "-o", "no/facts.json"], "'no/facts.json' cannot be written"),
        (["good.csv", "--favourable", "yes"], "--outcome"),
        (["good.csv", "--evaluated-at", "2026-11-02"], "RFC 3339"),
        (["good.csv", "--evaluated-at", "0001-01-01T00:00:00+14:00"], "the years 1 to 9999"),
        (["good.csv", "--n-min", "10"], "30"),
        (["good.csv", "--model-version", " "], "version"),
        (["-", "--outcome", "x"], "standard input: is empty"),
    ],
)
def test_bad_input_is_one_message(
    run: Callable[..., Result], arguments: list[str], said: str
) -> None:
    Path("good.csv").write_text(COUNTS)
    Path("good.json").write_text(COUNTS)
    Path("bad.csv").write_text("group,n,selected\nfi,10,5\nsv,5,10\n")
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("what", ["scipy", "pyarrow"])
def test_without_the_extra(
    run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, what: str
) -> None:
    def missing(name: str) -> Any:
        if name.startswith(what):
            raise ImportError(name)
        return real(name)

    real = extra.import_module
    monkeypatch.setattr(extra, "import_module", missing)
    table = {"group": ["a", "b"], "n": [90, 90], "selected": [40, 50]}
    pq.write_table(pa.table(table), tmp_path / "rows.parquet")
    result = run("rows.parquet")
    assert result.exit_code == 2
    name = {"scipy": "fairness", "pyarrow": "parquet"}[what]
    assert result.stderr.count("\n") == 1
    assert result.stderr.endswith(f"pip install 'aboveboard[{name}]'\n")


def test_names_cannot_steer_the_terminal(run: Callable[..., Result]) -> None:
    result = run("-", input="group,n,selected\na\u202eb,90,40\nc,90,40\n")
    assert "\\u202e" in result.stdout
    assert "\u202e" not in result.stdout


def test_many_thin_groups_take_one_line(run: Callable[..., Result]) -> None:
    rows = "group,n,selected\nall,900,400\n" + "".join(f"g{i:02},5,2\n" for i in range(40))
    result = run("-", input=rows)
    assert "* g00, g01, g02, g03, g04, g05, g06, g07 and 32 more: not enough data" in result.stdout
