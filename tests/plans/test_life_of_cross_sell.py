"""Up and cross-sell through lives, and its long variant: by amount and by what is owned, never beside replenishment."""

import json

import pytest
from sqlalchemy import select

from hub.outbox.models import OutboundMessage
from hub.plans import actions
from tests.conftest import TUESDAY
from tests.makers.shelf import fill_shelf
from tests.plans.lives import Deed, Lives, orders
from tests.plans.tables import Row, check, fills_the_cap, someone_orders

NAMES = {"product_1_name", "product_2_name", "product_3_name"}
HIGH, LOW = orders("A1", euros=90), orders("A1", euros=20)
UP = ["2026-04-02 10:00 up_sell", "2026-04-17 10:00 cross_sell_reminder"]
LIVES = {
    "above the average: what completes it": Row(
        script=[("D0 10:00", HIGH)],
        treated=["2026-04-02 10:00 cross_sell", "2026-04-17 10:00 cross_sell_reminder"],
        control=["2026-04-02 10:00 (cross_sell)", "2026-04-17 10:00 (reminder)"],
        exits=["completed"],
    ),
    "below the average: a better range": Row(
        script=[("D0 10:00", LOW)],
        treated=UP,
        control=["2026-04-02 10:00 (up_sell)", "2026-04-17 10:00 (better_reminder)"],
        exits=["completed"],
    ),
    "above the average, all that completes it is owned: a better range": Row(
        script=[("D0 08:00", orders("A8", sku="VERRE")), ("D0 09:00", orders("A9", sku="AMPOULE")), ("D0 10:00", HIGH)],
        treated=UP,
        control=["2026-04-02 10:00 (up_sell)", "2026-04-17 10:00 (better_reminder)"],
        exits=["purchased", "purchased", "completed"],
    ),
    "a new order begins anew": Row(
        script=[("D0 10:00", LOW), ("D+40 10:00", orders("A2", euros=20))],
        treated=["2026-04-02 10:00 up_sell", "2026-05-12 10:00 up_sell", "2026-05-27 10:00 cross_sell_reminder"],
        control=["2026-04-02 10:00 (up_sell)", "2026-05-12 10:00 (up_sell)", "2026-05-27 10:00 (better_reminder)"],
        exits=["purchased", "completed"],
        until="D+90",
    ),
    "ordered late in the evening: the mail waits for the morning, the reminder counts from it": Row(
        script=[("D0 22:30", LOW)],
        treated=["2026-04-03 07:00 up_sell", "2026-04-18 07:00 cross_sell_reminder"],
        control=["2026-04-02 22:30 (up_sell)", "2026-04-17 22:30 (better_reminder)"],
        exits=["completed"],
    ),
    "the cap is full for a week: dropped, and no reminder of what never left": Row(
        script=[("D0 10:00", LOW), *fills_the_cap("D+30 09:00")],
        treated=["2026-04-02 09:00 anti_churn_2", "2026-04-02 09:30 anti_churn_2"],
        control=[
            "2026-04-02 09:00 anti_churn_2", "2026-04-02 09:30 anti_churn_2", "2026-04-02 10:00 (up_sell)",
            "2026-04-17 10:00 (better_reminder)",
        ],
        exits=["completed", "completed"],
        unsent=["up_sell: expired"],
    ),
    "the order came back": Row(
        script=[("D0 10:00", HIGH), ("D+9 10:00", orders("A1", euros=90, state="returned", placed_at=TUESDAY.isoformat()))],
        treated=[],
        control=[],
        exits=["returned"],
    ),
    "nothing of it is known: nothing is recommended": Row(
        script=[("D0 10:00", orders("A1", sku="UNKNOWN"))],
        treated=[],
        control=[],
        exits=["completed"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("control_percent", [0, 100])
@pytest.mark.parametrize("name", LIVES)
def test_the_life_after_an_order(lives: Lives, name: str, control_percent: int) -> None:
    fill_shelf()
    someone_orders(lives, euros=50)
    check(lives, "cross_sell", LIVES[name], control_percent)


@pytest.mark.parametrize(
    ("order", "named"),
    [(HIGH, ["Abat-jour en lin", "Ampoule chaude"]), (LOW, ["Lampadaire Orion"])],
    ids=["what completes it", "a better range"],
)
def test_the_reminder_is_in_the_vein_of_the_letter(lives: Lives, order: Deed, named: list[str]) -> None:
    """The same products again: a better range is not reminded of by what completes the order."""
    fill_shelf()
    someone_orders(lives, euros=50)
    lives.of("cross_sell")
    lives.live(("D0 10:00", order), until="D+60")
    letters = lives.session.scalars(select(OutboundMessage).order_by(OutboundMessage.id)).all()
    shown = [[value for name, value in each.values.items() if name in NAMES] for each in letters]
    assert shown == [named, named]


def test_a_chain_of_before_gets_the_two_reminders(lives: Lives) -> None:
    """Whoever has the first version of the product is brought this one."""
    first = json.loads(
        """{"format": 2, "entry": {"on": "order_placed"}, "horizon_days": 75,
        "exits": [{"is": "purchased"}, {"is": "cancelled"}, {"is": "returned"}], "steps": [
        {"key": "way", "kind": "split", "delay": {"days": 30}, "next": "cross_sell", "otherwise": "up_sell",
         "when": [{"is": "amount", "against": "chain", "side": "above"}, {"is": "suggested", "why": "complement"}]},
        {"key": "cross_sell", "delay": {"days": 30}, "template": "cross_sell", "purpose": "promotion", "expires_days": 5,
         "when": [{"is": "in_plan", "plan": "replenishment", "days": 30, "not": true}], "next": "reminder"},
        {"key": "up_sell", "delay": {"days": 30}, "template": "up_sell", "purpose": "promotion", "expires_days": 5,
         "when": [{"is": "in_plan", "plan": "replenishment", "days": 30, "not": true}, {"is": "suggested", "why": "better_range"}]},
        {"key": "reminder", "anchor": "first_message", "delay": {"days": 15}, "purpose": "promotion", "expires_days": 5,
         "template": "cross_sell_reminder", "when": [{"is": "first_message_sent"},
          {"is": "in_plan", "plan": "replenishment", "days": 30, "not": true},
          {"any": [{"is": "suggested", "why": "complement"}, {"is": "suggested", "why": "better_range"}]}]}]}"""
    )
    lives.of("cross_sell", first)
    assert actions.add_builtin_plans(now=TUESDAY) == 1


def test_who_waits_for_a_replenishment_is_not_spoken_to_twice(lives: Lives) -> None:
    fill_shelf()
    lives.of("cross_sell")
    lives.of("replenishment")
    placed = TUESDAY.isoformat()
    script = [("D0 10:00", orders("A1", sku="SACS-M")), ("D+2 10:00", orders("A1", sku="SACS-M", state="delivered", placed_at=placed))]  # fmt: skip
    assert lives.live(*script, until="D+60").messages == ["2026-04-04 10:00 replenishment"]


@pytest.mark.parametrize("control_percent", [0, 100])
def test_at_the_end_of_its_life_a_phone_has_a_successor(lives: Lives, control_percent: int) -> None:
    fill_shelf()
    lives.of("renewal", control_percent=control_percent)
    lived = lives.live(("D0 10:00", orders("A1", sku="TEL-1")), ("D+9 10:00", orders("A2")), until="D+800")
    assert lived.messages == [f"2028-03-03 10:00 {'(renewal)' if control_percent else 'replenishment'}"]
    assert lived.exits == ["completed"], "a lamp has no life that is known"
    if not control_percent:
        shown = lives.session.scalars(select(OutboundMessage)).one().values
        assert (shown["product_1_name"], shown["owned_name"]) == ("Téléphone Deux", "Lampe")


def test_who_bought_a_successor_before_is_left_alone(lives: Lives) -> None:
    fill_shelf()
    lives.of("renewal")
    lived = lives.live(("D0 10:00", orders("A1", sku="TEL-1")), ("D+600 10:00", orders("A2", sku="TEL-2")), until="D+800")  # fmt: skip
    assert (lived.messages, lived.steps) == ([], ["renewal skipped no_product"])
