"""Paths, options, queries and multipart bodies are read as Dataverse reads them, and written back."""

from __future__ import annotations

import pytest

from aboveboard_dataverse.batch import join, split
from aboveboard_dataverse.dialect import ODataCall
from aboveboard_dataverse.fetchxml import Fetch
from aboveboard_dataverse.odata import Options, column, key_values, parse_url
from aboveboard_dataverse.sql import Query
from aboveboard_dataverse.tables import Tables

API = "https://x.example/api/data/v9.2"


@pytest.mark.parametrize(
    ("url", "path", "keys"),
    [
        (f"{API}/leads", "/leads", []),
        (f"{API}/leads(7b0d)", "/leads(key)", ["7b0d"]),
        (
            f"{API}/leads(emailaddress1='a/b)%27%27c')/x",
            "/leads(key)/x",
            ["emailaddress1='a/b)''c'"],
        ),
        (f"{API}/WhoAmI()", "/WhoAmI()", [""]),
        (f"{API}/leads(unclosed", None, []),
        (f"{API}x/leads", None, []),
        ("https://x.example/api/other", None, []),
    ],
)
def test_keys_leave_the_path(url: str, path: str | None, keys: list[str]) -> None:
    assert parse_url(url) == (path, keys)


def test_a_call_is_named_without_its_keys() -> None:
    call = ODataCall.of("get", f"{API}/leads(emailaddress1='aino@example.com')/fullname", None)
    assert call.name == "GET /leads(key)/fullname"
    assert ODataCall.of("get", f"{API}/aino@example.com", None).name == "GET /{…}"


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("_ownerid_value", "ownerid"),
        ("_ownerid_value@OData.Community.Display.V1.FormattedValue", "ownerid"),
        ("parentcontactid@odata.bind", "parentcontactid"),
        ("FullName", "fullname"),
        ("@odata.etag", ""),
        ("ownerid_x0040_odata.bind", "ownerid"),
    ],
)
def test_names_of_one_column(name: str, plain: str) -> None:
    assert column(name) == plain


def test_keys_are_values() -> None:
    assert key_values("leadid", "7B0D") == {"leadid": "7b0d"}
    assert key_values("leadid", "a='x,''y', b=3") == {"a": "x,'y", "b": "3"}


def test_options_are_written_as_they_were_read() -> None:
    text = "a($select=b,c;$filter=d eq 'x,;(';$expand=e($select=f)),g"
    query = [("$select", "x,_y_value"), ("$expand", text), ("$top", "3")]
    options = Options.of(query)
    assert [(slot, node.select) for slot, _, node in options.walk()] == [
        ("a", ["b", "c"]), ("a/e", ["f"]), ("g", None),
    ]  # fmt: skip
    again = Options.of(options.write(query))
    assert again.select == options.select
    assert list(again.walk()) == list(options.walk())


def test_columns_of_a_join_belong_to_their_tables() -> None:
    query = Query(
        "SELECT TOP 5 l.fullname, c.governmentid AS r, COUNT(*) AS n FROM lead AS l "
        "INNER JOIN contact c ON l.parentcontactid = c.contactid WHERE l.x = 'a, b' ORDER BY n"
    )
    assert query.slots() == [("", "lead", ["fullname"]), ("c", "contact", ["governmentid"])]
    query.leave_out("c", frozenset(["governmentid"]))
    assert query.text().startswith(
        "SELECT TOP 5 l.fullname, COUNT(*) AS n FROM lead AS l INNER JOIN"
    )
    query.leave_out("", frozenset(["fullname"]))
    assert "fullname" not in query.text()


def test_a_key_stands_in_where_nothing_is_left() -> None:
    query = Query("SELECT [fullname] FROM lead")
    query.leave_out("", frozenset(["fullname"]))
    assert query.text() == "SELECT leadid FROM lead"
    fetch = Fetch(
        '<fetch><entity name="email"><attribute name="subject"/></entity></fetch>', Tables()
    )
    fetch.leave_out("", frozenset(["subject"]))
    assert '<attribute name="activityid" />' in fetch.text()


def test_what_is_counted_holds_nobodys_data() -> None:
    fetch = Fetch(
        '<fetch aggregate="true"><entity name="lead"><attribute name="leadid" aggregate="count" '
        'alias="n"/><attribute name="new_religion" groupby="true" alias="r"/></entity></fetch>',
        Tables(),
    )
    assert fetch.shape.outputs == {"n": None, "r": ("", "new_religion")}
    plain = Fetch(
        '<fetch><entity name="lead"><attribute name="new_religion" aggregate="count" alias="n"/>'
        "</entity></fetch>",
        Tables(),
    )
    assert plain.shape.outputs == {"n": ("", "new_religion")}


def test_batches_are_written_as_they_were_read() -> None:
    text = (
        "--b\r\nContent-Type: application/http\r\n\r\nGET /leads?$select=a b HTTP/1.1\r\nA: b\r\n\r\n"
        '--b\r\nContent-Type: multipart/mixed; boundary="c"\r\n\r\n--c\r\n'
        "Content-Type: application/http\r\nContent-ID: 1\r\n\r\nPOST /leads HTTP/1.1\r\n"
        'Content-Type: application/json\r\n\r\n{"a": 1}\r\n--c--\r\n\r\n--b--\r\n'
    )
    parts = split(text, "b")
    assert [part.start for part in parts] == ["GET /leads?$select=a b HTTP/1.1", ""]
    (inner,) = parts[1].parts or []
    assert (inner.header("content-id"), inner.body) == ("1", '{"a": 1}')
    again = split(join(parts, "b"), "b")
    assert join(again, "b") == join(parts, "b")


@pytest.mark.parametrize("text", ["", "--b\r\n", "--b\r\nx\r\n--b--", "--b--x"])
def test_bodies_that_are_no_batch(text: str) -> None:
    with pytest.raises(ValueError, match=r"part|multipart"):
        split(text, "b")


@pytest.mark.parametrize(
    ("navigation", "table"),
    [
        ("parentcontactid", "contact"), ("customerid_account", "account"),
        ("regardingobjectid_lead_email", "lead"), ("contact_customer_accounts", "contact"),
        ("new_Patron", "new_patron"), ("Contact_Emails", "email"), ("ownerid", "ownerid"),
    ],
)  # fmt: skip
def test_navigation_leads_to_tables(navigation: str, table: str) -> None:
    assert Tables().target(navigation) == table
