"""Events in: CloudEvents 1.0 JSON, read strictly; what is wrong is named and never quoted."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from aboveboard.errors import EventError
from aboveboard.events import StepEvent, schema_id

BASE: dict[str, Any] = {
    "specversion": "1.0",
    "id": "1",
    "type": "io.aboveboard.profiling.requested.v1",
    "source": "/hubspot/146012345",
    "time": "2026-11-02T09:00:00Z",
    "data": {"ai": {"model": "m"}},
}


def read(**changes: Any) -> StepEvent:
    return StepEvent.from_json(json.dumps({**BASE, **changes}))


def refused(text: Any = None, **changes: Any) -> str:
    given: Any = json.loads(json.dumps({**BASE, **changes})) if text is None else text
    reader = StepEvent.from_dict if text is None else StepEvent.from_json
    with pytest.raises(EventError) as error:
        reader(given)
    assert "LEAKED" not in str(error.value)
    assert error.value.__suppress_context__ or error.value.__context__ is None
    str(error.value).encode()
    return str(error.value)


def test_a_whole_event() -> None:
    event = read(
        subject="k1:9f86d081884c7d659a2feaa0c55ad015",
        datacontenttype="application/json",
        dataschema=schema_id("profiling"),
        tracestate="an=extension",
    )
    assert (event.step, event.phase, event.id) == ("profiling", "requested", "1")
    assert event.source == "/hubspot/146012345"
    assert event.subject == "k1:9f86d081884c7d659a2feaa0c55ad015"
    assert event.time == datetime(2026, 11, 2, 9, tzinfo=UTC)
    assert event.facts.ai is not None
    assert event.facts.ai.model == "m"


@pytest.mark.parametrize("name", list(BASE))
@pytest.mark.parametrize(
    "value",
    [None, 5, 1.5, True, ["LEAKED"], {"LEAKED": 1}, "", "LEAKED \ud800", "LEAKED\0", "x" * 300],
    ids=repr,
)
def test_each_attribute_wrong_is_named(name: str, value: Any) -> None:
    if (name, value) == ("id", "LEAKED"):
        return
    if name == "data" and isinstance(value, dict):
        return
    assert name in refused(**{name: value})


@pytest.mark.parametrize("name", list(BASE))
def test_each_attribute_missing_is_named(name: str) -> None:
    assert name in refused(json.dumps({key: item for key, item in BASE.items() if key != name}))


@pytest.mark.parametrize("name", ["subject", "dataschema", "datacontenttype", "extension"])
def test_null_is_not_set(name: str) -> None:
    assert read(**{name: None}) == read()


@pytest.mark.parametrize(
    "subject",
    [
        "jane@example.com LEAKED",
        "+358 LEAKED",
        "k1:",
        "k1:LEAKED",
        "k1:ABCDEF0123456789",
        "k1 :0",
        5,
    ],
)
def test_a_subject_that_is_no_pseudonym(subject: Any) -> None:
    assert "subject" in refused(subject=subject)


@pytest.mark.parametrize(
    "source", ["hubspot", "/", "//x", "/a/", "/a b", "https://LEAKED.example/", "/a?LEAKED", "/a\n"]
)
def test_a_source_that_is_none(source: str) -> None:
    assert "source: expected '/<plugin>/<account or app>'" in refused(source=source)


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("LEAKED", "expected 'io.aboveboard.<step>.<phase>.v1'"),
        ("io.aboveboard.profiling.requested", "expected 'io.aboveboard"),
        ("io.aboveboard.profiling.requested.v2", "version 2 are not known here"),
        ("io.aboveboard.profiling.requested.v" + "9" * 200, "expected 'io.aboveboard"),
        ("io.aboveboard.profilng.requested.v1", "steps are data_collection, profiling"),
        ("io.aboveboard.profiling.done.v1", "phases requested, completed"),
        ("IO.aboveboard.profiling.requested.v1", "expected 'io.aboveboard"),
    ],
)
def test_a_type_that_is_none_of_ours(kind: str, says: str) -> None:
    assert says in refused(type=kind)


@pytest.mark.parametrize(
    "time",
    [
        "LEAKED",
        "2026-11-02",
        "2026-11-02T09:00:00",
        "2026-11-02 09:00:00Z",
        "2026-11-02T09:00Z",
        "2026-13-02T09:00:00Z",
        "2026-11-02T25:00:00Z",
        "2026-12-31T23:59:60Z",
        "0001-01-01T00:00:00+05:00",
        "9999-12-31T23:59:59-05:00",
        "2026-11-02T09:00:00Z\n",
        "２０２６-11-02T09:00:00Z",
        1730538000,
        True,
    ],
)
def test_a_time_that_is_none(time: Any) -> None:
    assert refused(time=time).startswith("time: expected an RFC 3339 time")


@pytest.mark.parametrize(
    "time",
    [
        "2026-11-02T11:00:00+02:00",
        "2026-11-02T03:30:00-05:30",
        "2026-11-02t09:00:00z",
        "2026-11-02T09:00:00.000000000Z",
        "2026-11-02T09:00:00-00:00",
    ],
)
def test_times_in_any_zone_are_the_same_moment(time: str) -> None:
    assert read(time=time).time == datetime(2026, 11, 2, 9, tzinfo=UTC)
    assert read(time=time).time.tzinfo is UTC


@pytest.mark.parametrize("value", ["text/xml", "application/xml", "LEAKED"])
def test_a_content_type_that_is_not_json(value: str) -> None:
    assert "datacontenttype: expected 'application/json'" in refused(datacontenttype=value)


@pytest.mark.parametrize(
    "value", ["application/json; charset=utf-8", "application/cloudevents+json"]
)
def test_content_types_of_json(value: str) -> None:
    read(datacontenttype=value)


def test_facts_in_base64_are_not_read() -> None:
    changed = {key: value for key, value in BASE.items() if key != "data"}
    assert "data_base64" in refused(json.dumps({**changed, "data_base64": "e30="}))


@pytest.mark.parametrize("name", ["Upper", "with-dash", "LEAKED äö"])
def test_an_extension_whose_name_is_none(name: str) -> None:
    refused(**{name: "x"})


# --- Facts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"objectoins": {}}, "Unknown fact 'objectoins' for step 'profiling'. Did you mean 'objec"),
        (
            {"objections": {"profilng": True}},
            (
                "Unknown fact 'objections.profilng' for step 'profiling'. Did you mean "
                "'objections.profiling'?"
            ),
        ),
        (
            {"consent": [{}, {"stauts": "x"}]},
            "Unknown fact 'consent[].stauts' for step 'profiling'. Did you mean 'consent[].status'",
        ),
        ({"recommendation": {}}, "'profiling'. It is known in recommendation only."),
        ({"jane@LEAKED.example": 1}, "Unknown fact '(not a name)'"),
        ({"ai": {"+358 LEAKED": 1}}, "Unknown fact 'ai.(not a name)'"),
        ({"": 1}, "Unknown fact '(not a name)'"),
        ({"\ud800": 1}, "data: Input should be a valid string"),
        ({"objections.profiling": False}, "Nest 'objections.profiling': a key is one name"),
        (
            {"objections": {"profiling": "LEAKED"}},
            "objections.profiling: Input should be a valid b",
        ),
        ({"objections": {"profiling": 0}}, "objections.profiling: "),
        ({"objections": "LEAKED"}, "objections: "),
        ({"consent": {"status": "LEAKED"}}, "consent: Expected a list"),
        ({"consent": [{"status": "LEAKED"}]}, "consent.0.status: Input should be 'dpv:Consent"),
        ({"fields": [{"categories": ["LEAKED email"]}]}, "fields.0.categories.0: "),
        ({"subject": {"country": "LEAKED"}}, "subject.country: "),
        ({"subject": {"age_years": 1.0}}, "subject.age_years: "),
        ({"subject": {"age_years": 10**400}}, "subject.age_years: "),
        ({"subject": {"age_years": -1}}, "subject.age_years: "),
        ({"objections": {"at": "LEAKED"}}, "objections.at: Expected an RFC 3339 time"),
        ({"objections": {"at": "2026-11-02"}}, "objections.at: Expected an RFC 3339 time"),
        ({"ai": {"model": "LEAKED\ud800"}}, "ai.model: "),
        ({"ai": {"model": "LEAKED\0"}}, "ai.model: "),
        ({"ai": {"model": ""}}, "ai.model: "),
        ({"ai": {"model": "x" * 5000}}, "ai.model: "),
    ],
)
def test_wrong_facts_are_named_by_their_path(data: Any, says: str) -> None:
    assert says in refused(data=data)


def test_all_that_is_wrong_is_said_once_and_not_without_end() -> None:
    text = refused(data={"fields": [{"nmae": "x"}] * 10_000})
    assert text.count("fields[].nmae") == 1
    text = refused(data={"objections": {f"x{n}": 1 for n in range(500)}})
    assert text.count("Unknown fact") == 10


@pytest.mark.parametrize("step", ["data_collection", "profiling", "recommendation", "decision"])
def test_null_is_absent_at_every_depth(step: Any) -> None:
    kind = f"io.aboveboard.{step}.requested.v1"
    plain = read(type=kind, data={"subject": {"country": "FI"}})
    nulls = read(
        type=kind,
        data={"subject": {"country": "FI", "language": None}, "ai": None, "consent": None},
    )
    assert nulls.facts == plain.facts
    assert nulls.engine_input() == plain.engine_input()
    assert "null" not in nulls.engine_input()


def test_known_empty_is_not_unknown() -> None:
    assert read(data={"consent": []}).facts.consent == ()
    assert '"consent":[]' in read(data={"consent": []}).engine_input()


def test_derived_ages_are_computed_anew() -> None:
    event = read(data={"consent": [{"given_at": "2026-10-23T09:00:00Z", "age_days": 99_999}]})
    assert event.facts.consent is not None
    assert event.facts.consent[0].age_days == 10
    given = read(data={"consent": [{"age_days": 7}]})
    assert given.facts.consent is not None
    assert given.facts.consent[0].age_days == 7


def test_an_event_of_a_newer_schema_says_so() -> None:
    newer = "urn:io.aboveboard:schema:profiling:v1beta9"
    text = refused(dataschema=newer, data={"objections": {"reason": "x"}})
    assert "Unknown fact 'objections.reason'" in text
    assert f"its schema is '{newer}'" in text
    assert schema_id("profiling") in text
    assert "Update Aboveboard" in text
    assert "its schema is another one" in refused(dataschema="LEAKED text", data={"x": 1})
    assert read(dataschema=newer).step == "profiling"
    assert "schema" not in refused(dataschema=newer, data={"objections": {"profiling": 1}})


# --- JSON -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "LEAKED",
        "{",
        "{}{}",
        "null",
        "[]",
        '"LEAKED"',
        "5",
        b"\xff\xfeLEAKED",
        "[" * 100_000,
        '{"a":' * 50_000,
        "9" * 5000,
        '{"specversion": NaN}',
        '{"specversion": -Infinity}',
        "\ufeff{}",
    ],
    ids=lambda text: repr(text[:12]),
)
def test_what_is_no_json_object(text: Any) -> None:
    assert refused(text)


def with_data(text: str) -> str:
    return json.dumps({**BASE, "data": "DATA"}).replace('"DATA"', text)


def test_not_a_number() -> None:
    for value in ("NaN", "Infinity", "-Infinity"):
        assert value in refused(with_data(f'{{"subject": {{"age_years": {value}}}}}'))
    assert "64-bit float" in refused(with_data('{"subject": {"age_years": 1e999}}'))


def test_numbers_of_many_digits() -> None:
    assert "at most 18 digits" in refused(
        with_data('{"subject": {"age_years": %s}}' % ("9" * 5000))
    )
    assert "age_years" in refused(with_data('{"subject": {"age_years": 9007199254740992}}'))
    event = StepEvent.from_json(with_data('{"subject": {"age_years": 9007199254740991}}'))
    assert "9007199254740991" in event.engine_input()


def test_a_key_that_stands_twice() -> None:
    """Which of the two holds? The last here, the first elsewhere: so neither."""
    twice = '{"objections": {"profiling": true, "profiling": false}}'
    assert "profiling: given twice" in refused(with_data(twice))
    assert "twice" in refused(with_data('{"a LEAKED b": 1, "a LEAKED b": 2}'))
    assert "id: given twice" in refused(json.dumps(BASE)[:-1] + ', "id": "2"}')


def test_nesting() -> None:
    for depth in (33, 100, 900):
        assert "nested" in refused(with_data('{"ai":' * depth + "1" + "}" * depth))
    assert "nested" in refused(with_data('{"consent":' + "[" * 100 + "]" * 100 + "}"))


def test_ten_thousand_fields_and_no_more() -> None:
    fields = [{"name": f"field {n}"} for n in range(10_000)]
    assert len(read(data={"fields": fields}).facts.fields or ()) == 10_000
    assert "at most 10000 items" in refused(data={"fields": [*fields, {"name": "one more"}]})


def test_bytes_of_utf_8_with_and_without_a_mark() -> None:
    raw = json.dumps(BASE, ensure_ascii=False).encode()
    assert StepEvent.from_json(raw) == StepEvent.from_json(b"\xef\xbb\xbf" + raw) == read()


@pytest.mark.parametrize("raw", [None, 5, [], "x", {}, {1: 2}, {"specversion": "1.0", 5: "x"}])
def test_a_python_value_that_is_no_event(raw: Any) -> None:
    with pytest.raises(EventError):
        StepEvent.from_dict(raw)


def test_reading_changes_nothing() -> None:
    raw = json.loads(json.dumps(BASE))
    StepEvent.from_dict(raw)
    assert raw == BASE
