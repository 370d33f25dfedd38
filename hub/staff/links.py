"""Signed links that let a person choose a password: they expire, and work once because the epoch moves on."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.core import signing

INVITATION = "staff-invitation"
RESET = "password-reset"
LIFE = {INVITATION: timedelta(days=7), RESET: timedelta(hours=1)}


@dataclass(frozen=True)
class Claim:
    """Whom a link is for, and the session epoch it was made in."""

    agent_id: int
    epoch: int


def make(purpose: str, claim: Claim, *, now: datetime) -> str:
    """The token of a link; `now` is machine time."""
    payload = {"a": claim.agent_id, "n": claim.epoch}
    return signing.sign(purpose, payload, expires_at=now + LIFE[purpose])


def read(purpose: str, token: str, *, now: datetime) -> Claim:
    """Raises NotFound when the token is mangled, Gone when it expired."""
    payload = signing.read(purpose, token, now=now)
    return Claim(payload["a"], payload["n"])
