"""Wraps simple-salesforce: all its parts share one session, and the session is governed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

from aboveboard import ConfigurationError, Gate
from aboveboard.crm import FieldMap, Guard, OnStopped, Record

if TYPE_CHECKING:
    import requests

__all__ = ["session", "wrap"]

Facts = Mapping[str, Any] | Callable[[Record], Mapping[str, Any] | None]


def wrap(
    client: Any,
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
    choices: bool = True,
    ttl_s: float = 30.0,
) -> Any:
    """Govern a Salesforce client.

        sf = aboveboard_salesforce.wrap(Salesforce(…), purpose="contact_management")
        sf.query("SELECT Id, Name, Email FROM Lead")

    Args:
        client: a `simple_salesforce.Salesforce`; its session is changed, and the client given back.
        purpose: what the data is used for: a short name of the register or a `dpv:` id.
        gate: who decides; the default gate when left out.
        account: the organisation's id, for the events' source.
        model: whose scores are written back.
        recipient: Salesforce's entry among the processors of the profile.
        facts: what Salesforce does not know: a mapping, or a function of a `Record`.
        disclose: shows a notice to the person.
        on_stopped: `raise`, or `skip` to leave out of a page the records that must not be had.
        passing: requests that go through unjudged, by the name they are refused with.
        choices: look up what people have chosen, once for a page of records.
        ttl_s: how long a look-up counts, in seconds.

    Raises:
        ConfigurationError: the client is none, is wrapped already, or an argument is wrong.
    """
    inner = getattr(client, "session", None)
    if not hasattr(client, "sf_version") or not hasattr(inner, "adapters"):
        msg = f"client: expected simple_salesforce.Salesforce; got {type(client).__name__}."
        raise ConfigurationError(msg)
    guard = _guard(
        purpose=purpose,
        gate=gate,
        account=account,
        model=model,
        recipient=recipient,
        facts=facts,
        disclose=disclose,
        on_stopped=on_stopped,
        passing=passing,
    )
    _govern(cast("requests.Session", inner), guard, purpose=purpose, choices=choices, ttl_s=ttl_s)
    return client


def session(
    inner: requests.Session | None = None,
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
    choices: bool = True,
    ttl_s: float = 30.0,
) -> requests.Session:
    """A governed session, for `Salesforce(…, session=…)` and for `SFType` and the bulk handlers.

    Args:
        inner: a session to govern; a new one when left out.
        purpose: as for `wrap`, like all that follow.
        gate: as for `wrap`.
        account: as for `wrap`.
        model: as for `wrap`.
        recipient: as for `wrap`.
        facts: as for `wrap`.
        disclose: as for `wrap`.
        on_stopped: as for `wrap`.
        passing: as for `wrap`.
        choices: as for `wrap`.
        ttl_s: as for `wrap`.

    Raises:
        ConfigurationError: the session is governed already, or an argument is wrong.
    """
    import requests

    found = requests.Session() if inner is None else inner
    guard = _guard(
        purpose=purpose,
        gate=gate,
        account=account,
        model=model,
        recipient=recipient,
        facts=facts,
        disclose=disclose,
        on_stopped=on_stopped,
        passing=passing,
    )
    _govern(found, guard, purpose=purpose, choices=choices, ttl_s=ttl_s)
    return found


def _guard(**options: Any) -> Guard:
    return Guard("salesforce", fields=FieldMap.shipped("aboveboard_salesforce"), **options)


def _govern(
    found: requests.Session, guard: Guard, *, purpose: str, choices: bool, ttl_s: float
) -> None:
    from aboveboard_salesforce.transport import GoverningAdapter, Governor

    if any(isinstance(adapter, GoverningAdapter) for adapter in found.adapters.values()):
        msg = "client: its session is governed already. Make another for another purpose."
        raise ConfigurationError(msg)
    governor = Governor(guard, purpose=purpose, choices=choices, ttl_s=ttl_s)
    mount = found.mount

    def governed_mount(prefix: str, adapter: Any) -> None:
        mount(prefix, GoverningAdapter(adapter, governor))

    for prefix, adapter in list(found.adapters.items()):
        found.adapters[prefix] = GoverningAdapter(adapter, governor)
    found.mount = governed_mount  # type: ignore[method-assign]
