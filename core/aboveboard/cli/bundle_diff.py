"""`aboveboard bundle diff`: what a changed policy set means, in words that a lawyer reads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from aboveboard.cli.options import format_option
from aboveboard.cli.output import plain, write_json

if TYPE_CHECKING:
    from aboveboard.policy.bundle import PolicyBundle

__all__ = ["diff"]


@click.command()
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@format_option("text", "markdown", "json")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 also when there are differences.")
def diff(*, old: Path, new: Path, form: str, exit_zero: bool) -> int:
    """Say what changed from OLD to NEW: bundle files, or directories of policies.

    Rules that came, went or do or say something else; limits and lists that moved; code, told apart
    from comments and layout. A directory is read with the bundled policies, as a gate would. Exits with
    1 when anything differs, as diff does.

    \b
    Example:
      aboveboard bundle diff in-force.tar.gz bundle.tar.gz
      aboveboard bundle diff in-force.tar.gz policies --format markdown
    """
    from aboveboard.policy.differences import compare

    found = compare(_load(old), _load(new))
    if form == "json":
        write_json(found.as_dict())
    else:
        from aboveboard.cli.bundle_words import as_markdown, as_text, report

        sections = report(found)
        text = as_text(sections) if form == "text" else as_markdown(sections)
        click.echo(text, nl=False)
    return 0 if found.same or exit_zero else 1


def _load(path: Path) -> PolicyBundle:
    from aboveboard.policy.bundle import load_bundle
    from aboveboard.policy.unpacking import read_archive

    if path.is_dir():
        return load_bundle([path])
    if not path.exists():
        msg = f"'{plain(str(path))}' is not there. Name a bundle file or a directory of policies."
        raise click.ClickException(msg)
    return read_archive(path)
