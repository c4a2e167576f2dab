"""Translations of what rules say: `messages/<language>.json` in a policy directory.

English stands in the rules' METADATA; other languages beside them, one file each, so that who
translates touches no Rego:

    {"language": "fi", "machine": "konekäännös", "reviewed_by": null, "rules": {
      "R-DM-01": {"default": {"message": "…", "remedy": "…", "person": "…"}}}}

Below a rule stand its reasons, `default` for the block without one. Placeholders in braces stay as
they are. Texts that nobody has reviewed say so to whoever reads them: the word of `machine` follows
them in brackets (R-LANG-01). A later directory's texts take the place of an earlier one's.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from aboveboard.policy.metadata import PLACEHOLDER, Block
from aboveboard.policy.problems import Problem

__all__ = ["Said", "Translation", "load_translations"]

_STRICT = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True)


class Said(BaseModel):
    """The three texts of one block; `person` may be missing where the English one is."""

    model_config = _STRICT

    message: str = Field(min_length=1)
    remedy: str = Field(min_length=1)
    person: str = ""


class Translation(BaseModel):
    """All texts in one language.

    Attributes:
        language: BCP 47, as the file is named.
        machine: what says in that language that a text was translated by a machine.
        reviewed_by: who reviewed the texts; None while nobody has.
        rules: by rule, then by reason.
    """

    model_config = _STRICT

    language: str = Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
    machine: str = Field(min_length=1)
    reviewed_by: str | None = None
    rules: dict[str, dict[str, Said]]

    def said(self, text: str) -> str:
        """A text as it is shown: with a note while nobody has reviewed it."""
        return text if self.reviewed_by or not text else f"{text} ({self.machine})"


def load_translations(
    directories: Iterable[tuple[Path, str]],
    blocks: Mapping[str, Iterable[Block]],
    problems: list[Problem],
) -> tuple[Translation, ...]:
    """Read and check the translations of policy directories, in order.

    Args:
        directories: each policy directory with the name it goes by in messages.
        blocks: METADATA blocks by file: a translation is of a rule that there is, with the
            placeholders that it has.
        problems: what is wrong is added here; nothing is raised.
    """
    known = {
        (block.custom.id, block.custom.reason or "default"): block.placeholders
        for found in blocks.values()
        for block in found
    }
    read: list[Translation] = []
    for directory, label in directories:
        for path in sorted((directory / "messages").glob("*.json")):
            name = f"{label}/messages/{path.name}"
            found = _read(path, name, problems)
            if found is not None:
                problems.extend(_wrong(found, name, known))
                read.append(found)
    return tuple(read)


def _read(path: Path, name: str, problems: list[Problem]) -> Translation | None:
    try:
        found = Translation.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError):
        problems.append(Problem(name, 0, "cannot be read as UTF-8 text.", "AB-FILE-01"))
    except json.JSONDecodeError as error:
        problems.append(Problem(name, error.lineno, f"is not JSON: {error.msg}.", "AB-MESSAGE-03"))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the document"
        problems.append(Problem(name, 0, f"{place}: {first['msg']}.", "AB-MESSAGE-03"))
    except RecursionError:
        problems.append(Problem(name, 0, "is nested too deeply.", "AB-MESSAGE-03"))
    else:
        if found.language == path.stem:
            return found
        problems.append(
            Problem(name, 0, f"says that it is in '{found.language}'.", "AB-MESSAGE-03")
        )
    return None


def _wrong(
    found: Translation, name: str, known: Mapping[tuple[str, str], frozenset[str]]
) -> Iterable[Problem]:
    for rule, reasons in found.rules.items():
        for reason, said in reasons.items():
            place = f"'{rule}'" if reason == "default" else f"'{rule}', reason '{reason}'"
            if (rule, reason) not in known:
                yield Problem(
                    name, 0, f"{place}: there is no such rule or reason.", "AB-MESSAGE-03"
                )
                continue
            texts = said.message + said.remedy + said.person
            for wrong in sorted(set(PLACEHOLDER.findall(texts)) - known[rule, reason]):
                yield Problem(
                    name, 0, f"{place}: the English text has no {{{wrong}}}.", "AB-MESSAGE-01"
                )
