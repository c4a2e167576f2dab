"""CRMs: what governing costs a page of a hundred records, and how many webhooks are decided a second.

Each vendor's real SDK reads a page of its local server, plain and governed in turns, with the whole
library and the look-up of consents done before: what is left is the local work of policies. Then the
same at a server that takes 100 ms for each answer, where each governed page makes its look-up, too.
"""

from __future__ import annotations

import contextlib
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from aboveboard import Gate, Settings
from aboveboard.crm import Inbox, Record
from aboveboard.organisation import example

__all__ = ["Crm", "crm_page", "crm_targets", "measure_crms"]

PEOPLE, ROUNDS, SLOW_S = 100, 7, 0.1
RECORD_MS, HOOKS = 1.0, 700
SAMPLES = Path(__file__).parents[1] / "plugins"


_CHANGES = {
    "dataverse": "webhook_create",
    "hubspot": "webhook_property_change",
    "odoo": "webhook_crm_lead",
    "pipedrive": "webhook_person_change",
    "salesforce": "lead_change_event",
}


@dataclass(frozen=True, slots=True)
class Crm:
    """One vendor's figures.

    Attributes:
        name: of the vendor.
        fields: of people's data in each record that the program got.
        plain, governed: seconds of a page, at a server that answers at once.
        slow_plain, slow_governed: seconds of a page, at 100 ms for each answer, with the people's choices
            to be looked up.
        extra: requests for such a page beside the program's own.
        hooks: webhook events translated and decided in a second.
    """

    name: str
    fields: int
    plain: float
    governed: float
    slow_plain: float
    slow_governed: float
    extra: int
    hooks: float

    @property
    def record_ms(self) -> float:
        """What governing adds to each record, in milliseconds."""
        return (self.governed - self.plain) / PEOPLE * 1000


@dataclass(slots=True)
class _Vendor:
    """A server, and two clients of it that read a page."""

    plain: Callable[[], Any]
    governed: Callable[[], Any]
    again: Callable[[], Callable[[], Any]]
    requests: Callable[[], int]
    delay: Callable[[float], None]


def known(record: Record | None = None) -> dict[str, Any]:
    """What no CRM knows and a lawful seller does."""
    then = datetime.now(UTC) - timedelta(days=30)
    return {
        "subject": {"vulnerable_flags": []},
        "rights_requests": [],
        "notice": {
            "delivered_at": then, "art14_delivered_at": then, "language": "fi", "shown_7d": 0,
        },
        "fields[]": {"collected_purposes": ["dpv:CustomerRelationshipManagement"]},
    }  # fmt: skip


def measure_crms() -> list[Crm]:
    """Measure every vendor."""
    return [_measure(name, opened) for name, opened in _VENDORS.items()]


def _measure(name: str, opened: Callable[[Any], Any]) -> Crm:
    with contextlib.ExitStack() as stack:
        gate = stack.enter_context(_gate(stack))
        wrap = {"purpose": "contact_management", "recipient": "crm", "facts": known, "gate": gate,
                "ttl_s": 3600.0}  # fmt: skip
        vendor: _Vendor = stack.enter_context(opened(wrap))
        seen = _fields(gate)
        vendor.governed()  # looks up, once
        fields = seen()
        times: dict[str, list[float]] = {"plain": [], "governed": []}
        for _ in range(ROUNDS):
            for which, measured in times.items():
                measured.append(_timed(getattr(vendor, which)))
        asking = vendor.again()
        asking()  # what the fields are is asked once, not for each page
        before = vendor.requests()
        vendor.plain()
        own = vendor.requests() - before
        before = vendor.requests()
        vendor.delay(SLOW_S)
        slow_governed = _timed(asking)
        extra = vendor.requests() - before - own
        slow_plain = _timed(vendor.plain)
        vendor.delay(0)
        return Crm(
            name,
            fields,
            statistics.median(times["plain"]),
            statistics.median(times["governed"]),
            slow_plain,
            slow_governed,
            extra,
            _hooks(name, gate),
        )


