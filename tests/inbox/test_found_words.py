"""Searches by the index of words alone find the same as a look at every ticket, page by page, and read only what they need."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, func, select, text
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from hub.core.db import db, transaction
from hub.core.errors import Invalid
from hub.core.words import Language
from hub.inbox.models import KnownWord, Ticket
from hub.inbox.queries import TicketFilters, find_tickets
from hub.inbox.queries.access import only_visible
from hub.inbox.queries.conditions import read_asking
from hub.inbox.queries.lexicon import look_up
from hub.inbox.queries.lists import filtered
from hub.inbox.recency import EPOCH, day_of, moment_before, slots_between
from hub.inbox.searching import asked_words
from hub.inbox.vocabulary import work_words
from hub.inbox.words import InboxView
from hub.staff.rules import Scope, Viewer
from hub.staff.words import Role
from tests.bench.many_tickets import make_chain_of_stores, make_tickets
from tests.conftest import TUESDAY
from tests.makers.sweeping import sweep

TOTAL = 6_000
MOST_STATEMENTS = 9
SEARCHES = (
    "lampe",  # in every eleventh ticket
    "lampes livraison",
    "bougie martin",
    "chloé bougie",
    "lampe miroir",  # common words which never stand together
    "motjba",  # the beginning of rarer words
    "livr de la lampe",  # words that half of all words begin with
    "lampe -martin",
    "client:lefèvre canal:sms",
    "client:anne lampe",
    "lampe état:fermé",
    "T-2603-0000020",
    "rare",  # the beginning of words with and without digits
    '"commande C-432 de"',
)


@given(st.integers(0, 40_000), st.integers(0, 3_000))
def test_slots_are_exactly_the_days_asked_for(first: int, more: int) -> None:
    slots = slots_between(first, first + more)
    covered: list[int] = []
    for slot in slots:
        power = (0, 3, 6)[slot % 4]
        covered += range(slot // 4 << power, (slot // 4 + 1) << power)
    assert covered == list(range(first, first + more + 1))
    assert len(slots) <= 2 * (7 + 7) + more // 64 + 1


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 3, 29, 1, 30, tzinfo=UTC),  # the hour the clocks change
        datetime(2026, 10, 24, 23, 59, 59, 999999, tzinfo=UTC),
        EPOCH,
        TUESDAY,
    ],
)
def test_the_database_counts_days_as_we_do(session: Session, moment: datetime) -> None:
    day = day_of(moment)
    assert session.scalar(select(func.recency_slots(moment))) == [
        day * 4,
        (day >> 3) * 4 + 1,
        (day >> 6) * 4 + 2,
    ]


@given(st.integers(0, 100), st.floats(0.001, 0.999))
def test_a_share_of_the_tickets_is_as_long_as_they_were_many(end: int, share: float) -> None:
    bounds = [
        EPOCH + timedelta(days=day) for day in (*range(50), *range(50, 150, 2), 150)
    ]  # half as many later
    moment = moment_before(bounds, bounds[end], share)
    kept = sum(moment is None or bound > moment for bound in bounds[: end + 1])
    assert abs(kept - min(share * 100, end)) <= 1.5


def test_no_share_is_guessed_without_figures() -> None:
    assert moment_before([], TUESDAY, 0.1) is None
    assert moment_before([TUESDAY, TUESDAY + timedelta(days=9)], EPOCH, 0.1) is None


@pytest.fixture(scope="module")
def chain(app: Flask) -> Iterator[dict[str, int]]:
    """Six thousand tickets whose words are learnt, over 30 days instead of two; really committed, swept afterwards."""
    with app.app_context():
        with transaction() as session:
            begin = make_chain_of_stores(session)
        make_tickets(begin, done=0, total=TOTAL)
        with transaction() as session:
            session.execute(
                Ticket.__table__.update().values(  # type: ignore[attr-defined]
                    updated_at=TUESDAY - timedelta(days=30) * (1 - Ticket.id / TOTAL),
                    created_at=TUESDAY - timedelta(days=30) * (1 - Ticket.id / TOTAL),
                )
            )
        db.session.remove()
    yield begin
    with app.app_context():
        sweep()
        with transaction() as session:  # the tests after it have few tickets, and low numbers say so
            session.execute(text("SELECT setval('tickets_id_seq', 1, false)"))


def _viewer(begin: dict[str, int], stores: int) -> Viewer:
    ids = frozenset(range(begin["first_store"], begin["first_store"] + stores))
    scope = Scope(is_everything=not stores, store_ids=ids)
    return Viewer(begin["first_agent"], "Ada", "ada@verel.example", Role.AGENT, Language.FRENCH, scope, 0)


@pytest.mark.parametrize("search", SEARCHES)
def test_pages_hold_what_a_look_at_every_ticket_finds(app: Flask, chain: dict[str, int], search: str) -> None:
    with app.app_context():
        for stores in (0, 1, 12):
            viewer = _viewer(chain, stores)
            expected = _every_match(search, viewer)
            assert _pages(search, viewer, len(expected)) == expected
        db.session.remove()


def _every_match(search: str, viewer: Viewer) -> list[int]:
    asking = read_asking(search, viewer)
    statement = filtered(
        only_visible(select(Ticket.id), viewer), TicketFilters(view=InboxView.ALL), asking, viewer
    )
    return list(db.session.scalars(statement.order_by(Ticket.updated_at.desc(), Ticket.id.desc())))


def _pages(search: str, viewer: Viewer, most: int) -> list[int]:
    """Pages of 40 tickets, one after the other."""
    found: list[int] = []
    after = None
    while True:
        got = find_tickets(TicketFilters(view=InboxView.ALL, search=search), viewer, after, 40)
        if got.asking.also:  # nothing as typed
            return found
        found += [row.id for row in got.page.rows]
        after = got.page.next_key
        if after is None or len(found) > most:
            return found


def test_a_search_asks_few_questions(app: Flask, chain: dict[str, int]) -> None:
    asked: list[str] = []

    def note(_wire: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    with app.app_context():
        for search in SEARCHES:
            asked.clear()
            event.listen(Engine, "before_cursor_execute", note)
            find_tickets(TicketFilters(view=InboxView.ALL, search=search), _viewer(chain, 0))
            event.remove(Engine, "before_cursor_execute", note)
            assert len(asked) <= MOST_STATEMENTS, search
        db.session.remove()


def test_beginnings_are_turned_into_whole_words(app: Flask, chain: dict[str, int]) -> None:
    with app.app_context():
        lexicon = look_up(asked_words("bougi lampes"), {})
        assert lexicon is not None
        bougie, lampe = lexicon.lexemes
        assert bougie.words is not None
        assert lampe.words is not None
        assert "bougie" in bougie.words
        assert {"lampe", "lamp"} <= set(lampe.words)
        assert TOTAL // 14 < bougie.ticket_count < TOTAL // 8
        assert look_up(asked_words("C-432"), {}) is None
        db.session.remove()


@pytest.mark.parametrize("after", ["W10", "WzUsIDFd", "x"])
def test_a_made_up_page_address_is_refused(app: Flask, chain: dict[str, int], after: str) -> None:
    with app.app_context():
        with pytest.raises(Invalid):
            find_tickets(TicketFilters(view=InboxView.ALL, search="lampe"), _viewer(chain, 0), after)
        db.session.remove()


@pytest.mark.parametrize("search", ["Иванов", "日本語", "a" * 41, f"lampe {'b' * 45}", "client:😀 lampe"])
def test_what_no_ticket_says_finds_none(app: Flask, chain: dict[str, int], search: str) -> None:
    with app.app_context():
        assert _pages(search, _viewer(chain, 0), 9) == []
        db.session.remove()


def test_words_of_later_messages_are_found_at_once_and_learnt(app: Flask, chain: dict[str, int]) -> None:
    with app.app_context():
        with transaction() as session:
            ticket_id = session.scalar(select(Ticket.id).order_by(Ticket.id).limit(1))
            wire = session.connection()
            wire.exec_driver_sql(
                "INSERT INTO ticket_messages (ticket_id, kind, channel, event_id, ends_wait, author_name, is_stranger,"
                " subject, text, quoted_text, html, inserted, happened_at) SELECT ticket_id, kind, channel, 9, ends_wait,"
                " author_name, is_stranger, subject, 'zanzibar', '', '', '{}', happened_at FROM ticket_messages"
                " WHERE ticket_id = %(ticket_id)s LIMIT 1",
                {"ticket_id": ticket_id},
            )
            wire.exec_driver_sql(
                "UPDATE tickets SET search = search || to_tsvector('simple', 'zanzibar iphone15 иванов')"
                " WHERE id = %(ticket_id)s",
                {"ticket_id": ticket_id},
            )
        assert _pages("zanzib", _viewer(chain, 0), 9) == [ticket_id]
        while work_words(lambda: None):
            pass
        assert db.session.get(KnownWord, "zanzibar") is not None
        for search in ("zanzib", "iphone", "iphone1", "Иванов", "иван"):
            assert _pages(search, _viewer(chain, 0), 9) == [ticket_id], search
        db.session.remove()
