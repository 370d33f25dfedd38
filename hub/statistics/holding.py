"""The statistics hold counts and ids of staff, stores, reasons and tickets, and no customer."""

from hub.core.personal import Apart, Holding
from hub.statistics import models
from hub.statistics.base import models as base

MODELS = (models, base)
"""Imported, so that the tables below are known to whoever reads this."""

HOLDINGS: tuple[Holding, ...] = (
    Apart(table="digests", why="counts and shares of stores, told to a person of the staff"),
    Apart(
        table="statistics_columns",
        why="numbers of a day: seconds, and ids of stores, reasons, agents, tickets and customers, who keep theirs when erased",
    ),
    Apart(table="statistics_marks", why="days to gather"),
    Apart(table="statistics_layouts", why="how days were gathered"),
    Apart(table="base_nights", why="counts of customers by store, night by night"),
    Apart(table="figure_exports", why="files of counts, shares and medians of stores by day, and no person"),
    Apart(table="alert_rules", why="settings"),
    Apart(table="alert_states", why="counts and shares of stores"),
)
