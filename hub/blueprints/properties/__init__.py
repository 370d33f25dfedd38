"""Doors of the typed properties: their definitions, and the values of a customer."""

from hub.blueprints.properties import definitions, values
from hub.blueprints.properties.base import blueprint
from hub.staff.words import Permission

WAYS = {"save_values": Permission.ANSWER_TICKETS}
"""Whoever corrects a customer writes the values too."""

__all__ = ["WAYS", "blueprint", "definitions", "values"]
