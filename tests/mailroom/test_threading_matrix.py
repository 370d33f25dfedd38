"""Threading from the raw mail to the ticket, one row per way a mail can name a ticket (inbox.md, "Threading")."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Config
from hub.core import clock, files, site
from hub.core.actor import SYSTEM
from hub.core.words import Channel, Purpose
from hub.inbox.actions import merge, reply, solve
from hub.inbox.models import ReplyWait, Ticket, TicketMessage, TicketParty
from hub.inbox.queries import list_thread
from hub.inbox.threading import make_reply_address
from hub.inbox.words import MessageKind, TicketState
from hub.mailroom.actions import store_text
from hub.mailroom.models import Arrival
from hub.mailroom.words import ArrivalKind
from hub.outbox.models import DeliveryReceipt, OutboundMessage
from hub.stores.models import Store
from tests.channels.raw import dsn
from tests.conftest import TUESDAY, HandClock
from tests.mailroom.test_sorting import DORA, LYON, count, mail, store, work
from tests.makers.inbox import actor_of, make_house, make_reason
from tests.makers.staff import make_agent

EVE = "Ève <eve@other.example>"


@pytest.fixture
def lyon(session: Session, hand_clock: HandClock, tmp_path: Path, settings: Config) -> Iterator[Store]:
    files.use_folder(tmp_path)
    yield make_house(session)
    files.use_folder(settings.var_path / "files")


@dataclass
class Scene:
    """Dora's ticket, answered once; `sent` is the answer as it leaves."""

    session: Session
    ticket: Ticket
    sent: OutboundMessage

    def comes(self, number: int, *, to: str = LYON, **headers: str) -> Ticket:
        """A mail comes in; the ticket it went to."""
        arrival_id = store(mail(number, **headers), recipients=[to])
        work()
        arrival = self.session.get_one(Arrival, arrival_id)
        return self.session.get_one(Ticket, arrival.ticket_id)


@pytest.fixture
def scene(session: Session, lyon: Store) -> Scene:
    store(mail())
    work()
    ticket = session.scalars(select(Ticket)).one()
    ada = make_agent(session, store_ids=(lyon.id,))
    reply(ticket_id=ticket.id, text="Une neuve part.", by=actor_of(ada), now=TUESDAY)
    sent = session.scalars(select(OutboundMessage).where(OutboundMessage.purpose == Purpose.REPLY)).one()
    return Scene(session, ticket, sent)


MAILS: dict[str, Callable[[Scene], dict[str, str]]] = {
    "the signed reply address": lambda s: {"to": s.sent.reply_to or "", "Subject": "Autre sujet"},
    "the signed Message-ID": lambda s: {"In_Reply_To": s.sent.message_id, "Subject": "Autre sujet"},
    "a reference to a mail of the ticket": lambda s: {"References": "<1@client.example>"},
    "references, right to left": lambda s: {"References": "<nobody@knows.example> <1@client.example>"},
    "a number in the subject, by the customer": lambda s: {"Subject": f"Re: [{s.ticket.number}] lampe"},
    "the signed address, by a stranger": lambda s: {"to": s.sent.reply_to or "", "From": EVE},
    "a reference, by a stranger": lambda s: {"From": EVE, "References": "<1@client.example>"},
}
ELSEWHERE: dict[str, Callable[[Scene], dict[str, str]]] = {
    "a number in the subject, by a stranger": lambda s: {"From": EVE, "Subject": f"Re: {s.ticket.number}"},
    "a signed address with another ticket's number": lambda s: {
        "to": (s.sent.reply_to or "").replace(f"t+{s.ticket.id}.", f"t+{s.ticket.id + 1}.")
    },
    "a signed address with a forged code": lambda s: {"to": f"t+{s.ticket.id}.aaaaaaaaaaaaaaaa@hub.example"},
    "our Message-ID of another domain": lambda s: {
        "From": EVE,
        "In_Reply_To": s.sent.message_id.replace("hub.example", "evil.example"),
    },
    "a reference that nobody knows": lambda s: {"References": "<elsewhere@x.example>"},
    "a header that means to command": lambda s: {
        "X_Ticket": s.ticket.number,
        "X_Comptoir_Ticket": str(s.ticket.id),
    },
}


@pytest.mark.parametrize("how", MAILS)
def test_it_comes_into_the_ticket(scene: Scene, how: str) -> None:
    given = MAILS[how](scene)
    assert scene.comes(2, **given).id == scene.ticket.id
    last = list_thread(scene.ticket.id)[-1]
    assert last.kind is MessageKind.CUSTOMER
    assert last.is_stranger is ("From" in given)
    owner = scene.session.get_one(Ticket, scene.ticket.id)
    assert owner.requester_address == DORA
    parties = dict(scene.session.execute(select(TicketParty.address, TicketParty.is_requester)).all())
    assert parties == ({DORA: True, "eve@other.example": False} if "From" in given else {DORA: True})
    assert owner.customer_id == scene.ticket.customer_id


