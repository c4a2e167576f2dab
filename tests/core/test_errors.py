"""The tree of exceptions is the tree that its docstring draws, and each travels."""

from __future__ import annotations

import inspect
import pickle
import re
from typing import Any

import pytest

from aboveboard import errors
from aboveboard.gate import Gate
from aboveboard.organisation import example
from aboveboard.settings import Settings
from aboveboard.testing import compliant_event


def drawn() -> dict[str, str | None]:
    """Each name in the docstring's tree with the one that it hangs on."""
    found: dict[str, str | None] = {}
    above: list[tuple[int, str]] = []
    for line in (errors.__doc__ or "").splitlines():
        match = re.match(r"^([│├└─ ]*)([A-Z]\w+)(\s|$)", line)
        if match is None or not (match[1] or line == "AboveboardError"):
            continue
        depth = len(match[1])
        above = [item for item in above if item[0] < depth]
        found[match[2]] = above[-1][1] if above else None
        above.append((depth, match[2]))
    return found


def test_the_drawing_is_the_tree() -> None:
    classes = {
        name: value
        for name, value in vars(errors).items()
        if inspect.isclass(value) and issubclass(value, Exception)
    }
    actual = {
        name: value.__bases__[0].__name__ if name != "AboveboardError" else None
        for name, value in classes.items()
    }
    assert drawn() == actual
    assert sorted(classes) == list(errors.__all__)


def test_every_exception_says_what_it_is() -> None:
    for name in errors.__all__:
        assert (inspect.getdoc(getattr(errors, name)) or "").partition("\n")[0].endswith(".")


def verdict() -> Any:
    gate = Gate(Settings(), organisation=example())
    return gate.check(compliant_event("profiling", changes={"objections.profiling": True}))


@pytest.mark.parametrize("name", errors.__all__)
def test_each_travels_between_processes(name: str) -> None:
    kind = getattr(errors, name)
    if issubclass(kind, errors.StepStopped):
        error = kind("A sentence.", verdict())
    elif kind is errors.EngineError:
        error = kind("runtime.timeout", "A sentence.", "A remedy.")
    elif kind is errors.WebhookError:
        error = kind("unsigned", "A sentence.")
    else:
        error = kind("A sentence.")
    twin = pickle.loads(pickle.dumps(error))
    assert type(twin) is kind
    assert str(twin) == "A sentence."
    assert vars(twin) == vars(error)
