"""A PIN and a seal as the tablet makes it, for tests of the counter."""

import base64
import os

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from hub.core import browser_seals
from tests.makers.staff import _CHEAP

PIN = "2468"
PIN_HASH = _CHEAP.hash(PIN)


def seal(purpose: str, secret: str, *, bound: bytes) -> str:
    """What `hub/assets/js/counter/seal.js` makes; the browser test has the real one."""
    key = browser_seals.public_key(purpose)
    hub_point = base64.urlsafe_b64decode(key + "=" * (-len(key) % 4))
    mine = ec.generate_private_key(ec.SECP256R1())
    form = serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    point = mine.public_key().public_bytes(*form)
    hub = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), hub_point)
    info = purpose.encode() + point + hub_point
    lock = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=info).derive(
        mine.exchange(ec.ECDH(), hub)
    )
    nonce = os.urandom(12)
    raw = point + nonce + AESGCM(lock).encrypt(nonce, secret.encode(), bound)
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
