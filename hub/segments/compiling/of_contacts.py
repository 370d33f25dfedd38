"""Conditions on tickets and answers, known by facts alone, and on the customer's scores."""

from collections.abc import Callable, Mapping

from sqlalchemy import cast, func, select
from sqlalchemy.orm import aliased

from hub.core.audit import AuditEntry
from hub.core.facts import FactRow
from hub.outbox.models import Hold
from hub.segments.compiling.frame import Column, Frame, Members, Rows, Truth, compare, happened, texts
from hub.segments.conditions.tree import Condition
from hub.segments.conditions.words import Source
from hub.segments.values.models import CustomerScore

ANSWERED, WITHDRAWN = "SurveyAnswered", ("AnswerReclassified", "AnswersContradicted")
OPENED, MOVED, RATED = "TicketOpened", "TicketRequesterChanged", "TicketRated"
OVER = ("solved", "closed")
GRIEVANCE = "grievance"


def _facts(kind: str, each: Condition, *more: Truth) -> Rows:
    where: list[Truth] = [FactRow.kind == kind, *more]
    if scores := each.narrowed_to(Source.SCORE):
        where.append(_data("score") == texts(scores))
    if channels := each.narrowed_to(Source.TICKET_CHANNEL):
        where.append(_data("channel") == texts(channels))
    if stores := each.narrowed_to(Source.STORE):
        where.append(_data("store_id") == texts(stores))
    return Rows(FactRow.__table__, FactRow.customer_id, FactRow.happened_at, where)


def _data(name: str) -> Column:
    column: Column = FactRow.data[name].astext
    return column


def _answered(each: Condition, frame: Frame) -> Members:
    """Answers that count: one that was taken back or contradicted since is none."""
    later = aliased(FactRow)
    gone = (
        select(later.id)
        .where(
            later.kind.in_(WITHDRAWN),
            later.customer_id == FactRow.customer_id,
            later.data["answer_id"].astext == _data("answer_id"),
            later.id > FactRow.id,
        )
        .correlate(FactRow)
        .exists()
    )
    return happened(_facts(ANSWERED, each, ~gone), each, frame)


def _opened(each: Condition, frame: Frame) -> Members:
    return happened(_facts(OPENED, each), each, frame)


def _rated(each: Condition, frame: Frame) -> Members:
    return happened(_facts(RATED, each), each, frame)


def _is_open(_each: Condition, frame: Frame) -> Members:
    """Whose it is by the latest fact of it; that it has not ended by the last state in its audit trail."""
    later = aliased(FactRow)
    has_moved = (
        select(later.id)
        .where(
            later.kind == MOVED, later.data["ticket_id"].astext == _data("ticket_id"), later.id > FactRow.id
        )
        .correlate(FactRow)
        .exists()
    )
    state = (
        select(AuditEntry.data["state"].astext)
        .where(
            AuditEntry.subject_kind == "ticket",
            AuditEntry.subject_id == cast(_data("ticket_id"), AuditEntry.subject_id.type),
            AuditEntry.data.has_key("state"),
        )
        .order_by(AuditEntry.id.desc())
        .limit(1)
        .correlate(FactRow)
        .scalar_subquery()
    )
    named = (FactRow.kind.in_((OPENED, MOVED)), FactRow.customer_id.is_not(None))
    mine = (*named, ~has_moved, *frame.bounds.keep(FactRow.customer_id))
    open_ones = select(FactRow.customer_id).where(*mine, func.coalesce(state, "new").not_in(OVER))
    return Members(open_ones.group_by(FactRow.customer_id))


def _grievance(_each: Condition, frame: Frame) -> Members:
    """The hold that an open grievance puts on promotion."""
    mine = (Hold.lifted_at.is_(None), Hold.reason == GRIEVANCE, *frame.bounds.keep(Hold.customer_id))
    return Members(select(Hold.customer_id).where(*mine).group_by(Hold.customer_id))


def _among(column: Column) -> Callable[[Condition, Frame], Members]:
    return lambda each, frame: _scored(column == texts(each.values), frame)


def _measure(column: Column) -> Callable[[Condition, Frame], Members]:
    return lambda each, frame: _scored(compare(column, each), frame)


def _scored(truth: Truth, frame: Frame) -> Members:
    """One row a customer; who has none yet has no score."""
    score = CustomerScore
    return Members(select(score.customer_id).where(truth, *frame.bounds.keep(score.customer_id)))


OF_CONTACTS: Mapping[str, Callable[[Condition, Frame], Members]] = {
    "answers.given": _answered,
    "tickets.opened": _opened,
    "tickets.rated": _rated,
    "tickets.open": _is_open,
    "tickets.grievance": _grievance,
}
OF_VALUES: Mapping[str, Callable[[Condition, Frame], Members]] = {
    "value.stage": _among(CustomerScore.stage),
    "value.rfm": _among(CustomerScore.rfm_segment),
    "value.tier": _among(CustomerScore.tier),
    "value.r": _measure(CustomerScore.r),
    "value.f": _measure(CustomerScore.f),
    "value.m": _measure(CustomerScore.m),
    "value.churn": _measure(CustomerScore.churn_points),
    "value.historic": _measure(CustomerScore.historic_cents),
    "value.predicted": _measure(CustomerScore.predicted_cents),
}
