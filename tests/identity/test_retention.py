"""Terms of retention: the dry run tells what the night removes, and no figure of the past changes."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.core.db import Base
from hub.core.errors import Invalid
from hub.customers.models import Customer
from hub.customers.quality import archiving
from hub.customers.quality.months import months_before
from hub.identity import activity, erasing, retention, upkeep
from hub.identity.privacy_models import Erasure, RetentionRun
from hub.identity.terms import BY_KEY, INACTIVE, TERMS
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer
from tests.makers.everything import FIRST, LAST, MAIL, PHONE, EveryRow

OLD = {
    "closed": "tickets", "sorted": "arrivals", "accepted": "outbound_messages", "partial": "questionnaire_responses",
}  # fmt: skip


def keep(key: str) -> int:
    done = 0
    while count := retention.work_retention(lambda: None):
        done += count
        assert done < 100, "It never ends."
    return done


@pytest.fixture
def full(session: Session, hand_clock: HandClock) -> Customer:
    """One row of everything, each as old as can be, ten years before today."""
    row = make_customer(session, FIRST, LAST, mail=MAIL, phone=PHONE, last_active_at=TUESDAY)
    given = frozenset({"customers", "addresses", "external_ids", "consent_entries", "consent_states", "address_links", "erasures",
                       "retention_rules", "retention_runs", "plan_erasure_dates"})  # fmt: skip
    EveryRow(session, row.id, given).make_all()
    for state, table in OLD.items():
        session.execute(Base.metadata.tables[table].update().values(state=state))
    session.execute(Base.metadata.tables["audit_entries"].update().values(action="customer.viewed"))
    session.execute(Base.metadata.tables["fact_queue"].delete())
    session.execute(Base.metadata.tables["provider_deliveries"].update().values(state="applied"))
    session.execute(Base.metadata.tables["order_events"].update().values(outcome="taken"))
    for table, column in (("phone_calls", "ended_at"), ("takeovers", "ended_at")):
        session.execute(Base.metadata.tables[table].update().values({column: TUESDAY}))
    hand_clock.move(days=3700)
    return row


@pytest.mark.parametrize("key", [term.key for term in TERMS if term.parts])
def test_each_term_removes_exactly_what_its_dry_run_told(
    session: Session, full: Customer, hand_clock: HandClock, key: str
) -> None:
    if key == "questionnaires_begun_namelessly":
        versions = Base.metadata.tables["questionnaire_versions"]
        session.execute(versions.update().values(definition={"mode": "anonymous"}))
    told = retention.try_term(key, 120, now=hand_clock.now)
    assert [(found.table, found.count) for found in told] == [(part.table, 1) for part in BY_KEY[key].parts]
    assert all(found.oldest_at and found.examples for found in told)
    assert not retention.has_due()
    retention.set_term(key, months=120, is_on=True, by=SYSTEM, now=hand_clock.now)
    assert retention.has_due()
    keep(key)
    assert [found.count for found in retention.try_term(key, 120, now=hand_clock.now)] == [0] * len(told)
    run = session.scalars(select(RetentionRun)).one()
    assert (run.kind, run.row_count, run.oldest_at) == (key, len(told), TUESDAY)
    assert run.ended_at is not None
    assert not retention.has_due()


def test_what_is_younger_than_its_term_stays(session: Session, full: Customer, hand_clock: HandClock) -> None:
    hand_clock.now = TUESDAY
    assert all(not found.count for term in TERMS for found in retention.try_term(term.key, 1, now=TUESDAY))


def test_a_term_comes_again_the_next_night(session: Session, full: Customer, hand_clock: HandClock) -> None:
    retention.set_term("visits", months=12, is_on=True, by=SYSTEM, now=hand_clock.now)
    assert keep("visits") == 3  # the visit, the basket of before, and the look that found no more
    assert not retention.has_due()
    hand_clock.move(days=1)
    assert retention.has_due()
    assert keep("visits") == 1
    assert [run.row_count for run in retention.list_runs()] == [0, 2]


def test_a_term_outside_its_bounds_is_refused(session: Session, hand_clock: HandClock) -> None:
    with pytest.raises(Invalid):
        retention.set_term("visits", months=0, is_on=True, by=SYSTEM, now=TUESDAY)


def test_the_silent_are_erased_when_their_term_ends(
    session: Session, full: Customer, hand_clock: HandClock
) -> None:
    """Not who has an open ticket; the plan "reactivation before deletion" is told of him a month earlier."""
    session.execute(Base.metadata.tables["tickets"].update().values(state="closed"))
    due = activity.list_due_for_deletion(datetime(2029, 2, 10, 9, tzinfo=UTC), 30, months=36).rows
    assert [(row.customer_id, row.last_active_at, str(row.due_on)) for row in due] == [
        (full.id, TUESDAY, "2029-03-03")
    ]
    assert activity.list_due_for_deletion(datetime(2029, 1, 10, 9, tzinfo=UTC), 30, months=36).rows == []
    retention.set_term(INACTIVE, months=36, is_on=True, by=SYSTEM, now=hand_clock.now)
    keep(INACTIVE)
    assert session.scalars(select(Erasure.customer_id)).all() == [full.id]
    while erasing.work_erasures(lambda: None):
        pass
    session.expire_all()
    assert full.erased_at is not None


def test_who_has_an_open_ticket_is_not_silent(
    session: Session, full: Customer, hand_clock: HandClock
) -> None:
    session.execute(Base.metadata.tables["tickets"].update().values(state="open"))
    assert retention.try_term(INACTIVE, 12, now=hand_clock.now)[0].count == 0


def test_the_last_sign_of_life_is_worked_out_for_those_nobody_looked_at(
    session: Session, full: Customer
) -> None:
    """The latest of order, ticket, answer and click; without any, the day the customer was made."""
    full.last_active_at = None
    quiet = make_customer(session, "Emil", "Roux", mail="emil@client.example", phone=None)
    orders = Base.metadata.tables["orders"]
    session.execute(orders.update().values(placed_at=datetime(2027, 5, 1, tzinfo=UTC)))
    session.flush()
    assert activity.has_due()
    assert activity.work_activity(lambda: None) == 2
    session.expire_all()
    assert (full.last_active_at, quiet.last_active_at) == (datetime(2027, 5, 1, tzinfo=UTC), TUESDAY)
    assert not activity.has_due()


def test_months_end_on_the_last_day_of_a_shorter_one() -> None:
    assert months_before(datetime(2026, 3, 31, tzinfo=UTC), 1) == datetime(2026, 2, 28, tzinfo=UTC)
    assert months_before(datetime(2026, 1, 15, tzinfo=UTC), 1) == datetime(2025, 12, 15, tzinfo=UTC)
    assert months_before(datetime(2025, 11, 30, tzinfo=UTC), -3) == datetime(2026, 2, 28, tzinfo=UTC)


def test_who_clicks_is_not_silent(session: Session, full: Customer, hand_clock: HandClock) -> None:
    """Neither erased nor archived, nor counted by a dry run, nor warned; the click becomes his last sign of life."""
    session.execute(Base.metadata.tables["tickets"].update().values(state="closed"))
    clicked_at = hand_clock.now - timedelta(days=300)
    clicks = Base.metadata.tables["link_clicks"]
    session.execute(clicks.update().values(label="human", clicked_at=clicked_at))
    before = months_before(hand_clock.now, 36)
    assert retention.try_term(INACTIVE, 36, now=hand_clock.now)[0].count == 0
    assert archiving.count_to_archive(before)[0] == 0
    assert activity.list_due_for_deletion(hand_clock.now, 30, months=36).rows == []
    retention.set_term(INACTIVE, months=36, is_on=True, by=SYSTEM, now=hand_clock.now)
    keep(INACTIVE)
    assert session.scalars(select(Erasure.customer_id)).all() == []
    session.refresh(full)
    assert full.last_active_at == clicked_at
    full.last_active_at, full.archived_at = TUESDAY, TUESDAY
    session.flush()
    upkeep.archive_now(36, is_planned=False, by=SYSTEM, now=hand_clock.now)
    session.refresh(full)
    assert (full.last_active_at, full.archived_at) == (clicked_at, None)


def test_a_withdrawn_term_is_kept_no_longer(
    session: Session, full: Customer, hand_clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A longer term counts from the next batch on, and a term that is off ends its run."""
    now = hand_clock.now
    monkeypatch.setattr(retention, "_remove", lambda *_: 1)  # always more to do
    retention.set_term("visits", months=12, is_on=True, by=SYSTEM, now=now)
    retention.work_retention(lambda: None)
    retention.set_term("visits", months=60, is_on=True, by=SYSTEM, now=hand_clock.move(minutes=1))
    retention.work_retention(lambda: None)
    later, first = session.scalars(select(RetentionRun).order_by(RetentionRun.id.desc())).all()
    assert (first.ended_at is not None, first.row_count, later.row_count) == (True, 1, 1)
    assert later.before_at == months_before(hand_clock.now, 60)
    retention.set_term("visits", months=60, is_on=False, by=SYSTEM, now=hand_clock.now)
    assert not retention.has_due()
    session.refresh(later)
    assert later.ended_at == hand_clock.now
