"""A policy bundle as OPA loads it: one gzipped tar, the same bytes on every machine.

    .manifest                    {"revision": "sha256:…", "roots": [...]}
    .signatures.json             where it is signed (policy/signing.py)
    data.json                    {"reference": {...}, "catalogue": {..., "schemas": {...}}}
    <directory>/<file>.rego      the modules

The schemas are those of the reference documents: who reads the bundle back (policy/unpacking.py) holds
the documents against them again. Source: OPA's bundle file format, https://www.openpolicyagent.org/docs/management-bundles.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import tarfile
from collections.abc import Iterator

from aboveboard.errors import PolicyError
from aboveboard.policy.bundle import PolicyBundle
from aboveboard.policy.signing import SIGNATURES, Signer
from aboveboard.strict_json import NotJson, loads

__all__ = ["roots", "write_archive"]

_ODD = re.compile(r"[^A-Za-z0-9_.-]")


def write_archive(bundle: PolicyBundle, signer: Signer | None = None) -> bytes:
    """The bundle as the bytes of a `.tar.gz`.

    Sorted names, no times, no owners: equal bundles give equal bytes, so that a digest or
    signature of the file says which policies decided. So they do when they are signed, by an algorithm
    of `signing.REPEATABLE`.

    Args:
        bundle: to write.
        signer: signs it; not signed when left out.

    Raises:
        PolicyError: reference data that two readers of JSON could take for different ones.
    """
    data = {
        **bundle.data,
        "catalogue": {**bundle.data["catalogue"], "schemas": dict(bundle.schemas)},
    }
    text = _json(data)
    try:
        loads(text.decode())
    except NotJson as error:
        msg = f"The reference data cannot be put into a bundle: {error}"
        raise PolicyError(msg) from None
    members = {
        ".manifest": _json({"revision": bundle.revision, "roots": roots(bundle)}),
        "data.json": text,
        **dict(_modules(bundle)),
    }
    if signer is not None:
        members[SIGNATURES] = signer.sign(members)
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name in sorted(members):
            info = tarfile.TarInfo(name)
            info.size = len(members[name])
            info.mode = 0o644
            archive.addfile(info, io.BytesIO(members[name]))
    return gzip.compress(raw.getvalue(), mtime=0)


def roots(bundle: PolicyBundle) -> list[str]:
    """What the bundle owns of an OPA server's `data`."""
    # `organisation` only where there is one: OPA refuses two bundles whose roots overlap, and an
    # organisation may deliver its policies in a bundle of its own.
    found = {"aboveboard", "catalogue", "reference"}
    return sorted(found | {module.package[0] for module in bundle.modules})


def _json(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=True, separators=(",", ":")).encode()


def _modules(bundle: PolicyBundle) -> Iterator[tuple[str, bytes]]:
    """Modules by a name that a tar takes; OPA goes by the package, so the name is for messages."""
    taken: set[str] = set()
    for module in bundle.modules:
        parts = [_ODD.sub("_", part) for part in module.file.split("/") if part.strip(".")]
        stem = "/".join(parts).removesuffix(".rego")
        if len(stem) > 80:
            stem = f"policies/{parts[-1].removesuffix('.rego')[:60]}"
        name, number = f"{stem}.rego", 2
        while name in taken:  # directories of one name, in different places
            name, number = f"{stem}-{number}.rego", number + 1
        taken.add(name)
        yield name, module.text.encode()
