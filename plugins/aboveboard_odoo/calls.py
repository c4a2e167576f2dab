"""What a JSON-RPC request of Odoo asks for, and how it is said again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from aboveboard.crm import RpcCall

__all__ = ["Asked", "OdooCall", "Other", "nobody_reads", "parsed", "path_name"]

SIGNATURES: dict[str, tuple[str, ...]] = {
    "action_answer": ("ids", "answer"),
    "activity_schedule": ("ids", "act_type_xmlid", "date_deadline", "summary", "note"),
    "add": ("number",),
    "copy": ("ids", "default"),
    "create": ("vals_list",),
    "default_get": ("fields",),
    "export_data": ("ids", "fields_to_export"),
    "formatted_read_group": (
        "domain",
        "groupby",
        "aggregates",
        "having",
        "offset",
        "limit",
        "order",
    ),
    "get_metadata": ("ids",),
    "message_post": ("ids",),
    "message_subscribe": ("ids", "partner_ids", "subtype_ids"),
    "name_create": ("name",),
    "name_get": ("ids",),
    "name_search": ("name", "domain", "operator", "limit"),
    "read": ("ids", "fields", "load"),
    "read_group": ("domain", "fields", "groupby", "offset", "limit", "orderby", "lazy"),
    "search": ("domain", "offset", "limit", "order"),
    "search_count": ("domain", "limit"),
    "search_read": ("domain", "fields", "offset", "limit", "order"),
    "send_mail": ("ids", "res_id", "force_send"),
    "send_mail_batch": ("ids", "res_ids", "force_send"),
    "web_name_search": ("name", "specification", "domain", "operator", "limit"),
    "web_read": ("ids", "specification"),
    "web_read_group": ("domain", "fields", "groupby", "limit", "offset", "orderby", "lazy"),
    "web_save": ("ids", "vals", "specification", "next_id"),
    "web_search_read": ("domain", "specification", "offset", "limit", "order", "count_limit"),
    "write": ("ids", "vals"),
}
"""Names of the positional arguments; a recordset's ids come first."""

_ALIASES = {
    "default": ("default",),
    "domain": ("domain", "args"),
    "fields": ("fields", "fields_list"),
    "groupby": ("groupby",),
    "orderby": ("orderby", "order"),
    "specification": ("specification", "fields"),
    "vals": ("vals", "values"),
    "vals_list": ("vals_list", "vals", "values"),
}


@dataclass(slots=True, repr=False)
class OdooCall(RpcCall):
    """A method that is about to be called, with what is remembered until its answer.

    Attributes:
        asked: the fields that the program asked for; None when it named none.
        filters: fields that the request filters, sorts or groups by, each with its model.
        bare: links come as bare ids, as recordsets want them.
    """

    asked: tuple[str, ...] | None = None
    filters: dict[str, set[str]] = field(default_factory=dict)
    bare: bool = False

    def get(self, name: str, otherwise: Any = None) -> Any:
        """An argument, wherever it stands and however this version of Odoo calls it."""
        place = self._place(name)
        if isinstance(place, int):
            return self.args[place]
        return self.kwargs.get(place, otherwise)

    def put(self, name: str, value: Any) -> None:
        """Say an argument anew, where it stood or by name."""
        place = self._place(name)
        if isinstance(place, int):
            self.args[place] = value
        else:
            self.kwargs[place] = value

    def values(self) -> list[dict[str, Any]]:
        """The values that it writes; a mapping each."""
        name = {"create": "vals_list", "copy": "default"}.get(self.method, "vals")
        found = self.get(name)
        items = found if isinstance(found, list) else [found]
        return [item for item in items if isinstance(item, dict)]

    def _place(self, name: str) -> int | str:
        names = SIGNATURES.get(self.method, ("ids",))
        if name in names and names.index(name) < len(self.args):
            return names.index(name)
        return next((said for said in _ALIASES.get(name, ()) if said in self.kwargs), name)

    def readable(self) -> bool:
        """Whether its arguments are of the shapes that Odoo takes, as far as they name fields."""
        names = ("aggregates", "fields", "fields_to_export", "groupby", "specification")
        return all(_names_fields(self.get(name)) for name in names)

    def ids(self) -> list[int]:
        """The records that it is called on."""
        found = self.get("ids")
        items = found if isinstance(found, list | tuple) else [found]
        return [item for item in items if isinstance(item, int) and not isinstance(item, bool)]


