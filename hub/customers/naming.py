"""Whom ids name, for many at once: nothing is made, nothing is changed."""

from collections.abc import Sequence

from hub.core.errors import Invalid
from hub.customers.identity import Claim, claims_of, owners_of
from hub.customers.rows import CustomerDetails


def find_customers(people: Sequence[CustomerDetails]) -> list[int | None]:
    """For each the customer that its surest known id names (mail, card, other system, phone), None for nobody.

    Two queries for all of them. Raises nothing: what is no address names nobody.
    """
    claimed = [_claims(each) for each in people]
    owners, _unconfirmed = owners_of({claim for claims in claimed for claim in claims})
    return [next((owners[claim] for claim in claims if claim in owners), None) for claims in claimed]


def _claims(details: CustomerDetails) -> tuple[Claim, ...]:
    try:
        return claims_of(details)
    except Invalid:
        return ()
