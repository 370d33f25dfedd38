"""What the inbox does about a customer who is erased, besides what its holding says: locks, search column, single words."""

from collections.abc import Collection, Mapping

from sqlalchemy import ColumnElement, cast, delete, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import REGCONFIG

from hub.core.db import db
from hub.core.personal import condition_of
from hub.core.traces import Traces
from hub.inbox.holding import ELSEWHERE, TICKETS
from hub.inbox.models import KnownWord, Ticket, TicketMessage
from hub.inbox.reindexing import drop_lexemes, drop_words, list_lexemes
from hub.inbox.searching import phone_words, search_words
from hub.inbox.threading import SAID, preview_of

_SIMPLE = cast(literal("simple"), REGCONFIG)


def list_requesters(ids: Collection[int]) -> list[str]:
    """Every address that these customers wrote from."""
    found = select(Ticket.requester_address).where(
        Ticket.customer_id.in_(ids), Ticket.requester_address.is_not(None)
    )
    return [address for address in db.session.scalars(found.distinct()) if address]


def lock_tickets(traces: Traces) -> dict[int, list[str]]:
    """Hold the customer's tickets and those of others he wrote in, by id: the order of every act on many tickets.

    Returns by ticket of another what he wrote there, which is emptied next.
    """
    wrote = select(TicketMessage.ticket_id).where(condition_of(ELSEWHERE, traces))
    held = select(Ticket.id).where(or_(condition_of(TICKETS, traces), Ticket.id.in_(wrote)))
    db.session.execute(held.order_by(Ticket.id).with_for_update())
    parts = (TicketMessage.subject, TicketMessage.text, TicketMessage.author_name)
    found: dict[int, list[str]] = {}
    for ticket_id, *texts in db.session.execute(
        select(TicketMessage.ticket_id, *parts).where(condition_of(ELSEWHERE, traces))
    ):
        found.setdefault(ticket_id, []).extend(text for text in texts if text)
    return found


def forget_elsewhere(wrote: Mapping[int, Collection[str]]) -> None:
    """What he wrote in these tickets of others is emptied: they are found by it no more, and their line shows none of it."""
    for ticket_id, texts in sorted(wrote.items()):
        drop_words(ticket_id, list(texts))
        his = Ticket.preview.in_([preview_of(text) for text in texts])
        left = select(TicketMessage.text).where(
            TicketMessage.ticket_id == ticket_id, TicketMessage.kind.in_(SAID), TicketMessage.text != ""
        )
        latest = db.session.scalar(left.order_by(TicketMessage.event_id.desc()).limit(1))
        other = update(Ticket).where(Ticket.id == ticket_id, his).values(preview=preview_of(latest or ""))
        db.session.execute(other.execution_options(synchronize_session=False))


def forget_words(traces: Traces) -> None:
    """Take his addresses and own full name out of the search column of other tickets, and single words out of the list.

    Their texts are without him already: a word that one of them still says, a rose or a street, stays findable.
    """
    wanted = _queries(traces)
    if wanted:
        query = func.to_tsquery(_SIMPLE, " | ".join(wanted))
        found = db.session.scalars(
            select(Ticket.id).where(Ticket.search.bool_op("@@")(query)).order_by(Ticket.id)
        )
        phones = [word for phone in traces.phones for word in phone_words(phone)]
        names = [part for name in traces.own_names for part in name]
        lexemes = list_lexemes([*traces.mails, *traces.phones, *names, *phones])
        for ticket_id in found.all():
            drop_lexemes(ticket_id, lexemes)
    known = delete(KnownWord).where(KnownWord.word.in_(sorted(traces.words)), ~_still_said())
    db.session.execute(known.execution_options(synchronize_session=False))


def _queries(traces: Traces) -> list[str]:
    """All words of a mail, the last digits of a phone, first and last name together."""
    texts = [*traces.mails, *(" ".join(name) for name in traces.own_names)]
    queries = [" & ".join(search_words([each])) for each in texts]
    queries += [word for phone in traces.phones for word in phone_words(phone)]
    return [f"({query})" for query in queries if query]


def _still_said() -> ColumnElement[bool]:
    said = select(literal(1)).where(Ticket.search.bool_op("@@")(func.to_tsquery(_SIMPLE, KnownWord.word)))
    return said.correlate(KnownWord).exists()
