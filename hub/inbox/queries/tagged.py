"""The tags of many tickets at once."""

from collections.abc import Iterable

from sqlalchemy import select

from hub.core.batches import among
from hub.core.db import db
from hub.inbox.models import Tag, TicketTag


def get_tag_names(ticket_ids: Iterable[int]) -> dict[int, dict[int, str]]:
    """By ticket: tag id to name, in alphabetical order; tickets without tags are left out."""
    found = select(TicketTag.ticket_id, Tag.id, Tag.name).join(Tag, Tag.id == TicketTag.tag_id)
    rows = db.session.execute(found.where(among(TicketTag.ticket_id, list(ticket_ids))).order_by(Tag.key))
    names: dict[int, dict[int, str]] = {}
    for ticket_id, tag_id, name in rows:
        names.setdefault(ticket_id, {})[tag_id] = name
    return names
