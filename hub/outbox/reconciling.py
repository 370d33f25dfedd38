"""Asks the provider of the phone channels what became of messages nobody knows of, and ends what waited in vain.

A message is recognised in the provider's list by its receiver and its words: the list carries no reference of ours. A
message of the list that another row of ours holds is not it. One that is never listed did not leave (GIVE_UP).
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, and_, func, or_, select, update

from hub.channels.base import Cost, Envelope, TemporaryFailure
from hub.channels.sms_text import replace_forcing
from hub.channels.twilio_client import Known, TwilioAccount
from hub.content.queries import get_version
from hub.core import clock
from hub.core.db import db, transaction
from hub.core.facts import record
from hub.outbox import verdicts, wires
from hub.outbox.actions.callbacks import PhoneReport, apply_report
from hub.outbox.calling import write_envelope
from hub.outbox.facts import MessageFailed
from hub.outbox.letter import COLUMNS, Letter, load_letters
from hub.outbox.models import DeliveryAttempt, OutboundMessage
from hub.outbox.phone_costs import note_costs
from hub.outbox.phone_letters import plan_phones
from hub.outbox.phone_rules import FIRST_LOOK, GIVE_UP, PHONES, RETRY_AFTER
from hub.outbox.rules import Answer, Verdict
from hub.outbox.tracking.writing import plan_marking
from hub.outbox.words import BlockReason, MessageState

log = structlog.get_logger(__name__)
BATCH = 20
LOOK_BACK = timedelta(days=1)
NOT_LISTED = "The provider does not know this message: it did not leave."


@dataclass(frozen=True)
class _Lost:
    """A message of unknown outcome. `body` is None for an approved template, whose words the provider writes."""

    letter: Letter
    body: str | None
    called_at: datetime


def work_phones(wake: Callable[[], None]) -> int:
    """One batch; returns the rows looked at."""
    expired = _expire_unsent()
    lost = _claim()
    if len(lost) == BATCH:
        wake()
    account = wires.open_phone_account() if lost else None
    if account is not None:
        try:
            _ask(account, lost)
        finally:
            account.close()
    return expired + len(lost)


def has_due() -> bool:
    """Whether a message is to be asked for, or has waited in vain for a channel that is not set up."""
    found = or_(_is_lost(), _is_stale()) if wires.has_phone_account() else _is_stale()
    return db.session.scalar(select(OutboundMessage.id).where(found).limit(1)) is not None


def next_due_at() -> datetime | None:
    """Business time at which the next message that cannot be sent expires."""
    m = OutboundMessage
    return db.session.scalar(
        select(func.min(m.expires_at)).where(_is_unsendable(), m.expires_at > clock.business_now())
    )


def _is_lost() -> ColumnElement[bool]:
    m = OutboundMessage
    waits = or_(m.next_attempt_at.is_(None), m.next_attempt_at <= clock.machine_now())
    return and_(m.state == MessageState.UNKNOWN, m.settled_at.is_(None), m.channel.in_(PHONES), waits)


def _is_unsendable() -> ColumnElement[bool]:
    m = OutboundMessage
    missing = PHONES - wires.channels_set_up()
    return and_(m.state == MessageState.WAITING, m.channel.in_(PHONES), m.channel.in_(missing))


def _is_stale() -> ColumnElement[bool]:
    return and_(_is_unsendable(), OutboundMessage.expires_at <= clock.business_now())


def _expire_unsent() -> int:
    """What waited for a channel that was not set up, until it was no longer worth sending."""
    with transaction():
        stale = select(*COLUMNS).where(_is_stale()).limit(BATCH).with_for_update(skip_locked=True)
        letters = load_letters(stale)
        late = Verdict(Answer.NEVER, BlockReason.EXPIRED, "not_set_up")
        verdicts.write(letters, {letter.id: late for letter in letters}, now=clock.business_now())
    return len(letters)


def _claim() -> list[_Lost]:
    """The next to ask for; nobody else asks for them meanwhile. Those called a moment ago are given time to appear."""
    if not wires.has_phone_account():
        return []
    with transaction():
        machine_now = clock.machine_now()
        rows = select(*COLUMNS).where(_is_lost()).order_by(OutboundMessage.id).limit(BATCH)
        letters = load_letters(rows.with_for_update(skip_locked=True))
        called = _list_called({letter.id for letter in letters})
        ripe = [each for each in letters if called[each.id] + FIRST_LOOK <= machine_now]
        young = [each for each in letters if called[each.id] + FIRST_LOOK > machine_now]
        for letter in young:
            _look_again([letter.id], called[letter.id] + FIRST_LOOK)
        _look_again([letter.id for letter in ripe], machine_now + RETRY_AFTER)
        bodies = _write(ripe)
    return [_Lost(letter, bodies[letter.id], called[letter.id]) for letter in ripe]


def _look_again(ids: Sequence[int], at: datetime) -> None:
    if ids:
        again = update(OutboundMessage).where(OutboundMessage.id.in_(ids)).values(next_attempt_at=at)
        db.session.execute(again.execution_options(synchronize_session=False))


def _list_called(ids: Collection[int]) -> Mapping[int, datetime]:
    """Machine time of the last call of each."""
    rows = db.session.execute(
        select(DeliveryAttempt.message_id, func.max(DeliveryAttempt.attempted_at))
        .where(DeliveryAttempt.message_id.in_(ids))
        .group_by(DeliveryAttempt.message_id)
    )
    found = dict(rows.all())
    return {row_id: found.get(row_id, clock.machine_now() - FIRST_LOOK) for row_id in ids}


def _write(letters: Sequence[Letter]) -> dict[int, str | None]:
    """The words each left with."""
    now = clock.business_now()
    for version_id in {letter.template_version_id for letter in letters}:
        get_version(version_id)
    marking, plan = plan_marking(letters), plan_phones(letters, now=now)
    written = {letter.id: write_envelope(letter, now=now, marking=marking, plan=plan) for letter in letters}
    return {
        row_id: each.text if isinstance(each, Envelope) and each.content is None else None
        for row_id, each in written.items()
    }


def _ask(account: TwilioAccount, lost: Sequence[_Lost]) -> None:
    """One question a message, outside any transaction; a provider that cannot be asked is asked again later."""
    for each in lost:
        address = account.address_of(each.letter.channel, each.letter.recipient)
        try:
            listed = account.list_sent(address)
        except TemporaryFailure as error:
            log.warning("outbox.reconcile", outbound_id=each.letter.id, detail=error.reason)
            return
        since = each.called_at - LOOK_BACK
        with transaction():
            _settle(each, [known for known in listed if known.sent_at >= since])


def _settle(lost: _Lost, listed: Sequence[Known]) -> None:
    row = db.session.scalar(
        select(OutboundMessage)
        .where(OutboundMessage.id == lost.letter.id, OutboundMessage.state == MessageState.UNKNOWN)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        return
    now, machine_now = clock.business_now(), clock.machine_now()
    known = _choose(lost, _without_others(listed))
    if known is not None:
        report = PhoneReport(known.reference, known.status, str(known.error_code or ""))
        apply_report(row, PhoneReport(known.reference, "sent"), now=now, machine_now=machine_now)
        apply_report(row, report, now=now, machine_now=machine_now)
        if known.price_micros is not None and known.segment_count:
            note_costs([(row.id, Cost(known.segment_count, known.price_micros, known.currency))])
    elif lost.called_at + GIVE_UP <= machine_now:
        _give_up(row, now=now)


def _without_others(listed: Sequence[Known]) -> list[Known]:
    """Those no row of ours holds."""
    held = select(OutboundMessage.provider_reference).where(
        OutboundMessage.provider_reference.in_([each.reference for each in listed]),
        OutboundMessage.channel.in_(PHONES),
    )
    taken = set(db.session.scalars(held)) if listed else set()
    return [each for each in listed if each.reference not in taken]


def _choose(lost: _Lost, listed: Sequence[Known]) -> Known | None:
    """The one with our words; of an approved template the only one there is."""
    if lost.body is None:
        return listed[0] if len(listed) == 1 else None
    ours = _bare(lost.body)
    return next((each for each in listed if _bare(each.body) == ours), None)


def _bare(text: str) -> str:
    """The provider may replace characters that cost a segment."""
    return " ".join(replace_forcing(text).split())


def _give_up(row: OutboundMessage, *, now: datetime) -> None:
    row.state, row.reason_detail = MessageState.FAILED, NOT_LISTED
    row.counted_at = row.next_attempt_at = None
    fact = MessageFailed(
        customer_id=row.customer_id,
        outbound_id=row.id,
        purpose=row.purpose,
        source_kind=row.source_kind,
        source_id=row.source_id,
        is_unknown=False,
    )
    record(fact, now=now)
    db.session.flush()
