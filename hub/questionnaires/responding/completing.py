"""The end of a response: screened, over a quota, or complete; the invitation is marked, the link's use counted."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from hub.core.batches import table_of
from hub.core.db import db
from hub.core.errors import Conflict
from hub.core.facts import record
from hub.questionnaires.facts import QuestionnaireAnswered
from hub.questionnaires.models import LinkUse, OpenLink, QuestionnaireInvitation
from hub.questionnaires.responding.beginning import ANSWERED, OFTEN, moment_of, source_hash
from hub.questionnaires.responding.quotas import is_taken
from hub.questionnaires.responding.rows import ResponsePage
from hub.questionnaires.walking import Walk
from hub.questionnaires.words import ResponseState

_ASKED, _LINKS, _USES = table_of(QuestionnaireInvitation), table_of(OpenLink), table_of(LinkUse)
_MARK = (
    _ASKED.update()
    .where(_ASKED.c.id == bindparam("invitation_id"), ~_ASKED.c.has_answered)
    .values(has_answered=True, answered_at=bindparam("moment"))
    .returning(_ASKED.c.id)
)
_MOST = select(_LINKS.c.most_a_day).where(_LINKS.c.id == bindparam("link")).scalar_subquery()
_USE = (
    insert(_USES)
    .values(link_id=bindparam("link"), used_on=bindparam("day"), source_hash=bindparam("source"), count=1)
    .on_conflict_do_update(
        index_elements=["link_id", "used_on", "source_hash"],
        set_={"count": _USES.c.count + 1},
        where=_USES.c.count < _MOST,
    )
    .returning(_USES.c.count)
)


def complete(page: ResponsePage, way: Walk, *, address: str, now: datetime) -> ResponseState:
    """What it becomes; the caller keeps it with the last page. Raises Conflict when the same invitation was answered by another response."""
    state = _state_of(page, way)
    _mark_invitation(page, now)
    if page.link_id is not None:
        _count_use(page.link_id, address, now)
    moment = moment_of(now, is_anonymous=page.definition.is_anonymous)
    if state is ResponseState.COMPLETE:
        record(_fact_of(page), now=moment)
    return state


def _state_of(page: ResponsePage, way: Walk) -> ResponseState:
    if way.is_ended:
        return ResponseState.SCREENED
    taken = is_taken(page.questionnaire_id, page.definition, way.answers)
    return ResponseState.COMPLETE if taken else ResponseState.OVER_QUOTA


def _fact_of(page: ResponsePage) -> QuestionnaireAnswered:
    known: dict[str, Any] = {} if page.definition.is_anonymous else {"response_id": page.id}
    return QuestionnaireAnswered(
        customer_id=page.customer_id,
        questionnaire_id=page.questionnaire_id,
        version_id=page.version_id,
        store_id=page.store_id,
        **known,
    )


def _mark_invitation(page: ResponsePage, now: datetime) -> None:
    """Of an anonymous one only that it was answered; the mark keeps two responses begun by it from being two answers."""
    hidden_id = page.ticket.invitation_id
    if hidden_id is None and page.invitation_id is None:
        return
    answered_at = now if hidden_id is None else None
    row = {"invitation_id": hidden_id or page.invitation_id, "moment": answered_at}
    if db.session.execute(_MARK, row).first() is None and hidden_id is not None:
        raise Conflict(ANSWERED)


def _count_use(link_id: int, address: str, now: datetime) -> None:
    use = {"link": link_id, "day": now.astimezone(UTC).date(), "source": source_hash(link_id, address)}
    if db.session.execute(_USE, use).first() is None:
        raise Conflict(OFTEN)
