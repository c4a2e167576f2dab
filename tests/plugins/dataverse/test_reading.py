"""Reading rows: what may be had comes, the rest is not even fetched."""

from __future__ import annotations

from typing import Any

import pytest
from structlog.testing import capture_logs

from aboveboard import StepDenied
from examples.dataverse.server import Failure
from tests.plugins.dataverse.people import AINO, BART, CONTACT

FORMATTED = "leadsourcecode@OData.Community.Display.V1.FormattedValue"


def test_what_is_not_needed_is_never_fetched(server: Any, gate: Any, connect: Any) -> None:
    client = connect(gate())
    row = client.records.retrieve(
        "lead",
        AINO,
        select=["fullname", "emailaddress1", "leadsourcecode", "new_religion"],
        include_annotations="*",
    )
    assert dict(row) == {
        "leadid": AINO, "fullname": "Aino Esimerkki", "leadsourcecode": 8, FORMATTED: "Web",
    }  # fmt: skip
    (asked,) = server.requests(f"leads({AINO})")
    assert "emailaddress1" not in asked
    assert "new_religion" not in asked


def test_choices_are_asked_for_and_taken_out_again(
    server: Any, gate: Any, connect: Any, seen: Any
) -> None:
    client = connect(gate())
    rows = client.records.list("lead", select=["fullname"])
    assert [set(row.keys()) for row in rows] == [{"leadid", "fullname"}] * 2
    asked = server.requests("GET /api/data/v9.2/leads")
    assert "donotbulkemail" in asked[0]
    assert "msdyn_gdproptout" in asked[0]
    (aino, bart) = seen.events()
    assert [field.name for field in aino.facts.fields] == ["fullname"]
    assert aino.facts.subject.country == "FI"
    assert aino.facts.subject.relationship == "lead"
    assert bart.facts.subject.country == "NL"
    assert {item.channel for item in bart.facts.consent} == {"email"}


def test_consent_is_looked_up_once_a_page_and_kept(
    server: Any, gate: Any, connect: Any, seen: Any
) -> None:
    client = connect(gate(mode="monitor"), purpose="direct_marketing")
    client.records.list("lead", select=["fullname", "mobilephone"])
    client.records.list("lead", select=["fullname"])
    # One batch for the columns of the table, one for the consents of the page.
    assert len(server.requests("$batch")) == 2
    assert len(server.requests("GET /api/data/v9.2/msdynmkt_contactpointconsent4s")) == 2
    aino = seen.events()[0]
    (consent,) = aino.facts.consent
    assert (consent.status, consent.channel) == ("dpv:ConsentGiven", "email")
    assert consent.proof_ref == "dataverse/contactpointconsent/a1111111-3333-ef11-bfe2-000d3ab1c2d3"


def test_addresses_stand_in_no_address_line(server: Any, gate: Any, connect: Any) -> None:
    connect(gate(mode="monitor"), purpose="direct_marketing").records.list(
        "lead", select=["mobilephone"]
    )
    posted = [body for body in server.bodies if b"contactpointconsent" in body]
    assert len(posted) == 1
    assert b"aino%40example.com" in posted[0]


def test_a_failing_look_up_leaves_consent_unknown(
    server: Any, gate: Any, connect: Any, seen: Any
) -> None:
    client = connect(gate(mode="monitor"), purpose="direct_marketing")
    client.records.list("lead", select=["fullname"])
    server.fail("$batch", Failure(503), 2)
    seen.all.clear()
    with capture_logs() as log:
        client.records.list("lead", select=["fullname"])
        wrapped = connect(gate(mode="monitor"), purpose="direct_marketing")
        wrapped.records.list("lead", select=["fullname", "mobilephone"])
    failed = [entry["lookup"] for entry in log if entry["event"] == "lookup.failed"]
    assert failed == ["dataverse.columns", "dataverse.people"]
    assert seen.events()[-2].facts.consent is None or seen.events()[-2].facts.consent == ()


def test_an_environment_without_consent_records_leaves_them_unknown(
    server: Any, gate: Any, connect: Any, seen: Any
) -> None:
    server.tables["msdynmkt_contactpointconsent4"] = []
    client = connect(gate(mode="monitor"), purpose="direct_marketing")
    client.records.list("lead", select=["fullname"])
    assert seen.events()[0].facts.consent is None


