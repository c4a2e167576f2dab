"""Requests that the plugin itself makes, over the connection and with the rights of the program's."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote

__all__ = ["Answer", "Asked", "Line", "LineError", "query_path", "quoted"]


class LineError(Exception):
    """Salesforce did not answer as asked; the text is its error code, never a value."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of several that go in one request."""

    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question."""

    status: int
    body: Any

    @property
    def ok(self) -> bool:
        """Whether it was answered."""
        return self.status == 200 and isinstance(self.body, dict)

    @property
    def error(self) -> tuple[str, str]:
        """Salesforce's error code and message."""
        first = self.body[0] if isinstance(self.body, list) and self.body else self.body
        if not isinstance(first, dict):
            return ("", "")
        return (str(first.get("errorCode") or ""), str(first.get("message") or ""))

    def value(self) -> dict[str, Any]:
        """The body.

        Raises:
            LineError: it was not answered.
        """
        if not self.ok:
            msg = f"{self.status} {self.error[0]}".strip()
            raise LineError(msg)
        found: dict[str, Any] = self.body
        return found


class Send(Protocol):
    """Sends one request of the plugin's."""

    def __call__(self, method: str, path: str, body: Any = None) -> Any:
        """The answer's JSON.

        Raises:
            LineError: it was not answered with 2xx and JSON.
        """


@dataclass(frozen=True, slots=True)
class Line:
    """A connection.

    Attributes:
        root: path of the API's version: `/services/data/v59.0`.
        send: makes a request.
    """

    root: str
    send: Send | Callable[..., Any]

    def together(self, asked: Iterable[Asked]) -> dict[str, Answer]:
        """Ask several questions by one request of the composite resource, which counts as one.

        Salesforce takes 25, and of them 5 queries.

        Raises:
            LineError: the whole was not answered.
        """
        body = {
            "allOrNone": False,
            "compositeRequest": [
                {"method": "GET", "url": item.path, "referenceId": item.name} for item in asked
            ],
        }
        answer = self.send("POST", f"{self.root}/composite", body)
        rows = answer.get("compositeResponse") if isinstance(answer, dict) else None
        if not isinstance(rows, list):
            msg = "no composite response"
            raise LineError(msg)
        found = {
            str(row.get("referenceId")): Answer(
                int(row.get("httpStatusCode") or 0), row.get("body")
            )
            for row in rows
            if isinstance(row, dict)
        }
        missing = [item.name for item in asked if item.name not in found]
        if missing:
            msg = "answers are missing"
            raise LineError(msg)
        return found


def query_path(root: str, soql: str) -> str:
    """Path of a query."""
    text = quote(soql, safe="(),'=.")
    return f"{root}/query?q={text}"


def quoted(values: Iterable[str]) -> str:
    """Texts as a list in SOQL."""
    texts = (value.replace("\\", "\\\\").replace("'", "\\'") for value in values)
    return ",".join(f"'{text}'" for text in texts)
