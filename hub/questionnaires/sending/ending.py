"""What ends waves: closing, stopping; what has not left by then is called back from the outbox, a batch at a time."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, func, select

from hub.core.batches import among
from hub.core.db import db, ring_after_commit
from hub.outbox.following import NOT_YET, Stopped, list_unsent_sources, stop_messages
from hub.outbox.models import OutboundMessage
from hub.questionnaires.models import QuestionnaireInvitation, QuestionnaireResponse, Wave
from hub.questionnaires.sending import rules
from hub.questionnaires.sending.inviting import USER, pass_over
from hub.questionnaires.sending.letters import SOURCE, invitation_key
from hub.questionnaires.sending.words import PassedOver
from hub.questionnaires.words import WaveState
from hub.segments.saved.actions import note_use

BELL = "questionnaire_invitations"
BATCH = 1_000
DETAIL = "questionnaire_closed"


def call_back_batch(wave: Wave, *, now: datetime) -> bool:
    """Of a wave that is over, in the caller's transaction, which holds it. Returns whether more letters wait."""
    if wave.state not in {WaveState.DONE, WaveState.STOPPED}:
        wave.state = WaveState.STOPPED
        note_use(source_kind=USER, source_id=wave.id, name="", segment_ids=())
    mine = select(QuestionnaireInvitation.id).where(QuestionnaireInvitation.wave_id == wave.id)
    ids, is_more = _unsent(mine)
    gone = _call_back(ids, now=now)
    wave.invited_count -= gone
    if gone:
        pass_over(wave, {PassedOver.CALLED_BACK: gone})
    return is_more


def end_waves(questionnaire_id: int, *, now: datetime) -> None:
    """The questionnaire is closed: its waves end, invitations asked for one by one that have not left are called back."""
    for wave in _lock_waves(questionnaire_id):
        if wave.state is not WaveState.DONE:
            wave.state = WaveState.STOPPED
            note_use(source_kind=USER, source_id=wave.id, name="", segment_ids=())
        wave.due_at = now
    ring_after_commit(BELL)
    asked = QuestionnaireInvitation
    alone = select(asked.id).where(
        asked.questionnaire_id == questionnaire_id,
        asked.wave_id.is_(None),
        asked.created_at > now - rules.EXPIRY - timedelta(days=1),
    )
    ids, is_more = _unsent(alone)
    _call_back(ids, now=now)
    while is_more:
        ids, is_more = _unsent(alone)
        _call_back(ids, now=now)


def move_closing(questionnaire_id: int, *, closes_at: datetime | None, now: datetime) -> None:
    """Waves are looked at when the questionnaire closes, however often that moves."""
    for wave in _lock_waves(questionnaire_id):
        wave.due_at = rules.next_moment(
            wave.state, starts_at=wave.starts_at, reminds_at=wave.reminds_at, closes_at=closes_at, now=now
        )
    ring_after_commit(BELL)


def _lock_waves(questionnaire_id: int) -> Collection[Wave]:
    found = select(Wave).where(Wave.questionnaire_id == questionnaire_id).order_by(Wave.id).with_for_update()
    return db.session.scalars(found.execution_options(populate_existing=True)).all()


def _unsent(invitations: Select[int]) -> tuple[list[int], bool]:
    ids = list_unsent_sources(SOURCE, invitations)
    return ids[:BATCH], len(ids) > BATCH


def _call_back(ids: Collection[int], *, now: datetime) -> int:
    """Who never got the first letter was not asked: the invitation goes, so that another wave may ask. Returns how many."""
    found = stop_messages(SOURCE, list(ids), detail=DETAIL, now=now) if ids else {}
    unasked = [each for each, letters in found.items() if _is_unasked(each, letters)]
    if not unasked:
        return 0
    asked, answered = QuestionnaireInvitation, QuestionnaireResponse
    begun = select(answered.id).where(answered.invitation_id == asked.id).exists()
    removed = delete(asked).where(among(asked.id, unasked), ~asked.has_answered, ~begun).returning(asked.id)
    rows = db.session.scalars(removed.execution_options(synchronize_session=False)).all()
    return len(rows)


def _is_unasked(invitation_id: int, letters: Stopped) -> bool:
    key = invitation_key(invitation_id)
    return key in letters.stopped and key not in letters.left


def count_unsent(wave_ids: Collection[int]) -> dict[int, int]:
    """Letters that wait in the outbox, by wave; waves without any are missing."""
    m, asked = OutboundMessage, QuestionnaireInvitation
    rows = db.session.execute(
        select(asked.wave_id, func.count())
        .join(m, m.source_id == asked.id)
        .where(m.source_kind == SOURCE, m.state.in_(NOT_YET), among(asked.wave_id, wave_ids))
        .group_by(asked.wave_id)
    )
    return {wave_id or 0: count for wave_id, count in rows}
