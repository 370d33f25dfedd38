"""Results of a plan from scripted lives: both arms, late orders, returns, codes, windows, stores, versions."""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy.orm import Session

from hub.core.actor import CUSTOMER, SYSTEM
from hub.core.errors import NotFound
from hub.core.words import Channel, Purpose
from hub.customers.actions import record_consent
from hub.customers.words import AddressKind, ConsentAction, LegalBasis
from hub.identity import erasing
from hub.loyalty import giving, redeeming
from hub.orders.models import Order
from hub.orders.words import OrderState
from hub.outbox.actions import note_refusal
from hub.outbox.actions.reports import apply_receipt
from hub.outbox.models import OutboundMessage
from hub.outbox.tracking.models import LinkClick
from hub.outbox.tracking.words import Sign, Visitor
from hub.outbox.words import MessageState, ReceiptKind
from hub.plans.moving.actions import ask_move
from hub.plans.moving.working import work_moves
from hub.plans.results.gains import get_gains
from hub.plans.results.queries import get_results
from hub.plans.results.rows import Asked, Results
from hub.plans.rules import household_of
from hub.plans.words import Arm, EnrolmentState, ExitReason, StepOutcome
from tests.conftest import TUESDAY, HandClock
from tests.makers.counting import counted_statements
from tests.makers.loyalty import make_pool
from tests.makers.plan_lives import ENTERED, Lives
from tests.makers.stores import make_chain, make_store

ASKED = Asked(since=TUESDAY - timedelta(days=365), until=TUESDAY, now=TUESDAY)


class Chain(Lives):
    def __init__(self, session: Session) -> None:
        make_chain(session)
        self.store = make_store(session)
        self.lille = make_store(session, "Lille", code="LIL")
        super().__init__(session)

    def live(
        self, arm: Arm = Arm.TREATED, *, cents: int = 0, days: float = 10, **fields: object
    ) -> Order | None:
        """Somebody enters and spends so much so many days later."""
        who = self.person(preferred_store_id=self.store.id)
        self.enter(who, arm)
        return (
            self.order(who, days=days, store_id=self.store.id, total_cents=cents, **fields) if cents else None
        )

    def read(self, **changes: Any) -> Results:
        self.session.flush()
        return get_results("welcome_pack", replace(ASKED, **changes))

    def spent(self) -> tuple[float, float]:
        arms = self.read().arms
        return arms.treated.spent, arms.control.spent


@pytest.fixture
def chain(session: Session) -> Chain:
    return Chain(session)


def test_each_arm_counts_its_orders_of_the_window(chain: Chain) -> None:
    """Orders of the window count, whether a message was sent or not; the one before and the one after do not."""
    chain.live(cents=10_000, days=29.9)
    chain.live(cents=7_000, days=30.1)
    chain.live(cents=500, days=-1)
    chain.live()
    chain.live(Arm.CONTROL, cents=4_000)
    chain.live(Arm.CONTROL)
    arms = chain.read().arms
    assert (arms.treated.heads, arms.treated.buyers, arms.treated.spent) == (4, 1, 10_000)
    assert (arms.control.heads, arms.control.buyers, arms.control.spent) == (2, 1, 4_000)
    assert (arms.treated.squares, arms.treated.cubes) == (1e8, 1e12)
    assert arms.gain.per_head is None, "six heads say nothing"


def test_what_came_back_or_was_cancelled_does_not_count(chain: Chain) -> None:
    chain.live(cents=10_000, returned_cents=2_500)
    chain.live(cents=10_000, returned_cents=10_000, state=OrderState.RETURNED)
    chain.live(Arm.CONTROL, cents=10_000, state=OrderState.CANCELLED)
    arms = chain.read().arms
    assert (arms.treated.spent, arms.treated.buyers) == (7_500, 1)
    assert (arms.control.spent, arms.control.buyers) == (0, 0)


