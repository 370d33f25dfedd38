"""What the rows of a file teach about themselves before they are checked: their domains, how dates are written. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from hub.customers.hygiene.dates import Order
from hub.customers.hygiene.findings import Field
from hub.customers.hygiene.known import Known

DATES = (Field.BIRTH_ON, Field.CONSENT_AT)


def learn_file(rows: Iterable[Mapping[str, str]], known: Known) -> Known:
    """`known`, widened by what the whole file says; `rows` are the values of each row by field, walked once.

    Addresses count once each, so that one written many times does not make its domain a usual one.
    """
    addresses: dict[str, set[int]] = {}
    orders = {field: Order() for field in DATES}
    for values in rows:
        local, at, domain = values.get(Field.MAIL, "").strip().lower().rpartition("@")
        if at and local:
            seen = addresses.setdefault(domain, set())
            if len(seen) < MOST_COUNTED:
                seen.add(hash(local))
        for field, order in orders.items():
            if values.get(field):
                order.see(values[field])
    domains = Counter({domain: len(seen) for domain, seen in addresses.items()})
    is_day_first: dict[str, bool | None] = {
        field: order.is_day_first for field, order in orders.items() if order.is_known
    }
    return replace(known, file_domains=domains, is_day_first={**known.is_day_first, **is_day_first})


MOST_COUNTED = 2000
"""Of one domain: enough to know that it is used widely, and little memory."""
