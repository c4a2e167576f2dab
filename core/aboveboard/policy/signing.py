"""Signatures of bundles as OPA makes and checks them: a JWT of every file's hash.

    .signatures.json   {"signatures": ["<header>.<payload>.<signature>"]}
    payload            {"files": [{"name", "hash", "algorithm"}], "keyid", "scope"}

A structured file (`data.json`, `.manifest`) is hashed by what it says, so that white space does not
matter; any other by its bytes. Source: https://www.openpolicyagent.org/docs/management-bundles#signing.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aboveboard.errors import ConfigurationError, PolicyError
from aboveboard.policy.keys import Key
from aboveboard.strict_json import loads

__all__ = ["REPEATABLE", "SIGNATURES", "Signature", "Signer", "stated_signature", "verify"]

SIGNATURES = ".signatures.json"

REPEATABLE = ("RS256", "RS384", "RS512", "HS256", "HS384", "HS512")
"""Algorithms that give the same signature each time; the others draw a random number."""

_STRUCTURED = {"data.json", ".manifest"}
_HASHES = {"SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}
_OWN = "_default"
_MAX_NAME = 200


@dataclass(frozen=True, slots=True)
class Signature:
    """What a signature says of itself.

    Attributes:
        algorithm: of RFC 7518.
        key_id: name of the key; '' when none is named.
        scope: what the bundle is for, as its makers call it; '' for none.
        key: place of the key that it was verified with; '' while it was not.
    """

    algorithm: str
    key_id: str = ""
    scope: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs the members of a bundle.

    Attributes:
        key: to sign with.
        algorithm: one that the key serves.
        key_id: name of the key, by which OPA looks up the other half; '' for none.
        scope: OPA takes the bundle only where its settings have the same scope; '' for none.

    Raises:
        ConfigurationError: the key does not serve the algorithm, or the name is none.
    """

    key: Key
    algorithm: str
    key_id: str = ""
    scope: str = ""

    def __post_init__(self) -> None:
        if self.algorithm not in self.key.algorithms:
            msg = (
                f"Key '{self.key.place}' does not serve {self.algorithm}, but "
                f"{', '.join(self.key.algorithms)}."
            )
            raise ConfigurationError(msg)
        for name, text in (("key id", self.key_id), ("scope", self.scope)):
            if len(text) > _MAX_NAME or not text.isprintable():
                msg = f"The {name} of a signature is one line of at most {_MAX_NAME} characters."
                raise ConfigurationError(msg)

    def sign(self, members: Mapping[str, bytes]) -> bytes:
        """The text of `.signatures.json` for these members, by name.

        Raises:
            PolicyError: data that no hash can be made of.
        """
        from jwt import PyJWS

        try:
            files = [
                {"name": name, "hash": _hash(name, members[name]), "algorithm": "SHA-256"}
                for name in sorted(members)
            ]
        except RecursionError:
            msg = "Reference data are nested too deeply to be signed. Lay them out flatter."
            raise PolicyError(msg) from None
        payload: dict[str, Any] = {"files": files}
        # `keyid` for OPA before 0.23, `kid` of the header for all that came later.
        if self.key_id:
            payload["keyid"] = self.key_id
        if self.scope:
            payload["scope"] = self.scope
        text = json.dumps(payload, sort_keys=True, separators=(",", ":")).encode()
        headers = {"kid": self.key_id} if self.key_id else None
        token = PyJWS().encode(text, self.key.material, self.algorithm, headers=headers)
        return json.dumps({"signatures": [token]}, separators=(",", ":")).encode()


def stated_signature(members: Mapping[str, bytes], place: str) -> Signature | None:
    """What the signature says of itself, believed by nobody; None for a bundle without one.

    Raises:
        PolicyError: it cannot be read.
    """
    if SIGNATURES not in members:
        return None
    token = _token(members[SIGNATURES], place)
    return _stated(token, _payload(token, place), place)


def verify(members: Mapping[str, bytes], keys: Sequence[Key], scope: str, place: str) -> Signature:
    """Check that one of the keys signed exactly these members.

    Args:
        members: content by name, the signature among them.
        keys: any of them will do.
        scope: that the signature must have; '' for none, as OPA has it.
        place: what the bundle goes by in messages.

    Raises:
        PolicyError: it is not signed, by another key, for another scope, or something was changed.
    """
    if SIGNATURES not in members:
        msg = f"{place}: is not signed. Sign it: 'aboveboard bundle build --signing-key FILE'."
        raise PolicyError(msg)
    token = _token(members[SIGNATURES], place)
    stated = _stated(token, _payload(token, place), place)
    key = next((key for key in keys if _signed_by(token, stated.algorithm, key)), None)
    if key is None:
        named = f" It names the key '{stated.key_id}'." if stated.key_id else ""
        msg = f"{place}: was not signed with {_any_of(keys)}.{named} Do not use it."
        raise PolicyError(msg)
    if stated.scope != scope:
        msg = (
            f"{place}: is signed for {_scope(stated.scope)}, and {_scope(scope)} is expected. "
            "Give the scope that it was signed for, or do not use it."
        )
        raise PolicyError(msg)
    _same_files(members, _payload(token, place), place)
    return Signature(stated.algorithm, stated.key_id, stated.scope, key.place)


