"""Wraps the client of OdooRPC: every request goes through the two proxies of its connector."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.error import HTTPError

from aboveboard import ConfigurationError, Gate
from aboveboard.crm import Exchange, Guard, OnStopped, Record
from aboveboard_odoo import routes
from aboveboard_odoo.calls import Asked, OdooCall, nobody_reads, parsed, path_name
from aboveboard_odoo.dialect import OdooDialect
from aboveboard_odoo.lookups import ConsentSource, People
from aboveboard_odoo.metadata import FieldTypes, OdooError
from aboveboard_odoo.reading import FIELDS
from aboveboard_odoo.values import link

__all__ = ["wrap"]

_MARK = "aboveboard_traffic"


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
    ttl_s: float = 30.0,
    consent: ConsentSource | None = "auto",
    activities: Mapping[int, str] | None = None,
) -> Any:
    """Govern an Odoo client, before or after it has logged in.

        odoo = aboveboard_odoo.wrap(odoorpc.ODOO("crm.example"), purpose="contact_management")
        odoo.login("crm", "bot", password)
        odoo.env["crm.lead"].search_read([], ["contact_name", "function"])

    Args:
        client: an `odoorpc.ODOO`; it is changed, and given back.
        purpose: what the data is used for: a short name of the register or a `dpv:` id.
        gate: who decides; the default gate when left out.
        account: a name of this Odoo, for the events' source.
        model: whose scores are written back.
        recipient: Odoo's host among the processors of the profile.
        facts: what Odoo does not know: a mapping, or a function of a `Record`.
        disclose: shows a notice to the person.
        on_stopped: `raise`, or `skip` to leave out of a page the records that must not be had.
        passing: requests that go through unjudged, by the name they are refused with.
        ttl_s: how long a look-up counts, in seconds.
        consent: which module holds consent, looked up once for a page of records; None asks none.
        activities: the purpose of each activity of the OCA's privacy_consent, a `dpv:` id by its id.

    Raises:
        ConfigurationError: the client is none, is wrapped already, or an argument is wrong.
    """
    connector = getattr(client, "_connector", None)
    proxies = (
        [vars(connector).get(name) for name in ("_proxy_json", "_proxy_http")] if connector else []
    )
    if len(proxies) != 2 or not all(callable(proxy) for proxy in proxies):
        msg = f"client: expected odoorpc.ODOO; got {type(client).__name__}."
        raise ConfigurationError(msg)
    if any(hasattr(type(proxy), _MARK) for proxy in proxies):
        msg = "client: it is wrapped already. Make another for another purpose."
        raise ConfigurationError(msg)
    if consent not in (None, "auto", "privacy_consent", "subscriptions"):
        msg = f"consent: expected 'auto', 'privacy_consent', 'subscriptions' or None; got {consent!r}."
        raise ConfigurationError(msg)
    options: dict[str, Any] = {
        "gate": gate,
        "account": account,
        "model": model,
        "recipient": recipient,
        "facts": facts,
        "disclose": disclose,
        "on_stopped": on_stopped,
        "passing": tuple(passing) if not isinstance(passing, str) else passing,
    }
    guard = Guard("odoo", purpose=purpose, fields=FIELDS, **options)
    people = People(FieldTypes(guard, ttl_s), consent, activities or {}, ttl_s)
    traffic = _Traffic(guard, people)
    _govern(proxies[0], traffic.json, traffic)
    _govern(proxies[1], traffic.http, traffic)

    def load(name: str, rc_file: str = "~/.odoorpcrc") -> Any:
        """Another session of the SDK's file, governed as this one."""
        loaded = type(client).load(name, rc_file)
        more: dict[str, Any] = {"ttl_s": ttl_s, "consent": consent, "activities": activities}
        return wrap(loaded, purpose=purpose, **options, **more)

    client.load = load
    return client


def _govern(proxy: Any, handle: Callable[..., Any], traffic: _Traffic) -> None:
    """Make an object of the SDK's class call `handle` with itself as it was.

    The class is changed and not the object: the SDK's own builders of URLs keep the object, and a call
    of an object looks at its class.
    """
    inner = type(proxy)

    def send(*args: Any, **kwargs: Any) -> Any:
        return inner.__call__(proxy, *args, **kwargs)

    def call(_: Any, *args: Any, **kwargs: Any) -> Any:
        return handle(send, *args, **kwargs)

    proxy.__class__ = type(inner.__name__, (inner,), {"__call__": call, _MARK: traffic})


