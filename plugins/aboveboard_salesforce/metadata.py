"""What Salesforce itself says of an object's fields, asked for once."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog

from aboveboard.crm import FieldMap, Guard
from aboveboard_salesforce.lines import Asked, Line, query_path, quoted

__all__ = ["Described", "Metadata", "kinds_of"]

_log = structlog.get_logger("aboveboard")
_RETRY_S = 300.0
_TEXTS = frozenset(["string", "textarea", "encryptedstring", "combobox", "anyType"])
_CATEGORY_OF_TYPE = {
    "email": "pd:EmailAddress",
    "phone": "pd:TelephoneNumber",
    "address": "pd:PhysicalAddress",
    "location": "pd:Location",
}
_CATEGORY_OF_GROUP = {"HIPAA": "pd:Health", "PCI": "pd:PaymentCard"}
_NAME = re.compile(r"[A-Za-z]\w*", re.ASCII)
_SECRET = frozenset(["Restricted", "MissionCritical"])
_RELATIONS = {
    "Individual": "Individual",
    "PersonIndividual": "Individual",
    "Account": "Account",
    "Contact": "Contact",
    "Lead": "Lead",
    "Owner": "User",
    "CreatedBy": "User",
    "LastModifiedBy": "User",
    "Manager": "User",
    "ReportsTo": "Contact",
    "PersonContact": "Contact",
    "Campaign": "Campaign",
    "Opportunity": "Opportunity",
    "Case": "Case",
    "Product2": "Product2",
    "DataUsePurpose": "DataUsePurpose",
    "LegalBasis": "DataUseLegalBasis",
    "ScoreIntelligence": "ScoreIntelligence",
    "RecordType": "RecordType",
    "Profile": "Profile",
    "UserRole": "UserRole",
}
_CHILDREN = {
    "Contacts": "Contact",
    "Opportunities": "Opportunity",
    "Cases": "Case",
    "Tasks": "Task",
    "Events": "Event",
    "CampaignMembers": "CampaignMember",
    "OpportunityContactRoles": "OpportunityContactRole",
    "Notes": "Note",
    "Attachments": "Attachment",
}


@dataclass(frozen=True, slots=True)
class Described:
    """An object as it describes itself.

    Attributes:
        fields: names of its fields → whether the organisation made them.
        relations: names of relationships → object they lead to, where there is one only.
        children: names of relationships below → their object.
    """

    fields: Mapping[str, bool] = field(default_factory=dict)
    relations: Mapping[str, str] = field(default_factory=dict)
    children: Mapping[str, str] = field(default_factory=dict)


class Metadata:
    """Describes objects, and teaches a guard what their fields hold.

    Args:
        guard: learns the kinds.
        line: the connection of the request that is under way; None where there is none.
        clock: seconds; for tests.
    """

    def __init__(
        self,
        guard: Guard,
        line: Callable[[], Line | None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._guard = guard
        self._line = line
        self._clock = clock
        self._known: dict[str, Described] = {}
        self._failed: dict[str, float] = {}
        self._lock = threading.RLock()

    def of(self, name: str) -> Described | None:
        """What is known of an object; asks for it the first time. None when it cannot be had.

        A failure is logged as `lookup.failed`; it is asked again after five minutes.
        """
        found = self._known.get(name)
        if found is not None or not _NAME.fullmatch(name):
            return found
        with self._lock:
            found = self._known.get(name)
            if found is not None or self._failed.get(name, 0.0) > self._clock():
                return found
            line = self._line()
            if line is None:
                return None
            try:
                found = self._ask(line, name)
            except Exception as error:
                self._failed[name] = self._clock() + _RETRY_S
                _log.warning(
                    "lookup.failed", lookup="salesforce.metadata", error=type(error).__name__
                )
                return None
            self._known[name] = found
            return found

    def related(self, name: str, relation: str) -> str:
        """The object that a relationship leads to; a name nobody has described when unknown."""
        found = _target(_RELATIONS, relation)
        if found is None and (described := self.of(name)) is not None:
            found = _target(described.relations, relation)
        return found or f"?{relation}"

    def child(self, name: str, relation: str) -> str:
        """The object of the records below a record."""
        found = _target(_CHILDREN, relation)
        if found is None and (described := self.of(name)) is not None:
            found = _target(described.children, relation)
        return found or f"?{relation}"

    def _ask(self, line: Line, name: str) -> Described:
        asked = [
            Asked("fields", f"{line.root}/sobjects/{name}/describe"),
            Asked(
                "classes",
                query_path(
                    line.root,
                    "SELECT QualifiedApiName, ComplianceGroup, SecurityClassification FROM "  # noqa: S608
                    f"FieldDefinition WHERE EntityDefinition.QualifiedApiName = {quoted([name])}",
                ),
            ),
        ]
        answers = line.together(asked)
        described = answers["fields"].value()
        classes: dict[str, Mapping[str, Any]] = {}
        if answers["classes"].ok:
            for row in answers["classes"].value().get("records") or ():
                if isinstance(row, Mapping) and isinstance(row.get("QualifiedApiName"), str):
                    classes[row["QualifiedApiName"]] = row
        fields = [item for item in described.get("fields") or () if isinstance(item, Mapping)]
        kinds = kinds_of(fields, classes)
        names = (name, "PersonAccount") if name == "Account" else (name,)
        self._guard.learn(FieldMap.of(dict.fromkeys(names, kinds), f"Metadata of {name}"))
        return Described(
            {str(item["name"]): item.get("custom") is True for item in fields if "name" in item},
            {
                str(item["relationshipName"]): str(item["referenceTo"][0])
                for item in fields
                if item.get("relationshipName")
                and isinstance(item.get("referenceTo"), list)
                and len(item["referenceTo"]) == 1
            },
            {
                str(item["relationshipName"]): str(item.get("childSObject"))
                for item in described.get("childRelationships") or ()
                if isinstance(item, Mapping) and item.get("relationshipName")
            },
        )


def _target(known: Mapping[str, str], relation: str) -> str | None:
    low = relation.lower()
    return next((target for key, target in known.items() if key.lower() == low), None)


def kinds_of(
    fields: Iterable[Mapping[str, Any]], classes: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    """What fields hold, by their types and by how the organisation has classed them.

    `ComplianceGroup` HIPAA is data on health, PCI that of payment cards; any other group says that
    the field is personal, and with `SecurityClassification` Restricted or MissionCritical that it is
    sensitive. A field that is in no group stays unknown, however it is classified, unless its type
    tells (an e-mail address, a phone number).
    """
    found: dict[str, dict[str, Any]] = {}
    for item in fields:
        name, type_ = item.get("name"), item.get("type")
        if not isinstance(name, str) or not isinstance(type_, str):
            continue
        kind: dict[str, Any] = {"free_text": type_ in _TEXTS}
        classed = classes.get(name) or classes.get(str(item.get("compoundFieldName"))) or {}
        groups = classed.get("ComplianceGroup")
        named = {part.strip() for part in groups.split(";")} if isinstance(groups, str) else set()
        named.discard("")
        categories = {_CATEGORY_OF_GROUP[part] for part in named if part in _CATEGORY_OF_GROUP}
        if type_ in _CATEGORY_OF_TYPE:
            categories.add(_CATEGORY_OF_TYPE[type_])
        if named:
            if classed.get("SecurityClassification") in _SECRET:
                categories.add("dpv:SensitivePersonalData")
            elif not categories:
                categories.add("dpv:PersonalData")
        if categories:
            kind["categories"] = sorted(categories)
        found[name] = kind
    return found
