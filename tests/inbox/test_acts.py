"""What agents do around a ticket: merge and take apart, split, snooze, follow, mention, tag, copy, change who asks."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.actor import Actor
from hub.core.errors import Conflict, Forbidden, Invalid
from hub.core.facts import FactRow
from hub.inbox.actions import (
    add_copy,
    add_note,
    add_tag,
    assign,
    change_order,
    change_requester,
    follow,
    mark_read,
    merge,
    receive_message,
    remove_party,
    remove_tag,
    rename_tag,
    reply,
    snooze,
    solve,
    split,
    switch_tag,
    transfer,
    undo_reply,
    unfollow,
    unmerge,
    wake,
)
from hub.inbox.actions.returning import work_later
from hub.inbox.mentions import find_mentioned
from hub.inbox.models import ReplyWait, Ticket, TicketMessage, TicketParty
from hub.inbox.queries import (
    TicketFilters,
    count_unread,
    get_marks,
    list_events,
    list_notices,
    list_parties,
    list_tags,
    list_thread,
    list_tickets,
    list_waits,
)
from hub.inbox.snoozes import SnoozeUntil
from hub.inbox.words import InboxView, TicketState
from hub.outbox.models import Hold, OutboundMessage
from hub.outbox.words import MessageState
from hub.staff.models import Agent
from hub.staff.rules import Viewer
from hub.stores.models import Store
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer
from tests.makers.inbox import actor_of, make_house, make_incoming, make_reason, make_received, viewer_of
from tests.makers.orders import make_order
from tests.makers.staff import make_agent
from tests.makers.stores import make_store

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
def by(ada: Agent) -> Actor:
    return actor_of(ada)


@pytest.fixture
def ticket(session: Session, lyon: Store) -> Ticket:
    return session.get_one(Ticket, make_received().ticket_id)


def another(session: Session, hours: int = 1, number: int = 2, **fields: object) -> Ticket:
    """A second ticket of Dora's, some hours later."""
    fields = {"mail_message_id": f"<{number}@client.example>", "subject": "Autre chose", **fields}
    return session.get_one(Ticket, make_received(TUESDAY + hours * HOUR, **fields).ticket_id)


def add_mail(ticket: Ticket, number: int, hours: int, **fields: object) -> None:
    """The customer, or somebody else, writes again in the thread."""
    mail = make_incoming(
        mail_message_id=f"<{number}@client.example>", in_reply_to="<1@client.example>", **fields
    )
    assert receive_message(mail, now=TUESDAY + hours * HOUR).ticket_id == ticket.id


def picture(ticket: Ticket, session: Session) -> tuple[object, ...]:
    """What taking apart must bring back."""
    session.flush()
    waits = [
        (row.started_at, row.ended_at, row.dropped_at, row.target_seconds) for row in list_waits(ticket.id)
    ]
    parties = [(row.address, row.is_requester, row.is_cc) for row in list_parties(ticket.id)]
    dues = (ticket.waiting_since, ticket.due_at, ticket.missed_at, ticket.solved_at, ticket.first_solved_at)
    return ticket.state, dues, waits, parties, [row.id for row in list_thread(ticket.id)]


def waits_of(session: Session, view: InboxView, viewer: Viewer) -> list[int]:
    return [row.id for row in list_tickets(TicketFilters(view=view), viewer).rows]


class TestMerge:
    def test_a_merge_can_be_taken_apart(self, session: Session, ticket: Ticket, by: Actor) -> None:
        other = another(session)
        add_copy(ticket_id=ticket.id, address="Mari@client.example", name="", by=by, now=TUESDAY + HOUR)
        before = picture(ticket, session), picture(other, session)
        merge(ticket_id=ticket.id, into_id=other.id, by=by, now=TUESDAY + 2 * HOUR)
        assert other.waiting_since == TUESDAY  # the oldest unanswered message of both
        assert "mari@client.example" in {row.address for row in list_parties(other.id)}
        assert len(list_thread(other.id)) == 4
        unmerge(ticket_id=ticket.id, by=by, now=TUESDAY + 3 * HOUR)
        assert (picture(ticket, session), picture(other, session)) == before
        told = [event.action for event in (*list_events(ticket.id), *list_events(other.id))]
        assert {"merged", "unmerged", "took_over", "gave_back"} <= set(told)

    def test_a_solved_target_is_solved_again(
        self, session: Session, ticket: Ticket, by: Actor, lyon: Store
    ) -> None:
        other = another(session)
        reason = make_reason(session)
        solve(ticket_id=other.id, reason_id=reason.id, by=by, now=TUESDAY + 2 * HOUR)
        before = picture(ticket, session), picture(other, session), other.reopened_count
        merge(ticket_id=ticket.id, into_id=other.id, by=by, now=TUESDAY + 3 * HOUR)
        assert other.state is TicketState.OPEN
        unmerge(ticket_id=ticket.id, by=by, now=TUESDAY + 4 * HOUR)
        assert (picture(ticket, session), picture(other, session), other.reopened_count) == before

    def test_an_answered_joint_ticket_stays_one(self, session: Session, ticket: Ticket, by: Actor) -> None:
        other = another(session)
        merge(ticket_id=ticket.id, into_id=other.id, by=by, now=TUESDAY + 2 * HOUR)
        reply(ticket_id=other.id, text="Pour les deux.", by=by, now=TUESDAY + 3 * HOUR)
        with pytest.raises(Conflict, match="answered in the joint ticket"):
            unmerge(ticket_id=ticket.id, by=by, now=TUESDAY + 4 * HOUR)
        with pytest.raises(Conflict, match="not merged"):
            unmerge(ticket_id=other.id, by=by, now=TUESDAY + 4 * HOUR)


