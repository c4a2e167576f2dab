"""Odoo's methods by name: what moves people's data, what does not, what is not governed.

What stands here nowhere is refused by name, such as `crm.lead.merge_opportunity`: any module may bring
methods of its own, and nobody judges what they move.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import lru_cache

from aboveboard.crm import Route, RpcRoutes

__all__ = [
    "BACK",
    "PLAIN_HTTP",
    "PLAIN_SERVICES",
    "PLAIN_URLS",
    "REFUSED_SERVICES",
    "REFUSING",
    "ROUTES",
    "SENDING",
    "SUBSCRIPTIONS",
    "TAKING_BACK",
    "WRITING",
    "plain_model",
]

BACK = (
    "it takes back what a person refused, which only that person can. Do it in Odoo, where it stays "
    "on record"
)
_MANY = (
    "it moves people's data in a shape that nobody reads here. Use read, search_read or export_data"
)
_ROWS = "it takes in rows that nobody reads here. Use create and write"
_MERGE = "it joins the data of several people. Do it in Odoo"
_SECRET = "it moves access rights or secrets"  # noqa: S105  (a reason)

PLAIN_MODELS = (
    "account.account", "account.fiscal.position*", "account.incoterms", "account.journal",
    "account.payment.term*", "account.tax*", "calendar.alarm", "calendar.event.type", "crm.lost.reason",
    "crm.recurring.plan", "crm.stage", "crm.tag", "crm.team", "decimal.precision", "event.event",
    "event.stage", "event.tag", "event.type", "ir.actions.act_*", "ir.actions.report*", "ir.config_parameter",
    "ir.model", "ir.model.access", "ir.model.data", "ir.model.fields*", "ir.module.*", "ir.sequence",
    "ir.ui.menu", "ir.ui.view", "mail.activity.type", "mail.message.subtype", "mail.template",
    "mailing.list", "mailing.mailing", "mailing.subscription.optout", "phone.blacklist.reason",
    "privacy.activity", "product.*", "res.bank", "res.company", "res.country", "res.country.group",
    "res.country.state", "res.currency", "res.currency.rate", "res.groups", "res.lang",
    "res.partner.category", "res.partner.industry", "res.partner.title", "sale.order.template*",
    "stock.location", "stock.warehouse", "uom.*", "utm.*",
)  # fmt: skip
"""Lists and settings of the system: they hold nobody's data."""

_READ = (
    "export_data", "formatted_read_group", "get_metadata", "name_get", "name_search", "read",
    "read_group", "search", "search_count", "search_read", "web_name_search", "web_read",
    "web_read_group", "web_search_read",
)  # fmt: skip
_WRITE = ("copy", "create", "name_create", "web_save", "write")
_PLAIN = (
    "check_access", "check_access_rights", "check_access_rule", "exists", "fields_get",
    "fields_view_get", "get_external_id", "get_formview_action", "get_formview_id", "get_view",
    "get_views", "has_access", "load_views",
)  # fmt: skip
_DEFAULTS = (
    "crm.lead",
    "mail.blacklist",
    "mailing.contact",
    "res.partner",
    "res.users",
    "sale.order",
)


@lru_cache(4096)
def plain_model(name: str) -> bool:
    """Whether a model holds nobody's data."""
    return any(fnmatchcase(name, pattern) for pattern in PLAIN_MODELS)


def _plain_models() -> list[Route]:
    """Records of lists and settings move freely, by the methods that every model has."""
    kept = [name for name in PLAIN_MODELS if name not in ("mailing.mailing", "ir.config_parameter")]
    read = (*_READ, "default_get")
    return [
        *(Route(method, model, "plain") for model in PLAIN_MODELS for method in read),
        *(Route(method, model, "plain") for model in kept for method in (*_WRITE, "unlink")),
    ]


