"""Who may hear what, when news are told, and how the exchange hands them on."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from redis import Redis
from sqlalchemy.orm import Session

from config import Config
from hub.core import live, signing
from hub.core.bell import connect_redis
from hub.core.db import tell_after_commit, transaction
from hub.core.errors import Gone, NotFound
from hub.core.live import News, NewsKind
from hub.live.exchange import AGAIN, MOST_WAITING, Exchange
from tests.conftest import TUESDAY

NEWS = News(NewsKind.TICKET, live.ticket_topics(5), 42)


def waiting(listener: object) -> list[str | None]:
    queue = listener.waiting  # type: ignore[attr-defined]
    return [queue.get_nowait() for _ in range(queue.qsize())]


def test_a_person_hears_the_stores_in_scope_and_only_the_head_office_the_central_queue() -> None:
    assert live.scope_topics(is_everything=False, store_ids={7, 5}) == ("store:5", "store:7")
    assert live.scope_topics(is_everything=True, store_ids=()) == ("all",)
    assert live.ticket_topics(5) == ("all", "store:5")
    assert live.ticket_topics(None) == ("all",)
    assert live.ticket_topics(5, 7) == ("all", "store:5", "store:7")


def test_a_pass_names_its_topics_for_five_minutes() -> None:
    signing.use_key("only for tests")
    live.connect(None, address="http://events.example")
    url = live.make_stream_url(["store:5"], machine_now=TUESDAY)
    live.connect(None, address="")
    address, _, token = url.partition("/stream?pass=")
    assert address == "http://events.example"
    found = live.read_pass(token, machine_now=TUESDAY + timedelta(minutes=4))
    assert found.topics == {"store:5"}
    assert found.seconds_left == pytest.approx(60, abs=1)
    with pytest.raises(Gone):
        live.read_pass(token, machine_now=TUESDAY + timedelta(minutes=6))
    with pytest.raises(NotFound):
        live.read_pass(token[:-3] + "xyz", machine_now=TUESDAY)
    assert live.make_stream_url(["store:5"], machine_now=TUESDAY) == ""


def test_each_listener_gets_the_news_of_its_topics_once() -> None:
    exchange = Exchange()
    lyon, both, lille = (exchange.join(frozenset(t)) for t in ({"store:5"}, {"all", "store:5"}, {"store:6"}))
    exchange.spread(NEWS.written())
    assert waiting(lyon) == ['{"kind":"ticket","ticket":42}']
    assert waiting(both) == ['{"kind":"ticket","ticket":42}']
    assert waiting(lille) == []
    exchange.leave(both)
    exchange.leave(lyon)
    exchange.leave(lille)
    assert (exchange.count(), exchange.by_topic) == (0, {})


def test_what_is_not_ours_is_passed_over_and_a_slow_reader_is_told_to_look_at_everything() -> None:
    exchange = Exchange()
    slow = exchange.join(frozenset({"all"}))
    for odd in (b"\xff", "nothing", "[]", '{"topics": 3}'):
        exchange.spread(odd)
    assert waiting(slow) == []
    for _ in range(MOST_WAITING + 1):
        exchange.spread(NEWS.written())
    assert waiting(slow) == [AGAIN]
    exchange.hush()
    assert waiting(slow) == [None]


@pytest.fixture
def redis(settings: Config) -> Iterator[Redis]:
    live.connect(settings.redis_url, address="")
    yield connect_redis(str(settings.redis_url))
    live.connect(settings.redis_url, address="")


def test_a_page_is_sent_to_the_streams_only_while_they_listen(settings: Config, redis: Redis) -> None:
    """A page that is sent where nobody answers complains; without an address it looks by itself."""
    signing.use_key("only for tests")
    live.connect(settings.redis_url, address="http://events.example")
    elsewhere = connect_redis(str(settings.redis_url).rpartition("/")[0] + "/15")
    with elsewhere.pubsub() as other, redis.pubsub() as subscription:
        if live.channel_of(elsewhere) != live.channel_of(redis):
            other.subscribe(live.channel_of(elsewhere))
            assert other.get_message(timeout=1)
        assert live.make_stream_url(["all"], machine_now=TUESDAY) == ""
        subscription.subscribe(live.channel_of(redis))
        assert subscription.get_message(timeout=1)
        assert live.make_stream_url(["all"], machine_now=TUESDAY).startswith("http://events.example/stream?")
    live.connect("redis://127.0.0.1:1/0", address="http://events.example")
    assert live.make_stream_url(["all"], machine_now=TUESDAY) == ""


def heard(subscription: object) -> list[dict[str, object]]:
    found = []
    while message := subscription.get_message(timeout=0.3):  # type: ignore[attr-defined]
        if message["type"] == "message":
            found.append(json.loads(message["data"]))
    return found


def tell_and_break() -> None:
    with transaction():
        tell_after_commit(NEWS)
        _ = 1 / 0


def test_news_are_told_after_the_commit_once_and_never_after_a_rollback(
    session: Session, redis: Redis
) -> None:
    with redis.pubsub() as subscription:
        subscription.subscribe(live.channel_of(redis))
        assert subscription.get_message(timeout=1)
        with transaction():
            tell_after_commit(NEWS)
            tell_after_commit(NEWS)
            assert heard(subscription) == []
        assert heard(subscription) == [
            {"topics": ["all", "store:5"], "news": {"kind": "ticket", "ticket": 42}}
        ]
        with pytest.raises(ZeroDivisionError):
            tell_and_break()
        with transaction():
            pass
        assert heard(subscription) == []


def test_without_redis_a_commit_goes_on(session: Session, redis: Redis) -> None:
    live.connect("redis://127.0.0.1:1/0", address="")
    with transaction():
        tell_after_commit(NEWS)