def test_without_select_the_answer_is_cut(gate: Any, connect: Any) -> None:
    (aino, _) = connect(gate()).records.list("lead")
    assert aino["fullname"] == "Aino Esimerkki"
    assert "new_religion" not in aino
    assert "new_salary" not in aino
    assert "msdyn_leadscore" not in aino


def test_a_lookup_goes_with_its_annotations(gate: Any, connect: Any) -> None:
    rule = (
        "data_collection",
        'some field in input.fields; field.name == "parentcontactid"',
        {"effect": "oblige", "obligation": {"kind": "redact", "paths": ["parentcontactid"]}},
    )
    settings = {"fields": {"dataverse/lead": {"parentcontactid": ["pd:Name"]}}}
    client = connect(gate(rule, **settings))
    row = client.records.retrieve("lead", AINO, include_annotations="*")
    assert not [name for name in row if "parentcontactid" in name]


def test_metadata_describes_custom_columns_once(
    server: Any, gate: Any, connect: Any, seen: Any
) -> None:
    client = connect(gate(fields={"dataverse/lead": {"new_privatemail": ["pd:EmailAddressWork"]}}))
    client.records.list("lead", select=["fullname", "new_privatemail", "new_salary"])
    client.records.list("lead", select=["fullname", "new_privatemail", "new_salary"])
    assert len(server.requests("EntityDefinitions(LogicalName='lead')?")) == 1
    held = {f.name: f.categories for event in seen.events() for f in event.facts.fields}
    assert held == {"fullname": ("pd:Name",), "new_privatemail": ("pd:EmailAddressWork",)}


def test_pages_keep_what_was_decided(server: Any, gate: Any, connect: Any, seen: Any) -> None:
    client = connect(gate())
    pages = list(
        client.records.list_pages("lead", select=["fullname", "new_religion"], page_size=1)
    )
    assert [[set(row.keys()) for row in page] for page in pages] == [[{"leadid", "fullname"}]] * 2
    assert len(seen.events()) == 2


def test_expanded_rows_are_people_of_their_own(
    server: Any, gate: Any, connect: Any, seen: Any
) -> None:
    client = connect(gate())
    (aino, _) = client.records.list(
        "lead", select=["jobtitle"], expand=["parentcontactid($select=fullname,governmentid)"]
    )
    assert aino["parentcontactid"]["fullname"] == "Cecilia Esempio"
    assert set(aino["parentcontactid"]) == {"@odata.etag", "contactid", "fullname"}
    (asked,) = server.requests("$expand=parentcontactid")
    assert "governmentid" not in asked
    assert gate().pseudonym(f"dataverse/contact/{CONTACT}") in [e.subject for e in seen.events()]


def test_fetchxml_is_cut_and_joined_tables_are_judged(
    server: Any, gate: Any, connect: Any, seen: Any
) -> None:
    client = connect(gate())
    rows = client.query.fetchxml(
        '<fetch><entity name="lead"><attribute name="fullname"/><attribute name="new_religion"/>'
        '<link-entity name="contact" from="contactid" to="parentcontactid" alias="c">'
        '<attribute name="fullname"/><attribute name="governmentid" alias="nationalid"/>'
        "</link-entity></entity></fetch>"
    ).execute()
    first = next(iter(rows))
    assert {name for name in first if "@" not in name} == {"leadid", "fullname", "c.fullname"}
    (asked,) = server.requests("fetchXml=")
    assert "governmentid" not in asked
    assert "new_religion" not in asked


@pytest.mark.parametrize(
    "xml",
    [
        '<!DOCTYPE x [<!ENTITY a "b">]><fetch><entity name="lead"/></fetch>',
        "<fetch><entity/></fetch>",
        "<fetch><entity",
        '<fetch><entity name="lead"/><entity name="lead"/></fetch>',
        '<fetch><entity name="lead"><attribute name="new_religion" alias="@odata.x"/></entity></fetch>',
        (
            '<fetch><entity name="lead"><link-entity name="contact" alias="a"/>'
            '<link-entity name="contact" alias="a"/></entity></fetch>'
        ),
    ],
)
def test_fetchxml_that_is_not_read_is_refused(gate: Any, connect: Any, xml: str) -> None:
    with connect(gate()) as client:
        odata = client._get_odata()
        with pytest.raises(StepDenied, match="not governed") as stopped:
            odata._request("get", f"{odata.api}/leads", params={"fetchXml": xml})
    assert stopped.value.verdict.findings[0].rule == "runtime.not_governed"


