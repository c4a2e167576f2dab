"""Tryton's methods: what each does with people's data."""

from __future__ import annotations

from aboveboard.crm import Route, RpcRoutes

__all__ = ["BUTTONS", "DOMAINS", "FIELDS_AT", "MAILING", "ROUTES"]

MAILING = "marketing.email"
FIELDS_AT = {"read": 1, "search_read": 4}
"""Methods that give records, and where among their parameters the fields are named."""
DOMAINS = ("search", "search_count", "search_read")
"""Methods that take a domain, as their first parameter."""
BUTTONS = {
    "lead": "lead", "opportunity": "opportunity", "convert": "converted", "lost": "lost",
    "cancel": "cancelled",
}  # fmt: skip
"""Methods of an opportunity that set its state, and to what."""

_READ = "It gives values that no field names. Use 'read' or 'search_read'."
_WRITE = "It writes what no field names. Use 'create' or 'write'."
_LIST = (
    "A message goes to a whole list, and who is on it then nobody knows now. Send it from Tryton."
)


def _all(handling: str, why: str, *methods: str) -> list[Route]:
    return [Route(method, "*", handling, why=why) for method in methods]  # type: ignore[arg-type]


ROUTES = RpcRoutes(
    [
        *(Route("*", f"{kind}.*", "refuse", why="Only methods of models are governed.")
          for kind in ("report", "wizard")),
        Route("opt_out", MAILING, "refusal"),
        Route("create", MAILING, "send"),
        Route("write", MAILING, "send"),
        Route("send*", "marketing.email.message", "refuse", why=_LIST),
        *(Route(method, "sale.opportunity", "write") for method in BUTTONS),
        # Nobody's data.
        *(Route("*", of, "plain") for of in ("common.*", "country.*", "currency.*", "product.*",
                                             "system")),
        *_all("plain", "", "default_get", "delete", "fields_get", "fields_view_get",
              "view_toolbar_get"),
        *_all("read", "", *DOMAINS, "read"),
        *_all("write", "", "create", "write"),
        *_all("refuse", _READ, "autocomplete", "export_data*", "history_revisions"),
        *_all("refuse", _WRITE, "copy", "import_data"),
    ]
)  # fmt: skip
"""What is not here is refused by name as well: buttons, `on_change` and what a new version adds."""
