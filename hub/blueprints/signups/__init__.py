"""Doors of the sign-up and contest forms: the builder for staff, the hosted and embedded form for customers."""

from hub.blueprints.signups.base import blueprint

__all__ = ["blueprint"]
