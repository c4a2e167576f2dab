"""`$batch`: a body of many requests, and the answer to each."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field

__all__ = ["Part", "boundary_of", "join", "joined_type", "split"]

_BOUNDARY = re.compile(r'boundary="?([^";,\s]+)"?', re.IGNORECASE)


@dataclass(slots=True, repr=False)
class Part:
    """One part: a request or answer, or the parts of a change set.

    Attributes:
        headers: of the part, as they are written.
        start: first line of the request or answer.
        inner: headers of the request or answer, as they are written.
        body: its body.
        parts: of a change set; None for a request or answer.
        boundary: between them.
    """

    headers: list[str] = field(default_factory=list)
    start: str = ""
    inner: list[str] = field(default_factory=list)
    body: str = ""
    parts: list[Part] | None = None
    boundary: str = ""

    def header(self, name: str) -> str:
        """A header's value, of the part or of what is in it; "" when there is none."""
        for line in (*self.headers, *self.inner):
            key, _, value = line.partition(":")
            if key.strip().lower() == name:
                return value.strip()
        return ""


def boundary_of(content_type: str) -> str | None:
    """What stands between the parts; None when it is no multipart body."""
    fit = _BOUNDARY.search(content_type)
    return fit[1] if fit and "multipart/" in content_type.lower() else None


def split(text: str, boundary: str, *, depth: int = 0) -> list[Part]:
    """The parts of a body.

    Raises:
        ValueError: it is not as it should be.
    """
    pieces = re.split(rf"(?:^|\r?\n)--{re.escape(boundary)}(--)?[ \t]*(?:\r?\n|$)", text)
    # Odd places hold the closing mark, or None.
    chunks = pieces[2::2]
    if "--" not in pieces[1::2] or depth > 1:
        msg = "A multipart body without an end, or nested too deeply."
        raise ValueError(msg)
    end = pieces[1::2].index("--")
    return [_part(chunk, depth) for chunk in chunks[:end]]


def join(parts: list[Part], boundary: str) -> str:
    """The body of these parts."""
    lines = []
    for part in parts:
        lines += [f"--{boundary}", *part.headers, ""]
        if part.parts is not None:
            lines.append(join(part.parts, part.boundary))
        else:
            lines += [part.start, *part.inner, "", part.body]
    return "\r\n".join([*lines, f"--{boundary}--", ""])


def joined_type() -> tuple[str, str]:
    """A new boundary, and the content type that names it."""
    boundary = f"batch_{uuid.uuid4()}"
    return boundary, f'multipart/mixed; boundary="{boundary}"'


def _part(text: str, depth: int) -> Part:
    headers, body = _headers(text)
    part = Part(headers)
    kind = part.header("content-type")
    inner = boundary_of(kind)
    if inner is not None:
        part.boundary, part.parts = inner, split(body, inner, depth=depth + 1)
        return part
    if "application/http" not in kind.lower():
        msg = "A part that is no request."
        raise ValueError(msg)
    first, _, rest = body.lstrip("\r\n").partition("\n")
    part.start = first.rstrip("\r")
    part.inner, part.body = _headers(rest)
    return part


def _headers(text: str) -> tuple[list[str], str]:
    """Lines up to the first empty one, and what follows it."""
    lines: list[str] = []
    while True:
        line, more, text = text.partition("\n")
        line = line.rstrip("\r")
        if not line.strip():
            return lines, text.strip("\r\n") if more else ""
        lines.append(line)
        if not more:
            return lines, ""
