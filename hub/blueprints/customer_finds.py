"""Customers for the command palette: who is meant by some words, a mail address, a phone or a card."""

from flask import url_for

from hub.blueprints.access import viewer
from hub.customers import queries
from hub.customers.rules import show_phone
from hub.staff.words import Permission

MOST_FOUND = 5
SHORTEST = 2


def find_customers(words: str) -> list[dict[str, str]]:
    """For those who may read customers; nothing for fewer than two letters."""
    if len(words.strip()) < SHORTEST or not viewer().may(Permission.READ_CUSTOMERS):
        return []
    return [
        {
            "label": row.name or row.mail or show_phone(row.phone or "") or f"#{row.id}",
            "href": url_for("customers.card", customer_id=row.id),
            "hint": " · ".join(filter(None, (row.mail, show_phone(row.phone or ""), row.postcode))),
        }
        for row in queries.list_customers(words.strip(), size=MOST_FOUND).rows
    ]
