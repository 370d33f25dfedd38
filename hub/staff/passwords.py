"""Passwords and PINs as Argon2id hashes (RFC 9106), with the same work whether or not there is one to compare."""

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""OWASP's second choice (19 MiB, 2 passes): 16 log-ins at once must fit into the memory of a web worker."""


def hash_secret(secret: str) -> str:
    return HASHER.hash(secret)


def is_right(kept: str | None, secret: str) -> bool:
    """Whether the secret fits the kept hash; None costs as much time and is never right."""
    try:
        return HASHER.verify(kept or _nobody(), secret) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(kept: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return HASHER.check_needs_rehash(kept)


@lru_cache(maxsize=1)
def _nobody() -> str:
    return HASHER.hash("nobody has this password")
