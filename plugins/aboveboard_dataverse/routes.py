"""The Web API by path: what moves people's data, what does not, what is not governed.

`key` stands for a record's key. Which entity sets there are, the environment's metadata says; functions
and actions are those that stand here. A test walks the SDK and fails when a version brings a path that
stands here nowhere.
"""

from __future__ import annotations

from aboveboard.crm import Route, Routes

__all__ = ["ACTION", "ROUTES"]

ACTION = "Microsoft.Dynamics.CRM."
_READ = "ask for the row with $select, so that its columns can be judged"
_LINK = "it ties records together, such as a person to a marketing list, and nobody judges that"

ROUTES = Routes(
    [
        Route("GET", "/", "plain"),
        Route("GET", "/$metadata", "plain"),
        Route("GET", "/WhoAmI", "plain"),
        Route("GET", "/WhoAmI()", "plain"),
        Route("GET", "/RetrieveVersion()", "plain"),
        # How tables are made.
        *(
            Route("*", f"/{name}{rest}", "plain")
            for name in ("EntityDefinitions", "GlobalOptionSetDefinitions",
                         "ManagedPropertyDefinitions", "RelationshipDefinitions")
            for rest in ("", "(key)", "(key)/{rest+}")
        ),
        Route("GET", "/RetrieveMetadataChanges(key)", "plain"),
        Route("POST", "/CreateEntities", "plain"),
        # Records are deleted: nothing of them moves.
        Route("POST", "/BulkDelete", "plain"),
        # Messages.
        Route("POST", "/emails(key)/Microsoft.Dynamics.CRM.SendEmail", "send", "email"),
        Route("POST", "/SendEmailFromTemplate", "send", "email"),
        # A person's own refusal.
        Route("POST", "/contacts(key)/Microsoft.Dynamics.CRM.msdyn_GDPROptoutContact", "refusal", "contact"),
        Route("POST", "/leads(key)/Microsoft.Dynamics.CRM.msdyn_GDPROptoutLead", "refusal", "lead"),
        # Rows of any table.
        Route("POST", "/{set}/Microsoft.Dynamics.CRM.CreateMultiple", "write"),
        Route("POST", "/{set}/Microsoft.Dynamics.CRM.UpdateMultiple", "write"),
        Route("POST", "/{set}/Microsoft.Dynamics.CRM.UpsertMultiple", "write"),
        Route("POST", "/{set}/Microsoft.Dynamics.CRM.DeleteMultiple", "plain"),
        Route("GET", "/{set}/$count", "plain"),
        Route("*", "/{set}(key)/{navigation}/$ref", "refuse", why=_LINK),
        Route("*", "/{set}(key)/{navigation}(key)/$ref", "refuse", why=_LINK),
        Route("GET", "/{set}(key)/{rest+}", "refuse", why=_READ),
        Route("PATCH", "/{set}(key)/{column}", "write"),
        Route("PUT", "/{set}(key)/{column}", "write"),
        Route("DELETE", "/{set}(key)/{column}", "plain"),
        Route("GET", "/{set}(key)", "read"),
        Route("PATCH", "/{set}(key)", "write"),
        Route("DELETE", "/{set}(key)", "plain"),
        Route("GET", "/{set}", "read"),
        Route("POST", "/{set}", "write"),
    ]
)  # fmt: skip
