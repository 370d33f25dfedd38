"""Built-in plans lived and replayed: what lets in without a word of anybody, what turns back, what asks."""

import pytest

from hub.plans.replay.words import Table
from tests.plans.lives import Lives, Script, baskets, orders
from tests.plans.replay.town import Town, differences
from tests.plans.test_life_of_abandoned_basket import LEFT
from tests.plans.test_life_of_churn_rescue import falls, sinks
from tests.plans.test_life_of_post_purchase_survey import DELIVERED, order

FALLEN = ("D0 10:00", falls(-6, cents=90_000))
LIVES: dict[str, tuple[str, Script]] = {
    "a basket, and another one that is paid": (
        "abandoned_basket",
        [LEFT, ("D+9 10:00", baskets("B2", device="phone")), ("D+9 17:00", orders("A1"))],
    ),
    "a survey, and its question is not asked again within the month": (
        "post_purchase_survey",
        [DELIVERED, ("D+10 10:00", order("delivered", "A2"))],
    ),
    "the score falls, then below ten: somebody calls instead of the news": (
        "churn_rescue", [FALLEN, ("D+3 10:00", sinks(-11))]
    ),
    "below ten after the end of the path": ("churn_rescue", [FALLEN, ("D+30 10:00", sinks(-11))]),
    "below both in one night": (
        "churn_rescue", [("D0 10:00", falls(-11, cents=90_000)), ("D0 10:00", sinks(-11)), ("D0 11:00", sinks(-12))],
    ),
    "below ten after the order that ended it": (
        "churn_rescue", [FALLEN, ("D+2 10:00", orders("A2")), ("D+3 10:00", sinks(-11))]
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LIVES)
def test_a_built_in_plan_lived_and_replayed(lives: Lives, name: str) -> None:
    key, script = LIVES[name]
    lives.of(key)
    lives.live(*script, until="D+40 00:30")
    town = Town(lives, [lives.customer])
    lived = town.lived(key)
    replayed = town.replayed(key, lives.moment("D0 00:00"), lives.clock.now)
    assert lived.entered, "somebody was let in"
    assert differences(replayed.told, lived) == {}
    if "calls" in name:
        assert replayed.tables[Table.RAN]["call|done"] == 1
