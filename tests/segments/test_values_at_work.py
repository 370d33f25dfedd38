"""Scores at work: an order scores at once, thresholds tell once, each rule explains itself, the week's fit predicts."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.core.facts import FactRow
from hub.core.words import Channel, Purpose
from hub.customers.actions import record_consent
from hub.customers.words import AddressKind, ConsentAction, LegalBasis
from hub.inbox.models import CallTask
from hub.orders.actions import take_in
from hub.orders.behaviour.models import Visit
from hub.orders.behaviour.words import PageKind
from hub.orders.words import OrderState
from hub.reactions.drain import work_facts
from hub.segments.values import cohorts, working
from hub.segments.values.defining import change_definitions, get_definitions
from hub.segments.values.models import (
    ChurnSample,
    CohortCell,
    CustomerScore,
    ScoreChange,
    ValueFit,
    ValueMonth,
)
from hub.segments.values.predicting import predict_some
from hub.segments.values.rules import Definitions
from hub.segments.values.words import FitState, Stage
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer
from tests.makers.orders import an_event
from tests.makers.stores import make_chain, make_store
from tests.segments.test_fitting import cdnow
from tests.segments.test_scoring import DAY, Bought, buy, run_night


@pytest.fixture
def chain(session: Session, hand_clock: HandClock) -> SimpleNamespace:
    make_chain(session)
    store = make_store(session)
    return SimpleNamespace(store_id=store.id, clock=hand_clock)


def react() -> None:
    while work_facts(lambda: None):
        pass


def the_score(session: Session, customer_id: int) -> CustomerScore:
    session.expire_all()
    return session.get_one(CustomerScore, customer_id)


def test_an_order_scores_its_customer_at_once(session: Session, chain: SimpleNamespace) -> None:
    taken = take_in(an_event(), source="shop", now=TUESDAY)
    assert taken.order
    react()
    found = the_score(session, taken.order.customer_id)
    assert (found.stage, found.order_count, found.historic_cents) == (Stage.NEW, 1, 8990)
    chain.clock.move(hours=1)
    take_in(
        an_event(state="cancelled", updated_at="2026-03-03T10:31:00+01:00"),
        source="shop",
        now=chain.clock.now,
    )
    react()
    found = the_score(session, taken.order.customer_id)
    assert (found.stage, found.order_count, found.historic_cents) == (Stage.PROSPECT, 0, 0)
    change = session.scalars(select(ScoreChange)).one()
    assert (change.from_stage, change.to_stage) == ("new", "prospect")
    told = session.scalars(select(FactRow).where(FactRow.kind == "StageChanged")).one()
    assert told.data == {"from_stage": "new", "to_stage": "prospect"}


def test_stages_follow_the_calendar_and_are_told_on_change_only(
    session: Session, chain: SimpleNamespace
) -> None:
    dora = make_customer(session).id
    buy(session, dora, [Bought(0, 5000)], store_id=chain.store_id, now=TUESDAY)
    seen = []
    for days in (0, 1, 89, 90, 183, 184, 185, 730, 731):
        run_night(session, TUESDAY + days * DAY)
        seen.append(the_score(session, dora).stage)
    assert seen == ["new", "new", "new", "occasional", "occasional", "lapsed", "lapsed", "lapsed", "former"]
    assert session.scalar(select(func.count()).where(FactRow.kind == "StageChanged")) == 3
    path = session.scalars(select(ScoreChange.to_stage).order_by(ScoreChange.id)).all()
    assert [stage for stage, before in zip(path, [None, *path], strict=False) if stage != before][-3:] == [
        "occasional",
        "lapsed",
        "former",
    ]


def test_a_valuable_customer_who_leaves_is_to_be_called_once(
    session: Session, chain: SimpleNamespace
) -> None:
    """Cycle 30 days: below -5 from 30 + 42 days on, below -10 from 30 + 77; only the top tenth is worth a call."""
    rich, poor = (
        make_customer(session, name, mail=None, phone=phone).id
        for name, phone in (("A", "+33612345601"), ("B", "+33612345602"))
    )
    for id_, cents in ((rich, 90_000), (poor, 1_000)):
        buy(
            session,
            id_,
            [Bought(60, cents), Bought(30, cents), Bought(0, cents)],
            store_id=chain.store_id,
            now=TUESDAY,
        )
    points = {}
    for days in (0, 71, 72, 107, 114, 121):
        chain.clock.now = TUESDAY + days * DAY
        run_night(session, chain.clock.now)
        react()
        points[days] = the_score(session, rich).churn_points
    assert points == {0: 0, 71: -5, 72: -6, 107: -11, 114: -12, 121: -13}
    told = session.execute(
        select(FactRow.customer_id, FactRow.data)
        .where(FactRow.kind == "ChurnThresholdCrossed")
        .order_by(FactRow.id)
    ).all()
    day = TUESDAY.date().isoformat()
    assert sorted((id_, data["level"], data["points"]) for id_, data in told) == sorted(
        [(rich, "rescue", -6), (poor, "rescue", -6), (rich, "call", -11)]
    )
    assert {data["last_order_on"] for _, data in told} == {day}
    task = session.scalars(select(CallTask)).one()
    assert (task.customer_id, task.store_id, task.created_by_id) == (rich, chain.store_id, None)
    assert "-11" in task.script
    why = the_score(session, rich).churn_why
    assert why == [
        {
            "rule": "cycle",
            "points": -13,
            "weeks": 13,
            "cycle_days": 30.0,
            "source": "own",
            "last_order_on": day,
        }
    ]


def test_without_a_cycle_of_their_own_customers_have_that_of_the_setting(
    session: Session, chain: SimpleNamespace
) -> None:
    dora = make_customer(session).id
    buy(session, dora, [Bought(100, 5000)], store_id=chain.store_id, now=TUESDAY)
    change_definitions(Definitions(cycle_days=30, week_points=2), by=SYSTEM, now=TUESDAY)
    run_night(session, TUESDAY)
    found = the_score(session, dora)
    assert (found.churn_points, found.cycle_days, found.used_cycle_days) == (-20, None, 30)
    assert found.churn_why[0]["source"] == "setting"


def test_mails_count_where_they_may_be_measured(session: Session, chain: SimpleNamespace) -> None:
    from tests.segments.mails import send_mails

    agreed, silent = (
        make_customer(session, name, mail=f"{name}@client.example", phone=None).id for name in ("ann", "bea")
    )
    for id_ in (agreed, silent):
        buy(session, id_, [Bought(1, 5000)], store_id=chain.store_id, now=TUESDAY)
    record_consent(
        address_kind=AddressKind.MAIL, address="ann@client.example", channel=Channel.EMAIL,
        purpose=Purpose.OPEN_MEASUREMENT, action=ConsentAction.GIVEN, legal_basis=LegalBasis.CONSENT, wording="ok",
        wording_version="1", collection_point="test", by=SYSTEM, now=TUESDAY - 9 * DAY,
    )  # fmt: skip
    ids = {id_: send_mails(session, id_, count=4) for id_ in (agreed, silent)}
    run_night(session, TUESDAY)
    assert the_score(session, agreed).churn_points == 0
    ids = {id_: sent + send_mails(session, id_, count=1, first=4) for id_, sent in ids.items()}
    run_night(session, TUESDAY)
    assert the_score(session, agreed).churn_why == [{"rule": "mails", "points": -2, "sent": 5, "engaged": 0}]
    assert the_score(session, silent).churn_points == 0
    session.execute(
        text("INSERT INTO message_openings (message_id, opener, count, first_at, last_at)"
             " VALUES (:id, 'program', 1, :now, :now)"), {"id": ids[agreed][0], "now": TUESDAY - DAY},
    )  # fmt: skip
    run_night(session, TUESDAY)
    assert the_score(session, agreed).churn_points == 0


def test_a_visit_to_returns_counts_for_a_month(session: Session, chain: SimpleNamespace) -> None:
    dora = make_customer(session).id
    buy(session, dora, [Bought(1, 5000)], store_id=chain.store_id, now=TUESDAY)
    session.add(Visit(visit_key="v1", customer_id=dora, kind=PageKind.RETURNS, visited_at=TUESDAY - 2 * DAY))
    session.add(Visit(visit_key="v2", customer_id=dora, kind=PageKind.PRODUCT, visited_at=TUESDAY - DAY))
    session.flush()
    run_night(session, TUESDAY)
    found = the_score(session, dora)
    assert found.churn_why == [{"rule": "visit", "points": -3, "kind": "returns", "visited_on": "2026-03-01"}]
    assert found.churn_points == -3
    run_night(session, TUESDAY + 29 * DAY)
    assert the_score(session, dora).churn_points == 0


def test_the_week_fits_judges_and_predicts(session: Session, chain: SimpleNamespace) -> None:
    """On CDNOW as the chain's orders: half a year held out, the sums within a fifth, better than a naive guess."""
    chain.clock.now = datetime(1998, 7, 1, 12, 0, tzinfo=UTC)
    fill_cdnow(session, chain.store_id)
    run_night(session, chain.clock.now)
    while working.work_values(lambda: None):
        pass
    session.expire_all()
    fit = session.scalars(select(ValueFit)).one()
    assert (fit.state, fit.after_id, fit.customer_count) == (FitState.FITTED, None, 2357)
    held: dict[str, Any] = fit.holdout
    assert held["days"] == 181
    for name in ("orders", "value"):
        assert held[f"{name}_model"] == pytest.approx(held[f"{name}_real"], rel=0.2)
        assert held[f"{name}_model_mae"] < held[f"{name}_naive_mae"]
    rows = session.scalars(select(CustomerScore).where(CustomerScore.order_count > 0)).all()
    assert all(row.predicted_cents is not None and row.predicted_cents >= 0 for row in rows)
    assert session.scalar(select(func.count()).select_from(ValueMonth)) == cohorts.VALUE_MONTHS
    one, before = rows[0].customer_id, rows[0].predicted_cents
    session.execute(text("UPDATE customer_scores SET predicted_cents = NULL"))
    predict_some([one], now=chain.clock.now)
    assert the_score(session, one).predicted_cents == before


