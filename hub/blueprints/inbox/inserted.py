"""What the composer says was inserted into an answer, how much of it is left in what is sent, and what goes with it."""

from dataclasses import asdict
from typing import Any

from hub.blueprints.inbox.inserted_ids import ARTICLE, FIELDS, NAMES, REPLY, ids_of, inserted_ids
from hub.blueprints.inbox.reply_acts import chosen_acts, gives_of, sets_of
from hub.blueprints.inbox.suggestions import variable_values
from hub.inbox.actions.vouchers import GIVES
from hub.inbox.queries import TicketView
from hub.knowledge.replies import fill_row, list_chosen_replies
from hub.knowledge.rows import Use
from hub.knowledge.rules import check_completed, likeness
from hub.knowledge.uses import get_texts


def inserted_into(ticket: TicketView, text: str) -> dict[str, Any] | None:
    """Kept with the answer, for the figures of the texts and what they set and give; None when nothing was inserted."""
    offered = {Use(article_id=each, likeness=0): words for each, words in get_texts(ids_of(ARTICLE)).items()}
    replies = list_chosen_replies({*ids_of(REPLY), *chosen_acts()}, ticket.store_id)
    if replies:
        values = variable_values(ticket)
        offered |= {Use(reply_id=row.id, likeness=0): fill_row(row, values).text for row in replies}
    uses = [{**asdict(use), "likeness": likeness(words, text)} for use, words in offered.items()]
    if not uses:
        return None
    return {"uses": uses, FIELDS: inserted_ids(), **sets_of(ticket, replies), **gives_of(ticket, replies)}


def inserted_ready(ticket: TicketView, text: str) -> dict[str, Any] | None:
    """The same of a text that may leave. Raises Invalid where something is left to complete, or a code is missing."""
    inserted = inserted_into(ticket, text)
    check_ready(text, inserted or {})
    return inserted


def check_ready(text: str, inserted: dict[str, Any]) -> None:
    check_completed(text, places=inserted.get(GIVES, {}).get("places", ()))


def inserted_fields() -> list[tuple[str, int]]:
    """For a page between the composer and the sending: the same again, as hidden fields."""
    return [(name, each) for name in NAMES for each in ids_of(name)]
