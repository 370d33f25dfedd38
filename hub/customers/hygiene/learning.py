"""What the rows of a file teach about themselves before they are checked: their domains, how dates are written. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from hub.customers.hygiene.findings import Field
from hub.customers.hygiene.known import Known


def learn_file(rows: Iterable[Mapping[str, str]], known: Known) -> Known:
    """`known`, widened by what the whole file says; `rows` are the values of each row by field, walked once."""
    domains: Counter[str] = Counter()
    for values in rows:
        _, at, domain = values.get(Field.MAIL, "").strip().lower().rpartition("@")
        if at:
            domains[domain] += 1
    return replace(known, file_domains=domains)
