"""Reference data that rules read: lists, thresholds and hierarchies, dated and overridable.

A policy directory may hold `reference/<name>.json` (or `.yaml`) and `reference/schemas/<name>.json`.
Rego sees it as `data.reference.<name>`. A later directory's file of the same name takes the place of
an earlier one's and must pass the same schema: an organisation can tighten a threshold or add to a
list, and cannot drop a key that a rule reads.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aboveboard.policy.problems import Problem

__all__ = ["MAX_FILE_BYTES", "check_document", "load_reference"]

MAX_FILE_BYTES = 64 << 20

_SUFFIXES = (".json", ".yaml", ".yml")
_NO_SCHEMA = "cannot be judged: its schema is no JSON Schema."


def load_reference(
    directories: list[tuple[Path, str]], problems: list[Problem]
) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
    """Read and check the reference data of policy directories, in order.

    Args:
        directories: each policy directory with the name it goes by in messages.
        problems: what is wrong is added here; nothing is raised.

    Returns:
        Documents by name, as Rego sees them below `data.reference`; and the schemas that they pass.
    """
    found: dict[str, dict[str, Any]] = {}
    schemas: dict[str, Any] = {}
    for directory, label in directories:
        folder = directory / "reference"
        if not folder.is_dir():
            continue
        for path in sorted((folder / "schemas").glob("*.json")):
            schema = _read(path, f"{label}/reference/schemas/{path.name}", problems)
            if schema is not None:
                schemas.setdefault(path.stem, schema)
        seen: dict[str, str] = {}
        for path in sorted(folder.iterdir()):
            if path.suffix not in _SUFFIXES or not path.is_file():
                continue
            name = f"{label}/reference/{path.name}"
            other = seen.setdefault(path.stem, path.name)
            if other != path.name:
                problems.append(
                    Problem(
                        name, 0, f"stands beside '{other}'. Keep one of the two.", "AB-REFERENCE-01"
                    )
                )
                continue
            document = _read(path, name, problems)
            if document is not None and check_document(
                document, name, path.stem, schemas, problems
            ):
                found[path.stem] = document
    return found, {name: schemas[name] for name in found}


def _read(path: Path, name: str, problems: list[Problem]) -> Any:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            problems.append(Problem(name, 0, f"is over {MAX_FILE_BYTES >> 20} MiB.", "AB-FILE-01"))
            return None
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".json":
            return json.loads(text, parse_constant=_refuse)
        import yaml

        alias = next((e for e in yaml.parse(text) if isinstance(e, yaml.AliasEvent)), None)
        if alias is not None:
            # A few lines of them can unfold to gigabytes.
            message = "has an alias (*name): aliases are not read here; repeat the value."
            line = alias.start_mark.line + 1 if alias.start_mark else 0
            problems.append(Problem(name, line, message, "AB-REFERENCE-01"))
            return None
        # Through JSON: what YAML reads as a date or a number for a key is neither to Rego.
        return json.loads(json.dumps(yaml.safe_load(text), allow_nan=False))
    except (OSError, UnicodeDecodeError):
        problems.append(Problem(name, 0, "cannot be read as UTF-8 text.", "AB-FILE-01"))
    except json.JSONDecodeError as error:
        problems.append(
            Problem(name, error.lineno, f"is not JSON: {error.msg}.", "AB-REFERENCE-01")
        )
    except (TypeError, ValueError):
        message = "holds what JSON has not, such as a bare date or NaN. Put it in quotes."
        problems.append(Problem(name, 0, message, "AB-REFERENCE-01"))
    except Exception as error:  # PyYAML's tree has no place here before it is imported
        mark = getattr(error, "problem_mark", None)
        problems.append(
            Problem(name, mark.line + 1 if mark else 0, "is not YAML.", "AB-REFERENCE-01")
        )
    return None


def _refuse(name: str) -> Any:
    msg = f"{name} is not JSON"
    raise ValueError(msg)


def check_document(
    document: Any, name: str, stem: str, schemas: Mapping[str, Any], problems: list[Problem]
) -> bool:
    """Whether a document passes its schema.

    Args:
        document: as parsed.
        name: what it goes by in messages.
        stem: its name below `data.reference`.
        schemas: by name.
        problems: what is wrong is added here; nothing is raised.
    """
    if stem not in schemas:
        problems.append(
            Problem(
                name,
                0,
                f"has no JSON Schema. Add 'reference/schemas/{stem}.json' beside it.",
                "AB-REFERENCE-02",
            )
        )
        return False
    import jsonschema  # 30 ms: only who loads policies pays
    import referencing

    schema = schemas[stem]
    if not isinstance(schema, dict):
        problems.append(Problem(name, 0, _NO_SCHEMA, "AB-REFERENCE-02"))
        return False
    kind = jsonschema.validators.validator_for(schema, default=jsonschema.Draft202012Validator)
    try:
        kind.check_schema(schema)
        # An empty registry: a schema that names another document is not fetched from the net.
        validator = kind(
            schema, registry=referencing.Registry(), format_checker=kind.FORMAT_CHECKER
        )
        errors = sorted(
            validator.iter_errors(document), key=lambda error: list(map(str, error.path))
        )
    except (jsonschema.SchemaError, referencing.exceptions.Unresolvable):
        problems.append(Problem(name, 0, _NO_SCHEMA, "AB-REFERENCE-02"))
        return False
    for error in errors[:10]:
        place = ".".join(str(part) for part in error.absolute_path) or "the document"
        problems.append(
            Problem(
                name,
                0,
                f"{place}: does not pass its schema ({error.validator}).",
                "AB-REFERENCE-03",
            )
        )
    return not errors
