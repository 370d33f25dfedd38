"""Log in, change person on a shared PC, and the code of the set-up. Failures are counted, never raised:
raising would roll the count back.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from hub.core import signing
from hub.core.db import db
from hub.staff.actions.attempts import forget_failures, get_wait_seconds, note_failure, subject_of
from hub.staff.models import Agent
from hub.staff.passwords import hash_secret, is_outdated, is_right
from hub.staff.queries.people import list_neighbours

SETUP = ("set-up", "first")
GROUP = 4


@dataclass(frozen=True)
class Admission:
    """Who may come in: `agent_id`, or nobody, and then for how many seconds the door stays closed (0: try again)."""

    agent_id: int | None
    wait_seconds: int = 0


def sign_in(*, email: str, password: str, now: datetime) -> Admission:
    """Let in who knows the password; `now` is machine time. Says neither whether the address exists nor who left."""
    address = email.strip().lower()
    subject = subject_of("mail", address)
    closed = get_wait_seconds(subject, now)
    if closed:
        return Admission(None, closed)
    agent = db.session.scalars(
        select(Agent).where(Agent.email == address, Agent.deactivated_at.is_(None))
    ).one_or_none()
    if agent is None or not is_right(agent.password_hash, password):
        if agent is None:
            is_right(None, password)
        return Admission(None, note_failure(subject, now))
    if agent.password_hash and is_outdated(agent.password_hash):
        agent.password_hash = hash_secret(password)
    forget_failures(subject)
    return Admission(agent.id)


def confirm_password(*, agent_id: int, password: str, now: datetime) -> Admission:
    """Ask a person who is logged in for the password again, before something that cannot be taken back."""
    agent = db.session.get_one(Agent, agent_id)
    return sign_in(email=agent.email, password=password, now=now)


def switch_person(*, agent_id: int, pin: str, from_agent_id: int, now: datetime) -> Admission:
    """Change person on a shared PC: only to somebody of the same store, by the PIN; `now` is machine time."""
    subject = subject_of("pin", str(agent_id))
    closed = get_wait_seconds(subject, now)
    if closed:
        return Admission(None, closed)
    is_neighbour = any(row.id == agent_id for row in list_neighbours(from_agent_id))
    kept = db.session.scalar(select(Agent.pin_hash).where(Agent.id == agent_id)) if is_neighbour else None
    if not is_right(kept, pin):
        return Admission(None, note_failure(subject, now))
    forget_failures(subject)
    return Admission(agent_id)


def sign_by_pin(*, agent_id: int, pin: str, now: datetime) -> Admission:
    """Whether this person has signed, by the PIN; counted together with changes of person. `now` is machine time.

    The caller knows that the person may sign here (`queries.list_signers`).
    """
    subject = subject_of("pin", str(agent_id))
    closed = get_wait_seconds(subject, now)
    if closed:
        return Admission(None, closed)
    if not is_right(db.session.scalar(select(Agent.pin_hash).where(Agent.id == agent_id)), pin):
        return Admission(None, note_failure(subject, now))
    forget_failures(subject)
    return Admission(agent_id)


def get_setup_code() -> str:
    """What the server prints at its first start: `abcd-efgh-ijkl-mnop`."""
    code = signing.code(*SETUP)
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def check_setup_code(*, code: str, now: datetime) -> Admission:
    """Whether somebody at the set-up page has seen the server's output; `agent_id` is 0 when right."""
    subject = subject_of("set-up", "")
    closed = get_wait_seconds(subject, now)
    if closed:
        return Admission(None, closed)
    if not signing.is_code(*SETUP, code.replace("-", "").replace(" ", "")):
        return Admission(None, note_failure(subject, now))
    return Admission(0)
