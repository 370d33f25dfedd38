"""Who listens to which topic, and the one subscription to Redis that feeds them all."""

import json
from collections.abc import Callable, Iterable

import structlog
from gevent.queue import Full, Queue
from redis.client import PubSub
from redis.exceptions import RedisError

from hub.core.bell import connect_redis
from hub.core.live import channel_of

MOST_WAITING = 100
IDLE_SECONDS = 20.0
PAUSE_SECONDS = 1.0
AGAIN = '{"kind":"again"}'
"""What a stream is sent that missed something: look at everything."""

log = structlog.get_logger(__name__)


class Listener:
    """One stream: news wait here until they are written; None ends it. Compared by identity."""

    def __init__(self, topics: frozenset[str]) -> None:
        self.topics = topics
        self.waiting: Queue = Queue(MOST_WAITING)

    def hand(self, news: str | None) -> None:
        """A reader too slow to follow loses what waits for it and is told to look at everything."""
        try:
            self.waiting.put_nowait(news)
        except Full:
            while not self.waiting.empty():
                self.waiting.get_nowait()
            self.waiting.put_nowait(AGAIN if news is not None else None)


class Exchange:
    """Hands each news to whoever has a pass for one of its topics, once."""

    def __init__(self) -> None:
        self.by_topic: dict[str, set[Listener]] = {}
        self.is_hearing = False

    def join(self, topics: frozenset[str]) -> Listener:
        listener = Listener(topics)
        for topic in topics:
            self.by_topic.setdefault(topic, set()).add(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        for topic in listener.topics:
            others = self.by_topic.get(topic, set())
            others.discard(listener)
            if not others:
                self.by_topic.pop(topic, None)

    def count(self) -> int:
        """How many streams are open."""
        return len(self._listeners(self.by_topic))

    def spread(self, written: str | bytes) -> None:
        """Hand on one message of the subscription; what is not ours is passed over."""
        try:
            told = json.loads(written)
            topics, news = told["topics"], json.dumps(told["news"], separators=(",", ":"))
        except (ValueError, KeyError, TypeError):
            log.warning("live.odd")
            return
        for listener in self._listeners(topics):
            listener.hand(news)

    def hush(self) -> None:
        """Redis is gone: every stream ends, so that its page knows that it must look by itself."""
        self.is_hearing = False
        for listener in self._listeners(self.by_topic):
            listener.hand(None)

    def hear(self, redis_url: str, *, sleep: Callable[[float], None]) -> None:
        """Stay subscribed for ever; whenever Redis goes, hush, and try again a second later."""
        while True:
            try:
                redis = connect_redis(redis_url, socket_timeout=None)
                with redis.pubsub() as subscription:
                    subscription.subscribe(channel_of(redis))
                    self._follow(subscription)
            except (RedisError, OSError) as error:
                log.warning("live.deaf", error=str(error))
            self.hush()
            sleep(PAUSE_SECONDS)

    def _follow(self, subscription: PubSub) -> None:
        """Until the connection breaks, or answers no ping for twenty seconds."""
        is_asked = False
        while True:
            message = subscription.get_message(timeout=IDLE_SECONDS)
            if message is None:
                if is_asked:
                    return
                subscription.ping()
                is_asked = True
                continue
            is_asked = False
            self.is_hearing = True
            if message["type"] == "message":
                self.spread(message["data"])

    def _listeners(self, topics: Iterable[str]) -> set[Listener]:
        return {listener for topic in topics for listener in self.by_topic.get(topic, ())}
