"""Follows a tracked link and loads of a pixel: finds what they are about, then notes it. Noting may fail, following not."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from hub.content.queries import get_version
from hub.core import signing, site
from hub.core.db import fetch_alone, transaction
from hub.core.errors import Gone, HubError, NotFound
from hub.core.text import N_
from hub.core.words import Channel
from hub.orders.behaviour.rules import read_setup
from hub.orders.behaviour.tokens import mark_address
from hub.outbox.models import OutboundMessage
from hub.outbox.tracking import links
from hub.outbox.tracking.noting import Asked, Hit, note_click, note_opening, note_version_opening
from hub.outbox.tracking.policy import add_utm, read_policy
from hub.stores import queries as stores

log = structlog.get_logger(__name__)
BAD_LINK = N_("This link is not complete. Please open it again from the message, or write to us.")
OLD_LINK = N_("This link leads nowhere any more. Please look for the page on our site, or write to us.")
SOURCE_CHARS = 16
AGENT_CHARS = 400


@dataclass(frozen=True)
class Visit:
    """What a request tells of itself. The address is only compared and hashed, never kept."""

    method: str
    user_agent: str
    address: str | None


_MESSAGE = (
    OutboundMessage.id,
    OutboundMessage.channel,
    OutboundMessage.template_version_id,
    OutboundMessage.values,
    OutboundMessage.state,
    OutboundMessage.accepted_at,
    OutboundMessage.recipient,
    OutboundMessage.customer_id,
)


def follow_link(token: str, visit: Visit, *, now: datetime) -> str:
    """The address behind a tracked link; the visit is noted, and followed also when it cannot be noted.

    Raises NotFound for a token that we did not write, Gone when what the message said was erased. No transaction of the
    caller's: it opens its own.
    """
    uuid = links.read_uuid(token)
    message = _find(uuid)
    if message is None:
        raise NotFound(BAD_LINK)
    version = get_version(message["template_version_id"])
    values = {name: str(value) for name, value in message["values"].items()}
    found = links.find_link(token, links.list_links(version, values, base_url=site.base_url()))
    if found is None:
        raise Gone(OLD_LINK)
    position, address = found
    is_phone = message["channel"] is not Channel.EMAIL
    shown = links.count_links(version, values, base_url=site.base_url(), is_phone=is_phone)
    asked = Asked(
        message_id=message["id"], state=message["state"], accepted_at=message["accepted_at"], link_count=shown
    )
    _try_to(lambda: note_click(asked, position, _hit(visit, now)))
    return _dressed(address, version.key, message["customer_id"], now)


def load_pixel(token: str, visit: Visit, *, now: datetime) -> None:
    """Note that a mail's pictures were loaded. Never raises: a picture has nobody to tell."""
    uuid, version_id = links.read_pixel(token), links.read_version_pixel(token)
    if visit.method == "HEAD" or (uuid is None and version_id is None):
        return
    if version_id is not None:
        _try_to(lambda: note_version_opening(version_id, _hit(visit, now)))
        return
    message = _find(uuid)
    if message is not None:
        ids = (message["id"], message["template_version_id"], message["recipient"])
        _try_to(lambda: note_opening(*ids, _hit(visit, now)))


def _find(uuid: str | None) -> Any:
    return fetch_alone(select(*_MESSAGE).where(OutboundMessage.uuid == uuid), {}) if uuid else None


def _hit(visit: Visit, now: datetime) -> Hit:
    agent = visit.user_agent.replace("\0", "")[:AGENT_CHARS]
    digest = signing.keyed_hash("click-source", visit.address or "")[:SOURCE_CHARS]
    return Hit(visit.method, agent, digest, visit.address, now)


def _dressed(address: str, campaign: str, customer_id: int | None, now: datetime) -> str:
    """To the chain's own site the link says which mailing it is of, and whose click it was where visits are noted."""
    try:
        chain = stores.get_chain()
        said = add_utm(address, read_policy(chain.settings), site=chain.website_url, campaign=campaign)
        return mark_address(said, customer_id, read_setup(chain.settings), now=now)
    except (SQLAlchemyError, HubError, ValueError):
        return address


def _try_to(note: Callable[[], None]) -> None:
    """In a transaction of its own, which may fail: the person who clicks must arrive."""
    try:
        with transaction():
            note()
    except (SQLAlchemyError, HubError) as error:
        log.warning("tracking.not_noted", error=type(error).__name__)
