"""Requests and answers of a JSON API, through an exchange."""

from __future__ import annotations

from typing import Any

import pytest

from aboveboard import Gate, StepDenied
from aboveboard.crm import Dialect, Exchange, HttpCall, Record, Route, Routes
from tests.crm.acme import AcmeDialect, known, make_guard


def exchange(gate: Gate, **more: Any) -> Exchange:
    return Exchange(make_guard(gate, **more), AcmeDialect())


def people(*numbers: int, **more: Any) -> dict[str, Any]:
    return {
        "people": [{"id": n, "name": "Aino", "country": "Finland", **more} for n in numbers],
        "next": 2,
    }


def test_a_read_asks_for_less_and_gives_less(gate: Gate) -> None:
    acme = exchange(gate)
    call = acme.before(HttpCall("GET", "/people", [("fields", "name,score")]))
    assert call.query == [("fields", "name,country")]
    # The server gives more than was asked for: what was cut goes, what only the plugin wanted too.
    answer = acme.after(call, people(1, 2, score=80))
    assert answer == {"people": [{"id": 1, "name": "Aino"}, {"id": 2, "name": "Aino"}], "next": 2}
    assert acme.dialect.learned == [2]  # type: ignore[attr-defined]


def test_an_empty_page_is_no_question(gate: Gate, log: list[Any]) -> None:
    acme = exchange(gate)
    call = acme.before(HttpCall("GET", "/people", [("fields", "name")]))
    assert acme.after(call, {"people": []}) == {"people": []}
    assert log == []


def test_records_are_left_out_where_that_is_wanted(gate: Gate) -> None:
    def facts(record: Record) -> dict[str, Any]:
        gone = [{"type": "erasure", "status": "open"}] if record.subject == "acme/people/2" else []
        return {**known(), "rights_requests": gone}

    acme = exchange(gate, facts=facts, on_stopped="skip")
    call = acme.before(HttpCall("GET", "/people", [("fields", "name")]))
    answer = acme.after(call, people(1, 2, 3))
    assert [item["id"] for item in answer["people"]] == [1, 3]


def test_a_write_is_judged_before_it_leaves(gate: Gate) -> None:
    acme = exchange(gate)
    call = HttpCall("POST", "/people/7", body={"name": "Aino", "religion": "none of your business"})
    with pytest.raises(StepDenied) as stopped:
        acme.before(call)
    assert "business" not in str(stopped.value)
    call = acme.before(HttpCall("POST", "/people/7", body={"name": "Aino", "shoe_size": 43}))
    assert call.body == {"name": "Aino"}


def test_the_answer_to_a_write_tells_what_was_written_and_stops_nothing(gate: Gate) -> None:
    acme = exchange(gate, facts=None, on_stopped="raise")
    written = {"id": 7, "name": "Aino"}
    call = HttpCall("POST", "/people/7", body=dict(written))
    acme.guard.write = lambda records: None  # type: ignore[assignment, method-assign]
    acme.before(call)
    # The write is done; who reads on this little knowledge is stopped, so the rest goes.
    answer = {"people": [{"id": 7, "name": "Aino", "mail": "aino@example.com", "religion": "none"}]}
    assert acme.after(call, answer) == {"people": [{"id": 7, "name": "Aino"}]}
    assert acme.dialect.learned == [1, 1]  # type: ignore[attr-defined]
    assert acme.after(call, {"people": [dict(written)]}) == {"people": [written]}
    assert acme.dialect.learned == [1, 1]  # type: ignore[attr-defined]


def test_what_must_not_be_used_is_no_filter_either(gate: Gate) -> None:
    acme = exchange(gate)
    acme.dialect.relied_on = lambda _: ["score"]  # type: ignore[method-assign]
    with pytest.raises(StepDenied, match="filters or sorts by score"):
        acme.before(HttpCall("GET", "/people", [("fields", "name")]))
    let = exchange(gate, passing=["GET /people"])
    let.dialect.relied_on = lambda _: ["score"]  # type: ignore[method-assign]
    assert let.before(HttpCall("GET", "/people", [("fields", "name")])).route is not None


def test_a_message_is_judged_before_it_leaves(gate: Gate) -> None:
    with pytest.raises(StepDenied) as stopped:
        exchange(gate, purpose="direct_marketing").before(HttpCall("POST", "/mail", body={"to": 7}))
    assert stopped.value.verdict.step == "recommendation"


def test_a_persons_no_always_goes_through_and_counts_at_once(keeping: Gate) -> None:
    acme = exchange(keeping)
    acme.before(HttpCall("POST", "/optout", body={"id": 7}))
    assert keeping.store is not None
    subject = keeping.pseudonym("acme/people/7")
    assert [entry.scope for entry in keeping.store.of([subject])[subject]] == ["any"]


def test_without_a_store_it_goes_through_too(gate: Gate) -> None:
    exchange(gate).before(HttpCall("POST", "/optout", body={"id": 7}))


def test_nobodys_data_is_left_alone(gate: Gate, log: list[Any]) -> None:
    acme = exchange(gate)
    call = acme.before(HttpCall("GET", "/colours"))
    assert acme.after(call, {"people": [{"id": 1}]}) == {"people": [{"id": 1}]}
    assert log == []


def test_what_is_known_and_not_governed_says_why(gate: Gate) -> None:
    with pytest.raises(StepDenied, match=r"It is a file.*passing=\['GET /export'\]"):
        exchange(gate).before(HttpCall("GET", "/export"))
    acme = exchange(gate, passing=["GET /export"])
    call = acme.before(HttpCall("GET", "/export"))
    assert acme.after(call, b"anything") == b"anything"


def test_what_nobody_knows_is_refused_without_naming_anybody(gate: Gate) -> None:
    path = "/v9/secret/aino@example.com/0PK5g0000004CdEGAU"
    with pytest.raises(StepDenied, match=r"'GET /\{…\}/secret/\{…\}/\{…\}'") as stopped:
        exchange(gate).before(HttpCall("GET", path))
    assert "aino" not in str(stopped.value)
    name = "GET /{…}/secret/{…}/{…}"
    acme = exchange(gate, passing=[name])
    assert acme.after(acme.before(HttpCall("GET", path)), 7) == 7


def test_a_plain_dialect_knows_nothing() -> None:
    dialect, call = Dialect(), HttpCall("GET", "/x")
    assert (dialect.names(call), dialect.records(call, {}), dialect.written(call)) == ([], [], [])
    assert (dialect.recipients(call), list(dialect.refusals(call))) == ([], [])
    assert (dialect.ask_too(call), dialect.object(call)) == (frozenset(), "")
    dialect.leave_out(call, frozenset({"a"}))
    dialect.learn([])
    with pytest.raises(NotImplementedError):
        dialect.drop({}, Record("x", None, {}, lambda _: None))


def test_the_object_is_the_routes_or_stands_in_the_path() -> None:
    call = HttpCall(
        "GET", "/x", route=Route("GET", "/{object}", "read"), params={"object": "deals"}
    )
    assert Dialect().object(call) == "deals"
    call.route = Route("GET", "/{object}", "read", "people")
    assert Dialect().object(call) == "people"
    assert Routes([call.route]).routes == (call.route,)


def test_nothing_shows_peoples_data_in_a_repr(gate: Gate) -> None:
    call = HttpCall("POST", "/people/7", body={"name": "Aino"})
    record = Record("people", "acme/people/7", {"name": "Aino"}, lambda _: None)
    assert "Aino" not in repr(call) + repr(record)
