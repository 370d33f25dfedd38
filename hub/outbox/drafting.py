"""What a room hands over to be sent: the fields of one message, and what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict

from hub.core.words import Channel, Language, Purpose
from hub.outbox.words import SendQueue

USUAL_PRIORITY = 100


@dataclass(frozen=True, kw_only=True)
class Draft:
    """One message to post.

    `key` says what it is about ("enrolment:12:survey"): the same key is posted once. `language` and `recipient` are the
    customer's when not given, `sender_name` and `reply_to` the store's. `due_at` and `expires_at` are business time.
    `stop_if`: {"purchase_since": iso time} and/or {"order_cancelled": order id}. `priority`: the smaller goes first
    where a cap leaves room for one. `theme` is the subject of a promotion, which customers may refuse by itself.
    `values` win over what the letterhead knows. `promo_pool` is the key of the pool
    that gives `promo_code`; an empty pool leaves the value out, and the gate then says what is missing.
    `attachments` name files of the shelf: {name, media_type, size_bytes, sha256}; mail alone carries them.
    `is_measured` False: neither its links nor its opening are, whatever the chain chose.
    """

    key: str
    template_key: str
    values: Mapping[str, str]
    purpose: Purpose
    due_at: datetime
    channel: Channel = Channel.EMAIL
    language: Language | None = None
    customer_id: int | None = None
    recipient: str | None = None
    recipient_name: str = ""
    store_id: int | None = None
    agent_id: int | None = None
    sender_name: str | None = None
    reply_to: str | None = None
    message_id: str | None = None
    headers: Mapping[str, str] | None = None
    source_kind: str | None = None
    source_id: int | None = None
    expires_at: datetime | None = None
    stop_if: Mapping[str, Any] | None = None
    queue: SendQueue | None = None
    priority: int = USUAL_PRIORITY
    theme: str = ""
    promo_pool: str | None = None
    attachments: Sequence[Mapping[str, Any]] = ()
    is_measured: bool = True


@dataclass(frozen=True)
class Posted:
    """`message_id_row` is the id of the outbound message; `is_new` is False when its key was posted before."""

    message_id_row: int
    is_new: bool


class _Needed(TypedDict):
    key: str
    template_key: str
    values: Mapping[str, str]
    purpose: Purpose
    due_at: datetime


class DraftFields(_Needed, total=False):
    """The fields of Draft, as `post` takes them by name."""

    channel: Channel
    language: Language | None
    customer_id: int | None
    recipient: str | None
    recipient_name: str
    store_id: int | None
    agent_id: int | None
    sender_name: str | None
    reply_to: str | None
    message_id: str | None
    headers: Mapping[str, str] | None
    source_kind: str | None
    source_id: int | None
    expires_at: datetime | None
    stop_if: Mapping[str, Any] | None
    queue: SendQueue | None
    priority: int
    theme: str
    promo_pool: str | None
    attachments: Sequence[Mapping[str, Any]]
    is_measured: bool
