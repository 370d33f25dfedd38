"""Replies that leave later, and files: kept, changed, held when somebody was faster, sent once, taken back."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hub.channels.mail_parsing.parsing import parse_mail
from hub.channels.mime import build_mime
from hub.core.actor import Actor
from hub.core.errors import Conflict, Forbidden, Invalid
from hub.core.words import Channel
from hub.inbox.actions import (
    Upload,
    add_note,
    assign,
    cancel_scheduled,
    change_scheduled,
    discard_files,
    keep_files,
    receive_message,
    remove_file,
    reply,
    save_draft,
    schedule_reply,
    transfer,
    undo_reply,
)
from hub.inbox.actions.alongside import SETS
from hub.inbox.actions.returning import has_due, next_due_at, work_later
from hub.inbox.models import ScheduledReply, Ticket
from hub.inbox.queries import (
    list_composer_files,
    list_drafts,
    list_notices,
    list_scheduled,
    list_thread,
    list_waits,
)
from hub.inbox.words import MessageKind, ScheduledState, TicketState
from hub.outbox.calling import Unfit, write_envelope
from hub.outbox.letter import COLUMNS, load_letters
from hub.outbox.models import OutboundMessage
from hub.staff.models import Agent, Membership
from hub.staff.queries import get_viewer
from hub.staff.words import Role
from hub.stores.models import Store
from tests.conftest import TUESDAY, HandClock
from tests.makers.inbox import actor_of, make_house, make_incoming, make_received, viewer_of
from tests.makers.staff import make_agent
from tests.makers.stores import make_store

HOUR = timedelta(hours=1)
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 8
EVENING = TUESDAY + 9 * HOUR


@pytest.fixture
def lyon(session: Session, hand_clock: HandClock) -> Store:
    return make_house(session)


@pytest.fixture
def ada(session: Session, lyon: Store) -> Agent:
    return make_agent(session, store_ids=(lyon.id,))


@pytest.fixture
def by(ada: Agent) -> Actor:
    return actor_of(ada)


@pytest.fixture
def ticket(session: Session, lyon: Store) -> Ticket:
    return session.get_one(Ticket, make_received().ticket_id)


def schedule(ticket: Ticket, by: Actor, **fields: object) -> int:
    given = {
        "ticket_id": ticket.id,
        "text": "À demain.",
        "leave_at": EVENING,
        "last_event_id": ticket.last_event_id,
        "by": by,
        "now": TUESDAY,
        **fields,
    }
    return schedule_reply(**given)  # type: ignore[arg-type]  # the fields are those of the action


def run(session: Session, hand_clock: HandClock) -> None:
    """The job, at the moment that was chosen."""
    session.commit()
    hand_clock.now = EVENING
    work_later(lambda: None)


class TestScheduled:
    def test_it_leaves_at_its_moment_and_only_then_ends_the_wait(
        self, session: Session, ticket: Ticket, by: Actor, hand_clock: HandClock
    ) -> None:
        scheduled_id = schedule(ticket, by, inserted={SETS: {"state": "pending"}})
        session.commit()
        assert (work_later(lambda: None), has_due(), next_due_at()) == (0, False, EVENING)
        assert ticket.state is TicketState.NEW
        assert ticket.waiting_since == TUESDAY
        run(session, hand_clock)
        assert work_later(lambda: None) == 0
        (wait,) = list_waits(ticket.id)
        assert (wait.ended_at, wait.agent_id) == (EVENING, by.agent_id)
        assert list_thread(ticket.id)[-1].text == "À demain."
        assert session.get_one(ScheduledReply, scheduled_id).state is ScheduledState.SENT
        assert list_scheduled(ticket.id) == []
        assert ticket.state is TicketState.PENDING

    def test_what_its_author_is_writing_meanwhile_stays(
        self, session: Session, ticket: Ticket, by: Actor, hand_clock: HandClock
    ) -> None:
        schedule(ticket, by)
        assert by.agent_id is not None
        save_draft(
            ticket_id=ticket.id, agent_id=by.agent_id, kind=MessageKind.AGENT, text="Autre chose", now=TUESDAY
        )
        run(session, hand_clock)
        assert [draft.text for draft in list_drafts(ticket.id, by.agent_id)] == ["Autre chose"]

    def test_it_is_held_when_the_customer_wrote(
        self, session: Session, ticket: Ticket, ada: Agent, by: Actor, lyon: Store, hand_clock: HandClock
    ) -> None:
        schedule(ticket, by)
        mail = make_incoming(mail_message_id="<2@client.example>", in_reply_to="<1@client.example>")
        receive_message(mail, now=TUESDAY + HOUR)
        run(session, hand_clock)
        (row,) = list_scheduled(ticket.id)
        assert (row.is_held, row.held_reason[:27]) == (True, "The customer wrote again wh")
        assert ticket.waiting_since == TUESDAY
        notice = list_notices(viewer_of(ada, lyon.id)).rows[0]
        assert (notice.kind, notice.data, notice.ticket_number) == (
            "reply_held",
            {"what": "held"},
            ticket.number,
        )
        change_scheduled(scheduled_id=row.id, text="Bien reçu.", leave_at=EVENING + HOUR, by=by, now=EVENING)
        session.commit()
        hand_clock.now = EVENING + HOUR
        work_later(lambda: None)
        assert list_thread(ticket.id)[-1].text == "Bien reçu."

    def test_it_is_held_when_a_colleague_answered(
        self, session: Session, ticket: Ticket, by: Actor, lyon: Store, hand_clock: HandClock
    ) -> None:
        bo = make_agent(session, "Bo Petit", store_ids=(lyon.id,))
        schedule(ticket, by)
        reply(ticket_id=ticket.id, text="Voilà.", by=actor_of(bo), now=TUESDAY + HOUR)
        run(session, hand_clock)
        (row,) = list_scheduled(ticket.id)
        assert row.is_held
        assert row.held_values["name"] == "Bo Petit"
        assert [each.text for each in list_thread(ticket.id)].count("À demain.") == 0

    def test_it_is_held_when_its_author_has_left(
        self, session: Session, ticket: Ticket, ada: Agent, by: Actor, hand_clock: HandClock
    ) -> None:
        schedule(ticket, by)
        ada.deactivated_at = TUESDAY
        run(session, hand_clock)
        assert list_scheduled(ticket.id)[0].held_reason.startswith("Its author does not answer")

    def test_it_is_held_when_the_ticket_has_moved_and_the_new_store_and_its_author_are_told(
        self, session: Session, ticket: Ticket, ada: Agent, by: Actor, hand_clock: HandClock
    ) -> None:
        schedule(ticket, by)
        lille = make_store(session, "Lille", code="LIL")
        bo = make_agent(session, "Bo Petit", store_ids=(lille.id,))
        transfer(ticket_id=ticket.id, store_id=lille.id, by=by, now=TUESDAY)
        run(session, hand_clock)
        (row,) = list_scheduled(ticket.id)
        assert (row.is_held, row.is_orphaned, row.text) == (True, True, "À demain.")
        (told,) = list_notices(viewer_of(bo, lille.id)).rows
        assert (told.kind, told.data) == ("reply_held", {"what": "held_of_other"})
        (away,) = list_notices(get_viewer(ada.id)).rows
        assert away.data == {"what": "held_away", "number": ticket.number}

    def test_it_is_held_when_it_moved_though_its_author_sees_both_stores_and_leaves_once_looked_at_again(
        self, session: Session, ticket: Ticket, hand_clock: HandClock
    ) -> None:
        lille = make_store(session, "Lille", code="LIL")
        both = actor_of(make_agent(session, "Ada Deux", email="two@verel.example", role=Role.HEAD_OFFICE))
        scheduled_id = schedule(ticket, both)
        bo = make_agent(session, "Bo Petit", store_ids=(lille.id,))
        transfer(ticket_id=ticket.id, store_id=lille.id, by=both, now=TUESDAY)
        assign(ticket_id=ticket.id, assignee_id=bo.id, by=both, now=TUESDAY)
        run(session, hand_clock)
        (row,) = list_scheduled(ticket.id)
        assert row.held_reason.startswith("The ticket has moved to another store")
        assert not row.is_orphaned
        assert "reply_held" in {notice.kind for notice in list_notices(get_viewer(bo.id)).rows}
        assert "reply_held" in {notice.kind for notice in list_notices(get_viewer(both.agent_id or 0)).rows}
        change_scheduled(
            scheduled_id=scheduled_id, text=row.text, leave_at=EVENING + HOUR, by=both, now=EVENING
        )
        hand_clock.move(hours=1)
        work_later(lambda: None)
        assert list_scheduled(ticket.id) == []

    def test_it_leaves_when_the_ticket_came_back(
        self, session: Session, ticket: Ticket, lyon: Store, by: Actor, hand_clock: HandClock
    ) -> None:
        schedule(ticket, by)
        lille = make_store(session, "Lille", code="LIL")
        for store in (lille, lyon):
            transfer(ticket_id=ticket.id, store_id=store.id, by=by, now=TUESDAY)
        run(session, hand_clock)
        assert list_scheduled(ticket.id) == []

    def test_it_is_held_when_its_author_works_in_another_store_now_and_a_colleague_goes_on_with_it(
        self, session: Session, ticket: Ticket, ada: Agent, by: Actor, lyon: Store, hand_clock: HandClock
    ) -> None:
        (file_id,) = keep_files(ticket_id=ticket.id, uploads=[Upload("a.pdf", PDF)], by=by, now=TUESDAY)
        scheduled_id = schedule(ticket, by, file_ids=[file_id])
        session.execute(delete(Membership).where(Membership.agent_id == ada.id))
        bo = actor_of(make_agent(session, "Bo Petit", store_ids=(lyon.id,)))
        run(session, hand_clock)
        assert list_scheduled(ticket.id)[0].is_orphaned
        assert cancel_scheduled(scheduled_id=scheduled_id, by=bo, now=EVENING) == "À demain."
        assert [file.id for file in list_composer_files(ticket.id, bo.agent_id or 0)] == [file_id]

    def test_it_can_be_cancelled_and_its_author_alone_changes_it(
        self, session: Session, ticket: Ticket, ada: Agent, by: Actor, lyon: Store, hand_clock: HandClock
    ) -> None:
        bo = actor_of(make_agent(session, "Bo Petit", store_ids=(lyon.id,)))
        scheduled_id = schedule(ticket, by)
        with pytest.raises(Forbidden):
            change_scheduled(scheduled_id=scheduled_id, text="x", leave_at=EVENING, by=bo, now=TUESDAY)
        assert cancel_scheduled(scheduled_id=scheduled_id, by=bo, now=TUESDAY) == "À demain."
        assert list_notices(viewer_of(ada, lyon.id)).rows[0].data == {"what": "cancelled"}
        run(session, hand_clock)
        assert [row.text for row in list_thread(ticket.id)].count("À demain.") == 0
        with pytest.raises(Conflict):
            cancel_scheduled(scheduled_id=scheduled_id, by=by, now=TUESDAY)

    def test_the_past_is_refused_and_so_is_a_collision(self, ticket: Ticket, by: Actor) -> None:
        with pytest.raises(Invalid, match="in the future"):
            schedule(ticket, by, leave_at=TUESDAY)
        seen = ticket.last_event_id
        mail = make_incoming(mail_message_id="<2@client.example>", in_reply_to="<1@client.example>")
        receive_message(mail, now=TUESDAY + HOUR)
        with pytest.raises(Conflict, match="wrote again"):
            schedule(ticket, by, last_event_id=seen)


class TestFiles:
    def keep(self, ticket: Ticket, by: Actor, *uploads: Upload) -> list[int]:
        return keep_files(ticket_id=ticket.id, uploads=uploads, by=by, now=TUESDAY)

    def test_they_go_with_the_mail_as_they_were(self, session: Session, ticket: Ticket, by: Actor) -> None:
        ids = self.keep(
            ticket, by, Upload("C:\\Bureau\\Facture n°7.pdf", PDF), Upload("note.txt", "Été".encode())
        )
        done = reply(ticket_id=ticket.id, text="Voici.", by=by, now=TUESDAY, file_ids=ids)
        (letter,) = load_letters(select(*COLUMNS).where(OutboundMessage.id == done.outbound_id))
        envelope = write_envelope(letter, now=TUESDAY)
        assert not isinstance(envelope, Unfit)
        parsed = parse_mail(build_mime(envelope))
        assert [(each.name, each.type) for each in parsed.attachments] == [
            ("Facture n°7.pdf", "application/pdf"),
            ("note.txt", "text/plain"),
        ]
        assert [each.content for each in parsed.attachments] == [PDF, "Été".encode()]
        assert "Voici." in parsed.text
        assert [each.name for each in list_thread(ticket.id)[-1].attachments] == [
            "Facture n°7.pdf",
            "note.txt",
        ]
        assert list_composer_files(ticket.id, by.agent_id or 0) == []

    def test_undo_brings_them_back_and_a_note_takes_them(self, ticket: Ticket, by: Actor) -> None:
        ids = self.keep(ticket, by, Upload("a.pdf", PDF))
        done = reply(ticket_id=ticket.id, text="Voici.", by=by, now=TUESDAY, file_ids=ids, undo_seconds=10)
        undo_reply(ticket_id=ticket.id, message_id=done.message_id, by=by, now=TUESDAY)
        (file,) = list_composer_files(ticket.id, by.agent_id or 0)
        add_note(ticket_id=ticket.id, text="Pour nous.", by=by, now=TUESDAY, file_ids=[file.id])
        assert [each.name for each in list_thread(ticket.id)[-1].attachments] == ["a.pdf"]

    def test_scheduled_ones_wait_with_their_reply(
        self, session: Session, ticket: Ticket, by: Actor, hand_clock: HandClock
    ) -> None:
        schedule(ticket, by, file_ids=self.keep(ticket, by, Upload("a.pdf", PDF)))
        assert list_composer_files(ticket.id, by.agent_id or 0) == []
        assert list_scheduled(ticket.id)[0].file_count == 1
        run(session, hand_clock)
        assert [each.name for each in list_thread(ticket.id)[-1].attachments] == ["a.pdf"]

    def test_nobody_takes_those_of_a_colleague(
        self, session: Session, ticket: Ticket, by: Actor, lyon: Store
    ) -> None:
        bo = actor_of(make_agent(session, "Bo Petit", store_ids=(lyon.id,)))
        ids = self.keep(ticket, by, Upload("a.pdf", PDF))
        reply(ticket_id=ticket.id, text="Moi.", by=bo, now=TUESDAY, file_ids=ids)
        remove_file(ticket_id=ticket.id, file_id=ids[0], by=bo, machine_now=TUESDAY)
        assert list_thread(ticket.id)[-1].attachments == ()
        assert len(list_composer_files(ticket.id, by.agent_id or 0)) == 1
        discard_files(ticket_id=ticket.id, by=by, machine_now=TUESDAY)
        assert list_composer_files(ticket.id, by.agent_id or 0) == []

    @pytest.mark.parametrize(
        "upload",
        [
            Upload("photo.jpg", b"MZ\x90\x00\x03" + bytes(200)),
            Upload("facture.pdf", b"<html><script>alert(1)</script></html>"),
            Upload("logo.png", b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'),
            Upload("vide.pdf", b""),
            Upload("grand.pdf", b"%PDF-" + bytes(10_000_000)),
        ],
        ids=lambda upload: upload.name,
    )
    def test_content_decides_not_the_name(self, ticket: Ticket, by: Actor, upload: Upload) -> None:
        with pytest.raises(Invalid):
            self.keep(ticket, by, upload)

    def test_there_is_a_most(self, ticket: Ticket, by: Actor) -> None:
        many = [Upload(f"{number}.pdf", PDF + bytes([number])) for number in range(10)]
        assert len(self.keep(ticket, by, *many, many[0])) == 11  # the same content again is the same file
        with pytest.raises(Invalid, match="At most 10 files"):
            self.keep(ticket, by, Upload("b.pdf", PDF + b"more"))

    def test_a_text_message_carries_none(self, session: Session, lyon: Store, by: Actor) -> None:
        texted = make_received(
            channel=Channel.SMS, phone="+33612345678", from_address="", recipients=(), mail_message_id=None
        )
        ticket = session.get_one(Ticket, texted.ticket_id)
        ids = self.keep(ticket, by, Upload("a.pdf", PDF))
        with pytest.raises(Invalid, match="Files go by mail only"):
            reply(ticket_id=ticket.id, text="Voici.", by=by, now=TUESDAY, file_ids=ids)
