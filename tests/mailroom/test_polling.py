"""Mailboxes polled from a real dovecot: stored first, then marked or moved; nothing twice, nothing blocked."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from imapclient import IMAPClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.core import clock
from hub.inbox.models import Ticket
from hub.mailroom import poll_turn, polling, ways_setup
from hub.mailroom.models import Arrival
from hub.mailroom.queries import list_quarantine
from hub.mailroom.way_models import PolledMailbox
from hub.mailroom.words import AfterPoll, ArrivalState, ArrivalWay, MailboxFault, MailboxSecurity
from hub.stores.models import Store
from tests.conftest import TUESDAY
from tests.mailroom.test_sorting import mail, work
from tests.makers.dovecot import PASSWORD, Dovecot
from tests.makers.mailboxes import ADDRESS, add, arrivals, poll, seen, waiting


def test_new_mail_is_kept_marked_seen_and_becomes_a_ticket_of_its_store(
    session: Session, lyon: Store, dovecot: Dovecot, user: str
) -> None:
    dovecot.lay(user, mail(1, To=ADDRESS))
    mailbox = add(dovecot, user, store_id=lyon.id)
    assert polling.has_due()
    poll()
    assert not polling.has_due()
    [row] = arrivals(session)
    assert (row.way, row.mailbox, row.state) == (ArrivalWay.IMAP, ADDRESS, ArrivalState.WAITING)
    assert seen(dovecot.names_in(user)) == 1
    work()
    assert session.scalars(select(Ticket.store_id)).all() == [lyon.id]
    kept = session.get_one(PolledMailbox, mailbox)
    assert (kept.stored_count, kept.duplicate_count, kept.fault) == (1, 0, None)
    assert kept.last_polled_at == TUESDAY


def test_the_password_is_nowhere_in_the_clear(
    session: Session, lyon: Store, dovecot: Dovecot, user: str
) -> None:
    row = session.get_one(PolledMailbox, add(dovecot, user))
    assert PASSWORD not in str(vars(row))
    assert PASSWORD not in row.password_sealed


def test_a_mail_is_moved_where_that_is_wanted(
    session: Session, lyon: Store, dovecot: Dovecot, user: str
) -> None:
    dovecot.lay(user, mail(1))
    add(
        dovecot,
        user,
        after=AfterPoll.MOVE,
        move_to="Traites",
        security=MailboxSecurity.STARTTLS,
        port=dovecot.plain_port,
    )
    poll()
    assert len(arrivals(session)) == 1
    assert dovecot.names_in(user) == []
    assert len(dovecot.names_in(user, "Traites")) == 1


def test_what_a_colleague_has_read_meanwhile_is_taken_and_what_was_read_before_stays(
    session: Session, lyon: Store, dovecot: Dovecot, user: str
) -> None:
    dovecot.lay(user, mail(1))
    dovecot.read_all(user)
    dovecot.lay(user, mail(2))
    add(dovecot, user)
    poll()
    dovecot.lay(user, mail(3))
    dovecot.read_all(user)
    poll()
    assert [row.message_id for row in arrivals(session)] == ["<2@client.example>", "<3@client.example>"]


def test_kept_but_not_marked_is_taken_once(
    session: Session, lyon: Store, dovecot: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The poller dies between its commit and the mark."""
    dovecot.lay(user, mail(1))
    mailbox = add(dovecot, user)

    def die(*_given: object, **_more: object) -> None:
        assert session.scalar(select(func.count()).select_from(Arrival)) == 1, "marked before it is kept"
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(IMAPClient, "add_flags", die)
        with pytest.raises(KeyboardInterrupt):
            poll()
    assert seen(dovecot.names_in(user)) == 0
    session.get_one(PolledMailbox, mailbox).lease_until = clock.machine_now() - timedelta(seconds=1)
    poll()
    assert len(arrivals(session)) == 1
    assert seen(dovecot.names_in(user)) == 1
    assert session.get_one(PolledMailbox, mailbox).duplicate_count == 1


def test_a_server_that_numbers_anew_makes_nothing_twice_and_loses_nothing(
    session: Session, lyon: Store, dovecot: Dovecot, user: str
) -> None:
    for number in range(3):
        dovecot.lay(user, mail(number))
    mailbox = add(dovecot, user)
    poll()
    session.get_one(PolledMailbox, mailbox).last_polled_at = clock.machine_now()
    first = session.get_one(PolledMailbox, mailbox).uid_validity
    dovecot.lay(user, mail(3))
    dovecot.read_all(user)
    dovecot.renumber(user)
    poll()
    assert session.get_one(PolledMailbox, mailbox).uid_validity != first
    assert [row.message_id for row in arrivals(session)] == [
        f"<{number}@client.example>" for number in range(4)
    ]


