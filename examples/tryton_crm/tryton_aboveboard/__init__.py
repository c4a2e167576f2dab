"""Tryton 8.2 under policies: `client = tryton_aboveboard.wrap(TrytonClient(…), purpose=…)`.

A person's identifier is `tryton/party.party/<id>`; an address that refuses is `tryton/email/<address>`.
"""

from tryton_aboveboard.client import TrytonClient, TrytonError
from tryton_aboveboard.events import events
from tryton_aboveboard.opt_outs import OptOuts
from tryton_aboveboard.wrapping import wrap

__all__ = ["OptOuts", "TrytonClient", "TrytonError", "events", "wrap"]
