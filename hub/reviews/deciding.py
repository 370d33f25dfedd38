"""The staff decides on a review: published as it is, or refused with a reason that the customer is told. Nothing is edited."""

from datetime import datetime

from sqlalchemy import select

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import Conflict, Invalid, NotFound
from hub.core.facts import record
from hub.core.text import N_
from hub.core.words import Purpose
from hub.customers.queries import get_customer
from hub.outbox.actions import post
from hub.reviews import rules
from hub.reviews.facts import ReviewDecided
from hub.reviews.links import review_link
from hub.reviews.models import Review
from hub.reviews.queries import NO_REVIEW
from hub.reviews.reason_words import REASON_WORDS
from hub.reviews.words import RefusalReason, ReviewState

CHANGED = N_("The customer has changed this review meanwhile. Please read it once more.")
DECIDED = N_("This has been decided already.")
NO_ANSWER = N_("Please write the answer of the shop.")
SUBJECT = "review"


def publish(review_id: int, *, version: int, by: Actor, now: datetime) -> None:
    """Raises Conflict when the customer wrote something else meanwhile, or it is published."""
    row = _lock(review_id, version)
    if not rules.may_publish(row.state):
        raise Conflict(DECIDED)
    row.reason, row.reason_words, row.published_at = None, "", now
    _decide(row, ReviewState.PUBLISHED, by=by, now=now)


def refuse(review_id: int, *, version: int, reason: str, words: str, by: Actor, now: datetime) -> None:
    """The customer is told the reason by mail. Raises Invalid (fields reason, words) without one, Conflict as above."""
    why, said = rules.check_refusal(reason, words)
    row = _lock(review_id, version)
    if not rules.may_refuse(row.state):
        raise Conflict(DECIDED)
    row.reason, row.reason_words, row.published_at = why, said, None
    _decide(row, ReviewState.REFUSED, by=by, now=now)
    _tell(row, why, now=now)


def answer(review_id: int, *, words: str, by: Actor, now: datetime) -> None:
    """What the shop says publicly below the review; "" takes it back. Raises Invalid (field answer) for nothing new."""
    row = _lock(review_id, None)
    said = rules.plain_words(words, rules.LONGEST_ANSWER)
    if not said and not row.answer:
        raise Invalid(NO_ANSWER, field="answer")
    row.answer, row.answered_at = said, now if said else None
    note_change("review.answered", subject_kind=SUBJECT, subject_id=row.id, by=by, now=now, is_empty=not said)


def _lock(review_id: int, version: int | None) -> Review:
    row = db.session.scalar(select(Review).where(Review.id == review_id).with_for_update())
    if row is None:
        raise NotFound(NO_REVIEW)
    if version is not None and row.version != version:
        raise Conflict(CHANGED)
    return row


def _decide(row: Review, state: ReviewState, *, by: Actor, now: datetime) -> None:
    before = row.state
    row.state, row.decided_at, row.decided_by_id = state, now, by.agent_id
    note_change(
        f"review.{state}",
        subject_kind=SUBJECT,
        subject_id=row.id,
        by=by,
        now=now,
        version=row.version,
        before=before.value,
        reason=row.reason.value if row.reason else None,
    )
    fact = ReviewDecided(
        customer_id=row.customer_id,
        review_id=row.id,
        order_id=row.order_id,
        store_id=row.store_id,
        state=state.value,
    )
    record(fact, now=now)


def _tell(row: Review, why: RefusalReason, *, now: datetime) -> None:
    """Once a refusal. Without a mail address nobody can be told; the page of the link says it."""
    customer = get_customer(row.customer_id)
    if not customer.mail:
        return
    reason = REASON_WORDS[customer.language][why]
    post(
        key=f"review-refused:{row.id}:{row.version}:{now.timestamp():.0f}",
        template_key="review_refused",
        values={
            "product_name": row.product_name,
            "refusal_reason": reason,
            "refusal_words": row.reason_words,
            "product_review_url": review_link(row.order_id, now=now),
        },
        purpose=Purpose.TRANSACTIONAL,
        customer_id=customer.id,
        store_id=row.store_id,
        source_kind=SUBJECT,
        source_id=row.id,
        due_at=now,
        now=now,
    )
