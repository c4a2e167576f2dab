"""Calls of a model's methods go through the same exchange as requests."""

from __future__ import annotations

from aboveboard.crm import Route, RpcCall, RpcRoutes

ROUTES = RpcRoutes(
    [
        Route("read", "ir.*", "plain"),
        Route("read", "*", "read"),
        Route("action_send*", "mailing.mailing", "send"),
    ]
)


def test_the_first_route_that_fits_counts() -> None:
    found = ROUTES.match("read", "ir.model")
    assert found is not None
    assert found[0].handling == "plain"
    assert found[1] == {"object": "ir.model"}
    lead = ROUTES.match("read", "crm.lead")
    assert lead is not None
    assert lead[0].handling == "read"


def test_a_star_stands_for_any_text_and_case_counts() -> None:
    found = ROUTES.match("action_send_mail", "mailing.mailing")
    assert found is not None
    assert found[0].handling == "send"
    assert ROUTES.match("Action_Send", "mailing.mailing") is None


def test_what_no_route_knows_has_none_twice() -> None:
    assert ROUTES.match("merge", "crm.lead") is None
    assert ROUTES.match("merge", "crm.lead") is None


def test_it_is_named_by_model_and_method_never_by_its_arguments() -> None:
    call = RpcCall("merge", "crm.lead", args=[["aino@example.com"]])
    assert call.name == "crm.lead.merge"
    assert "aino" not in repr(call)
