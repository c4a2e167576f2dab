"""A copy with other facts is what pydantic's own would be."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime

import pytest
from pydantic import BaseModel, ValidationError

from aboveboard.facts import DataField, Subject
from aboveboard.testing import compliant_event

UPDATES = [None, {}, {"age_days": 3}, {"categories": ("pd:Name",), "source": None}]


@pytest.mark.parametrize("update", UPDATES)
@pytest.mark.parametrize("deep", [False, True])
def test_it_equals_pydantics(update: dict[str, object] | None, deep: bool) -> None:
    field = DataField.model_validate(
        {"name": "a", "collected_at": datetime(2026, 1, 1, tzinfo=UTC), "source": "provided"}
    )
    before = field.model_dump()
    ours = field.model_copy(update=update, deep=deep)
    theirs = BaseModel.model_copy(field, update=update, deep=deep)
    assert ours == theirs
    assert ours.model_fields_set == theirs.model_fields_set
    assert ours.model_dump_json() == theirs.model_dump_json()
    assert list(ours.__dict__) == list(theirs.__dict__)
    assert repr(ours) == repr(theirs)
    assert pickle.loads(pickle.dumps(ours)) == theirs
    assert field.model_dump() == before
    assert hash(ours) == hash(theirs)


def test_a_copy_is_frozen_and_of_its_own_kind() -> None:
    copy = Subject(country="FI").model_copy(update={"language": "fi"})
    assert type(copy) is Subject
    with pytest.raises(ValidationError):
        copy.country = "SE"
    facts = compliant_event("decision").facts
    assert type(facts.model_copy()) is type(facts)
    assert facts.model_copy() == facts
