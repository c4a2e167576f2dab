"""Certificates of authorities, servers and clients, good and bad, made for one test run."""

from __future__ import annotations

import datetime
import ipaddress
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Authority"]

_DAY = datetime.timedelta(days=1)
_SIGNS = x509.KeyUsage(
    key_cert_sign=True,
    crl_sign=True,
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    encipher_only=False,
    decipher_only=False,
)
_CLIENT, _SERVER = ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH


class Authority:
    """Signs certificates; files are in PEM, below `folder`.

    Args:
        folder: for its files.
        name: its common name, and how its files begin.
        strict: certificates have the extensions that RFC 5280 asks for.
    """

    def __init__(self, folder: Path, name: str, *, strict: bool = True) -> None:
        self._folder = folder
        self._name = name
        self._strict = strict
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = self._builder(self._subject, self._key.public_key()).add_extension(
            x509.BasicConstraints(ca=True, path_length=0), critical=True
        )
        if strict:
            certificate = certificate.add_extension(_SIGNS, critical=True)
        signed = certificate.sign(self._key, hashes.SHA256())
        self.file = folder / f"{name}.pem"
        self.file.write_bytes(signed.public_bytes(serialization.Encoding.PEM))

    def issue(
        self, name: str, *, host: str = "127.0.0.1", client: bool = False, expired: bool = False
    ) -> tuple[Path, Path]:
        """Files of a certificate and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = self._builder(subject, key.public_key(), expired=expired).add_extension(
            x509.ExtendedKeyUsage([_CLIENT if client else _SERVER]), critical=False
        )
        if not client:
            place: x509.GeneralName = x509.DNSName(host)
            if host[0].isdigit():
                place = x509.IPAddress(ipaddress.ip_address(host))
            builder = builder.add_extension(x509.SubjectAlternativeName([place]), critical=False)
        signed = builder.sign(self._key, hashes.SHA256())
        cert_file = self._folder / f"{self._name}-{name}.pem"
        key_file = self._folder / f"{self._name}-{name}.key"
        cert_file.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
        key_file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return cert_file, key_file

    def _builder(
        self, subject: x509.Name, key: ec.EllipticCurvePublicKey, *, expired: bool = False
    ) -> x509.CertificateBuilder:
        now = datetime.datetime.now(datetime.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._subject)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 3 * _DAY)
            .not_valid_after(now - _DAY if expired else now + _DAY)
        )
        if not self._strict:
            return builder
        ours = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        theirs = x509.SubjectKeyIdentifier.from_public_key(key)
        return builder.add_extension(theirs, critical=False).add_extension(ours, critical=False)
