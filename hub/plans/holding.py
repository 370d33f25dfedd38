"""What the plans hold of one customer: which he is in, and what each step did."""

from hub.core.personal import Apart, Held, Holding
from hub.core.text import N_
from hub.plans import models

MODELS = (models,)
"""Imported, so that the tables below are known to whoever reads this."""
HOLDINGS: tuple[Holding, ...] = (
    Held(
        table="step_runs",
        title=N_("Steps of plans"),
        mine="enrolment_id IN (SELECT id FROM enrolments WHERE customer_id = ANY(:ids))",
        keep={"step_key": N_("figures of plans"), "reason": N_("figures of plans")},
    ),
    Held(
        table="enrolments",
        title=N_("Plans"),
        mine="customer_id = ANY(:ids)",
        blank=("values",),
        keep={"entry_key": N_("tells the same occasion told twice"), "step_key": N_("figures of plans")},
    ),
    Apart(table="plans", why="settings"),
    Apart(table="plan_versions", why="settings"),
)
