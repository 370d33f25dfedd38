"""Failed log-ins, PINs and codes: counted by subject in machine time, so that guessing takes years."""

from datetime import datetime

from sqlalchemy import delete, func, select

from hub.core.db import db
from hub.core.signing import keyed_hash
from hub.staff.models import SignInAttempt
from hub.staff.rules import ATTEMPT_WINDOW, wait_seconds


def subject_of(kind: str, who: str) -> str:
    """What is counted, without keeping what was typed: a password is easily typed into the wrong field."""
    return f"{kind}:{keyed_hash('sign-in-attempt', who)}"


def get_wait_seconds(subject: str, now: datetime) -> int:
    """How long this door stays closed. One question at a time per subject, until the transaction ends."""
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(subject, 0))))
    failed = db.session.scalars(select(SignInAttempt.attempted_at).where(SignInAttempt.subject == subject))
    return wait_seconds(failed.all(), now)


def note_failure(subject: str, now: datetime) -> int:
    """Count one failure, forget old ones of everybody; returns how long the door is closed from now on."""
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.attempted_at < now - ATTEMPT_WINDOW))
    db.session.add(SignInAttempt(subject=subject, attempted_at=now))
    db.session.flush()
    return get_wait_seconds(subject, now)


def forget_failures(subject: str) -> None:
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.subject == subject))
