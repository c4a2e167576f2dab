"""What `import aboveboard` gives, and that it gives it late."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import subprocess
import sys

import pytest

import aboveboard
from aboveboard import errors

LATE = (
    "pydantic",
    "pydantic_settings",
    "structlog",
    "pluggy",
    "regorus",
    "requests",
    "aiohttp",
    "opa_client",
    "cloudevents",
    "yaml",
    "rich",
    "click",
    "jsonschema",
)


def test_all_is_sorted_and_importable() -> None:
    assert list(aboveboard.__all__) == sorted(aboveboard.__all__, key=_as_ruff_sorts)
    assert len(set(aboveboard.__all__)) == len(aboveboard.__all__)
    for name in aboveboard.__all__:
        assert getattr(aboveboard, name) is not None
    assert set(aboveboard.__all__) <= set(dir(aboveboard))


def _as_ruff_sorts(name: str) -> tuple[bool, str]:
    return not name[0].isupper(), name


def test_nothing_public_is_missing_from_all() -> None:
    """What is public in the modules that `aboveboard` gathers is public in `aboveboard`."""
    assert set(errors.__all__) <= set(aboveboard.__all__)
    homes = {home: names.split() for home, names in aboveboard._HOMES.items()}
    gathered = {name for names in homes.values() for name in names} | {"pd", "dpv"}
    assert gathered == set(aboveboard.__all__)
    for home, names in homes.items():
        module = importlib.import_module(f"aboveboard.{home}")
        for name in names:
            assert getattr(aboveboard, name) is getattr(module, name)
            assert name in module.__all__


def test_a_star_import_works() -> None:
    space: dict[str, object] = {}
    exec("from aboveboard import *", space)
    assert set(aboveboard.__all__) <= set(space)


def test_a_name_that_is_not_there() -> None:
    with pytest.raises(AttributeError, match="'aboveboard' has no attribute 'Gat'"):
        _ = aboveboard.Gat
    with pytest.raises(ImportError):
        exec("from aboveboard import Gat")


def test_every_module_has_its_public_names_sorted_and_defined() -> None:
    for info in pkgutil.walk_packages(aboveboard.__path__, "aboveboard."):
        if info.name.endswith("__main__") or ".cli" in info.name:
            continue
        module = importlib.import_module(info.name)
        for name in getattr(module, "__all__", ()):
            assert hasattr(module, name), (info.name, name)
        assert inspect.getdoc(module), info.name


def test_importing_loads_nothing_that_is_not_used() -> None:
    code = (
        "import sys, aboveboard; "
        f"print(sorted(set({LATE!r}) & {{name.partition('.')[0] for name in sys.modules}}))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"
