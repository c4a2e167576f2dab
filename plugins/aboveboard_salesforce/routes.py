"""Salesforce's API by path: what moves people's data, what does not, what is not governed.

Paths are those of simple-salesforce 1.12 and the composite and collection ones that Salesforce
documents beside them; a test walks the SDK and fails when a version brings a path that stands here
nowhere.
"""

from __future__ import annotations

from aboveboard.crm import Route, Routes
from aboveboard_salesforce.ids import is_id

__all__ = ["FILES", "METADATA", "ROUTES", "SOAP_LOGIN"]

_DATA = "/services/data/{version}"
_OBJECT = _DATA + "/sobjects/{object}"
_BULK = "/services/async/{version}/job"
_FILE = "It moves files, which nobody reads here. Keep what policies judge in fields of records."
_CODE = "It runs the organisation's own code, which may move any data. Use SOQL and sobjects."
_MANY = "It bundles requests of any kind. Make them one by one, or by /composite/sobjects."
_REPORT = "Its rows are no records whose fields are known. Ask for them by SOQL."
_ACTION = "It acts on people whom nobody names here, or runs the organisation's own flows."

FILES = frozenset(["Attachment", "ContentVersion", "Document"])
"""Objects that are files."""

METADATA = frozenset(
    [
        "ApexClass",
        "ApexComponent",
        "ApexPage",
        "ApexTrigger",
        "AuraDefinition",
        "AuraDefinitionBundle",
        "BusinessHours",
        "CustomField",
        "CustomObject",
        "CustomPermission",
        "DataType",
        "EntityDefinition",
        "EntityParticle",
        "FieldDefinition",
        "FieldPermissions",
        "Flow",
        "FlowDefinition",
        "FlowDefinitionView",
        "Holiday",
        "InstalledSubscriberPackage",
        "Layout",
        "LightningComponentBundle",
        "MetadataContainer",
        "ObjectPermissions",
        "PermissionSet",
        "PermissionSetGroup",
        "PicklistValueInfo",
        "Profile",
        "QueueSobject",
        "RecordType",
        "RelationshipDomain",
        "RelationshipInfo",
        "SubscriberPackage",
        "SubscriberPackageVersion",
        "UserRole",
        "ValidationRule",
        "WorkflowRule",
    ]
)
"""Objects that say how the organisation is set up, and nothing of people."""

SOAP_LOGIN = Route("POST", "/services/Soap/u/{version}", "plain")
SOAP_LOGIN_OF = Route("POST", "/services/Soap/u/{version}/{organisation}", "plain")
_BY_KEY = Route("GET", _OBJECT + "/{field}/{value}", "read")
_PART = Route("GET", _OBJECT + "/{id}/{part}", "refuse", why=_FILE)
_TOOLING = Route("GET", _DATA + "/tooling/sobjects/{object}/{id}", "plain")
_TOOLING_RECENT = Route("GET", _DATA + "/tooling/sobjects/{object}", "plain")
_TOOLING_REFUSED = Route(
    "*",
    _DATA + "/tooling/sobjects/{object}/{rest+}",
    "refuse",
    why="Logs and results of code may hold anybody's data, and setup is changed elsewhere.",
)


