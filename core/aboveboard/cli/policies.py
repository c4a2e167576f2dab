"""`aboveboard policies`: what the rules demand, and for which purposes data may be used."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aboveboard.cli.options import (
    format_option,
    load_settings,
    organisation_option,
    policies_option,
)
from aboveboard.cli.output import plain, print_table, write_json
from aboveboard.cli.policies_check import check
from aboveboard.cli.policies_test import test
from aboveboard.cli.policy_set import load_policies
from aboveboard.cli.writing import POLICY_ENDINGS, keep_apart, write_whole

if TYPE_CHECKING:
    from aboveboard.organisation import Organisation
    from aboveboard.policy.catalogue import RuleEntry

__all__ = ["policies"]

_STEPS = ("data_collection", "profiling", "recommendation", "decision")


@click.group()
def policies() -> None:
    """Check, test, list and explain policies; write them as a book.

    \b
    Example:
      aboveboard policies check policies
      aboveboard policies show R-DM-01
    """


policies.add_command(check)
policies.add_command(test)


@policies.command("list")
@click.option("--step", type=click.Choice(_STEPS), help="Only rules of this step.")
@policies_option
@format_option("text", "json")
def list_(step: str | None, policies: tuple[Path, ...], form: str) -> None:
    """List the rules.

    \b
    Example:
      aboveboard policies list --format json
    """
    entries = [e for e in load_policies(policies).catalogue if step is None or step in e.steps]
    if form == "json":
        write_json(
            [
                {
                    "rule": entry.rule,
                    "title": entry.title,
                    "steps": list(entry.steps),
                    "phase": _phase(entry),
                    "law": entry.law,
                    "severity": entry.severity,
                }
                for entry in entries
            ]
        )
        return
    print_table(
        ("rule", "severity", "steps", "phase", "title", "law"),
        [(e.rule, e.severity, ", ".join(e.steps), _phase(e), e.title, e.law) for e in entries],
    )


@policies.command()
@click.argument("rule")
@policies_option
@format_option("text", "json")
def show(rule: str, policies: tuple[Path, ...], form: str) -> None:
    """Explain one rule: what it demands, by which law, and what would make it pass.

    \b
    Example:
      aboveboard policies show R-DM-01
    """
    catalogue = load_policies(policies).catalogue
    entry = catalogue.get(rule) or catalogue.get(rule.upper())
    if entry is None:
        raise click.UsageError(_unknown(rule, [known.rule for known in catalogue]))
    if form == "json":
        write_json({**entry.model_dump(mode="json"), "phase": _phase(entry)})
    else:
        click.echo(_explained(entry))


def _unknown(rule: str, known: list[str]) -> str:
    from aboveboard.nearest import nearest
    from aboveboard.reasons import REASONS

    if rule in REASONS:
        return f"'{rule}' is no rule but a reserved reason. {REASONS[rule]}"
    close = nearest(rule, known)
    hint = f" Did you mean '{close}'?" if close else ""
    return f"There is no rule '{plain(rule, 60)}'.{hint} 'aboveboard policies list' has them all."


def _phase(entry: RuleEntry) -> str:
    return entry.phases[0] if len(entry.phases) == 1 else "both"


def _explained(entry: RuleEntry) -> str:
    lines = [f"{entry.rule}  {entry.title}", "", *_wrapped(entry.description), "", "Law"]
    laws = [law for law in entry.law.split("; ") if law]
    links = list(entry.links) if len(entry.links) == len(laws) else [""] * len(laws)
    for law, link in zip(laws, links, strict=True):
        lines.append(f"  {law}" + (f"  {link}" if link else ""))
    lines += [
        "",
        f"Steps     {', '.join(entry.steps)}",
        f"Phase     {_phase(entry)}",
        f"Severity  {entry.severity}",
        f"Unknown   {entry.unknown}",
        *([f"Since     {entry.applies_from}"] if entry.applies_from else []),
        f"File      {entry.file}",
    ]
    for reason, messages in entry.messages.items():
        lines += ["", "Says" if reason == "default" else f"Says ({reason})"]
        for language, text in messages.items():
            remedy = entry.remedies.get(reason, {}).get(language, "")
            person = entry.persons.get(reason, {}).get(language, "")
            lines += _hanging(f"  {language}  ", text)
            lines += _hanging("      → ", remedy)
            lines += _hanging("      to the person: ", person)
    return "\n".join(plain(line) for line in lines)


def _hanging(lead: str, text: str) -> list[str]:
    """The text behind its lead, further lines under its first word."""
    return [
        f"{lead if number == 0 else ' ' * len(lead)}{line}"
        for number, line in enumerate(_wrapped(text, 94 - len(lead)))
    ]


def _wrapped(text: str, width: int = 88) -> list[str]:
    import textwrap

    return textwrap.wrap(" ".join(text.split()), width)


@policies.command()
@policies_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["markdown", "html"]),
    help="By the name of the file when left out, Markdown without one.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where to write; standard output when left out.",
)
def docs(policies: tuple[Path, ...], form: str | None, output: Path | None) -> None:
    """Write the rules as a book: by step, by law, each with facts, unknown, example, remedy.

    HTML is one page with a search that needs no server. What nobody has verified is marked.

    \b
    Example:
      aboveboard policies docs -o rules.html
      aboveboard policies docs --policies policies > rules.md
    """
    from aboveboard.handbook import as_html, as_markdown, make_book

    if form is None:
        html = output is not None and output.suffix.lower() in (".html", ".htm")
        form = "html" if html else "markdown"
    keep_apart(output, policies, POLICY_ENDINGS)
    book = make_book(load_policies(policies))
    text = as_html(book) if form == "html" else as_markdown(book)
    if output is None:
        click.echo(text, nl=False)
        return
    write_whole(output, text)
    click.echo(f"{plain(str(output))}: {len(book.pages)} rules.")


@policies.command()
@organisation_option
@format_option("text", "json")
def purposes(organisation: Path | None, form: str) -> None:
    """List the purposes that a step can name: the organisation's, or the starter register's.

    \b
    Example:
      aboveboard policies purposes --organisation organisation.yaml
    """
    found = _organisation(organisation)
    rows: list[dict[str, Any]] = [
        {
            "purpose": name,
            "title": entry.title,
            "purposes": list(entry.purposes),
            "legal_basis": entry.legal_basis,
            "allowed_categories": (
                None if entry.allowed_categories is None else list(entry.allowed_categories)
            ),
            "retention_days": entry.retention_days,
        }
        for name, entry in found.purposes.items()
    ]
    if form == "json":
        write_json(rows)
        return
    print_table(
        ("purpose", "legal basis", "title", "means"),
        [
            (r["purpose"], r["legal_basis"] or "unknown", r["title"], ", ".join(r["purposes"]))
            for r in rows
        ],
    )
    click.echo(f"\nRegister of: {plain(found.name)}.")


def _organisation(path: Path | None) -> Organisation:
    from aboveboard.organisation import load_organisation, starter

    named = load_settings(organisation=path).organisation
    return starter() if named is None else load_organisation(named)
