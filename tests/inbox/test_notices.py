"""What people are told: once while unread, never of their own doing, never of tickets out of sight."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from hub.inbox.actions import mark_read, notify
from hub.inbox.models import Ticket
from hub.inbox.queries import count_unread, list_notices
from hub.inbox.words import NoticeKind
from hub.staff.models import Agent
from hub.stores.models import Store
from tests.conftest import TUESDAY, HandClock
from tests.makers.inbox import actor_of, make_house, make_received, viewer_of
from tests.makers.staff import make_agent

HOUR = timedelta(hours=1)


@pytest.fixture
def lyon(session: Session, hand_clock: HandClock) -> Store:
    return make_house(session)


@pytest.fixture
def ada(session: Session, lyon: Store) -> Agent:
    return make_agent(session, store_ids=(lyon.id,))


@pytest.fixture
def bo(session: Session, lyon: Store) -> Agent:
    return make_agent(session, "Bo Petit", store_ids=(lyon.id,))


@pytest.fixture
def ticket(session: Session, lyon: Store) -> Ticket:
    return session.get_one(Ticket, make_received().ticket_id)


def test_a_notice_is_one_line_until_read(ticket: Ticket, lyon: Store, ada: Agent, bo: Agent) -> None:
    told = [
        notify(
            agent_ids=[ada.id, bo.id],
            kind=NoticeKind.FOLLOWED,
            ticket_id=ticket.id,
            by=actor_of(bo),
            now=TUESDAY + number * HOUR,
        )
        for number in range(2)
    ]
    me = viewer_of(ada, lyon.id)
    assert told == [1, 1]
    (row,) = list_notices(me).rows
    assert (row.ticket_number, row.by_name, row.happened_at) == (ticket.number, "Bo Petit", TUESDAY + HOUR)
    assert (count_unread(me), count_unread(viewer_of(bo, lyon.id))) == (1, 0)
    assert mark_read(agent_id=ada.id, now=TUESDAY + HOUR) == 1
    notify(agent_ids=[ada.id], kind=NoticeKind.FOLLOWED, ticket_id=ticket.id, now=TUESDAY + 2 * HOUR)
    assert [row.is_read for row in list_notices(me).rows] == [False, True]


def test_a_notice_leaves_with_its_ticket(ticket: Ticket, ada: Agent) -> None:
    notify(agent_ids=[ada.id], kind="storm", ticket_id=ticket.id, now=TUESDAY)
    notify(agent_ids=[ada.id], kind="storm", ticket_id=None, now=TUESDAY)
    elsewhere = viewer_of(ada, 987654)
    assert [row.ticket_number for row in list_notices(elsewhere).rows] == [""]
    assert count_unread(elsewhere) == 1


def test_notices_come_by_pages(ticket: Ticket, lyon: Store, ada: Agent) -> None:
    for number in range(5):
        notify(agent_ids=[ada.id], kind=f"kind{number}", ticket_id=ticket.id, now=TUESDAY + number * HOUR)
    first = list_notices(viewer_of(ada, lyon.id), size=3)
    second = list_notices(viewer_of(ada, lyon.id), after=first.next_key, size=3)
    assert [row.kind for row in (*first.rows, *second.rows)] == [f"kind{n}" for n in (4, 3, 2, 1, 0)]