ROUTES = RpcRoutes(
    [
        # Secrets first: a list of settings may hold them.
        Route("*", "ir.config_parameter", "refuse", why=_SECRET),
        Route("*", "res.users.apikeys*", "refuse", why=_SECRET),
        Route("*", "auth_totp.*", "refuse", why=_SECRET),
        Route("context_get", "res.users", "plain"),
        Route("has_group", "res.users", "plain"),
        Route("check_object_reference", "ir.model.data", "plain"),
        Route("xmlid_to_res_model_res_id", "ir.model.data", "plain"),
        # Recipients of mailings, and mail on its way.
        Route("action_send*", "mailing.mailing", "send"),
        Route("action_launch", "mailing.mailing", "send"),
        Route("action_schedule", "mailing.mailing", "send"),
        Route("action_put_in_queue", "mailing.mailing", "send"),
        Route("action_retry_failed", "mailing.mailing", "send"),
        Route("action_test", "mailing.mailing", "send"),
        Route("action_cancel", "mailing.mailing", "plain"),
        Route("create", "mailing.mailing", "plain"),
        Route("write", "mailing.mailing", "plain"),
        Route("unlink", "mailing.mailing", "plain"),
        Route("copy", "mailing.mailing", "plain"),
        Route("send", "mail.mail", "send"),
        Route("create", "mail.mail", "send"),
        Route("write", "mail.mail", "send"),
        Route("process_email_queue", "mail.mail", "send"),
        Route("mark_outgoing", "mail.mail", "send"),
        Route("send_mail*", "mail.template", "send"),
        Route("action_send_mail", "mail.compose.message", "send"),
        Route("send_mail", "mail.compose.message", "send"),
        Route("action_schedule_message", "mail.compose.message", "send"),
        Route("create", "mail.compose.message", "send"),
        Route("send*", "sms.sms", "send"),
        Route("create", "sms.sms", "send"),
        Route("resend_failed", "sms.sms", "send"),
        Route("action_send_sms*", "sms.composer", "send"),
        Route("create", "sms.composer", "send"),
        Route("action_send_whatsapp_template", "whatsapp.composer", "send"),
        Route("create", "whatsapp.*", "send"),
        Route("message_post*", "*", "send"),
        Route("message_notify", "*", "send"),
        Route("message_mail_with_source", "*", "send"),
        Route("message_subscribe", "*", "send"),
        Route("create", "calendar.event", "send"),
        Route("write", "calendar.event", "send"),
        Route("action_sendmail", "calendar.event", "send"),
        Route("create", "marketing.participant", "send"),
        Route("create", "mailing.*subscription", "send"),
        Route("action_*ask", "privacy.consent", "send"),
        # People's own refusals.
        Route("create", "mail.blacklist", "refusal"),
        Route("action_add", "mail.blacklist", "refusal"),
        Route("create", "phone.blacklist", "refusal"),
        Route("add", "phone.blacklist", "refusal"),
        Route("action_add", "phone.blacklist", "refusal"),
        Route("unlink", "mailing.*subscription", "refuse", why=BACK),
        Route("write", "mail.blacklist", "refuse", why=BACK),
        Route("write", "phone.blacklist", "refuse", why=BACK),
        Route("unlink", "mail.blacklist", "refuse", why=BACK),
        Route("unlink", "phone.blacklist", "refuse", why=BACK),
        Route("remove", "*.blacklist", "refuse", why=BACK),
        Route("action_remove*", "*.blacklist", "refuse", why=BACK),
        Route("*_action_blacklist_remove", "*", "refuse", why=BACK),
        Route("action_unblacklist_apply", "*", "refuse", why=BACK),
        Route("action_answer", "privacy.consent", "refuse", why=BACK),
        # Records that are lists and settings.
        *_plain_models(),
        # Records of any kind.
        *(Route(method, "*", "read") for method in _READ),
        *(Route(method, "*", "write") for method in _WRITE),
        *(Route(method, "*", "plain") for method in _PLAIN),
        *(Route("default_get", model, "plain") for model in _DEFAULTS),
        Route("default_get", "*", "read"),
        Route("unlink", "*", "plain"),
        Route("message_unsubscribe", "*", "plain"),
        # Where a lead stands, and who works on it.
        Route("action_set_won*", "crm.lead", "write"),
        Route("action_set_lost", "crm.lead", "write"),
        Route("action_set_automated_probability", "crm.lead", "write"),
        Route("convert_opportunity", "crm.lead", "write"),
        Route("action_archive", "*", "write"),
        Route("action_unarchive", "*", "write"),
        Route("toggle_active", "*", "write"),
        Route("activity_schedule", "*", "write"),
        Route("activity_feedback", "*", "write"),
        Route("activity_unlink", "*", "plain"),
        # Known, and not governed.
        Route("load", "*", "refuse", why=_ROWS),
        Route("import_*", "*", "refuse", why=_ROWS),
        Route("execute_import", "base_import.import", "refuse", why=_ROWS),
        Route("merge_*", "*", "refuse", why=_MERGE),
        Route("action_merge", "*", "refuse", why=_MERGE),
        Route("copy_data", "*", "refuse", why=_MANY),
        Route("onchange", "*", "refuse", why=_MANY),
        Route("render*", "ir.actions.report*", "refuse", why=_MANY),
        Route("search_panel_select_*", "*", "refuse", why=_MANY),
        Route("get_field_translations", "*", "refuse", why=_MANY),
        Route("action_lookup", "privacy.lookup.wizard", "refuse", why=_MANY),
    ]
)

