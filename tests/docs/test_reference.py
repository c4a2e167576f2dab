"""docs/reference.md is what the code says, and nothing is missing from it."""

from __future__ import annotations

import inspect

from aboveboard import errors, hookspecs
from aboveboard.policy.bundle import load_bundle
from aboveboard.reasons import REASONS
from aboveboard.settings import Settings
from tools.reference import PAGE, page


def test_the_page_is_what_the_code_says() -> None:
    message = "run 'python -m tools.reference'"
    assert PAGE.read_text(encoding="utf-8") == page(), message


def test_everything_has_its_line() -> None:
    text = PAGE.read_text(encoding="utf-8")
    names = [
        *hookspecs.__all__,
        *errors.__all__,
        *REASONS,
        *Settings.model_fields,
        *(entry.rule for entry in load_bundle().catalogue),
    ]
    missing = [name for name in names if name not in text]
    assert missing == []


def test_every_hook_has_a_heading_with_its_arguments() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for name in hookspecs.__all__:
        arguments = ", ".join(inspect.signature(getattr(hookspecs, name)).parameters)
        assert f"\n### `{name}({arguments})`\n" in text
