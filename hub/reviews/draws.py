"""Prize draws among those who wrote reviews: announced with a sealed seed, drawn once, the winners told by mail."""

import secrets
from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select

from hub.core import site
from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import Conflict, Invalid, NotFound
from hub.core.text import N_
from hub.core.words import Purpose
from hub.customers.queries import get_customers
from hub.outbox.actions import post
from hub.reviews.draw_rules import (
    SEED_BYTES,
    DrawDraft,
    bounds_of,
    check_draft,
    commitment_of,
    rank_numbers,
)
from hub.reviews.models import Review, ReviewDraw, ReviewWinner
from hub.stores.queries import get_chain

SUBJECT = "review_draw"
NO_DRAW = N_("This prize draw does not exist.")
DRAWN = N_("The prizes of this draw have been drawn already.")
NOT_OVER = N_("Reviews may still be written for this draw. It can be drawn the day after its last day.")
NOBODY = N_("Nobody wrote a review in this period: there is nothing to draw.")
BEGUN = N_("This draw has begun: what was announced stands.")
NOBODY_LEFT = N_("Nobody is left in this draw to whom the prize could pass.")
NO_REASON = N_("Please say why the prize passes on.")


def announce_draw(draft: DrawDraft, *, by: Actor, now: datetime) -> int:
    """Keep what is announced, with a seed that nobody sees before the draw. Raises Invalid. Returns the id."""
    check_draft(draft, today=today_of(now))
    seed = secrets.token_hex(SEED_BYTES)
    row = ReviewDraw(
        name=draft.name,
        prize=draft.prize,
        rules_fr=draft.rules_fr,
        rules_en=draft.rules_en,
        since_on=draft.since_on,
        until_on=draft.until_on,
        winner_count=draft.winner_count,
        seed=seed,
        commitment=commitment_of(seed),
        entries=[],
        created_at=now,
    )
    db.session.add(row)
    db.session.flush()
    _note("announced", row, by=by, now=now, commitment=row.commitment)
    return row.id


def call_off(draw_id: int, *, by: Actor, now: datetime) -> None:
    """Before its first day only. Raises Conflict afterwards: somebody may have written for it."""
    row = _lock(draw_id)
    if row.since_on <= today_of(now):
        raise Conflict(BEGUN)
    _note("called_off", row, by=by, now=now)
    db.session.delete(row)
    db.session.flush()


def draw(draw_id: int, *, by: Actor, now: datetime) -> None:
    """Keep the entries and the winners, and tell these. Raises Conflict before the period is over and the second time."""
    row = _lock(draw_id)
    if row.drawn_at is not None:
        raise Conflict(DRAWN)
    if today_of(now) <= row.until_on:
        raise Conflict(NOT_OVER)
    entries = _list_entries(row)
    if not entries:
        raise Invalid(NOBODY)
    row.entries, row.drawn_at = entries, now
    order = rank_numbers(row.seed, entries)[: row.winner_count]
    _note("drawn", row, by=by, now=now, entry_count=len(entries), winners=order)
    for rank, number in enumerate(order, 1):
        _win(row, rank, number, now=now)


def pass_on(draw_id: int, rank: int, *, reason: str, by: Actor, now: datetime) -> None:
    """A prize that was not taken goes to the next in the order of the draw. Raises Invalid, NotFound and Conflict."""
    row = _lock(draw_id)
    winner = db.session.scalar(select(ReviewWinner).where(_of(draw_id), ReviewWinner.rank == rank))
    if winner is None or winner.passed_on_at is not None:
        raise NotFound(NO_DRAW)
    if not reason.strip():
        raise Invalid(NO_REASON, field="reason")
    last = db.session.scalar(select(func.max(ReviewWinner.rank)).where(_of(draw_id))) or 0
    order = rank_numbers(row.seed, row.entries)
    next_rank = next((at for at in range(last + 1, len(order) + 1) if _find_review(order[at - 1])), None)
    if next_rank is None:
        raise Conflict(NOBODY_LEFT)
    winner.passed_on_at, winner.reason = now, " ".join(reason.split())[:200]
    _note("passed_on", row, by=by, now=now, rank=rank, to_rank=next_rank)
    _win(row, next_rank, order[next_rank - 1], now=now)


def get_draw(draw_id: int) -> ReviewDraw:
    """Raises NotFound."""
    row = db.session.get(ReviewDraw, draw_id)
    if row is None:
        raise NotFound(NO_DRAW)
    return row


def list_draws() -> Sequence[ReviewDraw]:
    """The newest first, fifty at most."""
    return db.session.scalars(select(ReviewDraw).order_by(ReviewDraw.id.desc()).limit(50)).all()


def list_open(*, now: datetime) -> Sequence[ReviewDraw]:
    """For which one may write today."""
    today = today_of(now)
    found = select(ReviewDraw).where(ReviewDraw.since_on <= today, ReviewDraw.until_on >= today)
    return db.session.scalars(found.order_by(ReviewDraw.until_on, ReviewDraw.id).limit(5)).all()


def list_winners(draw_id: int) -> Sequence[ReviewWinner]:
    return db.session.scalars(select(ReviewWinner).where(_of(draw_id)).order_by(ReviewWinner.rank)).all()


def today_of(now: datetime) -> date:
    """The day of the chain."""
    return now.astimezone(ZoneInfo(get_chain().time_zone)).date()


def draw_url(draw_id: int) -> str:
    """Where anybody reads the rules and draws again."""
    return f"{site.base_url()}/shop/draws/{draw_id}"


def _list_entries(row: ReviewDraw) -> list[int]:
    """One chance a customer: the number of his first review of the period, whatever it says and became."""
    since, until = bounds_of(row.since_on, row.until_on, time_zone=get_chain().time_zone)
    first = select(func.min(Review.id)).where(Review.written_at >= since, Review.written_at < until)
    return sorted(number for number in db.session.scalars(first.group_by(Review.customer_id)) if number)


def _find_review(number: int) -> Review | None:
    """None: its author was erased meanwhile."""
    return db.session.get(Review, number)


def _win(row: ReviewDraw, rank: int, number: int, *, now: datetime) -> None:
    review = db.session.get_one(Review, number)
    winner = ReviewWinner(
        draw_id=row.id, rank=rank, number=number, customer_id=review.customer_id, drawn_at=now, reason=""
    )
    db.session.add(winner)
    db.session.flush()
    customer = get_customers([review.customer_id]).get(review.customer_id)
    if customer is None or not customer.mail:
        return
    post(
        key=f"review-prize:{row.id}:{rank}",
        template_key="review_prize",
        values={
            "prize": row.prize,
            "draw_name": row.name,
            "draw_number": str(number),
            "draw_url": draw_url(row.id),
        },
        purpose=Purpose.TRANSACTIONAL,
        customer_id=customer.id,
        store_id=review.store_id,
        source_kind=SUBJECT,
        source_id=row.id,
        due_at=now,
        now=now,
    )


def _of(draw_id: int) -> ColumnElement[bool]:
    return ReviewWinner.draw_id == draw_id


def _lock(draw_id: int) -> ReviewDraw:
    row = db.session.scalar(select(ReviewDraw).where(ReviewDraw.id == draw_id).with_for_update())
    if row is None:
        raise NotFound(NO_DRAW)
    return row


def _note(action: str, row: ReviewDraw, *, by: Actor, now: datetime, **data: object) -> None:
    note_change(f"{SUBJECT}.{action}", subject_kind=SUBJECT, subject_id=row.id, by=by, now=now, **data)
