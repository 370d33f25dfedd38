"""The reasons room holds the tree of contact reasons, and no customer."""

from hub.core.personal import Apart, Holding
from hub.reasons import models

MODELS = (models,)
"""Imported, so that the tables below are known to whoever reads this."""
HOLDINGS: tuple[Holding, ...] = (Apart(table="reasons", why="contact reasons of the chain"),)
