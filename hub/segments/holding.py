"""What the segments room holds of one customer: scores, memberships, and files that were exported."""

from hub.core.personal import Apart, Held, Holding
from hub.core.text import N_
from hub.segments import models
from hub.segments.values import models as values

MODELS = (models, values)
"""Imported, so that the tables below are known to whoever reads this."""
_MINE = "customer_id = ANY(:ids)"
_FIGURES = N_("figures of the chain: numbers and words of ours, without a person")

HOLDINGS: tuple[Holding, ...] = (
    Held(
        table="customer_scores",
        title=N_("Stage, scores and value"),
        mine=_MINE,
        is_deleted=True,
    ),
    Held(
        table="customer_score_changes",
        title=N_("Path through stages"),
        mine=_MINE,
        keep=dict.fromkeys(
            ("from_stage", "to_stage", "from_segment", "to_segment", "from_tier", "to_tier"), _FIGURES
        ),
    ),
    Held(table="customer_buying", title=N_("Buying in figures"), mine=_MINE),
    Held(
        table="churn_samples",
        title=N_("Scores kept to be judged later"),
        mine=_MINE,
        keep={"taken_on": _FIGURES},
    ),
    Held(table="segment_members", title=N_("Segments"), mine=_MINE, is_deleted=True),
    Held(
        is_exported=False,
        table="segment_files",
        title=N_("Exported files"),
        mine="file_sha256 IS NOT NULL AND (:ids)[1] IS NOT NULL",
        blank=("file_sha256",),
        keep={"language": _FIGURES, "error": N_("a sentence of the software, nothing anybody wrote")},
        hidden=("file_sha256",),
    ),
    Apart(table="segments", why="conditions", scrub=("name", "description", "definition")),
    Apart(table="segment_settings", why="settings"),
    Apart(table="segment_sizes", why="counts only"),
    Apart(table="segment_uses", why="where a segment is used"),
    Apart(table="score_runs", why=_FIGURES),
    Apart(table="value_months", why=_FIGURES),
    Apart(table="value_fits", why=_FIGURES),
    Apart(table="cohort_cells", why=_FIGURES),
)