def test_sql_is_cut(server: Any, gate: Any, connect: Any, seen: Any) -> None:
    client = connect(gate())
    rows = client.query.sql("SELECT fullname AS who, new_religion FROM lead WHERE statecode = 0")
    assert [dict(row) for row in rows] == [{"who": "Aino Esimerkki"}, {"who": "Bart Voorbeeld"}]
    (asked,) = server.requests("?sql=")
    assert "new_religion" not in asked
    assert seen.events()[0].subject == gate().pseudonym(f"dataverse/lead/{AINO}")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT UPPER(fullname) FROM lead",
        "SELECT fullname + 'x' AS y FROM lead",
        "SELECT fullname FROM lead l JOIN contact c ON l.parentcontactid = c.contactid",
        "SELECT c.fullname FROM lead",
        "SELECT fullname /* x */ FROM lead",
        "SELECT new_religion AS a, COUNT(*) AS a FROM lead",
        "SELECT TOP FROM lead",
        "SELECT fullname = new_religion FROM lead",
    ],
)
def test_sql_that_is_not_read_is_refused(server: Any, gate: Any, connect: Any, sql: str) -> None:
    client = connect(gate())
    with pytest.raises(StepDenied, match="GET /leads not read"):
        client.query.sql(sql)
    assert server.requests("?sql=") == []


def test_a_stop_on_a_further_page_of_sql_comes_out_as_itself(
    server: Any, gate: Any, connect: Any
) -> None:
    """The SDK takes any error of a further page for the end of the pages."""
    rule = ("data_collection", 'input.subject.country == "NL"', {})
    client = connect(gate(rule))
    real = server._sql

    def paged(table: str, text: str) -> dict[str, Any]:
        answer = real(table, text)
        first = not server.requests("skiptoken")
        if first:
            link = server.requests("?sql=")[-1].partition(" ")[2]
            answer["@odata.nextLink"] = f"{server.url}{link}&$skiptoken=1".replace(" ", "%20")
        answer["value"] = answer["value"][:1] if first else answer["value"][1:]
        return answer

    server._sql = paged
    with pytest.raises(StepDenied, match="TEST-00 speaks"):
        client.query.sql("SELECT fullname FROM lead")


def test_skip_leaves_out_the_rows_that_must_not_be_had(gate: Any, connect: Any) -> None:
    rule = ("data_collection", 'input.subject.country == "NL"', {})
    client = connect(gate(rule), on_stopped="skip")
    assert [row["fullname"] for row in client.records.list("lead", select=["fullname"])] == [
        "Aino Esimerkki"
    ]
    assert client.records.retrieve("lead", BART, select=["fullname"]).get("fullname") is None


def test_a_denied_read_is_tried_once(server: Any, gate: Any, connect: Any, seen: Any) -> None:
    client = connect(gate(("data_collection", 'input.subject.country == "FI"', {})))
    with pytest.raises(StepDenied):
        client.records.retrieve("lead", AINO, select=["fullname"])
    assert len(server.requests(f"leads({AINO})")) == 1


def test_custom_tables_are_found_and_their_columns_unknown(
    server: Any, gate: Any, connect: Any
) -> None:
    (row,) = connect(gate()).records.list("new_visit", select=["new_page"])
    assert "new_page" not in row


def test_a_dataframe_holds_what_may_be_had(gate: Any, connect: Any) -> None:
    with pytest.warns(DeprecationWarning, match="dataframe"):
        frame = connect(gate()).dataframe.get("lead", select=["fullname", "new_religion"])
    assert "new_religion" not in frame.columns
    assert list(frame["fullname"]) == ["Aino Esimerkki", "Bart Voorbeeld"]
