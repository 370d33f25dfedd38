"""Gestures of goodwill: who gives how much alone, who decides above it, and what they cost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.core.errors import Conflict, Forbidden, Invalid, NotFound
from hub.inbox import actions
from hub.inbox.gestures import DEFAULT_CEILINGS, may_decide, read_ceilings
from hub.inbox.models import Gesture, Notice, Ticket
from hub.inbox.queries.gestures import GestureList, list_gestures
from hub.inbox.words import GestureState, NoticeKind
from hub.loyalty.models import PromoGrant
from hub.loyalty.queries import get_pool
from hub.loyalty.words import GrantState
from hub.orders.models import Order
from hub.staff.models import Agent
from hub.staff.queries import get_viewer
from hub.staff.rules import SYSTEM_VIEWER
from hub.staff.words import Role
from hub.statistics import queries as statistics
from hub.statistics.gestures import get_gesture_costs
from hub.stores.models import Store
from tests.conftest import TUESDAY
from tests.makers.inbox import actor_of, make_house, make_received
from tests.makers.loyalty import make_pool
from tests.makers.orders import make_order
from tests.makers.staff import make_agent
from tests.makers.statistics import work_off
from tests.makers.stores import make_store


class House:
    """Lyon with an agent and a manager, and a ticket of Dora's."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.lyon: Store = make_house(session)
        self.agent = make_agent(session, email="agent@verel.example", store_ids=(self.lyon.id,))
        self.manager = make_agent(
            session, "Max", email="max@verel.example", role=Role.STORE_MANAGER, store_ids=(self.lyon.id,)
        )
        self.ticket_id = make_received().ticket_id or 0

    def refund(self, cents: int, *, by: Agent | None = None, key: str | None = None) -> Gesture:
        gesture_id = actions.offer_refund(
            ticket_id=self.ticket_id, amount_cents=cents, text="Colis perdu", key=key,
            by=actor_of(by or self.agent), now=TUESDAY,
        )  # fmt: skip
        return self.session.get_one(Gesture, gesture_id)

    def decide(self, row: Gesture, by: Agent, *, is_granted: bool = True) -> None:
        actions.decide_gesture(
            gesture_id=row.id, is_granted=is_granted, viewer=get_viewer(by.id), now=TUESDAY
        )

    def told(self, kind: NoticeKind) -> set[int]:
        return set(self.session.scalars(select(Notice.agent_id).where(Notice.kind == kind)))


@pytest.fixture
def house(session: Session) -> House:
    return House(session)


@given(st.sampled_from(list(Role)), st.integers(-5, 2_000_000))
def test_nobody_gives_above_the_ceiling(role: Role, cents: int) -> None:
    assert may_decide(role, cents, DEFAULT_CEILINGS) == (0 < cents <= DEFAULT_CEILINGS.get(role, 0))


def test_within_the_ceiling_it_is_granted_at_once_and_once(house: House) -> None:
    row = house.refund(1_000, key="same form")
    assert (row.state, row.decided_by_id) == (GestureState.GRANTED, house.agent.id)
    assert house.refund(1_000, key="same form").id == row.id


def test_small_gestures_of_one_person_on_one_ticket_add_up(house: House) -> None:
    assert house.refund(600).state is GestureState.GRANTED
    assert house.refund(600).state is GestureState.ASKED


def test_nobody_decides_an_own_gesture_beyond_what_he_or_she_may_give_alone(house: House) -> None:
    """Five times ten euros with a ceiling of ten end at the first; the button is not there either."""
    rows = [house.refund(1_000) for _ in range(5)]
    for row in rows[1:]:
        assert row.state is GestureState.ASKED
        with pytest.raises(Forbidden):
            house.decide(row, house.agent)
    assert rows[0].state is GestureState.GRANTED
    own = list_gestures(GestureList.TO_DECIDE, get_viewer(house.agent.id)).rows
    assert [row.may_decide for row in own] == [False] * 4
    assert house.told(NoticeKind.GESTURE_ASKED) == {house.manager.id}
    house.decide(rows[1], house.manager)
    assert rows[1].state is GestureState.GRANTED


def test_what_the_asker_alone_could_decide_in_the_store_goes_to_the_head_office(house: House) -> None:
    office = make_agent(house.session, "Hugo", email="hugo@verel.example", role=Role.HEAD_OFFICE)
    assert house.refund(3_000, by=house.manager).state is GestureState.GRANTED
    assert house.refund(3_000, by=house.manager).state is GestureState.ASKED
    assert house.told(NoticeKind.GESTURE_ASKED) == {office.id}


def test_above_it_those_who_may_are_asked_and_told(house: House) -> None:
    row = house.refund(4_000)
    assert row.state is GestureState.ASKED
    assert house.told(NoticeKind.GESTURE_ASKED) == {house.manager.id}
    with pytest.raises(Forbidden):
        house.decide(row, house.agent)
    house.decide(row, house.manager)
    assert row.state is GestureState.GRANTED
    assert house.told(NoticeKind.GESTURE_DECIDED) == {house.agent.id}
    with pytest.raises(Conflict):
        house.decide(row, house.manager, is_granted=False)
    actions.note_refund_made(gesture_id=row.id, viewer=get_viewer(house.manager.id), now=TUESDAY)
    assert row.state is GestureState.DONE


