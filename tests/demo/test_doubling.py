"""The demo's queue of duplicates is filled, with a merge to undo and a household."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.customers.duplicates.queries import count_pairs, list_exact
from hub.customers.duplicates.words import PairState
from hub.customers.models import ExternalId
from hub.demo import doubling
from hub.identity.merge_queries import list_merges
from tests.conftest import TUESDAY
from tests.makers.customers import make_customer

NAMES = ("Anne Roux", "Paul Lefèvre", "Zoé Kowalski", "Karim Benali", "Inès Ferreira", "Hugo Marchand")


def test_the_queue_is_filled(session: Session) -> None:
    for place in range(doubling.PAIRS):
        first, last = NAMES[place % len(NAMES)].split()
        number = doubling.FIRST + doubling.STEP * place
        make_customer(
            session, first, last, id=number, mail=f"{first}.{last}{number}@client.example".lower(), phone=None
        )
        session.add(ExternalId(customer_id=number, source="loyalty_card", value=f"V{number:08d}"))
    session.flush()
    doubling.make_duplicates(now=TUESDAY)
    counts = count_pairs()
    assert counts[PairState.OPEN] >= doubling.PAIRS * 3 // 4
    assert (counts[PairState.MERGED], counts[PairState.HOUSEHOLD]) == (1, 1)
    assert len(list_exact(least=95, limit=50)) >= 10
    assert len(list_merges().rows) == 1
    assert session.scalar(select(func.count(ExternalId.id)).where(ExternalId.value.like("v %")))
