"""What it costs a user to state an event: how many facts, and which of them some rule demands."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aboveboard.errors import EventError
from aboveboard.facts import PHASES
from tests.policies.everyday.event import found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aboveboard.gate import Gate
    from tests.policies.everyday.event import Everyday

__all__ = ["Burden", "burden"]


@dataclass(frozen=True)
class Burden:
    """Of one event, in both phases together.

    Attributes:
        event: whose burden it is.
        stated: facts that the event states itself, those of fields and consents counted singly.
        fields: how many of them belong to fields, which decorated steps read from annotations.
        demanded: paths (`fields[].categories`) without which some rule has a finding more.
    """

    event: Everyday
    stated: int
    fields: int
    demanded: frozenset[str]


def burden(event: Everyday, gate: Gate) -> Burden:
    """Leave out one stated fact after the other, and see whether a rule misses it."""
    facts = event.stated("completed")
    paths = list(_leaves(facts))
    demanded = {_plain(path) for path in paths if _missed(event, gate, path)}
    of_fields = sum(path.startswith("fields.") for path in paths)
    return Burden(event, len(paths), of_fields, frozenset(demanded))


def _leaves(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for index, inner in enumerate(value):
            yield from _leaves(inner, f"{path}.{index}")
    else:
        yield path


def _missed(event: Everyday, gate: Gate, path: str) -> bool:
    for phase in PHASES:
        if phase == "requested" and path not in set(_leaves(event.stated(phase))):
            continue
        try:
            without = event.event(gate, phase, copy.deepcopy({path: None}))
        except EventError:
            return True  # a field has to have its name
        if found(gate.check(without)) - (event.warns if phase == "requested" else set()):
            return True
    return False


def _plain(path: str) -> str:
    return re.sub(r"\.\d+", "[]", path)
