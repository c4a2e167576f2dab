"""The sample leads are shaped like a vendor's records and are about nobody."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest

RECORDS: list[dict[str, Any]] = json.loads(
    files("aboveboard.demo").joinpath("leads.json").read_text("utf-8")
)["results"]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record["properties"]["firstname"])
def test_record_has_the_vendor_s_shape(record: dict[str, Any]) -> None:
    assert set(record) == {"id", "properties", "createdAt", "updatedAt", "archived"}
    assert all(isinstance(value, str) for value in record["properties"].values())
    assert record["properties"]["hs_object_id"] == record["id"]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record["properties"]["firstname"])
def test_record_reaches_nobody(record: dict[str, Any]) -> None:
    assert record["properties"]["email"].endswith("@example.com")
    assert record["properties"]["phone"].startswith("+35840000")


def test_names_and_ids_tell_people_apart() -> None:
    assert len({record["id"] for record in RECORDS}) == len(RECORDS)
    assert len({record["properties"]["firstname"] for record in RECORDS}) == len(RECORDS)
