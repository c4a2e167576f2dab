"""How much there is to read, for telling how long it will take."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path

from aboveboard.records.zstd import zstd
from aboveboard.replay.parquet import is_parquet

__all__ = ["bytes_to_read"]

_SAMPLE, _MOST = 256 << 10, 32 << 20
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"


def bytes_to_read(files: Sequence[Path]) -> int | None:
    """About how many bytes of lines there are; None when that cannot be told.

    Of compressed files the beginning says how much they were compressed.
    """
    total = 0
    for path in files:
        try:
            if not path.is_file() or is_parquet(path):
                return None
            size = path.stat().st_size
            with path.open("rb") as stream:
                head = stream.read(_SAMPLE)
        except OSError:
            return None
        ratio = _ratio(head)
        if ratio is None:
            return None
        total += round(size * ratio)
    return total or None


def _ratio(head: bytes) -> float | None:
    try:
        if head.startswith(_ZSTD):
            text = zstd("read").ZstdDecompressor().decompress(head, _MOST)
        elif head.startswith(_GZIP):
            text = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(head, _MOST)
        else:
            return 1.0
    except Exception:  # of zlib or zstd: the reader says what is wrong with the file
        return None
    return len(text) / len(head) if text else None
