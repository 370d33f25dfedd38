"""Posts messages: one row a key, with the template version and the values frozen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Unpack

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from hub.content.queries import get_published
from hub.content.rendering import PreparedTemplate
from hub.core import site
from hub.core.batches import given_rows, rows_given, table_of
from hub.core.db import db, ring_after_commit
from hub.core.errors import Conflict
from hub.core.text import N_
from hub.core.words import Channel, Language, Purpose
from hub.customers import queries as customers
from hub.customers.queries import CustomerRow
from hub.customers.rules import plain_address
from hub.loyalty.rows import GivenCode
from hub.outbox import addresses, letterhead, promo_codes
from hub.outbox.drafting import Draft, DraftFields, Posted
from hub.outbox.models import OutboundMessage
from hub.outbox.words import BlockReason, MessageState, SendQueue
from hub.stores import queries as stores
from hub.stores.queries import ChainRow, StoreRow
from hub.stores.rules import Hours

People = Mapping[int, CustomerRow]
_QUEUES = {
    Purpose.REPLY: SendQueue.URGENT,
    Purpose.TRANSACTIONAL: SendQueue.URGENT,
    Purpose.STAFF: SendQueue.URGENT,
    Purpose.SERVICE: SendQueue.DEFAULT,
    Purpose.SURVEY: SendQueue.DEFAULT,
    Purpose.PROMOTION: SendQueue.BULK,
    Purpose.NEWSLETTER: SendQueue.BULK,
    Purpose.OPEN_MEASUREMENT: SendQueue.BULK,
}


def post(*, now: datetime, **fields: Unpack[DraftFields]) -> Posted:
    """Post one message (fields as in Draft). Raises NotFound when no such template is published."""
    return post_many([Draft(**fields)], now=now)[0]


def post_many(drafts: Sequence[Draft], *, now: datetime, people: People | None = None) -> list[Posted]:
    """Post a batch in a handful of statements, in the order of the drafts. `people`: all their customers, just read."""
    if not drafts:
        return []
    desk = _Desk.open(drafts, people)
    desk.take_codes(drafts, now=now)
    rows = [desk.row(draft, now=now) for draft in drafts]
    if any(draft.attachments for draft in drafts):
        for row, each in zip(rows, drafts, strict=True):
            row["attachments"] = list(each.attachments)
    new = {key: row_id for row_id, key in db.session.execute(_posting(tuple(rows[0])), rows_given(rows))}
    old = _ids_of({draft.key for draft in drafts} - new.keys())
    for queue in {row["queue"] for row in rows if row["key"] in new and row["due_at"] <= now}:
        ring_after_commit(f"outbox.{queue}")
    return [Posted(new.get(draft.key) or old[draft.key], draft.key in new) for draft in drafts]


@cache
def _posting(names: tuple[str, ...]) -> Any:
    table = table_of(OutboundMessage)
    given = select(*given_rows(table, names).c)
    statement = insert(table).from_select(list(names), given).on_conflict_do_nothing()
    return statement.returning(table.c.id, table.c.key)


def cancel(message: int | str, *, now: datetime) -> bool:
    """Take a message back by id or key, as long as no provider is being called. Returns whether it was."""
    is_it = OutboundMessage.id == message if isinstance(message, int) else OutboundMessage.key == message
    waits = OutboundMessage.state.in_([MessageState.WAITING, MessageState.CLAIMED])
    taken = db.session.execute(
        update(OutboundMessage)
        .where(is_it, waits)
        .values(
            state=MessageState.CANCELLED,
            reason=BlockReason.UNDONE,
            counted_at=None,
            ended_at=now,
            lease_token=None,
            lease_until=None,
        )
        .returning(OutboundMessage.id)
        .execution_options(synchronize_session=False)
    ).first()
    return taken is not None


def _ids_of(keys: set[str]) -> dict[str, int]:
    """Ids of keys that were posted before. Raises Conflict when a key lost to another one's Message-ID."""
    if not keys:
        return {}
    asked = select(OutboundMessage.key, OutboundMessage.id).where(OutboundMessage.key.in_(keys))
    found = dict(db.session.execute(asked).all())
    if lost := keys - found.keys():
        raise Conflict(N_("The Message-ID of %(key)s belongs to another message."), key=min(lost))
    return found


