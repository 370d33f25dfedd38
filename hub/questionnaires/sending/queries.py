"""What others look up about sendings: the waves of a questionnaire, one of them, who was passed over and why."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import func, select

from hub.core.batches import among
from hub.core.db import db
from hub.core.errors import NotFound
from hub.core.words import Channel
from hub.outbox.models import OutboundMessage
from hub.outbox.words import BlockReason, MessageState
from hub.questionnaires.models import QuestionnaireInvitation, Wave
from hub.questionnaires.sending.actions import NO_WAVE
from hub.questionnaires.sending.ending import count_unsent
from hub.questionnaires.sending.letters import SOURCE
from hub.questionnaires.sending.rows import ReasonLine, WaveLine
from hub.questionnaires.sending.words import NOT_REMINDED, PASSED_OVER

MOST = 50


def list_waves(questionnaire_id: int, *, before: int | None = None, size: int = MOST) -> list[WaveLine]:
    """The last one planned first; `before`: the id of the last one seen."""
    found = select(Wave).where(Wave.questionnaire_id == questionnaire_id)
    if before is not None:
        found = found.where(Wave.id < before)
    waves = db.session.scalars(found.order_by(Wave.id.desc()).limit(size)).all()
    figures = _count([wave.id for wave in waves])
    return [_line(wave, figures) for wave in waves]


def find_wave(wave_id: int) -> WaveLine:
    """Raises NotFound."""
    return _line(_get(wave_id), _count([wave_id]))


def passed_over(wave_id: int) -> list[ReasonLine]:
    """Who of the segment was not invited, by reason in the order of its words. Raises NotFound."""
    told = _get(wave_id).passed_over
    return [
        ReasonLine(reason=reason, words=words, count=told[reason])
        for reason, words in PASSED_OVER.items()
        if told.get(reason)
    ]


def not_reminded(wave_id: int) -> list[ReasonLine]:
    """Who of the invited was not reminded, by reason. Raises NotFound."""
    told = _get(wave_id).not_reminded
    return [
        ReasonLine(reason=reason, words=words, count=told[reason])
        for reason, words in NOT_REMINDED.items()
        if told.get(reason)
    ]


def count_letters(wave_id: int) -> Mapping[tuple[MessageState, BlockReason | None], int]:
    """What became of the letters of a wave in the outbox, reminders too: by state and reason."""
    m, asked = OutboundMessage, QuestionnaireInvitation
    mine = select(asked.id).where(asked.wave_id == wave_id)
    rows = db.session.execute(
        select(m.state, m.reason, func.count())
        .where(m.source_kind == SOURCE, m.source_id.in_(mine))
        .group_by(m.state, m.reason)
    )
    return {(state, reason): count for state, reason, count in rows}


def _get(wave_id: int) -> Wave:
    wave = db.session.get(Wave, wave_id)
    if wave is None:
        raise NotFound(NO_WAVE)
    return wave


def _count(wave_ids: Collection[int]) -> dict[int, tuple[int, int, int]]:
    """Delivered, answered and waiting, by wave."""
    waiting = count_unsent(wave_ids)
    asked = QuestionnaireInvitation
    rows = db.session.execute(
        select(
            asked.wave_id,
            func.count(asked.delivered_at),
            func.count().filter(asked.has_answered),
        )
        .where(among(asked.wave_id, wave_ids))
        .group_by(asked.wave_id)
    )
    return {row[0] or 0: (row[1], row[2], waiting.get(row[0] or 0, 0)) for row in rows}


def _line(wave: Wave, figures: Mapping[int, tuple[int, int, int]]) -> WaveLine:
    delivered, answered, waiting = figures.get(wave.id, (0, 0, 0))
    own: dict[str, Any] = {
        name: getattr(wave, name)
        for name in (
            "id", "questionnaire_id", "segment_id", "segment_name", "state", "starts_at", "reminds_at", "invited_count",
            "passed_over_count", "reminded_count", "created_at", "created_by_id",
        )
    }  # fmt: skip
    return WaveLine(
        **own,
        channels=tuple(Channel(each) for each in wave.channels),
        next_at=wave.due_at,
        delivered_count=delivered,
        answered_count=answered,
        waiting_count=waiting,
    )
