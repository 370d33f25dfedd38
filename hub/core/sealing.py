"""Seals secrets that must be read again (a mailbox's password): encrypted with a key derived from SECRET_KEY."""

import base64

from cryptography.fernet import Fernet, InvalidToken

from hub.core import signing

PURPOSE = "sealing"


def seal(purpose: str, secret: str) -> str:
    """The secret as a Fernet token (AES-128-CBC and HMAC-SHA-256), under a key for this purpose alone."""
    return _box(purpose).encrypt(secret.encode()).decode()


def unseal(purpose: str, sealed: str) -> str | None:
    """The secret; None when it was sealed with another key (SECRET_KEY has changed) or is damaged."""
    try:
        return _box(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def _box(purpose: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(signing.mac(PURPOSE, purpose, size_bytes=32)))