def test_the_store_has_nobody_who_may_so_the_head_office_is_asked(house: House) -> None:
    office = make_agent(house.session, "Hugo", email="hugo@verel.example", role=Role.HEAD_OFFICE)
    house.refund(20_000)
    assert house.told(NoticeKind.GESTURE_ASKED) == {office.id}


def test_another_store_neither_sees_nor_decides(house: House) -> None:
    row = house.refund(4_000)
    lille = make_store(house.session, name="Lille", code="LIL")
    other = make_agent(
        house.session, "Lola", email="lola@verel.example", role=Role.STORE_MANAGER, store_ids=(lille.id,)
    )
    assert not list_gestures(GestureList.ALL, get_viewer(other.id)).rows
    assert list_gestures(GestureList.TO_DECIDE, get_viewer(house.manager.id)).rows[0].may_decide
    with pytest.raises(NotFound):
        house.decide(row, other)


def test_a_refund_is_never_more_than_what_was_paid(house: House) -> None:
    ticket = house.session.get_one(Ticket, house.ticket_id)
    assert ticket.customer_id is not None
    order = make_order(
        house.session, customer_id=ticket.customer_id, store_id=house.lyon.id, total_cents=1_500
    )
    ticket.order_id = order.id
    house.session.flush()
    house.refund(1_000)
    with pytest.raises(Invalid):
        house.refund(600, by=house.manager)


def bind(house: House, number: str, cents: int) -> Order:
    """The ticket is about this order of Dora's from now on."""
    customer_id = house.session.get_one(Ticket, house.ticket_id).customer_id or 0
    order = make_order(
        house.session, customer_id=customer_id, store_id=house.lyon.id, external_id=number, total_cents=cents
    )
    actions.change_order(
        ticket_id=house.ticket_id, order_number=number, by=actor_of(house.agent), now=TUESDAY
    )
    return order


def test_an_order_is_not_paid_back_again_after_the_ticket_named_another(house: House) -> None:
    bind(house, "A1", 1_500)
    house.refund(1_000)
    bind(house, "A2", 1_500)
    house.refund(1_500, by=house.manager)
    actions.change_order(ticket_id=house.ticket_id, order_number="A1", by=actor_of(house.agent), now=TUESDAY)
    with pytest.raises(Invalid):
        house.refund(501, by=house.manager)
    assert house.refund(500, by=house.manager).amount_cents == 500


def test_what_was_given_before_the_order_was_known_counts_for_it(house: House) -> None:
    house.refund(1_000)
    bind(house, "A1", 1_500)
    with pytest.raises(Invalid):
        house.refund(501, by=house.manager)


def test_another_ticket_of_the_order_counts_too(house: House) -> None:
    bind(house, "A1", 1_500)
    house.refund(1_000)
    house.ticket_id = make_received(mail_message_id="<2@client.example>").ticket_id or 0
    actions.change_order(ticket_id=house.ticket_id, order_number="A1", by=actor_of(house.agent), now=TUESDAY)
    with pytest.raises(Invalid):
        house.refund(600, by=house.manager)


def test_what_came_back_meanwhile_is_not_granted_too(house: House) -> None:
    order = bind(house, "A1", 5_000)
    row = house.refund(4_000)
    order.returned_cents = 2_000
    house.session.flush()
    with pytest.raises(Conflict):
        house.decide(row, house.manager)
    house.decide(row, house.manager, is_granted=False)


def test_a_voucher_is_a_code_that_is_the_customers(house: House) -> None:
    pool = get_pool(make_pool("MERCI-1", discount_percent=None, discount_cents=1_000))
    gesture_id = actions.offer_voucher(
        ticket_id=house.ticket_id, pool_key=pool.key, text="Retard", key=None, by=actor_of(house.agent),
        now=TUESDAY,
    )  # fmt: skip
    row = house.session.get_one(Gesture, gesture_id)
    assert row.state is GestureState.DONE
    assert row.code
    grant = house.session.scalars(select(PromoGrant)).one()
    assert (grant.state, grant.reference) == (GrantState.SENT, f"gesture:{row.id}")
    with pytest.raises(Conflict):
        actions.offer_voucher(
            ticket_id=house.ticket_id, pool_key=pool.key, text="Encore", key=None, by=actor_of(house.manager),
            now=TUESDAY,
        )  # fmt: skip


def test_the_chain_chooses_its_ceilings(house: House) -> None:
    actions.change_ceilings({**DEFAULT_CEILINGS, Role.AGENT: 0}, by=SYSTEM, now=TUESDAY)
    assert house.refund(100).state is GestureState.ASKED
    with pytest.raises(Invalid):
        actions.change_ceilings({Role.AGENT: -1}, by=SYSTEM, now=TUESDAY)
    assert read_ceilings({})[Role.AGENT] == DEFAULT_CEILINGS[Role.AGENT]


def test_what_gestures_cost_is_a_figure_of_the_store(house: House) -> None:
    house.refund(700)
    house.decide(house.refund(4_000), house.manager, is_granted=False)
    work_off()
    found = get_gesture_costs(statistics.read_filters({}, now=TUESDAY), viewer=SYSTEM_VIEWER)
    assert (found.total.cents, found.total.refund_count, found.total.refused_count) == (700, 1, 1)
    assert [(row.store and row.store.name, row.cents) for row in found.by_store] == [(house.lyon.name, 700)]
    assert not get_gesture_costs(
        statistics.read_filters({}, now=TUESDAY),
        viewer=get_viewer(make_agent(house.session, email="x@y.example").id),
    ).by_store
