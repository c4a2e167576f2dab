"""`aboveboard bundle verify`: whether a bundle file is what it says, and from whom it should be."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aboveboard.cli.options import format_option, load_settings
from aboveboard.cli.output import count, plain, write_json

if TYPE_CHECKING:
    from aboveboard.policy.bundle import PolicyBundle
    from aboveboard.policy.keys import Key
    from aboveboard.policy.signing import Signature

__all__ = ["verify"]


_UNVERIFIED = "not verified, for want of a --verification-key"
_AFTER_SIGNATURE = ("policies", "revision", "compiles")


@dataclass(frozen=True, slots=True)
class _Check:
    """One of the things that are looked at, and what was found; `passed` is None when it was not."""

    name: str
    passed: bool | None
    says: str


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--verification-key",
    "keys",
    type=click.Path(path_type=Path, dir_okay=False),
    multiple=True,
    metavar="FILE",
    help="It must be signed with the other half of this: a public key or certificate in PEM, or the "
    "secret itself. Repeatable; any of them will do.",
)
@click.option(
    "--scope", default="", metavar="NAME", help="It must be signed for this scope; for none else."
)
@click.option("--expect", metavar="REVISION", help="It must have this revision.")
@format_option("text", "json")
def verify(*, file: Path, keys: tuple[Path, ...], scope: str, expect: str | None, form: str) -> int:
    """Check a bundle file before it is published, or after it was fetched.

    Looks at the archive, the signature, everything that is checked when policies are loaded, the
    revision (computed anew), and whether the policies compile and answer. Exits with 1 when something
    is wrong; with 2 when the file or a key cannot be read.

    \b
    Example:
      aboveboard bundle verify bundle.tar.gz
      aboveboard bundle verify bundle.tar.gz --verification-key public.pem --expect sha256:…
    """
    from aboveboard.policy.keys import read_verification_key
    from aboveboard.policy.tarball import MAX_PACKED_BYTES

    if scope and not keys:
        msg = "--scope is of a signature. Name a --verification-key."
        raise click.UsageError(msg)
    read = [read_verification_key(path) for path in keys]
    try:
        with file.open("rb") as stream:
            data = stream.read(MAX_PACKED_BYTES + 1)
    except OSError as error:
        msg = f"'{plain(str(file))}' cannot be read ({error.strerror})."
        raise click.ClickException(msg) from None
    checks, found, signature = _looked_at(data, file, read, scope, expect)
    passed = all(check.passed is not False for check in checks)
    if form == "json":
        write_json(_as_dict(file, checks, found, signature, passed=passed))
    else:
        _show(file, checks, found, passed=passed)
    return 0 if passed else 1


def _looked_at(
    data: bytes, file: Path, keys: list[Key], scope: str, expect: str | None
) -> tuple[list[_Check], PolicyBundle | None, Signature | None]:
    from aboveboard.errors import PolicyError
    from aboveboard.policy import signing
    from aboveboard.policy.tarball import unpack
    from aboveboard.policy.unpacking import load_members

    place = file.name
    found = signature = None
    checks: list[_Check] = []
    try:
        members = unpack(data, place)
        checks.append(_Check("archive", True, f"{count(len(members), 'file')}"))
    except PolicyError as error:
        return [_Check("archive", False, str(error))], None, None
    try:
        if keys:
            signature = signing.verify(members, keys, scope, place)
        else:
            signature = signing.stated_signature(members, place)
        checks.append(_Check("signature", bool(keys) or None, _said(signature)))
    except PolicyError as error:
        checks.append(_Check("signature", False, str(error)))
        # What a stranger made is not parsed, let alone compiled.
        checks.extend(_Check(name, None, "not looked at") for name in _AFTER_SIGNATURE)
        return checks, None, None
    try:
        found = load_members(members, place)
        checks.append(_Check("policies", True, count(len(found.catalogue), "rule")))
    except PolicyError as error:
        checks.append(_Check("policies", False, str(error)))
    if found is not None:
        checks.append(_revision(found, expect))
        checks.append(_compiles(found, file))
    else:
        checks.extend(_Check(name, None, "not looked at") for name in _AFTER_SIGNATURE[1:])
    return checks, found, signature


def _said(signature: Signature | None) -> str:
    if signature is None:
        return "not signed"
    name = f", key '{plain(signature.key_id)}'" if signature.key_id else ""
    scope = f", scope '{plain(signature.scope)}'" if signature.scope else ""
    how = f"verified with {plain(signature.key)}" if signature.key else _UNVERIFIED
    return f"{plain(signature.algorithm)}{name}{scope}; {how}"


def _revision(found: PolicyBundle, expect: str | None) -> _Check:
    if expect is None or found.revision == expect:
        said = "computed anew" if expect is None else "as expected"
        return _Check("revision", True, f"{found.revision}, {said}")
    return _Check("revision", False, f"is {found.revision}; expected {plain(expect)}.")


def _compiles(found: PolicyBundle, file: Path) -> _Check:
    from aboveboard.errors import PolicyError
    from aboveboard.policy.compiling import compile_apart

    timeout_s = load_settings().policy_compile_timeout_s
    try:
        compile_apart(found, [file], timeout_s)
    except PolicyError as error:
        return _Check("compiles", False, str(error))
    return _Check("compiles", True, "every step, in the embedded engine")


def _as_dict(
    file: Path,
    checks: list[_Check],
    found: PolicyBundle | None,
    signature: Signature | None,
    *,
    passed: bool,
) -> dict[str, Any]:
    shown = None
    if signature is not None:
        shown = {
            "algorithm": signature.algorithm,
            "key_id": signature.key_id or None,
            "scope": signature.scope or None,
            "verified_with": signature.key or None,
        }
    return {
        "file": str(file),
        "passed": passed,
        "revision": None if found is None else found.revision,
        "rules": None if found is None else len(found.catalogue),
        "signature": shown,
        "checks": [
            {"check": check.name, "passed": check.passed, "says": check.says} for check in checks
        ],
    }


_MARKS = {True: "ok", False: "WRONG", None: "-"}


def _show(file: Path, checks: list[_Check], found: PolicyBundle | None, *, passed: bool) -> None:
    for check in checks:
        first, *more = map(plain, check.says.splitlines())
        click.echo(f"{check.name:<10} {_MARKS[check.passed]:<6} {first}")
        for line in more:
            click.echo(f"{'':<18}{line}")
    name = plain(str(file))
    if passed and found is not None:
        click.echo(f"{name} is fine.")
    else:
        click.echo(f"{name} is not fine. Do not publish it.")
