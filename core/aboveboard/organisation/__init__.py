"""The organisation: its purpose register and profile, the facts that no single event can know.

    organisation = load_organisation(Path("organisation.yaml"))
    facts_for(organisation, "profiling", purpose="lead_scoring", model="propensity-3.1")

The file's format is shown, key by key, by `esimerkki.yaml` beside this module.
"""

from aboveboard.organisation.filling import facts_for
from aboveboard.organisation.hours import open_at
from aboveboard.organisation.loader import load_organisation, parse_organisation
from aboveboard.organisation.models import Organisation
from aboveboard.organisation.schema import organisation_schema
from aboveboard.organisation.shipped import example, starter

__all__ = [
    "Organisation",
    "example",
    "facts_for",
    "load_organisation",
    "open_at",
    "organisation_schema",
    "parse_organisation",
    "starter",
]
