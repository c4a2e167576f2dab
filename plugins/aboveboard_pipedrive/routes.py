"""Pipedrive's API by path: what moves people's data, what does not, what is not governed.

Paths are those of Pipedrive's own npm client 33.7.0, versions 1 and 2; a test compares them with a list
taken from it and fails when a version brings a path that stands here nowhere. `/api/v1/…` is read as
`/v1/…`.
"""

from __future__ import annotations

from collections.abc import Iterator

from aboveboard.crm import Route, Routes

__all__ = ["RECORDS", "ROUTES"]

RECORDS = ("activities", "deals", "organizations", "persons", "products", "projects", "tasks")
"""Objects that API v2 reads and writes as records."""

_FILE = "It moves a file, which nobody reads here. Move the records instead."
_NESTED = "Its answer nests records in a way nobody judges. Ask for them by GET /api/v2/deals."
_GONE = "API v1 no longer has it: use /api/v2, which is governed."


def _records() -> Iterator[Route]:
    """What API v2 has for every kind of record."""
    for name in RECORDS:
        root = f"/api/v2/{name}"
        yield Route("GET", f"{root}/search", "read", "search")
        yield Route("GET", f"{root}/archived", "read", name)
        yield Route("GET", root, "read", name)
        yield Route("POST", root, "write", name)
        yield Route("GET", f"{root}/{{id}}", "read", name)
        yield Route("PATCH", f"{root}/{{id}}", "write", name)
        yield Route("DELETE", f"{root}/{{id}}", "plain")


def _plain(*lines: str) -> Iterator[Route]:
    """Nobody's data: how the account is set up, deletions, and ids of records and users."""
    for line in lines:
        methods, path = line.split()
        for method in methods.split(","):
            yield Route(method, path, "plain")


def _followers() -> Iterator[Route]:
    for name in ("deals", "organizations", "persons", "products", "users"):
        for root in (f"/api/v2/{name}/{{id}}", f"/v1/{name}/{{id}}"):
            yield from _plain(
                f"GET,POST {root}/followers",
                f"GET {root}/followers/changelog",
                f"DELETE {root}/followers/{{follower_id}}",
                f"GET {root}/permittedUsers",
            )


def _definitions() -> Iterator[Route]:
    for name in (
        "activity",
        "deal",
        "lead",
        "note",
        "organization",
        "person",
        "product",
        "project",
    ):
        yield from _plain(
            f"GET,POST /api/v2/{name}Fields",
            f"GET,PATCH,DELETE /api/v2/{name}Fields/{{code}}",
            f"POST,PATCH,DELETE /api/v2/{name}Fields/{{code}}/options",
            f"GET,POST,DELETE /v1/{name}Fields",
            f"GET,PUT,DELETE /v1/{name}Fields/{{id}}",
        )


def _gone() -> Iterator[Route]:
    for name in ("activities", "deals", "organizations", "persons", "products", "itemSearch"):
        yield Route("*", f"/v1/{name}", "refuse", why=_GONE)
        yield Route("*", f"/v1/{name}/{{rest+}}", "refuse", why=_GONE)


