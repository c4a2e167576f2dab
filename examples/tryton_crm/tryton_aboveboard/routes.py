"""Tryton's methods: what each does with people's data. `model.party.party.read` is `/model/party.party/read`."""

from __future__ import annotations

from aboveboard.crm import Route, Routes

__all__ = ["BUTTONS", "ROUTES"]

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

ROUTES = Routes(
    [
        Route("RPC", "/model/marketing.email/write/opt_out", "refusal"),
        Route("RPC", "/model/marketing.email/create", "send", "marketing.email"),
        Route("RPC", "/model/marketing.email/write", "send", "marketing.email"),
        Route("RPC", "/model/marketing.email.message/send", "refuse", why=_LIST),
        Route("RPC", "/model/marketing.email.message/send_test", "refuse", why=_LIST),
        *(Route("RPC", f"/model/sale.opportunity/{name}", "write", "sale.opportunity") for name in BUTTONS),
        # Nobody's data.
        Route("RPC", "/model/country.{rest}/{method}", "plain"),
        Route("RPC", "/model/currency.{rest}/{method}", "plain"),
        Route("RPC", "/model/product.{rest}/{method}", "plain"),
        Route("RPC", "/common/{rest+}", "plain"),
        Route("RPC", "/system/{rest+}", "plain"),
        # Of every model: how it is made is nobody's data.
        *(
            Route("RPC", f"/model/{{object}}/{name}", "plain")
            for name in ("default_get", "delete", "fields_get", "fields_view_get",
                         "view_toolbar_get")
        ),
        Route("RPC", "/model/{object}/read", "read"),
        Route("RPC", "/model/{object}/search", "read"),
        Route("RPC", "/model/{object}/search_count", "read"),
        Route("RPC", "/model/{object}/search_read", "read"),
        Route("RPC", "/model/{object}/create", "write"),
        Route("RPC", "/model/{object}/write", "write"),
        *(
            Route("RPC", f"/model/{{object}}/{name}", "refuse", why=_READ)
            for name in ("autocomplete", "export_data", "export_data_domain", "history_revisions")
        ),
        *(
            Route("RPC", f"/model/{{object}}/{name}", "refuse", why=_WRITE)
            for name in ("copy", "import_data")
        ),
    ]
)  # fmt: skip
"""What is not here is refused by name: wizards, reports, buttons, `on_change`."""