class TestSplit:
    def test_chosen_messages_get_a_ticket_of_their_own(
        self, session: Session, ticket: Ticket, by: Actor, lyon: Store
    ) -> None:
        reply(ticket_id=ticket.id, text="Bonjour", by=by, now=TUESDAY + HOUR)
        add_mail(ticket, 2, 2, text="Et ma facture ?")
        add_mail(ticket, 3, 3, text="Pour la lampe, merci.")
        invoice = next(row for row in list_thread(ticket.id) if row.text == "Et ma facture ?")
        made = split(
            ticket_id=ticket.id, message_ids=[invoice.id], subject="Facture", by=by, now=TUESDAY + 4 * HOUR
        )
        fresh = session.get_one(Ticket, made.ticket_id)
        assert (fresh.subject, fresh.store_id, fresh.customer_id) == ("Facture", lyon.id, ticket.customer_id)
        assert (fresh.related_ticket_id, fresh.state) == (ticket.id, TicketState.NEW)
        assert [row.text for row in list_thread(fresh.id)] == ["Et ma facture ?"]
        assert (fresh.waiting_since, ticket.waiting_since) == (TUESDAY + 2 * HOUR, TUESDAY + 3 * HOUR)
        assert [wait.started_at for wait in list_waits(ticket.id)] == [TUESDAY, TUESDAY + 3 * HOUR]
        assert fresh.first_replied_at is None
        events = {event.action: event.data for event in (*list_events(ticket.id), *list_events(fresh.id))}
        assert events["split_off"]["into_number"] == made.number
        assert events["split_from"]["from_number"] == ticket.number

    def test_an_answer_to_a_moved_mail_goes_where_it_moved(
        self, session: Session, ticket: Ticket, by: Actor
    ) -> None:
        add_mail(ticket, 2, 1, text="Et ma facture ?")
        moved = list_thread(ticket.id)[-1].id
        made = split(ticket_id=ticket.id, message_ids=[moved], subject="", by=by, now=TUESDAY + 2 * HOUR)
        mail = make_incoming(mail_message_id="<9@client.example>", in_reply_to="<2@client.example>")
        assert receive_message(mail, now=TUESDAY + 3 * HOUR).ticket_id == made.ticket_id

    def test_a_stranger_becomes_the_requester_of_what_he_wrote(
        self, session: Session, ticket: Ticket, by: Actor
    ) -> None:
        add_mail(ticket, 2, 1, from_address="paul@autre.example", from_name="Paul Autre", text="Moi aussi.")
        moved = list_thread(ticket.id)[-1].id
        made = split(ticket_id=ticket.id, message_ids=[moved], subject="", by=by, now=TUESDAY + 2 * HOUR)
        fresh = session.get_one(Ticket, made.ticket_id)
        assert (fresh.requester_address, fresh.requester_name) == ("paul@autre.example", "Paul Autre")
        assert fresh.customer_id != ticket.customer_id

    def test_each_store_keeps_its_share_of_a_moved_wait(
        self, session: Session, ticket: Ticket, by: Actor, lyon: Store
    ) -> None:
        lille = make_store(session, "Lille", code="LIL")
        add_mail(ticket, 2, 1, text="Et ma facture ?")
        transfer(ticket_id=ticket.id, store_id=lille.id, by=by, now=TUESDAY + 3 * HOUR)
        moved = [row.id for row in list_thread(ticket.id) if row.text == "Et ma facture ?"]
        made = split(ticket_id=ticket.id, message_ids=moved, subject="", by=by, now=TUESDAY + 4 * HOUR)
        shares = [(wait.store_id, wait.started_at) for wait in list_waits(made.ticket_id)]
        assert shares == [(lyon.id, TUESDAY + HOUR), (lille.id, TUESDAY + 3 * HOUR)]

    def test_something_must_move_and_something_stay(self, ticket: Ticket, by: Actor) -> None:
        note = add_note(ticket_id=ticket.id, text="Vu.", by=by, now=TUESDAY + HOUR)
        everything = [row.id for row in list_thread(ticket.id)]
        for chosen in ([], [note], everything):
            with pytest.raises(Invalid):
                split(ticket_id=ticket.id, message_ids=chosen, subject="", by=by, now=TUESDAY + HOUR)


