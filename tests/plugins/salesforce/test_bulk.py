"""Bulk jobs of both APIs: their files are judged row by row."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from aboveboard import StepDenied
from examples.salesforce.server import Org
from tests.plugins.salesforce.conftest import Client
from tests.plugins.salesforce.people import AINO, INDIVIDUAL, PEKKA, lead_ids

WAIT = 0.001


def rows(pages: Any) -> list[dict[str, str]]:
    return [row for page in pages for row in csv.DictReader(io.StringIO(page))]


def test_a_bulk_2_query_leaves_out_columns_and_cells(client: Client, org: Org) -> None:
    sf = client()
    found = rows(sf.bulk2.Lead.query("SELECT Name, Religion__c, Email FROM Lead", wait=WAIT))
    assert found == [
        {"Name": "Aino Virtanen", "Email": "aino.virtanen@example.com"},
        {"Name": "Pekka Laine", "Email": "pekka.laine@example.com"},
    ]
    # The plugin asks for ids, to know whose a row is, and takes them out again.
    (made,) = [
        json.loads(body) for way, path, body in org.asked if way == "POST" and "jobs" in path
    ]
    assert made["query"] == "SELECT Name, Email, Id FROM Lead"


def test_a_bulk_2_page_is_as_long_as_one_look_up(client: Client, org: Org) -> None:
    for number in lead_ids(2100):
        org.add("Lead", number, Name="N")
    pages = list(client().bulk2.Lead.query("SELECT Id, Name FROM Lead", wait=WAIT))
    assert [len(rows([page])) for page in pages] == [2000, 102]
    assert org.count("/composite") == 3  # what Lead is, and two pages


def test_a_bulk_2_row_of_one_who_is_to_be_forgotten(
    client: Client, org: Org, tmp_path: Path
) -> None:
    org.records["Individual"][INDIVIDUAL]["ShouldForget"] = True
    query = "SELECT Id, Name, Individual.BirthDate FROM Lead"
    with pytest.raises(StepDenied, match="R-ERA-01"):
        list(client().bulk2.Lead.query(query, wait=WAIT))
    (result,) = client(on_stopped="skip").bulk2.Lead.download(query, str(tmp_path), wait=WAIT)
    assert result["number_of_records"] == 1
    text = Path(result["file"]).read_text("utf-8")
    assert rows([text]) == [{"Id": PEKKA, "Name": "Pekka Laine"}]


def test_bulk_2_writes_what_may_be_written(client: Client, org: Org) -> None:
    sf = client()
    (done,) = sf.bulk2.Lead.update(
        records=[{"Id": AINO, "Title": "CPO", "Religion__c": "x"}], wait=WAIT
    )
    job = org.jobs[done["job_id"]]
    assert rows([job["data"]]) == [{"Id": AINO, "Title": "CPO", "Religion__c": ""}]
    assert sf.bulk2.Lead.get_successful_records(done["job_id"])
    failed = rows([sf.bulk2.Lead.get_failed_records(done["job_id"])])
    assert failed[0]["sf__Error"] == "BAD"
    assert sf.bulk2.Lead.get_all_ingest_records(done["job_id"])["unprocessedRecords"]
    (done,) = sf.bulk2.Lead.delete(records=[{"Id": AINO}], wait=WAIT)
    assert rows([org.jobs[done["job_id"]]["data"]]) == [{"Id": AINO}]


def test_other_delimiters_and_no_rows(client: Client, org: Org) -> None:
    sf = client()
    query = "SELECT Id, Name, Religion__c FROM Lead WHERE Name = 'Aino Virtanen'"
    (page,) = sf.bulk2.Lead.query(query, column_delimiter="TAB", wait=WAIT)
    assert page == f'"Id"\t"Name"\n"{AINO}"\t"Aino Virtanen"\n'
    (page,) = sf.bulk2.Lead.query("SELECT Name FROM Lead WHERE Name = 'nobody'", wait=WAIT)
    assert page == '"Name"\n'


def test_a_job_of_another_process_is_found_out(client: Client, org: Org) -> None:
    (done,) = client().bulk2.Lead.insert(records=[{"LastName": "Uusi"}], wait=WAIT)
    other = client()
    assert "Uusi" in other.bulk2.Lead.get_failed_records(done["job_id"])
    with pytest.raises(StepDenied, match="Nobody can say whose"):
        other.bulk2.Lead.get_failed_records("7505g00000999999AAA")


def test_bulk_1(client: Client, org: Org) -> None:
    sf = client()
    found = sf.bulk.Lead.query("SELECT Id, Name, Religion__c FROM Lead")
    assert [set(row) for row in found] == [{"attributes", "Id", "Name"}] * 2
    lazy = sf.bulk.Lead.query("SELECT Id, Name, Religion__c FROM Lead", lazy_operation=True)
    assert "Religion__c" not in next(iter(lazy))[0]
    sf.bulk.Lead.update([{"Id": AINO, "Title": "CPO", "Religion__c": "x"}])
    assert json.loads(list(org.jobs.values())[-1]["data"]) == [{"Id": AINO, "Title": "CPO"}]
    detailed = sf.bulk.Lead.update([{"Id": AINO, "Title": "CPO"}], include_detailed_results=True)
    assert detailed[0]["success"] is True
    with pytest.raises(StepDenied, match="conditions"):
        sf.bulk.Lead.query("SELECT Id FROM Lead WHERE Religion__c = 'x'")
    assert sf.bulk.Lead.delete([{"Id": AINO}])[0]["success"] is True


def test_bulk_1_stops_at_one_who_is_to_be_forgotten(client: Client, org: Org) -> None:
    org.records["Individual"][INDIVIDUAL]["ShouldForget"] = True
    sf = client()
    with pytest.raises(StepDenied, match="R-ERA-01"):
        sf.bulk.Lead.query("SELECT Id, Name FROM Lead")
    with pytest.raises(StepDenied, match="R-ERA-01"):
        sf.bulk.Lead.update([{"Id": AINO, "Title": "CPO"}])
    with pytest.raises(StepDenied, match="R-ERA-01"):
        sf.bulk.submit_dml("Lead", "update", [{"Id": AINO, "Title": "CPO"}])
    with pytest.raises(StepDenied, match="R-ERA-01"):
        sf.bulk2.Lead.update(records=[{"Id": AINO, "Title": "CPO"}], wait=WAIT)
    assert not any("data" in job for job in org.jobs.values() if job["operation"] == "update")


def test_csv_that_does_not_fit_its_header_is_refused(client: Client, org: Org) -> None:
    sf = client()
    job = sf.bulk2.Lead._client.create_job("update")["id"]
    for text in ("Id,Title\n1\n", "Id,Id\n1,2\n"):
        with pytest.raises(StepDenied, match="cannot be judged"):
            sf.bulk2.Lead._client.upload_job_data(job, text)
    assert "data" not in org.jobs[job]
