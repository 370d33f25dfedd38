"""Live events: what just changed, told to open pages after the commit. Ids and kinds, never words; see docs/adr/0024-chat-and-live-events.md.

Redis carries them to the process of `hub/live`, which keeps the streams. Nothing depends on them: pages also look by
themselves from time to time, so an event that is lost comes late, not never.
"""

import json
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import structlog
from redis import Redis
from redis.exceptions import RedisError

from hub.core import signing
from hub.core.bell import connect_redis

PENDING = "pending_news"
CHANNEL = "live"
EVERYTHING = "all"
PASS_PURPOSE = "live-stream"  # noqa: S105 - what the token is for
PASS_LASTS = timedelta(minutes=5)

log = structlog.get_logger(__name__)


class NewsKind(StrEnum):
    """What a page should look at again."""

    TICKET = "ticket"
    PRESENCE = "presence"
    LINE = "line"
    CALL = "call"


@dataclass(frozen=True)
class News:
    """Something changed: `topics` say who may hear of it, `ticket_id` where (None for a visitor of the chat)."""

    kind: NewsKind
    topics: tuple[str, ...]
    ticket_id: int | None = None

    def written(self) -> str:
        """As JSON, the topics apart from what a stream is sent."""
        body = {"kind": self.kind.value, **({"ticket": self.ticket_id} if self.ticket_id else {})}
        return json.dumps({"topics": self.topics, "news": body}, separators=(",", ":"))


@dataclass(frozen=True)
class Pass:
    """What the holder of a token may hear, and for how many seconds more."""

    topics: frozenset[str]
    seconds_left: float


class _Mast:
    """Where the process keeps its wire to Redis; None in commands that tell nobody."""

    redis: Redis | None = None
    address: str = ""


def connect(redis_url: str | None, *, address: str) -> None:
    """Called once when the process is set up; `address` is where browsers find the streams, "" without any."""
    _Mast.redis = connect_redis(redis_url) if redis_url else None
    _Mast.address = address


def address() -> str:
    """Where browsers find the streams, "" when pages only look by themselves."""
    return _Mast.address


def channel_of(redis: Redis) -> str:
    """Where news are published. Redis keeps channels apart by name alone, so the number of the database is in it."""
    return f"{CHANNEL}:{redis.connection_pool.connection_kwargs.get('db') or 0}"


def is_heard() -> bool:
    """Whether the process of the live events listens; a page must not be sent to a port where nobody answers."""
    if _Mast.redis is None:
        return True
    try:
        [(_, listener_count)] = _Mast.redis.pubsub_numsub(channel_of(_Mast.redis))
    except RedisError as error:
        log.warning("live.silent", error=str(error))
        return False
    return bool(listener_count)


def store_topic(store_id: int) -> str:
    return f"store:{store_id}"


def ticket_topics(*store_ids: int | None) -> tuple[str, ...]:
    """Who may hear of a ticket of these stores: the whole chain, and each store; None is the central queue."""
    stores = dict.fromkeys(store_topic(store_id) for store_id in store_ids if store_id is not None)
    return (EVERYTHING, *stores)


def scope_topics(*, is_everything: bool, store_ids: Iterable[int]) -> tuple[str, ...]:
    """What a person with this scope may hear."""
    return (EVERYTHING,) if is_everything else tuple(store_topic(store_id) for store_id in sorted(store_ids))


def chat_topic(chat_id: int) -> str:
    """What the visitor of one chat may hear."""
    return f"chat:{chat_id}"


def make_stream_url(topics: Iterable[str], *, machine_now: datetime) -> str:
    """The address of a stream of these topics, good for five minutes; "" when there are no streams for the moment."""
    if not _Mast.address or not is_heard():
        return ""
    ends_at = machine_now + PASS_LASTS
    claim = {"t": list(topics), "u": ends_at.timestamp()}
    token = signing.sign(PASS_PURPOSE, claim, expires_at=ends_at)
    return f"{_Mast.address}/stream?pass={token}"


def read_pass(token: str, *, machine_now: datetime) -> Pass:
    """What a pass lets its holder hear. Raises NotFound when it is not ours, Gone when its time is over."""
    claim = signing.read(PASS_PURPOSE, token, now=machine_now)
    left = float(claim["u"]) - machine_now.timestamp()
    return Pass(frozenset(str(topic) for topic in claim["t"]), max(0.0, left))


def tell_pending(info: MutableMapping[Any, Any]) -> None:
    """Tell what the transaction that was just committed asked for. Never raises."""
    waiting: Mapping[News, None] = info.pop(PENDING, {})
    if _Mast.redis is None or not waiting:
        return
    try:
        pipe = _Mast.redis.pipeline(transaction=False)
        for news in waiting:
            pipe.publish(channel_of(_Mast.redis), news.written())
        pipe.execute()
    except RedisError as error:
        log.warning("live.silent", error=str(error))