class TestSnooze:
    def test_it_is_out_of_sight_until_the_store_opens(
        self, session: Session, ticket: Ticket, ada: Agent, by: Actor, lyon: Store, hand_clock: HandClock
    ) -> None:
        me = viewer_of(ada, lyon.id)
        due_at = ticket.due_at
        until = snooze(ticket_id=ticket.id, choice=SnoozeUntil.TOMORROW, by=by, now=TUESDAY)
        assert until == TUESDAY + 24 * HOUR
        assert [waits_of(session, view, me) for view in (InboxView.WAITING, InboxView.OPEN)] == [[], []]
        assert waits_of(session, InboxView.SNOOZED, me) == [ticket.id]
        assert (ticket.waiting_since, ticket.due_at) == (TUESDAY, due_at)  # the customer's clock runs on
        session.commit()
        work_later(lambda: None)
        assert waits_of(session, InboxView.WAITING, me) == []
        hand_clock.now = until
        work_later(lambda: None)
        assert waits_of(session, InboxView.WAITING, me) == [ticket.id]
        assert [(row.kind, row.data) for row in list_notices(me).rows] == [("woke", {"why": "time"})]

    def test_the_customer_wakes_it(
        self, session: Session, ticket: Ticket, ada: Agent, by: Actor, lyon: Store
    ) -> None:
        snooze(ticket_id=ticket.id, choice=SnoozeUntil.DATE, day=date(2026, 3, 20), by=by, now=TUESDAY)
        add_mail(ticket, 2, 1)
        assert ticket.snoozed_until is None
        assert list_notices(viewer_of(ada, lyon.id)).rows[0].data == {"why": "customer"}

    def test_a_late_ticket_is_seen_whatever_was_chosen(
        self, session: Session, ticket: Ticket, ada: Agent, by: Actor, lyon: Store
    ) -> None:
        snooze(ticket_id=ticket.id, choice=SnoozeUntil.DATE, day=date(2026, 3, 20), by=by, now=TUESDAY)
        ticket.missed_at = TUESDAY + 5 * HOUR
        session.flush()
        assert waits_of(session, InboxView.WAITING, viewer_of(ada, lyon.id)) == [ticket.id]

    def test_ending_or_moving_ends_it(self, session: Session, ticket: Ticket, by: Actor) -> None:
        snooze(ticket_id=ticket.id, choice=SnoozeUntil.TOMORROW, by=by, now=TUESDAY)
        wake(ticket_id=ticket.id, by=by, now=TUESDAY)
        assert ticket.snoozed_until is None
        snooze(ticket_id=ticket.id, choice=SnoozeUntil.TOMORROW, by=by, now=TUESDAY)
        solve(ticket_id=ticket.id, reason_id=make_reason(session).id, by=by, now=TUESDAY)
        assert ticket.snoozed_until is None
        with pytest.raises(Conflict):
            snooze(ticket_id=ticket.id, choice=SnoozeUntil.TOMORROW, by=by, now=TUESDAY)


