"""People are invited, a batch in one transaction: a row each, which is there once, and the letter with it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from hub.core.batches import given_rows, rows_given, table_of
from hub.core.db import db
from hub.core.words import Channel
from hub.customers.queries import CustomerRow
from hub.orders.recalling import list_last_orders
from hub.outbox import actions as outbox
from hub.outbox.words import SendQueue
from hub.questionnaires.models import QuestionnaireInvitation, Wave
from hub.questionnaires.sending.gathering import Sheet, weigh
from hub.questionnaires.sending.letters import Addressee, Writer
from hub.questionnaires.sending.words import PassedOver
from hub.questionnaires.words import WaveState
from hub.segments.saved.actions import note_use
from hub.segments.saved.counting import JOB_SECONDS
from hub.segments.saved.queries import get_segment, next_ids

BATCH = 500
USER = "questionnaire_wave"
ROW = (
    "questionnaire_id", "wave_id", "customer_id", "store_id", "order_id", "language", "created_at", "has_answered",
)  # fmt: skip
_TABLE = table_of(QuestionnaireInvitation)
_INVITE = (
    insert(_TABLE)
    .from_select(ROW, select(*given_rows(_TABLE, ROW).c))
    .on_conflict_do_nothing(index_elements=["questionnaire_id", "customer_id"])
    .returning(_TABLE.c.customer_id, _TABLE.c.id)
)


@dataclass(frozen=True, kw_only=True)
class About:
    """What the invitations come from: a wave, or somebody who asks for one person. `store_id`: of the order."""

    wave_id: int | None = None
    order_id: int | None = None
    store_id: int | None = None
    queue: SendQueue = SendQueue.BULK


@dataclass(frozen=True)
class Invited:
    """Ids of the invitations by customer, and how many were passed over by reason."""

    ids: Mapping[int, int]
    reasons: Counter[PassedOver]


def invite(
    sheet: Sheet, customer_ids: Sequence[int], channels: Sequence[Channel], about: About, *, now: datetime
) -> Invited:
    """Whom another process invited meanwhile counts as invited already, and gets no second letter."""
    weighed = weigh(sheet.questionnaire_id, customer_ids, channels, now=now)
    reasons = Counter(each for each in weighed.verdicts.values() if isinstance(each, PassedOver))
    chosen = {who: way for who, way in weighed.verdicts.items() if isinstance(way, Channel)}
    if not chosen:
        return Invited({}, reasons)
    people = {who: weighed.people[who] for who in chosen}
    stores = _stores_of(people, about, now=now)
    rows = [_row(sheet, people[who], stores.get(who), about, now) for who in sorted(chosen)]
    made: dict[int, int] = dict(db.session.execute(_INVITE, rows_given(rows)).all())
    reasons[PassedOver.ALREADY] += len(chosen) - len(made)
    writer = Writer(sheet, now)
    letters = [
        writer.invite(
            Addressee(
                invitation_id=made[row["customer_id"]],
                customer_id=row["customer_id"],
                store_id=row["store_id"],
                language=row["language"],
                channel=chosen[row["customer_id"]],
            ),
            queue=about.queue,
        )
        for row in rows
        if row["customer_id"] in made
    ]
    outbox.post_many(letters, now=now, people=people)
    return Invited(made, +reasons)


def _stores_of(people: Mapping[int, CustomerRow], about: About, *, now: datetime) -> Mapping[int, int | None]:
    """What an answer counts for: the store of the order, else the one he prefers, else that of his last order."""
    if about.store_id is not None:
        return dict.fromkeys(people, about.store_id)
    homeless = [who for who, person in people.items() if person.preferred_store_id is None]
    last = list_last_orders(homeless, at=now) if homeless else {}
    return {
        who: last[who].store_id if who in last else person.preferred_store_id
        for who, person in people.items()
    }


def _row(
    sheet: Sheet, person: CustomerRow, store_id: int | None, about: About, now: datetime
) -> dict[str, Any]:
    return {
        "questionnaire_id": sheet.questionnaire_id,
        "wave_id": about.wave_id,
        "customer_id": person.id,
        "store_id": store_id,
        "order_id": about.order_id,
        "language": sheet.language_for(person.language),
        "created_at": now,
        "has_answered": False,
    }


def invite_batch(wave: Wave, sheet: Sheet, *, now: datetime) -> None:
    """The next people of the segment, in the caller's transaction, which holds the wave. Raises TooLongError."""
    segment = get_segment(wave.segment_id or 0)
    ids = next_ids(segment, wave.invited_up_to, BATCH, now=now, seconds=JOB_SECONDS)
    if ids:
        channels = [Channel(each) for each in wave.channels]
        done = invite(sheet, ids, channels, About(wave_id=wave.id), now=now)
        wave.invited_up_to = ids[-1]
        wave.invited_count += len(done.ids)
        pass_over(wave, done.reasons)
    wave.state = WaveState.SENDING
    if len(ids) < BATCH:
        wave.state = WaveState.SENT if wave.reminds_at else WaveState.DONE
        note_use(source_kind=USER, source_id=wave.id, name="", segment_ids=())


def pass_over(wave: Wave, reasons: Mapping[PassedOver, int]) -> None:
    kept = Counter(wave.passed_over)
    kept.update({reason.value: count for reason, count in reasons.items()})
    wave.passed_over, wave.passed_over_count = dict(kept), kept.total()
