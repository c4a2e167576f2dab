"""Pseudonyms of people: a keyed hash, so that an event names nobody and yet the same person twice.

The key's id stands in the pseudonym (`k1:9f86d0…`), so that a key can be rotated: events made with
the old key keep its id, and an old key that was destroyed makes its pseudonyms anonymous.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from typing import TYPE_CHECKING

from aboveboard.errors import EventError, SettingsError

if TYPE_CHECKING:
    from aboveboard.settings import Settings

__all__ = ["Pseudonymiser"]

_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
_MIN_KEY_BYTES = 16
_HEX_DIGITS = 32


class Pseudonymiser:
    """Turns an identifier into a pseudonym with HMAC-SHA256.

    Without a key it makes one for this process: pseudonyms then agree within the process only, and
    their key id is `ephemeral`.
    """

    __slots__ = ("_key", "_prefix", "key_id")

    def __init__(self, key: bytes | None = None, key_id: str = "k1") -> None:
        if key is None:
            key, key_id = secrets.token_bytes(32), "ephemeral"
        elif len(key) < _MIN_KEY_BYTES:
            msg = f"The subject key is too short: it needs at least {_MIN_KEY_BYTES} bytes."
            raise SettingsError(msg)
        if not _KEY_ID.fullmatch(key_id):
            msg = "subject_key_id must be 1 to 32 letters, digits, '_' or '-'."
            raise SettingsError(msg)
        self._key = key
        self.key_id = key_id
        self._prefix = f"{key_id}:"

    @classmethod
    def from_settings(cls, settings: Settings) -> Pseudonymiser:
        """The one that a gate with these settings uses, for plugins that look people up.

        Raises:
            SettingsError: the key is too short, or its file cannot be read.
        """
        key = settings.secret("subject_key")
        return cls(None if key is None else key.encode(), settings.subject_key_id)

    def __repr__(self) -> str:
        return f"Pseudonymiser(key_id={self.key_id!r})"

    def __call__(self, identifier: object) -> str:
        """The pseudonym of an identifier: key id, colon, 32 hexadecimal digits.

        Raises:
            EventError: it is an object that says of itself only where it lies in memory, so that
                one person would have many pseudonyms, and many people one.
        """
        kind = type(identifier)
        if kind.__str__ is object.__str__ and kind.__repr__ is object.__repr__:
            msg = f"A subject is an identifier, such as a text or a number; got {kind.__name__}."
            raise EventError(msg)
        text = str(identifier).encode("utf-8", "surrogatepass")
        return self._prefix + hmac.digest(self._key, text, hashlib.sha256).hex()[:_HEX_DIGITS]