def fill_cdnow(session: Session, store_id: int) -> None:
    rows = cdnow()
    names = sorted({customer for customer, _, _ in rows})
    made = session.execute(text("""
        INSERT INTO customers (first_name, last_name, sort_key, language, postcode, country, company, created_at, updated_at)
        SELECT 'N', name, name, 'en', '', 'US', '', :now, :now FROM unnest(CAST(:names AS text[])) AS name
        RETURNING last_name, id
    """), {"now": TUESDAY, "names": names})  # fmt: skip
    ids = {row.last_name: row.id for row in made}
    session.execute(text("""
        INSERT INTO orders (external_id, store_id, customer_id, state, placed_at, state_at, event_key, total_cents,
            returned_cents, currency, created_at)
        SELECT 'C-' || n, :store, id, 'delivered', at, at, '', cents, 0, 'EUR', at
        FROM unnest(CAST(:ids AS bigint[]), CAST(:days AS date[]), CAST(:cents AS bigint[])) WITH ORDINALITY
            AS row (id, at, cents, n)
    """), {
        "store": store_id, "ids": [ids[row[0]] for row in rows], "days": [row[1] for row in rows],
        "cents": [round(float(row[2]) * 100) for row in rows],
    })  # fmt: skip


def test_cohorts_add_up_and_leave_cancelled_orders_out(session: Session, chain: SimpleNamespace) -> None:
    dora, emil = (make_customer(session, name, mail=None, phone=None).id for name in ("Dora", "Emil"))
    buy(session, dora, [Bought(62, 5000), Bought(2, 3000, returned=1000), Bought(40, 7000, state=OrderState.CANCELLED)],
        store_id=chain.store_id, now=TUESDAY)  # fmt: skip
    buy(session, emil, [Bought(60, 1000)], store_id=chain.store_id, now=TUESDAY)
    cohorts.roll_up(now=TUESDAY)
    rows = session.execute(
        select(CohortCell.cohort_on, CohortCell.month_number, CohortCell.customer_count, CohortCell.active_count,
               CohortCell.net_cents).order_by(CohortCell.cohort_on, CohortCell.month_number)
    ).all()  # fmt: skip
    assert [(row[0].isoformat(), *row[1:]) for row in rows] == [
        ("2025-12-01", 0, 1, 1, 5000),
        ("2025-12-01", 3, 1, 1, 2000),
        ("2026-01-01", 0, 1, 1, 1000),
    ]
    month = session.scalars(select(ValueMonth).order_by(ValueMonth.month_on.desc())).first()
    assert month
    assert (month.month_on.isoformat(), month.customer_count, month.net_cents) == ("2026-03-01", 2, 8000)