ROUTES = Routes(
    [
        # Version 2.
        Route("GET", "/api/v2/itemSearch", "read", "search"),
        Route("GET", "/api/v2/itemSearch/field", "read", "search"),
        Route("GET", "/api/v2/leads/search", "read", "search"),
        Route("GET", "/api/v2/persons/{id}/picture", "read", "pictures"),
        Route("GET", "/api/v2/deals/products", "read", "products"),
        Route("GET", "/api/v2/deals/installments", "read", "installments"),
        Route("GET", "/api/v2/projects/{id}/changelog", "read", "changes"),
        *_records(),
        Route("GET", "/api/v2/deals/{id}/products", "read", "products"),
        Route("POST", "/api/v2/deals/{id}/products", "write", "products"),
        Route("POST", "/api/v2/deals/{id}/products/bulk", "write", "products"),
        Route("PATCH", "/api/v2/deals/{id}/products/{product_attachment_id}", "write", "products"),
        Route("POST", "/api/v2/deals/{id}/installments", "write", "installments"),
        Route("PATCH", "/api/v2/deals/{id}/installments/{installment_id}", "write", "installments"),
        Route("POST", "/api/v2/products/{id}/duplicate", "write", "products"),
        Route("POST", "/api/v2/projects/{id}/archive", "write", "projects"),
        *_plain(
            "DELETE /api/v2/deals/{id}/products",
            "DELETE /api/v2/deals/{id}/products/{product_attachment_id}",
            "DELETE /api/v2/deals/{id}/installments/{installment_id}",
            "GET,POST /api/v2/deals/{id}/discounts",
            "PATCH,DELETE /api/v2/deals/{id}/discounts/{discount_id}",
            "POST /api/v2/deals/{id}/convert/lead",
            "GET /api/v2/deals/{id}/convert/status/{conversion_id}",
            "POST /api/v2/leads/{id}/convert/deal",
            "GET /api/v2/leads/{id}/convert/status/{conversion_id}",
            "GET,POST,PUT,DELETE /api/v2/products/{id}/images",
            "GET,POST /api/v2/products/{id}/variations",
            "PATCH,DELETE /api/v2/products/{id}/variations/{product_variation_id}",
            "GET /api/v2/projects/{id}/permittedUsers",
            "GET,POST /api/v2/boards",
            "GET,PATCH,DELETE /api/v2/boards/{id}",
            "GET,POST /api/v2/phases",
            "GET,PATCH,DELETE /api/v2/phases/{id}",
            "GET,POST /api/v2/pipelines",
            "GET,PATCH,DELETE /api/v2/pipelines/{id}",
            "GET,POST /api/v2/stages",
            "GET,PATCH,DELETE /api/v2/stages/{id}",
            "GET /api/v2/projectTemplates",
            "GET /api/v2/projectTemplates/{id}",
        ),
        *_followers(),
        *_definitions(),
        # Version 1: leads, notes, mail, calls, users.
        Route("GET", "/v1/leads/search", "read", "search"),
        Route("GET", "/v1/leads/archived", "read", "leads"),
        Route("GET", "/v1/leads", "read", "leads"),
        Route("POST", "/v1/leads", "write", "leads"),
        Route("GET", "/v1/leads/{id}", "read", "leads"),
        Route("PATCH", "/v1/leads/{id}", "write", "leads"),
        Route("GET", "/v1/notes", "read", "notes"),
        Route("POST", "/v1/notes", "write", "notes"),
        Route("GET", "/v1/notes/{id}", "read", "notes"),
        Route("PUT", "/v1/notes/{id}", "write", "notes"),
        Route("GET", "/v1/notes/{id}/comments", "read", "comments"),
        Route("POST", "/v1/notes/{id}/comments", "write", "comments"),
        Route("GET", "/v1/notes/{id}/comments/{comment}", "read", "comments"),
        Route("PUT", "/v1/notes/{id}/comments/{comment}", "write", "comments"),
        Route("GET", "/v1/mailbox/mailMessages/{id}", "read", "mailMessages"),
        Route("GET", "/v1/mailbox/mailThreads", "read", "mailThreads"),
        Route("GET", "/v1/mailbox/mailThreads/{id}", "read", "mailThreads"),
        Route("PUT", "/v1/mailbox/mailThreads/{id}", "write", "mailThreads"),
        Route("GET", "/v1/mailbox/mailThreads/{id}/mailMessages", "read", "mailMessages"),
        Route("GET", "/v1/callLogs", "read", "callLogs"),
        Route("POST", "/v1/callLogs", "write", "callLogs"),
        Route("GET", "/v1/callLogs/{id}", "read", "callLogs"),
        Route("POST", "/v1/callLogs/{id}/recordings", "refuse", why=_FILE),
        Route("POST", "/v1/channels/messages/receive", "write", "messages"),
        Route("GET", "/v1/users", "read", "users"),
        Route("POST", "/v1/users", "write", "users"),
        Route("GET", "/v1/users/find", "read", "users"),
        Route("GET", "/v1/users/me", "read", "users"),
        Route("GET", "/v1/users/{id}", "read", "users"),
        Route("PUT", "/v1/users/{id}", "write", "users"),
        Route("GET", "/v1/recents", "read", "mixed"),
        # Version 1: what hangs on records.
        *(
            route
            for name in ("deals", "organizations", "persons")
            for route in (
                Route("GET", f"/v1/{name}/{{id}}/changelog", "read", "changes"),
                Route("GET", f"/v1/{name}/{{id}}/flow", "read", "mixed"),
                Route("GET", f"/v1/{name}/{{id}}/mailMessages", "read", "mixed"),
                Route("GET", f"/v1/{name}/{{id}}/files", "read", "files"),
                Route("PUT", f"/v1/{name}/{{id}}/merge", "write", name),
            )
        ),
        Route("GET", "/v1/products/{id}/files", "read", "files"),
        Route("GET", "/v1/products/{id}/deals", "read", "deals"),
        Route("GET", "/v1/pipelines/{id}/deals", "read", "deals"),
        Route("GET", "/v1/stages/{id}/deals", "read", "deals"),
        Route("GET", "/v1/deals/archived", "read", "deals"),
        Route("POST", "/v1/deals/{id}/duplicate", "write", "deals"),
        Route("GET", "/v1/deals/{id}/participants", "read", "participants"),
        Route("POST", "/v1/deals/{id}/participants", "write", "participants"),
        Route("GET", "/v1/deals/timeline", "refuse", why=_NESTED),
        Route("GET", "/v1/deals/timeline/archived", "refuse", why=_NESTED),
        Route("GET", "/v1/persons/{id}/products", "refuse", why=_NESTED),
        Route("POST", "/v1/persons/{id}/picture", "refuse", why=_FILE),
        Route("GET", "/v1/files", "read", "files"),
        Route("POST", "/v1/files", "refuse", why=_FILE),
        Route("POST", "/v1/files/remote", "refuse", why=_FILE),
        Route("POST", "/v1/files/remoteLink", "refuse", why=_FILE),
        Route("GET", "/v1/files/{id}/download", "refuse", why=_FILE),
        Route("GET", "/v1/files/{id}", "read", "files"),
        Route("PUT", "/v1/files/{id}", "write", "files"),
        Route("GET", "/v1/filters/helpers", "plain"),
        Route("GET", "/v1/filters", "read", "filters"),
        Route("POST", "/v1/filters", "write", "filters"),
        Route("GET", "/v1/filters/{id}", "read", "filters"),
        Route("PUT", "/v1/filters/{id}", "write", "filters"),
        # Version 1: projects.
        Route("GET", "/v1/projects", "read", "projects"),
        Route("POST", "/v1/projects", "write", "projects"),
        Route("GET", "/v1/projects/{id}/activities", "read", "activities"),
        Route("GET", "/v1/projects/{id}/tasks", "read", "tasks"),
        Route("POST", "/v1/projects/{id}/archive", "write", "projects"),
        *_plain(
            "GET /v1/projects/boards",
            "GET /v1/projects/boards/{id}",
            "GET /v1/projects/phases",
            "GET /v1/projects/phases/{id}",
            "GET /v1/projects/{id}/groups",
            "GET /v1/projects/{id}/plan",
            "PUT /v1/projects/{id}/plan/activities/{activity}",
            "PUT /v1/projects/{id}/plan/tasks/{task}",
        ),
        Route("GET", "/v1/projects/{id}", "read", "projects"),
        Route("PUT", "/v1/projects/{id}", "write", "projects"),
        Route("GET", "/v1/tasks", "read", "tasks"),
        Route("POST", "/v1/tasks", "write", "tasks"),
        Route("GET", "/v1/tasks/{id}", "read", "tasks"),
        Route("PUT", "/v1/tasks/{id}", "write", "tasks"),
        *_plain(
            "GET,POST /v1/activityTypes",
            "PUT,DELETE /v1/activityTypes/{id}",
            "GET /v1/billing/subscriptions/addons",
            "DELETE /v1/callLogs/{id}",
            "POST /v1/channels",
            "DELETE /v1/channels/{id}",
            "DELETE /v1/channels/{id}/conversations/{conversation}",
            "GET /v1/currencies",
            "DELETE /v1/deals/{id}/participants/{deal_participant_id}",
            "GET /v1/deals/{id}/participantsChangelog",
            "GET /v1/deals/summary",
            "GET /v1/deals/summary/archived",
            "DELETE /v1/files/{id}",
            "DELETE /v1/filters",
            "DELETE /v1/filters/{id}",
            "POST /v1/goals",
            "GET /v1/goals/find",
            "GET /v1/goals/{id}/results",
            "PUT,DELETE /v1/goals/{id}",
            "GET,POST /v1/leadLabels",
            "PATCH,DELETE /v1/leadLabels/{id}",
            "GET /v1/leadSources",
            "DELETE /v1/leads/{id}",
            "GET /v1/leads/{id}/permittedUsers",
            "GET,POST /v1/legacyTeams",
            "GET /v1/legacyTeams/user/{id}",
            "GET,PUT /v1/legacyTeams/{id}",
            "GET,POST,DELETE /v1/legacyTeams/{id}/users",
            "DELETE /v1/mailbox/mailThreads/{id}",
            "POST /v1/meetings/userProviderLinks",
            "DELETE /v1/meetings/userProviderLinks/{id}",
            "DELETE /v1/notes/{id}",
            "DELETE /v1/notes/{id}/comments/{comment}",
            "GET,POST /v1/organizationRelationships",
            "GET,PUT,DELETE /v1/organizationRelationships/{id}",
            "GET /v1/permissionSets",
            "GET /v1/permissionSets/{id}",
            "GET /v1/permissionSets/{id}/assignments",
            "DELETE /v1/persons/{id}/picture",
            "GET /v1/pipelines/{id}/conversion_statistics",
            "GET /v1/pipelines/{id}/movement_statistics",
            "DELETE /v1/projects/{id}",
            "GET /v1/projectTemplates",
            "GET /v1/projectTemplates/{id}",
            "GET,POST /v1/roles",
            "GET,PUT,DELETE /v1/roles/{id}",
            "GET,POST,DELETE /v1/roles/{id}/assignments",
            "GET,PUT /v1/roles/{id}/pipelines",
            "GET,POST /v1/roles/{id}/settings",
            "DELETE /v1/tasks/{id}",
            "GET /v1/userConnections",
            "GET /v1/userSettings",
            "GET /v1/users/{id}/permissions",
            "GET /v1/users/{id}/roleAssignments",
            "GET /v1/users/{id}/roleSettings",
            "GET,POST /v1/webhooks",
            "DELETE /v1/webhooks/{id}",
            "POST /oauth/token",
            "POST /oauth/revoke",
        ),
        *_gone(),
    ]
)
