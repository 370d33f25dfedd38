"""Takes words out of a ticket's search column that its texts no longer say, and leaves those they do."""

from collections.abc import Sequence

from sqlalchemy import ARRAY, Text, cast, func, literal, select, update

from hub.core.db import db
from hub.inbox.indexing import index_of, index_text
from hub.inbox.models import Ticket, TicketMessage
from hub.inbox.search_column import index_expression
from hub.inbox.searching import phone_words


def drop_words(ticket_id: int, texts: Sequence[str]) -> None:
    """The texts were taken out of the ticket, and written: what nothing else in it says is found no more.

    What the column has besides, an order's number or that of another helpdesk, stays.
    """
    drop_lexemes(ticket_id, list_lexemes(texts))


def drop_lexemes(ticket_id: int, lexemes: Sequence[str]) -> None:
    """The same for words and stems as the column has them."""
    said = set(_list_said(ticket_id))
    gone = [each for each in lexemes if each not in said]
    if gone:
        fewer = func.ts_delete(Ticket.search, cast(gone, ARRAY(Text)))
        statement = update(Ticket).where(Ticket.id == ticket_id).values(search=fewer)
        db.session.execute(statement.execution_options(synchronize_session=False))


def list_lexemes(texts: Sequence[str]) -> Sequence[str]:
    """The words of some texts and their stems."""
    return db.session.scalar(select(func.tsvector_to_array(index_of(texts)))) or []


def _list_said(ticket_id: int) -> Sequence[str]:
    """The words and stems of all that stands in the ticket, each text read as far as it is when it is written."""
    texts = [index_text([text]) for text in _list_texts(ticket_id)]
    each = func.unnest(cast(literal(texts, ARRAY(Text)), ARRAY(Text))).table_valued("text")
    lexemes = func.unnest(func.tsvector_to_array(index_expression(each.c.text)))
    return db.session.scalars(select(lexemes.label("lexeme")).select_from(each).distinct()).all()


def _list_texts(ticket_id: int) -> list[str]:
    ticket = (Ticket.number, Ticket.subject, Ticket.requester_name, Ticket.requester_address)
    found = db.session.execute(select(*ticket).where(Ticket.id == ticket_id)).one()
    message = (TicketMessage.subject, TicketMessage.text, TicketMessage.author_name)
    rows = db.session.execute(select(*message).where(TicketMessage.ticket_id == ticket_id)).all()
    texts = [text for row in (found, *rows) for text in row if text]
    return [*texts, *phone_words(found.requester_address)]
