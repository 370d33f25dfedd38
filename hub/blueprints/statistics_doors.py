"""Who may enter the pages of the statistics: each question is a door of its own."""

from hub.blueprints import (
    digests,
    figure_files,
    own_figures,
    statistics,
    statistics_base,
    statistics_messages,
)
from hub.blueprints.access import Door
from hub.staff.words import Permission

DOORS = (
    Door(statistics.blueprint, "/statistics", Permission.READ_STATISTICS),
    own_figures.DOOR,
    *digests.DOORS,
    statistics_base.DOOR,
    statistics_messages.DOOR,
    figure_files.DOOR,
)
