"""Puts a guard where a client makes its calls."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

from aboveboard import ConfigurationError, Gate
from aboveboard.crm import Exchange, Guard, OnStopped, Record
from tryton_aboveboard.calls import TrytonCall
from tryton_aboveboard.client import Transport, TrytonClient
from tryton_aboveboard.dialect import TrytonDialect
from tryton_aboveboard.fields import FIELDS

__all__ = ["Governed", "wrap"]


def wrap(
    client: TrytonClient,
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
    objections: Mapping[Literal["profiling", "direct_marketing"], str] | None = None,
    ttl_s: float = 30.0,
) -> TrytonClient:
    """Govern a Tryton client.

        client = wrap(TrytonClient(url, "crm", user, password), purpose="contact_management")
        client.read("party.party", [1], ["name", "email"])

    Args:
        client: it is changed, and given back.
        purpose: what the data is used for: a short name of the register or a `dpv:` id.
        gate: who decides; the default gate when left out.
        account: of Tryton, for the events' source.
        model: whose scores are written to `conversion_probability`.
        recipient: Tryton's entry among the processors of the profile.
        facts: what Tryton does not know: a mapping, or a function of a `Record`.
        disclose: shows a notice to the person.
        on_stopped: `raise`, or `skip` to leave out of a page the records that must not be had.
        passing: methods that go through unjudged, by their full names.
        objections: the party categories that stand for an objection: `{"profiling": "No profiling"}`.
            A party without the category has not objected.
        ttl_s: how long a look-up counts, in seconds.

    Raises:
        ConfigurationError: the client is none, is wrapped already, or an argument is wrong.
    """
    if not isinstance(client, TrytonClient):
        msg = f"client: expected TrytonClient; got {type(client).__name__}."
        raise ConfigurationError(msg)
    if isinstance(client.transport, Governed):
        msg = "client: it is wrapped already. Make another for another purpose."
        raise ConfigurationError(msg)
    stated: dict[str, str] = {str(what): name for what, name in (objections or {}).items()}
    unknown = set(stated).difference(("profiling", "direct_marketing"))
    if unknown:
        msg = f"objections: expected 'profiling' or 'direct_marketing'; got {min(unknown)!r}."
        raise ConfigurationError(msg)
    guard = Guard(
        "tryton",
        purpose=purpose,
        fields=FIELDS,
        gate=gate,
        account=account,
        model=model,
        recipient=recipient,
        facts=facts,
        disclose=disclose,
        on_stopped=on_stopped,
        passing=passing,
    )
    inner = client.transport
    dialect = TrytonDialect(lambda method, params: inner(method, params, {}), stated, model, ttl_s)
    client.transport = Governed(inner, Exchange(guard, dialect))
    return client


class Governed:
    """A client's transport, judged before and after."""

    def __init__(self, inner: Transport, exchange: Exchange) -> None:
        self.inner = inner
        self._exchange = exchange

    def __call__(self, method: str, params: list[Any], context: Mapping[str, Any]) -> Any:
        """Make a call, if it may be made.

        Raises:
            StepDenied, StepEscalated: it must not be made, or the program must not have the answer.
        """
        exchange = self._exchange
        call = TrytonCall.of(method, copy.deepcopy(params))
        if not call.fits:
            exchange.guard.refuse(method, f"The parameters of '{method}' are none of Tryton's.")
            return self.inner(method, params, context)
        exchange.before(call)
        answer = self.inner(method, call.args, context)
        if call.gives_records and not _rows(answer):
            exchange.guard.refuse(
                method, f"The answer of '{method}' holds no records: nobody can judge it."
            )
            return answer
        return exchange.after(call, answer)


def _rows(answer: Any) -> bool:
    return isinstance(answer, list) and all(isinstance(item, dict) for item in answer)
