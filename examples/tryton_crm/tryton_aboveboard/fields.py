"""What Tryton's fields hold; of related records as well, one step away."""

from __future__ import annotations

from aboveboard.crm import FieldMap

__all__ = ["FIELDS"]

_RELATED = {
    "party.party": {"addresses": "party.address", "contact_mechanisms": "party.contact_mechanism"},
    "sale.opportunity": {
        "party": "party.party",
        "contact": "party.contact_mechanism",
        "address": "party.address",
    },
}


def _related() -> FieldMap:
    """`party.name` of an opportunity is `name` of a party."""
    shipped = FieldMap.shipped("tryton_aboveboard")
    for model in ("party.party", "sale.opportunity"):  # a party's own related fields come first
        kinds = {
            f"{field}.{name}": kind
            for field, related in _RELATED[model].items()
            for name, kind in shipped.of_object(related).items()
        }
        shipped = shipped.over(FieldMap({model: kinds}))
    return shipped


FIELDS = _related()
