"""What is said of regions: from now on, for some hours, taken back; asked as it was known, of many customers at once."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.core.audit import AuditEntry
from hub.core.errors import Invalid, NotFound
from hub.orders.regional import get_regional_values
from hub.stores.actions import set_properties
from hub.stores.properties import get_region_values, list_properties
from tests.conftest import TUESDAY
from tests.makers.counting import counted_statements
from tests.makers.customers import make_customer
from tests.makers.orders import make_order
from tests.makers.stores import make_chain, make_region, make_store

HOUR = timedelta(hours=1)


def say(region_id: int, hours: float = 0, expires: int | None = None, **values: str | None) -> None:
    now = TUESDAY + hours * HOUR
    set_properties(region_id=region_id, values=values, expires_hours=expires, by=SYSTEM, now=now)


def test_the_newest_counts_until_it_expires_and_the_past_stays(session: Session) -> None:
    region = make_region(session).id
    say(region, weather="sun", strike="yes")
    say(region, 2, expires=3, weather="rain")
    say(region, 4, strike=None)

    def at(hours: float) -> dict[str, str]:
        return get_region_values([region], at=TUESDAY + hours * HOUR)[region]

    assert at(-1) == {}
    assert at(1) == {"weather": "sun", "strike": "yes"}
    assert at(3) == {"weather": "rain", "strike": "yes"}
    assert at(4.5) == {"weather": "rain"}
    assert at(5) == {}  # the rain is over, and nobody said what came after it
    [row] = list_properties([region], at=TUESDAY + 4.5 * HOUR)
    assert (row.set_at, row.expires_at) == (TUESDAY + 2 * HOUR, TUESDAY + 5 * HOUR)
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "region.properties_set")).all()
    assert [entry.data["values"] for entry in entries][1] == {"weather": "rain"}


@pytest.mark.parametrize(
    ("key", "value", "hours"),
    [("Weather", "x", None), ("2x", "x", None), ("w" * 51, "x", None), ("", "x", None), ("w", " ", None),
     ("w", "x" * 101, None), ("w", "x", 0), ("w", "x", 8785)],
)  # fmt: skip
def test_what_cannot_be_said_is_refused(session: Session, key: str, value: str, hours: int | None) -> None:
    with pytest.raises(Invalid):
        set_properties(
            region_id=make_region(session).id,
            values={key: value},
            expires_hours=hours,
            by=SYSTEM,
            now=TUESDAY,
        )
    with pytest.raises(NotFound):
        say(10**9, weather="rain")


def test_customers_have_the_words_of_the_region_they_buy_in(session: Session) -> None:
    make_chain(session)
    south, north = make_region(session), make_region(session, "Nord")
    lyon = make_store(session, region_id=south.id)
    lille = make_store(session, "Lille", code="LIL", region_id=north.id)
    alone = make_store(session, "Brest", code="BRE")
    say(south.id, weather="sun")
    say(north.id, weather="rain")
    prefers = make_customer(session, preferred_store_id=lyon.id).id
    bought = make_customer(session, mail="b@client.example", phone=None).id
    nowhere = make_customer(session, mail="n@client.example", phone=None).id
    outside = make_customer(session, mail="o@client.example", phone=None, preferred_store_id=alone.id).id
    make_order(session, customer_id=prefers, store_id=lille.id)
    make_order(session, customer_id=bought, store_id=lille.id, external_id="A2")
    with counted_statements() as seen:
        found = get_regional_values([prefers, bought, nowhere, outside], at=TUESDAY)
    assert found == {prefers: {"weather": "sun"}, bought: {"weather": "rain"}, nowhere: {}, outside: {}}
    assert len(seen) == 2
    early = get_regional_values([bought], at=TUESDAY - timedelta(days=3))
    assert early == {bought: {}}  # he had not ordered, and nobody had said anything
