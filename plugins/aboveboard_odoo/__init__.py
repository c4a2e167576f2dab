"""Odoo, governed: `odoo = aboveboard_odoo.wrap(odoorpc.ODOO(…), purpose=…)`.

For OdooRPC 0.10 (extra `aboveboard[odoo]`) and Odoo 13 to 18. A person's identifier is
`odoo/<model>/<id>`; an address that refuses is `odoo/email/<address>`, a number `odoo/phone/<number>`.
"""

from aboveboard_odoo.client import wrap
from aboveboard_odoo.webhooks import Webhooks, changes, events

__all__ = ["Webhooks", "changes", "events", "wrap"]