def test_a_late_order_and_a_late_return_restate_the_figures(chain: Chain) -> None:
    who = chain.person()
    chain.enter(who)
    assert chain.spent() == (0, 0)
    order = chain.order(who, days=3, store_id=chain.store.id, created_at=TUESDAY)
    assert chain.spent() == (8_990, 0)
    order.returned_cents = 8_990
    order.state = OrderState.RETURNED
    assert chain.spent() == (0, 0)


def redeemed(chain: Chain, order: Order, code: str) -> None:
    order.promo_codes = [code]
    chain.session.flush()
    redeeming.redeem_order(order.id, now=TUESDAY)


def test_the_discount_of_a_code_is_taken_off_once(chain: Chain) -> None:
    """Ten per cent of lines worth 89.90: a total that leaves it out is lowered, one that has it already is not."""
    make_pool("ALPHA\nBRAVO\nCHARLIE", starts_at=ENTERED, name="Bienvenue")
    before = chain.live(cents=8_990)
    after = chain.live(Arm.CONTROL, cents=8_091)
    assert before
    assert after
    given = giving.reserve(
        pool_key="bienvenue", wanted={"a": before.customer_id, "b": after.customer_id}, now=ENTERED
    )
    redeemed(chain, before, given["a"].code)
    redeemed(chain, after, given["b"].code)
    assert chain.spent() == (8_091, 8_091)
    redeeming.cancel_order(before.id, now=TUESDAY)
    assert chain.spent() == (8_990, 8_091)


def test_a_code_that_was_not_good_lowers_nothing(chain: Chain) -> None:
    order = chain.live(cents=8_990)
    assert order
    redeemed(chain, order, "NONESUCH")
    assert chain.spent() == (8_990, 0)


def test_open_windows_stand_apart(chain: Chain) -> None:
    who = chain.person()
    chain.enter(who, at=TUESDAY - timedelta(days=29))
    chain.order(who, days=40, store_id=chain.store.id)
    chain.live(Arm.CONTROL)
    arms = chain.read().arms
    assert (arms.treated.heads, arms.treated_open, arms.control.heads, arms.control_open) == (0, 1, 1, 0)
    later = chain.read(now=TUESDAY + timedelta(days=1)).arms
    assert (later.treated.heads, later.treated_open, later.treated.spent) == (1, 0, 8_990)


def test_an_entry_within_a_window_opens_none(chain: Chain) -> None:
    """Entered on day 0, 10 and 50: two heads, and the order of day 12 counts once."""
    who = chain.person()
    for days in (0, 10, 50):
        chain.enter(who, at=ENTERED - timedelta(days=60) + timedelta(days=days))
    chain.order(who, days=-48, store_id=chain.store.id)
    arms = chain.read().arms
    assert (arms.treated.heads, arms.treated.households, arms.treated.spent) == (2, 1, 8_990)
    assert chain.read().funnel.entered == 3


def test_a_household_is_one_witness(chain: Chain) -> None:
    for name in ("Rue du Port 3", "RUE DU PORT 3", "Rue du Port 5", ""):
        chain.enter(chain.person(street=name))
    arms = chain.read().arms
    assert (arms.treated.heads, arms.treated.households) == (4, 3)


def test_a_household_is_counted_as_it_is_drawn(chain: Chain) -> None:
    """However the street is spelt: whoever shares a draw is one witness."""
    streets = [
        "12 rue de l'Église", "12, Rue de l’Eglise", "12 RUE DE L'E\u0301GLISE", "12 (bis)", "12 bis", "12_bis", "3 rue du Cœur",
        "3 rue du Coeur", "Straße 4", "strasse 4", "Ærø 1", "ÆRØ 1", "½ rue n° 5", "5 rue ²", "5 rue 2", "...", "",
    ]  # fmt: skip
    people = [chain.person(street=street) for street in streets]
    for who in people:
        chain.enter(who)
    drawn = {household_of(who.street, who.postcode) or who.id for who in people}
    assert len(drawn) == 9
    assert chain.read().arms.treated.households == len(drawn)


