"""What others look up about the question why: one customer's page and answer, counts and answers for marketers."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select, tuple_

from hub.core.batches import among
from hub.core.db import db
from hub.core.errors import Gone, Invalid, NotFound
from hub.core.paging import Page, decode_key, make_page
from hub.core.text import N_
from hub.core.words import Language
from hub.customers.following import find_survivor
from hub.customers.queries import get_customers
from hub.surveys.whys.links import read_why_link
from hub.surveys.whys.models import WhyAnswer
from hub.surveys.whys.words import WhyReason

PAGE_SIZE = 50
BAD_PAGE = N_("This page address is not valid. Please start again from the first page.")


@dataclass(frozen=True)
class WhyPage:
    """What the page of a link shows; `reason` and `comment` are those of the answer that stands, if there is one."""

    customer_id: int
    source: str
    language: Language
    reason: WhyReason | None
    comment: str


@dataclass(frozen=True)
class WhyRow:
    id: int
    customer_id: int
    source: str
    store_id: int | None
    reason: WhyReason
    comment: str
    answered_at: datetime


def get_page(token: str, *, machine_now: datetime) -> WhyPage:
    """Raises NotFound for a mangled link, Gone for one that is too old or whose customer is no more."""
    link = read_why_link(token, machine_now=machine_now)
    customer_id = find_survivor(link.customer_id) or link.customer_id
    customer = get_customers([customer_id]).get(customer_id)
    if customer is None or customer.is_erased:
        raise Gone(N_("This question is closed. Please write to us if something is not right."))
    found = db.session.scalar(
        select(WhyAnswer).where(WhyAnswer.customer_id == customer_id, WhyAnswer.source == link.source)
    )
    return WhyPage(
        customer_id=customer_id,
        source=link.source,
        language=Language(customer.language),
        reason=found.reason if found else None,
        comment=found.comment if found else "",
    )


def get_why(why_id: int) -> WhyRow:
    """Raises NotFound."""
    row = db.session.get(WhyAnswer, why_id)
    if row is None:
        raise NotFound(N_("This answer does not exist."))
    return _row(row)


def list_told(
    customer_ids: Collection[int], *, source: str, since: datetime, at: datetime
) -> dict[int, WhyReason]:
    """Of these customers, who has answered this source in [since, at], and why: for the condition of a plan."""
    found = select(WhyAnswer.customer_id, WhyAnswer.reason).where(
        among(WhyAnswer.customer_id, customer_ids),
        WhyAnswer.source == source,
        WhyAnswer.answered_at.between(since, at),
    )
    return {row[0]: row[1] for row in db.session.execute(found)}


def count_whys(*, since: datetime, until: datetime) -> dict[WhyReason, int]:
    """Answers given in [since, until) by reason, in the order of the page; a reason nobody gave has 0."""
    counted = select(WhyAnswer.reason, func.count()).where(_in(since, until)).group_by(WhyAnswer.reason)
    found = {row[0]: row[1] for row in db.session.execute(counted)}
    return {reason: found.get(reason, 0) for reason in WhyReason}


def list_whys(
    *,
    since: datetime,
    until: datetime,
    reason: WhyReason | None = None,
    after: str | None = None,
    size: int = PAGE_SIZE,
) -> Page[WhyRow]:
    """Answers given in [since, until), newest first. Raises Invalid for a mangled page key."""
    found = select(WhyAnswer).where(_in(since, until))
    if reason is not None:
        found = found.where(WhyAnswer.reason == reason)
    if after:
        match decode_key(after):
            case [datetime() as answered_at, int() as why_id]:
                found = found.where(tuple_(WhyAnswer.answered_at, WhyAnswer.id) < (answered_at, why_id))
            case _:
                raise Invalid(BAD_PAGE)
    newest = found.order_by(WhyAnswer.answered_at.desc(), WhyAnswer.id.desc()).limit(size + 1)
    rows = [_row(row) for row in db.session.scalars(newest)]
    return make_page(rows, size=size, key=lambda row: (row.answered_at, row.id))


def _in(since: datetime, until: datetime) -> ColumnElement[bool]:
    return and_(WhyAnswer.answered_at >= since, WhyAnswer.answered_at < until)


def _row(row: WhyAnswer) -> WhyRow:
    return WhyRow(row.id, row.customer_id, row.source, row.store_id, row.reason, row.comment, row.answered_at)
