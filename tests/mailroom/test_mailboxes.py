"""Mailboxes that are set up, tried, paused; and what becomes of one that fails."""

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.actor import SYSTEM
from hub.core.errors import Conflict, Invalid
from hub.core.facts import FactRow
from hub.mailroom import leasing, mailboxes, polling
from hub.mailroom.way_models import PolledMailbox
from hub.mailroom.words import AfterPoll, MailboxFault
from hub.outbox.models import OutboundMessage
from hub.reactions import drain
from hub.staff.words import Role
from hub.stores.models import Store
from tests.conftest import TUESDAY
from tests.mailroom.test_sorting import mail
from tests.makers.dovecot import PASSWORD, Dovecot
from tests.makers.mailboxes import ADDRESS, add, arrivals, details, poll, seen
from tests.makers.staff import make_agent


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"password": "wrong"}, MailboxFault.LOGIN_REFUSED),
        ({"folder": "Nulle part"}, MailboxFault.NO_FOLDER),
        ({"after": AfterPoll.MOVE, "move_to": "Nulle part"}, MailboxFault.NO_TARGET),
        ({"port": 1}, MailboxFault.REFUSED),
        ({"host": "127.0.0.1"}, MailboxFault.NOT_VERIFIED),
    ],
)
def test_a_trial_says_what_failed(
    session: Session, lyon: Store, dovecot: Dovecot, user: str, changes: dict[str, Any], fault: MailboxFault
) -> None:
    lease = mailboxes.prepare_trial(add(dovecot, user, **changes))
    assert mailboxes.try_mailbox(lease).fault is fault


def test_a_trial_that_works_counts_what_is_unread_and_reads_nothing(
    session: Session, lyon: Store, dovecot: Dovecot, user: str
) -> None:
    dovecot.lay(user, mail(1))
    trial = mailboxes.try_mailbox(mailboxes.prepare_trial(add(dovecot, user)))
    assert (trial.fault, trial.unread_count) == (None, 1)
    assert seen(dovecot.names_in(user)) == 0


def test_a_mailbox_that_fails_is_looked_at_ever_later_told_once_and_blocks_no_other(
    session: Session, lyon: Store, dovecot: Dovecot, user: str
) -> None:
    broken = add(dovecot, user, folder="Nulle part")
    good = add(dovecot, user)
    dovecot.lay(user, mail(1))
    waits = []
    for _ in range(5):
        poll()
        row = session.get_one(PolledMailbox, broken)
        waits.append(round((row.next_poll_at - clock.machine_now()).total_seconds() / 60))
    assert waits == [1, 2, 5, 15, 30]
    assert len(arrivals(session)) == 1
    assert session.get_one(PolledMailbox, good).fault is None
    told = select(func.count()).where(FactRow.kind == "MailboxFailed")
    assert session.scalar(told) == 1
    mailboxes.edit_mailbox(
        mailbox_id=broken,
        details=details(dovecot, user, folder="Traites", password=""),
        by=SYSTEM,
        now=TUESDAY,
        machine_now=clock.machine_now(),
    )
    poll()
    row = session.get_one(PolledMailbox, broken)
    assert (row.fault, row.error_count) == (None, 0)


def test_a_mailbox_is_read_by_one_poller_at_a_time_and_a_pause_ends_a_poll(
    session: Session, lyon: Store, dovecot: Dovecot, user: str
) -> None:
    dovecot.lay(user, mail(1))
    mailbox = add(dovecot, user)
    first, _ = leasing.claim()
    assert first is not None
    assert leasing.claim() == (None, False)
    mailboxes.switch_mailbox(
        mailbox_id=mailbox, is_active=False, by=SYSTEM, now=TUESDAY, machine_now=clock.machine_now()
    )
    assert polling.poll(first) == 0
    assert arrivals(session) == []
    assert not polling.has_due()


def test_a_password_sealed_with_another_key_asks_to_be_typed_again(
    session: Session, lyon: Store, dovecot: Dovecot, user: str
) -> None:
    row = session.get_one(PolledMailbox, add(dovecot, user))
    row.password_sealed = row.password_sealed[:-8] + "AAAAAAA="
    session.flush()
    assert mailboxes.try_mailbox(mailboxes.prepare_trial(row.id)).fault is MailboxFault.SEALED


@pytest.mark.parametrize("changes", [{"host": "imap.evil.example"}, {"port": 1993}, {"username": "other"}])
def test_a_kept_password_is_never_sent_to_another_server_or_for_another_user(
    session: Session, lyon: Store, dovecot: Dovecot, user: str, changes: dict[str, Any]
) -> None:
    mailbox = add(dovecot, user)

    def edit(password: str) -> None:
        wanted = details(dovecot, user, **{"password": password, **changes})
        mailboxes.edit_mailbox(
            mailbox_id=mailbox, details=wanted, by=SYSTEM, now=TUESDAY, machine_now=clock.machine_now()
        )

    with pytest.raises(Invalid) as caught, session.begin_nested():
        edit("")
    assert caught.value.field == "password"
    edit("typed again")
    settings = mailboxes.prepare_trial(mailbox).settings
    assert settings is not None
    assert settings.password == "typed again"


def test_what_cannot_be_a_mailbox_is_refused(
    session: Session, lyon: Store, dovecot: Dovecot, user: str
) -> None:
    add(dovecot, user)
    with pytest.raises(Conflict):
        add(dovecot, user)
    for wrong in ({"port": 0}, {"host": " "}, {"password": ""}, {"folder": "a\r\nb"}, {"address": "nobody"}):
        with pytest.raises(Invalid):
            add(dovecot, f"other-{user}", **wrong)
    with pytest.raises(Invalid):
        add(dovecot, f"other-{user}", after=AfterPoll.MOVE, move_to="INBOX")


def test_administrators_are_mailed_once_with_the_mailbox_and_never_its_password(
    session: Session, lyon: Store, dovecot: Dovecot, user: str
) -> None:
    make_agent(session, "Cleo Petit", role=Role.ADMINISTRATOR)
    mailbox = add(dovecot, user, folder="Nulle part")
    for _ in range(5):
        poll()
    while drain.work_facts(lambda: None):
        pass
    [mail] = session.scalars(select(OutboundMessage)).all()
    assert mail.recipient == "cleo@verel.example"
    assert ADDRESS in mail.values["cause"]
    assert mail.values["page_url"].endswith(f"/settings/mail-ways/{mailbox}")
    assert PASSWORD not in str(mail.values)
