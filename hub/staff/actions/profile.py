"""What a person does for himself or herself: password, PIN, profile."""

from datetime import datetime

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import Invalid
from hub.core.facts import record
from hub.core.text import N_, fold
from hub.core.words import ActorKind, Language
from hub.staff import links
from hub.staff.actions.attempts import get_wait_seconds, note_failure, subject_of
from hub.staff.actions.sessions import Admission, confirm_password
from hub.staff.facts import PasswordResetAsked
from hub.staff.models import Agent
from hub.staff.passwords import hash_secret
from hub.staff.queries.links import get_invited, get_resetting
from hub.staff.queries.people import AgentCard, find_agent_by_email
from hub.staff.rules import UNDO_SECONDS, check_password, check_pin, clean_person_name


def accept_invitation(*, token: str, password: str, machine_now: datetime, now: datetime) -> int:
    """Choose the first password from the invitation; the link then stops working. Returns the person's id.

    Raises NotFound or Gone for the link, Invalid for the password.
    """
    return _choose_password("agent.joined", get_invited(token, now=machine_now), password, now)


def ask_password_reset(*, email: str, machine_now: datetime, now: datetime) -> None:
    """Have the mail for a forgotten password sent (fact PasswordResetAsked), at most six times in 15 minutes.

    The same silence whether or not the address is known.
    """
    subject = subject_of(links.RESET, email.strip().lower())
    if get_wait_seconds(subject, machine_now):
        return
    note_failure(subject, machine_now)
    agent = find_agent_by_email(email)
    if agent is not None and agent.is_active:
        record(PasswordResetAsked(agent_id=agent.id), now=now)


def reset_password(*, token: str, password: str, machine_now: datetime, now: datetime) -> int:
    """Choose a new password from the mail; all sessions of the person end. Raises as accept_invitation."""
    return _choose_password("agent.password_reset", get_resetting(token, now=machine_now), password, now)


def _choose_password(action: str, card: AgentCard, password: str, now: datetime) -> int:
    check_password(password, name=card.name, email=card.email)
    agent = db.session.get_one(Agent, card.id, with_for_update=True)
    agent.password_hash = hash_secret(password)
    agent.session_epoch += 1
    by = Actor(ActorKind.AGENT, agent_id=card.id, name=card.name)
    note_change(action, subject_kind="agent", subject_id=card.id, by=by, now=now)
    db.session.flush()
    return card.id


def change_password(
    *, agent_id: int, current: str, password: str, by: Actor, machine_now: datetime, now: datetime
) -> Admission:
    """Change one's own password; all other sessions end. Refused (and counted) when the current one is wrong.

    Raises Invalid for the new password.
    """
    agent = db.session.get_one(Agent, agent_id)
    check_password(password, name=agent.name, email=agent.email)
    admission = confirm_password(agent_id=agent_id, password=current, now=machine_now)
    if admission.agent_id is not None:
        agent.password_hash = hash_secret(password)
        agent.session_epoch += 1
        note_change("agent.password_changed", subject_kind="agent", subject_id=agent_id, by=by, now=now)
        db.session.flush()
    return admission


def set_pin(
    *, agent_id: int, pin: str, password: str, by: Actor, machine_now: datetime, now: datetime
) -> Admission:
    """Choose the PIN for shared PCs, or give it up with an empty one; asks for the password again.

    Raises Invalid for the PIN.
    """
    if pin:
        check_pin(pin)
    admission = confirm_password(agent_id=agent_id, password=password, now=machine_now)
    if admission.agent_id is not None:
        db.session.get_one(Agent, agent_id).pin_hash = hash_secret(pin) if pin else None
        change = "agent.pin_set" if pin else "agent.pin_removed"
        note_change(change, subject_kind="agent", subject_id=agent_id, by=by, now=now)
        db.session.flush()
    return admission


def save_profile(
    *,
    agent_id: int,
    name: str,
    language: Language,
    undo_seconds: int,
    has_shortcuts: bool,
    has_sound: bool = False,
    by: Actor,
    now: datetime,
) -> None:
    """Name, language, seconds in which a reply can be taken back (0 to 30), shortcuts, sound. Raises Invalid."""
    if undo_seconds not in UNDO_SECONDS:
        raise Invalid(N_("Please give a number of seconds from 0 to 30."), field="undo_seconds")
    agent = db.session.get_one(Agent, agent_id)
    agent.name = clean_person_name(name)
    agent.sort_key = fold(agent.name)
    agent.language, agent.undo_seconds = language, undo_seconds
    agent.has_shortcuts, agent.has_sound = has_shortcuts, has_sound
    note_change("agent.profile_saved", subject_kind="agent", subject_id=agent_id, by=by, now=now)
    db.session.flush()
