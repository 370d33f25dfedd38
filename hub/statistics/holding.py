"""The statistics hold counts and ids of staff, stores and reasons, and no customer."""

from hub.core.personal import Apart, Holding
from hub.statistics import models

MODELS = (models,)
"""Imported, so that the tables below are known to whoever reads this."""

HOLDINGS: tuple[Holding, ...] = (
    Apart(table="digests", why="counts and shares of stores, told to a person of the staff"),
)
