"""Tables of lives through one plan: the script, and the exact messages of both arms, why others did not leave, how it ended."""

from dataclasses import dataclass, field

from sqlalchemy import select

from hub.stores.models import Store
from tests.makers.customers import make_customer
from tests.makers.orders import make_order
from tests.plans.lives import Lives, Script, enters

RIVAL = {
    "format": 2,
    "entry": {"on": "by_hand"},
    "steps": [
        {"key": "one", "template": "anti_churn_2", "purpose": "promotion"},
        {"key": "two", "template": "anti_churn_2", "purpose": "promotion", "delay": {"minutes": 30}},
    ],
}
"""Two promotions within half an hour: no third one leaves for seven days."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """`treated` and `control`: the messages, ghosts in brackets. `unsent` and `exits` are those of the treated."""

    script: Script
    treated: list[str]
    control: list[str]
    exits: list[str]
    unsent: list[str] = field(default_factory=list)
    until: str = "D+60"


def fills_the_cap(when: str) -> Script:
    """Another plan sends her two promotions (`lives.of("rival", RIVAL)` switches it on)."""
    return [(when, enters("rival"))]


def check(lives: Lives, key: str, row: Row, control_percent: int) -> None:
    """Live the row in one arm."""
    lives.of(key, control_percent=control_percent)
    lives.of("rival", RIVAL, priority=1)
    lived = lives.live(*row.script, until=row.until)
    if control_percent:
        assert lived.messages == row.control, lived.messages
        assert lived.unsent == [], "nothing of the plan is posted for the control arm"
    else:
        assert lived.messages == row.treated, lived.messages
        assert lived.unsent == row.unsent, lived.unsent
        assert lived.exits == row.exits, lived.exits


def someone_orders(lives: Lives, *, euros: int) -> None:
    """Somebody else has ordered before: the chain has an average."""
    other = make_customer(lives.session, mail="other@client.example", phone=None)
    store_id = lives.session.scalars(select(Store.id)).one()
    make_order(
        lives.session, customer_id=other.id, store_id=store_id, external_id="Z1", total_cents=euros * 100
    )
