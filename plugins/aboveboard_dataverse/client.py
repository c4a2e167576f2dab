"""Wraps the SDK's client: every request that its session makes is governed."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from aboveboard import ConfigurationError, Gate
from aboveboard.crm import FieldMap, Guard, OnStopped, Record
from aboveboard_dataverse.dialect import DataverseDialect
from aboveboard_dataverse.exchange import DataverseExchange

__all__ = ["wrap"]


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
    consents: bool = True,
    ttl_s: float = 30.0,
) -> Any:
    """Govern a Dataverse client.

        client = aboveboard_dataverse.wrap(DataverseClient(url, credential), purpose="lead_scoring")
        client.records.retrieve("lead", lead_id, select=["jobtitle", "companyname"])

    Args:
        client: a `DataverseClient` or `AsyncDataverseClient`; it is changed, and given back.
        purpose: what the data is used for: a short name of the register or a `dpv:` id.
        gate: who decides; the default gate when left out.
        account: the environment's name, for the events' source.
        model: whose scores are written back.
        recipient: the environment's entry among the processors of the profile.
        facts: what Dataverse does not know: a mapping, or a function of a `Record`.
        disclose: shows a notice to the person.
        on_stopped: `raise`, or `skip` to leave out of a page the rows that must not be had.
        passing: requests that go through unjudged, by the name they are refused with.
        consents: look up consent by address (Customer Insights), once for a page of people.
        ttl_s: how long a look-up counts, in seconds.

    Raises:
        ConfigurationError: the client is none, is wrapped already, or an argument is wrong.
    """
    if not hasattr(client, "_get_odata") or not hasattr(client, "_session"):
        msg = f"client: expected DataverseClient or AsyncDataverseClient; got {type(client).__name__}."
        raise ConfigurationError(msg)
    if "_get_odata" in vars(client):
        msg = "client: it is wrapped already. Make another for another purpose."
        raise ConfigurationError(msg)
    guard = Guard(
        "dataverse",
        purpose=purpose,
        fields=FieldMap.shipped("aboveboard_dataverse"),
        gate=gate,
        account=account,
        model=model,
        recipient=recipient,
        facts=facts,
        disclose=disclose,
        on_stopped=on_stopped,
        passing=passing,
    )
    exchange = DataverseExchange(guard, DataverseDialect(guard, ttl_s, consents=consents))
    if hasattr(client, "aclose"):
        from aboveboard_dataverse.aio import govern_async

        govern_async(client, exchange)
    else:
        _govern(client, exchange)
    return client


def _govern(client: Any, exchange: DataverseExchange) -> None:
    """Give the client a governed session, and its low-level client too, whenever that is made."""
    import requests

    from aboveboard_dataverse.adapter import govern_session, unswallowed

    make = client._get_odata  # noqa: SLF001
    if client._session is None:  # noqa: SLF001
        session = client._session = requests.Session()  # noqa: SLF001
        weakref.finalize(client, session.close)  # without the wrap there is none to close
    govern_session(client._session, exchange)  # noqa: SLF001

    def get_odata() -> Any:
        odata = make()
        http = odata._http  # noqa: SLF001
        if http._session is None:  # noqa: SLF001
            http._session = client._session  # noqa: SLF001
        govern_session(http._session, exchange)  # noqa: SLF001
        for name in SWALLOWING:
            if name not in vars(odata):
                setattr(odata, name, _unswallowed(getattr(odata, name)))
        return odata

    def _unswallowed(call: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **kwargs: Any) -> Any:
            with unswallowed():
                return call(*args, **kwargs)

        return run

    client._get_odata = get_odata  # noqa: SLF001


SWALLOWING = ("_query_sql", "_wait_for_attribute_visibility")
"""Methods of the SDK's low-level client that take any error of a request for a failure, and go on."""
