"""Salesforce, governed: `sf = aboveboard_salesforce.wrap(Salesforce(…), purpose=…)`.

For simple-salesforce 1.12 (extra `aboveboard[salesforce]`). A person's identifier is
`salesforce/<Object>/<id of 18 characters>`, such as `salesforce/Lead/00Q5g00000AbCdEEAV`; an address
that refuses is `salesforce/email/<address>`.
"""

from aboveboard_salesforce.changes import ChangeEvents, changes, events
from aboveboard_salesforce.client import session, wrap

__all__ = ["ChangeEvents", "changes", "events", "session", "wrap"]
