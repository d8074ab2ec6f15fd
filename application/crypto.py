"""Sealing with rotating keys, constant-time comparison, and page-session tokens."""

import base64
import hashlib
import hmac
import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
_VERSION = b"\x01"
_KEY_ID_BYTES = 4
_NONCE_BYTES = 12
_HEADER = len(_VERSION) + _KEY_ID_BYTES


class CannotOpen(Exception):
    """Sealed text that none of our keys opens: a key was removed too early, or the row was tampered with."""


class SessionInvalid(Exception):
    """A page-session token that is forged, expired or made for another purpose."""


def new_key() -> str:
    """A new sealing key in the form that BRIDGE_SECRET_KEYS takes."""
    return base64.urlsafe_b64encode(os.urandom(KEY_BYTES)).decode().rstrip("=")


def _read_key(text: str) -> bytes:
    """The 32 bytes of a key written by `new_key`; raises ValueError on anything else."""
    key = base64.b64decode(text.strip() + "=" * (-len(text.strip()) % 4), altchars=b"-_", validate=True)
    if len(key) != KEY_BYTES:
        raise ValueError("a key has 32 bytes")
    return key


def fingerprint(secret: str) -> bytes:
    """SHA-256, for secrets and idempotency keys that need comparing but never reading back."""
    return hashlib.sha256(secret.encode()).digest()


def same(one: bytes, other: bytes) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(one, other)


class KeyRing:
    """The first key seals, every key opens, so that keys can be rotated without downtime."""

    def __init__(self, texts: Sequence[str]) -> None:
        if not texts:
            raise ValueError("a key ring needs at least one key")
        keys = [_read_key(text) for text in texts]
        self._ciphers = {hashlib.sha256(key).digest()[:_KEY_ID_BYTES]: AESGCM(key) for key in keys}
        self._sealing = hashlib.sha256(keys[0]).digest()[:_KEY_ID_BYTES]
        self._session_keys = [
            HKDF(SHA256(), KEY_BYTES, salt=None, info=b"page-session").derive(key) for key in keys
        ]

    def seal(self, text: str, purpose: str) -> bytes:
        """Seal `text`; it opens only under the same `purpose`, so a row cannot be moved to another column."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._ciphers[self._sealing].encrypt(nonce, text.encode(), purpose.encode())
        return _VERSION + self._sealing + nonce + sealed

    def open(self, sealed: bytes, purpose: str) -> str:
        """Open what `seal` made. Raises CannotOpen."""
        key_id = sealed[len(_VERSION) : _HEADER]
        cipher = self._ciphers.get(key_id)
        if cipher is None or not sealed.startswith(_VERSION):
            raise CannotOpen(f"no key opens this {purpose}")
        nonce, body = sealed[_HEADER : _HEADER + _NONCE_BYTES], sealed[_HEADER + _NONCE_BYTES :]
        try:
            return cipher.decrypt(nonce, body, purpose.encode()).decode()
        except (InvalidTag, ValueError):  # ValueError: cut so short that not even the nonce is whole
            raise CannotOpen(f"this {purpose} was altered") from None

    def issue_session(self, claims: dict[str, Any], lifetime: timedelta) -> str:
        """A signed page-session token that expires after `lifetime`."""
        now = datetime.now(UTC)
        return jwt.encode(
            {**claims, "aud": "page", "iat": now, "exp": now + lifetime, "jti": os.urandom(12).hex()},
            self._session_keys[0],
            algorithm="HS256",
        )

    def read_session(self, token: str) -> dict[str, Any]:
        """The claims of a token made by `issue_session`. Raises SessionInvalid."""
        for key in self._session_keys:
            try:
                claims: dict[str, Any] = jwt.decode(token, key, algorithms=["HS256"], audience="page")
            except jwt.InvalidSignatureError:
                continue
            except jwt.InvalidTokenError as error:
                raise SessionInvalid(str(error)) from None
            return claims
        raise SessionInvalid("signed with an unknown key")
