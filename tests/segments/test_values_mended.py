"""Who is scored and who is not, by what, and when the night comes: cases that were once wrong."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.core.words import Channel, Language
from hub.customers.models import Customer
from hub.customers.quality import archiving
from hub.customers.rules import Buying, choose_standing
from hub.customers.words import Standing
from hub.identity import upkeep
from hub.inbox.actions.rescuing import ask_rescue_call
from hub.inbox.models import CallTask, Ticket
from hub.inbox.words import CallState, Priority, RouteSource, TicketState
from hub.orders.models import Order
from hub.orders.words import OrderState
from hub.reactions.drain import work_facts
from hub.reactions.happening import Happening
from hub.reactions.valuing import ask_to_call
from hub.segments.values import actions, cohorts, night
from hub.segments.values.cohort_queries import list_cohorts
from hub.segments.values.defining import change_definitions, get_borders
from hub.segments.values.fits import keep_fit
from hub.segments.values.models import ChurnSample, CustomerScore, ValueFit, ValueMonth
from hub.segments.values.predicting import predict_range
from hub.segments.values.rules import Definitions, next_night
from hub.segments.values.words import FitState, RfmSegment
from hub.stores.queries import find_day
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer
from tests.makers.stores import make_chain, make_store
from tests.segments.mails import send_mails
from tests.segments.test_scoring import DAY, Bought, buy, run_night

FIT = {"r": 0.24, "alpha": 4.4, "a": 0.8, "b": 2.4, "p": 6.2, "q": 3.7, "v": 15.4}


@pytest.fixture
def chain(session: Session, hand_clock: HandClock) -> SimpleNamespace:
    make_chain(session)
    return SimpleNamespace(store_id=make_store(session).id, clock=hand_clock)


def a_fit(**values: object) -> ValueFit:
    return ValueFit(state=FitState.FITTED, asked_at=TUESDAY, reason="", holdout={}, **FIT | values)


def the_scores(session: Session) -> dict[int, CustomerScore]:
    session.expire_all()
    return {row.customer_id: row for row in session.scalars(select(CustomerScore))}


@pytest.mark.parametrize("count", [1, 3, 12])
def test_who_all_bought_today_is_new_and_not_lost(
    session: Session, chain: SimpleNamespace, count: int
) -> None:
    for _ in range(count):
        buy(session, make_customer(session, mail=None, phone=None).id, [Bought(0, 5000)],
            store_id=chain.store_id, now=TUESDAY)  # fmt: skip
    run_night(session, TUESDAY)
    found = {(row.r, row.f, row.m, row.rfm_segment) for row in the_scores(session).values()}
    assert found == {(5, 1, 1, RfmSegment.NEW)}


def test_the_archived_and_the_erased_have_no_score(session: Session, chain: SimpleNamespace) -> None:
    here, archived, erased = (make_customer(session, mail=None, phone=None).id for _ in range(3))
    for id_ in (here, archived, erased):
        buy(session, id_, [Bought(1, 5000)], store_id=chain.store_id, now=TUESDAY)
    run_night(session, TUESDAY)
    assert set(the_scores(session)) == {here, archived, erased}
    session.execute(update(Customer).where(Customer.id == archived).values(archived_at=TUESDAY))
    session.execute(update(Customer).where(Customer.id == erased).values(erased_at=TUESDAY))
    actions.rescore([erased], now=TUESDAY)
    assert set(the_scores(session)) == {here, archived}
    with_ = run_night(session, TUESDAY + DAY)
    assert set(the_scores(session)) == {here}
    assert with_.buyer_count == 3  # what they bought stays in the figures of the chain
    session.execute(update(Customer).where(Customer.id == archived).values(archived_at=None))
    run_night(session, TUESDAY + 2 * DAY)
    assert set(the_scores(session)) == {here, archived}


def test_whom_an_archiving_takes_has_no_score_at_once(session: Session, chain: SimpleNamespace) -> None:
    """Not only after the next night: the figures of the pages count no archived customer."""
    here, silent = (make_customer(session, mail=None, phone=None).id for _ in range(2))
    for id_ in (here, silent):
        buy(session, id_, [Bought(1, 5000)], store_id=chain.store_id, now=TUESDAY)
    run_night(session, TUESDAY)
    long_ago = TUESDAY - timedelta(days=900)
    session.execute(update(Customer).where(Customer.id == silent).values(last_active_at=long_ago))
    upkeep.archive_now(24, is_planned=False, by=SYSTEM, now=TUESDAY)
    assert set(the_scores(session)) == {here}
    archiving.unarchive(silent, by=SYSTEM, now=TUESDAY)
    work_facts(lambda: None)
    assert set(the_scores(session)) == {here, silent}, "taken back by hand: at once too"


def test_a_sample_and_the_page_of_cohorts_are_of_the_chains_day(
    session: Session, chain: SimpleNamespace
) -> None:
    """Half past midnight in Paris is still the day, the month and the year before in Greenwich."""
    new_year = datetime.fromisoformat("2027-01-01T00:30+01:00")
    buy(session, make_customer(session).id, [Bought(1, 5000)], store_id=chain.store_id, now=new_year)
    run_night(session, new_year)
    assert set(session.scalars(select(ChurnSample.taken_on))) == {date(2027, 1, 1)}
    cohorts.roll_up(now=new_year)
    [cohort] = list_cohorts(now_on=find_day(new_year), store_id=None, family=None)
    assert (cohort.cohort_on, len(cohort.months)) == (date(2026, 12, 1), 2)
    assert [month.is_running for month in cohort.months] == [False, True]


def test_an_expected_value_goes_with_the_last_order(session: Session, chain: SimpleNamespace) -> None:
    one, two = (make_customer(session, mail=None, phone=None).id for _ in range(2))
    for id_ in (one, two):
        buy(session, id_, [Bought(30, 5000)], store_id=chain.store_id, now=TUESDAY)
    fit = a_fit(after_id=None)
    session.add(fit)
    run_night(session, TUESDAY)
    predict_range(1, two, by=fit, now=TUESDAY)
    assert all(row.predicted_cents for row in the_scores(session).values())
    session.execute(update(Order).values(state=OrderState.CANCELLED))
    predict_range(1, one, by=fit, now=TUESDAY)
    actions.rescore([two], now=TUESDAY)
    found = {(row.predicted_cents, row.expected_orders) for row in the_scores(session).values()}
    assert found == {(None, None)}


def test_new_and_loyal_follow_the_definitions_of_the_chain(session: Session, chain: SimpleNamespace) -> None:
    once, often = (Buying(count, count, TUESDAY - 40 * DAY, TUESDAY - 40 * DAY) for count in (1, 3))
    before = [choose_standing(each, get_borders(now=TUESDAY)) for each in (once, often)]
    change_definitions(Definitions(new_days=30, regular_orders=4), by=SYSTEM, now=TUESDAY)
    after = [choose_standing(each, get_borders(now=TUESDAY)) for each in (once, often)]
    change_definitions(Definitions(lapsed_months=1), by=SYSTEM, now=TUESDAY)
    assert choose_standing(often, get_borders(now=TUESDAY)) is Standing.LAPSED
    assert (before, after) == ([Standing.NEW, Standing.LOYAL], [Standing.OCCASIONAL] * 2)


def test_mails_that_only_a_proxy_opened_or_that_are_fresh_judge_nobody(
    session: Session, chain: SimpleNamespace
) -> None:
    dora = make_customer(session, "Dora", mail="dora@client.example", phone=None).id
    buy(session, dora, [Bought(1, 5000)], store_id=chain.store_id, now=TUESDAY)
    session.execute(
        text('UPDATE chains SET settings = settings || \'{"tracking": {"opens": "all"}}\'::jsonb')
    )
    sent = send_mails(session, dora, count=8)

    def points() -> int:
        run_night(session, TUESDAY)
        return the_scores(session)[dora].churn_points

    assert points() == -2
    session.execute(text(
        "INSERT INTO message_openings (message_id, opener, count, first_at, last_at)"
        " SELECT id, 'apple', 1, :at, :at FROM outbound_messages WHERE id = ANY(:ids)"
    ), {"at": TUESDAY - DAY, "ids": sent[:3]})  # fmt: skip
    assert points() == 0  # four are left of those that say something
    session.execute(text("DELETE FROM message_openings"))
    session.execute(text("UPDATE outbound_messages SET accepted_at = :at WHERE id = ANY(:ids)"),
                    {"at": TUESDAY - DAY, "ids": sent[3:]})  # fmt: skip
    assert points() == 0


def test_the_night_comes_at_two_of_the_chain(session: Session, chain: SimpleNamespace) -> None:
    def at(value: str) -> datetime:
        return datetime.fromisoformat(value)

    for last, due in (
        ("2026-03-03T15:20+01:00", "2026-03-04T02:00+01:00"),
        ("2026-03-04T02:00+01:00", "2026-03-05T02:00+01:00"),
        ("2026-03-04T01:59+01:00", "2026-03-04T02:00+01:00"),
        ("2026-10-24T23:30+00:00", "2026-10-25T02:00+02:00"),
    ):
        assert next_night(at(last), "Europe/Paris") == at(due)
    assert night.has_due()
    run_night(session, TUESDAY)
    chain.clock.now = at("2026-03-04T01:59+01:00")
    assert not night.has_due()
    chain.clock.now += timedelta(minutes=1)
    assert night.has_due()
    assert night.next_due_at() == chain.clock.now


def test_a_fit_that_stands_stops_an_older_one(session: Session, chain: SimpleNamespace) -> None:
    old = a_fit(after_id=20_000)
    session.add(old)
    session.flush()
    failed = a_fit(after_id=None)
    failed.state = FitState.FAILED
    keep_fit(failed)
    assert session.get_one(ValueFit, old.id).after_id == 20_000
    new = keep_fit(a_fit(after_id=0))
    session.expire_all()
    under_way = session.scalars(select(ValueFit.id).where(ValueFit.after_id.is_not(None))).all()
    assert under_way == [new]


def test_a_late_order_restates_the_line_and_months_are_those_of_the_chain(
    session: Session, chain: SimpleNamespace
) -> None:
    dora = make_customer(session, mail=None, phone=None).id
    buy(session, dora, [Bought(300, 5000)], store_id=chain.store_id, now=TUESDAY)
    cohorts.roll_up(now=TUESDAY)
    late = datetime.fromisoformat("2025-08-31T22:30+00:00")  # half past midnight on 1 September in Paris
    buy(session, dora, [Bought(0, 700)], store_id=chain.store_id, now=late)
    cohorts.roll_up(now=TUESDAY + DAY)
    session.expire_all()
    cents = {
        f"{row.month_on:%m}": row.net_cents
        for row in session.scalars(select(ValueMonth))
        if row.month_on.year == 2025
    }
    assert (cents["08"], cents["09"]) == (5000, 5700)


def ask_once(customer_id: int, store_id: int, *, days: int) -> int | None:
    return ask_rescue_call(
        customer_id=customer_id, store_id=store_id, script="Please call.", silent_since=TUESDAY - 90 * DAY,
        now=TUESDAY + days * DAY,
    )  # fmt: skip


def test_one_silence_asks_for_one_call(session: Session, chain: SimpleNamespace) -> None:
    dora = make_customer(session).id
    first = ask_once(dora, chain.store_id, days=0)
    assert first
    session.execute(update(CallTask).values(state=CallState.DONE, ended_at=TUESDAY))
    assert ask_once(dora, chain.store_id, days=30) is None
    session.execute(update(CallTask).values(created_at=TUESDAY - 91 * DAY))  # that of an earlier silence
    assert ask_once(dora, chain.store_id, days=30)


def test_nobody_calls_the_archived_and_those_with_an_open_grievance(
    session: Session, chain: SimpleNamespace
) -> None:
    dora, emil = (make_customer(session, name, mail=None, phone=None) for name in ("Dora", "Emil"))
    dora.archived_at = TUESDAY
    ticket = Ticket(
        number="T1", customer_id=emil.id, channel=Channel.EMAIL, state=TicketState.OPEN, priority=Priority.NORMAL,
        language=Language.FRENCH, is_grievance=True, subject="-",
        route_source=RouteSource.NONE, list_at=TUESDAY, created_at=TUESDAY, updated_at=TUESDAY,
    )  # fmt: skip
    session.add(ticket)
    assert ask_once(dora.id, chain.store_id, days=0) is None
    assert ask_once(emil.id, chain.store_id, days=0) is None
    ticket.state = TicketState.CLOSED
    session.flush()
    assert ask_once(emil.id, chain.store_id, days=0)


def test_the_store_of_the_last_order_that_stands_calls(session: Session, chain: SimpleNamespace) -> None:
    dora = make_customer(session).id
    lille = make_store(session, "Lille", code="LIL").id
    buy(session, dora, [Bought(90, 5000)], store_id=chain.store_id, now=TUESDAY)
    buy(session, dora, [Bought(60, 5000, state=OrderState.CANCELLED)], store_id=lille, now=TUESDAY + DAY)
    data = {"level": "call", "points": -11, "last_order_on": "2025-12-03"}
    ask_to_call(Happening(1, dora, TUESDAY, data))
    assert session.scalars(select(CallTask.store_id)).all() == [chain.store_id]
