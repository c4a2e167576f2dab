"""What is no policy, or would take the machine along, is told as one error; nothing hangs."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from aboveboard.errors import PolicyError
from aboveboard.workbench.checking import Request
from aboveboard.workbench.report import Report
from aboveboard.workbench.trying import try_out
from tests.workbench.conftest import RULE, told

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{below}'] * 9)}]\n"
    for below, name in zip("abcdefgh", "bcdefghi", strict=True)
)
MERGES = "a: &a {x: 1}\n" + "".join(
    f"{name}: &{name} {{<<: [{', '.join([f'*{below}'] * 9)}]}}\n"
    for below, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def test_a_directory_that_does_not_exist(judge: Callable[..., Report], tmp_path: Path) -> None:
    for asked in (judge, lambda place: try_out(Request((place,)))):
        with pytest.raises(PolicyError, match=r"nowhere: no such directory of policies\.$"):
            asked(tmp_path / "nowhere")


def test_an_empty_directory(place: Path, judge: Callable[..., Report]) -> None:
    report = judge(place)
    assert told(report) == ["AB-FILE-02 own:0"]
    (message,) = [item.message for item in report.findings if item.level == "error"]
    assert message == "holds no Rego file and no reference data."
    with pytest.raises(PolicyError, match="holds no Rego file"):
        try_out(Request((place,)))


def test_policies_without_tests(place: Path) -> None:
    (place / "rule.rego").write_text(RULE, "utf-8")
    with pytest.raises(
        PolicyError, match=r"^own: holds neither a test \(\*_test\.rego\) nor a table"
    ):
        try_out(Request((place,)))


@pytest.mark.parametrize("name", ["rule.rego", "rule_test.rego", "rule.examples.yaml"])
@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"#" * (1 << 20) + b"#"], ids=["odd", "huge"])
def test_what_is_no_text(
    name: str, content: bytes, place: Path, judge: Callable[..., Report]
) -> None:
    (place / "fine.rego").write_text(RULE, "utf-8")
    (place / name).write_bytes(content)
    table = name.endswith(".yaml")
    report = try_out(Request((place,)), "embedded") if table else judge(place)
    assert f"AB-FILE-01 own/{name}:0" in told(report)


def test_a_file_of_a_gigabyte_is_not_read(place: Path, judge: Callable[..., Report]) -> None:
    for name in ("rule.rego", "rule_test.rego", "rule.examples.yaml"):
        with (place / name).open("wb") as stream:
            stream.truncate(8 << 30)
    begun = time.monotonic()
    assert "AB-FILE-01 own/rule.rego:0" in told(judge(place))
    assert time.monotonic() - begun < 30


@pytest.mark.parametrize("bomb", [BOMB, MERGES], ids=["lists", "merges"])
@pytest.mark.parametrize("where", ["metadata", "reference", "table"])
def test_a_few_lines_that_unfold_to_gigabytes(
    bomb: str, where: str, place: Path, judge: Callable[..., Report]
) -> None:
    text = RULE
    if where == "metadata":
        lines = "".join(f"# {line}\n" for line in bomb.splitlines())
        text = RULE.replace("# title: A rule\n", f"# title: A rule\n{lines}")
    elif where == "reference":
        (place / "reference" / "schemas").mkdir(parents=True)
        (place / "reference" / "x.yaml").write_text(bomb)
        (place / "reference" / "schemas" / "x.json").write_text("{}")
    else:
        (place / "x.examples.yaml").write_text(bomb)
    (place / "rule.rego").write_text(text, "utf-8")
    report = try_out(Request((place,)), "embedded") if where == "table" else judge(place)
    found = [item for item in report.findings if "alias" in item.message]
    check = {"metadata": "METADATA", "reference": "REFERENCE", "table": "EXAMPLE"}[where]
    assert [item.check for item in found] == [f"AB-{check}-01"]


def test_a_policy_that_loops(place: Path, judge: Callable[..., Report]) -> None:
    endless = "\tcount([x | some x in numbers.range(1, 3000); some y in numbers.range(1, 3000); some z in numbers.range(1, 3000); x + y + z == 0]) == 0\n"
    (place / "rule.rego").write_text(RULE.replace('\tinput.ai.model == "m"\n', endless), "utf-8")
    from aboveboard.workbench.checking import check

    report = check(Request((place,), compile_timeout_s=2))
    (found,) = [item for item in report.findings if item.check == "AB-COMPILE-01"]
    assert "did not compile and answer within 2 s" in found.message


def test_a_function_that_calls_itself_by_way_of_another(
    place: Path, judge: Callable[..., Report]
) -> None:
    text = RULE + "\n_a(x) if _b(x)\n\n_b(x) if _a(x)\n"
    (place / "rule.rego").write_text(text.replace('"m"\n', '"m"\n\t_a(1)\n'), "utf-8")
    assert [line.split()[0] for line in told(judge(place))] == ["AB-RECURSION-01"] * 2


def test_something_that_is_no_file(place: Path, judge: Callable[..., Report]) -> None:
    (place / "rule.rego").write_text(RULE, "utf-8")
    os.mkfifo(place / "pipe.rego")
    os.mkfifo(place / "pipe_test.rego")
    (place / "folder_test.rego").mkdir()
    (place / "gone.rego").symlink_to(place / "nowhere.rego")
    found = told(judge(place))
    assert found == [
        f"AB-FILE-01 own/{name}:0"
        for name in ("folder_test.rego", "gone.rego", "pipe.rego", "pipe_test.rego")
    ]


@pytest.mark.skipif(not hasattr(os, "setuid") or os.getuid() != 0, reason="is told to nobody else")
def test_no_permission(tmp_path: Path) -> None:
    place = tmp_path / "own"
    place.mkdir()
    (place / "rule.rego").write_text(RULE, "utf-8")
    (place / "rule.rego").chmod(0)
    # Nobody may see where we are installed, so the bundled policies are others, too.
    library = tmp_path / "library"
    library.mkdir()
    (library / "other.rego").write_text(RULE, "utf-8")
    for folder in (*reversed(tmp_path.parents), tmp_path, place):
        if str(folder).startswith(str(tmp_path.parents[2])):
            folder.chmod(0o755)
    program = (
        "import os, sys; os.setgid(65534); os.setuid(65534);"
        "from aboveboard.policy.bundle import survey; from pathlib import Path;"
        "print(*survey([Path(sys.argv[1])], Path(sys.argv[2])).problems, sep='\\n')"
    )

    def asked() -> str:
        done = subprocess.run(
            [sys.executable, "-c", f"import aboveboard.policy.bundle, regorus, yaml, jsonschema; {program}", str(place), str(library)],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        return done.stdout + done.stderr

    assert "own/rule.rego: cannot be read as UTF-8 text." in asked()
    place.chmod(0o300)
    assert "own: cannot be read" in asked()