class _Routes(Routes):
    """Routes; of two that look alike the id decides: `…/001…/Body` is a part of a record."""

    def match(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        found = super().match(method, path)
        if found is None:
            return None
        route, params = found
        if route is _BY_KEY and is_id(params["field"]):
            return _PART, {"object": params["object"]}
        if route in (_TOOLING, _TOOLING_RECENT) and params["object"] not in METADATA:
            return _TOOLING_REFUSED, {"object": params["object"]}
        return found


ROUTES: Routes = _Routes(
    [
        # Signing in.
        SOAP_LOGIN,
        SOAP_LOGIN_OF,
        Route("*", "/services/oauth2/token", "plain"),
        Route("*", "/services/oauth2/revoke", "plain"),
        Route("*", "/services/oauth2/introspect", "plain"),
        Route("*", "/services/oauth2/{rest+}", "refuse", why="It tells who is signed in, and is no CRM data."),
        # How the organisation is set up.
        Route("POST", "/services/Soap/m/{version}", "plain"),
        Route("POST", "/services/Soap/m/{version}/{organisation}", "plain"),
        Route("GET", "/services/data", "plain"),
        Route("GET", _DATA, "plain"),
        Route("GET", _DATA + "/limits", "plain"),
        Route("GET", _DATA + "/limits/recordCount", "plain"),
        Route("GET", _DATA + "/sobjects", "plain"),
        Route("GET", _OBJECT + "/describe", "plain"),
        Route("GET", _OBJECT + "/describe/{rest+}", "plain"),
        # Ids and times only, needed to follow deletions.
        Route("GET", _OBJECT + "/deleted", "plain"),
        Route("GET", _OBJECT + "/updated", "plain"),
        Route("GET", _OBJECT + "/listviews", "plain"),
        Route("GET", _OBJECT + "/listviews/{id}", "plain"),
        Route("GET", _OBJECT + "/listviews/{id}/describe", "plain"),
        Route("GET", _OBJECT + "/listviews/{id}/results", "refuse", why=_REPORT),
        Route("*", _DATA + "/sobjects/User/{id}/password", "plain"),
        # Records. GET of an object itself brings the ones that were looked at last.
        Route("GET", _OBJECT, "read"),
        Route("POST", _OBJECT, "write"),
        Route("GET", _OBJECT + "/{id}", "read"),
        Route("PATCH", _OBJECT + "/{id}", "write"),
        Route("DELETE", _OBJECT + "/{id}", "plain"),
        _BY_KEY,
        _PART,
        Route("PATCH", _OBJECT + "/{field}/{value}", "write"),
        Route("DELETE", _OBJECT + "/{field}/{value}", "plain"),
        Route("GET", _DATA + "/recent", "read"),
        # Queries and search.
        Route("GET", _DATA + "/query", "read"),
        Route("GET", _DATA + "/query/{locator}", "read"),
        Route("GET", _DATA + "/queryAll", "read"),
        Route("GET", _DATA + "/queryAll/{locator}", "read"),
        Route("GET", _DATA + "/tooling/query", "read"),
        Route("GET", _DATA + "/tooling/query/{locator}", "read"),
        Route("GET", _DATA + "/search", "read"),
        Route("GET", _DATA + "/search/layout", "plain"),
        Route("GET", _DATA + "/search/scopeOrder", "plain"),
        Route("*", _DATA + "/parameterizedSearch", "refuse", why="Search by SOSL at /search."),
        # Many records at once.
        Route("POST", _DATA + "/composite/sobjects", "write"),
        Route("PATCH", _DATA + "/composite/sobjects", "write"),
        Route("DELETE", _DATA + "/composite/sobjects", "plain"),
        Route("GET", _DATA + "/composite/sobjects/{object}", "read"),
        Route("POST", _DATA + "/composite/sobjects/{object}", "read"),
        Route("PATCH", _DATA + "/composite/sobjects/{object}/{field}", "write"),
        Route("POST", _DATA + "/composite/tree/{object}", "write"),
        Route("GET", _DATA + "/composite", "plain"),
        Route("*", _DATA + "/composite", "refuse", why=_MANY),
        Route("*", _DATA + "/composite/{rest+}", "refuse", why=_MANY),
        # Bulk API 2.0.
        Route("POST", _DATA + "/jobs/query", "read"),
        Route("GET", _DATA + "/jobs/query/{job}/results", "read"),
        Route("GET", _DATA + "/jobs/query/{job}/resultPages", "plain"),
        Route("PUT", _DATA + "/jobs/ingest/{job}/batches", "write"),
        Route("GET", _DATA + "/jobs/ingest/{job}/successfulResults", "read"),
        Route("GET", _DATA + "/jobs/ingest/{job}/failedResults", "read"),
        Route("GET", _DATA + "/jobs/ingest/{job}/unprocessedRecords", "read"),
        Route("GET", _DATA + "/jobs/ingest/{job}/unprocessedrecords", "read"),
        Route("POST", _DATA + "/jobs/ingest", "plain"),
        Route("GET", _DATA + "/jobs/{kind}", "plain"),
        Route("*", _DATA + "/jobs/{kind}/{job}", "plain"),
        # Bulk API 1.0.
        Route("POST", _BULK, "plain"),
        Route("*", _BULK + "/{job}", "plain"),
        Route("POST", _BULK + "/{job}/batch", "write"),
        Route("GET", _BULK + "/{job}/batch", "plain"),
        Route("GET", _BULK + "/{job}/batch/{batch}", "plain"),
        Route("GET", _BULK + "/{job}/batch/{batch}/request", "read"),
        Route("GET", _BULK + "/{job}/batch/{batch}/result", "read"),
        Route("GET", _BULK + "/{job}/batch/{batch}/result/{result}", "read"),
        # Messages and sequences.
        Route("POST", _DATA + "/actions/standard/emailSimple", "send", "emailSimple"),
        Route("POST", _DATA + "/actions/standard/assignTargetToSalesCadence", "send",
              "assignTargetToSalesCadence"),
        Route("GET", _DATA + "/actions", "plain"),
        Route("GET", _DATA + "/actions/{rest+}", "plain"),
        Route("*", _DATA + "/actions/{rest+}", "refuse", why=_ACTION),
        # Development.
        Route("GET", _DATA + "/tooling/sobjects", "plain"),
        Route("GET", _DATA + "/tooling/sobjects/{object}/describe", "plain"),
        _TOOLING,
        _TOOLING_RECENT,
        _TOOLING_REFUSED,
        Route("*", _DATA + "/tooling/executeAnonymous", "refuse", why=_CODE),
        Route("*", _DATA + "/tooling/{rest+}", "refuse", why=_CODE),
        # Known, and not governed.
        Route("*", "/services/apexrest/{rest+}", "refuse", why=_CODE),
        Route("*", _DATA + "/analytics/{rest+}", "refuse", why=_REPORT),
        Route("*", _DATA + "/connect/{rest+}", "refuse", why=_REPORT),
        Route("*", _DATA + "/chatter/{rest+}", "refuse", why=_REPORT),
        Route("*", _DATA + "/ui-api/{rest+}", "refuse", why=_REPORT),
    ]
)  # fmt: skip
