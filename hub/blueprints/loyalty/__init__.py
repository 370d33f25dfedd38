"""Doors of the promo codes: pools, codes, what they brought."""

from hub.blueprints.loyalty.base import blueprint

__all__ = ["blueprint"]