def test_a_version_brings_its_own_window(chain: Chain) -> None:
    chain.live(cents=1_000, days=20)
    chain.publish(horizon_days=14)
    chain.live(cents=1_000, days=20)
    chain.live(cents=1_000, days=13)
    found = chain.read()
    assert [(number, arms.treated.spent) for number, arms in found.by_version] == [(2, 1_000), (1, 1_000)]
    assert found.horizons == (14, 30)
    assert chain.read(version=2).arms.treated.heads == 2


def test_who_was_moved_counts_under_the_version_he_entered_with(chain: Chain) -> None:
    step = {"key": "welcome", "kind": "end", "delay": {"days": 9}}
    inside = {"state": EnrolmentState.WAITING, "step_key": "welcome", "due_at": TUESDAY, "ended_at": None}
    row = chain.enter(chain.person(), **inside, exit_reason=None)
    first = row.version_id
    for number in (2, 3):
        chain.publish(format=2, entry={"on": "by_hand"}, steps=[step], horizon_days=10 * number)
        ask_move(plan_id=row.plan_id, version_id=chain.plan.published_version_id, by=SYSTEM, now=TUESDAY)
        assert work_moves(lambda: None) == 1
        while work_moves(lambda: None):
            pass
        chain.session.expire_all()
        assert row.version_id == chain.plan.published_version_id != first
    found = chain.read()
    assert [(number, arms.heads) for number, arms in found.by_version] == [(1, 1)]
    assert (chain.read(version=1).funnel.waiting, chain.read(version=3).funnel.waiting) == (1, 0)


def test_a_reader_of_one_store_sees_its_customers(chain: Chain) -> None:
    """By the preferred store, where everybody has one whether he buys or not; an order elsewhere is theirs too."""
    who = chain.person(preferred_store_id=chain.lille.id)
    passage = chain.enter(who)
    chain.order(who, days=2, store_id=chain.store.id)
    chain.send(passage)
    chain.live(cents=500)
    found = chain.read()
    assert [(row.name, row.arms.treated.spent) for row in found.by_store] == [
        ("Lille", 8_990),
        ("Lyon Part-Dieu", 500),
    ]
    mine = chain.read(store_ids=frozenset({chain.lille.id}))
    assert (mine.arms.treated.spent, mine.funnel.entered, mine.funnel.sent) == (8_990, 1, 1)
    assert [row.name for row in mine.by_store] == ["Lille"]
    other = chain.read(store_ids=frozenset({chain.store.id}))
    assert (other.funnel.entered, other.funnel.sent, other.exits[Arm.TREATED]) == (
        1,
        0,
        {ExitReason.COMPLETED: 1},
    )


def clicked(chain: Chain, message: OutboundMessage, label: Visitor) -> None:
    row = LinkClick(
        message_id=message.id,
        position=0,
        link_count=1,
        clicked_at=ENTERED + timedelta(days=2),
        method="GET",
        label=label,
        sign=next(iter(Sign)),
    )
    chain.session.add(row)


def test_the_funnel_counts_passages(chain: Chain) -> None:
    """Sent twice to one of them, bounced for another; a machine's click is nobody's."""
    first, second, third = (chain.enter(chain.person()) for _ in range(3))
    clicked(chain, chain.send(first), Visitor.HUMAN)
    clicked(chain, chain.send(first, "second_purchase"), Visitor.MACHINE)
    clicked(chain, chain.send(second), Visitor.MACHINE)
    chain.send(third, state=MessageState.BOUNCED)
    chain.send(chain.enter(chain.person()), state=MessageState.BLOCKED, accepted_at=None)
    chain.enter(
        chain.person(),
        state=EnrolmentState.WAITING,
        step_key="welcome",
        exit_reason=None,
        ended_at=None,
        due_at=TUESDAY,
    )
    ghost = chain.enter(chain.person(), Arm.CONTROL, exit_reason=ExitReason.PURCHASED)
    chain.run(ghost, "welcome", StepOutcome.GHOST)
    chain.run(ghost, "second_purchase", StepOutcome.EXPIRED, reason="too_late")
    found = chain.read()
    funnel = found.funnel
    assert (funnel.entered, funnel.control, funnel.waiting) == (5, 1, 1)
    assert (funnel.sent, funnel.delivered, funnel.engaged) == (3, 2, 1)
    assert found.exits == {Arm.TREATED: {ExitReason.COMPLETED: 4}, Arm.CONTROL: {ExitReason.PURCHASED: 1}}
    steps = {step.step_key: step for step in found.steps}
    assert list(steps) == ["welcome", "second_purchase"]
    assert steps["welcome"].outcomes == {StepOutcome.POSTED: 4, StepOutcome.GHOST: 1}
    assert (steps["welcome"].waiting, steps["welcome"].sent, steps["welcome"].engaged) == (1, 3, 1)
    assert (steps["second_purchase"].sent, steps["second_purchase"].engaged) == (1, 0)
    assert steps["second_purchase"].outcomes == {StepOutcome.POSTED: 1}, "too late in the control group"


