"""Every public method of simple-salesforce: what it sends is judged, moves nobody's data, or is refused.

A version that brings a method which stands here nowhere fails these tests.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import simple_salesforce
from simple_salesforce import Salesforce, SFType
from simple_salesforce.bulk import SFBulkHandler, SFBulkType
from simple_salesforce.bulk2 import SFBulk2Handler, SFBulk2Type, _Bulk2Client
from simple_salesforce.metadata import MetadataType, SfdcMetadataApi

from aboveboard import StepDenied
from aboveboard_salesforce.routes import ROUTES
from examples.salesforce.server import Org
from tests.plugins.salesforce.conftest import Client
from tests.plugins.salesforce.people import AINO

WAIT = 0.001
NOW = datetime.now(UTC)
Call = Callable[[Any], Any]

# Method → a call of it, and how its last request is handled.
CALLS: dict[str, tuple[Call, str]] = {
    "Salesforce.apexecute": (lambda sf: sf.apexecute("Leads"), "refuse"),
    "Salesforce.describe": (lambda sf: sf.describe(), "plain"),
    "Salesforce.is_sandbox": (lambda sf: sf.is_sandbox(), "read"),
    "Salesforce.limits": (lambda sf: sf.limits(), "plain"),
    "Salesforce.oauth2": (lambda sf: sf.oauth2("userinfo"), "refuse"),
    "Salesforce.query": (lambda sf: sf.query("SELECT Id FROM Lead"), "read"),
    "Salesforce.query_all": (lambda sf: sf.query_all("SELECT Id FROM Lead"), "read"),
    "Salesforce.query_all_iter": (
        lambda sf: list(sf.query_all_iter("SELECT Id FROM Lead", include_deleted=True)),
        "read",
    ),
    "Salesforce.query_more": (lambda sf: sf.query_more("0r8-1"), "read"),
    "Salesforce.quick_search": (lambda sf: sf.quick_search("Aino"), "read"),
    "Salesforce.restful": (lambda sf: sf.restful(f"sobjects/Lead/{AINO}"), "read"),
    "Salesforce.search": (lambda sf: sf.search("FIND {A} RETURNING Lead(Id)"), "read"),
    "Salesforce.set_password": (lambda sf: sf.set_password("0055g00000XyZab", "x"), "plain"),
    "Salesforce.toolingexecute": (
        lambda sf: sf.toolingexecute("executeAnonymous", "POST", {}),
        "refuse",
    ),
    "SFType.create": (lambda sf: sf.Lead.create({"LastName": "U"}), "write"),
    "SFType.delete": (lambda sf: sf.Lead.delete(AINO), "plain"),
    "SFType.deleted": (lambda sf: sf.Lead.deleted(NOW, NOW), "plain"),
    "SFType.describe": (lambda sf: sf.Lead.describe(), "plain"),
    "SFType.describe_layout": (lambda sf: sf.Lead.describe_layout("0125g000000001A"), "plain"),
    "SFType.get": (lambda sf: sf.Lead.get(AINO), "read"),
    "SFType.get_base64": (lambda sf: sf.Attachment.get_base64("00P5g000000001A"), "refuse"),
    "SFType.get_by_custom_id": (lambda sf: sf.Lead.get_by_custom_id("Ext__c", "7"), "read"),
    "SFType.metadata": (lambda sf: sf.Lead.metadata(), "read"),
    "SFType.update": (lambda sf: sf.Lead.update(AINO, {"Title": "CPO"}), "write"),
    "SFType.update_base64": (
        lambda sf: sf.Lead.update_base64(AINO, __file__, base64_field="Title"),
        "write",
    ),
    "SFType.updated": (lambda sf: sf.Lead.updated(NOW, NOW), "plain"),
    "SFType.upload_base64": (lambda sf: sf.Lead.upload_base64(__file__, base64_field="Title"), "write"),
    "SFType.upsert": (lambda sf: sf.Lead.upsert("Ext__c/7", {"Title": "CPO"}), "write"),
    "SFBulkHandler.submit_dml": (
        lambda sf: sf.bulk.submit_dml("Lead", "update", [{"Id": AINO, "Title": "C"}]),
        "plain",
    ),
    "SFBulkType.delete": (lambda sf: sf.bulk.Lead.delete([{"Id": AINO}]), "plain"),
    "SFBulkType.hard_delete": (lambda sf: sf.bulk.Lead.hard_delete([{"Id": AINO}]), "plain"),
    "SFBulkType.insert": (lambda sf: sf.bulk.Lead.insert([{"LastName": "U"}]), "plain"),
    "SFBulkType.query": (lambda sf: sf.bulk.Lead.query("SELECT Id FROM Lead"), "read"),
    "SFBulkType.query_all": (lambda sf: sf.bulk.Lead.query_all("SELECT Id FROM Lead"), "read"),
    "SFBulkType.submit_dml": (
        lambda sf: sf.bulk.Lead.submit_dml("insert", [{"LastName": "U"}]),
        "plain",
    ),
    "SFBulkType.update": (lambda sf: sf.bulk.Lead.update([{"Id": AINO, "Title": "C"}]), "plain"),
    "SFBulkType.upsert": (
        lambda sf: sf.bulk.Lead.upsert([{"Id": AINO, "Title": "C"}], "Id"),
        "plain",
    ),
    "SFBulkType.worker": (
        lambda sf: sf.bulk.Lead.worker({"jobId": _job(sf), "id": "1"}, "update"),
        "plain",
    ),
    "SFBulk2Type.delete": (lambda sf: sf.bulk2.Lead.delete(records=[{"Id": AINO}], wait=WAIT), "plain"),
    "SFBulk2Type.download": (
        lambda sf: sf.bulk2.Lead.download("SELECT Id FROM Lead", "/tmp", wait=WAIT),
        "read",
    ),
    "SFBulk2Type.get_all_ingest_records": (
        lambda sf: sf.bulk2.Lead.get_all_ingest_records(_ingest(sf)),
        "read",
    ),
    "SFBulk2Type.get_failed_records": (
        lambda sf: sf.bulk2.Lead.get_failed_records(_ingest(sf)),
        "read",
    ),
    "SFBulk2Type.get_successful_records": (
        lambda sf: sf.bulk2.Lead.get_successful_records(_ingest(sf)),
        "read",
    ),
    "SFBulk2Type.get_unprocessed_records": (
        lambda sf: sf.bulk2.Lead.get_unprocessed_records(_ingest(sf)),
        "read",
    ),
    "SFBulk2Type.hard_delete": (
        lambda sf: sf.bulk2.Lead.hard_delete(records=[{"Id": AINO}], wait=WAIT),
        "plain",
    ),
    "SFBulk2Type.insert": (
        lambda sf: sf.bulk2.Lead.insert(records=[{"LastName": "U"}], wait=WAIT),
        "plain",
    ),
    "SFBulk2Type.query": (
        lambda sf: list(sf.bulk2.Lead.query("SELECT Id FROM Lead", wait=WAIT)),
        "read",
    ),
    "SFBulk2Type.query_all": (
        lambda sf: list(sf.bulk2.Lead.query_all("SELECT Id FROM Lead", wait=WAIT)),
        "read",
    ),
    "SFBulk2Type.update": (
        lambda sf: sf.bulk2.Lead.update(records=[{"Id": AINO, "Title": "C"}], wait=WAIT),
        "plain",
    ),
    "SFBulk2Type.upsert": (
        lambda sf: sf.bulk2.Lead.upsert(records=[{"Id": AINO, "Title": "C"}], wait=WAIT),
        "plain",
    ),
    "_Bulk2Client.abort_job": (lambda sf: _bulk2(sf).abort_job(_ingest(sf), is_query=False), "plain"),
    "_Bulk2Client.close_job": (lambda sf: _bulk2(sf).close_job(_ingest(sf)), "plain"),
    "_Bulk2Client.create_job": (lambda sf: _bulk2(sf).create_job("insert"), "plain"),
    "_Bulk2Client.delete_job": (lambda sf: _bulk2(sf).delete_job(_ingest(sf), is_query=False), "plain"),
    "_Bulk2Client.download_ingest_results": (
        lambda sf: _bulk2(sf).download_ingest_results("/dev/null", _ingest(sf), "failedResults"),
        "read",
    ),
    "_Bulk2Client.download_job_data": (lambda sf: _bulk2(sf).download_job_data("/tmp", _query(sf)), "read"),
    "_Bulk2Client.get_ingest_results": (
        lambda sf: _bulk2(sf).get_ingest_results(_ingest(sf), "failedResults"),
        "read",
    ),
    "_Bulk2Client.get_job": (lambda sf: _bulk2(sf).get_job(_ingest(sf), is_query=False), "plain"),
    "_Bulk2Client.get_query_results": (lambda sf: _bulk2(sf).get_query_results(_query(sf)), "read"),
    "_Bulk2Client.upload_job_data": (
        lambda sf: _bulk2(sf).upload_job_data(_bulk2(sf).create_job("insert")["id"], "LastName\nU\n"),
        "write",
    ),
    "_Bulk2Client.wait_for_job": (
        lambda sf: _bulk2(sf).wait_for_job(_ingest(sf), is_query=False, wait=WAIT),
        "plain",
    ),
}  # fmt: skip
SENDS_NOTHING = {
    "Salesforce.parse_api_usage",
    "Salesforce.parse_result_to_json",
    "SFType.parse_result_to_json",
    "_Bulk2Client.filter_null_bytes",
}
SETUP = {  # all of it by SOAP to the metadata API
    "Salesforce.checkDeployStatus",
    "Salesforce.deploy",
}
CLASSES = (Salesforce, SFType, SFBulkHandler, SFBulkType, SFBulk2Handler, SFBulk2Type, _Bulk2Client)


def _bulk2(sf: Any) -> Any:
    return sf.bulk2.Lead._client


def _ingest(sf: Any) -> str:
    (done,) = sf.bulk2.Lead.insert(records=[{"LastName": "U"}], wait=WAIT)
    return str(done["job_id"])


def _query(sf: Any) -> str:
    return str(_bulk2(sf).create_job("query", "SELECT Id FROM Lead")["id"])


def _job(sf: Any) -> str:
    job = sf.bulk.Lead._create_job("update", use_serial=False)["id"]
    sf.bulk.Lead._add_batch(job, [{"Id": AINO, "Title": "C"}], "update")
    return str(job)


def methods() -> set[str]:
    return {
        f"{cls.__name__}.{name}"
        for cls in CLASSES
        for name, member in vars(cls).items()
        if not name.startswith("_")
        and (inspect.isfunction(member) or isinstance(member, staticmethod))
    }


def test_every_public_method_stands_here() -> None:
    assert methods() == CALLS.keys() | SENDS_NOTHING | SETUP


@pytest.mark.parametrize("name", sorted(CALLS))
def test_method(name: str, client: Client, org: Org, monkeypatch: pytest.MonkeyPatch) -> None:
    org.add("Organization", "00D000000000001AAA", IsSandbox=True)
    org.records["Lead"][AINO]["Ext__c"] = "7"
    org.cursors["0r8-1"] = []
    call, handling = CALLS[name]
    handled: list[str] = []
    match = ROUTES.match

    def spy(method: str, path: str) -> Any:
        found = match(method, path)
        assert found is not None, f"{method} {path} is known to nobody"
        handled.append(found[0].handling)
        return found

    monkeypatch.setattr(ROUTES, "match", spy)
    sf = client()
    if handling == "refuse":
        before = len(org.asked)
        with pytest.raises(StepDenied, match=r"passing=\["):
            call(sf)
        assert len(org.asked) == before
    else:
        call(sf)
    assert handled[-1] == handling


def test_all_parts_share_the_session(client: Client) -> None:
    sf = client()
    parts = (sf.Lead, sf.bulk, sf.bulk.Lead, sf.bulk2, sf.bulk2.Lead, _bulk2(sf))
    assert {id(part.session) for part in parts} == {id(sf.session)}
    assert "session=self.session" in inspect.getsource(Salesforce.mdapi.fget)
    assert "session" in inspect.signature(SfdcMetadataApi).parameters
    assert callable(MetadataType)


def test_the_client_makes_requests_by_its_session_only() -> None:
    """What went past the session would go past the guard."""
    for path in Path(simple_salesforce.__file__).parent.glob("*.py"):
        text = path.read_text("utf-8")
        used = re.findall(r"requests\.(?!Session|Response|exceptions|sessions)(\w+)\(", text)
        assert not used, f"{path.name}: {used}"
        assert not re.search(
            r"^\s*(?:import|from) (?:urllib3|httpx|aiohttp|socket)\b", text, re.MULTILINE
        )
    login = inspect.getsource(simple_salesforce.login)
    assert len(re.findall(r"requests\)\.post\(", login)) == login.count(".post(")
