"""How many statements a merge and its undoing take: they look once where somebody stands, and ask no other table."""

from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.customers.duplicates.finding import mark_changed
from hub.identity.merging import merge_customers
from hub.identity.unmerging import unmerge_customers
from tests.conftest import TUESDAY
from tests.makers.counting import counted_statements
from tests.makers.customers import make_customer


def test_only_tables_in_which_somebody_stands_are_gone_through(session: Session) -> None:
    dora = make_customer(session)
    again = make_customer(session, mail="dora.l@client.example", phone="+33612345679")
    mark_changed([dora.id, again.id])
    with counted_statements() as seen:
        (merge_id,) = merge_customers(dora.id, [again.id], by=SYSTEM, now=TUESDAY)
    assert len(seen) <= 45
    with counted_statements() as undone:
        unmerge_customers(merge_id, by=SYSTEM, now=TUESDAY)
    assert len(undone) <= 28
