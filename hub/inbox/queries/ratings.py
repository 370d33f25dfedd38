"""What the question after a solved ticket shows, and what customers answered."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from hub.core.db import db
from hub.core.words import Language
from hub.inbox.models import Ticket, TicketRating
from hub.inbox.ratings import ANSWERABLE, RatingSetting, read_setting
from hub.stores.queries import get_chain


@dataclass(frozen=True)
class RatingPage:
    """The question of one ticket as the customer sees it."""

    id: int
    number: str
    language: Language
    score: int | None
    comment: str
    is_over: bool


def find_rating_page(rating_id: int, *, now: datetime) -> RatingPage | None:
    found = (
        select(TicketRating, Ticket.number, Ticket.language).join(Ticket).where(TicketRating.id == rating_id)
    )
    row = db.session.execute(found).first()
    if row is None:
        return None
    rating, number, language = row
    is_over = now - rating.asked_at > ANSWERABLE
    return RatingPage(rating.id, number, language, rating.score, rating.comment, is_over)


def get_rating_setting() -> RatingSetting:
    return read_setting(get_chain().settings)