class _Traffic:
    """What a client sends and gets."""

    def __init__(self, guard: Guard, people: People) -> None:
        self.guard = guard
        self.people = people

    def json(self, send: Callable[..., Any], url: str, params: Any = None) -> Any:
        """A JSON request of the SDK, judged before and after."""
        asked = parsed(url, params)
        if not isinstance(asked, Asked):
            self._other(asked.name, url=asked.url, path=url)
            return send(url, params)
        seen = self.people.seen(asked.who, _asker(send, asked))
        dialect = OdooDialect(self.guard, self.people, seen, asked.call)
        exchange = Exchange(self.guard, dialect)
        call = asked.call
        if not call.readable():
            self.guard.refuse(call.name, nobody_reads(call.name))
            return send(url, params)
        exchange.before(call)
        if call.route is not None and call.route.handling == "plain":
            dialect.plain()
        if call.route is None or call.route.handling in ("plain", "refuse", "refusal"):
            answer = send(url, params)
            self._learn(asked, answer)
            return answer
        answer = send(asked.url(url), asked.params())
        if not isinstance(answer, dict):
            self.guard.refuse(
                call.name, f"The answer of '{call.name}' comes unread: nobody can judge it."
            )
        elif not answer.get("error") and "result" in answer:
            answer["result"] = _given(exchange.after(call, answer["result"]), call, dialect)
        return answer

    def http(
        self, send: Callable[..., Any], url: str, data: Any = None, headers: Any = None
    ) -> Any:
        """A plain request of the SDK: pages and files, which nobody reads here."""
        path = parsed_path(url)
        if path not in routes.PLAIN_HTTP:
            self.guard.refuse(
                f"http {path_name(url)}",
                "It moves pages or files, which nobody reads here. Move records through the models.",
            )
        return send(url, data, headers)

    def _other(self, name: str, *, url: bool, path: str) -> None:
        if name in routes.PLAIN_SERVICES or (url and parsed_path(path) in routes.PLAIN_URLS):
            return
        why = routes.REFUSED_SERVICES.get(name, "")
        if name in ("object.execute", "object.execute_kw"):
            why = nobody_reads(name)
        self.guard.refuse(name, why and f"'{name}' of odoo is not governed: {why}." if why else "")

    def _learn(self, asked: Asked, answer: Any) -> None:
        """What the program asks of fields need not be asked again."""
        call = asked.call
        if call.method == "fields_get" and not call.args and isinstance(answer, dict):
            wanted = call.kwargs.get("attributes")
            whole = not call.kwargs.get("allfields")
            if whole and (not wanted or {"type", "relation"} <= set(wanted)):
                self.people.types.take(asked.who, call.model, answer.get("result"))


def parsed_path(url: str) -> str:
    """The path of a request, without slashes around it."""
    return url.partition("?")[0].partition("#")[0].strip("/")


def _asker(send: Callable[..., Any], asked: Asked) -> Callable[..., Any]:
    """Calls methods as the user of a call does."""
    url = "/jsonrpc" if asked.login is not None else "/web/dataset/call_kw"

    def ask(model: str, method: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        try:
            answer = send(url, asked.params(OdooCall(method, model, args=args, kwargs=kwargs)))
        except HTTPError as error:
            error.close()  # it holds the connection, and nobody is going to read it
            raise
        if answer.get("error"):
            raise OdooError(answer["error"], model)
        return answer["result"]

    return ask


def _given(answer: Any, call: OdooCall, dialect: OdooDialect) -> Any:
    """Rows for a recordset: bare ids of links, and every field that it asked for.

    A recordset fails at a field that its answer lacks; Odoo's own word for "nothing there" is false.
    """
    if not call.bare:
        return answer
    types = dialect.types() or {}
    names = types if call.asked is None else call.asked
    for row in answer if isinstance(answer, list) else ():
        for name in names:
            if name not in row:
                row[name] = False
            elif types.get(name, {}).get("type") == "many2one" and row[name]:
                row[name] = link(row[name])
    return answer