@pytest.mark.parametrize("how", ELSEWHERE)
def test_it_opens_a_ticket_of_its_own(scene: Scene, how: str) -> None:
    given = ELSEWHERE[how](scene)
    other = scene.comes(2, **given)
    assert other.id != scene.ticket.id
    names_it = "number in the subject" in how or "From" not in given
    assert other.related_ticket_id == (scene.ticket.id if names_it else None)


def test_a_forward_to_another_mailbox_of_ours_is_a_new_matter_of_whoever_forwards(scene: Scene) -> None:
    other = scene.comes(2, Subject="Tr: Lampe 1", From=EVE, to="bonjour@hub.example")
    assert (other.id != scene.ticket.id, other.requester_address) == (True, "eve@other.example")


def test_a_merged_ticket_is_followed_to_the_end_and_a_ring_ends(scene: Scene) -> None:
    second, third = scene.comes(2, Subject="Deux"), scene.comes(3, Subject="Trois")
    merge(ticket_id=scene.ticket.id, into_id=second.id, by=SYSTEM, now=TUESDAY)
    merge(ticket_id=second.id, into_id=third.id, by=SYSTEM, now=TUESDAY)
    assert scene.comes(4, to=scene.sent.reply_to or "").id == third.id
    scene.session.get_one(Ticket, third.id).merged_into_id = scene.ticket.id
    scene.session.flush()
    assert scene.comes(5, to=scene.sent.reply_to or "").id


def test_solved_opens_again_and_closed_is_followed_by_a_linked_ticket(scene: Scene) -> None:
    reason = make_reason(scene.session)
    solve(ticket_id=scene.ticket.id, reason_id=reason.id, by=SYSTEM, now=TUESDAY)
    again = scene.comes(2, to=scene.sent.reply_to or "")
    assert (again.id, again.state, again.reopened_count) == (scene.ticket.id, TicketState.OPEN, 1)
    again.state = TicketState.CLOSED
    scene.session.flush()
    later = scene.comes(3, to=scene.sent.reply_to or "")
    assert (later.id != scene.ticket.id, later.related_ticket_id) == (True, scene.ticket.id)


@pytest.mark.parametrize("state", [TicketState.OPEN, TicketState.SOLVED])
def test_an_absence_note_is_attached_and_changes_nothing(scene: Scene, state: TicketState) -> None:
    scene.ticket.state = state
    scene.session.flush()
    before = (
        state,
        scene.ticket.reopened_count,
        count(scene.session, ReplyWait),
        count(scene.session, OutboundMessage),
    )
    note = scene.comes(2, to=scene.sent.reply_to or "", Auto_Submitted="auto-replied", Subject="Absente")
    after = (
        note.state,
        note.reopened_count,
        count(scene.session, ReplyWait),
        count(scene.session, OutboundMessage),
    )
    assert after == before
    assert list_thread(scene.ticket.id)[-1].kind is MessageKind.AUTO_REPLY


def test_a_bounce_of_a_reply_goes_to_that_reply(scene: Scene) -> None:
    raw = dsn(status="5.1.1", diagnostic="550 5.1.1 User unknown", recipient=DORA)
    raw = raw.replace(b"<survey-42@boutique.fr>", scene.sent.message_id.encode())
    arrival_id = store(raw, mail_from="", recipients=["b+x@hub.example"])
    work()
    arrival = scene.session.get_one(Arrival, arrival_id)
    assert (arrival.kind, arrival.outbound_id, arrival.ticket_id) == (ArrivalKind.REPORT, scene.sent.id, None)
    assert scene.session.scalars(select(DeliveryReceipt.message_id)).all() == [scene.sent.id]
    assert count(scene.session, Ticket) == 1
    assert count(scene.session, TicketMessage) == 3


def _text(number: int, to: str, body: str = "Bonjour") -> int | None:
    fields = {"MessageSid": f"SM{number}", "From": "+33612345678", "To": to, "Body": body}
    store_text(fields, now=TUESDAY + timedelta(minutes=number), machine_now=clock.machine_now())
    work()
    return None


def test_texts_are_threaded_within_the_number_of_the_store(session: Session, lyon: Store) -> None:
    for number, to in enumerate(("+33411111111", "+33422222222", "+33411111111", "+33422222222"), start=1):
        _text(number, to)
    tickets = session.scalars(select(Ticket).order_by(Ticket.id)).all()
    assert [(row.channel, row.our_address) for row in tickets] == [
        (Channel.SMS, "+33411111111"),
        (Channel.SMS, "+33422222222"),
    ]
    assert [len(list_thread(row.id)) for row in tickets] == [2, 2]


def test_a_stranger_is_never_the_customer_even_when_answered(scene: Scene) -> None:
    scene.comes(2, to=scene.sent.reply_to or "", From=EVE)
    forwarded = make_reply_address(scene.ticket.id, "eve@other.example", site.inbound_domain())
    assert scene.comes(3, to=forwarded, From=EVE).requester_address == DORA
