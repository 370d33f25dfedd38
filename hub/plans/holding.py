"""What the plans hold of one customer: which he is in, and what each step did."""

from hub.core.personal import Apart, Held, Holding
from hub.core.text import N_
from hub.plans import models
from hub.plans.moving import models as move_models
from hub.plans.replay import models as replay_models
from hub.plans.results import models as result_models
from hub.plans.results.statements import PROSPECTS

MODELS = (models, move_models, replay_models, result_models)
"""Imported, so that the tables below are known to whoever reads this."""
_IS_PROSPECT = f"values ->> 'trigger' IN {PROSPECTS}"
_TRIGGER = "jsonb_build_object('trigger', values -> 'trigger')"
"""The results of a plan tell prospects apart, also those who were erased since."""
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
        blank=("exit_note",),
        blank_to={"values": f"CASE WHEN {_IS_PROSPECT} THEN {_TRIGGER} ELSE '{{}}' END"},
        keep={"entry_key": N_("tells the same occasion told twice"), "step_key": N_("figures of plans")},
    ),
    Held(
        table="plan_audience_members",
        title=N_("Audiences of plans"),
        mine="customer_id = ANY(:ids)",
        is_deleted=True,
    ),
    Held(
        table="plan_postal_rows",
        title=N_("Letters by post"),
        mine="customer_id = ANY(:ids)",
        is_deleted=True,
    ),
    Held(
        table="plan_erasure_dates",
        title=N_("Erasure announced by a plan"),
        mine="customer_id = ANY(:ids)",
        is_deleted=True,
    ),
    Apart(table="plan_postal_files", why="counts only"),
    Apart(table="plans", why="settings"),
    Apart(table="plan_versions", why="settings"),
    Apart(table="plan_moves", why="counts only"),
    Apart(table="kept_plan_results", why="counts"),
    Apart(table="plan_days", why="counts only"),
    Apart(table="plan_scans", why="how far a job is"),
    Apart(table="plan_replays", why="counts only"),
)
