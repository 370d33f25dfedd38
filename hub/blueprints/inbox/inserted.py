"""What the composer says was inserted into an answer, and how much of it is left in what is sent."""

from dataclasses import asdict
from typing import Any

from flask import request

from hub.blueprints.inbox.reply_acts import ACTS, chosen_acts, sets_of
from hub.blueprints.inbox.suggestions import variable_values
from hub.blueprints.row_ids import read_ids
from hub.inbox.queries import TicketView
from hub.knowledge.replies import fill_row, list_chosen_replies
from hub.knowledge.rows import Use
from hub.knowledge.rules import likeness
from hub.knowledge.uses import get_texts

REPLY, ARTICLE = "standard_reply_id", "article_id"
MOST = 20


def inserted_into(ticket: TicketView, text: str) -> dict[str, Any] | None:
    """Kept with the answer, for the figures of the texts and what they set; None when nothing was inserted."""
    offered = {Use(article_id=each, likeness=0): words for each, words in get_texts(_ids(ARTICLE)).items()}
    replies = list_chosen_replies({*_ids(REPLY), *chosen_acts()}, ticket.store_id)
    if replies:
        values = variable_values(ticket)
        offered |= {Use(reply_id=row.id, likeness=0): fill_row(row, values).text for row in replies}
    uses = [{**asdict(use), "likeness": likeness(words, text)} for use, words in offered.items()]
    return {"uses": uses, **sets_of(ticket, replies)} if uses else None


def inserted_fields() -> list[tuple[str, int]]:
    """For a page between the composer and the sending: the same again, as hidden fields."""
    return [(name, each) for name in (REPLY, ARTICLE, ACTS) for each in _ids(name)]


def _ids(name: str) -> list[int]:
    return read_ids(request.form.getlist(name))[:MOST]
