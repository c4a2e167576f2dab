"""`aboveboard check --from VENDOR`: a vendor's own payloads in place of events.

A file is one payload, whatever JSON the vendor sends: HubSpot's webhook is an array and still one. A
file of JSON lines is one payload a line. A payload kept with a note of where it comes from,
`{"_meta": …, "payload": …}`, is unpacked.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Any

from aboveboard.cli.output import plain
from aboveboard.cli.reading import GZIP, MAX_BYTES, Bad, Given, Rest, unzipped
from aboveboard.errors import EventError, VocabularyError
from aboveboard.strict_json import NotJson, loads
from aboveboard.vendor_events import vendor_events

if TYPE_CHECKING:
    from aboveboard.events import StepEvent
    from aboveboard.gate import Gate

__all__ = ["payloads", "translated"]


def payloads(stream: IO[bytes], name: str) -> Iterator[Given | Bad]:
    """Read the payloads of a file.

    Args:
        stream: bytes, as in the file; gzip is told by its first bytes.
        name: what messages call it.
    """
    name = plain(name)
    try:
        raw = stream.read(MAX_BYTES + 1)
        if raw[:2] == GZIP:
            raw = unzipped(Rest(raw, stream)).read(MAX_BYTES + 1)
        text = raw.decode("utf-8-sig")
    except (EOFError, zlib.error, gzip.BadGzipFile):
        yield Bad(name, "cannot be read (the compressed data are damaged or cut off).")
        return
    except UnicodeDecodeError:
        yield Bad(name, "expected UTF-8 text.")
        return
    if len(raw) > MAX_BYTES:
        yield Bad(name, f"longer than {MAX_BYTES >> 20} MiB; no payload is.")
        return
    if not text.strip():
        yield Bad(name, "no payload; expected JSON as the vendor sends it.")
        return
    try:
        yield Given(name, _unpacked(loads(text)))
        return
    except NotJson as error:
        whole = Bad(f"{name}:{error.line}", str(error))
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    found: list[Given | Bad] = []
    for number, line in lines:
        try:
            found.append(Given(f"{name}:{number}", _unpacked(loads(line))))
        except NotJson as error:
            found.append(Bad(f"{name}:{number}", str(error)))
    # Neither one payload nor lines of them: what is wrong with the whole says more.
    good = len(lines) > 1 and any(isinstance(item, Given) for item in found)
    yield from found if good else [whole]


def translated(
    gate: Gate, vendor: str, given: Given, *, purpose: str | None
) -> Iterator[StepEvent | Bad]:
    """The events of one payload, each filled with what register and profile say of the purpose.

    Raises:
        PluginError: no plugin reads this vendor's payloads.
    """
    try:
        events = vendor_events(gate.manager, vendor, given.value, gate.pseudonym)
        for event in events:
            yield event if purpose is None else gate.complete(event, purpose=purpose)
    except (EventError, VocabularyError) as error:
        yield Bad(given.place, str(error))
    except RecursionError:
        yield Bad(given.place, "nested too deeply.")
    else:
        if not events:
            yield Bad(given.place, f"a payload of {vendor} that concerns no step.")


def _unpacked(value: Any) -> Any:
    if isinstance(value, dict) and set(value) == {"_meta", "payload"}:
        return value["payload"]
    return value
