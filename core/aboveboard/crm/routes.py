"""Which request of a vendor's API is what: read, written, sent, or nobody's data.

A request that no route knows is refused by name: what moves people's data must not slip by because a
vendor added a path.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

__all__ = ["Handling", "Route", "Routes"]

Handling = Literal["read", "write", "send", "refusal", "plain", "refuse"]
"""What a request does with people's data.

`read` brings it in, `write` puts it there, `send` reaches people. A `refusal` is a person's own (an
opt-out, an erasure): it always goes through, and the suppression store learns of it. `plain` moves
nobody's data; `refuse` does and is not governed.
"""


@dataclass(frozen=True, slots=True)
class Route:
    """One kind of request.

    Attributes:
        method: HTTP method, or `*`.
        template: its path; `{name}` stands for one segment, `{name+}` for one or more.
        handling: what it does with people's data.
        object: what is read or written, when the path does not say.
        why: for `refuse`: why it is not governed, and the way out.
    """

    method: str
    template: str
    handling: Handling
    object: str | None = None
    why: str = ""


class Routes:
    """Routes by method and path; the first that fits counts."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self.routes = tuple(routes)
        self._compiled = [(route, _pattern(route.template)) for route in self.routes]

    def match(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """The route of a request and what stands in its path; None when nobody knows it."""
        method = method.upper()
        # A client may fold these into another path, after it was judged by this one.
        if "\\" in path or not {"", ".", ".."}.isdisjoint(path.strip("/").split("/")):
            return None
        for route, pattern in self._compiled:
            if route.method in (method, "*") and (found := pattern.fullmatch(path)):
                return route, found.groupdict()
        return None


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"(\{\w+\+?\})", template)
    built = "".join(
        re.escape(part)
        if not part.startswith("{")
        else f"(?P<{part[1:-2]}>.+)"
        if part.endswith("+}")
        else f"(?P<{part[1:-1]}>[^/]+)"
        for part in parts
    )
    return re.compile(built)
