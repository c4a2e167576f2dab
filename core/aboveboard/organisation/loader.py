"""From a YAML file to an `Organisation`, or to everything that is wrong with the file at once."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from aboveboard.errors import OrganisationError

if TYPE_CHECKING:
    from aboveboard.organisation.models import Organisation

__all__ = ["MAX_BYTES", "load_organisation", "parse_organisation"]

MAX_BYTES = 1024 * 1024
"""Far above any organisation's file; what is larger is another file by mistake, or an attack."""


def load_organisation(path: Path) -> Organisation:
    """Read an organisation's file.

    Raises:
        OrganisationError: it cannot be read, or `parse_organisation` refuses what it holds.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            # One byte more than allowed tells whether there is more, whatever the file claims.
            raw = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        msg = f"{path}: no such file. 'aboveboard init' writes one to start from."
        raise OrganisationError(msg) from None
    except OSError as error:
        msg = f"{path}: cannot be read ({error.strerror})."
        raise OrganisationError(msg) from None
    if len(raw) > MAX_BYTES:
        msg = f"{path}: larger than {MAX_BYTES} bytes, which no organisation's file is."
        raise OrganisationError(msg)
    try:
        # With or without a byte order mark: editors on Windows write one.
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        msg = f"{path}:{line}: not UTF-8 text."
        raise OrganisationError(msg) from None
    return parse_organisation(text, str(path))


def parse_organisation(text: str, name: str) -> Organisation:
    """Read an organisation's YAML.

    Args:
        text: YAML, in the subset that `aboveboard.organisation.tree` describes.
        name: what messages call the text, such as its path.

    Raises:
        OrganisationError: the text is not YAML, or not an organisation. Every problem is told,
            each on a line of its own as `name:line: dotted.path: what was expected`.
    """
    from pydantic import ValidationError  # only a file costs what reading costs

    from aboveboard.organisation.models import Organisation
    from aboveboard.organisation.problems import (
        MAX_PROBLEMS,
        Problem,
        dangling,
        invalid,
        unowned,
    )
    from aboveboard.organisation.tree import Fault, read_tree

    if len(text) > MAX_BYTES:
        msg = f"{name}: larger than {MAX_BYTES} characters, which no organisation's file is."
        raise OrganisationError(msg)
    try:
        root, faults = read_tree(text)
    except Fault as fault:
        msg = f"{name}:{fault.line}: {fault.expected}."
        raise OrganisationError(msg) from None
    if root is None or root.value is None:
        msg = f"{name}:1: empty. 'aboveboard init' writes a file to start from."
        raise OrganisationError(msg)
    data = root.value
    if not isinstance(data, dict):
        msg = f"{name}:{root.line}: expected keys with values, such as 'name: Esimerkki Oy'."
        raise OrganisationError(msg)

    problems = [Problem(fault.line, "", fault.expected) for fault in faults]
    organisation = None
    try:
        # As JSON, because strict mode then takes lists for tuples and text for days, and still
        # no text for numbers. The tree holds nothing that JSON lacks.
        organisation = Organisation.model_validate_json(json.dumps(data), strict=True)
    except ValidationError as error:
        problems += invalid(error, root, Organisation)
    problems += islice(dangling(data, root), MAX_PROBLEMS)
    problems += islice(unowned(data, root), MAX_PROBLEMS)
    if problems or organisation is None:
        found = sorted(set(problems))
        lines = [problem.at(name) for problem in found[:MAX_PROBLEMS]]
        if len(found) > MAX_PROBLEMS:
            lines.append(f"{name}: and more; this does not look like an organisation's file.")
        raise OrganisationError("\n".join(lines))
    return organisation
