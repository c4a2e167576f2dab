"""What plugins of CRMs are made of. Everything here is public, for plugins of others too.

    guard = Guard("acme", purpose="contact_management", fields=FieldMap.shipped("acme_plugin"))
    cut = guard.plan("people", ["name", "email", "religion"])     # before a request
    guard.give(records)                                           # with the answer's records
    guard.write(records)                                          # before something is written

A vendor that speaks JSON over HTTP is described by a `Dialect` and driven by an `Exchange`; so is one
whose models have methods to call, by `RpcCall`s. Webhooks become `Change`s, and an `Inbox` takes them in.
"""

from aboveboard.crm.countries import country_code
from aboveboard.crm.fields import FieldKind, FieldMap
from aboveboard.crm.guard import Guard, OnStopped
from aboveboard.crm.http import Dialect, Exchange, HttpCall, Refusal
from aboveboard.crm.inbox import Change, Inbox, Received, change_event
from aboveboard.crm.lookups import Lookups
from aboveboard.crm.records import Record
from aboveboard.crm.routes import Route, Routes
from aboveboard.crm.rpc import RpcCall, RpcRoutes
from aboveboard.crm.telling import event_of
from aboveboard.crm.values import age_on, instant, join_facts

__all__ = [
    "Change",
    "Dialect",
    "Exchange",
    "FieldKind",
    "FieldMap",
    "Guard",
    "HttpCall",
    "Inbox",
    "Lookups",
    "OnStopped",
    "Received",
    "Record",
    "Refusal",
    "Route",
    "Routes",
    "RpcCall",
    "RpcRoutes",
    "age_on",
    "change_event",
    "country_code",
    "event_of",
    "instant",
    "join_facts",
]
