"""The JSON Schema for editors agrees with the loader on what it can know."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import jsonschema
import pytest

from aboveboard.errors import OrganisationError
from aboveboard.organisation import organisation_schema, parse_organisation
from aboveboard.organisation.tree import read_tree

SHIPPED = ("starter.yaml", "esimerkki.yaml")


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return organisation_schema()


def read(name: str) -> str:
    return files("aboveboard.organisation").joinpath(name).read_text("utf-8")


def test_head(schema: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == "urn:aboveboard:organisation:1"
    assert schema["title"] == "Organisation of Aboveboard"


def test_every_key_has_a_description(schema: dict[str, Any]) -> None:
    for name, model in {"": schema, **schema["$defs"]}.items():
        assert model["additionalProperties"] is False, name
        for key, value in model["properties"].items():
            assert value.get("description"), f"{name}.{key}"


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_files_are_valid(schema: dict[str, Any], name: str) -> None:
    root, faults = read_tree(read(name))
    assert root is not None
    assert not faults
    jsonschema.Draft202012Validator(schema).validate(root.value)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("country: FI", "country: Finland"),
        ("[dpv:DirectMarketing]", "[dpv:DirectMarketting]"),
        ("legal_basis: eu-gdpr:A6-1-b", "legal_basis: contract"),
        ("retention_days: 730", "retention_days: two years"),
        ("personal_data: true", "personal_data: yes"),
        ("ropa_ref: ROPA-001", "ropa: ROPA-001"),
        ("  contact_management:", "  Contact Management:"),
        ("monday: [09:00-17:00]", "monday: [9-17]"),
    ],
)
def test_refuses_what_the_loader_refuses(schema: dict[str, Any], old: str, new: str) -> None:
    text = read("esimerkki.yaml").replace(old, new)
    root, _ = read_tree(text)
    assert root is not None
    assert not jsonschema.Draft202012Validator(schema).is_valid(root.value)
    with pytest.raises(OrganisationError):
        parse_organisation(text, "o.yaml")
