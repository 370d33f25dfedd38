"""Keeps how far people came in questionnaires with very many invitations or answers begun, counted again each hour."""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from hub.core import clock
from hub.core.db import db, transaction
from hub.questionnaires.models import QuestionnaireInvitation, QuestionnaireResponse
from hub.questionnaires.results.following import count_way
from hub.questionnaires.results.models import KeptWay
from hub.questionnaires.words import ResponseState

LIVE_UP_TO = 50_000
"""So many rows are counted while somebody looks: under a tenth of a second."""


def has_due() -> bool:
    """Never of itself: the clock rings each hour."""
    return False


def work_ways(wake: Callable[[], None]) -> int:
    """All large questionnaires at once, seldom more than one or two; there is nothing left to ring for."""
    del wake
    with transaction():
        keep_ways(now=clock.business_now())
    return 0


def keep_ways(*, now: datetime) -> None:
    """Count the large ones, and forget those that are no longer large."""
    large = _list_large()
    db.session.execute(delete(KeptWay).where(KeptWay.questionnaire_id.not_in(large)))
    for questionnaire_id in large:
        data = json.loads(json.dumps(asdict(count_way(questionnaire_id, now=now))))
        new = insert(KeptWay).values(questionnaire_id=questionnaire_id, computed_at=now, data=data)
        again = {"computed_at": now, "data": data}
        db.session.execute(new.on_conflict_do_update(index_elements=["questionnaire_id"], set_=again))


def _list_large() -> list[int]:
    begun, asked = QuestionnaireResponse.questionnaire_id, QuestionnaireInvitation.questionnaire_id
    is_many = func.count() > LIVE_UP_TO
    partial = (
        select(begun)
        .where(QuestionnaireResponse.state == ResponseState.PARTIAL)
        .group_by(begun)
        .having(is_many)
    )
    invited = select(asked).group_by(asked).having(is_many)
    return sorted({*db.session.scalars(partial), *db.session.scalars(invited)})
