"""Signatures: OPA takes ours, we take OPA's, and nobody takes what was changed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from aboveboard.errors import ConfigurationError, PolicyError
from aboveboard.policy.archive import write_archive
from aboveboard.policy.bundle import load_bundle
from aboveboard.policy.keys import read_signing_key, read_verification_key
from aboveboard.policy.signing import (
    REPEATABLE,
    SIGNATURES,
    Signature,
    Signer,
    _hash,
    stated_signature,
    verify,
)
from aboveboard.policy.tarball import unpack
from aboveboard.policy.unpacking import read_archive
from tests.policies.keys import PAIRS, SECRET, write_keys
from tests.policies.test_unpacking import members, packed

if TYPE_CHECKING:
    from collections.abc import Callable

MEMBERS = {".manifest": b'{"revision": "r"}', "data.json": b'{"a": 1}', "x/x.rego": b"package x\n"}


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_keys(tmp_path_factory.mktemp("keys"))


def signed(keys: Path, algorithm: str = "RS256", **names: str) -> dict[str, bytes]:
    signer = Signer(read_signing_key(keys / PAIRS[algorithm][0]), algorithm, **names)
    return {**MEMBERS, SIGNATURES: signer.sign(MEMBERS)}


def refusal(found: dict[str, bytes], key: Path, scope: str = "") -> str:
    with pytest.raises(PolicyError) as caught:
        verify(found, [read_verification_key(key)], scope, "b")
    return str(caught.value)


@pytest.mark.parametrize("algorithm", PAIRS)
def test_what_is_signed_is_verified(algorithm: str, keys: Path) -> None:
    found = signed(keys, algorithm, key_id="2026", scope="production")
    other, own = (read_verification_key(keys / name) for name in ("other.pub", PAIRS[algorithm][1]))
    assert verify(found, [other, own], "production", "b") == Signature(
        algorithm, "2026", "production", own.place
    )
    assert stated_signature(found, "b") == Signature(algorithm, "2026", "production")
    again = signed(keys, algorithm, key_id="2026", scope="production")
    assert (found == again) is (algorithm in REPEATABLE)


@pytest.mark.opa
@pytest.mark.parametrize("algorithm", PAIRS)
def test_opa_takes_ours_and_we_take_opas(
    algorithm: str, keys: Path, opa_binary: Path, tmp_path: Path
) -> None:
    private, public = (keys / name for name in PAIRS[algorithm])
    bundle = load_bundle()
    signer = Signer(read_signing_key(private), algorithm, "2026", "production")
    (tmp_path / "ours.tar.gz").write_bytes(write_archive(bundle, signer))
    (tmp_path / "plain.tar.gz").write_bytes(write_archive(bundle))
    (tmp_path / "claims.json").write_text('{"scope": "production"}')

    def opa(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [opa_binary, "build", "--signing-alg", algorithm, *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    ours = ("-b", "ours.tar.gz", "-o", "x.tar.gz", "--verification-key", str(public))
    done = opa(*ours, "--scope", "production")
    assert done.returncode == 0, done.stderr
    assert "scope mismatch" in opa(*ours).stdout
    claims = ("--signing-key", str(private), "--claims-file", "claims.json")
    done = opa("-b", "plain.tar.gz", "-o", "opas.tar.gz", *claims)
    assert done.returncode == 0, done.stderr
    trusted = [read_verification_key(public)]
    verify(unpack(tmp_path / "opas.tar.gz", "b"), trusted, "production", "b")


@pytest.mark.opa
def test_opa_hashes_as_we_do(opa_binary: Path, tmp_path: Path) -> None:
    """Every kind of text and number that data may hold, in a directory that `opa sign` signs."""
    texts = ["".join(map(chr, range(0x20))), '"\\/\x7f', "äöå€😀", "\u2028\u2029", "<a&b>", ""]
    (tmp_path / "data.json").write_text(
        '{"n": [0, -0, 1.0, 1.50, 1e3, 1E+2, 12345678901234567890, true, false, null],'
        f' "z": {{}}, "a": [], "\U0001f600": 1, "\uffff": 2, "t": {json.dumps(texts)},'
        f' "raw": {json.dumps(texts, ensure_ascii=False)}}}',
        encoding="utf-8",
    )
    (tmp_path / ".manifest").write_text('{ "roots": ["", "a"],\n"revision": "ä" }')
    (tmp_path / "p.rego").write_text("package p\n\n# ä\n")
    command = [opa_binary, "sign", "--bundle", ".", "--signing-key", SECRET, "--signing-alg"]
    subprocess.run([*command, "HS256"], cwd=tmp_path, check=True)
    names = (".manifest", "data.json", "p.rego", SIGNATURES)
    found = {name: (tmp_path / name).read_bytes() for name in names}
    (tmp_path / "secret").write_text(SECRET)
    verify(found, [read_verification_key(tmp_path / "secret")], "", "b")


CHANGES: dict[str, tuple[Callable[[dict[str, bytes]], object], str]] = {
    "a rule": (
        lambda found: found.update({"x/x.rego": b"package y\n"}),
        "b: 'x/x.rego' was changed after it was signed. Do not use it.",
    ),
    "data": (
        lambda found: found.update({"data.json": b'{"a": 1.0}'}),
        "b: 'data.json' was changed after it was signed. Do not use it.",
    ),
    "data that are none": (
        lambda found: found.update({"data.json": b"["}),
        "b: 'data.json' was changed after it was signed. Do not use it.",
    ),
    "data nested without end": (
        lambda found: found.update({"data.json": b"[" * 100_000}),
        "b: 'data.json' was changed after it was signed. Do not use it.",
    ),
    "a file more": (
        lambda found: found.update({"y.rego": b""}),
        "b: 'y.rego' is not in its signature. Do not use it.",
    ),
    "a file less": (
        lambda found: found.pop("x/x.rego"),
        "b: 'x/x.rego' is in its signature and not there. Do not use it.",
    ),
    "no signature": (
        lambda found: found.pop(SIGNATURES),
        "b: is not signed. Sign it: 'aboveboard bundle build --signing-key FILE'.",
    ),
    "two signatures": (
        lambda found: found.update({SIGNATURES: b'{"signatures": ["a.b.c", "a.b.c"]}'}),
        "b: '.signatures.json' does not hold exactly one signature of OPA's own kind.",
    ),
    "another scheme": (
        lambda found: found.update({SIGNATURES: b'{"signatures": ["a.b.c"], "plugin": "mine"}'}),
        "b: '.signatures.json' does not hold exactly one signature of OPA's own kind.",
    ),
    "no token": (
        lambda found: found.update({SIGNATURES: b'{"signatures": ["a.b.c"]}'}),
        "b: its signature is no JWT as OPA makes it. Do not use it.",
    ),
}


@pytest.mark.parametrize(("change", "says"), CHANGES.values(), ids=CHANGES)
def test_what_was_changed(
    change: Callable[[dict[str, bytes]], object], says: str, keys: Path
) -> None:
    found = signed(keys)
    change(found)
    assert refusal(found, keys / "rsa.pub") == says


def test_white_space_in_data_does_not_matter(keys: Path) -> None:
    found = {**signed(keys), "data.json": b'{\n  "a":   1\n}\n'}
    verify(found, [read_verification_key(keys / "rsa.pub")], "", "b")


def test_another_key_and_another_scope(keys: Path) -> None:
    found = signed(keys, key_id="2026", scope="test")
    other = keys / "other.pub"
    assert refusal(found, other, "test") == (
        f"b: was not signed with '{other}'. It names the key '2026'. Do not use it."
    )
    assert refusal(found, keys / "rsa.pub", "production") == (
        "b: is signed for the scope 'test', and the scope 'production' is expected. Give the scope "
        "that it was signed for, or do not use it."
    )


def part(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def forged(algorithm: str, secret: bytes | None, payload: Any) -> dict[str, bytes]:
    token = f"{part({'alg': algorithm, 'typ': 'JWT'})}.{part(payload)}"
    mac = b"" if secret is None else hmac.digest(secret, token.encode(), "sha256")
    signature = json.dumps({"signatures": [f"{token}.{part(mac)}"]}).encode()
    return {**MEMBERS, SIGNATURES: signature}


def test_a_public_key_is_no_secret_and_none_is_no_algorithm(keys: Path) -> None:
    public = keys / "rsa.pub"
    listed = [
        {"name": name, "hash": _hash(name, raw), "algorithm": "SHA-256"}
        for name, raw in MEMBERS.items()
    ]
    for algorithm, secret in (("HS256", public.read_bytes()), ("none", None), ("None", None)):
        assert "was not signed with" in refusal(
            forged(algorithm, secret, {"files": listed}), public
        )


@pytest.mark.parametrize(
    ("files", "says"),
    [
        (None, "'.manifest' is not in its signature"),
        ([7], "does not list each file once"),
        ([{"name": "data.json"}] * 2, "does not list each file once"),
        (
            [{"name": name, "hash": hashlib.md5(raw).hexdigest(), "algorithm": "MD5"}
             for name, raw in MEMBERS.items()],
            "too weak, or unknown",
        ),
    ],
)  # fmt: skip
def test_what_a_signature_may_not_say(files: Any, says: str, keys: Path) -> None:
    found = forged("HS256", SECRET.encode(), {"files": files})
    assert says in refusal(found, keys / "secret")


BAD_KEYS = {
    "gone": "cannot be read (No such file or directory).",
    "empty": "is empty or too large to be one.",
    "weak.pem": "has 1024 bits; 2048 are the least.",
    "odd.pem": "is of a kind that OPA does not know.",
    "locked.pem": "is encrypted. Decrypt it into a file that only you can read: openssl pkey",
    "rsa.pub": "holds no private key in PEM, which signing needs.",
    "broken.pem": "holds no private key in PEM, which signing needs.",
    "short": "is shorter than 32 bytes and could be guessed.",
    "line": "is neither a key in PEM nor a secret on one line.",
    "bytes": "is neither a key in PEM nor a secret on one line.",
    "large": "is empty or too large to be one.",
}


@pytest.mark.parametrize(("name", "says"), BAD_KEYS.items(), ids=BAD_KEYS)
def test_trustedthat_are_none(name: str, says: str, keys: Path) -> None:
    (keys / "empty").write_bytes(b"\n")
    (keys / "broken.pem").write_bytes(b"-----BEGIN PRIVATE KEY-----\nTEFL\n")
    (keys / "short").write_text("s" * 31)
    (keys / "line").write_text(f"{SECRET}\n")
    (keys / "bytes").write_bytes(bytes(range(256)))
    (keys / "large").write_bytes(b"x" * (1 << 17))
    with pytest.raises(ConfigurationError) as caught:
        read_signing_key(keys / name)
    assert says in str(caught.value)
    assert SECRET not in str(caught.value)


def test_a_private_key_does_not_verify(keys: Path) -> None:
    (keys / "broken.pub").write_bytes(b"-----BEGIN PUBLIC KEY-----\nTEFL\n")
    with pytest.raises(ConfigurationError, match="is a private key, which only who signs"):
        read_verification_key(keys / "rsa.pem")
    with pytest.raises(ConfigurationError, match="holds no public key and no certificate"):
        read_verification_key(keys / "broken.pub")


def test_an_algorithm_that_the_key_does_not_serve(keys: Path) -> None:
    key = read_signing_key(keys / "ec.pem")
    with pytest.raises(ConfigurationError, match="does not serve RS256, but ES256"):
        Signer(key, "RS256")
    with pytest.raises(ConfigurationError, match="The key id of a signature is one line"):
        Signer(key, "ES256", "a\nb")
    assert repr(key) == f"Key('{keys / 'ec.pem'}')"


def test_without_the_libraries(keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from aboveboard.policy import keys as module

    def absent(_: str) -> Any:
        raise ImportError

    monkeypatch.setattr(module, "import_module", absent)
    with pytest.raises(ConfigurationError, match=r"pip install 'aboveboard\[sign\]'"):
        read_signing_key(keys / "rsa.pem")


def test_a_bundle_is_read_only_with_its_signature(keys: Path) -> None:
    bundle = load_bundle()
    signer = Signer(read_signing_key(keys / "rsa.pem"), "RS256")
    good = write_archive(bundle, signer)
    assert good == write_archive(bundle, signer)
    key = read_verification_key(keys / "rsa.pub")
    assert read_archive(good, keys=[key]).revision == bundle.revision
    found = members(good)
    found.pop(SIGNATURES)
    with pytest.raises(PolicyError, match=r"^The bundle: is not signed\."):
        read_archive(packed(found), keys=[key])


def test_data_that_are_nested_without_end(keys: Path) -> None:
    nested = {**MEMBERS, "data.json": b"[" * 100_000 + b"]" * 100_000}
    with pytest.raises(PolicyError, match="nested too deeply to be signed"):
        Signer(read_signing_key(keys / "secret"), "HS256").sign(nested)