def test_a_refusal_belongs_to_the_last_message_before_it(chain: Chain) -> None:
    """Two passages wrote to the same customer; a third one, long ago, did not make him leave."""
    who = chain.person()
    old = chain.enter(who, at=ENTERED - timedelta(days=100))
    chain.send(old)
    last = chain.enter(who)
    chain.send(last)
    refuse(chain, f"life{chain.count - 2}@client.example", ENTERED + timedelta(days=3))
    mail = chain.session.get_one(OutboundMessage, chain.send(chain.enter(chain.person())).id)
    apply_receipt(mail, ReceiptKind.COMPLAINT, status="arf", recipient=None, now=ENTERED + timedelta(days=2))
    funnel = chain.read().funnel
    assert (funnel.sent, funnel.unsubscribed, funnel.complained) == (3, 1, 1)


def test_an_erasure_changes_no_result_of_the_past(chain: Chain, hand_clock: HandClock) -> None:
    """Of who refused, and of who entered as a prospect and bought: a customer again would be another window."""
    who = chain.person(preferred_store_id=chain.store.id)
    chain.send(chain.enter(who, values={"trigger": "account_created", "typed": "Bonjour"}))
    chain.enter(who, at=ENTERED + timedelta(days=10))
    chain.order(who, days=20, store_id=chain.store.id)
    refuse(chain, f"life{chain.count - 3}@client.example", ENTERED + timedelta(days=3))
    before = chain.read()
    assert (before.funnel.unsubscribed, before.arms.treated.heads, before.arms.treated.buyers) == (1, 2, 1)
    erasing.ask_erasure(who.id, by=SYSTEM, now=TUESDAY)
    while erasing.work_erasures(lambda: None):
        pass
    chain.session.expire_all()
    assert (who.first_name, chain.read()) == ("", before)


def refuse(chain: Chain, address: str, at: datetime) -> None:
    entry_id = record_consent(
        address_kind=AddressKind.MAIL,
        address=address,
        channel=Channel.EMAIL,
        purpose=Purpose.PROMOTION,
        action=ConsentAction.WITHDRAWN,
        legal_basis=LegalBasis.CONSENT,
        wording="Non",
        wording_version="1",
        collection_point="mail",
        by=CUSTOMER,
        now=at,
    )
    note_refusal(entry_id, now=at)


def test_a_real_gain_is_said_with_its_interval(chain: Chain) -> None:
    """Worked by hand: of 120 treated 60 spend 100 euros, of 120 control 30 do: 25 euros a head, 3,000 in all."""
    for arm, buyers in ((Arm.TREATED, 60), (Arm.CONTROL, 30)):
        for number in range(120):
            who = chain.person()
            chain.enter(who, arm)
            if number < buyers:
                chain.order(who, days=5, store_id=chain.store.id, total_cents=10_000)
    gain = chain.read().arms.gain
    assert gain.per_head
    assert gain.in_all
    assert (gain.per_head.value, gain.in_all.value) == (2_500, 300_000)
    assert 1_200 < gain.per_head.low < 1_400
    assert 3_600 < gain.per_head.high < 3_800
    assert gain.is_sure


