"""What went wrong with TLS, and which setting says otherwise."""

from __future__ import annotations

import ssl
from collections.abc import Iterator

from aboveboard.errors import EngineError

__all__ = ["tls_context", "tls_problem"]

_REASON = "runtime.engine_unavailable"
# OpenSSL's X509_V_ERR_*: https://docs.openssl.org/master/man3/X509_STORE_CTX_get_error/
_NOT_YET, _EXPIRED, _HOST, _ADDRESS = 9, 10, 62, 64
_FORM = range(80, 95)  # what RFC 5280 asks of a certificate, and Python checks from 3.13 on


def tls_context(ca_file: str | None, chain: tuple[str, ...]) -> ssl.SSLContext:
    """What to connect with.

    Args:
        ca_file: authority to trust; the system's when None.
        chain: file of the client's certificate and, if apart, of its key; empty for none.

    Raises:
        EngineError: a file is not there, or no certificate.
    """
    try:
        context = ssl.create_default_context(cafile=ca_file)
        if chain:
            context.load_cert_chain(*chain)
    except OSError:
        raise EngineError(
            _REASON,
            "A certificate or key for the OPA server cannot be read.",
            "Check that opa_ca_file, opa_cert_file and opa_key_file are PEM files, that this user "
            "may read them and that the key belongs to the certificate.",
        ) from None
    return context


def tls_problem(error: BaseException) -> EngineError | None:
    """The error for a step, when TLS is behind what a client raised; None when it is not.

    A server that refuses a client certificate says so and closes; when the client is still sending,
    the system may drop what the server said, so a connection that broke off may mean that too.
    """
    found = list(_chain(error))
    # aiohttp's own errors are subclasses of ssl's without their attributes.
    for item in found:
        if isinstance(code := getattr(item, "verify_code", None), int):
            return _untrusted(code)
    reasons = [getattr(item, "reason", None) for item in found if isinstance(item, ssl.SSLError)]
    for reason in reasons:
        if isinstance(reason, str):
            return _refused(reason)
    if reasons or any(isinstance(item, ConnectionResetError | BrokenPipeError) for item in found):
        return EngineError(
            _REASON,
            "The OPA server broke off the TLS connection.",
            "Check that it runs. If it asks for client certificates (--tls-ca-cert-file), set "
            "opa_cert_file and opa_key_file to one that it trusts and that has not expired.",
        )
    return None


def _untrusted(code: int) -> EngineError:
    if code in (_EXPIRED, _NOT_YET):
        return EngineError(
            _REASON,
            "The OPA server's certificate has expired or is not valid yet.",
            "Renew the server's certificate (--tls-cert-file), or correct this machine's clock.",
        )
    if code in (_HOST, _ADDRESS):
        return EngineError(
            _REASON,
            "The OPA server's certificate is for another host.",
            "Correct opa_url, or give the server a certificate for the host that opa_url names.",
        )
    if code in _FORM:
        return EngineError(
            _REASON,
            "The OPA server's certificate, or its authority's, lacks what RFC 5280 asks for.",
            "Issue it anew with subjectKeyIdentifier and authorityKeyIdentifier, and an authority's "
            "with critical basicConstraints and keyUsage, too; see the operations guide.",
        )
    return EngineError(
        _REASON,
        "The OPA server's certificate is not signed by an authority that is trusted here.",
        "Set opa_ca_file to the PEM file of the authority that signed it.",
    )


def _refused(reason: str) -> EngineError:
    if "ALERT" in reason:
        return EngineError(
            _REASON,
            "The OPA server refused the client certificate, or the lack of one.",
            "Set opa_cert_file and opa_key_file to a certificate that the server's "
            "--tls-ca-cert-file has signed and that has not expired.",
        )
    if reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"):
        return EngineError(
            _REASON,
            "The OPA server does not speak TLS.",
            "Correct opa_url to begin with 'http:', or start the server with --tls-cert-file.",
        )
    return EngineError(
        _REASON,
        "No TLS connection to the OPA server could be made.",
        "Check opa_url, opa_ca_file, opa_cert_file and opa_key_file.",
    )


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and whatever it was made from, in whichever attribute a library keeps that."""
    waiting: list[object] = [error]
    seen: set[int] = set()
    while waiting and len(seen) < 50:
        item = waiting.pop(0)
        if not isinstance(item, BaseException) or id(item) in seen:
            continue
        seen.add(id(item))
        yield item
        waiting += [item.__cause__, item.__context__, *item.args]
        waiting += [
            getattr(item, name, None) for name in ("reason", "certificate_error", "os_error")
        ]
