"""The generated modules `aboveboard.pd` and `aboveboard.dpv`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import aboveboard
from aboveboard import dpv, pd
from aboveboard.vocab import Term, ids, term

if TYPE_CHECKING:
    from types import ModuleType


def members(module: ModuleType) -> dict[str, Term]:
    return {name: value for name, value in vars(module).items() if isinstance(value, Term)}


@pytest.mark.parametrize(("module", "prefix"), [(pd, "pd:"), (dpv, "dpv:")])
def test_attributes_are_the_terms_of_the_extract(module: ModuleType, prefix: str) -> None:
    found = members(module)
    assert {t.id for t in found.values()} == {id_ for id_ in ids() if id_.startswith(prefix)}
    for name, marker in found.items():
        assert marker.id == prefix + name
        assert repr(marker) == prefix.replace(":", ".") + name
        assert type(marker) is type(term(marker.id))
        assert marker.label == term(marker.id).label


@pytest.mark.parametrize(
    ("module", "name", "hint"),
    [(pd, "EmailAdressWork", "EmailAddressWork"), (dpv, "DirectMarketting", "DirectMarketing")],
)
def test_misspelt_attribute_names_the_nearest(module: ModuleType, name: str, hint: str) -> None:
    with pytest.raises(AttributeError) as caught:
        getattr(module, name)
    assert str(caught.value) == (
        f"Module {module.__name__!r} has no attribute {name!r}. Did you mean {hint!r}?"
    )


def test_an_attribute_without_a_neighbour() -> None:
    with pytest.raises(AttributeError, match="DPV has no term of that name here"):
        _ = pd.zzzzzz  # type: ignore[attr-defined]
    assert not hasattr(pd, "__wrapped__")


def test_importing_the_markers_stays_light() -> None:
    # -S keeps out whatever the environment's .pth files import.
    heavy = {"pydantic", "json", "difflib", "importlib.resources", "dataclasses", "inspect"}
    code = f"import sys, aboveboard.pd, aboveboard.dpv; print(*{heavy!r} & set(sys.modules))"
    root = str(Path(aboveboard.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],
        env={**os.environ, "PYTHONPATH": root},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == []


def test_mypy_rejects_a_category_that_is_not_there(tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    snippet = tmp_path / "snippet.py"
    snippet.write_text(
        "from typing import Annotated\n"
        "from aboveboard import dpv, pd\n"
        "from aboveboard.vocab import DataCategory, Purpose\n"
        "def f(email: Annotated[str, pd.EmailAddressWork]) -> str: return email\n"
        "c: DataCategory = pd.EmailAddressWork\n"
        "p: Purpose = dpv.DirectMarketing\n"
        "above: tuple[DataCategory, ...] = c.broader\n"
        "pd.NoSuchThing\n"
        "q: Purpose = pd.EmailAddressWork\n"
        "c.id = 'pd:Age'\n",
        encoding="utf-8",
    )
    root = Path(aboveboard.__file__).parents[1]
    env = dict(os.environ)
    if "site-packages" not in root.parts:  # mypy refuses site-packages in MYPYPATH
        env["MYPYPATH"] = str(root)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent"),
            *("--config-file=", f"--cache-dir={tmp_path / 'cache'}", str(snippet)),
        ],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    errors = [line.split(":", 1)[1] for line in done.stdout.splitlines() if ": error:" in line]
    assert [error.split(":")[0] for error in errors] == ["8", "9", "10"], done.stdout
    assert 'Module has no attribute "NoSuchThing"' in errors[0]
