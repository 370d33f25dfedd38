"""What others look up about messages out: those a customer received and those not sent, each with its reason."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import func, select

from hub.content.queries import get_version
from hub.content.rendering import Rendered, render
from hub.core.batches import among
from hub.core.db import db
from hub.core.errors import NotFound
from hub.core.text import N_
from hub.core.words import Channel, Language, Purpose
from hub.outbox import wires
from hub.outbox.addresses import read_return_token
from hub.outbox.calling import link_values
from hub.outbox.letter import COLUMNS, load_letters
from hub.outbox.models import DeliveryAttempt, DeliveryReceipt, Hold, OutboundMessage, SenderPause
from hub.outbox.phone_letters import words_as_sent
from hub.outbox.phone_rules import PHONES
from hub.outbox.words import AttemptOutcome, BlockReason, MessageState, ReceiptKind, SendQueue

LIMIT = 50


@dataclass(frozen=True)
class MessageRow:
    """One outbound message. `reason` says why it waits or was not sent; `due_at` is when it is looked at next.

    Of a phone message: its segments, and its price in millionths of the currency.
    """

    id: int
    key: str
    channel: Channel
    purpose: Purpose
    state: MessageState
    reason: BlockReason | None
    reason_detail: str | None
    customer_id: int | None
    store_id: int | None
    agent_id: int | None
    recipient: str | None
    language: Language
    template_version_id: int
    message_id: str
    source_kind: str | None
    source_id: int | None
    due_at: datetime
    expires_at: datetime | None
    created_at: datetime
    accepted_at: datetime | None
    delivered_at: datetime | None
    ended_at: datetime | None
    attempt_count: int
    provider_reference: str | None
    segment_count: int | None
    price_micros: int | None
    price_currency: str | None

    @property
    def is_sent(self) -> bool:
        """Whether the provider took it, or may have."""
        return self.state in {
            MessageState.ACCEPTED,
            MessageState.DELIVERED,
            MessageState.BOUNCED,
            MessageState.UNKNOWN,
        }

    @property
    def is_waiting(self) -> bool:
        return self.state in {MessageState.WAITING, MessageState.CLAIMED, MessageState.CALLING}

    @property
    def template_key(self) -> str:
        return get_version(self.template_version_id).key


@dataclass(frozen=True)
class AttemptRow:
    """One call of the provider (machine time) or one report that came later (business time)."""

    kind: AttemptOutcome | ReceiptKind
    detail: str
    at: datetime


@dataclass(frozen=True)
class PauseRow:
    """A channel that waits because its provider complains about us."""

    channel: Channel
    detail: str
    paused_at: datetime
    resumes_at: datetime


_COLUMNS = tuple(getattr(OutboundMessage, each.name) for each in fields(MessageRow))


def get_message(outbound_id: int) -> MessageRow:
    """Raises NotFound."""
    row = db.session.execute(select(*_COLUMNS).where(OutboundMessage.id == outbound_id)).one_or_none()
    if row is None:
        raise NotFound(N_("There is no such message. Please reload the page."))
    return MessageRow(*row)


def find_by_key(key: str) -> MessageRow | None:
    row = db.session.execute(select(*_COLUMNS).where(OutboundMessage.key == key)).one_or_none()
    return MessageRow(*row) if row else None


def find_by_message_id(message_id: str) -> MessageRow | None:
    """The message with this Message-ID, angle brackets included or not; None when it is not one of ours."""
    plain = f"<{message_id.strip().strip('<>')}>"
    row = db.session.execute(select(*_COLUMNS).where(OutboundMessage.message_id == plain)).one_or_none()
    return MessageRow(*row) if row else None


def find_by_return_token(token: str) -> MessageRow | None:
    """The message whose signed return path this is (`b+uuid.code`, with or without the domain)."""
    uuid = read_return_token(token)
    if uuid is None:
        return None
    row = db.session.execute(select(*_COLUMNS).where(OutboundMessage.uuid == uuid)).one_or_none()
    return MessageRow(*row) if row else None


def list_messages(outbound_ids: Collection[int]) -> dict[int, MessageRow]:
    """By id, in one statement."""
    if not outbound_ids:
        return {}
    rows = db.session.execute(select(*_COLUMNS).where(OutboundMessage.id.in_(outbound_ids)))
    return {row.id: MessageRow(*row) for row in rows}


def list_customer_messages(customer_id: int, *, limit: int = LIMIT) -> list[MessageRow]:
    """What was sent to a customer and what was not, with its reason, newest first."""
    rows = db.session.execute(
        select(*_COLUMNS)
        .where(OutboundMessage.customer_id == customer_id)
        .order_by(OutboundMessage.created_at.desc(), OutboundMessage.id.desc())
        .limit(limit)
    )
    return [MessageRow(*row) for row in rows]


def list_source_messages(source_kind: str, source_ids: Collection[int]) -> list[MessageRow]:
    """The messages an upstairs row asked for, oldest first."""
    rows = db.session.execute(
        select(*_COLUMNS)
        .where(OutboundMessage.source_kind == source_kind, OutboundMessage.source_id.in_(source_ids))
        .order_by(OutboundMessage.id)
    )
    return [MessageRow(*row) for row in rows]


def get_recipients(outbound_ids: Iterable[int]) -> dict[int, str]:
    """The address each message goes to, by id; "" once it was erased."""
    found = select(OutboundMessage.id, OutboundMessage.recipient).where(
        among(OutboundMessage.id, list(outbound_ids))
    )
    return {row.id: row.recipient or "" for row in db.session.execute(found)}


def get_states(outbound_ids: Iterable[int]) -> dict[int, MessageState]:
    """States by id, in one statement; ids that do not exist are missing."""
    rows = db.session.execute(
        select(OutboundMessage.id, OutboundMessage.state).where(among(OutboundMessage.id, set(outbound_ids)))
    )
    return dict(rows.all())


def get_content(outbound_id: int) -> Rendered:
    """The message as the customer saw it, with dead links where they act in the customer's name. Raises NotFound."""
    letters = load_letters(select(*COLUMNS).where(OutboundMessage.id == outbound_id))
    if not letters:
        raise NotFound(N_("There is no such message. Please reload the page."))
    links = link_values(letters[0])
    version = get_version(letters[0].template_version_id)
    copy = render(version, {**letters[0].values, **links}, is_copy=True)
    if letters[0].channel not in {*PHONES, Channel.SOCIAL}:
        return copy
    words = words_as_sent(letters[0], copy, version.language)
    return Rendered(subject="", html="", text=words, sms_text=words)