def _gate(stack: contextlib.ExitStack) -> Gate:
    folder = stack.enter_context(tempfile.TemporaryDirectory())
    work = {"categories": ["pd:EmailAddressWork"], "source": "provided"}
    settings = Settings.load(
        suppression_store=Path(folder, "suppression.sqlite"),
        subject_key="of the benchmarks, and no secret",
        fields={
            "hubspot/contacts": {"email": work},
            "salesforce/Lead": {"Email": work},
            "pipedrive/persons": {"emails": work},
            "dataverse/lead": {"emailaddress1": work},
            "odoo/crm.lead": {"email_from": work, "email_normalized": work},
        },
    )
    return Gate(settings, organisation=example())


def _fields(gate: Gate) -> Callable[[], int]:
    """The number of fields in the last event that was decided."""
    from aboveboard import hookimpl

    class Sink:
        fields = 0

        @hookimpl
        def aboveboard_verdict(self, event: Any) -> None:
            self.fields = len(event.facts.fields or ())

    sink = Sink()
    gate.register(sink)

    def seen() -> int:
        gate.flush_sinks()
        gate.unregister(sink)
        return sink.fields

    return seen


def _timed(call: Callable[[], Any]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def _hooks(name: str, gate: Gate) -> float:
    """Events a second on one core, of the vendor's sample of a webhook, each with an id of its own."""
    plugin = import_module(f"aboveboard_{name}")
    fields = import_module("aboveboard.crm").FieldMap.shipped(f"aboveboard_{name}")
    sample = SAMPLES / name / "samples" / f"{_CHANGES[name]}.json"
    payload = json.loads(sample.read_text("utf-8"))
    payload = payload["payload"] if "_meta" in payload else payload
    inbox = Inbox(name, gate, fields, purpose="contact_management")
    rates: list[float] = []
    number = 0
    for _ in range(ROUNDS):
        start = time.process_time()
        decided = 0
        for _ in range(50):
            told = plugin.changes(payload)
            for change in told:
                number += 1
                change.id = f"{number}"
            decided += len(inbox.take(told).decided)
        rates.append(decided / (time.process_time() - start))
    return statistics.median(rates)


@contextlib.contextmanager
def _hubspot(wrap: dict[str, Any]) -> Iterator[_Vendor]:
    from hubspot import HubSpot

    import aboveboard_hubspot
    from examples.hubspot.server import HubSpotServer

    asked = ["firstname", "lastname", "email", "jobtitle", "company", "phone", "mobilephone", "city",
             "country", "hs_language", "salutation", "seniority"]  # fmt: skip
    with HubSpotServer() as server:
        for number in range(1, PEOPLE + 1):
            person = dict.fromkeys(asked, "Esimerkki") | {
                "email": f"p{number}@example.com", "country": "Finland", "hs_language": "fi",
                "hs_email_optout": "false", "lifecyclestage": "lead"}  # fmt: skip
            server.put("contacts", number, **person)

        def client() -> Any:
            return HubSpot(access_token=server.token, host=server.url)

        def read(of: Any) -> Callable[[], Any]:
            return lambda: of.crm.contacts.basic_api.get_page(limit=PEOPLE, properties=list(asked))

        def delay(seconds: float) -> None:
            server.special = lambda _: time.sleep(seconds) if seconds else None

        def governed(**more: Any) -> Callable[[], Any]:
            return read(aboveboard_hubspot.wrap(client(), **{**wrap, **more}))

        yield _Vendor(
            read(client()), governed(), lambda: governed(ttl_s=0.0), lambda: len(server.log), delay
        )


@contextlib.contextmanager
def _pipedrive(wrap: dict[str, Any]) -> Iterator[_Vendor]:
    import httpx

    import aboveboard_pipedrive
    from examples.pipedrive.server import PipedriveServer, person

    with PipedriveServer() as server, contextlib.ExitStack() as stack:
        server.persons = {n: person(n, f"Aino Esimerkki{n}") for n in range(1, PEOPLE + 1)}
        pause = [0.0]
        answer = server.RequestHandlerClass._answer  # type: ignore[attr-defined]

        def slowly(self: Any, *arguments: Any, **more: Any) -> Any:
            time.sleep(pause[0])
            return answer(self, *arguments, **more)

        server.RequestHandlerClass._answer = slowly  # type: ignore[attr-defined]
        stack.callback(setattr, server.RequestHandlerClass, "_answer", answer)

        def client() -> Any:
            made = httpx.Client(
                base_url=server.url, headers={"x-api-token": server.token}, trust_env=False
            )
            return stack.enter_context(made)

        def read(of: Any) -> Callable[[], Any]:
            return lambda: of.get("/api/v2/persons", params={"limit": PEOPLE}).raise_for_status()

        def governed(**more: Any) -> Callable[[], Any]:
            return read(aboveboard_pipedrive.wrap(client(), **{**wrap, **more}))

        def delay(seconds: float) -> None:
            pause[0] = seconds

        yield _Vendor(
            read(client()),
            governed(),
            lambda: governed(ttl_s=0.0),
            lambda: len(server.asked),
            delay,
        )


@contextlib.contextmanager
def _odoo(wrap: dict[str, Any]) -> Iterator[_Vendor]:
    import odoorpc

    import aboveboard_odoo
    from examples.odoo.server import OdooServer

    asked = ["contact_name", "partner_name", "email_from", "phone", "function", "country_id",
             "lang_id", "description"]  # fmt: skip
    with OdooServer() as server:
        lead = next(iter(server.rows["crm.lead"].values()))
        server.rows["crm.lead"] = {
            n: {**lead, "email_from": f"p{n}@example.com", "email_normalized": f"p{n}@example.com"}
            for n in range(1, PEOPLE + 1)
        }

        def client() -> Any:
            made = odoorpc.ODOO("127.0.0.1", port=server.port, timeout=30)
            made.login("crm", "bot", "secret")
            return made

        def read(of: Any) -> Callable[[], Any]:
            return lambda: of.execute("crm.lead", "search_read", [], asked)

        def delay(seconds: float) -> None:
            server.before = (lambda *_: time.sleep(seconds)) if seconds else None

        def governed(**more: Any) -> Callable[[], Any]:
            return read(aboveboard_odoo.wrap(client(), **{**wrap, **more}))

        yield _Vendor(
            read(client()),
            governed(),
            lambda: governed(ttl_s=0.0),
            lambda: len(server.calls),
            delay,
        )


@contextlib.contextmanager
def _salesforce(wrap: dict[str, Any]) -> Iterator[_Vendor]:
    from simple_salesforce import Salesforce

    import aboveboard_salesforce
    from examples.salesforce.server import local_session, running
    from tests.plugins.salesforce.people import AINO, lead_ids, people

    asked = ["FirstName", "LastName", "Name", "Title", "Company", "Email", "Phone", "Country",
             "LeadSource", "Status"]  # fmt: skip
    org = people()
    lead = org.records["Lead"][AINO]
    org.records["Lead"] = {n: {**lead, "Id": n} for n in lead_ids(PEOPLE)}
    with running(org) as host, contextlib.ExitStack() as stack:

        def client() -> Any:
            session = stack.enter_context(local_session(host))
            return Salesforce(session=session, session_id=org.token, instance_url=f"http://{host}")

        def read(of: Any) -> Callable[[], Any]:
            return lambda: of.query(f"SELECT Id, {', '.join(asked)} FROM Lead")

        def delay(seconds: float) -> None:
            org.delay_s = seconds

        def governed(**more: Any) -> Callable[[], Any]:
            return read(aboveboard_salesforce.wrap(client(), **{**wrap, **more}))

        yield _Vendor(
            read(client()), governed(), lambda: governed(ttl_s=0.0), lambda: len(org.asked), delay
        )


@contextlib.contextmanager
def _dataverse(wrap: dict[str, Any]) -> Iterator[_Vendor]:
    from PowerPlatform.Dataverse.client import DataverseClient
    from PowerPlatform.Dataverse.core.config import DataverseConfig

    import aboveboard_dataverse
    from examples.dataverse.server import Dataverse
    from tests.plugins.dataverse.people import COLUMNS, Credential, tables

    asked = ["fullname", "jobtitle", "companyname", "emailaddress1", "mobilephone",
             "address1_country", "leadsourcecode"]  # fmt: skip
    made = tables()
    made["lead"] = [
        {**made["lead"][0], "leadid": f"7b0d4a3e-1c5d-ef11-bfe2-{n:012}",
         "emailaddress1": f"p{n}@example.com"}
        for n in range(PEOPLE)
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        server = stack.enter_context(Dataverse(Path(folder), made, COLUMNS))
        old = os.environ.get("REQUESTS_CA_BUNDLE")
        os.environ["REQUESTS_CA_BUNDLE"] = str(server.certificate)
        stack.callback(
            lambda: (
                os.environ.pop("REQUESTS_CA_BUNDLE")
                if old is None
                else os.environ.update(REQUESTS_CA_BUNDLE=old)
            )
        )
        pause = [0.0]
        handler: Any = server._server.RequestHandlerClass
        send = handler._send

        def slowly(self: Any, *arguments: Any) -> None:
            time.sleep(pause[0])
            send(self, *arguments)

        handler._send = slowly

        def client() -> Any:
            config = DataverseConfig(http_timeout=30.0)
            found = DataverseClient(server.url, Credential(), config)
            stack.callback(found.close)
            return found

        def read(of: Any) -> Callable[[], Any]:
            return lambda: list(of.records.list("lead", select=list(asked)))

        def delay(seconds: float) -> None:
            pause[0] = seconds

        def governed(**more: Any) -> Callable[[], Any]:
            return read(aboveboard_dataverse.wrap(client(), **{**wrap, **more}))

        yield _Vendor(
            read(client()),
            governed(),
            lambda: governed(ttl_s=0.0),
            lambda: len(server.bodies),
            delay,
        )


_VENDORS = {
    "dataverse": _dataverse,
    "hubspot": _hubspot,
    "odoo": _odoo,
    "pipedrive": _pipedrive,
    "salesforce": _salesforce,
}


_COLUMNS = ("vendor", "fields", "plain", "governed", "a record", "at 100 ms, plain", "governed",
            "further requests", "webhook events a second")  # fmt: skip


def crm_targets(found: list[Crm]) -> list[tuple[str, str, str, bool]]:
    """What the figures are held against: name, value, limit, whether it holds."""
    slowest = max(found, key=lambda one: one.record_ms)
    fewest = min(found, key=lambda one: one.hooks)
    most = max(found, key=lambda one: one.extra)
    return [
        (f"CRM, policy work a record, slowest ({slowest.name})", f"{slowest.record_ms:.2f} ms",
         f"< {RECORD_MS:.0f} ms", slowest.record_ms < RECORD_MS),
        (f"CRM, further requests a page, most ({most.name})", f"{most.extra}", "≤ 1", most.extra <= 1),
        (f"CRM, webhook events a second, fewest ({fewest.name})", f"{fewest.hooks:.0f}",
         f"≥ {HOOKS}", fewest.hooks >= HOOKS),
    ]  # fmt: skip


def crm_page(found: list[Crm]) -> str:
    """The page's part."""
    lines = [
        "## CRMs",
        "",
        f"A page of {PEOPLE} people, read by the vendor's client from a local server, plain and governed;",
        "then from one that takes 100 ms for each answer, with their choices to be looked up.",
        "",
        f"| {' | '.join(_COLUMNS)} |",
        f"|---|{'---:|' * (len(_COLUMNS) - 1)}",
        *(
            f"| {one.name} | {one.fields} | {one.plain * 1000:.0f} ms | {one.governed * 1000:.0f} ms "
            f"| {one.record_ms:.2f} ms | {one.slow_plain * 1000:.0f} ms "
            f"| {one.slow_governed * 1000:.0f} ms | {one.extra} | {one.hooks:.0f} |"
            for one in found
        ),
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    from tests.benchmarks.run import quiet

    quiet()
    print(crm_page(measure_crms()))
