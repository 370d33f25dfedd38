"""Answers that contradict one another: none of them counts, except where one source is shown to be the machine."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select

from hub.core.db import db
from hub.surveys import rules
from hub.surveys.counting import add_answer, let_count, log_touch, relabel, retire
from hub.surveys.models import Answer, Invitation, Touch
from hub.surveys.rules import Confirmation, KeptAnswer, Source
from hub.surveys.traces import is_mine
from hub.surveys.words import AnswerState, TouchLabel, TouchMethod, TouchReason, WithdrawnBy

IN_THE_LOG = (AnswerState.SUPERSEDED, AnswerState.CONFIRMED, AnswerState.CONTRADICTED)


def contradict(
    invitation: Invitation,
    counting: Answer | None,
    confirmation: Confirmation,
    disagreeing: Sequence[int],
    source: Source,
    *,
    now: datetime,
) -> None:
    """Keep the new answer as contradicted, with those it disagrees with; what stood before them stands again."""
    new = add_answer(invitation, confirmation, AnswerState.CONTRADICTED, (), now=now)
    log_touch(
        invitation,
        confirmation,
        source,
        TouchMethod.POST,
        TouchLabel.SINGLE,
        TouchReason.CONTRADICTION,
        now=now,
        answer_id=new.id,
    )
    db.session.flush()
    fallen = {new.id, *disagreeing}
    kept = _list_kept(invitation.id, fallen)
    since = confirmation.at - timedelta(seconds=rules.BURST_SECONDS)
    quarrel = rules.quarrel_of(kept, since=since)
    sources = _list_sources([answer.id for answer in kept])
    machines = rules.find_machines(quarrel, sources)
    suspects = machines | _list_alike(invitation.id, machines, since=since) if machines else machines
    chosen_id = rules.choose_after_quarrel(kept, quarrel, sources, suspects)
    for answer in quarrel:
        _label(answer.id, sources, machines, is_chosen=answer.id == chosen_id)
    _stand(invitation, counting, chosen_id, now=now)


def let_all_fall(
    invitation: Invitation,
    counting: Answer | None,
    confirmation: Confirmation,
    source: Source,
    *,
    now: datetime,
) -> None:
    """One source has said all three things within minutes: none counts; what others said before stands again."""
    new = add_answer(invitation, confirmation, AnswerState.CONTRADICTED, (), now=now)
    method, label = TouchMethod.POST, TouchLabel.MACHINE
    reason = TouchReason.CONTRADICTION
    log_touch(invitation, confirmation, source, method, label, reason, now=now, answer_id=new.id)
    db.session.flush()
    mine = is_mine(invitation.id, source)
    others = (Touch.invitation_id == invitation.id, ~mine, Touch.label == TouchLabel.HUMAN)
    of_others = set(_list_pressed(*others))
    fallen = set(_list_pressed(mine)) - of_others
    for answer in db.session.scalars(select(Answer).where(Answer.id.in_(fallen))):
        relabel(answer.id, label, reason)
        if answer.state is AnswerState.SUPERSEDED:
            answer.state = AnswerState.CONTRADICTED
    standing = Answer.state.in_([AnswerState.CONFIRMED, AnswerState.SUPERSEDED])
    before = select(Answer.id).where(Answer.id.in_(of_others), standing)
    chosen_id = db.session.scalar(before.order_by(Answer.confirmed_at.desc(), Answer.id.desc()).limit(1))
    _stand(invitation, counting, chosen_id, now=now)


def _list_pressed(*which: ColumnElement[bool]) -> Sequence[int]:
    pressed = select(Touch.answer_id).where(*which, Touch.method == TouchMethod.POST)
    return [answer_id for answer_id in db.session.scalars(pressed) if answer_id is not None]


def _label(
    answer_id: int, sources: Mapping[int, frozenset[str]], machines: frozenset[str], *, is_chosen: bool
) -> None:
    """Beside another one, a source that said different things within a minute is a machine; alone it proves nothing."""
    if is_chosen:
        relabel(answer_id, TouchLabel.HUMAN, TouchReason.BUTTON)
        return
    is_machine = (
        any(mine - machines for mine in sources.values()) and sources.get(answer_id, frozenset()) <= machines
    )
    relabel(answer_id, TouchLabel.MACHINE if is_machine else TouchLabel.SINGLE, TouchReason.CONTRADICTION)


def _stand(invitation: Invitation, counting: Answer | None, chosen_id: int | None, *, now: datetime) -> None:
    """Let the chosen answer count; None: nobody has answered."""
    if counting is not None and counting.id == chosen_id:
        return
    if counting is not None:
        retire(counting, invitation, AnswerState.CONTRADICTED, why=WithdrawnBy.CONTRADICTION, now=now)
    let_count(chosen_id, invitation=invitation, instead_of=counting, now=now)


def _list_kept(invitation_id: int, fallen: set[int]) -> list[KeptAnswer]:
    """Every press in the order it came; those in `fallen` as contradicted, though the one that counted still does."""
    found = db.session.execute(
        select(Answer.id, Answer.choice, Answer.nonce, Answer.confirmed_at, Answer.state)
        .where(
            Answer.invitation_id == invitation_id,
            Answer.state.in_(IN_THE_LOG),
            Answer.is_gesture.is_(False),
        )
        .order_by(Answer.confirmed_at, Answer.id)
    )
    return [
        KeptAnswer(
            id=row.id,
            choice=row.choice,
            page=row.nonce,
            at=row.confirmed_at,
            state=AnswerState.CONTRADICTED
            if row.id in fallen and row.state is not AnswerState.SUPERSEDED
            else row.state,
            is_genuine=True,
        )
        for row in found
    ]


def _list_alike(invitation_id: int, machines: frozenset[str], *, since: datetime) -> frozenset[str]:
    """Sources with the program of a machine, and those that opened all boxes in the minute themselves."""
    mine = (Touch.invitation_id == invitation_id, Touch.reason != TouchReason.PREFETCH)
    programs = select(Touch.user_agent).where(*mine, Touch.source_hash.in_(machines))
    boxes = func.count(func.distinct(Touch.choice)).filter(
        Touch.method == TouchMethod.GET, Touch.choice.in_(rules.BOXES), Touch.touched_at >= since
    )
    is_alike = or_(func.bool_or(Touch.user_agent.in_(programs)), boxes == len(rules.BOXES))
    found = select(Touch.source_hash).where(*mine).group_by(Touch.source_hash).having(is_alike)
    return frozenset(db.session.scalars(found))


def _list_sources(answer_ids: Sequence[int]) -> dict[int, frozenset[str]]:
    """Answer id → who pressed it, by the log; "" is a source that nobody knows."""
    rows = db.session.execute(
        select(Touch.answer_id, func.array_agg(func.distinct(Touch.source_hash)))
        .where(Touch.answer_id.in_(answer_ids), Touch.method == TouchMethod.POST)
        .group_by(Touch.answer_id)
    )
    return {answer_id: frozenset(found) - {""} for answer_id, found in rows if answer_id is not None}
