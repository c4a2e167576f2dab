"""Take a `.tar.gz` apart that anybody may have made: into memory, plain files only, within limits.

Nothing is written to disk, so that no name can lead anywhere. What two readers of tar could read
differently (a name given twice, a sparse file, bytes after the end) is refused, not guessed.
"""

from __future__ import annotations

import gzip
import io
import tarfile
import zlib
from pathlib import Path

from aboveboard.errors import PolicyError

__all__ = ["MAX_BYTES", "MAX_MEMBERS", "MAX_PACKED_BYTES", "unpack"]

MAX_PACKED_BYTES = 32 << 20
"""Larger than any archive of policies; the bundled ones have a quarter of a megabyte."""

MAX_BYTES = 128 << 20
"""All members together, with tar's own headers. A gigabyte of zeros packs into a megabyte."""

MAX_MEMBERS = 10_010

_FOLDER = tarfile.DIRTYPE
_PLAIN = (tarfile.REGTYPE, tarfile.AREGTYPE)


def unpack(source: bytes | Path, place: str) -> dict[str, bytes]:
    """The files of an archive by name, without a leading `/` or `./`.

    Args:
        source: the archive, or where it lies.
        place: what it goes by in messages.

    Raises:
        PolicyError: it cannot be read, is no `.tar.gz`, or holds what is no file of a bundle.
    """
    raw = _unzipped(_read(source, place), place)
    found: dict[str, bytes] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(raw), mode="r:", errorlevel=2) as archive:
            for number, info in enumerate(archive, 1):
                if number > MAX_MEMBERS:
                    msg = f"{place}: holds over {MAX_MEMBERS} files."
                    raise PolicyError(msg)
                if info.type == _FOLDER:
                    continue
                name = _name(info, place)
                if name in found:
                    msg = f"{place}: holds '{name}' twice; which one counts, nobody can say."
                    raise PolicyError(msg)
                stream = archive.extractfile(info)
                found[name] = b"" if stream is None else stream.read()
            rest = raw[archive.offset :]
    except (tarfile.TarError, OSError, ValueError, EOFError, OverflowError):
        msg = f"{place}: is a damaged archive. Build or fetch it again."
        raise PolicyError(msg) from None
    if rest.strip(b"\0"):
        msg = f"{place}: is a damaged archive: something follows its end. Build or fetch it again."
        raise PolicyError(msg)
    return found


def _read(source: bytes | Path, place: str) -> bytes:
    if isinstance(source, bytes):
        packed = source
    else:
        try:
            with source.open("rb") as stream:
                packed = stream.read(MAX_PACKED_BYTES + 1)
        except OSError as error:
            msg = f"{place}: cannot be read ({error.strerror})."
            raise PolicyError(msg) from None
    if len(packed) > MAX_PACKED_BYTES:
        msg = f"{place}: is over {MAX_PACKED_BYTES >> 20} MB, which no policy bundle is."
        raise PolicyError(msg)
    return packed


def _unzipped(packed: bytes, place: str) -> bytes:
    if not packed.startswith(b"\x1f\x8b"):
        msg = f"{place}: is no policy bundle, which is a .tar.gz. 'aboveboard bundle build' makes one."
        raise PolicyError(msg)
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(packed)) as stream:
            raw = stream.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error):
        msg = f"{place}: is a damaged archive. Build or fetch it again."
        raise PolicyError(msg) from None
    if len(raw) > MAX_BYTES:
        msg = f"{place}: unpacks to over {MAX_BYTES >> 20} MB, which no policy bundle does."
        raise PolicyError(msg)
    return raw


def _name(info: tarfile.TarInfo, place: str) -> str:
    name = info.name.removeprefix("./").removeprefix("/")  # as `opa build` writes them
    parts = name.split("/")
    if any(part in ("", ".", "..") for part in parts) or "\\" in name or not name.isprintable():
        msg = f"{place}: holds {info.name[:100]!a}, which is no name of a file in a bundle."
        raise PolicyError(msg)
    if info.type not in _PLAIN or info.issparse():
        msg = f"{place}: holds '{name}', which is no plain file. A bundle has no links."
        raise PolicyError(msg)
    return name