SUBSCRIPTIONS = frozenset(["mailing.contact.subscription", "mailing.subscription"])
"""Who is on which mailing list: the first name up to Odoo 16."""
REFUSING = RpcRoutes([Route("*", "*", "refusal")])
"""Of a call by which people leave a mailing list."""
TAKING_BACK = RpcRoutes([Route("*", "*", "refuse", why=BACK)])
"""Of a call that puts people back on a list that they left."""
SENDING = RpcRoutes([Route("*", "*", "send")])
"""Of a mailing whose values say that it goes out."""
WRITING = RpcRoutes([Route("*", "*", "write")])
"""Of a meeting to which nobody is invited, and of people inside the values of a list."""

PLAIN_SERVICES = frozenset(
    [
        "common.about",
        "common.authenticate",
        "common.login",
        "common.version",
        "db.change_admin_password",
        "db.create_database",
        "db.db_exist",
        "db.drop",
        "db.list",
        "db.list_countries",
        "db.list_lang",
        "db.rename",
        "db.server_version",
    ]
)
"""Calls of services that move nobody's data; `db` makes, names and removes whole databases."""

REFUSED_SERVICES = {
    "db.dump": "it takes out everybody's data at once",
    "db.duplicate_database": "it copies everybody's data at once",
    "db.migrate_databases": "it changes everybody's data at once",
    "db.restore": "it brings in everybody's data at once",
    "object.exec_workflow": "it runs what nobody reads here",
    "report.render_report": "it makes files, which nobody reads here",
    "report.report": "it makes files, which nobody reads here",
    "report.report_get": "it makes files, which nobody reads here",
}
"""Calls of services that are refused, each with its reason."""

PLAIN_URLS = frozenset(
    [
        "web/database/list",
        "web/session/authenticate",
        "web/session/check",
        "web/session/destroy",
        "web/session/get_lang_list",
        "web/session/get_session_info",
        "web/session/modules",
        "web/webclient/version_info",
    ]
)
"""JSON controllers that move nobody's data but the user's own."""

PLAIN_HTTP = frozenset(
    [
        "robots.txt",
        "web/binary/company_logo",
        "web/database/list",
        "web/health",
        "web/login",
        "web/version",
        "web/webclient/version_info",
    ]
)
"""Pages that hold nobody's data."""
