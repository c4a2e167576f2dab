"""Keys to sign bundles with, as files, made once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["PAIRS", "SECRET", "write_keys"]

SECRET = "0123456789abcdef" * 4
PAIRS = {
    "RS256": ("rsa.pem", "rsa.pub"),
    "PS384": ("rsa.pem", "rsa.pub"),
    "ES256": ("ec.pem", "ec.pub"),
    "ES512": ("ec521.pem", "ec521.pub"),
    "HS256": ("secret", "secret"),
}
"""Private and public half, by algorithm."""


def write_keys(place: Path) -> Path:
    """Write them all to a directory."""
    made: dict[str, Any] = {
        "rsa": rsa.generate_private_key(65537, 2048),
        "other": rsa.generate_private_key(65537, 2048),
        "weak": rsa.generate_private_key(65537, 1024),
        "ec": ec.generate_private_key(ec.SECP256R1()),
        "ec521": ec.generate_private_key(ec.SECP521R1()),
        "odd": ed25519.Ed25519PrivateKey.generate(),
    }
    for name, key in made.items():
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (place / f"{name}.pem").write_bytes(pem)
        public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        (place / f"{name}.pub").write_bytes(public)
    locked = BestAvailableEncryption(b"password")
    (place / "locked.pem").write_bytes(
        made["rsa"].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked)
    )
    (place / "secret").write_text(SECRET)
    return place
