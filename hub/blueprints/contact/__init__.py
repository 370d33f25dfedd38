"""Doors for customers without a log-in: contact form, stores, what they want to receive."""

from hub.blueprints.contact import (
    crawling,
    footers,
    joining,
    own_ticket,
    preferences,
    rating,
    review_draws,
    review_shop,
    reviewing,
    shops,
    whys,
    writing,
)
from hub.blueprints.contact.base import blueprint

__all__ = [
    "blueprint",
    "crawling",
    "footers",
    "joining",
    "own_ticket",
    "preferences",
    "rating",
    "review_draws",
    "review_shop",
    "reviewing",
    "shops",
    "whys",
    "writing",
]
