"""OPA fetches signed bundles from a server, and the gate notices what it takes and what it cannot."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from aboveboard.gate import Gate
from aboveboard.organisation import example
from aboveboard.policy.archive import write_archive
from aboveboard.policy.bundle import PolicyBundle, load_bundle
from aboveboard.policy.keys import read_signing_key
from aboveboard.policy.signing import SIGNATURES, Signer
from aboveboard.settings import Settings
from aboveboard.testing import compliant_event
from tests.bundle_server import BundleServer, bundle_server
from tests.policies.keys import write_keys
from tests.policies.test_unpacking import members, packed
from tests.policies.writing import Directory, rego

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.opa

ALLOWED = compliant_event("recommendation")
# As docs/operations.md has it, but for the polling.
CONFIG = """
services:
  policies:
    url: {url}
keys:
  release:
    algorithm: RS256
    key: |
{key}
bundles:
  aboveboard:
    service: policies
    resource: bundle.tar.gz
    persist: true
    signing: {{keyid: release}}
    polling: {{min_delay_seconds: 1, max_delay_seconds: 1}}
persistence_directory: {place}/opa-bundles
status: {{console: true}}
"""


class Setting:
    """A server of bundles, an OPA that fetches from it, and what is needed for more."""

    def __init__(self, served: BundleServer, opa_url: str, keys: Path, place: Path) -> None:
        self.served = served
        self.opa_url = opa_url
        self.keys = keys
        self.place = place

    def signed(self, bundle: PolicyBundle, key: str = "rsa.pem") -> bytes:
        return write_archive(bundle, Signer(read_signing_key(self.keys / key), "RS256", "release"))

    def gate(self, **settings: Any) -> Gate:
        given = {"engine": "opa", "opa_url": self.opa_url, "timeout_s": 3, **settings}
        return Gate(Settings(**given), organisation=example())


@pytest.fixture(scope="module")
def setting(opa_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Setting]:
    place = tmp_path_factory.mktemp("served")
    keys = write_keys(place)
    key = read_signing_key(keys / "rsa.pem")
    first = write_archive(load_bundle(), Signer(key, "RS256", "release"))
    public = "".join(f"      {line}\n" for line in (keys / "rsa.pub").read_text().splitlines())
    with bundle_server(first) as served:
        (place / "opa.yaml").write_text(CONFIG.format(url=served.url, key=public, place=place))
        with opa_server(options=["--config-file", str(place / "opa.yaml")]) as url:
            yield Setting(served, url, keys, place)


@pytest.fixture
def released(setting: Setting) -> Iterator[PolicyBundle]:
    """The bundled policies are in force, before and after."""
    bundle = load_bundle()
    setting.served.content = setting.signed(bundle)
    with setting.gate() as gate:
        assert until(lambda: gate.status().policy_revision == bundle.revision)
        assert until(lambda: gate.status().engine_error is None)
    yield bundle
    setting.served.content = setting.signed(bundle)


def until(true: Callable[[], bool], seconds: float = 15) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.05)
    return False


def test_an_update_is_activated(setting: Setting, released: PolicyBundle, tmp_path: Path) -> None:
    directory = Directory(tmp_path / "policies")
    update = load_bundle([directory.add(text=rego(changes={'"completed"': '"requested"',
        "[completed]": "[requested]", "_acme_1_most := 3": "_acme_1_most := 0"}))])  # fmt: skip
    with setting.gate(expected_revisions=(update.revision,)) as gate:
        assert gate.check(ALLOWED).rules == ("runtime.unexpected_revision",)
        before = setting.served.unchanged
        assert until(lambda: setting.served.unchanged > before)  # nothing new, nothing sent
        sent = setting.served.sent
        setting.served.content = setting.signed(update)
        assert until(lambda: gate.status().policy_revision == update.revision)
        assert setting.served.sent == sent + 1
        status = gate.status()
        assert (status.healthy, status.engine_error, status.revision_error) == (True, None, None)
        verdict = gate.check(ALLOWED)
        assert verdict.policy_revision == update.revision
        assert verdict.rules == ("ACME-1",)
        assert verdict.findings[0].message.endswith("items are shown, and 0 are allowed.")


def tampered(good: bytes) -> bytes:
    found = members(good)
    name = next(name for name in found if name.endswith("r_dm_02.rego"))
    found[name] = found[name].replace(b'"effect": "deny"', b'"effect": "warn"')
    return packed(found)


def unsigned(good: bytes) -> bytes:
    return packed({name: raw for name, raw in members(good).items() if name != SIGNATURES})


def broken(setting: Setting) -> bytes:
    """Signed by us, and no Rego: a mistake of the one who publishes."""
    found = members(setting.signed(load_bundle()))
    del found[SIGNATURES]
    found["broken.rego"] = b"package aboveboard.topic.broken\n\np := if\n"
    signer = Signer(read_signing_key(setting.keys / "rsa.pem"), "RS256", "release")
    return packed({**found, SIGNATURES: signer.sign(found)})


BAD: dict[str, tuple[Callable[[Setting], bytes], str]] = {
    "changed after it was signed": (
        lambda setting: tampered(setting.signed(load_bundle())),
        "r_dm_02.rego: digest mismatch",
    ),
    "not signed": (lambda setting: unsigned(setting.signed(load_bundle())), "missing .signatures"),
    "signed by another": (
        lambda setting: setting.signed(load_bundle(), "other.pem"),
        "failed to verify JWT",
    ),
    "no Rego": (broken, "broken.rego:3"),
    "no bundle": (lambda setting: b"<html>Moved</html>", "gzip: invalid header"),
}


@pytest.mark.parametrize(("make", "says"), BAD.values(), ids=BAD)
def test_what_cannot_be_activated_leaves_the_old_in_force(
    make: Callable[[Setting], bytes], says: str, setting: Setting, released: PolicyBundle
) -> None:
    with setting.gate(expected_revisions=(released.revision,)) as gate:
        setting.served.content = make(setting)
        assert until(lambda: gate.status().engine_error is not None)
        status = gate.status()
        assert str(status.engine_error).startswith(
            "The OPA server cannot activate the newest version of its bundle 'aboveboard' ("
        )
        assert says in str(status.engine_error)
        assert (status.healthy, status.policy_revision) == (True, released.revision)
        assert gate.check(ALLOWED).findings == ()
        setting.served.content = setting.signed(released)
        assert until(lambda: gate.status().engine_error is None)


def test_a_key_is_changed_for_another(opa_server: Any, setting: Setting, tmp_path: Path) -> None:
    """OPA knows both by name and goes by the name that the bundle's signature has."""

    def signed(name: str, file: str) -> bytes:
        key = read_signing_key(setting.keys / file)
        return write_archive(load_bundle(), Signer(key, "RS256", name))

    public = {"release": "rsa.pub", "next": "other.pub"}
    with bundle_server(signed("release", "rsa.pem")) as served:
        config = {
            "services": {"policies": {"url": served.url}},
            "keys": {
                name: {"algorithm": "RS256", "key": (setting.keys / file).read_text()}
                for name, file in public.items()
            },
            "bundles": {
                "aboveboard": {
                    "service": "policies",
                    "resource": "bundle.tar.gz",
                    "signing": {},
                    "polling": {"min_delay_seconds": 1, "max_delay_seconds": 1},
                }
            },
            "status": {"console": True},
        }
        (tmp_path / "opa.json").write_text(json.dumps(config))
        options = ["--config-file", str(tmp_path / "opa.json")]
        with opa_server(options=options) as url, setting.gate(opa_url=url) as gate:
            served.content = signed("next", "other.pem")
            unchanged = served.unchanged
            # It asks whether there is anything newer than what it has activated.
            assert until(lambda: served.sent == 2 and served.unchanged > unchanged)
            assert gate.status().engine_error is None
            served.content = signed("release", "other.pem")
            assert until(lambda: "verify JWT" in str(gate.status().engine_error))
