"""Polls mailboxes by IMAP: each mail is kept and committed first, and only then marked seen or moved on its server.

No transaction is open while a server is waited for. One mail or mailbox that fails holds up no other.
"""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime

import structlog
from sqlalchemy import select

from hub.channels.imap import ImapFault
from hub.core import clock
from hub.core.db import db
from hub.mailroom import leasing
from hub.mailroom.leasing import Lease, LeaseLostError
from hub.mailroom.poll_turn import Turn
from hub.mailroom.signing_in import sign_in
from hub.mailroom.way_models import PolledMailbox

log = structlog.get_logger(__name__)


def work_mailboxes(wake: Callable[[], None]) -> int:
    """One turn at one mailbox; returns how many mails it handed out, at least 1 when a mailbox was looked at."""
    lease, is_another_due = leasing.claim()
    if lease is None:
        return 0
    if is_another_due:
        wake()
    return max(1, poll(lease))


def has_due() -> bool:
    """Whether a mailbox waits to be polled."""
    due = select(PolledMailbox.id).where(leasing.is_due(clock.machine_now())).limit(1)
    return db.session.scalar(due) is not None


def next_due_at() -> datetime | None:
    """Nothing is planned in business time: mailboxes are polled by the machine's clock."""
    return None


def poll(lease: Lease) -> int:
    """Take what is new, and note how it went; never raises for what a server or a mail does."""
    try:
        with ExitStack() as lines:
            turn = sign_in(leasing.settings_of(lease), lease.how, lambda given: Turn(lease, given, lines))
            turn.run()
        leasing.note_success(lease, is_more=turn.is_more, trouble=turn.trouble)
    except LeaseLostError:
        log.info("mailbox.lease_lost", mailbox_id=lease.mailbox_id)
        return 0
    except (ImapFault, leasing.SealedError) as fault:
        log.warning("mailbox.failed", mailbox_id=lease.mailbox_id, error=str(fault)[:300])
        _note_failure(lease, fault)
        return 0
    except Exception as error:
        log.exception("mailbox.failed", mailbox_id=lease.mailbox_id)
        _note_failure(lease, error)
        return 0
    return turn.taken_count


def _note_failure(lease: Lease, error: Exception) -> None:
    try:
        leasing.note_failure(lease, error)
    except LeaseLostError:
        log.info("mailbox.lease_lost", mailbox_id=lease.mailbox_id)
