"""The files that `aboveboard init` writes, as text."""

from __future__ import annotations

import json
import re
import textwrap
import unicodedata
from importlib.resources import files
from pathlib import PurePosixPath
from typing import Any

__all__ = ["starting_files"]

_POLICY = "policies/organisation/{slug}/recommendation/not_too_often.rego"
# Not a secret's place: a settings file is committed, the environment is not.
_ENVIRONMENT_ONLY = ("opa_token", "subject_key")
# Not in quotes, where it is a version, nor part of a reference.
_DAY = re.compile(r"(?<![\"\w-])\d{4}-\d{2}-\d{2}(?![\"\w-])")
_GIVEN = {"organisation": "organisation.yaml", "policies": ["policies"]}
_REGO_KEYWORDS = frozenset(
    [
        *("as", "contains", "default", "else", "every", "false", "if", "import", "in", "not"),
        *("null", "package", "some", "true", "with"),
    ]
)


def starting_files(name: str, country: str) -> dict[PurePosixPath, str]:
    """Every file by its path below the directory.

    Args:
        name: of the organisation.
        country: of its seat, ISO 3166-1, two capital letters.

    Raises:
        OrganisationError: the name or country cannot stand in an organisation's file.
    """
    slug = _slug(name)
    # In a Rego name `_` parts words, in a rule's id `-` does.
    words = {"slug": slug, "rule": f"{slug.upper().replace('_', '-')}-01", "helper": f"{slug}_01"}
    policy = _POLICY.format(slug=slug)
    return {
        PurePosixPath("aboveboard.toml"): _settings(),
        PurePosixPath("organisation.yaml"): _organisation(name, country),
        PurePosixPath(policy): _template("policy.rego", words),
        PurePosixPath(policy.replace(".rego", "_test.rego")): _template("policy_test.rego", words),
        PurePosixPath("events/example.json"): _event(),
    }


def _slug(name: str) -> str:
    """A name that Rego takes: `Esimerkki Oy` is `esimerkki_oy`."""
    folded = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "_", folded).strip("_")[:40].rstrip("_")
    if not slug:
        return "own"
    return f"org_{slug}" if slug in _REGO_KEYWORDS or not slug[0].isalpha() else slug


def _template(name: str, words: dict[str, str]) -> str:
    text = files("aboveboard.cli").joinpath("templates", f"{name}.template").read_text("utf-8")
    for word, value in words.items():  # not str.format: Rego and its messages have braces
        text = text.replace(f"{{{word}}}", value)
    return text


def _settings() -> str:
    from aboveboard.settings import Settings

    lines = [
        "# Settings of Aboveboard. An option of the command line or an argument wins over the",
        "# environment (ABOVEBOARD_<NAME>), the environment over this file. Paths are relative to",
        "# this file. What stands commented out is the default, or shows how to write it.",
    ]
    for name, field in Settings.model_fields.items():
        default: Any = field.get_default()
        lines += ["", *textwrap.wrap(_sentence(field.description or name), 96,
                                     initial_indent="# ", subsequent_indent="# ")]  # fmt: skip
        if name in _ENVIRONMENT_ONLY:
            lines.append(f"# Not here: set ABOVEBOARD_{name.upper()}, or {name}_file below.")
        elif name in _GIVEN:
            lines.append(f"{name} = {json.dumps(_GIVEN[name])}")
        elif default is None:
            lines.append(f"# {name} = {_toml(['name'] if name == 'plugins' else 'path')}")
        else:
            lines.append(f"# {name} = {_toml(default)}")
    return "\n".join(lines) + "\n"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _toml(value: Any) -> str:
    # Text, numbers and booleans read the same in TOML as in JSON.
    return json.dumps(value, ensure_ascii=False)


def _organisation(name: str, country: str) -> str:
    from aboveboard.organisation import parse_organisation

    example = files("aboveboard.organisation").joinpath("esimerkki.yaml").read_text("utf-8")
    text = (
        "# START: replace or delete every statement below. They are those of an example; a\n"
        "# statement that is not true lets through what should be stopped.\n#\n" + _dated(example)
    )
    text = re.sub(
        r"^name: .*$",
        lambda _: f"name: {json.dumps(name, ensure_ascii=False)}",
        text,
        count=1,
        flags=re.MULTILINE,
    )
    text = re.sub(
        r"^country: .*$",
        lambda _: f"country: {json.dumps(country)}",
        text,
        count=1,
        flags=re.MULTILINE,
    )
    parse_organisation(text, "organisation.yaml")
    return text


def _dated(text: str) -> str:
    """The example's file with the dates that `example` has today; from then on they stay."""
    from datetime import UTC, date, datetime

    from aboveboard.organisation.shipped import WRITTEN_FOR

    by = datetime.now(UTC).date() - WRITTEN_FOR

    def moved(line: str) -> str:
        code, hash_, comment = line.partition("#")
        if "closed_on" in code:
            return line
        found = _DAY.sub(lambda day: (date.fromisoformat(day[0]) + by).isoformat(), code)
        return f"{found}{hash_}{comment}"

    return "\n".join(map(moved, text.split("\n")))


def _event() -> str:
    """The compliant recommendation without what the organisation's file states.

    `check` fills that in, so the event still passes when the file has become one's own.
    """
    from datetime import UTC, datetime

    from aboveboard.organisation import example, facts_for
    from aboveboard.testing import PURPOSES, compliant_facts, make_event

    now = datetime.now(UTC).replace(microsecond=0)
    purpose, model, recipient = PURPOSES["recommendation"]
    stated = facts_for(
        example(), "recommendation", purpose=purpose, model=model, recipient=recipient
    )
    facts = _without(compliant_facts("recommendation", time=now), stated)
    named = {"processing.purpose": purpose, "ai.model": model, "transfer.recipient": recipient}
    changes = {path: name for path, name in named.items() if name is not None}
    event = make_event("recommendation", facts=facts, changes=changes, time=now)
    return json.dumps(event.to_dict(), ensure_ascii=False, indent=2) + "\n"


def _without(known: dict[str, Any], stated: dict[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for key, value in known.items():
        other = stated.get(key)
        if isinstance(value, dict) and isinstance(other, dict):
            value = _without(value, other)  # noqa: PLW2901
            if not value:
                continue
        elif key in stated and value == other:
            continue
        kept[key] = value
    return kept
