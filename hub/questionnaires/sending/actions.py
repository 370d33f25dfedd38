"""Sends a questionnaire to a segment, foresees what that comes to, stops it; invites one person for another system."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db, ring_after_commit
from hub.core.errors import Conflict, NotFound
from hub.core.text import N_
from hub.core.words import Channel
from hub.customers.actions import lock_customer
from hub.orders.queries import get_orders
from hub.orders.words import OrderState
from hub.outbox.words import SendQueue
from hub.questionnaires.models import Wave
from hub.questionnaires.sending import rules
from hub.questionnaires.sending.ending import BELL, count_unsent
from hub.questionnaires.sending.gathering import find_sheet, get_open_sheet, weigh
from hub.questionnaires.sending.inviting import USER, About, invite
from hub.questionnaires.sending.rows import Forecast
from hub.questionnaires.sending.words import PassedOver
from hub.questionnaires.words import WaveState
from hub.segments.saved.actions import note_use
from hub.segments.saved.queries import get_segment, next_ids

MOST_FORESEEN = 20_000
OVER = frozenset({OrderState.CANCELLED, OrderState.RETURNED})
NO_WAVE = N_("This sending does not exist. Please reload the page.")
IS_OVER = N_("This sending is over.")
NO_ORDER = N_("This order does not exist, or is another customer’s.")


def plan_wave(
    questionnaire_id: int,
    *,
    segment_id: int,
    channels: Sequence[Channel],
    starts_at: datetime,
    reminds_after_days: int | None,
    by: Actor,
    now: datetime,
) -> int:
    """Invite the people of a segment from `starts_at` on, and remind once; the wave's id.

    Raises NotFound; Conflict while it takes no answers or the segment is archived; Invalid.
    """
    sheet = get_open_sheet(questionnaire_id, now=now)
    kept, begins_at = rules.check_channels(channels), rules.check_start(starts_at, now)
    reminds_at = rules.plan_reminder(begins_at, reminds_after_days, sheet.closes_at)
    segment = get_segment(segment_id)
    wave = Wave(
        questionnaire_id=questionnaire_id, segment_id=segment.id, segment_name=segment.name,
        channels=[each.value for each in kept], state=WaveState.PLANNED, starts_at=begins_at, reminds_at=reminds_at,
        due_at=begins_at, created_at=now, created_by_id=by.agent_id,
    )  # fmt: skip
    db.session.add(wave)
    db.session.flush()
    name = sheet.definition.title.fr or sheet.definition.title.en
    note_use(source_kind=USER, source_id=wave.id, name=name, segment_ids=[segment.id])
    told = {"wave_id": wave.id, "segment_id": segment.id, "starts_at": begins_at.isoformat()}
    _note("questionnaire.wave_planned", questionnaire_id, by=by, now=now, **told)
    if begins_at <= now:
        ring_after_commit(BELL)
    return wave.id


def stop_wave(wave_id: int, *, by: Actor, now: datetime) -> None:
    """Nobody more is invited or reminded, and letters that wait are called back. Raises NotFound, Conflict."""
    found = select(Wave).where(Wave.id == wave_id).with_for_update()
    wave = db.session.scalar(found.execution_options(populate_existing=True))
    if wave is None:
        raise NotFound(NO_WAVE)
    is_done = wave.state is WaveState.DONE and not count_unsent([wave_id])
    if is_done or wave.state is WaveState.STOPPED:
        raise Conflict(IS_OVER)
    wave.state, wave.due_at = WaveState.STOPPED, now
    note_use(source_kind=USER, source_id=wave.id, name="", segment_ids=())
    _note("questionnaire.wave_stopped", wave.questionnaire_id, by=by, now=now, wave_id=wave_id)
    ring_after_commit(BELL)


def foresee(
    questionnaire_id: int, *, segment_id: int, channels: Sequence[Channel], now: datetime
) -> Forecast:
    """What a wave to this segment would come to now; nothing is written. Raises NotFound, Invalid, TooLongError."""
    kept = rules.check_channels(channels)
    find_sheet(questionnaire_id, now=now)
    ids = next_ids(get_segment(segment_id), 0, MOST_FORESEEN + 1, now=now)
    seen = ids[:MOST_FORESEEN]
    verdicts = weigh(questionnaire_id, seen, kept, now=now).verdicts.values() if seen else ()
    counts = Counter(verdicts)
    already = counts.pop(PassedOver.ALREADY, 0)
    return Forecast(
        asked=len(seen),
        already_invited=already,
        reasons={reason: counts[reason] for reason in PassedOver if counts[reason]},
        by_channel={channel: counts[channel] for channel in kept},
        is_whole=len(ids) <= MOST_FORESEEN,
    )


def invite_one(
    questionnaire_id: int,
    *,
    customer_id: int,
    order_id: int | None = None,
    channel: Channel | None = None,
    by: Actor,
    now: datetime,
) -> int | None:
    """Invite one person, by the first allowed of mail and SMS unless a channel is named; the invitation's id.

    None when he is passed over: `find_obstacle` says why. Raises NotFound; Conflict while it takes no answers; Invalid.
    """
    sheet = get_open_sheet(questionnaire_id, now=now)
    lock_customer(customer_id)
    store_id, is_over = _check_order(order_id, customer_id)
    if is_over:
        return None
    about = About(order_id=order_id, store_id=store_id, queue=SendQueue.DEFAULT)
    made = invite(sheet, [customer_id], _channels(channel), about, now=now).ids.get(customer_id)
    if made is not None:
        told = {"customer_id": customer_id, "invitation_id": made}
        _note("questionnaire.invited", questionnaire_id, by=by, now=now, **told)
    return made


def find_obstacle(
    questionnaire_id: int, *, customer_id: int, order_id: int | None, channel: Channel | None, now: datetime
) -> PassedOver | None:
    """Why this person is not invited now, None when he may be. Raises NotFound, Invalid."""
    _, is_over = _check_order(order_id, customer_id)
    if is_over:
        return PassedOver.ORDER_OVER
    weighed = weigh(questionnaire_id, [customer_id], _channels(channel), now=now)
    verdict = weighed.verdicts[customer_id]
    return verdict if isinstance(verdict, PassedOver) else None


def _channels(channel: Channel | None) -> tuple[Channel, ...]:
    return rules.CHANNELS if channel is None else rules.check_channels([channel])


def _check_order(order_id: int | None, customer_id: int) -> tuple[int | None, bool]:
    """The store of the order, and whether it was cancelled or came back. Raises NotFound."""
    if order_id is None:
        return None, False
    order = get_orders([order_id]).get(order_id)
    if order is None or order.customer_id != customer_id:
        raise NotFound(NO_ORDER)
    return order.store_id, order.state in OVER


def _note(action: str, questionnaire_id: int, *, by: Actor, now: datetime, **data: object) -> None:
    note_change(action, subject_kind="questionnaire", subject_id=questionnaire_id, by=by, now=now, **data)