class TestFollow:
    def test_followers_hear_of_what_others_do(
        self, ticket: Ticket, ada: Agent, bo: Agent, by: Actor, lyon: Store
    ) -> None:
        me = viewer_of(ada, lyon.id)
        follow(ticket_id=ticket.id, by=by, now=TUESDAY)
        follow(ticket_id=ticket.id, by=by, now=TUESDAY)
        assert (
            get_marks(ticket.id, viewer_of(ada)).is_followed,
            get_marks(ticket.id, viewer_of(bo)).is_followed,
        ) == (
            True,
            False,
        )
        for what, act in (
            ("customer_wrote", lambda: add_mail(ticket, 2, 1)),
            ("replied", lambda: reply(ticket_id=ticket.id, text="Oui", by=actor_of(bo), now=TUESDAY)),
            ("noted", lambda: add_note(ticket_id=ticket.id, text="Vu", by=actor_of(bo), now=TUESDAY)),
        ):
            mark_read(agent_id=ada.id, now=TUESDAY)
            act()
            assert [row.data for row in list_notices(me).rows if not row.is_read] == [{"what": what}]
        mark_read(agent_id=ada.id, now=TUESDAY)
        add_note(ticket_id=ticket.id, text="Moi-même", by=by, now=TUESDAY)
        unfollow(ticket_id=ticket.id, by=by)
        add_note(ticket_id=ticket.id, text="Encore", by=actor_of(bo), now=TUESDAY)
        assert count_unread(me) == 0

    def test_a_mention_tells_and_makes_a_follower(
        self, session: Session, ticket: Ticket, ada: Agent, bo: Agent, by: Actor, lyon: Store
    ) -> None:
        far = make_agent(session, "Zoé Loin", store_ids=(make_store(session, "Lille", code="LIL").id,))
        add_note(ticket_id=ticket.id, text="@bo petit et @Zoé, une idée ?", by=by, now=TUESDAY)
        assert get_marks(ticket.id, viewer_of(bo)).is_followed
        assert [row.kind for row in list_notices(viewer_of(bo, lyon.id)).rows] == ["mentioned"]
        assert not get_marks(ticket.id, viewer_of(far)).is_followed  # Zoé does not see tickets of Lyon

    def test_who_gets_a_ticket_is_told_but_not_by_himself(
        self, ticket: Ticket, ada: Agent, bo: Agent, by: Actor, lyon: Store
    ) -> None:
        assign(ticket_id=ticket.id, assignee_id=ada.id, by=by, now=TUESDAY)
        assign(ticket_id=ticket.id, assignee_id=bo.id, by=by, now=TUESDAY)
        assert count_unread(viewer_of(ada, lyon.id)) == 0
        assert [row.kind for row in list_notices(viewer_of(bo, lyon.id)).rows] == ["assigned"]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("@Anne Morel-Petit regarde", [2]),
        ("@anne morel regarde", [1]),
        ("@ANNE MOREL, @Édouard", [1, 3]),
        ("@edouard le gall!", [3]),
        ("@Anne ?", []),  # two Annes: nobody is guessed
        ("anne@morel.example", []),
        ("@Annelise Morel", []),
    ],
)
def test_a_name_after_an_at(text: str, named: list[int]) -> None:
    assert find_mentioned(text, {1: "Anne Morel", 2: "Anne Morel-Petit", 3: "Édouard Le Gall"}) == named


class TestTags:
    def test_a_tag_is_one_however_it_is_typed(self, ticket: Ticket, ada: Agent, by: Actor) -> None:
        first = add_tag(ticket_id=ticket.id, name="#Série limitée", by=by, now=TUESDAY, may_make=True)
        second = add_tag(ticket_id=ticket.id, name="serie  LIMITEE", by=by, now=TUESDAY, may_make=False)
        assert first == second
        assert [(row.name, row.ticket_count) for row in list_tags()] == [("Série limitée", 1)]
        rename_tag(tag_id=first, name="Édition", by=by, now=TUESDAY)
        assert [row.name for row in get_marks(ticket.id, viewer_of(ada)).tags] == ["Édition"]
        remove_tag(ticket_id=ticket.id, tag_id=first, by=by, now=TUESDAY)
        assert get_marks(ticket.id, viewer_of(ada)).tags == ()
        told = [(event.action, event.data["tag_id"]) for event in list_events(ticket.id)]
        assert told == [("tagged", first), ("untagged", first)]

    def test_new_and_retired_ones_are_refused(self, ticket: Ticket, by: Actor) -> None:
        with pytest.raises(Forbidden, match="ask the head office"):
            add_tag(ticket_id=ticket.id, name="inventé", by=by, now=TUESDAY, may_make=False)
        tag_id = add_tag(ticket_id=ticket.id, name="vieux", by=by, now=TUESDAY, may_make=True)
        switch_tag(tag_id=tag_id, is_active=False, by=by, now=TUESDAY)
        for name in ("vieux", "  # ", "a,b", "x" * 41):
            with pytest.raises(Invalid):
                add_tag(ticket_id=ticket.id, name=name, by=by, now=TUESDAY, may_make=True)


