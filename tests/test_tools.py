"""Programs for developers: how they find and fetch what tests need."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from tools import aimock, chromium, npm
from tools.aimock import AimockNotFoundError, find_aimock
from tools.cache import cache_directory
from tools.chromium import ChromiumNotFoundError, find_chromium


def script(directory: Path, name: str, body: str) -> Path:
    directory.mkdir(exist_ok=True)
    made = directory / name
    made.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    made.chmod(0o755)
    return made


@pytest.fixture
def lonely(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with nothing but what a test puts there."""
    for name in ("ABOVEBOARD_AIMOCK", "ABOVEBOARD_CHROMIUM", "CI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "bin"


def test_the_cache_is_where_xdg_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_directory("x", "1") == tmp_path / "aboveboard-x" / "1"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert cache_directory("x", "1").is_absolute()


def test_a_fake_vendor_needs_node(lonely: Path) -> None:
    with pytest.raises(AimockNotFoundError, match="node"):
        find_aimock()


def test_a_fake_vendor_needs_npm_to_be_fetched(lonely: Path) -> None:
    script(lonely, "node", "exit 0")
    with pytest.raises(AimockNotFoundError, match="npm"):
        find_aimock()


def test_another_package_than_the_pinned_one_is_refused(lonely: Path, tmp_path: Path) -> None:
    packed = tmp_path / "made.tgz"
    with tarfile.open(packed, "w:gz"):
        pass
    script(lonely, "node", "exit 0")
    script(lonely, "npm", f'exec /bin/cp {packed} "$4/aimock.tgz"')
    with pytest.raises(AimockNotFoundError, match="not what was pinned"):
        find_aimock()
    assert not (cache_directory("aimock", aimock.VERSION) / "package").exists()


def test_npm_says_why(lonely: Path, tmp_path: Path) -> None:
    script(lonely, "npm", "echo 'npm error 404 no such thing' >&2; exit 1")
    with pytest.raises(npm.NpmError, match="404 no such thing"):
        npm.fetch("x@1", "sha512-x", tmp_path)


def test_a_named_fake_vendor_is_the_only_one(
    lonely: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(lonely, "node", "exit 0")
    monkeypatch.setenv("ABOVEBOARD_AIMOCK", str(tmp_path))
    with pytest.raises(AimockNotFoundError, match=r"cli\.js"):
        find_aimock()
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "cli.js").touch()
    assert find_aimock() == tmp_path / "dist" / "cli.js"


def test_a_fake_vendor_that_does_not_start_says_why(lonely: Path, tmp_path: Path) -> None:
    script(lonely, "node", "echo 'no such option' >&2; exit 1")
    starting = aimock.aimock_server(tmp_path / "cli.js", [{"match": {}, "response": {}}])
    with pytest.raises(AimockNotFoundError, match="no such option"), starting:
        pass


def test_a_browser_is_found_on_path(lonely: Path) -> None:
    with pytest.raises(ChromiumNotFoundError, match="Install"):
        find_chromium()
    made = script(lonely, "chromium-browser", "exit 0")
    assert find_chromium() == made


def test_a_named_browser_is_the_only_one(
    lonely: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ABOVEBOARD_CHROMIUM", str(tmp_path / "none"))
    with pytest.raises(ChromiumNotFoundError, match="no file"):
        find_chromium()
    made = script(lonely, "mine", "exit 0")
    monkeypatch.setenv("ABOVEBOARD_CHROMIUM", str(made))
    assert find_chromium() == made


def test_ci_installs_a_browser(lonely: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    monkeypatch.setattr(chromium.os, "geteuid", lambda: 0)
    body = f'case "$*" in *install*) /bin/cp {{0}} {lonely}/chromium;; esac'
    script(lonely, "apt-get", body.replace("{0}", f"{lonely}/apt-get"))
    assert find_chromium() == lonely / "chromium"


def test_ci_says_why_it_could_not(lonely: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    monkeypatch.setattr(chromium.os, "geteuid", lambda: 0)
    script(lonely, "apt-get", "echo 'E: no network' >&2; exit 100")
    with pytest.raises(ChromiumNotFoundError, match="no network"):
        find_chromium()


def test_a_laptop_is_left_as_it_is(lonely: Path, tmp_path: Path) -> None:
    script(lonely, "apt-get", f"/bin/touch {tmp_path}/called")
    with pytest.raises(ChromiumNotFoundError):
        find_chromium()
    assert not (tmp_path / "called").exists()
