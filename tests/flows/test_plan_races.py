"""A customer acts while her step runs: nothing leaves after it, or it had already left, and the passage says which.

Two connections that really commit: the worker's, and another one in which she acts at a moment of the worker's batch.
"""

from collections.abc import Callable
from datetime import timedelta
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import select

from hub.channels.registry import ChannelSettings
from hub.core import clock
from hub.core.db import db, transaction
from hub.orders.actions import take_in
from hub.orders.behaviour.baskets import take_basket
from hub.orders.words import OrderState
from hub.outbox import leases, sending, wires
from hub.outbox.models import OutboundMessage
from hub.outbox.words import MessageState, SendQueue
from hub.plans import actions, engine
from hub.plans.models import Enrolment
from hub.plans.words import EnrolmentState, ExitReason
from hub.reactions.drain import work_facts
from hub.stores.models import Store
from tests.conftest import TUESDAY, HandClock
from tests.flows.conftest import House
from tests.makers.customers import say_consent
from tests.makers.orders import an_event, make_order
from tests.makers.sink import Sink
from tests.plans.lives import Lives

HELLO = {"kind": "send", "template": "welcome_prospect", "purpose": "promotion"}
STEPS = [{"key": "hello", **HELLO}, {"key": "later", "delay": {"days": 1}, **HELLO}]
STOPPED, LEFT, NOTHING = ([], ["hello"]), (["hello"], []), ([], [])
"""Of the note of the passage: which messages had left, which were stopped."""


class Act:
    """What she does, in a connection of its own: her own commit first, then what the house does about it."""

    def __init__(self, house: House, deed: Callable[[], object]) -> None:
        self.has_committed = Event()
        self._house, self._deed = house, deed
        self._thread = Thread(target=self._run)

    def _run(self) -> None:
        with self._house.app.app_context():
            with transaction():
                self._deed()
            self.has_committed.set()
            while work_facts(lambda: None):
                pass
            db.session.remove()

    def begin(self, *_: object) -> None:
        """Returns once she has committed; the house may have to wait for the worker."""
        if not self._thread.ident:
            self._thread.start()
            assert self.has_committed.wait(20)

    def end(self) -> None:
        """Returns once the house has done what it does about it."""
        self.begin()
        self._thread.join(20)
        assert not self._thread.is_alive(), "the house waits for ever"


def orders(number: str = "A1", **fields: Any) -> Callable[[], object]:
    def deed() -> None:
        at = (TUESDAY + timedelta(milliseconds=1)).isoformat()
        event = an_event(external_id=number, **{"placed_at": at, "delivered_at": None, "updated_at": at, "state": "placed", **fields})  # fmt: skip
        assert not take_in(event, source="shop", now=clock.business_now()).errors

    return deed


def refuses() -> None:
    say_consent(is_given=False, happened_at=clock.business_now())


DEEDS: dict[ExitReason, Callable[[], object]] = {
    ExitReason.PURCHASED: orders(),
    ExitReason.CANCELLED: orders(
        "A0", placed_at=(TUESDAY - timedelta(days=3)).isoformat(), state="cancelled"
    ),
    ExitReason.BASKET_PAID: orders("A2", basket="B1"),
    ExitReason.REFUSED: refuses,
}


def after(work: Callable[..., Any], act: Act) -> Callable[..., Any]:
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        done = work(*args, **kwargs)
        act.begin()
        return done

    return wrapped


def before(work: Callable[..., Any], act: Act) -> Callable[..., Any]:
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        act.begin()
        return work(*args, **kwargs)

    return wrapped


def after_and_told(work: Callable[..., Any], act: Act) -> Callable[..., Any]:
    """No row is held here: what the house does about it is done before the worker goes on."""

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        done = work(*args, **kwargs)
        act.end()
        return done

    return wrapped


@pytest.fixture
def reason() -> ExitReason:
    return ExitReason.PURCHASED


