"""HubSpot's API by path: what moves people's data, what does not, what is not governed.

Paths are those of hubspot-api-client 12 and some that HubSpot documents beside them. Each that moves
nobody's data stands in `plain.txt` by itself: what a later version adds is refused until somebody has
looked at it. Paths have no slash at their end here; HubSpot takes them with and without.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files

from aboveboard.crm import Route, Routes

__all__ = ["ROUTES"]

_FILE = "It moves files, which nobody reads here. Move the records through crm.objects instead."
_ANY = (
    "It moves what forms, pages, tables or timelines hold, which may be any data. Use crm.objects."
)
_STAFF = "It changes or shows the accounts of people who work here, which is not governed."
_SEGMENT = "It sorts people whom nobody names by a rule. Add them to a list by their ids."
_WORKFLOW = "It hands values to a workflow, which may do anything with them. Write to the records."
_KEYS = "It makes credentials, with which mail or chats go round this guard."


def _plain() -> Iterator[Route]:
    text = files("aboveboard_hubspot").joinpath("plain.txt").read_text("utf-8")
    for line in text.splitlines():
        methods, _, template = line.partition(" ")
        if template and not line.startswith("#"):
            for method in methods.split(","):
                yield Route(method, template.strip(), "plain")


ROUTES = Routes(
    [
        # People's own refusals.
        Route("POST", "/crm/v3/objects/{object}/gdpr-delete", "refusal"),
        Route("POST", "/communication-preferences/v3/unsubscribe", "refusal", "contacts"),
        Route("POST", "/communication-preferences/v4/statuses/batch/unsubscribe-all", "refusal", "contacts"),
        Route("POST", "/communication-preferences/v4/statuses/{address}/unsubscribe-all", "refusal", "contacts"),
        # Shares of those who sold: ids and percentages.
        Route("POST", "/crm/v3/objects/deals/splits/batch/read", "plain"),
        Route("POST", "/crm/v3/objects/deals/splits/batch/upsert", "plain"),
        # Records of any kind.
        Route("POST", "/crm/v3/objects/{object}/search", "read"),
        Route("POST", "/crm/v3/objects/{object}/batch/read", "read"),
        Route("POST", "/crm/v3/objects/{object}/batch/archive", "plain"),
        Route("POST", "/crm/v3/objects/{object}/batch/create", "write"),
        Route("POST", "/crm/v3/objects/{object}/batch/update", "write"),
        Route("POST", "/crm/v3/objects/{object}/batch/upsert", "write"),
        Route("POST", "/crm/v3/objects/{object}/merge", "write"),
        Route("GET", "/crm/v3/objects/{object}", "read"),
        Route("POST", "/crm/v3/objects/{object}", "write"),
        Route("GET", "/crm/v3/objects/{object}/{id}", "read"),
        Route("PATCH", "/crm/v3/objects/{object}/{id}", "write"),
        Route("DELETE", "/crm/v3/objects/{object}/{id}", "plain"),
        # Who works there.
        Route("GET", "/crm/v3/owners", "read", "owners"),
        Route("GET", "/crm/v3/owners/{id}", "read", "owners"),
        Route("GET", "/settings/v3/users/roles", "plain"),
        Route("GET", "/settings/v3/users/teams", "plain"),
        Route("GET", "/settings/v3/users", "read", "users"),
        Route("GET", "/settings/v3/users/{id}", "read", "users"),
        Route("POST", "/settings/v3/users", "refuse", why=_STAFF),
        Route("PUT", "/settings/v3/users/{id}", "refuse", why=_STAFF),
        Route("DELETE", "/settings/v3/users/{id}", "refuse", why=_STAFF),
        # Consent.
        Route("GET", "/communication-preferences/v3/status/email/{address}", "read", "subscriptions"),
        Route("GET", "/communication-preferences/v4/statuses/{address}", "read", "subscriptions"),
        Route("POST", "/communication-preferences/v4/statuses/batch/read", "read", "subscriptions"),
        Route("POST", "/communication-preferences/v3/subscribe", "write", "subscriptions"),
        # Lists: who is on one is what somebody thinks of them.
        Route("GET", "/crm/v3/lists/{list}/memberships", "read", "memberships"),
        Route("GET", "/crm/v3/lists/{list}/memberships/join-order", "read", "memberships"),
        Route("GET", "/crm/v3/lists/records/{type}/{id}/memberships", "read", "memberships"),
        Route("PUT", "/crm/v3/lists/{list}/memberships/add", "write", "memberships"),
        Route("PUT", "/crm/v3/lists/{list}/memberships/add-and-remove", "write", "memberships"),
        Route("PUT", "/crm/v3/lists/{list}/memberships/add-from/{other}", "refuse", why=_SEGMENT),
        Route("POST", "/crm/v3/lists", "refuse", why=_SEGMENT),
        Route("PUT", "/crm/v3/lists/{list}/update-list-filters", "refuse", why=_SEGMENT),
        # Messages.
        Route("POST", "/marketing/v3/transactional/single-email/send", "send", "emails"),
        Route("POST", "/automation/v4/sequences/enrollments", "send", "sequences"),
        Route("POST", "/marketing/v3/emails/{email}/publish", "refuse",
              why="It mails people whom nobody names. Send to each by single-email."),
        # What was observed of people.
        Route("GET", "/events/v3/events", "read", "events"),
        Route("POST", "/events/v3/send", "write", "events"),
        Route("POST", "/events/v3/send/batch", "write", "events"),
        # Known, and not governed.
        Route("POST", "/automation/v4/actions/callbacks/complete", "refuse", why=_WORKFLOW),
        Route("POST", "/automation/v4/actions/callbacks/{callback}/complete", "refuse", why=_WORKFLOW),
        Route("*", "/cms/v3/audit-logs", "refuse", why=_STAFF),
        Route("*", "/cms/v3/blogs/authors", "refuse", why=_STAFF),
        Route("*", "/cms/v3/blogs/authors/{rest+}", "refuse", why=_STAFF),
        Route("GET", "/cms/v3/{kind+}/revisions", "refuse", why=_STAFF),
        Route("GET", "/cms/v3/{kind+}/revisions/{revision}", "refuse", why=_STAFF),
        Route("GET", "/marketing/v3/emails/{email}/revisions", "refuse", why=_STAFF),
        Route("GET", "/marketing/v3/emails/{email}/revisions/{revision}", "refuse", why=_STAFF),
        Route("POST", "/crm/v4/associations/usage/high-usage-report/{user}", "refuse", why=_FILE),
        Route("*", "/cms/v3/hubdb/{rest+}", "refuse", why=_ANY),
        Route("*", "/cms/v3/site-search/{rest+}", "refuse", why=_ANY),
        Route("*", "/crm/v3/exports/{rest+}", "refuse", why=_FILE),
        Route("*", "/crm/v3/extensions/calling/recordings/ready", "refuse", why=_FILE),
        Route("*", "/crm/v3/imports", "refuse", why=_FILE),
        Route("*", "/crm/v3/imports/{rest+}", "refuse", why=_FILE),
        Route("*", "/files/v3/{rest+}", "refuse", why=_FILE),
        Route("*", "/integrators/timeline/v3/events", "refuse", why=_ANY),
        Route("*", "/integrators/timeline/v3/events/{rest+}", "refuse", why=_ANY),
        Route("*", "/marketing/v3/marketing-events", "refuse", why=_ANY),
        Route("*", "/marketing/v3/marketing-events/{rest+}", "refuse", why=_ANY),
        Route("*", "/marketing/v3/transactional/smtp-tokens", "refuse", why=_KEYS),
        Route("*", "/marketing/v3/transactional/smtp-tokens/{rest+}", "refuse", why=_KEYS),
        Route("*", "/visitor-identification/v3/tokens/create", "refuse", why=_KEYS),
        *_plain(),
    ]
)  # fmt: skip
