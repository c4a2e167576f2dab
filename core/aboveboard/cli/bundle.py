"""`aboveboard bundle`: what an OPA server loads, the same policies that the embedded engine has."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aboveboard.cli.bundle_diff import diff
from aboveboard.cli.bundle_verify import verify
from aboveboard.cli.options import policies_option
from aboveboard.cli.output import count, plain
from aboveboard.cli.policy_set import load_policies
from aboveboard.cli.writing import write_whole

if TYPE_CHECKING:
    from aboveboard.policy.signing import Signer

__all__ = ["bundle"]

# As `policy.keys` has them, which a start of the command line does not import.
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512",
               "HS256", "HS384", "HS512")  # fmt: skip


@click.group()
def bundle() -> None:
    """Build, sign, verify and compare the bundles that OPA servers load.

    \b
    Example:
      aboveboard bundle build -o bundle.tar.gz
      aboveboard bundle verify bundle.tar.gz
      opa run --server --bundle bundle.tar.gz
    """


@bundle.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    default="bundle.tar.gz",
    show_default=True,
    metavar="FILE",
    help="Where to write; '-' is standard output.",
)
@policies_option
@click.option(
    "--signing-key",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Sign with this: a private key in PEM, or a secret of 32 bytes or more on one line.",
)
@click.option(
    "--signing-alg",
    type=click.Choice(_ALGORITHMS),
    metavar="NAME",
    help="As RFC 7518 names it; by the key when left out: RS256, ES256 or HS256.",
)
@click.option("--key-id", default="", metavar="NAME", help="Name of the key in OPA's settings.")
@click.option("--scope", default="", metavar="NAME", help="OPA takes it for this scope only.")
def build(
    *,
    output: Path,
    policies: tuple[Path, ...],
    signing_key: Path | None,
    signing_alg: str | None,
    key_id: str,
    scope: str,
) -> None:
    """Check the policies and write them as an OPA bundle.

    The same policies give the same bytes, on every machine; signed with RS or HS algorithms, too. (PS
    and ES draw a random number for each signature.) The revision in it is what verdicts carry as
    policy_revision, whichever engine decides. Signatures need: pip install 'aboveboard[sign]'.

    \b
    Example:
      aboveboard bundle build --policies policies -o bundle.tar.gz
      aboveboard bundle build --signing-key private.pem --key-id 2026
    """
    from aboveboard.policy.archive import write_archive

    signer = _signer(signing_key, signing_alg, key_id, scope)
    found = load_policies(policies)
    data = write_archive(found, signer)
    if str(output) == "-":
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
        return
    write_whole(output, data)
    signed = f", signed with {signer.algorithm}" if signer else ""
    click.echo(f"Wrote {plain(str(output))}: {count(len(found.catalogue), 'rule')}{signed}.")
    click.echo(f"Revision {found.revision}")
    # OPA's own default is RS256.
    with_key = f" --verification-key FILE --signing-alg {signer.algorithm}" if signer else ""
    for_scope = " --scope NAME" if scope else ""
    click.echo(f"Next: opa run --server --bundle {plain(str(output))}{with_key}{for_scope}")


def _signer(key: Path | None, algorithm: str | None, key_id: str, scope: str) -> Signer | None:
    if key is None:
        if algorithm or key_id or scope:
            msg = "--signing-alg, --key-id and --scope are of a signature. Name its --signing-key."
            raise click.UsageError(msg)
        return None
    from aboveboard.policy.keys import read_signing_key
    from aboveboard.policy.signing import Signer

    found = read_signing_key(key)
    return Signer(found, algorithm or found.algorithms[0], key_id, scope)


bundle.add_command(verify)
bundle.add_command(diff)
