"""Known contacts: Dora's mail to Lyon, a ticket of hers, a viewer."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from hub.content.actions import publish_builtin_templates
from hub.content.words import TemplateGroup
from hub.core.actor import Actor
from hub.core.words import ActorKind, Channel, Language
from hub.inbox.actions import Incoming, Received, receive_message
from hub.reasons.models import Reason
from hub.staff.models import Agent
from hub.staff.rules import Viewer, scope_of
from hub.stores.models import Store
from tests.conftest import TUESDAY
from tests.makers.stores import make_chain, make_store

CONTACTS = (TemplateGroup.EXCHANGES, TemplateGroup.SURVEY, TemplateGroup.STAFF)
"""What a house writes when customers write to it; the letters of the plans are published by those who send them."""


def make_house(session: Session) -> Store:
    """A chain that can write mails, with one store in Lyon."""
    make_chain(session)
    publish_builtin_templates(now=TUESDAY, groups=CONTACTS)
    return make_store(session)


def make_reason(session: Session, key: str = "delivery", *, is_grievance: bool = False) -> Reason:
    row = Reason(key=key, name_fr=f"Motif {key}", name_en=f"Reason {key}", is_grievance=is_grievance)
    session.add(row)
    session.flush()
    return row


def make_incoming(**fields: Any) -> Incoming:
    """A mail of Dora to the store in Lyon."""
    return Incoming(
        **{
            "channel": Channel.EMAIL,
            "from_address": "dora@client.example",
            "from_name": "Dora Lefèvre",
            "recipients": ("lyon-part-dieu@hub.example",),
            "subject": "Ma lampe est arrivée cassée",
            "text": "Bonjour, que dois-je faire ?",
            "mail_message_id": "<1@client.example>",
            "language": Language.FRENCH,
            **fields,
        }
    )


def make_received(now: datetime = TUESDAY, **fields: Any) -> Received:
    """The ticket that Dora's mail opens."""
    return receive_message(make_incoming(**fields), now=now)


def actor_of(agent: Agent) -> Actor:
    return Actor(ActorKind.AGENT, agent_id=agent.id, name=agent.name)


def viewer_of(agent: Agent, *store_ids: int) -> Viewer:
    return Viewer(
        agent_id=agent.id,
        name=agent.name,
        email=agent.email,
        role=agent.role,
        language=agent.language,
        scope=scope_of(agent.role, frozenset(store_ids)),
        session_epoch=0,
    )
