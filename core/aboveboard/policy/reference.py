"""Reference data that rules read: lists, thresholds and hierarchies, dated and overridable.

A policy directory may hold `reference/<name>.json` (or `.yaml`) and `reference/schemas/<name>.json`.
Rego sees it as `data.reference.<name>`. A later directory's file of the same name takes the place of
an earlier one's and must pass the same schema: an organisation can tighten a threshold or add to a
list, and cannot drop a key that a rule reads.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from aboveboard.policy.problems import Problem

__all__ = ["load_reference"]

_SUFFIXES = (".json", ".yaml", ".yml")


def load_reference(
    directories: list[tuple[Path, str]], problems: list[Problem]
) -> dict[str, dict[str, Any]]:
    """Read and check the reference data of policy directories, in order.

    Args:
        directories: each policy directory with the name it goes by in messages.
        problems: what is wrong is added here; nothing is raised.

    Returns:
        Documents by name, as Rego sees them below `data.reference`.
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
        for path in sorted(folder.iterdir()):
            if path.suffix not in _SUFFIXES or not path.is_file():
                continue
            name = f"{label}/reference/{path.name}"
            document = _read(path, name, problems)
            if document is None:
                continue
            if _passes(document, name, path.stem, schemas, problems):
                found[path.stem] = document
    return found


def _read(path: Path, name: str, problems: list[Problem]) -> Any:
    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".json":
            return json.loads(text)
        import yaml  # noqa: PLC0415

        return yaml.safe_load(text)
    except (OSError, UnicodeDecodeError):
        problems.append(Problem(name, 0, "cannot be read as UTF-8 text."))
    except json.JSONDecodeError as error:
        problems.append(Problem(name, error.lineno, f"is not JSON: {error.msg}."))
    except Exception as error:  # PyYAML's tree has no place here before it is imported
        mark = getattr(error, "problem_mark", None)
        problems.append(Problem(name, mark.line + 1 if mark else 0, "is not YAML."))
    return None


def _passes(
    document: Any, name: str, stem: str, schemas: dict[str, Any], problems: list[Problem]
) -> bool:
    if stem not in schemas:
        problems.append(
            Problem(name, 0, f"has no JSON Schema. Add 'reference/schemas/{stem}.json' beside it.")
        )
        return False
    import jsonschema  # noqa: PLC0415  (30 ms: only who loads policies pays)

    validator = jsonschema.validators.validator_for(schemas[stem])(schemas[stem])
    errors = sorted(validator.iter_errors(document), key=lambda error: list(map(str, error.path)))
    for error in errors[:10]:
        place = ".".join(str(part) for part in error.absolute_path) or "the document"
        problems.append(Problem(name, 0, f"{place}: does not pass its schema ({error.validator})."))
    return not errors
