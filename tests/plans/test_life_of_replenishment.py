"""Replenishment through lives: what follows a month after delivery, the same again at the end of its cycle, nothing else."""

import pytest

from tests.conftest import TUESDAY
from tests.makers.shelf import fill_shelf
from tests.plans.lives import Deed, Lives, orders
from tests.plans.tables import Row, check, fills_the_cap


def bags(state: str, sku: str = "SACS-M") -> Deed:
    return orders("A1", sku=sku, state=state, placed_at=TUESDAY.isoformat())


BOUGHT = ("D0 10:00", bags("placed"))
LIVES = {
    "what follows, a month after delivery": Row(
        script=[BOUGHT, ("D+2 15:00", bags("delivered"))],
        treated=["2026-04-04 15:00 replenishment"],
        control=["2026-04-04 15:00 (suggest)"],
        exits=["completed"],
    ),
    "the same again when it is used up": Row(
        script=[("D0 10:00", bags("placed", "AMPOULE")), ("D+2 15:00", bags("delivered", "AMPOULE"))],
        treated=["2026-05-03 10:00 replenishment"],
        control=["2026-05-03 10:00 (again)"],
        exits=["completed"],
        until="D+80",
    ),
    "never handed over": Row(script=[BOUGHT], treated=[], control=[], exits=[]),
    "nothing of it is used up": Row(
        script=[("D0 10:00", bags("placed", "VERRE")), ("D+2 15:00", bags("delivered", "VERRE"))],
        treated=[],
        control=[],
        exits=[],
    ),
    "bought again before": Row(
        script=[BOUGHT, ("D+2 15:00", bags("delivered")), ("D+20 09:00", orders("A2", sku="SACS-L"))],
        treated=[],
        control=[],
        exits=["purchased"],
    ),
    "delivered late in the evening": Row(
        script=[BOUGHT, ("D+2 21:30", bags("delivered"))],
        treated=["2026-04-05 07:00 replenishment"],
        control=["2026-04-04 21:30 (suggest)"],
        exits=["completed"],
    ),
    "the cap is full for a week: dropped, and said at the end of the cycle": Row(
        script=[BOUGHT, ("D+2 15:00", bags("delivered")), *fills_the_cap("D+32 10:00")],
        treated=["2026-04-04 10:00 anti_churn_2", "2026-04-04 10:30 anti_churn_2", "2026-04-18 10:00 replenishment"],
        control=["2026-04-04 10:00 anti_churn_2", "2026-04-04 10:30 anti_churn_2", "2026-04-04 15:00 (suggest)"],
        exits=["completed", "completed"],
        unsent=["replenishment: expired"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("control_percent", [0, 100])
@pytest.mark.parametrize("name", LIVES)
def test_the_life_of_what_is_used_up(lives: Lives, name: str, control_percent: int) -> None:
    fill_shelf()
    check(lives, "replenishment", LIVES[name], control_percent)