def test_no_transaction_is_open_while_the_server_is_asked(
    session: Session, lyon: Store, dovecot: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    dovecot.lay(user, mail(1))
    add(dovecot, user)
    states = []
    real: Any = IMAPClient._raw_command_untagged

    def spy(*given: Any, **more: Any) -> Any:
        states.append(session.in_transaction())
        return real(*given, **more)

    monkeypatch.setattr(IMAPClient, "_raw_command_untagged", spy)
    poll()
    assert states
    assert not any(states)


def test_a_mail_without_a_message_id_has_the_same_one_each_time(
    session: Session, lyon: Store, dovecot: Dovecot, user: str
) -> None:
    raw = mail(1).replace(b"Message-ID: <1@client.example>\r\n", b"")
    dovecot.lay(user, raw)
    dovecot.lay(user, raw)
    add(dovecot, user)
    poll()
    [row] = arrivals(session)
    assert row.message_id.endswith("@no-message-id.invalid>")
    assert seen(dovecot.names_in(user)) == 2


def test_a_mail_that_is_too_large_is_kept_by_its_head_and_blocks_nothing(
    session: Session, lyon: Store, dovecot: Dovecot, user: str
) -> None:
    ways_setup.use(replace(ways_setup.current(), most_bytes=20_000))
    dovecot.lay(user, mail(1, text="x" * 30_000))
    dovecot.lay(user, mail(2))
    mailbox = add(dovecot, user)
    poll()
    large, small = sorted(arrivals(session), key=lambda row: row.message_id)
    assert (large.is_partial, small.is_partial) == (True, False)
    assert large.size_bytes > 30_000
    assert b"Subject: Lampe 1" in (large.raw or b"")
    assert b"xxxx" not in (large.raw or b"")
    assert seen(dovecot.names_in(user)) == 2
    work()
    assert (large.state, small.state) == (ArrivalState.QUARANTINED, ArrivalState.SORTED)
    assert large.reason == "larger than the limit: 30 kB of at most 20 kB"
    assert session.get_one(PolledMailbox, mailbox).held_count == 1


def test_a_mail_the_server_does_not_hand_out_is_told_and_blocks_nothing(
    session: Session, lyon: Store, dovecot: Dovecot, user: str
) -> None:
    dovecot.lay(user, mail(1))
    bad = dovecot.lay(user, mail(2))
    dovecot.lay(user, mail(3))
    bad.chmod(0)
    mailbox = add(dovecot, user)
    poll()
    poll()
    states = {row.message_id: row.state for row in arrivals(session)}
    assert states.pop("<1@client.example>") is ArrivalState.WAITING
    assert states.pop("<3@client.example>") is ArrivalState.WAITING
    assert list(states.values()) == [ArrivalState.QUARANTINED], "told once"
    row = session.get_one(PolledMailbox, mailbox)
    assert (row.fault, row.error_count) == (MailboxFault.MAIL_REFUSED, 0)
    [name] = [name for name in dovecot.names_in(user) if name.startswith(bad.name.partition(":")[0])]
    found = next((dovecot.folder / "mail" / user).rglob(name))
    found.chmod(0o600)
    poll()
    assert session.scalar(select(Arrival.state).where(Arrival.message_id == "<2@client.example>"))
    assert session.get_one(PolledMailbox, mailbox).fault is None


def test_a_mail_that_cannot_be_kept_costs_its_neighbours_nothing(
    session: Session, lyon: Store, dovecot: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        dovecot.lay(user, mail(number))
    mailbox = add(dovecot, user)
    real = poll_turn.keep_arrivals

    def full(mails: Any, **more: Any) -> Any:
        if any(b"Subject: Lampe 1" in each.raw for each in mails):
            raise OSError(28, "No space left on device")
        return real(mails, **more)

    with monkeypatch.context() as patch:
        patch.setattr(poll_turn, "keep_arrivals", full)
        poll()
    assert [row.message_id for row in waiting(session)] == ["<0@client.example>", "<2@client.example>"]
    assert seen(dovecot.names_in(user)) == 2
    assert "No space left" in session.get_one(PolledMailbox, mailbox).fault_detail
    [told] = list_quarantine().rows
    assert "No space left" in told.reason
    poll()
    assert len(waiting(session)) == 3
    assert list_quarantine().rows == []
