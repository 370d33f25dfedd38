"""The words that tickets contain, learnt from the search column in batches: what a mistyped word may have meant, and
which whole words a beginning stands for.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert

from hub.core.db import db, transaction
from hub.inbox.models import Ticket, TicketMessage, WordProgress

KIND = "words"
BATCH = 2000
OVERLAP = 200
"""Messages looked at twice: one whose transaction took longer may come to light after later ones."""
MOST_WORDS = 1_000_000
_ROW = 1
_LEARN = text(
    """
    INSERT INTO known_words (word, ticket_count)
    SELECT word, ndoc FROM ts_stat(format('SELECT search FROM tickets WHERE id > %s AND id <= %s',
        CAST(:first AS bigint), CAST(:last AS bigint))) WHERE word ~ '^[a-z][a-z0-9]{2,39}$' ORDER BY word
    ON CONFLICT (word) DO UPDATE SET ticket_count = known_words.ticket_count + excluded.ticket_count
    """
)
_LEARN_LATER = text(
    """
    INSERT INTO known_words (word, ticket_count)
    SELECT word, ndoc FROM ts_stat(format(
        'SELECT search FROM tickets WHERE id <= %s AND id IN (
            SELECT ticket_id FROM ticket_messages WHERE id > %s AND id <= %s)',
        CAST(:known AS bigint), CAST(:first AS bigint), CAST(:last AS bigint)))
    WHERE word ~ '^[a-z][a-z0-9]{2,39}$' ORDER BY word
    ON CONFLICT (word) DO NOTHING
    """
)
_FORGET = text(
    """
    DELETE FROM known_words WHERE word IN (SELECT word FROM known_words ORDER BY ticket_count, word
        LIMIT greatest((SELECT count(*) FROM known_words) - CAST(:most AS bigint), 0))
    """
)


def work_words(wake: Callable[[], None]) -> int:
    """Learn the words of the next 2,000 tickets, then of later messages of known ones; beyond 1,000,000 words the rarest
    are forgotten. Returns how many tickets and messages were read.
    """
    with transaction():
        progress = _lock_progress()
        if progress is None:
            return 0
        count = _learn_tickets(progress) or _learn_messages(progress)
        if count == BATCH:
            wake()
        elif count and db.session.execute(_FORGET, {"most": MOST_WORDS}).rowcount:  # type: ignore[attr-defined]
            progress.has_forgotten = True
    return count


def _learn_tickets(progress: WordProgress) -> int:
    """Words of new tickets, each with the number of tickets that have it."""
    known = progress.last_ticket_id
    count, last = _next(Ticket, known)
    if not known:  # the words of tickets that are new to us are those of all their messages so far
        progress.last_message_id = db.session.scalar(select(func.max(TicketMessage.id))) or 0
    if count:
        db.session.execute(_LEARN, {"first": known, "last": last})
        progress.last_ticket_id = last
    return count


def _learn_messages(progress: WordProgress) -> int:
    """Words that later messages brought into known tickets; their number stays a rough one."""
    first = progress.last_message_id
    count, last = _next(TicketMessage, first)
    if count:
        span = {"known": progress.last_ticket_id, "first": max(first - OVERLAP, 0), "last": last}
        db.session.execute(_LEARN_LATER, span)
        progress.last_message_id = last
    return count


def _next(table: type[Ticket | TicketMessage], after: int) -> tuple[int, int]:
    """How many of the next 2,000 rows there are, and the id of the last one."""
    ids = select(table.id).where(table.id > after).order_by(table.id).limit(BATCH).subquery()
    count, last = db.session.execute(select(func.count(), func.max(ids.c.id))).one()
    return count, last or after


def _lock_progress() -> WordProgress | None:
    """How far it is known, the row held; None while a neighbour holds it."""
    first = insert(WordProgress).values(id=_ROW, last_ticket_id=0)
    db.session.execute(first.on_conflict_do_nothing())
    return db.session.scalar(
        select(WordProgress).where(WordProgress.id == _ROW).with_for_update(skip_locked=True)
    )


def has_due() -> bool:
    """Whether there are tickets or messages whose words are not known yet."""
    known = db.session.execute(
        select(WordProgress.last_ticket_id, WordProgress.last_message_id).where(WordProgress.id == _ROW)
    ).one_or_none()
    ticket, message = db.session.execute(
        select(
            select(func.max(Ticket.id)).scalar_subquery(),
            select(func.max(TicketMessage.id)).scalar_subquery(),
        )
    ).one()
    last_ticket, last_message = known or (0, 0)
    return (ticket or 0) > last_ticket or (message or 0) > last_message


def next_due_at() -> datetime | None:
    """Words wait for no moment."""
    return None