@pytest.fixture
def inside(house: House, sink: Sink, reason: ExitReason) -> int:
    """Dora is inside a plan with this exit because of an order and a basket, and her first step is due."""
    assert sink.port
    lives = Lives.begin(house.session, HandClock())
    lives.of("mine", {"format": 2, "entry": {"on": "by_hand"}, "exits": [reason.value], "steps": STEPS})
    line = {"sku": "LAMPE-01", "quantity": 1, "unit_price_cents": 5_000}
    body = {"external_id": "B1", "customer": {"email": "dora@client.example"}, "state": "open", "lines": [line],
            "updated_at": (TUESDAY - timedelta(hours=1)).isoformat()}  # fmt: skip
    basket = take_basket(body, source="shop", now=TUESDAY).basket
    order = make_order(
        house.session, customer_id=lives.customer.id, store_id=house.session.scalars(select(Store.id)).one(),
        external_id="A0", state=OrderState.PLACED, placed_at=TUESDAY - timedelta(days=3), delivered_at=None,
    )  # fmt: skip
    assert basket
    made = actions.enrol(
        plan_key="mine", customer_id=lives.customer.id, entry_key="hand:1", anchor_at=TUESDAY,
        values={"order_id": order.id, "basket_id": basket.id}, now=TUESDAY,
    )  # fmt: skip
    house.commit()
    while work_facts(lambda: None):
        pass
    assert made
    return made


def work() -> None:
    """The worker's two batches: the due step, then the mail."""
    engine.work_plans(lambda: None)
    sending.work_outbox(SendQueue.BULK, lambda: None)
    db.session.remove()


MOMENTS: dict[str, tuple[Any, str, Any, tuple[list[str], list[str]]]] = {
    "claimed, nothing known yet": (engine, "_claim", after, NOTHING),
    "decided, not committed": (engine, "open_passages", after, STOPPED),
    "all written, not committed": (engine, "_advance", after, STOPPED),
    "posted": (sending, "work_outbox", before, STOPPED),
    "taken by the outbox": (leases, "claim", after_and_told, STOPPED),
    "marked, not committed": (sending, "_mark", after, LEFT),
    "the provider is called": (sending, "call_provider", before, LEFT),
    "written down": (sending, "work_outbox", after, LEFT),
}
"""Where she acts, and what the passage then says."""
SOME = ("all written, not committed", "taken by the outbox")
CASES = [(ExitReason.PURCHASED, moment) for moment in MOMENTS] + [
    (reason, moment) for reason in (ExitReason.CANCELLED, ExitReason.BASKET_PAID) for moment in SOME
]
CASES.append((ExitReason.REFUSED, "taken by the outbox"))


@pytest.mark.parametrize(("reason", "moment"), CASES)
def test_nothing_leaves_after_what_she_did_or_it_had_left_and_the_passage_says_so(
    house: House, sink: Sink, inside: int, monkeypatch: pytest.MonkeyPatch, reason: ExitReason, moment: str
) -> None:
    act = Act(house, DEEDS[reason])
    where, name, wrap, (left, stopped) = MOMENTS[moment]
    monkeypatch.setattr(where, name, wrap(getattr(where, name), act))
    work()
    monkeypatch.undo()
    act.end()
    wires.use_transports(ChannelSettings(smtp=sink.settings))
    house.move_clock(TUESDAY + timedelta(days=3))
    for _ in range(3):
        work()
    check(inside, reason, left, stopped)
    assert len(sink.taken) == len(left), "what had left, and nothing more"


def check(enrolment_id: int, reason: ExitReason, left: list[str], stopped: list[str]) -> None:
    row = db.session.get_one(Enrolment, enrolment_id)
    note = row.exit_note or {}
    assert (row.state, row.exit_reason) == (EnrolmentState.ENDED, reason)
    assert (note["left"], note["stopped"]) == (left, stopped)
    assert note["known_at"]
    states = list(db.session.scalars(select(OutboundMessage.state)))
    assert states == [MessageState.ACCEPTED] * len(left) + [MessageState.BLOCKED] * len(stopped)


def test_a_purchase_that_nobody_has_told_the_plan_yet_stops_the_message_too(
    house: House, sink: Sink, inside: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Committed after the outbox looked and before it calls: it looks once more, however young its look is."""
    claim = leases.claim

    def claim_then_she_orders(*args: Any) -> Any:
        claimed = claim(*args)
        with transaction():
            DEEDS[ExitReason.PURCHASED]()
        return claimed

    monkeypatch.setattr(leases, "claim", claim_then_she_orders)
    work()
    assert sink.taken == []
    while work_facts(lambda: None):
        pass
    check(inside, ExitReason.PURCHASED, [], ["hello"])
