"""Windows that open long after the entry: a phone's renewal from the order to its figures, and what may not move a window."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.customers.models import Customer
from hub.identity import erasing
from hub.identity.merging import merge_customers
from hub.identity.unmerging import unmerge_customers
from hub.plans.builtin import BUILTIN_PLANS
from hub.plans.models import Enrolment, Plan, PlanVersion
from hub.plans.moving.actions import ask_move
from hub.plans.moving.working import work_moves
from hub.plans.results.gains import PLANS, get_gains
from hub.plans.results.queries import get_results
from hub.plans.results.rows import Ahead, Arms, Asked, Results
from hub.plans.words import Arm
from tests.conftest import TUESDAY
from tests.makers.plan_lives import Lives as Rows
from tests.makers.shelf import fill_shelf
from tests.makers.stores import make_chain, make_store
from tests.plans.lives import Lives, orders

DAY = timedelta(days=1)


def paris(day: str, hour: int = 0) -> datetime:
    return datetime.combine(
        date.fromisoformat(day), datetime.min.time(), tzinfo=ZoneInfo("Europe/Paris")
    ).replace(hour=hour)


OPENS, CLOSES = paris("2028-03-03"), paris("2028-06-01")
"""Two years (730 days) after Tuesday, the day after it, and 90 days more: 31 March is 28 of them, April 30, May 31, one is left."""


def read(now: datetime, since: datetime | None = None) -> Results:
    """What the page of the last twelve months shows."""
    return get_results("renewal", Asked(since=since or now - 364 * DAY, until=now + DAY, now=now))


@pytest.mark.parametrize(("percent", "arm"), [(0, Arm.TREATED), (100, Arm.CONTROL)])
def test_the_results_of_a_renewal_close(lives: Lives, percent: int, arm: Arm) -> None:
    """70 euros the evening before and 60 half an hour after count nowhere, 120 and 80 do; 20 are told when all is over."""
    fill_shelf()
    lives.of("renewal", control_percent=percent)
    lived = lives.live(
        ("D0 10:00", orders("A1", sku="TEL-1", euros=300)),
        ("D+9 10:00", orders("A2", euros=50)),
        ("D+730 23:00", orders("A3", euros=70)),
        ("D+741 10:00", orders("A4", euros=120)),
        ("D+820 23:30", orders("A5", euros=80)),
        ("D+821 00:30", orders("A6", euros=60)),
        until="D+830",
    )
    assert lived.messages == [f"2028-03-03 10:00 {'replenishment' if arm is Arm.TREATED else '(renewal)'}"]
    row = lives.session.scalars(select(Enrolment)).one()
    assert (row.arm, row.opens_at, row.closes_at) == (arm, OPENS, CLOSES)

    def of(found: Arms) -> tuple[int, int, float, int]:
        mine = found.treated if arm is Arm.TREATED else found.control
        counting = found.treated_open if arm is Arm.TREATED else found.control_open
        assert found.heads == mine.heads + counting, "nobody is in the other arm"
        return mine.heads, mine.buyers, mine.spent, counting

    early = read(OPENS - timedelta(seconds=1))
    assert (early.arms.heads, early.funnel.entered + early.funnel.control) == (0, 0)
    assert early.ahead == Ahead(1, OPENS)
    assert of(read(OPENS).arms) == of(read(CLOSES - timedelta(seconds=1)).arms) == (0, 0, 0, 1)
    closed = read(CLOSES)
    assert of(closed.arms) == (1, 1, 20_000, 0)
    assert (closed.funnel.entered + closed.funnel.control, closed.ahead, closed.horizons) == (
        1,
        Ahead(),
        (90,),
    )
    assert of(read(CLOSES, since=OPENS).arms) == (1, 1, 20_000, 0), "the period chooses by the opening"
    assert read(CLOSES, since=OPENS + DAY).arms.heads == 0
    year = get_gains(Asked(since=CLOSES - 364 * DAY, until=CLOSES + DAY, now=CLOSES)).lines
    assert [of(line.arms) for line in year if line.plan_key == "renewal"] == [(1, 1, 20_000, 0)]
    lives.live(("D+840 10:00", orders("A7", euros=20, placed_at="2028-05-02T10:00:00+02:00")), until="D+841")
    assert of(read(CLOSES).arms) == (1, 1, 22_000, 0), "told late, restated"


def test_nothing_after_the_entry_moves_a_window(lives: Lives) -> None:
    """Neither another version nor an erasure, which leaves nothing of what the passage remembers."""
    fill_shelf()
    lives.of("renewal")
    lives.live(("D0 10:00", orders("A1", sku="TEL-1", euros=300)), until="D+10")
    row = lives.session.scalars(select(Enrolment)).one()
    plan = lives.session.get_one(Plan, row.plan_id)
    first = lives.session.get_one(PlanVersion, plan.published_version_id)
    call = {"key": "call", "kind": "task", "delay": {"days": 20}, "subject": "Appeler", "reason": "Demander"}
    lives.of("renewal", {**first.definition, "horizon_days": 7, "steps": [call, *first.definition["steps"]]})
    ask_move(plan_id=plan.id, version_id=plan.published_version_id or 0, by=SYSTEM, now=lives.clock.now)
    while work_moves(lambda: None):
        pass
    lives.session.expire_all()
    assert row.version_id == plan.published_version_id != first.id
    found = read(CLOSES)
    assert [(number, arms.treated.heads) for number, arms in found.by_version] == [(first.number, 1)]
    erasing.ask_erasure(row.customer_id, by=SYSTEM, now=lives.clock.now)
    while erasing.work_erasures(lambda: None):
        pass
    lives.session.expire_all()
    assert (row.values, row.opens_at, row.closes_at) == ({}, OPENS, CLOSES)
    assert read(CLOSES).arms.treated.heads == 1


class Phones(Rows):
    """Passages through renewal as rows, with the window that each one has."""

    def __init__(self, session: Session) -> None:
        make_chain(session)
        self.store_id = make_store(session).id
        super().__init__(session, "renewal")

    def window(self, who: Customer, first: int, days: int, arm: Arm = Arm.TREATED) -> Enrolment:
        opens_at = TUESDAY + first * DAY
        return self.enter(who, arm, opens_at=opens_at, closes_at=opens_at + days * DAY)

    def read(self) -> Arms:
        self.session.flush()
        now = TUESDAY + 500 * DAY
        return get_results("renewal", Asked(since=TUESDAY - 365 * DAY, until=now + DAY, now=now)).arms


@pytest.fixture
def phones(session: Session) -> Phones:
    return Phones(session)


def test_a_short_window_within_a_long_one_opens_none(phones: Phones) -> None:
    """Days 0 to 400, 10 to 70 and 80 to 140, entered the other way round: one head, and the order of day 100 counts once."""
    who = phones.person()
    for first, days in ((80, 60), (10, 60), (0, 400)):
        phones.window(who, first, days)
    phones.order(who, days=60 + 100, store_id=phones.store_id)
    found = phones.read().treated
    assert (found.heads, found.spent) == (1, 8_990)


def test_two_people_who_were_one_have_one_window(phones: Phones) -> None:
    """One of each arm: the window that opened first is theirs, and both its orders count in it until the merge is undone."""
    dora, again = phones.person(), phones.person()
    phones.window(dora, 10, 90, Arm.CONTROL)
    phones.window(again, 40, 90, Arm.TREATED)
    phones.order(dora, days=60 + 15, store_id=phones.store_id, total_cents=1_000)
    phones.order(again, days=60 + 50, store_id=phones.store_id, total_cents=200)
    apart = phones.read()
    assert (apart.control.spent, apart.treated.spent) == (1_000, 200)
    [merge_id] = merge_customers(dora.id, [again.id], by=SYSTEM, now=TUESDAY)
    phones.session.expire_all()
    found = phones.read()
    assert (found.control.heads, found.control.spent, found.treated.heads) == (1, 1_200, 0)
    unmerge_customers(merge_id, by=SYSTEM, now=TUESDAY)
    phones.session.expire_all()
    assert phones.read() == apart


def test_every_plan_with_a_control_group_is_in_the_year() -> None:
    assert {key for _, key in PLANS} == {plan.key for plan in BUILTIN_PLANS if plan.control_percent}
