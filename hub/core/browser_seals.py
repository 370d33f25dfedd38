"""Secrets that a browser keeps for us without being able to read them again: sealed there, opened here."""

import base64
import binascii

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from hub.core import signing

CURVE = ec.SECP256R1()
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256 (FIPS 186-4, D.1.2.3)
POINT_BYTES, NONCE_BYTES, KEY_BYTES = 65, 12, 32
LONGEST_SEAL = 2000


def public_key(purpose: str) -> str:
    """The point a page seals for, uncompressed, in base 64 for addresses. It changes with SECRET_KEY."""
    return base64.urlsafe_b64encode(_point(_private_key(purpose).public_key())).decode().rstrip("=")


def open_seal(purpose: str, sealed: str, *, bound: bytes) -> str | None:
    """The secret that `hub/assets/js/counter/seal.js` sealed: ECDH on P-256, HKDF-SHA-256, AES-256-GCM.

    `bound` are the bytes it was sealed together with. None when they are others, when the seal is damaged, or when it
    was made for another key (SECRET_KEY has changed).
    """
    try:
        raw = base64.urlsafe_b64decode(sealed[:LONGEST_SEAL] + "=" * (-len(sealed) % 4))
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, raw[:POINT_BYTES])
        nonce, text = raw[POINT_BYTES:][:NONCE_BYTES], raw[POINT_BYTES + NONCE_BYTES :]
        return AESGCM(_shared_key(purpose, theirs)).decrypt(nonce, text, bound).decode()
    except (ValueError, binascii.Error, InvalidTag):
        return None


def _shared_key(purpose: str, theirs: ec.EllipticCurvePublicKey) -> bytes:
    ours = _private_key(purpose)
    info = purpose.encode() + _point(theirs) + _point(ours.public_key())
    derived = HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=info)
    return derived.derive(ours.exchange(ec.ECDH(), theirs))


def _private_key(purpose: str) -> ec.EllipticCurvePrivateKey:
    secret = int.from_bytes(signing.mac("browser-seal", purpose, size_bytes=KEY_BYTES))
    return ec.derive_private_key(secret % (ORDER - 1) + 1, CURVE)


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
