"""What the fields of a CRM hold, in DPV terms.

Each plugin ships a JSON file of the vendor's standard fields; custom ones come from the setting
`fields`, or from what the vendor itself says of them. A field that nobody has described is unknown, and
unknown never passes for harmless.

    {"contacts": {"email": {"categories": ["pd:EmailAddress"]},
                  "hs_predictivecontactscore_v2": {"categories": ["pd:IndividualProfile"],
                                                   "source": "inferred", "step": "profiling"},
                  "hs_object_id": {"categories": []}}}

An empty list says that the field holds nothing about a person. `"*"` in place of an object's name holds
for all of them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from aboveboard.errors import ConfigurationError
from aboveboard.facts.base import CategoryId, Items, PurposeId
from aboveboard.facts.data import Origin

__all__ = ["EVERY", "FieldKind", "FieldMap"]

EVERY = "*"


class FieldKind(BaseModel):
    """What one field holds.

    Attributes:
        categories: DPV ids; an empty list when it says nothing of a person; None when nobody knows.
        source: how it comes about, such as `inferred` for a score.
        free_text: people write what they like into it, so that its text has to be read.
        step: the step that writing it belongs to: `profiling` for scores and segments, `decision` for
            what is decided of a person; None for data that is merely recorded.
        necessary_for: purposes that need it, DPV ids.
        marked_inferred: the CRM shows to its users that a model made the value.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    categories: Items[CategoryId] | None = None
    source: Origin | None = None
    free_text: bool | None = None
    step: Literal["profiling", "decision"] | None = None
    necessary_for: Items[PurposeId] | None = None
    marked_inferred: bool | None = None


UNKNOWN = FieldKind()
_SHAPE = TypeAdapter(dict[str, dict[str, FieldKind]])


class FieldMap:
    """Field kinds by object and name; what comes later goes before.

    Args:
        kinds: object → field → kind.
    """

    def __init__(self, kinds: Mapping[str, Mapping[str, FieldKind]] | None = None) -> None:
        self._kinds = {name: dict(fields) for name, fields in (kinds or {}).items()}

    @classmethod
    def shipped(cls, package: str, name: str = "fields.json") -> FieldMap:
        """The standard fields that a plugin ships beside its code.

        Raises:
            ConfigurationError: the file is not as it should be.
        """
        return cls.of(json.loads(files(package).joinpath(name).read_text("utf-8")), package)

    @classmethod
    def of(cls, described: Any, where: str) -> FieldMap:
        """Read plain data; a list of DPV ids is short for `{"categories": [...]}`.

        Args:
            described: object → field → kind, as JSON or TOML has it.
            where: what the data is, for the error.

        Raises:
            ConfigurationError: it is not of that shape, or names what DPV does not have.
        """
        if not isinstance(described, Mapping):
            msg = f"{where}: expected objects, each with its fields."
            raise ConfigurationError(msg)
        try:
            return cls(
                _SHAPE.validate_python(
                    {
                        name: {
                            field: {"categories": kind} if isinstance(kind, list) else kind
                            for field, kind in fields.items()
                        }
                        if isinstance(fields, Mapping)
                        else fields
                        for name, fields in described.items()
                    }
                )
            )
        except ValidationError as error:
            found = error.errors(include_input=False)[0]
            place = ".".join(map(str, found["loc"]))
            text = found["msg"].removeprefix("Value error, ").rstrip(".")
            msg = f"{where}: {place}: {text}."
            raise ConfigurationError(msg) from None

    def over(self, more: FieldMap) -> FieldMap:
        """This map, where `more` says nothing of a field."""
        everywhere = self._kinds.get(EVERY, {})
        joined = {
            name: {field: kind for field, kind in fields.items() if field not in everywhere}
            for name, fields in more._kinds.items()
        }
        for name, fields in self._kinds.items():
            joined.setdefault(name, {}).update(fields)
        return FieldMap(joined)

    def kind(self, object_name: str, field: str) -> FieldKind:
        """What a field holds; a kind without categories when nobody has said."""
        for name in (object_name, EVERY):
            found = self._kinds.get(name, {}).get(field)
            if found is not None:
                return found
        return UNKNOWN

    def objects(self) -> tuple[str, ...]:
        """Names of the objects that are described."""
        return tuple(sorted(name for name in self._kinds if name != EVERY))

    def of_object(self, object_name: str) -> dict[str, FieldKind]:
        """Every field that is described for an object."""
        return {**self._kinds.get(EVERY, {}), **self._kinds.get(object_name, {})}
