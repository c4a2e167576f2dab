"""Keys that bundles are signed and verified with, read from files as OPA reads them.

A PEM holds an RSA or EC key (or, to verify, a certificate); whatever else a file holds is the secret of
an HMAC. Which algorithms a key serves is the key's own affair, never that of the signature: whoever
could choose would have a public key taken for a secret.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from aboveboard.errors import ConfigurationError

__all__ = ["ALGORITHMS", "Key", "read_signing_key", "read_verification_key"]

_RSA = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")
_HMAC = {"HS256": 32, "HS384": 48, "HS512": 64}
_CURVES = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}

ALGORITHMS = (*_RSA, *_CURVES.values(), *_HMAC)
"""What OPA knows, by the names of RFC 7518."""

_MAX_BYTES = 1 << 16
_RSA_BITS = 2048


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    """A key and what it may be used with.

    Attributes:
        place: where it was read from.
        material: of `cryptography`, or the bytes of a secret.
        algorithms: that it serves; the first is the usual one.
    """

    place: str
    material: Any
    algorithms: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Key({self.place!r})"


def read_signing_key(path: Path) -> Key:
    """A private key in PEM, or a secret.

    Raises:
        ConfigurationError: it cannot be read, is of no use for signing, or its libraries are missing.
    """
    raw = _read(path)
    if not _is_pem(raw):
        return _secret(path, raw)
    serialization = _library("cryptography.hazmat.primitives.serialization")
    try:
        found = serialization.load_pem_private_key(raw, password=None)
    except TypeError:
        msg = (
            f"'{path}' is encrypted. Decrypt it into a file that only you can read: "
            f"openssl pkey -in {path} -out key.pem"
        )
        raise ConfigurationError(msg) from None
    except Exception:
        msg = f"'{path}' holds no private key in PEM, which signing needs."
        raise ConfigurationError(msg) from None
    return Key(str(path), found, _algorithms(path, found.public_key()))


def read_verification_key(path: Path) -> Key:
    """A public key or certificate in PEM, or a secret.

    Raises:
        ConfigurationError: it cannot be read, is of no use for this, or its libraries are missing.
    """
    raw = _read(path)
    if not _is_pem(raw):
        return _secret(path, raw)
    if b"PRIVATE KEY-----" in raw:
        msg = (
            f"'{path}' is a private key, which only who signs should have. Make the public one: "
            f"openssl pkey -in {path} -pubout -out public.pem"
        )
        raise ConfigurationError(msg)
    try:
        if b"BEGIN CERTIFICATE" in raw:
            found = _library("cryptography.x509").load_pem_x509_certificate(raw).public_key()
        else:
            serialization = _library("cryptography.hazmat.primitives.serialization")
            found = serialization.load_pem_public_key(raw)
    except ConfigurationError:
        raise
    except Exception:
        msg = f"'{path}' holds no public key and no certificate in PEM."
        raise ConfigurationError(msg) from None
    return Key(str(path), found, _algorithms(path, found))


def _read(path: Path) -> bytes:
    _library("jwt")
    try:
        with path.open("rb") as stream:
            raw = stream.read(_MAX_BYTES + 1)
    except OSError as error:
        msg = f"Key '{path}' cannot be read ({error.strerror})."
        raise ConfigurationError(msg) from None
    if not raw.strip() or len(raw) > _MAX_BYTES:
        msg = f"Key '{path}' is empty or too large to be one."
        raise ConfigurationError(msg)
    return raw


def _is_pem(raw: bytes) -> bool:
    return b"-----BEGIN " in raw


def _secret(path: Path, raw: bytes) -> Key:
    text = raw.decode("ascii", errors="replace")
    if not raw.isascii() or not text.isprintable() or text != text.strip():
        # OPA counts a line's end as part of the secret when it reads a file, and not in its settings.
        msg = (
            f"'{path}' is neither a key in PEM nor a secret on one line. Write a secret without a "
            'line end: printf %s "$(openssl rand -hex 32)" > secret'
        )
        raise ConfigurationError(msg)
    served = tuple(name for name, least in _HMAC.items() if len(raw) >= least)
    if not served:
        msg = (
            f"The secret in '{path}' is shorter than 32 bytes and could be guessed. Make another: "
            'printf %s "$(openssl rand -hex 32)" > secret'
        )
        raise ConfigurationError(msg)
    return Key(str(path), raw, served)


def _algorithms(path: Path, public: Any) -> tuple[str, ...]:
    rsa = _library("cryptography.hazmat.primitives.asymmetric.rsa")
    if isinstance(public, rsa.RSAPublicKey):
        if public.key_size < _RSA_BITS:
            msg = f"The RSA key '{path}' has {public.key_size} bits; {_RSA_BITS} are the least."
            raise ConfigurationError(msg)
        return _RSA
    served = _CURVES.get(getattr(getattr(public, "curve", None), "name", ""))
    if served is None:
        msg = f"Key '{path}' is of a kind that OPA does not know. Use RSA, or EC on curve P-256."
        raise ConfigurationError(msg)
    return (served,)


def _library(module: str) -> Any:
    try:
        return import_module(module)
    except ImportError:
        msg = "Signatures need PyJWT and cryptography. Install them: pip install 'aboveboard[sign]'"
        raise ConfigurationError(msg) from None
