"""The words that tickets contain, learnt from the search column in batches: what a mistyped word may have meant."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from hub.core.db import db, transaction
from hub.inbox.models import Ticket, WordProgress

KIND = "words"
BATCH = 2000
MOST_WORDS = 200_000
_ROW = 1
_LEARN = text(
    """
    INSERT INTO known_words (word, ticket_count)
    SELECT word, ndoc FROM ts_stat(format('SELECT search FROM tickets WHERE id > %s AND id <= %s',
        CAST(:first AS bigint), CAST(:last AS bigint))) WHERE word ~ '^[a-z]{4,24}$' ORDER BY word
    ON CONFLICT (word) DO UPDATE SET ticket_count = known_words.ticket_count + excluded.ticket_count
    """
)
_FORGET = text(
    """
    DELETE FROM known_words WHERE word IN (SELECT word FROM known_words ORDER BY ticket_count, word
        LIMIT greatest((SELECT count(*) FROM known_words) - CAST(:most AS bigint), 0))
    """
)


def work_words(wake: Callable[[], None]) -> int:
    """Learn the words of the next 2,000 tickets; beyond 200,000 words the rarest are forgotten. Returns the tickets."""
    with transaction():
        known = _lock_progress()
        if known is None:
            return 0
        ids = select(Ticket.id).where(Ticket.id > known).order_by(Ticket.id).limit(BATCH).subquery()
        count, last = db.session.execute(select(func.count(), func.max(ids.c.id))).one()
        if not count:
            return 0
        db.session.execute(_LEARN, {"first": known, "last": last})
        db.session.execute(update(WordProgress).values(last_ticket_id=last))
        if count == BATCH:
            wake()
        else:
            db.session.execute(_FORGET, {"most": MOST_WORDS})
    return int(count)


def _lock_progress() -> int | None:
    """The last ticket known, the row held; None while a neighbour holds it."""
    first = insert(WordProgress).values(id=_ROW, last_ticket_id=0)
    db.session.execute(first.on_conflict_do_nothing())
    return db.session.scalar(
        select(WordProgress.last_ticket_id).where(WordProgress.id == _ROW).with_for_update(skip_locked=True)
    )


def has_due() -> bool:
    """Whether there are tickets whose words are not known yet."""
    known = db.session.scalar(select(WordProgress.last_ticket_id).where(WordProgress.id == _ROW))
    newest = db.session.scalar(select(func.max(Ticket.id)))
    return newest is not None and newest > (known or 0)


def next_due_at() -> datetime | None:
    """Words wait for no moment."""
    return None