def test_a_run_that_lost_its_sums_adds_up_again(session: Session, chain: SimpleNamespace) -> None:
    from hub.segments.values import night

    dora = make_customer(session).id
    buy(session, dora, [Bought(1, 5000)], store_id=chain.store_id, now=TUESDAY)
    night.begin_run(as_of=TUESDAY, machine_now=TUESDAY)
    night.take_step(machine_now=TUESDAY)
    night.take_step(machine_now=TUESDAY)
    session.execute(text("TRUNCATE customer_buying"))  # what a crash leaves of a table that is not logged
    while night.take_step(machine_now=TUESDAY):
        pass
    assert the_score(session, dora).stage is Stage.NEW
    assert session.scalar(select(func.count()).select_from(ChurnSample)) == 1


def test_definitions_are_kept_with_who_changed_what(session: Session, chain: SimpleNamespace) -> None:
    new = Definitions(lapsed_months=3, rescue_below=-4)
    assert change_definitions(new, by=SYSTEM, now=TUESDAY)
    assert not change_definitions(new, by=SYSTEM, now=TUESDAY + timedelta(hours=1))
    assert get_definitions() == new
    data = session.scalar(text("SELECT data FROM audit_entries WHERE action = 'segment_settings.changed'"))
    assert data == {"changes": {"lapsed_months": [6, 3], "rescue_below": [-5, -4]}}
