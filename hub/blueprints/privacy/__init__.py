"""Doors of privacy: terms of retention, requests, one customer's data, who looked, the register."""

from hub.blueprints.privacy import customer, looks, register, requests, terms
from hub.blueprints.privacy.base import blueprint

__all__ = ["blueprint", "customer", "looks", "register", "requests", "terms"]
