"""Wraps the client of hubspot-api-client: every API it hands out makes governed requests."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from aboveboard import ConfigurationError, Gate
from aboveboard.crm import Exchange, FieldMap, Guard, HttpCall, OnStopped, Record
from aboveboard_hubspot.dialect import HubSpotDialect

__all__ = ["wrap"]

_STATUSES = "/communication-preferences/v4/statuses/batch/read"


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
    subscriptions: bool = True,
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
        model: whose scores are written back.
        recipient: HubSpot's entry among the processors of the profile.
        facts: what HubSpot does not know: a mapping, or a function of a `Record`.
        disclose: shows a notice to the person.
        on_stopped: `raise`, or `skip` to leave out of a page the records that must not be had.
        passing: requests that go through unjudged, by the name they are refused with.
        subscriptions: look up consent by address, once for a page of contacts.
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
    guard = Guard(
        "hubspot",
        purpose=purpose,
        fields=FieldMap.shipped("aboveboard_hubspot"),
        gate=gate,
        account=account,
        model=model,
        recipient=recipient,
        facts=facts,
        disclose=disclose,
        on_stopped=on_stopped,
        passing=passing,
    )
    factory = _Factory(inner, guard, subscriptions=subscriptions, ttl_s=ttl_s)
    config["api_factory"] = factory
    if hasattr(client, "api_request"):
        client.api_request = _RawRequests(guard, client.api_request)
    return client


class _Factory:
    """Stands where the client makes its APIs, and governs what each sends."""

    def __init__(self, inner: Any, guard: Guard, *, subscriptions: bool, ttl_s: float) -> None:
        self._inner = inner
        self._send: Callable[..., Any] | None = None
        self._root = ""
        fetch = self._statuses if subscriptions else None
        self._exchange = Exchange(guard, HubSpotDialect(fetch, ttl_s))

    def __call__(self, package: Any, name: str, config: dict[str, Any]) -> Any:
        from hubspot.discovery.discovery_base import DiscoveryBase

        api = (self._inner or DiscoveryBase._default_api_factory)(package, name, config)  # noqa: SLF001
        api_client = api.api_client
        self._send = send = api_client.request
        self._root = api_client.configuration.host
        api_client.request = _governed(self._exchange, send)
        return api

    def _statuses(self, addresses: list[str]) -> dict[str, Any]:
        """Statuses by address: one request of HubSpot's v4 API, which takes 100 at a time."""
        assert self._send is not None  # noqa: S101  (a page came by it)
        response = self._send(
            "POST",
            f"{self._root}{_STATUSES}?channel=EMAIL",
            headers={"Content-Type": "application/json", "Accept": "application/json"},
            body={"inputs": addresses[:100]},
        )
        answer = json.loads(response.data)
        found: dict[str, Any] = {}
        for item in answer["results"]:
            found[str(item["subscriberIdString"]).strip().lower()] = item["statuses"]
        return found


def _governed(exchange: Exchange, send: Callable[..., Any]) -> Callable[..., Any]:
    """`ApiClient.request` of the SDK, judged before and after."""

    def request(
        method: str,
        url: str,
        query_params: Any = None,
        headers: Any = None,
        post_params: Any = None,
        body: Any = None,
        _preload_content: bool = True,
        _request_timeout: Any = None,
    ) -> Any:
        call = HttpCall(method, unquote(urlsplit(url).path), list(query_params or ()), body)
        exchange.before(call)
        route = call.route
        if not _preload_content and route is not None and route.handling == "read":
            exchange.guard.refuse(
                f"{call.name} unread", "A stream that nobody has read cannot be judged."
            )
        response = send(
            method,
            url,
            query_params=call.query or query_params,
            headers=headers,
            post_params=post_params,
            body=call.body,
            _preload_content=_preload_content,
            _request_timeout=_request_timeout,
        )
        if _preload_content and 200 <= response.status < 300 and response.data:
            response.data = _judged(exchange, call, response.data)
        return response

    return request


def _judged(exchange: Exchange, call: HttpCall, data: bytes | str) -> bytes | str:
    if call.route is None or call.route.handling not in ("read", "write"):
        return data
    try:
        answer = json.loads(data)
    except ValueError:
        exchange.guard.refuse(
            call.name, f"The answer of '{call.name}' is no JSON: nobody can judge it."
        )
        return data
    return json.dumps(exchange.after(call, answer)).encode()


class _RawRequests:
    """`client.api_request`, which makes requests that the SDK has no method for."""

    def __init__(self, guard: Guard, send: Callable[..., Any]) -> None:
        self._exchange = Exchange(guard, HubSpotDialect())
        self._send = send

    def __call__(self, options: dict[str, Any]) -> Any:
        query = options.get("qs") or {}
        call = HttpCall(
            str(options.get("method") or "GET"),
            unquote(urlsplit(str(options.get("path") or "")).path),
            [(str(key), str(value)) for key, value in dict(query).items()],
            options.get("body"),
        )
        self._exchange.before(call)
        changed = {**options, "body": call.body} if call.body is not None else dict(options)
        if call.query:
            changed["qs"] = dict(call.query)
        response = self._send(changed)
        if response.ok and response.content:
            response._content = _judged(self._exchange, call, response.content)  # noqa: SLF001
        return response
