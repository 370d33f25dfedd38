"""Two automatic responders that answer each other: it ends within the caps, and the staff is told once."""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Config
from hub.channels.mail_parsing import MailKind, parse_mail
from hub.content.queries import get_version
from hub.content.rules import automatic_headers
from hub.core import clock, files
from hub.core.audit import AuditEntry
from hub.core.db import db
from hub.inbox.actions.looping import mark_loop_seen, may_write
from hub.inbox.deadlines import LOOP_CAPS, may_send_automatic
from hub.inbox.models import AutomaticMail, MailLoop, Notice, Ticket
from hub.inbox.queries.storms import count_unseen_storms, list_storms
from hub.inbox.words import NoticeKind
from hub.outbox.models import OutboundMessage
from hub.outbox.queries import get_content
from hub.staff.words import Role
from hub.stores.models import Store
from tests.channels.raw import raw_mail
from tests.conftest import TUESDAY, HandClock
from tests.mailroom.test_sorting import LYON, count, mail, store, work
from tests.makers.inbox import actor_of, make_house, make_received
from tests.makers.staff import make_agent

TRIGGERS = 10_000 if os.environ.get("LARGE") else 60
OTHER = "contact@autre-hub.example"
MOST = max(count for _, count in LOOP_CAPS)


@pytest.fixture
def lyon(session: Session, hand_clock: HandClock, tmp_path: Path, settings: Config) -> Iterator[Store]:
    files.use_folder(tmp_path)
    yield make_house(session)
    files.use_folder(settings.var_path / "files")


class OtherHub:
    """A helpdesk that answers every mail with an acknowledgement, within caps of its own."""

    def __init__(self, *headers: tuple[str, str]) -> None:
        self.headers = dict(headers)
        self.answered: list[datetime] = []
        self.seen: set[int] = set()

    def write(self, number: int, to: str = LYON) -> None:
        text = f"Votre demande {number} est enregistrée, une personne vous répond avant {number % 24} h."
        headers = {"From": f"Autre hub <{OTHER}>", "Subject": f"Demande {number} enregistrée", **self.headers}
        store(mail(number, text=text, **headers), mail_from=OTHER, recipients=[to])

    def answer_everything(self) -> None:
        """Read what our hub sent it, and answer while its own caps allow."""
        rows = db.session.execute(
            select(OutboundMessage.id, OutboundMessage.reply_to).order_by(OutboundMessage.id)
        )
        for outbound_id, reply_to in rows.all():
            moment = clock.machine_now()
            if outbound_id not in self.seen and may_send_automatic(self.answered, moment):
                self.answered.append(moment)
                self.write(1_000_000 + outbound_id, to=reply_to or LYON)
            self.seen.add(outbound_id)


@pytest.mark.parametrize("headers", [(), (("In_Reply_To", "<unknown@elsewhere.example>"),)])
def test_a_storm_ends_within_the_caps_and_is_told_once(
    session: Session, lyon: Store, headers: tuple[tuple[str, str], ...]
) -> None:
    ada = make_agent(session, "Ada", store_ids=(lyon.id,), role=Role.STORE_MANAGER)
    other = OtherHub(*headers)
    for number in range(TRIGGERS):
        other.write(number)
        if number % 25 == 0 or number == TRIGGERS - 1:
            work()
            other.answer_everything()
    work()
    assert 0 < count(session, OutboundMessage) == count(session, AutomaticMail) <= MOST
    assert len(other.answered) <= MOST
    told = session.scalars(select(Notice).where(Notice.kind == NoticeKind.MAIL_LOOP)).all()
    assert [row.agent_id for row in told] == [ada.id]
    lines = session.scalars(select(AuditEntry).where(AuditEntry.action == "ticket.mail_loop")).all()
    assert len(lines) == 1
    (storm,) = list_storms()
    assert (storm.address, storm.held_count) == (OTHER, TRIGGERS - count(session, OutboundMessage))
    mark_loop_seen(storm.id, by=actor_of(ada), now=TUESDAY, machine_now=clock.machine_now())
    other.write(TRIGGERS)
    work()
    assert (count_unseen_storms(), count(session, Notice), len(list_storms())) == (0, 1, 1)


@pytest.mark.parametrize(
    "header",
    [
        ("Auto_Submitted", "auto-replied"),
        ("X_Auto_Response_Suppress", "All"),
        ("Precedence", "bulk"),
        ("X_Loop", "x"),
    ],
)
def test_a_machine_that_says_so_is_never_answered(
    session: Session, lyon: Store, header: tuple[str, str]
) -> None:
    other = OtherHub(header)
    for number in range(5):
        other.write(number)
    work()
    assert (count(session, OutboundMessage), count(session, MailLoop)) == (0, 0)


def test_our_own_acknowledgement_tells_every_machine_what_it_is_and_carries_no_word_of_the_sender(
    session: Session, lyon: Store
) -> None:
    spam = "Gagnez un voyage sur http://spam.example maintenant"
    make_received(subject=spam, text=spam, from_name=spam)
    row = session.scalars(select(OutboundMessage)).one()
    headers = automatic_headers(get_version(row.template_version_id).automatic, loop_mark="hub.example")
    assert {"Auto-Submitted", "Precedence", "X-Auto-Response-Suppress", "X-Loop"} <= set(headers)
    for name, value in headers.items():
        assert parse_mail(raw_mail(f"{name}: {value}")).kind in {MailKind.AUTO_REPLY, MailKind.MACHINE}
    shown = get_content(row.id)
    everything = f"{shown.subject} {shown.text} {shown.html} {row.recipient_name} {row.headers} {row.values}"
    assert not [word for word in ("spam.example", "voyage", "Gagnez", "maintenant") if word in everything]


def test_the_caps_hold_for_a_ticket_as_for_an_address(session: Session, lyon: Store) -> None:
    ticket = session.get_one(Ticket, make_received().ticket_id)
    now = clock.machine_now()
    for number in range(10):
        session.add(AutomaticMail(ticket_id=ticket.id, address=f"{number}@x.example", sent_at=now))
    session.flush()
    assert not may_write("new@x.example", ticket_id=ticket.id, machine_now=now + timedelta(seconds=1))
    assert may_write("new@x.example", ticket_id=None, machine_now=now)
    assert may_write("new@x.example", ticket_id=ticket.id, machine_now=now + timedelta(minutes=11))