def _any_of(keys: Sequence[Key]) -> str:
    return " nor with ".join(f"'{key.place}'" for key in keys)


def _scope(name: str) -> str:
    return f"the scope '{name}'" if name else "no scope"


def _token(raw: bytes, place: str) -> str:
    try:
        found = loads(raw.decode("utf-8"))
        tokens = found["signatures"]
        (token,) = tokens
        # The scheme that OPA goes by when nobody has put another in its place.
        fine = found.keys() <= {"signatures", "plugin"} and found.get("plugin") in {None, _OWN}
        if not fine or not isinstance(tokens, list) or token.count(".") != 2:
            raise ValueError
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        msg = f"{place}: '{SIGNATURES}' does not hold exactly one signature of OPA's own kind."
        raise PolicyError(msg) from None
    return str(token)


def _part(token: str, index: int, place: str) -> dict[str, Any]:
    """A part of a token as JSON, not verified."""
    try:
        text = token.split(".")[index]
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        found = loads(raw.decode("utf-8"))
    except ValueError:
        found = None
    if not isinstance(found, dict):
        msg = f"{place}: its signature is no JWT as OPA makes it. Do not use it."
        raise PolicyError(msg)
    return found


def _payload(token: str, place: str) -> dict[str, Any]:
    return _part(token, 1, place)


def _stated(token: str, payload: Mapping[str, Any], place: str) -> Signature:
    header = _part(token, 0, place)
    algorithm = header.get("alg", "")
    key_id = header.get("kid") or payload.get("keyid") or ""
    scope = payload.get("scope") or ""
    texts = (algorithm, key_id, scope)
    if not all(isinstance(text, str) and text.isprintable() for text in texts):
        msg = f"{place}: its signature is no JWT as OPA makes it. Do not use it."
        raise PolicyError(msg)
    return Signature(algorithm[:_MAX_NAME], key_id[:_MAX_NAME], scope[:_MAX_NAME])


def _signed_by(token: str, algorithm: str, key: Key) -> bool:
    from jwt import PyJWS, PyJWTError

    if algorithm not in key.algorithms:
        return False
    try:
        PyJWS().decode_complete(token, key.material, algorithms=[algorithm])
    except PyJWTError:
        return False
    return True


def _same_files(members: Mapping[str, bytes], payload: Mapping[str, Any], place: str) -> None:
    listed = payload.get("files")
    signed: dict[str, Any] = {}
    for item in listed if isinstance(listed, list) else ():
        name = item.get("name") if isinstance(item, dict) else None
        if not isinstance(name, str) or name in signed:
            msg = f"{place}: its signature does not list each file once. Do not use it."
            raise PolicyError(msg)
        signed[name] = item
    held = members.keys() - {SIGNATURES}
    for name in sorted(held ^ signed.keys()):
        what = "is not in its signature" if name in held else "is in its signature and not there"
        msg = f"{place}: {name[:_MAX_NAME]!a} {what}. Do not use it."
        raise PolicyError(msg)
    for name in sorted(held):
        algorithm = signed[name].get("algorithm")
        if algorithm not in _HASHES:
            msg = (
                f"{place}: the signature hashes '{name}' by what is too weak, or unknown. Expected "
                f"{', '.join(_HASHES)}."
            )
            raise PolicyError(msg)
        try:
            found = _hash(name, members[name], algorithm)
        except (ValueError, RecursionError):
            found = None
        if found is None or signed[name].get("hash") != found:
            msg = f"{place}: '{name}' was changed after it was signed. Do not use it."
            raise PolicyError(msg)


def _hash(name: str, raw: bytes, algorithm: str = "SHA-256") -> str:
    digest = hashlib.new(_HASHES[algorithm])
    if name.rpartition("/")[2] in _STRUCTURED:
        for part in _canonical(_DECODER.decode(raw.decode("utf-8").strip(" \t\r\n"))):
            digest.update(part.encode())
    else:
        digest.update(raw)
    return digest.hexdigest()


class _Number(str):
    """A number as it was written: Go keeps 1.0 and 1 apart, and so do the hashes."""

    __slots__ = ()


_DECODER = json.JSONDecoder(parse_int=_Number, parse_float=_Number)


def _canonical(value: Any) -> Iterator[str]:
    """Compact JSON with sorted keys, as Go's encoder writes it."""
    if isinstance(value, dict):
        yield "{"
        for index, key in enumerate(sorted(value)):
            yield f"{',' if index else ''}{_text(key)}:"
            yield from _canonical(value[key])
        yield "}"
    elif isinstance(value, list):
        yield "["
        for index, item in enumerate(value):
            if index:
                yield ","
            yield from _canonical(item)
        yield "]"
    elif isinstance(value, _Number):
        yield value
    elif isinstance(value, str):
        yield _text(value)
    else:
        yield json.dumps(value)


def _text(text: str) -> str:
    # Two line ends that JSON allows and JavaScript did not.
    shown = json.dumps(text, ensure_ascii=False)
    return shown.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
