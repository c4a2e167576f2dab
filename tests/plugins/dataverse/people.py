"""People who do not exist, their environment, and clients of it."""

from __future__ import annotations

from typing import Any

__all__ = ["AINO", "BART", "COLUMNS", "CONTACT", "Credential", "tables"]

AINO = "7b0d4a3e-1c5d-ef11-bfe2-000d3ab1c2d3"
BART = "8c1e5b4f-2d6e-ef11-bfe2-000d3ab1c2d4"
CONTACT = "cd45e6f7-2222-ef11-bfe2-000d3ab1c2d3"

COLUMNS: dict[str, list[dict[str, Any]]] = {
    "lead": [
        {"LogicalName": "msdyn_gdproptout", "AttributeType": "Boolean"},
        {
            "LogicalName": "new_salary",
            "AttributeType": "Money",
            "Description": {"UserLocalizedLabel": {"Label": "Yearly pay. pd:Income"}},
        },
        {"LogicalName": "new_cv", "AttributeTypeName": {"Value": "FileType"}},
        {"LogicalName": "new_letter", "AttributeTypeName": {"Value": "FileType"}},
        {"LogicalName": "new_privatemail", "FormatName": {"Value": "Email"}},
    ],
}


def tables() -> dict[str, list[dict[str, Any]]]:
    """Two leads, a contact, their consents."""
    return {
        "lead": [
            {
                "leadid": AINO, "fullname": "Aino Esimerkki", "jobtitle": "Head of Procurement",
                "companyname": "Esimerkki Oy", "emailaddress1": "aino@example.com",
                "mobilephone": "+358401234567", "address1_country": "Finland",
                "leadsourcecode": 8,
                "leadsourcecode@OData.Community.Display.V1.FormattedValue": "Web",
                "donotemail": False, "donotbulkemail": False, "donotphone": False,
                "donotpostalmail": False, "donotbulkpostalmail": False, "donotsendmm": False,
                "msdyn_gdproptout": False, "msdyn_leadscore": 78, "createdon": "2026-10-02T08:14:05Z",
                "new_religion": "Lutheran", "new_salary": 72000, "new_privatemail": None,
                "_parentcontactid_value": CONTACT,
                "_parentcontactid_value@Microsoft.Dynamics.CRM.lookuplogicalname": "contact",
                "_parentcontactid_value@OData.Community.Display.V1.FormattedValue": "Cecilia Esempio",
            },
            {
                "leadid": BART, "fullname": "Bart Voorbeeld", "jobtitle": "Inkoper",
                "companyname": "Voorbeeld BV", "emailaddress1": "bart@example.com",
                "mobilephone": None, "address1_country": "Nederland", "leadsourcecode": 8,
                "donotemail": True, "donotbulkemail": True, "donotphone": False,
                "donotpostalmail": False, "donotbulkpostalmail": False, "donotsendmm": True,
                "msdyn_gdproptout": True, "msdyn_leadscore": 12, "createdon": "2026-10-03T08:14:05Z",
                "new_religion": None, "new_salary": None, "new_privatemail": "b@example.org",
                "_parentcontactid_value": None,
            },
        ],
        "contact": [
            {
                "contactid": CONTACT, "fullname": "Cecilia Esempio", "emailaddress1": "cecilia@example.com",
                "mobilephone": None, "address1_country": "Italy", "birthdate": "1980-05-05",
                "donotemail": False, "donotbulkemail": False, "donotphone": False,
                "donotpostalmail": False, "donotbulkpostalmail": False, "donotsendmm": False,
                "governmentid": "ESMCCL80E45H501X", "createdon": "2026-10-01T08:00:00Z",
            },
        ],
        "msdynmkt_contactpointconsent4": [
            {
                "msdynmkt_contactpointconsent4id": "a1111111-3333-ef11-bfe2-000d3ab1c2d3",
                "msdynmkt_contactpointvalue": "aino@example.com",
                "msdynmkt_contactpointtype": 534120000, "msdynmkt_value": 534120001, "statecode": 0,
                "createdon": "2026-03-02T08:20:11Z", "modifiedon": "2026-03-02T08:20:11Z",
            },
        ],
        "activityparty": [],
        "email": [],
        "new_visit": [{"new_visitid": "11111111-2222-3333-4444-555555555555", "new_page": "/pricing"}],
    }  # fmt: skip


class Credential:
    """Gives tokens without asking anybody."""

    def get_token(self, *_: str, **__: Any) -> Any:
        """A token."""
        from azure.core.credentials import AccessToken

        return AccessToken("token", 2_000_000_000)
