"""Wraps the client of hubspot-api-client: every API it hands out makes governed requests."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from aboveboard import ConfigurationError, Gate
from aboveboard.crm import Exchange, FieldMap, Guard, OnStopped, Record
from aboveboard_hubspot.asking import Asking, Sender, sending
from aboveboard_hubspot.dialect import HubSpotDialect
from aboveboard_hubspot.raw import RawRequests
from aboveboard_hubspot.requests import call_of, judged

__all__ = ["wrap"]

# What a model writes about people in words is a profile of them.
_WRITTEN_BY_A_MODEL = {
    "calls": ("hs_call_body",),
    "communications": ("hs_communication_body",),
    "emails": ("hs_email_html", "hs_email_text"),
    "meetings": ("hs_internal_meeting_notes", "hs_meeting_body"),
    "notes": ("hs_note_body",),
    "tasks": ("hs_task_body",),
}


def wrap(
    client: Any,
    *,
    purpose: str,
    gate: Gate | None = None,
    account: str = "app",
    model: str | None = None,
    recipient: str | None = None,
    facts: Mapping[str, Any] | Callable[[Record], Mapping[str, Any] | None] | None = None,
    disclose: Callable[[Any], Any] | None = None,
    on_stopped: OnStopped = "raise",
    passing: Iterable[str] = (),
    lookups: bool = True,
    subscription_types: Iterable[int | str] | None = None,
    ttl_s: float = 30.0,
) -> Any:
    """Govern a HubSpot client.

        client = aboveboard_hubspot.wrap(HubSpot(access_token=…), purpose="contact_management")
        client.crm.contacts.basic_api.get_by_id("42", properties=["email", "jobtitle"])

    Args:
        client: a `hubspot.HubSpot`; it is changed, and given back.
        purpose: what the data is used for: a short name of the register or a `dpv:` id.
        gate: who decides; the default gate when left out.
        account: the portal's id, for the events' source.
        model: whose scores and notes are written back.
        recipient: HubSpot's entry among the processors of the profile.
        facts: what HubSpot does not know: a mapping, or a function of a `Record`.
        disclose: shows a notice to the person.
        on_stopped: `raise`, or `skip` to leave out of a page the records that must not be had.
        passing: requests that go through unjudged, by the name they are refused with.
        lookups: ask HubSpot for consent, once a page, and for what custom fields are.
        subscription_types: ids of the types of subscription that this purpose is about; all of them
            when left out, and then a refusal of any is one.
        ttl_s: how long a look-up counts, in seconds.

    Raises:
        ConfigurationError: the client is none, is wrapped already, or an argument is wrong.
    """
    config = getattr(client, "config", None)
    if not isinstance(config, dict):
        msg = f"client: expected hubspot.HubSpot; got {type(client).__name__}."
        raise ConfigurationError(msg)
    inner = config.get("api_factory")
    if isinstance(inner, _Factory):
        msg = "client: it is wrapped already. Make another for another purpose."
        raise ConfigurationError(msg)
    if isinstance(subscription_types, str):
        msg = "subscription_types: expected a list of ids, not one text."
        raise ConfigurationError(msg)
    guard = Guard(
        "hubspot",
        purpose=purpose,
        fields=_fields(model),
        gate=gate,
        account=account,
        model=model,
        recipient=recipient,
        facts=facts,
        disclose=disclose,
        on_stopped=on_stopped,
        passing=passing,
    )
    types = None if subscription_types is None else {str(item) for item in subscription_types}
    dialect = HubSpotDialect(Asking(guard, ttl_s) if lookups else None, types)
    exchange = Exchange(guard, dialect)
    config["api_factory"] = _Factory(inner, exchange)
    if hasattr(client, "api_request"):
        client.api_request = RawRequests(exchange, client.api_request)
    return client


def _fields(model: str | None) -> FieldMap:
    shipped = FieldMap.shipped("aboveboard_hubspot")
    if model is None:
        return shipped
    written = {
        name: {
            field: shipped.kind(name, field).model_copy(
                update={"source": "inferred", "step": "profiling"}
            )
            for field in fields
        }
        for name, fields in _WRITTEN_BY_A_MODEL.items()
    }
    return FieldMap(written).over(shipped)


class _Factory:
    """Stands where the client makes its APIs, and governs what each sends."""

    def __init__(self, inner: Any, exchange: Exchange) -> None:
        self._inner = inner
        self._exchange = exchange

    def __call__(self, package: Any, name: str, config: dict[str, Any]) -> Any:
        from hubspot.discovery.discovery_base import DiscoveryBase

        make = self._inner or DiscoveryBase._default_api_factory  # noqa: SLF001
        api = make(package, name, config)
        client = api.api_client
        client.request = _governed(self._exchange, client.request, client.configuration.host)
        return api


def _governed(exchange: Exchange, send: Callable[..., Any], host: str) -> Callable[..., Any]:
    """`ApiClient.request` of the SDK, judged before and after."""

    def request(  # noqa: PLR0917  (the SDK's signature)
        method: str,
        url: str,
        query_params: Any = None,
        headers: Any = None,
        post_params: Any = None,
        body: Any = None,
        _preload_content: bool = True,
        _request_timeout: Any = None,
    ) -> Any:
        call = call_of(method, url, host, query_params, body)
        with sending(_sender(send, host, query_params, headers, _request_timeout)):
            exchange.before(call)
            governed = call.route is not None and call.route.handling in ("read", "write")
            response = send(
                method,
                url.partition("?")[0],
                query_params=call.query or None,
                headers=headers,
                post_params=post_params,
                body=call.body,
                _preload_content=_preload_content or governed,
                _request_timeout=_request_timeout,
            )
            if not governed or not 200 <= response.status < 300:
                return response
            if response.data:
                response.data = judged(exchange, call, response.data)
                # The client keeps its last response, and that the one of urllib3.
                response.urllib3_response._body = response.data  # noqa: SLF001
        return response if _preload_content else _unread(response)

    return request


def _sender(
    send: Callable[..., Any], host: str, query_params: Any, headers: Any, timeout: Any
) -> Sender:
    """Sends look-ups with the credentials of the request that they are made for."""

    def ask(method: str, path: str, query: list[tuple[str, str]], body: Any) -> Any:
        own = {
            key: value for key, value in (headers or {}).items() if key.lower() == "authorization"
        }
        key = [item for item in query_params or () if item[0] == "hapikey"]
        response = send(
            method,
            f"{host}{path}",
            query_params=[*query, *key] or None,
            headers={"Accept": "application/json", "Content-Type": "application/json", **own},
            body=body,
            _request_timeout=timeout,
        )
        return json.loads(response.data)

    return ask


def _unread(response: Any) -> Any:
    """A response whose body the program reads itself, as `_preload_content=False` asks for."""
    from io import BytesIO

    from urllib3 import HTTPResponse

    held = response.urllib3_response
    headers = {
        key: value
        for key, value in held.headers.items()
        if key.lower() not in ("content-encoding", "content-length", "transfer-encoding")
    }
    data = response.data or b""
    return HTTPResponse(
        body=BytesIO(data),
        headers={**headers, "content-length": str(len(data))},
        status=response.status,
        reason=response.reason,
        preload_content=False,
    )
