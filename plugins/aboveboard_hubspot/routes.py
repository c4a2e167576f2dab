"""HubSpot's API by path: what moves people's data, what does not, what is not governed.

Paths are those of hubspot-api-client 12 and the v4 ones that HubSpot documents beside them; a test walks
the SDK and fails when a version brings a path that stands here nowhere.
"""

from __future__ import annotations

from aboveboard.crm import Route, Routes

__all__ = ["ROUTES"]

_FILE = "it moves files, which nobody reads here. Move the records through crm.objects instead"
_CODE = "it moves what forms, pages or timelines hold, which may be any data. Use crm.objects"

ROUTES = Routes(
    [
        # People's own refusals.
        Route("POST", "/crm/v3/objects/contacts/gdpr-delete", "refusal", "contacts"),
        Route("POST", "/communication-preferences/v3/unsubscribe", "refusal", "contacts"),
        Route("POST", "/communication-preferences/v4/statuses/{address}/unsubscribe-all", "refusal", "contacts"),
        # Records of any kind.
        Route("POST", "/crm/v3/objects/{object}/search", "read"),
        Route("POST", "/crm/v3/objects/{object}/batch/read", "read"),
        Route("POST", "/crm/v3/objects/deals/splits/batch/{way}", "plain"),
        Route("POST", "/crm/v3/objects/{object}/batch/archive", "plain"),
        Route("POST", "/crm/v3/objects/{object}/batch/{way}", "write"),
        Route("POST", "/crm/v3/objects/{object}/merge", "plain"),
        Route("GET", "/crm/v3/objects/{object}", "read"),
        Route("POST", "/crm/v3/objects/{object}", "write"),
        Route("GET", "/crm/v3/objects/{object}/{id}", "read"),
        Route("PATCH", "/crm/v3/objects/{object}/{id}", "write"),
        Route("DELETE", "/crm/v3/objects/{object}/{id}", "plain"),
        # Who works there.
        Route("GET", "/crm/v3/owners/", "read", "owners"),
        Route("GET", "/crm/v3/owners/{id}", "read", "owners"),
        Route("GET", "/settings/v3/users/roles", "plain"),
        Route("GET", "/settings/v3/users/teams", "plain"),
        Route("GET", "/settings/v3/users/", "read", "users"),
        Route("GET", "/settings/v3/users/{id}", "read", "users"),
        Route("POST", "/settings/v3/users/", "refuse", why=_CODE),
        Route("*", "/settings/v3/users/{id}", "refuse", why=_CODE),
        # Consent and lists.
        Route("GET", "/communication-preferences/v3/definitions", "plain"),
        Route("GET", "/communication-preferences/v3/status/email/{address}", "read", "subscriptions"),
        Route("POST", "/communication-preferences/v4/statuses/batch/read", "read", "subscriptions"),
        Route("POST", "/communication-preferences/v3/subscribe", "write", "subscriptions"),
        Route("GET", "/crm/v3/lists/{id}/memberships", "read", "memberships"),
        Route("GET", "/crm/v3/lists/{id}/memberships/join-order", "read", "memberships"),
        Route("GET", "/crm/v3/lists/records/{type}/{id}/memberships", "plain"),
        Route("PUT", "/crm/v3/lists/{id}/memberships/add", "write", "memberships"),
        Route("PUT", "/crm/v3/lists/{id}/memberships/add-and-remove", "write", "memberships"),
        Route("PUT", "/crm/v3/lists/{id}/memberships/add-from/{other}", "refuse",
              why="it puts people on a list whom nobody names. Add them by id"),
        Route("*", "/crm/v3/lists/{rest+}", "plain"),
        # Messages.
        Route("POST", "/marketing/v3/transactional/single-email/send", "send", "emails"),
        Route("POST", "/automation/v4/sequences/enrollments", "send", "sequences"),
        Route("POST", "/marketing/v3/emails/{id}/publish", "refuse",
              why="it mails people whom nobody names. Send to each by single-email"),
        Route("*", "/marketing/v3/emails/{rest+}", "plain"),
        # What was observed of people.
        Route("GET", "/events/v3/events/event-types", "plain"),
        Route("GET", "/events/v3/events/", "read", "events"),
        Route("POST", "/events/v3/send", "write", "events"),
        Route("POST", "/events/v3/send/batch", "write", "events"),
        # Known, and not governed.
        Route("*", "/crm/v3/exports/{rest+}", "refuse", why=_FILE),
        Route("*", "/crm/v3/imports/{rest+}", "refuse", why=_FILE),
        Route("*", "/crm/v3/imports/", "refuse", why=_FILE),
        Route("*", "/files/v3/{rest+}", "refuse", why=_FILE),
        Route("*", "/crm/v3/extensions/calling/recordings/ready", "refuse", why=_FILE),
        Route("*", "/integrators/timeline/v3/events", "refuse", why=_CODE),
        Route("*", "/integrators/timeline/v3/events/{rest+}", "refuse", why=_CODE),
        Route("*", "/marketing/v3/marketing-events/{rest+}", "refuse", why=_CODE),
        Route("*", "/marketing/v3/transactional/smtp-tokens/{rest+}", "refuse", why=_CODE),
        Route("*", "/marketing/v3/transactional/smtp-tokens", "refuse", why=_CODE),
        Route("*", "/visitor-identification/v3/tokens/create", "refuse", why=_CODE),
        Route("*", "/cms/v3/audit-logs/", "refuse", why=_CODE),
        Route("*", "/cms/v3/hubdb/{rest+}", "refuse", why=_CODE),
        Route("*", "/cms/v3/site-search/{rest+}", "refuse", why=_CODE),
        # Nobody's data: how the account is set up, and ids of records.
        Route("*", "/automation/v4/actions/{rest+}", "plain"),
        Route("*", "/business-units/v3/{rest+}", "plain"),
        Route("*", "/cms/v3/{rest+}", "plain"),
        Route("*", "/crm-object-schemas/v3/{rest+}", "plain"),
        Route("*", "/crm/v3/associations/{rest+}", "plain"),
        Route("*", "/crm/v3/extensions/{rest+}", "plain"),
        Route("*", "/crm/v3/pipelines/{rest+}", "plain"),
        Route("*", "/crm/v3/properties/{rest+}", "plain"),
        Route("*", "/crm/v4/{rest+}", "plain"),
        Route("*", "/integrators/timeline/v3/{rest+}", "plain"),
        Route("*", "/marketing/v3/forms/{rest+}", "plain"),
        Route("*", "/marketing/v3/forms/", "plain"),
        Route("*", "/oauth/{rest+}", "plain"),
        Route("*", "/webhooks/v3/{rest+}", "plain"),
    ]
)  # fmt: skip