def test_it_asks_a_fixed_number_of_statements(chain: Chain) -> None:
    chain.live(cents=1_000)
    chain.read()
    with counted_statements() as few:
        chain.read()
    for _ in range(5):
        chain.live(cents=1_000)
    chain.enter(chain.person(preferred_store_id=chain.lille.id))
    with counted_statements() as more:
        chain.read()
    assert len([each for each in more if each.startswith(("SELECT", "\n", " "))]) <= 8
    assert (
        len([s for s in more if not s.startswith("INSERT")])
        <= len([s for s in few if not s.startswith("INSERT")]) + 1
    )


def test_a_plan_that_is_not_there(chain: Chain) -> None:
    with pytest.raises(NotFound):
        get_results("none-such", ASKED)


def test_a_prospect_who_buys_becomes_a_new_customer(chain: Chain) -> None:
    """The first order is what the welcome of a prospect brought, the second what that of the new customer brought."""
    who = chain.person()
    chain.enter(who, entry_key="welcome:prospect")
    chain.order(who, days=8, store_id=chain.store.id, total_cents=1_000)
    chain.enter(who, at=ENTERED + timedelta(days=8, minutes=1))
    chain.order(who, days=20, store_id=chain.store.id, total_cents=200)
    chain.order(who, days=35, store_id=chain.store.id, total_cents=30)
    late = replace(ASKED, now=TUESDAY, since=ENTERED - timedelta(days=1))
    won, loyal = (line.arms.treated for line in get_gains(late).lines[:2])
    assert (won.heads, won.buyers, won.spent) == (1, 1, 1_000)
    assert (loyal.heads, loyal.buyers, loyal.spent) == (1, 1, 230)
    whole = chain.read().arms.treated
    assert (whole.heads, whole.spent) == (2, 1_230), "every order once"


def test_a_prospect_counts_when_the_whole_window_is_over(chain: Chain) -> None:
    """Who bought early does not count before those who still may."""
    who = chain.person()
    chain.enter(who, entry_key="account:7", values={"trigger": "account_created"})
    chain.order(who, days=2, store_id=chain.store.id)
    chain.enter(who, at=ENTERED + timedelta(days=2, minutes=1))
    early = chain.read(now=ENTERED + timedelta(days=10)).arms
    assert (early.treated.heads, early.treated_open) == (0, 2)


def test_the_sums_are_those_of_plain_loops(chain: Chain) -> None:
    """Forty made-up lives, counted once more by hand: entries, windows, orders, returns, households."""
    random = Random(7)
    spent: dict[tuple[Arm, str], list[float]] = {}
    for number in range(40):
        arm, home = random.choice(list(Arm)), random.choice(["", "Rue A", "Rue B"])
        who = chain.person(street=home, preferred_store_id=chain.store.id)
        opened: list[float] = []
        last = -1_000.0
        for day in sorted(random.uniform(-300, 0) for _ in range(random.randint(1, 4))):
            if day - last >= 30:
                opened.append(day)
            last = day
            chain.enter(who, arm, at=ENTERED + timedelta(days=day))
        total = 0
        for day in (random.uniform(-310, 40) for _ in range(6)):
            cents, back = random.randint(100, 9_000), random.choice([0, 50])
            chain.order(who, days=day, store_id=chain.store.id, total_cents=cents, returned_cents=back)
            total += (cents - back) * any(0 < day - first <= 30 for first in opened)
        key = (arm, f"{arm}{home}" if home else f"{number}")
        known = spent.setdefault(key, [0.0, 0.0])
        known[0] += total
        known[1] += len(opened)
    arms = chain.read(since=TUESDAY - timedelta(days=700)).arms
    for arm, found in ((Arm.TREATED, arms.treated), (Arm.CONTROL, arms.control)):
        rows = [each for (of_arm, _), each in spent.items() if of_arm is arm]
        assert found.households == len(rows)
        assert found.heads == sum(n for _, n in rows)
        assert (found.spent, found.squares) == (sum(s for s, _ in rows), sum(s * s for s, _ in rows))
        assert (found.crossed, found.cubes) == (sum(s * n for s, n in rows), sum(s**3 for s, _ in rows))
