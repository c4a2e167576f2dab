"""Bytes of requests and answers, as the exchange's calls and back; whatever library moves them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aboveboard_dataverse.batch import Part, boundary_of, join, split
from aboveboard_dataverse.dialect import ODataCall
from aboveboard_dataverse.exchange import DataverseExchange
from aboveboard_dataverse.odata import write_query

__all__ = ["Answer", "Asked", "Traffic"]

_BATCH = "/$batch"


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """Status, content type and body of an answer."""

    status: int
    kind: str
    body: bytes


@dataclass(slots=True, repr=False)
class Asked:
    """A request that was judged.

    Attributes:
        url: to ask, maybe with less in it.
        body: to send in place of its own; None leaves it.
        changed: it is not as the program made it.
        calls: what it asks: one call, or those of a batch.
        batch: the parts of a batch, each with the calls that it holds; None otherwise.
    """

    url: str
    body: bytes | None = None
    changed: bool = False
    calls: list[ODataCall] = field(default_factory=list)
    batch: list[list[ODataCall]] | None = None

    @property
    def judged(self) -> bool:
        """Whether the answer has to be judged."""
        return any(
            call.route is not None
            and (
                call.route.handling in ("read", "write")
                or call.path.startswith("/EntityDefinitions")
            )
            for call in self.calls
        )


class Traffic:
    """Judges requests and answers as bytes."""

    def __init__(self, exchange: DataverseExchange) -> None:
        self._exchange = exchange
        self._guard = exchange.guard

    def before(self, method: str, url: str, headers: Mapping[str, Any], body: object) -> Asked:
        """Judge a request.

        Raises:
            StepDenied, StepEscalated: it must not be made.
        """
        call = ODataCall.of(method, url, None)
        if call.path == _BATCH and call.method == "POST":
            return self._batch(call, url, str(headers.get("Content-Type", "")), body)
        call.body = _json(body)
        text = _dump(call.body)
        query = list(call.query)
        self._exchange.before(call)
        asked = Asked(url, calls=[call])
        if call.query != query:
            asked.url, asked.changed = write_query(url, call.query), True
        if _dump(call.body) != text:
            asked.body, asked.changed = _dump(call.body).encode(), True
        return asked

    def after(self, asked: Asked, answer: Answer) -> bytes | None:
        """Judge an answer; the body to give the program in place of it, None to leave it.

        Raises:
            StepDenied, StepEscalated: the program must not have it.
        """
        if not 200 <= answer.status < 300 or not answer.body.strip():
            return None
        if asked.batch is not None:
            return self._batch_answer(asked, answer)
        call = asked.calls[0]
        plain = call.route is None or call.route.handling == "plain"
        try:
            told = json.loads(answer.body)
        except (ValueError, RecursionError):
            told = None
        if not plain and not isinstance(told, dict | list):
            self._guard.refuse(
                f"{call.name} unread",
                "An answer that is no row and no page of rows: nobody can judge it.",
            )
            return None
        self._exchange.after(call, told)
        return None if plain else json.dumps(told).encode()

    def _batch(self, call: ODataCall, url: str, kind: str, body: object) -> Asked:
        boundary = boundary_of(kind)
        text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
        try:
            if boundary is None or not isinstance(text, str):
                msg = "A batch that is no multipart body."
                raise ValueError(msg)
            parts = split(text, boundary)
            leaves = [part.parts if part.parts is not None else [part] for part in parts]
            groups = [[_call(leaf) for leaf in group] for group in leaves]
        except ValueError as error:
            self._guard.refuse(call.name, f"'{call.name}' is not governed: {error}")
            return Asked(url)
        _resolve([one for group in groups for one in group], [x for group in leaves for x in group])
        calls = [one for group in groups for one in group]
        before = [(list(one.query), _dump(one.body)) for one in calls]
        self._exchange.before_all(calls)
        asked = Asked(url, calls=calls, batch=groups)
        flat = [leaf for group in leaves for leaf in group]
        for leaf, one, (query, written) in zip(flat, calls, before, strict=True):
            if one.query != query:
                verb, target, version = _line(leaf)
                leaf.start = f"{verb} {write_query(target, one.query)} {version}"
                asked.changed = True
            if _dump(one.body) != written:
                leaf.body, asked.changed = _dump(one.body), True
        if asked.changed:
            asked.body = join(parts, boundary).encode()
        return asked

    def _batch_answer(self, asked: Asked, answer: Answer) -> bytes | None:
        assert asked.batch is not None  # noqa: S101
        boundary = boundary_of(answer.kind)
        try:
            if boundary is None:
                msg = "An answer to a batch that is no multipart body."
                raise ValueError(msg)
            parts = split(answer.body.decode("utf-8"), boundary)
            pairs = _pairs(asked.batch, parts)
        except ValueError as error:
            self._guard.refuse("POST /$batch unread", f"{error}")
            return None
        self._exchange.after_all([(call, told) for call, told, _ in pairs])
        for _, told, leaf in pairs:
            leaf.body = json.dumps(told)
            leaf.inner = [x for x in leaf.inner if not x.lower().startswith("content-length")]
        return join(parts, boundary).encode()


def _pairs(groups: list[list[ODataCall]], parts: list[Part]) -> list[tuple[ODataCall, Any, Part]]:
    """Calls with what they were answered.

    Raises:
        ValueError: an answer belongs to no request.
    """
    if len(parts) > len(groups):
        msg = "An answer with more parts than the batch."
        raise ValueError(msg)
    found = []
    for group, part in zip(groups, parts, strict=False):
        leaves = part.parts if part.parts is not None else [part]
        if len(leaves) > len(group):
            msg = "An answer with more parts than the batch."
            raise ValueError(msg)
        for call, leaf in zip(group, leaves, strict=False):
            words = leaf.start.split(" ", 2)
            good = len(words) > 1 and words[1].isdigit() and 200 <= int(words[1]) < 300
            if good and leaf.body.strip() and call.route is not None:
                told = json.loads(leaf.body)
                if not isinstance(told, dict | list):
                    msg = "An answer that is no row and no page of rows."
                    raise ValueError(msg)
                found.append((call, told, leaf))
    return found


def _call(part: Part) -> ODataCall:
    verb, target, _ = _line(part)
    body = json.loads(part.body) if part.body.strip() else None
    address = (
        target
        if "/api/data/" in target.partition("?")[0]
        else f"/api/data/v9.2/{target.lstrip('/')}"
    )
    return ODataCall.of(verb, address, body)


def _line(part: Part) -> tuple[str, str, str]:
    """Method, target and version; the SDK leaves spaces in targets as they are."""
    verb, _, rest = part.start.partition(" ")
    target, _, version = rest.rpartition(" ")
    if not verb.isalpha() or not target or not version.startswith("HTTP/"):
        msg = "A part that is no request."
        raise ValueError(msg)
    return verb, target, version


def _resolve(calls: list[ODataCall], parts: list[Part]) -> None:
    """`$1` in place of an address is the record that an earlier part makes."""
    made: dict[str, ODataCall] = {}
    for call, part in zip(calls, parts, strict=True):
        if call.path[1:2] == "$" and call.path[2:].isdigit():
            first = made.get(call.path[2:])
            if first is not None:
                call.path, call.keys = f"{first.path.partition('(')[0]}(key)", [""]
        number = part.header("content-id")
        if number:
            made[number] = call


def _json(body: object) -> Any:
    """The body as a JSON value; None when it is none, such as a file's bytes."""
    if not isinstance(body, bytes | str):
        return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _dump(value: Any) -> str:
    return json.dumps(value)
