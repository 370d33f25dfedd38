"""Who loses a store loses its tickets: the same person, the same tickets, whatever took the store away."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.core.audit import AuditEntry
from hub.inbox import actions as inbox
from hub.inbox.models import Ticket
from hub.inbox.words import TicketState
from hub.reactions import drain
from hub.staff import actions as staff
from hub.staff.actions import Person
from hub.staff.models import Agent
from hub.staff.words import Role
from hub.stores import actions as stores
from hub.stores.models import Store
from tests.conftest import TUESDAY, HandClock
from tests.makers.inbox import make_house, make_received
from tests.makers.staff import make_agent
from tests.makers.stores import make_region, make_store

Scene = tuple[Agent, Store, Store]


@pytest.fixture
def scene(session: Session, hand_clock: HandClock) -> Scene:
    """Ada has two tickets of Lyon, one solved, and one of Lille."""
    lyon, lille = make_house(session), make_store(session, "Lille", code="LIL")
    ada = make_agent(session, store_ids=(lyon.id, lille.id))
    for number, store in enumerate((lyon, lyon, lille)):
        received = make_received(
            from_address=f"c{number}@client.example",
            recipients=(f"{store.mailbox}@hub.example",),
            mail_message_id=f"<{number}@client.example>",
        )
        inbox.assign(ticket_id=received.ticket_id or 0, assignee_id=ada.id, by=SYSTEM, now=TUESDAY)
    ticket = session.scalars(select(Ticket).order_by(Ticket.id)).first()
    assert ticket is not None
    ticket.state = TicketState.SOLVED
    settle()
    return ada, lyon, lille


def settle() -> None:
    while drain.work_facts(lambda: None):
        pass


def kept(session: Session) -> list[int | None]:
    session.expire_all()
    return list(session.scalars(select(Ticket.assignee_id).order_by(Ticket.id)))


def edit(ada: Agent, **changes: object) -> None:
    person = Person(email=ada.email, name=ada.name, role=ada.role)
    staff.edit_agent(
        agent_id=ada.id,
        person=replace(person, **changes),  # type: ignore[arg-type]
        by=SYSTEM,
        now=TUESDAY,
    )
    settle()


def test_a_store_that_is_taken_away_takes_its_tickets_and_says_so(session: Session, scene: Scene) -> None:
    ada, _lyon, lille = scene
    edit(ada, store_ids=(lille.id,))
    assert kept(session) == [None, None, ada.id]
    told = (
        select(AuditEntry.data).where(AuditEntry.action == "ticket.assigned").order_by(AuditEntry.id.desc())
    )
    lines = session.scalars(told.limit(2)).all()
    assert [(line["from_id"], line["assignee_id"]) for line in lines] == [(ada.id, None)] * 2


@pytest.mark.parametrize("role", [Role.DELIVERY, Role.MARKETER, Role.MANAGER])
def test_a_role_that_does_not_answer_keeps_no_ticket(session: Session, scene: Scene, role: Role) -> None:
    ada, lyon, lille = scene
    edit(ada, role=role, store_ids=(lyon.id, lille.id))
    assert kept(session) == [None, None, None]


def test_who_leaves_keeps_none_and_who_is_only_renamed_keeps_all(session: Session, scene: Scene) -> None:
    ada, lyon, lille = scene
    edit(ada, name="Ada Verel", store_ids=(lyon.id, lille.id))
    edit(ada, role=Role.HEAD_OFFICE, store_ids=())
    assert kept(session) == [ada.id] * 3
    staff.deactivate_agent(agent_id=ada.id, by=SYSTEM, now=TUESDAY)
    settle()
    assert kept(session) == [None] * 3


def test_a_store_that_leaves_its_region_leaves_the_region_manager(session: Session, scene: Scene) -> None:
    ada, lyon, _lille = scene
    lyon.region_id = make_region(session).id
    session.flush()
    ines = make_agent(session, "Ines Faure", role=Role.REGION_MANAGER, region_ids=(lyon.region_id,))
    last = session.scalars(
        select(Ticket.id).where(Ticket.store_id == lyon.id).order_by(Ticket.id.desc())
    ).first()
    inbox.assign(ticket_id=last or 0, assignee_id=ines.id, by=SYSTEM, now=TUESDAY)
    stores.edit_region(region_id=lyon.region_id, name="Sud", store_ids=(), by=SYSTEM, now=TUESDAY)
    settle()
    assert kept(session) == [ada.id, None, ada.id]
