"""The JSON Schema of an organisation's file, for editors that complete and check as one types."""

from __future__ import annotations

from typing import Any

__all__ = ["SCHEMA_ID", "organisation_schema"]

SCHEMA_ID = "urn:aboveboard:organisation:1"


def organisation_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of the file, with a description for every key.

    It knows shapes and vocabulary; references between entries are checked by the loader only.
    """
    from aboveboard.organisation.models import Organisation

    schema = Organisation.model_json_schema()
    _close(schema)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        **schema,
        "title": "Organisation of Aboveboard",
    }


def _close(schema: object) -> None:
    """Refuse names of another shape: pydantic writes the pattern of names but lets others pass."""
    if isinstance(schema, dict):
        if "patternProperties" in schema:
            schema["additionalProperties"] = False
        for value in schema.values():
            _close(value)
    elif isinstance(schema, list):
        for value in schema:
            _close(value)