def list_attempts(outbound_id: int) -> list[AttemptRow]:
    """The calls of the provider, then the reports that came later."""
    attempts = db.session.execute(
        select(DeliveryAttempt.outcome, DeliveryAttempt.detail, DeliveryAttempt.attempted_at)
        .where(DeliveryAttempt.message_id == outbound_id)
        .order_by(DeliveryAttempt.id)
    )
    receipts = db.session.execute(
        select(DeliveryReceipt.kind, DeliveryReceipt.status, DeliveryReceipt.received_at)
        .where(DeliveryReceipt.message_id == outbound_id)
        .order_by(DeliveryReceipt.id)
    )
    return [AttemptRow(*row) for row in (*attempts, *receipts)]


def list_pauses(*, now: datetime) -> list[PauseRow]:
    """The channels that are paused now, for the administrator."""
    rows = db.session.execute(
        select(SenderPause.channel, SenderPause.detail, SenderPause.paused_at, SenderPause.resumes_at)
        .where(SenderPause.ended_at.is_(None), SenderPause.resumes_at > now)
        .order_by(SenderPause.id)
    )
    return [PauseRow(*row) for row in rows]


def get_pause(pause_id: int) -> PauseRow:
    """Raises NotFound."""
    found = select(SenderPause.channel, SenderPause.detail, SenderPause.paused_at, SenderPause.resumes_at)
    row = db.session.execute(found.where(SenderPause.id == pause_id)).one_or_none()
    if row is None:
        raise NotFound(N_("There is no such message. Please reload the page."))
    return PauseRow(*row)


def list_channels_set_up() -> frozenset[Channel]:
    """The channels this process can send with; messages of the others wait."""
    return wires.channels_set_up()


def is_set_up(channel: Channel) -> bool:
    """Whether messages of the channel leave; those of another wait."""
    return channel in wires.channels_set_up()


@dataclass(frozen=True)
class PhoneSetup:
    """The account of the phone channels: where its provider reaches us, and the numbers texts leave from ("": none)."""

    public_url: str
    sms_from: str
    whatsapp_from: str
    messaging_service_sid: str


def get_phone_setup() -> PhoneSetup | None:
    """None when no account is set up."""
    found = wires.phone_settings()
    if found is None:
        return None
    return PhoneSetup(found.public_url, found.sms_from, found.whatsapp_from, found.messaging_service_sid)


def is_from_phone_provider(path: str, fields: Mapping[str, str], signature: str) -> bool:
    """Whether a webhook at `path` of our public address was signed by the provider of the phone channels."""
    return wires.is_from_phone_provider(path, fields, signature)


def has_hold(customer_id: int, reason: str) -> bool:
    """Whether a room upstairs holds messages back from this customer for this reason."""
    held = select(Hold.id).where(
        Hold.customer_id == customer_id, Hold.lifted_at.is_(None), Hold.reason == reason
    )
    return db.session.scalar(held.limit(1)) is not None


def count_waiting(*, now: datetime) -> dict[SendQueue, int]:
    """Messages due now by queue, for the operations page and the metrics."""
    rows = db.session.execute(
        select(OutboundMessage.queue, func.count())
        .where(OutboundMessage.state == MessageState.WAITING, OutboundMessage.due_at <= now)
        .group_by(OutboundMessage.queue)
    )
    return dict(rows.all())
