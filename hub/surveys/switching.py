"""The hand of the staff on the log: this touch was a person, that one a machine; answers follow."""

from datetime import datetime

from sqlalchemy import func, select

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import Invalid, NotFound
from hub.core.text import N_
from hub.surveys import rules
from hub.surveys.counting import ask_follow_up, find_answer, let_count, retire
from hub.surveys.models import Answer, Invitation, Touch
from hub.surveys.rules import KeptAnswer
from hub.surveys.words import AnswerState, TouchLabel, TouchReason, WithdrawnBy

SWITCHABLE = frozenset({TouchLabel.HUMAN, TouchLabel.MACHINE})


def switch_touch(*, touch_id: int, label: TouchLabel, by: Actor, now: datetime) -> None:
    """Say that a touch was a person's or a machine's. What it answered counts or counts no more, and so the ticket.

    An older genuine answer counts again when the later ones turn out to be a machine's. Raises NotFound for a touch
    that is purged, Invalid for one of no invitation or another label.
    """
    found = db.session.get(Touch, touch_id)
    if found is None:
        raise NotFound(
            N_("This line of the log is gone: touches are kept for 30 days. Please reload the page.")
        )
    if found.invitation_id is None or label not in SWITCHABLE:
        raise Invalid(N_("Only touches of an invitation can be switched, to person or machine."))
    invitation = db.session.get_one(Invitation, found.invitation_id, with_for_update=True)
    touch = db.session.get_one(Touch, touch_id, with_for_update=True, populate_existing=True)
    if (touch.label, touch.reason) == (label, TouchReason.STAFF):
        return
    note_change(
        "touch.switched",
        subject_kind="touch",
        subject_id=touch_id,
        by=by,
        now=now,
        label=label.value,
        before=touch.label.value,
        invitation_id=invitation.id,
        answer_id=touch.answer_id,
    )
    touch.label, touch.reason = label, TouchReason.STAFF
    db.session.flush()
    if touch.answer_id is not None:
        _recount(invitation, by=by, now=now)


def _recount(invitation: Invitation, *, by: Actor, now: datetime) -> None:
    kept = _list_kept(invitation.id)
    chosen_id = rules.choose_counting([answer for answer, is_gesture in kept if not is_gesture])
    genuine = {answer.id for answer, _ in kept if answer.is_genuine}
    _count_again(invitation, chosen_id, genuine, by=by, now=now)
    gestures = [answer.id for answer, is_gesture in kept if is_gesture and answer.is_genuine]
    _guess_again(
        invitation, max(gestures, default=None) if chosen_id is None else None, genuine, by=by, now=now
    )


def _count_again(
    invitation: Invitation, chosen_id: int | None, genuine: set[int], *, by: Actor, now: datetime
) -> None:
    """The confirmed answer: stays, gives way to another one, or leaves nobody."""
    counting = find_answer(invitation, AnswerState.CONFIRMED)
    if (counting.id if counting else None) == chosen_id:
        return
    if counting is not None:
        state = AnswerState.SUPERSEDED if counting.id in genuine else AnswerState.WITHDRAWN
        retire(counting, invitation, state, why=WithdrawnBy.STAFF, now=now, agent_id=by.agent_id)
    let_count(chosen_id, invitation=invitation, instead_of=counting, now=now)


def _guess_again(
    invitation: Invitation, chosen_id: int | None, genuine: set[int], *, by: Actor, now: datetime
) -> None:
    """The provisional answer, where none is confirmed. Who vouches for it waits no quarter of an hour."""
    standing = find_answer(invitation, AnswerState.PROVISIONAL)
    if (standing.id if standing else None) == chosen_id:
        return
    if standing is not None:
        state = AnswerState.SUPERSEDED if standing.id in genuine else AnswerState.WITHDRAWN
        retire(standing, invitation, state, why=WithdrawnBy.STAFF, now=now, agent_id=by.agent_id)
    if chosen_id is not None:
        chosen = db.session.get_one(Answer, chosen_id)
        chosen.state = AnswerState.PROVISIONAL
        db.session.flush()
        if rules.is_unhappy(chosen.choice):
            ask_follow_up(invitation, chosen, now=now)


def _list_kept(invitation_id: int) -> list[tuple[KeptAnswer, bool]]:
    """The answers that the log still names, each with whether it is a gesture; and the one that counts in any case."""
    is_machine = Touch.label == TouchLabel.MACHINE
    is_vouched = (Touch.label == TouchLabel.HUMAN) & (Touch.reason == TouchReason.STAFF)
    named = (
        select(
            Touch.answer_id,
            func.bool_or(~is_machine).label("is_genuine"),
            func.bool_or(is_vouched).label("is_vouched"),
        )
        .where(Touch.answer_id.is_not(None), Touch.invitation_id == invitation_id)
        .group_by(Touch.answer_id)
        .subquery()
    )
    found = db.session.execute(
        select(
            Answer.id,
            Answer.choice,
            Answer.nonce,
            Answer.confirmed_at,
            Answer.state,
            func.coalesce(named.c.is_genuine, True),
            func.coalesce(named.c.is_vouched, False),
            Answer.is_gesture,
        )
        .outerjoin(named, named.c.answer_id == Answer.id)
        .where(
            Answer.invitation_id == invitation_id,
            named.c.answer_id.is_not(None) | (Answer.state == AnswerState.CONFIRMED),
        )
    )
    return [(KeptAnswer(*row[:-1]), bool(row[-1])) for row in found]
