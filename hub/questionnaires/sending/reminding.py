"""The one reminder: who was invited by a wave, has the letter and has not answered, a batch in one transaction."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update

from hub.core.batches import among
from hub.core.db import db
from hub.core.words import Channel, Purpose
from hub.customers.queries import get_customers
from hub.outbox import actions as outbox
from hub.outbox.following import list_held
from hub.questionnaires.models import QuestionnaireInvitation, QuestionnaireResponse, Wave
from hub.questionnaires.sending import rules
from hub.questionnaires.sending.gathering import Sheet, find_refusals, list_listed
from hub.questionnaires.sending.letters import Addressee, Writer
from hub.questionnaires.sending.words import NotReminded, PassedOver
from hub.questionnaires.words import WaveState

BATCH = 500
REASONS = {PassedOver.NO_ADDRESS: NotReminded.NO_ADDRESS, PassedOver.BLOCKED: NotReminded.NO_ADDRESS}
Asked = Sequence[Row[*tuple[Any, ...]]]


def remind_batch(wave: Wave, sheet: Sheet, *, now: datetime) -> None:
    """The next invitations of the wave, in the caller's transaction, which holds the wave.

    Their rows are locked, so that nobody answers between the look and the letter.
    """
    rows = _next(wave)
    waiting = [row for row in rows if _reason_of(row, wave) is None]
    reasons = Counter(reason for row in rows if (reason := _reason_of(row, wave)) is not None)
    ways, lost = _weigh(waiting, [Channel(each) for each in wave.channels], now=now)
    reasons.update(lost)
    chosen = [row for row in waiting if row.id in ways]
    _post(sheet, chosen, ways, now=now)
    wave.reminded_count += len(chosen)
    kept = Counter(wave.not_reminded)
    kept.update({reason.value: count for reason, count in reasons.items()})
    wave.not_reminded = dict(kept)
    wave.reminded_up_to = rows[-1].id if rows else wave.reminded_up_to
    wave.state = WaveState.REMINDING if len(rows) == BATCH else WaveState.DONE


def _next(wave: Wave) -> Asked:
    asked = QuestionnaireInvitation
    return db.session.execute(
        select(
            asked.id, asked.customer_id, asked.store_id, asked.language, asked.has_answered,
            asked.delivered_at, asked.reminded_at,
        )
        .where(asked.wave_id == wave.id, asked.id > wave.reminded_up_to)
        .order_by(asked.id)
        .limit(BATCH)
        .with_for_update()
    ).all()  # fmt: skip


def _reason_of(row: Row[*tuple[Any, ...]], wave: Wave) -> NotReminded | None:
    if row.has_answered:
        return NotReminded.ANSWERED
    if row.delivered_at is None:
        return NotReminded.UNDELIVERED
    reminds_at = wave.reminds_at or wave.starts_at
    is_late = row.delivered_at > rules.latest_delivery(wave.starts_at, reminds_at)
    return NotReminded.LATE if is_late else None


def _weigh(
    rows: Asked, channels: Sequence[Channel], *, now: datetime
) -> tuple[dict[int, Channel], Counter[NotReminded]]:
    """By invitation the channel; what the customer refused, or lost, since the first letter counts."""
    ids = [row.customer_id for row in rows]
    if not ids:
        return {}, Counter()
    listed, held = list_listed(ids), list_held(ids)
    people = {who: person for who, person in get_customers(ids).items() if who in listed}
    refusals = find_refusals(people, channels, now=now)
    ways: dict[int, Channel] = {}
    lost: Counter[NotReminded] = Counter()
    for row in rows:
        if row.customer_id not in people:
            lost[NotReminded.GONE] += 1
            continue
        if Purpose.SURVEY in held.get(row.customer_id, ()):
            lost[NotReminded.HELD] += 1
            continue
        way = rules.choose(channels, refusals.get(row.customer_id, {}), ())
        if isinstance(way, Channel):
            ways[row.id] = way
        else:
            lost[REASONS.get(way, NotReminded.REFUSED)] += 1
    return ways, lost


def _post(sheet: Sheet, rows: Asked, ways: Mapping[int, Channel], *, now: datetime) -> None:
    if not rows:
        return
    ids = [row.id for row in rows]
    begun = _list_begun(ids)
    writer = Writer(sheet, now)
    letters = [
        writer.remind(
            Addressee(
                invitation_id=row.id,
                customer_id=row.customer_id,
                store_id=row.store_id,
                language=row.language,
                channel=ways[row.id],
            ),
            has_begun=row.id in begun,
        )
        for row in rows
    ]
    outbox.post_many(letters, now=now)
    asked = update(QuestionnaireInvitation).where(among(QuestionnaireInvitation.id, ids))
    db.session.execute(asked.values(reminded_at=now).execution_options(synchronize_session=False))


def _list_begun(invitation_ids: Sequence[int]) -> set[int]:
    """In anonymous mode nobody: no response points to an invitation."""
    begun = QuestionnaireResponse.invitation_id
    found = db.session.scalars(select(begun).where(among(begun, invitation_ids)))
    return {each for each in found if each is not None}
