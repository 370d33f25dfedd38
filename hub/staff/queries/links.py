"""Whom a signed link belongs to, and the tokens that mails to staff carry."""

from datetime import datetime

from hub.core.db import db
from hub.core.errors import Gone
from hub.core.text import N_
from hub.staff import links
from hub.staff.models import Agent
from hub.staff.queries.people import AgentCard, get_agent

USED = N_("This link has already been used or replaced. Please log in, or ask for a new one.")


def invitation_link_token(agent_id: int, epoch: int, *, now: datetime) -> str:
    """For the address `/session/invitation/<token>`, good for 7 days from `now` (machine time)."""
    return links.make(links.INVITATION, links.Claim(agent_id, epoch), now=now)


def password_reset_token(agent_id: int, epoch: int, *, now: datetime) -> str:
    """For the address `/session/password/<token>`, good for one hour from `now` (machine time)."""
    return links.make(links.RESET, links.Claim(agent_id, epoch), now=now)


def get_invited(token: str, *, now: datetime) -> AgentCard:
    """Whose invitation this is. Raises NotFound (mangled) or Gone (expired, used, replaced, person left)."""
    return get_agent(_claimed(links.INVITATION, token, now=now).id)


def get_resetting(token: str, *, now: datetime) -> AgentCard:
    """Whose forgotten password this is about. Raises as get_invited."""
    return get_agent(_claimed(links.RESET, token, now=now).id)


def _claimed(purpose: str, token: str, *, now: datetime) -> Agent:
    claim = links.read(purpose, token, now=now)
    agent = db.session.get(Agent, claim.agent_id)
    if agent is None or agent.deactivated_at is not None or agent.session_epoch != claim.epoch:
        raise Gone(USED)
    return agent