class TestPeople:
    def test_copies_leave_with_the_reply_and_are_taken_back_with_it(
        self, session: Session, ticket: Ticket, by: Actor
    ) -> None:
        add_copy(ticket_id=ticket.id, address="mari@client.example", name="Marc", by=by, now=TUESDAY)
        done = reply(ticket_id=ticket.id, text="Bonjour", by=by, now=TUESDAY, undo_seconds=10)
        found = select(OutboundMessage).where(OutboundMessage.source_id == ticket.id)
        sent = {row.recipient: row for row in session.scalars(found) if row.values.get("reply_text")}
        assert set(sent) == {"dora@client.example", "mari@client.example"}
        undo_reply(ticket_id=ticket.id, message_id=done.message_id, by=by, now=TUESDAY)
        session.expire_all()
        assert {row.state for row in sent.values()} == {MessageState.CANCELLED}
        token = sent["mari@client.example"].reply_to or ""
        answer = make_incoming(
            from_address="mari@client.example", recipients=(token,), mail_message_id="<8@client.example>"
        )
        assert receive_message(answer, now=TUESDAY + HOUR).ticket_id == ticket.id
        assert not list_thread(ticket.id)[-1].is_stranger

    def test_a_party_that_was_removed_gets_nothing(self, session: Session, ticket: Ticket, by: Actor) -> None:
        party = add_copy(ticket_id=ticket.id, address="mari@client.example", name="", by=by, now=TUESDAY)
        remove_party(ticket_id=ticket.id, party_id=party, by=by, now=TUESDAY)
        reply(ticket_id=ticket.id, text="Bonjour", by=by, now=TUESDAY)
        found = select(OutboundMessage.recipient).where(OutboundMessage.source_id == ticket.id)
        assert "mari@client.example" not in set(session.scalars(found))
        own = session.scalars(select(TicketParty).where(TicketParty.ticket_id == ticket.id)).first()
        assert own is not None
        with pytest.raises(Conflict):
            remove_party(ticket_id=ticket.id, party_id=own.id, by=by, now=TUESDAY)
        with pytest.raises(Invalid):
            add_copy(ticket_id=ticket.id, address="dora@client.example", name="", by=by, now=TUESDAY)

    def test_another_customer_takes_the_hold_along(self, session: Session, ticket: Ticket, by: Actor) -> None:
        other = make_customer(session, "Paul", "Roux", mail="paul@client.example", phone=None).id
        ticket.is_grievance = True
        change_requester(ticket_id=ticket.id, customer_id=other, by=by, now=TUESDAY)
        held = select(Hold.customer_id).where(Hold.source_id == ticket.id, Hold.lifted_at.is_(None))
        assert set(session.scalars(held)) == {other}
        assert (ticket.requester_address, ticket.requester_name) == ("paul@client.example", "Paul Roux")
        assert [row.address for row in list_parties(ticket.id) if row.is_requester] == ["paul@client.example"]
        (event,) = list_events(ticket.id)
        assert (event.action, event.data["customer_id"]) == ("requester_changed", other)
        told = select(FactRow.customer_id).where(FactRow.kind == "TicketRequesterChanged")
        assert session.scalars(told).one() == other

    def test_the_order_is_chosen_by_its_number(self, session: Session, ticket: Ticket, by: Actor) -> None:
        assert ticket.customer_id
        assert ticket.store_id
        order = make_order(session, customer_id=ticket.customer_id, store_id=ticket.store_id)
        change_order(ticket_id=ticket.id, order_number=f"#{order.external_id}", by=by, now=TUESDAY)
        assert ticket.order_id == order.id
        with pytest.raises(Invalid, match="no order NOPE"):
            change_order(ticket_id=ticket.id, order_number="NOPE", by=by, now=TUESDAY)
        change_order(ticket_id=ticket.id, order_number="", by=by, now=TUESDAY)
        assert ticket.order_id is None
        assert [event.data["order_id"] for event in list_events(ticket.id)] == [order.id, None]


def test_waits_are_rows_of_one_ticket(session: Session, ticket: Ticket, by: Actor) -> None:
    other = another(session)
    merge(ticket_id=ticket.id, into_id=other.id, by=by, now=TUESDAY + 2 * HOUR)
    unmerge(ticket_id=ticket.id, by=by, now=TUESDAY + 3 * HOUR)
    rows = session.scalars(select(ReplyWait).where(ReplyWait.ended_at.is_(None))).all()
    assert sorted(row.ticket_id for row in rows) == sorted((ticket.id, other.id))
    assert session.scalars(select(TicketMessage.ticket_id).distinct()).all()
