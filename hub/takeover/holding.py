"""What takeovers hold of one customer: rows of old systems that could not be read."""

from hub.core.personal import Apart, Held, Holding
from hub.core.text import N_
from hub.takeover import models

MODELS = (models,)
"""Imported, so that the tables below are known to whoever reads this."""
HOLDINGS: tuple[Holding, ...] = (
    Held(
        table="takeover_problems",
        title=N_("Taken over: rows left out"),
        mine="CAST(row AS text) ~* :pattern",
        blank=("row",),
        keep={
            "kind": N_("counts of the report"),
            "external_id": N_("the old system's number"),
            "reason": N_("a sentence of the software, nothing anybody wrote"),
        },
        scrub=("reason",),
    ),
    Apart(table="takeovers", why="reports in counts; the file goes by its term", scrub=("error", "report")),
    Apart(table="taken_tickets", why="numbers of the old system"),
)
