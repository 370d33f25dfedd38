"""The door to figures: every breakdown adds up to the whole, within what the reader asked for and may see."""

import gc
from datetime import date
from weakref import ref

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from hub.core.errors import Invalid
from hub.core.words import Channel, Language
from hub.staff.rules import SYSTEM_VIEWER, Scope, Viewer
from hub.staff.words import Role
from hub.statistics.columns.layouts import LAYOUTS
from hub.statistics.measures import MEASURES
from hub.statistics.measuring.door import LIVE, measure, open_look
from hub.statistics.measuring.figures import Figure
from hub.statistics.measuring.frames import column_of
from hub.statistics.measuring.look import OF_NOBODY, RECIPES
from hub.statistics.models import StatisticsColumn
from hub.statistics.queries import read_filters
from hub.statistics.words import Dimension, Subject
from tests.conftest import HandClock
from tests.makers.counting import counted_statements
from tests.makers.statistics import work_off
from tests.makers.worked_chain import ASKED_AT, PERIOD, WorkedChain, make_worked_chain

MINUTE = 60


@pytest.fixture
def chain(session: Session, hand_clock: HandClock) -> WorkedChain:
    made = make_worked_chain(session, hand_clock)
    work_off()
    return made


def test_a_look_is_freed_with_its_page(chain: WorkedChain) -> None:
    """Without the collector of cycles: the arrays of a page of a large chain are a hundred megabytes."""
    viewer = Viewer(1, "Cleo", "c@x.example", Role.HEAD_OFFICE, Language.FRENCH, Scope(is_everything=True), 0)
    gc.disable()
    try:
        look = open_look(read_filters(PERIOD | {"compare": "previous"}, now=ASKED_AT), viewer=viewer)
        for days in (0, 1):
            first = look.over(days)
            assert first
            assert first.measure("waits")
            assert first.measure("reopened", Dimension.STORE)
        assert look.summarise_waits(Dimension.STORE)
        seen = [ref(look), ref(look.frame(Subject.WAITS)), ref(first.frame(Subject.WAITS))]
        del look, first
        assert [each() for each in seen] == [None, None, None]
    finally:
        gc.enable()


LIVE_BY_STORE = (
    "waiting_now", "late_now", "oldest_wait", "uncontacted", "csat_asked", "review_links", "without_article",
)  # fmt: skip


def ask(key: str, by: Dimension | None = None, *store_ids: int, **args: str) -> tuple[Figure, ...]:
    scope = Scope(is_everything=not store_ids, store_ids=frozenset(store_ids))
    viewer = Viewer(1, "Cleo", "c@x.example", Role.HEAD_OFFICE, Language.FRENCH, scope, 0)
    return measure(key, read_filters(PERIOD | args, now=ASKED_AT), by=by, viewer=viewer, now=ASKED_AT)


def test_every_breakdown_adds_up_to_the_whole(chain: WorkedChain) -> None:
    """By store, region and person the two waits that were passed on are charged twice, once as a share without a reply."""
    apart = {Dimension.STORE, Dimension.REGION}
    look = open_look(read_filters(PERIOD, now=ASKED_AT), viewer=SYSTEM_VIEWER)
    for key, (subject, _) in RECIPES.items():
        (whole,) = ask(key)
        known = [by for by in Dimension if column_of(by) <= LAYOUTS[subject].columns.keys()]
        persons = {Dimension.AGENT} if key in OF_NOBODY else set()
        for by in set(known) - {Dimension.END} - persons:
            shares = 2 if by in apart and key in {"median_reply", "p90_reply", "within_target"} else 0
            figures = look.measure(key, by)
            assert sum(each.count for each in figures) == whole.count + shares, (key, by)
    for key in LIVE_BY_STORE:
        assert sum(each.count for each in ask(key, Dimension.STORE)) == ask(key)[0].count


def test_figures_worked_by_hand(chain: WorkedChain) -> None:
    (median,), (target,) = ask("median_reply"), ask("within_target")
    assert (median.value, median.count) == (42.5 * MINUTE, 18)
    assert target.value == pytest.approx(14 / 18)
    assert target.low is not None
    assert target.low == pytest.approx(0.5479, abs=1e-3), "Wilson, 14 of 18"
    assert [(each.group, each.count) for each in ask("waits", Dimension.DAY)] == [
        (date(2026, 4, 4), 5),
        (date(2026, 4, 7), 13),
    ]
    assert {each.group: each.value for each in ask("dropped", Dimension.END)} == {
        "solved_without_reply": 1,
        "spam": 1,
    }
    assert [each.group for each in ask("waits", Dimension.CHANNEL)] == [Channel.EMAIL]
    slots = ask("waits", Dimension.SLOT)
    assert {each.group[1] for each in slots if isinstance(each.group, tuple)} == {  # type: ignore[index, misc]
        each.group for each in ask("waits", Dimension.HOUR)
    }
    assert [each.value for each in ask("tickets")] == [19], "twenty, of which one is spam"


def test_a_reader_sees_his_stores_and_what_he_asked_for(chain: WorkedChain) -> None:
    stores = {each.group: each for each in ask("median_reply", Dimension.STORE)}
    assert len(stores) == 2
    for store_id, figure in stores.items():
        assert isinstance(store_id, int)
        assert ask("median_reply", None, store_id)[0].value == figure.value
    assert ask("waits", None, 999)[0].count == 0
    assert ask("waits", None, channel="phone") == (Figure(None, 0, 0),)
    assert ask("median_reply", None, channel="phone") == (Figure(None, None, 0),)


def test_what_cannot_be_asked_is_said(chain: WorkedChain) -> None:
    for key, by in (("nonsense", None), ("waiting_now", Dimension.DAY), ("tickets", Dimension.END)):
        with pytest.raises(Invalid):
            ask(key, by)
    assert {*RECIPES, *LIVE} <= MEASURES.keys(), "every figure has its definition"


def test_several_figures_of_a_period_are_read_once(session: Session, chain: WorkedChain) -> None:
    scope = Scope(is_everything=True)
    viewer = Viewer(1, "Cleo", "c@x.example", Role.HEAD_OFFICE, Language.FRENCH, scope, 0)
    look = open_look(read_filters(PERIOD, now=ASKED_AT), viewer=viewer)
    assert look.before
    with counted_statements() as seen:
        look.read(
            look.of_waits(None, Dimension.STORE, Dimension.SLOT), look.of_tickets(), look.before.of_tickets()
        )
    assert len(seen) == 1, "of both subjects and periods, and counted like any statement"
    before = ask("median_reply")
    opened = look.measure("tickets")
    session.execute(delete(StatisticsColumn))
    assert look.measure("median_reply") == before
    assert look.measure("tickets") == opened
    assert opened[0].count == 19
    assert look.before.measure("tickets")[0].count == 0
    assert sum(each.count for each in look.measure("waits", Dimension.SLOT)) == 18
    assert len(look.summarise_waits(Dimension.STORE)) == 2
    assert ask("waits")[0].count == 0
