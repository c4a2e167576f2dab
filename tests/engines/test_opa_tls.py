"""TLS, client certificates and tokens, against a real OPA; what is wrong names its setting."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from aboveboard.gate import Gate
from aboveboard.organisation import example
from aboveboard.policy.archive import write_archive
from aboveboard.policy.bundle import load_bundle
from aboveboard.settings import Settings
from aboveboard.testing import compliant_event
from tests.engines.certificates import Authority

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

pytestmark = pytest.mark.opa

ALLOWED = compliant_event("recommendation")
DENIED = compliant_event("recommendation", changes={"objections.direct_marketing": True})
TOKEN = "s3cret-token-of-a-test"
AUTHORISATION = f"""package system.authz

default allow := false

allow if input.identity == "{TOKEN}"

allow if startswith(input.identity, "CN=")
"""
both = pytest.mark.parametrize("way", ["sync", "async"])


@contextlib.contextmanager
def opa(binary: Path, options: Sequence[object], paths: Sequence[Path]) -> Iterator[int]:
    """A server; yields its port as soon as it listens, which is after it has its policies."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [binary, "run", "--server", "--addr", f"127.0.0.1:{port}", "--skip-version-check"]
    process = subprocess.Popen(
        [*map(str, command), *map(str, options), "--bundle", *map(str, paths)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        end = time.monotonic() + 20
        while time.monotonic() < end and process.poll() is None:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            time.sleep(0.02)
        yield port
    finally:
        process.kill()
        process.wait()


class Place:
    """Certificates and policies of this module."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ours = Authority(folder, "ours")
        self.other = Authority(folder, "other")
        self.archive = folder / "bundle.tar.gz"
        self.archive.write_bytes(write_archive(load_bundle()))
        self.authz = folder / "authz"
        self.authz.mkdir()
        (self.authz / ".manifest").write_text('{"roots": ["system/authz"]}')
        (self.authz / "authz.rego").write_text(AUTHORISATION)
        self.client = self.ours.issue("client", client=True)
        self.old_client = self.ours.issue("old-client", client=True, expired=True)
        self.foreign_client = self.other.issue("client", client=True)

    def tls(self, **kind: Any) -> list[object]:
        """Options of a server with a certificate of this kind."""
        cert, key = self.ours.issue(f"server-{len(list(self.folder.iterdir()))}", **kind)
        return ["--tls-cert-file", cert, "--tls-private-key-file", key]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return Place(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def tls_port(opa_binary: Path, place: Place) -> Iterator[int]:
    with opa(opa_binary, place.tls(), [place.archive]) as port:
        yield port


@pytest.fixture(scope="module")
def mutual_port(opa_binary: Path, place: Place) -> Iterator[int]:
    """It asks for client certificates, and lets in whom they name."""
    options = [
        *place.tls(),
        *("--tls-ca-cert-file", place.ours.file),
        *("--authentication", "tls", "--authorization", "basic"),
    ]
    with opa(opa_binary, options, [place.archive, place.authz]) as port:
        yield port


@pytest.fixture(scope="module")
def token_port(opa_binary: Path, place: Place) -> Iterator[int]:
    options = [*place.tls(), "--authentication", "token", "--authorization", "basic"]
    with opa(opa_binary, options, [place.archive, place.authz]) as port:
        yield port


def decide(way: str, port: int, event: Any = ALLOWED, scheme: str = "https", **options: Any) -> Any:
    settings = Settings(
        engine="opa", opa_url=f"{scheme}://127.0.0.1:{port}", timeout_s=5, **options
    )
    if way == "sync":
        with Gate(settings, organisation=example()) as gate:
            return gate.check(event)

    async def once() -> Any:
        async with Gate(settings, organisation=example()) as gate:
            return await gate.acheck(event)

    return asyncio.run(once())


def refused(verdict: Any) -> tuple[str, str]:
    """What was said and how to get out, of a deny for want of an engine."""
    assert verdict.effect == "deny"
    assert verdict.rules == ("runtime.engine_unavailable",)
    (finding,) = verdict.findings
    assert "cannot be reached" not in finding.message
    assert TOKEN not in finding.message + finding.remedy
    return finding.message, finding.remedy


@both
def test_tls(way: str, tls_port: int, place: Place) -> None:
    assert decide(way, tls_port, opa_ca_file=place.ours.file).allowed
    denied = decide(way, tls_port, DENIED, opa_ca_file=place.ours.file)
    assert denied.rules == ("R-DM-01",)
    assert denied.findings[0].message == "The person has objected to direct marketing."


@both
def test_an_authority_that_is_not_trusted(way: str, tls_port: int, place: Place) -> None:
    choices: list[dict[str, Any]] = [{}, {"opa_ca_file": place.other.file}]
    for options in choices:
        message, remedy = refused(decide(way, tls_port, **options))
        assert message == (
            "The OPA server's certificate is not signed by an authority that is trusted here."
        )
        assert "opa_ca_file" in remedy


@both
@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ({"expired": True}, ("has expired or is not valid yet", "--tls-cert-file")),
        ({"host": "opa.example.org"}, ("is for another host", "opa_url")),
        ({"host": "127.0.0.2"}, ("is for another host", "opa_url")),
    ],
    ids=["expired", "another name", "another address"],
)
def test_a_certificate_that_is_wrong(
    way: str, kind: Any, expected: Any, opa_binary: Path, place: Place
) -> None:
    with opa(opa_binary, place.tls(**kind), [place.archive]) as port:
        said, way_out = refused(decide(way, port, opa_ca_file=place.ours.file))
    assert expected[0] in said
    assert expected[1] in way_out


@both
def test_certificates_without_what_the_standard_asks_for(
    way: str, opa_binary: Path, place: Place, tmp_path: Path
) -> None:
    loose = Authority(tmp_path, "loose", strict=False)
    cert, key = loose.issue("server")
    options = ["--tls-cert-file", cert, "--tls-private-key-file", key]
    with opa(opa_binary, options, [place.archive]) as port:
        verdict = decide(way, port, opa_ca_file=loose.file)
    if sys.version_info < (3, 13):  # which did not look
        assert verdict.allowed
        return
    said, way_out = refused(verdict)
    assert "RFC 5280" in said
    assert "authorityKeyIdentifier" in way_out


@both
def test_plain_text_where_tls_is_spoken_and_the_other_way_round(
    way: str, tls_port: int, opa_url: str, place: Place
) -> None:
    verdict = decide(way, tls_port, scheme="http")
    # A status of 400, or none: what the server says on closing may be lost.
    assert verdict.rules == ("runtime.engine_unavailable",)
    assert "opa_url" in verdict.findings[0].remedy
    message, remedy = refused(
        decide(way, int(opa_url.rpartition(":")[2]), opa_ca_file=place.ours.file)
    )
    assert message == "The OPA server does not speak TLS."
    assert "opa_url" in remedy


@both
def test_a_client_certificate(way: str, mutual_port: int, place: Place) -> None:
    cert, key = place.client
    options = {"opa_ca_file": place.ours.file, "opa_cert_file": cert}
    assert decide(way, mutual_port, **options, opa_key_file=key).allowed
    together = place.folder / "together.pem"
    together.write_bytes(cert.read_bytes() + key.read_bytes())
    assert decide(way, mutual_port, **{**options, "opa_cert_file": together}).allowed


@both
@pytest.mark.parametrize("which", ["none", "foreign_client", "old_client"])
def test_a_client_certificate_that_will_not_do(
    way: str, which: str, mutual_port: int, place: Place
) -> None:
    options: dict[str, Any] = {"opa_ca_file": place.ours.file}
    if which != "none":
        options["opa_cert_file"], options["opa_key_file"] = getattr(place, which)
    message, remedy = refused(decide(way, mutual_port, **options))
    # What the server says on closing may be lost while the client is still sending.
    assert message in (
        "The OPA server refused the client certificate, or the lack of one.",
        "The OPA server broke off the TLS connection.",
    )
    assert "opa_cert_file" in remedy


@both
@pytest.mark.parametrize("broken", ["opa_ca_file", "opa_cert_file", "opa_key_file"])
@pytest.mark.parametrize("how", ["missing", "no PEM", "another's key"])
def test_files_that_are_none(
    way: str, broken: str, how: str, mutual_port: int, place: Place
) -> None:
    cert, key = place.client
    options: dict[str, Any] = {
        "opa_ca_file": place.ours.file,
        "opa_cert_file": cert,
        "opa_key_file": key,
    }
    odd = place.folder / "odd.pem"
    odd.write_text("LEAKED")
    if how == "another's key":
        if broken != "opa_key_file":
            return
        options[broken] = place.old_client[1]
    else:
        options[broken] = place.folder / "nowhere.pem" if how == "missing" else odd
    message, remedy = refused(decide(way, mutual_port, **options))
    assert message == "A certificate or key for the OPA server cannot be read."
    assert broken in remedy


@both
def test_a_token(way: str, token_port: int, place: Place, tmp_path: Path) -> None:
    authority = {"opa_ca_file": place.ours.file}
    assert decide(way, token_port, opa_token=TOKEN, **authority).allowed
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    assert decide(way, token_port, opa_token_file=file, **authority).allowed
    choices: list[dict[str, Any]] = [{}, {"opa_token": "another"}]
    for options in choices:
        message, remedy = refused(decide(way, token_port, **authority, **options))
        assert message.startswith("The OPA server refused the request (40")
        assert "opa_token" in remedy


def test_the_next_decision_works(opa_binary: Path, place: Place) -> None:
    """One gate, a certificate that is renewed: the server reads it again."""
    cert, key = place.ours.issue("renewed", expired=True)
    options = ["--tls-cert-file", cert, "--tls-private-key-file", key]
    options += ["--tls-cert-refresh-period", "50ms"]
    with opa(opa_binary, options, [place.archive]) as port:
        settings = Settings(
            engine="opa",
            opa_url=f"https://127.0.0.1:{port}",
            timeout_s=5,
            opa_ca_file=place.ours.file,
        )
        with Gate(settings, organisation=example()) as gate:
            assert "expired" in refused(gate.check(ALLOWED))[0]
            place.ours.issue("renewed")
            end = time.monotonic() + 10
            while not gate.check(ALLOWED).allowed and time.monotonic() < end:
                time.sleep(0.05)
            assert gate.check(ALLOWED).allowed


def test_status_over_tls_with_a_token(token_port: int, place: Place) -> None:
    settings = Settings(
        engine="opa",
        opa_url=f"https://127.0.0.1:{token_port}",
        timeout_s=5,
        opa_ca_file=place.ours.file,
    )
    with Gate(settings, organisation=example()) as gate:
        found = gate.status()
    assert not found.healthy
    assert "opa_token" in str(found.engine_error)
    right = settings.model_copy(update={"opa_token_file": None})
    with Gate(
        Settings.load(**right.model_dump(exclude_unset=True), opa_token=TOKEN),
        organisation=example(),
    ) as gate:
        found = gate.status()
    assert (found.healthy, found.engine_error) == (True, None)
    assert found.policy_revision == load_bundle().revision
