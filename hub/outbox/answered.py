"""Which of our messages a mail answers: by the signed ids and reply addresses that only its receiver was given."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import select

from hub.core import site
from hub.core.db import db
from hub.outbox.addresses import read_message_id, read_reply_address
from hub.outbox.models import OutboundMessage

MOST_IDS = 30


@dataclass(frozen=True)
class Answered:
    """One of our messages; `reply_to` is where its answers are expected."""

    id: int
    uuid: str
    customer_id: int | None
    store_id: int | None
    recipient: str | None
    reply_to: str | None
    source_kind: str | None
    source_id: int | None


_COLUMNS: tuple[Any, ...] = tuple(getattr(OutboundMessage, each.name) for each in fields(Answered))


def find_answered(message_ids: Iterable[str], addresses: Iterable[str]) -> Answered | None:
    """The message answered: by the address written to, else by the ids, the latest first; None for a stranger's mail."""
    wanted = list(dict.fromkeys(filter(None, [*_by_address(addresses), *_by_id(message_ids)])))
    if not wanted:
        return None
    rows = db.session.execute(select(*_COLUMNS).where(OutboundMessage.uuid.in_(wanted)))
    found = {row.uuid: Answered(*row) for row in rows}
    return next((found[uuid] for uuid in wanted if uuid in found), None)


def _by_address(addresses: Iterable[str]) -> Iterable[str | None]:
    return (read_reply_address(address) for address in addresses if _is_ours(address))


def _by_id(message_ids: Iterable[str]) -> Iterable[str | None]:
    return (read_message_id(each) for each in list(message_ids)[:MOST_IDS] if _is_ours(each.strip("<> ")))


def _is_ours(address: str) -> bool:
    return address.rpartition("@")[2].lower() == site.inbound_domain()
