"""Reading the trace of whoever presses a button: what the same address and program did with the mail before."""

from datetime import timedelta

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import aliased

from hub.core.db import db
from hub.surveys import rules
from hub.surveys.models import Touch
from hub.surveys.rules import BOXES, SeenTouch, Source
from hub.surveys.trace_rules import Trace
from hub.surveys.words import TouchLabel, TouchMethod, TouchReason

MOST_TOUCHES = 200

# Whether there is anything to look at: a source that only opened the one box answers in one statement (first_answer.py).
HAS_TRACE = """
    SELECT 1 FROM touches AS mine
    WHERE mine.invitation_id = :invitation_id AND mine.source_hash = :source_hash AND :source_hash <> ''
          AND mine.user_agent = :user_agent AND mine.reason <> 'prefetch' AND (
        mine.method = 'HEAD' OR mine.label = 'mangled' OR (mine.choice IN ('1', '2', '3') AND mine.choice <> :box)
        OR EXISTS (
            SELECT 1 FROM touches AS below
            WHERE below.source_hash = :source_hash AND below.user_agent = :user_agent AND below.label = 'footer'
                  AND below.touched_at BETWEEN mine.touched_at - :footer_span AND mine.touched_at + :footer_span
        )
    )
"""
FOOTER_SPAN = timedelta(seconds=rules.FOOTER_SECONDS)


def read_trace(invitation_id: int, source: Source) -> Trace:
    """By the log; a source that nobody knows has none. What the staff called a person's speaks against nobody."""
    if not source.hash:
        return Trace()
    latest = select(Touch).where(is_mine(invitation_id, source), Touch.reason != TouchReason.PREFETCH)
    seen = db.session.scalars(latest.order_by(Touch.id.desc()).limit(MOST_TOUCHES)).all()
    presses = [touch for touch in seen if touch.method is TouchMethod.POST]
    looks = [touch for touch in seen if touch.method in {TouchMethod.GET, TouchMethod.HEAD}]
    doubted = [touch for touch in looks if not _is_vouched(touch)]
    return Trace(
        opened=[
            _seen(touch) for touch in doubted if touch.choice in BOXES and touch.method is TouchMethod.GET
        ],
        pressed=[_seen(touch) for touch in presses if touch.label is not TouchLabel.MACHINE],
        has_head=any(touch.method is TouchMethod.HEAD for touch in doubted),
        has_mangled=any(touch.label is TouchLabel.MANGLED for touch in doubted),
        has_footer=bool(db.session.scalar(select(_has_footer(invitation_id, source)))),
        has_quarrelled=any(
            (touch.label, touch.reason) == (TouchLabel.MACHINE, TouchReason.CONTRADICTION)
            for touch in presses
        ),
    )


def is_mine(invitation_id: int, source: Source) -> ColumnElement[bool]:
    """Touches of the invitation by the same address and program: a house may share the address alone."""
    return and_(
        Touch.invitation_id == invitation_id,
        Touch.source_hash == source.hash,
        Touch.user_agent == source.user_agent,
    )


def looked_on(press: Touch) -> bool:
    """Whether whoever pressed has opened another box since."""
    later = exists().where(
        Touch.invitation_id == press.invitation_id,
        Touch.source_hash == press.source_hash,
        Touch.user_agent == press.user_agent,
        Touch.choice.in_(BOXES - {press.choice}),
        Touch.method.in_([TouchMethod.GET, TouchMethod.HEAD]),
        Touch.reason != TouchReason.PREFETCH,
        Touch.id > press.id,
    )
    return bool(db.session.scalar(select(later)))


def _is_vouched(touch: Touch) -> bool:
    return (touch.label, touch.reason) == (TouchLabel.HUMAN, TouchReason.STAFF)


def _seen(touch: Touch) -> SeenTouch:
    return SeenTouch(touch.choice, touch.touched_at)


def _has_footer(invitation_id: int, source: Source) -> ColumnElement[bool]:
    below = aliased(Touch)
    return exists().where(
        is_mine(invitation_id, source),
        Touch.reason != TouchReason.PREFETCH,
        below.source_hash == source.hash,
        below.user_agent == source.user_agent,
        below.label == TouchLabel.FOOTER,
        below.touched_at.between(Touch.touched_at - FOOTER_SPAN, Touch.touched_at + FOOTER_SPAN),
    )
