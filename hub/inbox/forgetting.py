"""What the inbox does about a customer who is erased, besides what its holding says: locks, search column, single words."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, cast, delete, func, literal, select
from sqlalchemy.dialects.postgresql import REGCONFIG

from hub.core.db import db
from hub.core.personal import condition_of
from hub.core.traces import Traces
from hub.inbox.holding import TICKETS
from hub.inbox.models import KnownWord, Ticket
from hub.inbox.reindexing import drop_lexemes, list_lexemes
from hub.inbox.searching import phone_words, search_words

_SIMPLE = cast(literal("simple"), REGCONFIG)


def list_requesters(ids: Collection[int]) -> list[str]:
    """Every address that these customers wrote from."""
    found = select(Ticket.requester_address).where(
        Ticket.customer_id.in_(ids), Ticket.requester_address.is_not(None)
    )
    return [address for address in db.session.scalars(found.distinct()) if address]


def lock_tickets(traces: Traces) -> None:
    """Hold the customer's tickets, by id: the order of every act on many tickets."""
    held = select(Ticket.id).where(condition_of(TICKETS, traces)).order_by(Ticket.id)
    db.session.execute(held.with_for_update())


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
