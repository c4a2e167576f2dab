"""A call of Tryton's, as the exchange takes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from aboveboard.crm import RpcCall
from tryton_aboveboard.routes import BUTTONS, DOMAINS, FIELDS_AT, MAILING

__all__ = ["TrytonCall"]


@dataclass(slots=True, repr=False)
class TrytonCall(RpcCall):
    """A method and its parameters, `args`; what is no model's has its kind before the name.

    Attributes:
        rpc: the method's full name, by which it is refused and let through.
        asked: the fields that the program asks for, without those that were cut.
    """

    rpc: str = ""
    asked: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, rpc: str, params: list[Any]) -> TrytonCall:
        """The call of a method: `model.party.party.read`."""
        path, _, method = rpc.rpartition(".")
        path = path.removeprefix("model.")
        off = [changed == {"active": False} for changed in params[1::2]]
        if (path, method) == (MAILING, "write") and off and all(off):
            method = "opt_out"
        return cls(method, path, args=params, rpc=rpc)

    @property
    def name(self) -> str:
        """Tryton's names hold no ids."""
        return self.rpc

    @property
    def fits(self) -> bool:
        """Whether the parameters of what is judged are such as Tryton takes."""
        first, second = [*self.args, None, None][:2]
        if not self.rpc.startswith("model."):
            return True
        if self.method == "read":
            return _is_list(first, int) and _is_list(second, str)
        if self.method in DOMAINS:
            names = self.args[4:5] if self.method == "search_read" else []
            return isinstance(first or [], list) and all(
                value is None or _is_list(value, str) for value in names
            )
        if self.method == "create":
            return _is_list(first, dict)
        if self.method in ("write", "opt_out"):
            ids, values = self.args[0::2], self.args[1::2]
            pairs = bool(values) and len(ids) == len(values)
            return pairs and all(_is_list(part, int) for part in ids) and _is_list(values, dict)
        return self.method not in BUTTONS or _is_list(first, int)

    @property
    def gives_records(self) -> bool:
        """Whether its answer is to be judged."""
        read = self.route is not None and self.route.handling == "read"
        return read and self.method in FIELDS_AT


def _is_list(value: Any, kind: type) -> bool:
    """A list of such values; `True` is no number."""
    return isinstance(value, list) and all(
        isinstance(item, kind) and not isinstance(item, bool) for item in value
    )
