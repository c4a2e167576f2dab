"""Plugins are asked in the settings' order, and what could never run is refused."""

from __future__ import annotations

import inspect
import sys
from typing import TYPE_CHECKING, Any

import pytest

from aboveboard import Gate, PluginError, Settings, hookimpl, hookspecs
from aboveboard.organisation import example
from aboveboard.testing import compliant_event
from tools.reference import page

if TYPE_CHECKING:
    from pathlib import Path

ASKING = """
from aboveboard import hookimpl
from tests.gate.test_hook_order import ASKED

class Plugin:
    @hookimpl{options}
    def aboveboard_facts(self, event):
        ASKED.append("{name} facts")

    @hookimpl{options}
    def aboveboard_recommendation(self):
        ASKED.append("{name} step")

    @hookimpl{options}
    def aboveboard_verdict(self):
        ASKED.append("{name} verdict")

    @hookimpl{options}
    def aboveboard_policies(self):
        ASKED.append("{name} policies")

plugin = Plugin()
"""
ASKED: list[str] = []


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Three plugins; the last one asks to be first."""
    monkeypatch.syspath_prepend(str(tmp_path))
    for name, options in {"ant": "", "bee": "(trylast=True)", "cow": "(tryfirst=True)"}.items():
        (tmp_path / f"order_{name}.py").write_text(ASKING.format(name=name, options=options))
        info = tmp_path / f"order_{name}-1.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: order-{name}\nVersion: 1\n")
        (info / "entry_points.txt").write_text(f"[aboveboard]\n{name} = order_{name}:plugin\n")
    ASKED.clear()
    # The plugins' own import of this module finds this list.
    monkeypatch.setitem(sys.modules, "tests.gate.test_hook_order", sys.modules[__name__])
    yield
    for name in ("ant", "bee", "cow"):
        sys.modules.pop(f"order_{name}", None)


@pytest.mark.parametrize(
    ("named", "order"),
    [
        (None, ["ant", "bee", "cow"]),
        (("cow", "ant", "bee"), ["cow", "ant", "bee"]),
        (("bee", "cow"), ["bee", "cow"]),
    ],
)
def test_plugins_are_asked_in_the_order_of_the_settings(
    installed: None, named: Any, order: list[str]
) -> None:
    gate = Gate(Settings(plugins=named, sinks="inline"), organisation=example())
    gate.check(compliant_event("recommendation"))
    hooks = ("policies", "facts", "step", "verdict")
    assert [line.split() for line in ASKED] == [[name, hook] for hook in hooks for name in order]


def test_each_plugin_sees_the_facts_of_those_before_it(plugged: Any) -> None:
    class First:
        @hookimpl
        def aboveboard_facts(self) -> Any:
            return {"subject.country": "FI"}

    class Second:
        seen: Any = None

        @hookimpl
        def aboveboard_facts(self, event: Any) -> None:
            self.seen = event.facts.subject.country

    second = Second()
    unknown = compliant_event("recommendation", changes={"subject.country": None})
    plugged(First(), second).check(unknown)
    assert second.seen == "FI"


def test_who_failed_is_named(plugged: Any) -> None:
    class Acme:
        @hookimpl
        def aboveboard_facts(self) -> Any:
            raise RuntimeError

    verdict = plugged(Acme()).check(compliant_event("recommendation"))
    assert "plugin 'Acme' failed with RuntimeError" in verdict.findings[0].message


class Awaited:
    @hookimpl
    async def aboveboard_verdict(self, verdict: Any) -> None: ...


class AwaitedByName:
    @hookimpl(specname="aboveboard_verdict")
    async def store(self, verdict: Any) -> None: ...


class Lazy:
    @hookimpl
    def aboveboard_verdict(self, verdict: Any) -> Any:
        yield


@pytest.mark.parametrize(
    ("plugin", "says"),
    [
        (Awaited(), "is async, and nobody would await it"),
        (AwaitedByName(), "is async, and nobody would await it"),
        (Lazy(), "is a generator, which would not run"),
    ],
)
def test_what_could_be_called_and_never_run_is_refused(
    plugged: Any, plugin: object, says: str
) -> None:
    with pytest.raises(PluginError, match=says):
        plugged(plugin)


def test_a_step_hook_may_yield(plugged: Any) -> None:
    class Yields:
        @hookimpl
        def aboveboard_recommendation(self) -> Any:
            yield {"rule": "ACME-01", "effect": "deny", "message": "No."}

    assert plugged(Yields()).check(compliant_event("recommendation")).rules == ("ACME-01",)


def test_policies_that_a_plugin_cannot_name(plugged: Any) -> None:
    class Lost:
        @hookimpl
        def aboveboard_policies(self) -> Any:
            return [5]

    with pytest.raises(PluginError, match="Plugin 'Lost' could not say where its policies are"):
        plugged(Lost())


@pytest.mark.parametrize("name", hookspecs.__all__)
def test_every_hook_has_a_heading_and_its_place_in_the_guide(
    name: str, request: pytest.FixtureRequest
) -> None:
    arguments = ", ".join(inspect.signature(getattr(hookspecs, name)).parameters)
    assert f"\n### `{name}({arguments})`\n" in page()
    guide = request.config.rootpath / "docs" / "plugins.md"
    assert f"`{name}`" in guide.read_text(encoding="utf-8")
