"""A customer says why; what he said before is replaced."""

from datetime import UTC, datetime

from sqlalchemy import select

from hub.core import signing
from hub.core.db import db
from hub.core.errors import Gone, Invalid, NotFound
from hub.core.facts import record
from hub.core.text import N_
from hub.customers.actions import lock_customer
from hub.customers.queries import get_customer
from hub.orders.queries import find_latest_purchase
from hub.surveys import rules
from hub.surveys.whys.facts import WhyTold
from hub.surveys.whys.models import WhyAnswer
from hub.surveys.whys.queries import WhyPage, get_page
from hub.surveys.whys.words import WhyReason

PAGE = "why-page"
PRESS_AGAIN = N_("Please press the button once more.")
CHOOSE = N_("Please choose one of the reasons.")
COMMENT_LENGTH = 2_000


def sign_page(page: WhyPage, *, machine_now: datetime) -> str:
    """What the page sends back: whose it is, and when it was opened."""
    shown = {"c": page.customer_id, "s": page.source, "at": machine_now.timestamp()}
    return signing.sign(PAGE, shown)


def answer_why(
    token: str,
    *,
    reason: str,
    comment: str,
    nonce: str,
    least_seconds: float,
    machine_now: datetime,
    now: datetime,
) -> int:
    """Keep the answer; a second one replaces it. Returns its id. The fact WhyTold is recorded unless nothing is new.

    Raises NotFound and Gone for the link, Invalid when the page was sent too fast or too late (a machine does that), or
    (field reason) without a reason.
    """
    page = get_page(token, machine_now=machine_now)
    _check_nonce(page, nonce, least_seconds=least_seconds, machine_now=machine_now)
    if reason not in set(WhyReason):
        raise Invalid(CHOOSE, field="reason")
    lock_customer(page.customer_id)
    row = db.session.scalar(
        select(WhyAnswer).where(WhyAnswer.customer_id == page.customer_id, WhyAnswer.source == page.source)
    )
    words = comment.replace("\x00", "").strip()[:COMMENT_LENGTH]
    if row is not None and (row.reason, row.comment) == (reason, words):
        return row.id
    row = row or WhyAnswer(customer_id=page.customer_id, source=page.source)
    row.reason, row.comment, row.answered_at = WhyReason(reason), words, now
    row.store_id = _store_of(page.customer_id)
    db.session.add(row)
    db.session.flush()
    fact = WhyTold(customer_id=row.customer_id, why_id=row.id, store_id=row.store_id, reason=row.reason)
    record(fact, now=now)
    return row.id


def _check_nonce(page: WhyPage, nonce: str, *, least_seconds: float, machine_now: datetime) -> None:
    try:
        seen = signing.read(PAGE, nonce, now=machine_now)
    except (NotFound, Gone):
        raise Invalid(PRESS_AGAIN) from None
    opened_at = datetime.fromtimestamp(seen["at"], UTC)
    is_ours = (seen["c"], seen["s"]) == (page.customer_id, page.source)
    if not is_ours or not rules.is_nonce_age_good(opened_at, machine_now, least_seconds=least_seconds):
        raise Invalid(PRESS_AGAIN)


def _store_of(customer_id: int) -> int | None:
    """Of the last purchase, else the one he prefers."""
    order = find_latest_purchase(customer_id)
    return order.store_id if order else get_customer(customer_id).preferred_store_id
