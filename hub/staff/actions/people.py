"""Invite, edit and part with people; every change goes to the audit trail."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from hub.core.actor import SYSTEM, Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import Conflict, Invalid, NotFound
from hub.core.facts import record
from hub.core.text import N_, fold
from hub.core.words import Language
from hub.staff.facts import AgentInvited, AgentLeft, AgentMoved
from hub.staff.models import Agent, ApiKey, Membership
from hub.staff.passwords import hash_secret
from hub.staff.queries.people import NO_AGENT, has_administrator
from hub.staff.rules import WHOLE_CHAIN, check_password, clean_person_name, needs_region, needs_store
from hub.staff.words import Role


@dataclass(frozen=True, kw_only=True)
class Person:
    """Who somebody is: stores for agents, delivery and store managers, regions for region managers."""

    email: str
    name: str
    role: Role
    language: Language = Language.FRENCH
    store_ids: Collection[int] = ()
    region_ids: Collection[int] = ()


def invite_agent(*, person: Person, by: Actor, now: datetime) -> int:
    """Add a person who chooses a password from the invitation mail (fact AgentInvited). Returns the id.

    Raises Invalid when the address is wrong or taken, or the role lacks its store or region.
    """
    agent = _add(person, now)
    agent.invited_at = now
    note_change("agent.invited", subject_kind="agent", subject_id=agent.id, by=by, now=now, role=person.role)
    record(AgentInvited(agent_id=agent.id, inviter_id=by.agent_id), now=now)
    return agent.id


def add_administrator(*, email: str, name: str, password: str, language: Language, now: datetime) -> int:
    """The first administrator, made by the set-up. Raises Conflict once there is one, Invalid for bad input."""
    if has_administrator():
        raise Conflict(N_("There is already an administrator. Please log in."))
    check_password(password, name=name, email=email)
    agent = _add(Person(email=email, name=name, role=Role.ADMINISTRATOR, language=language), now)
    agent.password_hash = hash_secret(password)
    note_change("agent.added", subject_kind="agent", subject_id=agent.id, by=SYSTEM, now=now, role=agent.role)
    db.session.flush()
    return agent.id


def reinvite_agent(*, agent_id: int, by: Actor, now: datetime) -> None:
    """Send a new invitation; earlier ones stop working. Somebody who left comes back this way.

    Raises NotFound, and Conflict for somebody who logs in already.
    """
    agent = _locked(agent_id)
    if agent.deactivated_at is None and agent.password_hash is not None:
        raise Conflict(N_("This person already logs in, and can ask for a new password on the log-in page."))
    agent.deactivated_at = None
    agent.password_hash = None
    agent.invited_at = now
    agent.session_epoch += 1
    note_change("agent.reinvited", subject_kind="agent", subject_id=agent_id, by=by, now=now)
    record(AgentInvited(agent_id=agent_id, inviter_id=by.agent_id), now=now)


def edit_agent(*, agent_id: int, person: Person, by: Actor, now: datetime) -> None:
    """Change name, address, role, language, stores and regions; it holds from the person's next request on.

    Raises NotFound, Invalid, and Conflict when nobody would be left to administer.
    """
    agent = _locked(agent_id)
    _check_reach(person)
    if agent.role is Role.ADMINISTRATOR and person.role is not Role.ADMINISTRATOR:
        _check_other_administrator(agent_id)
    email = _clean_email(person.email)
    if email != agent.email:
        agent.session_epoch += 1
    has_moved = agent.role is not person.role
    agent.email, agent.role, agent.language = email, person.role, person.language
    agent.name = clean_person_name(person.name)
    agent.sort_key = fold(agent.name)
    _flush_unique()
    if _set_memberships(agent_id, person) or has_moved:
        record(AgentMoved(agent_id=agent_id), now=now)
    note_change(
        "agent.edited",
        subject_kind="agent",
        subject_id=agent_id,
        by=by,
        now=now,
        role=person.role,
        store_ids=sorted(person.store_ids),
        region_ids=sorted(person.region_ids),
    )


def deactivate_agent(*, agent_id: int, by: Actor, now: datetime) -> None:
    """A person leaves: sessions end, password and PIN are gone, keys bound to them are revoked, history stays.

    Raises NotFound, Invalid for oneself, Conflict for the last administrator.
    """
    if by.agent_id == agent_id:
        raise Invalid(N_("You cannot deactivate yourself. Please ask another administrator."))
    agent = _locked(agent_id)
    if agent.role is Role.ADMINISTRATOR:
        _check_other_administrator(agent_id)
    agent.deactivated_at = now
    agent.session_epoch += 1
    agent.password_hash = agent.pin_hash = None
    db.session.execute(
        update(ApiKey).where(ApiKey.agent_id == agent_id, ApiKey.revoked_at.is_(None)).values(revoked_at=now)
    )
    note_change("agent.deactivated", subject_kind="agent", subject_id=agent_id, by=by, now=now)
    record(AgentLeft(agent_id=agent_id), now=now)


def _add(person: Person, now: datetime) -> Agent:
    _check_reach(person)
    name = clean_person_name(person.name)
    agent = Agent(
        email=_clean_email(person.email),
        name=name,
        sort_key=fold(name),
        role=person.role,
        language=person.language,
        created_at=now,
    )
    db.session.add(agent)
    _flush_unique()
    _set_memberships(agent.id, person)
    return agent


def _set_memberships(agent_id: int, person: Person) -> bool:
    """Kept as they are when nothing changes, because the first one is the home store. Whether something did."""
    is_central = person.role in WHOLE_CHAIN
    stores = set() if is_central or needs_region(person.role) else set(person.store_ids)
    regions = set(person.region_ids) if needs_region(person.role) else set()
    kept = db.session.scalars(select(Membership).where(Membership.agent_id == agent_id)).all()
    gone = [row.id for row in kept if row.store_id not in stores and row.region_id not in regions]
    db.session.execute(delete(Membership).where(Membership.id.in_(gone)))
    new_stores = stores - {row.store_id for row in kept}
    new_regions = regions - {row.region_id for row in kept}
    db.session.add_all(Membership(agent_id=agent_id, store_id=store) for store in sorted(new_stores))
    db.session.add_all(Membership(agent_id=agent_id, region_id=region) for region in sorted(new_regions))
    db.session.flush()
    return bool(gone or new_stores or new_regions)


def _check_reach(person: Person) -> None:
    if needs_store(person.role) and not person.store_ids:
        raise Invalid(N_("Please choose at least one store for this role."), field="store_ids")
    if needs_region(person.role) and not person.region_ids:
        raise Invalid(N_("Please choose at least one region for this role."), field="region_ids")


def _check_other_administrator(agent_id: int) -> None:
    """Locks the administrators, so that two of them cannot remove each other at once."""
    others = db.session.scalars(
        select(Agent.id)
        .where(Agent.role == Role.ADMINISTRATOR, Agent.deactivated_at.is_(None))
        .order_by(Agent.id)
        .with_for_update()
    )
    if set(others) <= {agent_id}:
        raise Conflict(N_("This is the last administrator. Please appoint another one first."))


def _clean_email(email: str) -> str:
    try:
        return validate_email(email.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        raise Invalid(
            N_("Please give a complete mail address, such as name@example.com."), field="email"
        ) from None


def _flush_unique() -> None:
    """The unique key decides, not a look before: two administrators may invite the same person at once."""
    try:
        db.session.flush()
    except IntegrityError:
        raise Invalid(N_("This mail address already belongs to somebody."), field="email") from None


def _locked(agent_id: int) -> Agent:
    agent = db.session.get(Agent, agent_id, with_for_update=True)
    if agent is None:
        raise NotFound(NO_AGENT)
    return agent