@dataclass(frozen=True, slots=True)
class Asked:
    """A method of a model: the call, and who makes it on which way.

    Attributes:
        call: the method and its arguments, copied.
        who: tells users apart, and holds nothing of them but database and id.
        login: database, user's id and password, for `/jsonrpc`; None where a session stands for them.
    """

    call: OdooCall
    who: tuple[Any, ...]
    login: tuple[Any, ...] | None

    def params(self, call: RpcCall | None = None) -> dict[str, Any]:
        """The call, or another by the same user, as the request's parameters."""
        call = call or self.call
        if self.login is not None:
            args = [*self.login, call.model, call.method, call.args, call.kwargs]
            return {"service": "object", "method": "execute_kw", "args": args}
        return {
            "model": call.model,
            "method": call.method,
            "args": call.args,
            "kwargs": call.kwargs,
        }

    def url(self, called: str) -> str:
        """Where it is said: what knows no arguments by name is said where they may be."""
        return called if self.login is not None else "/web/dataset/call_kw"


@dataclass(frozen=True, slots=True)
class Other:
    """A request that calls no model's method; `name` is how it is refused and let through."""

    name: str
    url: bool = False


def parsed(url: str, params: Any) -> Asked | Other:
    """What a JSON request asks for."""
    path = _path(url)
    given: Mapping[str, Any] = params if isinstance(params, Mapping) else {}
    if path == "jsonrpc":
        service, method = given.get("service"), given.get("method")
        if service == "object" and method in ("execute", "execute_kw"):
            found = _object(method, given.get("args"))
            return found or Other(f"object.{method}")
        return Other(f"{_word(service)}.{_word(method)}")
    parts = path.split("/")
    if parts[:2] == ["web", "dataset"] and parts[2:3] in (["call"], ["call_kw"], ["call_button"]):
        found = _dataset(given)
        return found or Other(f"json {path_name(path)}", url=True)
    return Other(f"json {path_name(path)}", url=True)


def nobody_reads(name: str) -> str:
    """Why a request is refused whose arguments are not as they should be."""
    return f"'{name}' of odoo has arguments that nobody can read."


def path_name(path: str) -> str:
    """A path with what may be an id or a name left out."""
    parts = [
        part
        if part.replace("_", "").replace("-", "").replace(".", "").isalpha() and len(part) < 40
        else "{…}"
        for part in _path(path).split("/")
        if part
    ]
    return "/" + "/".join(parts)


def _path(url: str) -> str:
    try:
        return urlsplit("//host/" + url.lstrip("/")).path.strip("/")
    except ValueError:
        return ""


def _word(value: Any) -> str:
    fits = isinstance(value, str) and value.replace("_", "").isalnum() and len(value) < 40
    return str(value) if fits else "{…}"


def _names_fields(value: Any) -> bool:
    if isinstance(value, dict | list):
        return all(isinstance(name, str) for name in value)
    return value is None or value is False or isinstance(value, str)


def _object(method: str, args: Any) -> Asked | None:
    if not isinstance(args, list | tuple) or len(args) < 5:
        return None
    database, user, secret, model, called, *rest = args
    if not isinstance(model, str) or not isinstance(called, str):
        return None
    kwargs: Any = {}
    if method == "execute_kw":
        if len(rest) > 2:
            return None
        rest, kwargs = (rest[0] if rest else []), (rest[1] if len(rest) > 1 else {})
    call = _call(model, called, rest, kwargs)
    if call is None:
        return None
    return Asked(call, ("jsonrpc", str(database), str(user)), (database, user, secret))


def _dataset(params: Mapping[str, Any]) -> Asked | None:
    model, called = params.get("model"), params.get("method")
    if not isinstance(model, str) or not isinstance(called, str):
        return None
    call = _call(model, called, params.get("args") or [], params.get("kwargs") or {})
    return None if call is None else Asked(call, ("session",), None)


def _call(model: str, method: str, args: Any, kwargs: Any) -> OdooCall | None:
    args = [] if args is None else args
    kwargs = {} if kwargs is None else kwargs
    if not isinstance(args, list | tuple) or not isinstance(kwargs, Mapping):
        return None
    return OdooCall(method, model, args=_copied(list(args)), kwargs=_copied(kwargs))


def _copied(value: Any) -> Any:
    """A copy that may be changed: what the program passed in stays as it is."""
    if isinstance(value, Mapping):
        return {key: _copied(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_copied(item) for item in value]
    return value