@dataclass
class _Desk:
    """What a batch of drafts needs, looked up once."""

    chain: ChainRow
    people: Mapping[int, CustomerRow]
    houses: Mapping[int, StoreRow]
    hours: Mapping[int, Hours]
    versions: dict[tuple[str, Language], PreparedTemplate] = field(default_factory=dict)
    heads: dict[tuple[int | None, Language], dict[str, str]] = field(default_factory=dict)
    codes: Mapping[str, GivenCode] = field(default_factory=dict)

    @classmethod
    def open(cls, drafts: Sequence[Draft], people: People | None) -> "_Desk":
        store_ids = _known(draft.store_id for draft in drafts)
        asked = _known(draft.customer_id for draft in drafts)
        return cls(
            chain=stores.get_chain(),
            people=customers.get_customers(asked) if people is None else people,
            houses=stores.get_stores(store_ids),
            hours=stores.get_hours_of(store_ids),
        )

    def take_codes(self, drafts: Sequence[Draft], *, now: datetime) -> None:
        """Reserve a code for each message whose step names a pool and whose template shows a code."""
        wanted = [
            (draft.promo_pool, draft.key, draft.customer_id)
            for draft in drafts
            if draft.promo_pool
            and promo_codes.shows_code(self.version(draft.template_key, self.language(draft)))
        ]
        self.codes = promo_codes.reserve(wanted, now=now) if wanted else {}

    def language(self, draft: Draft) -> Language:
        person = self.people.get(draft.customer_id) if draft.customer_id else None
        return Language(draft.language or (person.language if person else self.chain.language))

    def row(self, draft: Draft, *, now: datetime) -> dict[str, Any]:
        person = self.people.get(draft.customer_id) if draft.customer_id else None
        named = None if "salutation" in draft.values else person  # who says how it opens names people itself
        version = self.version(draft.template_key, language := self.language(draft))
        uuid = addresses.uuid_of(draft.key)
        store = self.houses[draft.store_id] if draft.store_id else None
        return {
            "uuid": uuid,
            "key": draft.key,
            "queue": draft.queue or _QUEUES[draft.purpose],
            "channel": draft.channel,
            "purpose": draft.purpose,
            "theme": draft.theme,
            "state": MessageState.WAITING,
            "customer_id": draft.customer_id,
            "store_id": draft.store_id,
            "agent_id": draft.agent_id,
            "recipient": _recipient(draft, person),
            "recipient_name": draft.recipient_name or (named.name if named else ""),
            "sender_name": draft.sender_name or letterhead.sender_name(self.chain, store),
            "sender_address": self.chain.sender_address,
            "reply_to": draft.reply_to or letterhead.reply_to(store, uuid, draft.purpose),
            "language": language,
            "template_version_id": version.id,
            "values": self.values(draft, version, person, language),
            "headers": dict(draft.headers or {}),
            "message_id": draft.message_id or addresses.message_id_of(uuid, site.inbound_domain()),
            "source_kind": draft.source_kind,
            "source_id": draft.source_id,
            "stop_if": dict(draft.stop_if or {}),
            "priority": draft.priority,
            "due_at": draft.due_at,
            "expires_at": promo_codes.last_moment(draft.expires_at, self.codes.get(draft.key)),
            "attempt_count": 0,
            "is_measured": draft.is_measured,
            "created_at": now,
        }

    def version(self, key: str, language: Language) -> PreparedTemplate:
        if (key, language) not in self.versions:
            self.versions[key, language] = get_published(key, language.value)
        return self.versions[key, language]

    def values(
        self, draft: Draft, version: PreparedTemplate, person: CustomerRow | None, language: Language
    ) -> dict[str, str]:
        """The caller's values over the letterhead's, without what the template does not know."""
        known = dict(self.head(draft.store_id, language))
        if person and "salutation" not in draft.values:
            known |= letterhead.customer_values(person, language)
        if code := self.codes.get(draft.key):
            known |= promo_codes.values_of(code, self.chain, language)
        known |= draft.values
        return {
            spec.name: value.replace("\0", "") for spec in version.specs if (value := known.get(spec.name))
        }

    def head(self, store_id: int | None, language: Language) -> dict[str, str]:
        if (store_id, language) not in self.heads:
            head = letterhead.chain_values(self.chain)
            if store_id:
                head |= letterhead.store_values(self.houses[store_id], self.hours.get(store_id), language)
            self.heads[store_id, language] = head
        return self.heads[store_id, language]


def _known(ids: Iterable[int | None]) -> list[int]:
    return sorted({each for each in ids if each is not None})


def _recipient(draft: Draft, person: CustomerRow | None) -> str | None:
    """A network's own id is kept as it is: digits in it are no phone number."""
    if draft.recipient:
        return draft.recipient if draft.channel is Channel.SOCIAL else plain_address(draft.recipient)
    if person is None:
        return None
    return person.mail if draft.channel is Channel.EMAIL else person.phone
