"""Installed plugins: which are loaded, in what order, and what is said of those that cannot be."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from aboveboard.errors import PluginError
from aboveboard.gate import Gate
from aboveboard.manager import PluginManager
from aboveboard.organisation import example
from aboveboard.settings import Settings
from aboveboard.testing import compliant_event

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DENYING = """
from aboveboard import hookimpl

@hookimpl
def aboveboard_recommendation(event):
    return [{"rule": "ACME-01", "effect": "deny", "message": "No."}]
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Put a distribution with one plugin on the path."""
    monkeypatch.syspath_prepend(str(tmp_path))
    installed: list[str] = []

    def put(name: str, code: str, *, module: str | None = None, version: str = "1.2") -> None:
        module = module or f"acme_{name}"
        (tmp_path / f"{module}.py").write_text(code)
        info = tmp_path / f"{module}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {module}\nVersion: {version}\n"
        )
        (info / "entry_points.txt").write_text(f"[aboveboard]\n{name} = {module}\n")
        installed.append(module)

    yield put
    for module in installed:
        sys.modules.pop(module, None)


def reports(wanted: Any = None) -> list[tuple[Any, ...]]:
    manager = PluginManager()
    manager.load_installed(wanted)
    return [
        (r.name, r.distribution, r.hooks, r.problem)
        for r in manager.reports
        if not r.distribution.startswith("aboveboard ")  # those that come with it
    ]


def test_installed_plugins_are_loaded_by_name(install: Any) -> None:
    install("zebra", DENYING)
    install("ant", "")
    assert reports() == [
        ("ant", "acme_ant 1.2", (), None),
        ("zebra", "acme_zebra 1.2", ("aboveboard_recommendation",), None),
    ]


def test_the_settings_name_them_and_their_order(install: Any) -> None:
    install("ant", "")
    install("zebra", DENYING)
    assert [name for name, *_ in reports(["zebra", "ant"])] == ["zebra", "ant"]
    assert reports([]) == []


def test_an_installed_plugin_tightens(install: Any) -> None:
    install("acme", DENYING)
    event = compliant_event("recommendation")
    assert Gate(Settings(), organisation=example()).check(event).rules == ("ACME-01",)
    assert Gate(Settings(plugins=()), organisation=example()).check(event).allowed


def test_a_named_plugin_that_is_not_installed(install: Any) -> None:
    install("zebra", "")
    with pytest.raises(PluginError, match=r"'zebr'.*Did you mean 'zebra'"):
        reports(["zebr"])
    with pytest.raises(PluginError, match="Install the package"):
        reports(["quite-another"])
    with pytest.raises(PluginError, match="nobody"):
        Gate(Settings(plugins=("nobody",)), organisation=example())


BROKEN = {
    "import no_such_module": "module 'no_such_module' is missing",
    "import no_such_module.below": "module 'no_such_module' is missing",
    "raise RuntimeError('LEAKED')": "RuntimeError",
    "def broken(:": "SyntaxError",
    "raise SystemError('LEAKED')": "SystemError",
    "raise SystemExit('LEAKED')": "SystemExit",
    DENYING.replace("aboveboard_recommendation", "aboveboard_recomendation"): "is no hook",
    DENYING.replace("@hookimpl", ""): "lacks its marker",
}


@pytest.mark.parametrize(("code", "problem"), BROKEN.items(), ids=BROKEN.values())
def test_a_plugin_that_cannot_be_loaded(install: Any, code: str, problem: str) -> None:
    install("broken", code)
    with pytest.raises(PluginError, match="'broken' of the settings cannot be loaded") as refused:
        reports(["broken"])
    assert problem in str(refused.value)
    assert "LEAKED" not in str(refused.value)
    with capture_logs() as logged:
        ((name, _, hooks, found),) = reports()
    assert (name, hooks) == ("broken", ())
    assert problem in found
    # Nobody named it, so it is no error; but a rule that is missing is never missing silently.
    assert [(e["event"], e["plugin"]) for e in logged] == [("plugin.not_loaded", "broken")]
    assert "LEAKED" not in repr(logged)


def test_two_plugins_of_one_name(install: Any) -> None:
    install("acme", "", module="acme_one")
    install("acme", "", module="acme_two")
    with pytest.raises(PluginError, match="Two installed packages have a plugin 'acme'"):
        reports()


def test_a_manager_knows_which_hooks_are_implemented(install: Any) -> None:
    install("acme", DENYING)
    manager = PluginManager()
    assert not manager.implemented("aboveboard_recommendation")
    manager.load_installed()
    assert manager.implemented("aboveboard_recommendation")
    assert not manager.implemented("aboveboard_decision")
