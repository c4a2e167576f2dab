"""A real Tryton, read and written through the plugin that a third party could have written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from tryton_aboveboard import OptOuts, TrytonClient, TrytonError, events, wrap
from tryton_aboveboard.calls import TrytonCall
from tryton_aboveboard.routes import BUTTONS, ROUTES

from aboveboard import Gate, StepDenied
from aboveboard.testing.recorder import recording
from examples.tryton_crm.firm import known
from examples.tryton_crm.seed import NO_PROFILING, PEOPLE, Seeded
from tests.plugins.tryton.conftest import Spy

AINO, BRAM, CECILIA = range(3)
Connect = Callable[[], TrytonClient]


@pytest.fixture
def spy(connect: Connect) -> Spy:
    """On the way to Tryton."""
    return Spy(connect())


@pytest.fixture
def governed(connect: Connect, gate: Gate) -> Callable[..., tuple[TrytonClient, Spy]]:
    def make(purpose: str = "contact_management", **more: Any) -> tuple[TrytonClient, Spy]:
        client = connect()
        spy = Spy(client)
        options: dict[str, Any] = {
            "gate": gate, "facts": known, "objections": {"profiling": NO_PROFILING},
        }  # fmt: skip
        return wrap(client, purpose=purpose, **{**options, **more}), spy

    return make


Governed = Callable[..., tuple[TrytonClient, Spy]]


@pytest.fixture
def scoring(governed: Governed) -> tuple[TrytonClient, Spy]:
    return governed("lead_scoring", model="propensity-3.1", recipient="crm")


def test_leads_are_read_without_what_the_purpose_does_not_need(
    governed: Governed, made: Seeded
) -> None:
    client, spy = governed()
    asked = [
        "number",
        "party.name",
        "party.email",
        "party.tax_identifier",
        "conversion_probability",
    ]
    (lead,) = client.read("sale.opportunity", [made.leads[AINO]], asked)
    name, email, *_ = PEOPLE[AINO]
    party = {"id": made.parties[AINO], "name": name, "email": email}
    assert lead == {"id": made.leads[AINO], "number": "1", "party.": party}
    method, (_, fetched) = spy.calls[0]
    assert method == "model.sale.opportunity.read"
    assert not {"party.tax_identifier", "conversion_probability"}.intersection(fetched)


def test_what_the_plugin_asks_for_itself_the_program_does_not_get(
    governed: Governed, made: Seeded
) -> None:
    client, spy = governed()
    (party,) = client.read("party.party", [made.parties[BRAM]], ["name"])
    assert party == {"id": made.parties[BRAM], "name": PEOPLE[BRAM][0]}
    assert "categories.name" in spy.calls[0][1][1]


def test_a_page_costs_one_request_more_and_then_none(governed: Governed, made: Seeded) -> None:
    client, spy = governed()
    assert len(client.search_read("party.party", [["id", "in", made.parties]], ["name"])) == 3
    assert spy.methods == ["model.party.party.search_read", "model.marketing.email.search_read"]
    client.read("party.party", made.parties, ["name"])
    assert spy.methods[2:] == ["model.party.party.read"]


def test_text_that_tells_of_illness_is_cut_from_one_record(
    governed: Governed, made: Seeded
) -> None:
    client, _ = governed()
    leads = client.read("sale.opportunity", made.leads, ["comment"])
    assert [lead.get("comment") for lead in leads] == [PEOPLE[AINO][2], PEOPLE[BRAM][2], None]


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("search", [["OR", ["name", "=", "x"], [["tax_identifier.code", "=", "1"]]]]),
        ("search_count", [[["sale_invoice_method", "=", "manual"]]]),
        ("search_read", [[], 0, 9, [["tax_identifier", "ASC"]], ["name"]]),
    ],
)
def test_what_must_not_be_used_finds_nobody(
    governed: Governed, method: str, params: list[Any]
) -> None:
    client, spy = governed()
    with pytest.raises(StepDenied, match="filters or sorts by"):
        client.call(f"model.party.party.{method}", *params)
    assert spy.calls == []
    assert client.call("model.party.party.search", [["name", "like", "Aino%"]])


def test_a_field_that_nobody_described_is_unknown_and_not_fetched(
    governed: Governed, made: Seeded, gate: Gate
) -> None:
    client, spy = governed()
    (party,) = client.read("party.party", [made.parties[AINO]], ["name", "sale_invoice_method"])
    assert "sale_invoice_method" not in party
    assert "sale_invoice_method" not in spy.calls[0][1][1]
    told = [{"__name__": "party.party", "id": 1, "sale_invoice_method": "manual"}]
    (event,) = events(told, gate.pseudonym)
    (field,) = event.facts.fields or ()
    assert (field.name, field.categories) == ("sale_invoice_method", None)


def test_what_tryton_knows_becomes_facts(governed: Governed, made: Seeded, gate: Gate) -> None:
    with recording(gate) as recorder:
        client, _ = governed()
        client.read("party.party", [made.parties[BRAM]], ["name"])
    (event,) = recorder.events
    facts = event.facts
    assert event.subject == gate.pseudonym(f"tryton/party.party/{made.parties[BRAM]}")
    assert facts.subject is not None
    assert facts.subject.country == "FI"
    assert [(item.status, item.channel) for item in facts.consent or ()] == [
        ("dpv:ConsentGiven", "email")
    ]
    (field,) = facts.fields or ()
    assert field.collected_at is not None
    assert abs((datetime.now(UTC) - field.collected_at).total_seconds()) < 3600


def test_a_score_is_written_back_before_and_after(
    scoring: tuple[TrytonClient, Spy], made: Seeded, staff: TrytonClient, gate: Gate
) -> None:
    client, _ = scoring
    with recording(gate) as recorder:
        client.write("sale.opportunity", [made.leads[AINO]], {"conversion_probability": 0.83})
    assert [(event.step, event.phase) for event in recorder.events] == [
        ("profiling", "requested"),
        ("profiling", "completed"),
    ]
    (lead,) = staff.read("sale.opportunity", [made.leads[AINO]], ["conversion_probability"])
    assert lead["conversion_probability"] == 0.83


def test_who_objected_is_not_scored_and_nothing_is_written(
    scoring: tuple[TrytonClient, Spy], made: Seeded, staff: TrytonClient
) -> None:
    client, spy = scoring
    with pytest.raises(StepDenied) as stopped:
        client.write("sale.opportunity", made.leads, {"conversion_probability": 0.99})
    assert "R-OBJ-01" in stopped.value.verdict.rules
    assert "model.sale.opportunity.write" not in spy.methods
    leads = staff.read("sale.opportunity", made.leads, ["conversion_probability"])
    assert 0.99 not in [lead["conversion_probability"] for lead in leads]


def test_buttons_set_a_stage_which_is_profiling(
    scoring: tuple[TrytonClient, Spy], made: Seeded, staff: TrytonClient
) -> None:
    client, _ = scoring
    with pytest.raises(StepDenied, match="R-OBJ-01"):
        client.call("model.sale.opportunity.lost", [made.leads[BRAM]])
    (lead,) = staff.read("sale.opportunity", [made.leads[BRAM]], ["state"])
    assert lead["state"] == "lead"


def test_an_opt_out_in_tryton_stops_the_next_message_in_every_process(
    governed: Governed, connect: Connect, staff: TrytonClient, gate: Gate
) -> None:
    (news,) = staff.create("marketing.email.list", {"name": "News of the firm"})
    (offers,) = staff.create("marketing.email.list", {"name": "Offers"})
    address = "dora.lind@firm.example"
    (entry,) = staff.create("marketing.email", {"email": address, "list_": news})
    opt_outs = OptOuts(connect(), gate)
    opt_outs.poll()
    client, spy = governed("direct_marketing", ttl_s=0)
    client.create("marketing.email", {"email": "eva.berg@firm.example", "list_": offers})
    assert "model.marketing.email.create" in spy.methods

    staff.write("marketing.email", [entry], {"active": False})  # as the link in a message does
    told = opt_outs.poll()
    (event, _), *_ = told.decided
    (consent,) = event.facts.consent or ()
    assert (consent.status, consent.channel) == ("dpv:ConsentWithdrawn", "email")
    assert consent.withdrawn_at is not None
    assert opt_outs.poll().decided == ()  # it counts once
    subject = gate.pseudonym(f"tryton/email/{address}")
    assert gate.store is not None
    assert [item.scope for item in gate.store.of([subject])[subject]] == ["email"]

    with pytest.raises(StepDenied) as stopped:
        client.create("marketing.email", {"email": address.upper(), "list_": offers})
    assert {"SUPPRESSED", "R-CONS-01"} <= set(stopped.value.verdict.rules)

    staff.write("marketing.email", [entry], {"active": True})
    opt_outs.poll()
    assert gate.store.of([subject]) == {}


def test_an_opt_out_of_an_address_is_that_of_its_party(
    governed: Governed, connect: Connect, made: Seeded, staff: TrytonClient, gate: Gate
) -> None:
    (party,) = staff.create(
        "party.party",
        {
            "name": "Frida Alm",
            "contact_mechanisms": [["create", [{"type": "email", "value": "Frida@Alm.example"}]]],
        },
    )
    (entry,) = staff.create(
        "marketing.email", {"email": "frida@alm.example", "list_": made.newsletter}
    )
    staff.write("marketing.email", [entry], {"active": False})
    OptOuts(connect(), gate).poll()
    client, _ = governed()
    client.read("party.party", [party], ["name"])
    subject = gate.pseudonym(f"tryton/party.party/{party}")
    assert gate.store is not None
    assert [item.scope for item in gate.store.of([subject])[subject]] == ["email"]


def test_an_opt_out_by_the_program_always_goes_through(
    governed: Governed, made: Seeded, staff: TrytonClient, gate: Gate
) -> None:
    (entry,) = staff.create(
        "marketing.email", {"email": "gun@alm.example", "list_": made.newsletter}
    )
    client, _ = governed("direct_marketing", facts=None)
    client.write("marketing.email", [entry], {"active": False})
    subject = gate.pseudonym("tryton/email/gun@alm.example")
    assert gate.store is not None
    assert [item.scope for item in gate.store.of([subject])[subject]] == ["email"]
    with pytest.raises(StepDenied):
        client.write("marketing.email", [entry], {"active": True})


def test_trytons_own_errors_keep_their_type_and_text(
    scoring: tuple[TrytonClient, Spy], made: Seeded
) -> None:
    client, _ = scoring
    with pytest.raises(TrytonError, match=r"UserError: .*Conversion Probability") as error:
        client.write("sale.opportunity", [made.leads[AINO]], {"conversion_probability": 8.0})
    assert (error.value.kind, error.value.status) == ("UserError", 200)
    with pytest.raises(TrytonError, match="403"):
        client.call("model.country.country.nothing_such")


def test_every_method_of_trytons_is_governed_plain_or_refused(staff: TrytonClient) -> None:
    """Tryton itself lists them. A new one is refused until somebody says what it does."""
    # Tryton gives this method no context: it takes none.
    methods = staff._post("system.listMethods", [], staff._session)
    assert len(methods) > 5000
    counts: Counter[str] = Counter()
    for method in methods:
        call = TrytonCall.of(method, [])
        found = ROUTES.match(call.method, call.path)
        handling = found[0].handling if found else "unknown"
        counts[handling] += 1
        kind, _, rest = method.partition(".")
        of_nobody = rest.startswith(("country.", "currency.", "product."))
        expected = {"plain"} if of_nobody else VERBS.get(rest.rpartition(".")[2], STOPPED)
        if kind != "model":
            expected = STOPPED
        elif rest.startswith("sale.opportunity.") and rest.count(".") == 2:
            expected = expected | ({"write"} if rest.rpartition(".")[2] in BUTTONS else set())
        assert handling in expected, method
    assert counts["unknown"] > 1000  # buttons, wizards, reports, what forms ask while one types


STOPPED = {"refuse", "unknown"}
VERBS = {
    **{name: {"read"} for name in ("read", "search", "search_count", "search_read")},
    **{name: {"write", "send"} for name in ("create", "write")},
    **{
        name: {"plain"}
        for name in ("default_get", "delete", "fields_get", "fields_view_get", "view_toolbar_get")
    },
}


@pytest.mark.parametrize(
    "method",
    ["model.party.party.export_data", "wizard.party.erase.execute", "report.party.label.execute",
     "model.marketing.email.message.send", "model.party.party.on_change"],
)  # fmt: skip
def test_what_nobody_governs_is_refused_by_its_own_name(governed: Governed, method: str) -> None:
    client, spy = governed()
    with pytest.raises(StepDenied) as stopped:
        client.call(method, [1], ["name"])
    assert stopped.value.verdict.rules == ("runtime.not_governed",)
    assert f"passing=['{method}']" in str(stopped.value)
    assert spy.calls == []
    client, spy = governed(passing=[method])
    with pytest.raises(TrytonError):
        client.call(method, "no", "such", "parameters", "at", "all")
    assert spy.methods == [method]


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("read", []),
        ("read", [7, ["name"]]),
        ("read", [[True], ["name"]]),
        ("read", [[1], "name"]),
        ("search_read", ["all", 0, None, None, ["name"]]),
        ("search_read", [[], 0, None, None, [1]]),
        ("create", [{"name": "x"}]),
        ("create", [["x"]]),
        ("write", [[1]]),
        ("write", [[1], "x"]),
        ("write", [["1"], {}]),
    ],
)
def test_parameters_that_are_none_of_trytons_are_refused(
    governed: Governed, method: str, params: list[Any]
) -> None:
    client, spy = governed()
    with pytest.raises(StepDenied, match="none of Tryton's"):
        client.call(f"model.party.party.{method}", *params)
    assert spy.calls == []


def test_a_look_up_that_fails_leaves_consent_unknown(
    governed: Governed, connect: Connect, made: Seeded, gate: Gate
) -> None:
    client = connect()
    send = client.transport

    def failing(method: str, params: list[Any], context: Any) -> Any:
        if method.startswith("model.marketing.email."):
            raise TrytonError("HTTP", "503 Service Unavailable", 503)
        return send(method, params, context)

    client.transport = failing
    wrap(client, purpose="contact_management", gate=gate, facts=known)
    with recording(gate) as recorder:
        assert client.read("party.party", [made.parties[BRAM]], ["name"])
    (event,) = recorder.events
    assert event.facts.consent is None


def test_threads_share_a_governed_client(governed: Governed, made: Seeded) -> None:
    client, _ = governed()
    with ThreadPoolExecutor(8) as pool:
        pages = list(
            pool.map(
                lambda _: client.read("party.party", made.parties, ["name", "email"]), range(16)
            )
        )
    assert all([party["name"] for party in page] == [name for name, *_ in PEOPLE] for page in pages)


def test_one_who_must_not_be_had_is_left_out_of_a_page(
    governed: Governed, made: Seeded, gate: Gate
) -> None:
    def asked_for_erasure(record: Any) -> dict[str, Any]:
        told = known(record)
        if record.subject == f"tryton/party.party/{made.parties[BRAM]}":
            told["rights_requests"] = [{"type": "erasure", "status": "open"}]
        return told

    client, _ = governed(on_stopped="skip", facts=asked_for_erasure)
    parties = client.read("party.party", made.parties, ["name"])
    assert [party["name"] for party in parties] == [PEOPLE[AINO][0], PEOPLE[CECILIA][0]]
    client, _ = governed(facts=asked_for_erasure)
    with pytest.raises(StepDenied, match="R-ERA-01"):
        client.read("party.party", made.parties, ["name"])


def test_what_tryton_answered_is_understood_as_events(
    staff: TrytonClient, made: Seeded, gate: Gate
) -> None:
    fields = ["__name__", "party", "party.name", "amount", "state", "create_date", "start_date"]
    told = events(staff.read("sale.opportunity", made.leads, fields), gate.pseudonym)
    assert [event.subject for event in told] == [
        gate.pseudonym(f"tryton/party.party/{party}") for party in made.parties
    ]
    names = {field.name for field in told[AINO].facts.fields or ()}
    assert names == {"party.name"}


def test_values_of_every_kind_come_back_as_they_went(staff: TrytonClient, made: Seeded) -> None:
    read = partial(staff.read, "sale.opportunity", [made.leads[CECILIA]])
    (lead,) = read(["amount", "start_date", "create_date", "write_date"])
    assert lead["amount"] == PEOPLE[CECILIA][3]
    assert lead["create_date"].date() == lead["start_date"]
    staff.write("sale.opportunity", [made.leads[CECILIA]], {"amount": lead["amount"] + 1})
    assert read(["amount"])[0]["amount"] == PEOPLE[CECILIA][3] + 1
