"""Wraps an httpx client of Pipedrive's API: whatever it sends and gets is judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from aboveboard import ConfigurationError, Gate
from aboveboard.crm import FieldMap, Guard, OnStopped, Record

if TYPE_CHECKING:
    import httpx

    from aboveboard_pipedrive.governor import Governor
    from aboveboard_pipedrive.transports import GovernedTransport

__all__ = ["transport", "wrap"]

Client = TypeVar("Client", bound="httpx.Client | httpx.AsyncClient")
Facts = Mapping[str, Any] | Callable[[Record], Mapping[str, Any] | None]


def wrap(
    client: Client,
    *,
    purpose: str,
    gate: Gate | None = None,
    account: str = "app",
    model: str | None = None,
    recipient: str | None = None,
    facts: Facts | None = None,
    disclose: Callable[[Any], Any] | None = None,
    on_stopped: OnStopped = "raise",
    passing: Iterable[str] = (),
    consent: bool = True,
    consent_date_field: str | None = None,
    consent_proof_field: str | None = None,
    ttl_s: float = 30.0,
) -> Client:
    """Govern an httpx client of Pipedrive's API.

        client = httpx.Client(base_url="https://acme.pipedrive.com", headers={"x-api-token": token})
        aboveboard_pipedrive.wrap(client, purpose="contact_management")
        client.get("/api/v2/persons", params={"limit": 100})

    Args:
        client: an `httpx.Client` or `httpx.AsyncClient` whose base_url is Pipedrive's; it is changed,
            and given back.
        purpose: what the data is used for: a short name of the register or a `dpv:` id.
        gate: who decides; the default gate when left out.
        account: the company's id, for the events' source.
        model: whose scores are written back.
        recipient: Pipedrive's entry among the processors of the profile.
        facts: what Pipedrive does not know: a mapping, or a function of a `Record`.
        disclose: shows a notice to the person.
        on_stopped: `raise`, or `skip` to leave out of a page the records that must not be had.
        passing: requests that go through unjudged, by the name they are refused with.
        consent: ask for the marketing status of persons.
        consent_date_field: custom field with the date of consent, by its code or its name.
        consent_proof_field: custom field with the proof of consent, by its code or its name.
        ttl_s: how long a look-up counts, in seconds.

    Raises:
        ConfigurationError: the client is none, is wrapped already, or an argument is wrong.
    """
    import httpx

    from aboveboard_pipedrive.transports import GovernedTransport

    if not isinstance(client, httpx.Client | httpx.AsyncClient):
        msg = f"client: expected httpx.Client or httpx.AsyncClient; got {type(client).__name__}."
        raise ConfigurationError(msg)
    if not client.base_url.host:
        msg = "client: it has no base_url. Make it with base_url='https://<company>.pipedrive.com'."
        raise ConfigurationError(msg)
    inner = getattr(client, "_transport", None)
    mounts = getattr(client, "_mounts", None)
    if inner is None or not isinstance(mounts, dict):
        msg = "client: this version of httpx hides its transport. Pass transport() to the client."
        raise ConfigurationError(msg)
    if isinstance(inner, GovernedTransport):
        msg = "client: it is wrapped already. Make another for another purpose."
        raise ConfigurationError(msg)
    governor = _governor(
        purpose=purpose, gate=gate, account=account, model=model, recipient=recipient, facts=facts,
        disclose=disclose, on_stopped=on_stopped, passing=passing, consent=consent,
        consent_date_field=consent_date_field, consent_proof_field=consent_proof_field, ttl_s=ttl_s,
    )  # fmt: skip
    for pattern, mounted in mounts.items():  # proxies, which go past the client's own transport
        if mounted is not None:
            mounts[pattern] = GovernedTransport(mounted, governor)
    client._transport = GovernedTransport(inner, governor)  # noqa: SLF001
    return client


def transport(
    inner: httpx.BaseTransport | httpx.AsyncBaseTransport | None = None,
    *,
    purpose: str,
    **options: Any,
) -> GovernedTransport:
    """A transport that governs the client it is passed to.

        client = httpx.Client(base_url=…, transport=aboveboard_pipedrive.transport(purpose=…))

    Args:
        inner: what makes the requests; `httpx.HTTPTransport()` when left out. An `AsyncClient` needs
            an `httpx.AsyncHTTPTransport()`.
        purpose: what the data is used for.
        options: as for `wrap`.

    Raises:
        ConfigurationError: an argument is wrong.
    """
    import httpx

    from aboveboard_pipedrive.transports import GovernedTransport

    inner = httpx.HTTPTransport() if inner is None else inner
    if not isinstance(inner, httpx.BaseTransport | httpx.AsyncBaseTransport):
        msg = f"inner: expected a transport of httpx; got {type(inner).__name__}."
        raise ConfigurationError(msg)
    return GovernedTransport(inner, _governor(purpose=purpose, **options))


def _governor(
    *,
    consent: bool = True,
    consent_date_field: str | None = None,
    consent_proof_field: str | None = None,
    ttl_s: float = 30.0,
    **options: Any,
) -> Governor:
    from aboveboard_pipedrive.governor import Governor

    standard = FieldMap.shipped("aboveboard_pipedrive")
    return Governor(
        Guard("pipedrive", fields=standard, **options),
        standard,
        consent=consent,
        date_field=consent_date_field,
        proof_field=consent_proof_field,
        ttl_s=ttl_s,
    )
