"""The plugin's own requests: many in one `$batch`, with the rights of the request that they serve."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from typing import Any
from urllib.parse import quote

from aboveboard_dataverse.batch import Part, boundary_of, join, joined_type, split

__all__ = ["SEND", "Send", "ask", "in_list"]

Send = Callable[[str, Mapping[str, str], bytes], tuple[int, str, bytes]]
"""Path, headers and body of a POST → status, content type and body of the answer."""

SEND: ContextVar[Send] = ContextVar("aboveboard_dataverse_send")
"""How to make a request of one's own, set while one of the program's is judged."""

_API = "/api/data/v9.2"
_ANNOTATIONS = 'Prefer: odata.include-annotations="Microsoft.Dynamics.CRM.lookuplogicalname"'


def ask(paths: Sequence[str]) -> list[tuple[int, Any]]:
    """Ask for several things by one request.

    Args:
        paths: of GET requests, below the API's root, with their query.

    Returns:
        Status and JSON value of each, in order.

    Raises:
        LookupError: there is no answer to each.
    """
    boundary, kind = joined_type()
    parts = [
        Part(
            ["Content-Type: application/http", "Content-Transfer-Encoding: binary"],
            f"GET {_API}{quote(path, safe='/?&=$(),@:;%')} HTTP/1.1",
            ["Accept: application/json", _ANNOTATIONS],
        )
        for path in paths
    ]
    headers = {"Content-Type": kind, "Prefer": "odata.continue-on-error"}
    status, kind, body = SEND.get()(f"{_API}/$batch", headers, join(parts, boundary).encode())
    found = boundary_of(kind)
    if not 200 <= status < 300 or found is None:
        msg = f"The look-up was answered with status {status}."
        raise LookupError(msg)
    answers = split(body.decode("utf-8"), found)
    if len(answers) != len(paths):
        msg = "The look-up was answered in part."
        raise LookupError(msg)
    return [_answer(part) for part in answers]


def in_list(name: str, values: Sequence[str]) -> str:
    """A filter: the column is one of these. No value may hold a quote or a backslash."""
    listed = quote(json.dumps(list(values), ensure_ascii=False), safe="")
    return f"Microsoft.Dynamics.CRM.In(PropertyName='{name}',PropertyValues={listed})"


def _answer(part: Part) -> tuple[int, Any]:
    words = part.start.split(" ", 2)
    if len(words) < 2 or not words[1].isdigit():
        msg = "The look-up was answered with something else."
        raise LookupError(msg)
    return int(words[1]), json.loads(part.body) if part.body.strip() else None
