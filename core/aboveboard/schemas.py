"""JSON Schemas of events: of the facts on the wire, and of what Rego sees as `input`."""

from __future__ import annotations

from typing import Any

from aboveboard.events import schema_id
from aboveboard.facts import PHASES, STEP_FACTS, Step

__all__ = ["engine_schema", "event_schema"]

_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def event_schema(step: Step) -> dict[str, Any]:
    """Schema of a step's facts as they stand in an event's `data`: unknown is null or left out."""
    schema = STEP_FACTS[step].model_json_schema(mode="validation")
    return {"$schema": _DRAFT, "$id": schema_id(step), **schema}


def engine_schema(step: Step) -> dict[str, Any]:
    """Schema of Rego's `input` for a step, for `opa check --schema`.

    Unknown facts never reach an engine, so nothing here is null; were it, OPA's type checker would
    take any path below for possible and find no misspelt one.
    """
    schema = _without_null(STEP_FACTS[step].model_json_schema(mode="validation"))
    schema["properties"] = {
        "step": {"type": "string", "const": step},
        "phase": {"type": "string", "enum": list(PHASES)},
        "time": {"type": "string"},
        **schema["properties"],
    }
    schema["required"] = ["step", "phase", "time"]
    return {"$schema": _DRAFT, "$id": f"{schema_id(step)}:input", **schema}


def _without_null(node: Any) -> Any:
    if isinstance(node, list):
        return [_without_null(item) for item in node]
    if not isinstance(node, dict):
        return node
    choices = node.get("anyOf")
    if not choices or {"type": "null"} not in choices:
        return {key: _without_null(value) for key, value in node.items()}
    kept = [_without_null(item) for item in choices if item != {"type": "null"}]
    rest = {k: _without_null(v) for k, v in node.items() if k not in ("anyOf", "default")}
    return {**rest, **kept[0]} if len(kept) == 1 else {**rest, "anyOf": kept}
