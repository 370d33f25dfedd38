"""The window of the results is kept with the passage; that of renewal opens at the end of the product's life."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0055"
branch_labels = None
depends_on = None

# What the product said counted from the order; nothing but the results reads it, so that the versions may be put right.
RENEWAL = """
    UPDATE plan_versions SET definition = jsonb_set(definition, '{horizon_days}', '90')
    WHERE plan_id IN (SELECT id FROM plans WHERE key = 'renewal') AND definition -> 'horizon_days' = '1100'
"""
WITH_DATES = """
    SELECT id, definition FROM plan_versions WHERE state = 'published' AND definition @? '$.steps[*] ? (@.anchor == "date")'
"""
# The day begins where the chain is; passages from now on know their customer's midnight.
KEEP = """
    UPDATE enrolments AS e SET opens_at = w.opens_at, closes_at = (w.last_at AT TIME ZONE w.time_zone + make_interval(days => :days)) AT TIME ZONE w.time_zone
    FROM (
        SELECT id, CASE WHEN :opens_by_date THEN greatest(entered_at, first_at) ELSE entered_at END AS opens_at,
            greatest(entered_at, last_at) AS last_at, time_zone
        FROM (
            SELECT o.id, o.entered_at, c.time_zone,
                (((o.values ->> 'date_on')::date + CAST(:first AS int))::timestamp) AT TIME ZONE c.time_zone AS first_at,
                (((o.values ->> 'date_on')::date + CAST(:last AS int))::timestamp) AT TIME ZONE c.time_zone AS last_at
            FROM enrolments AS o CROSS JOIN chains AS c
            WHERE coalesce(o.entered_version_id, o.version_id) = :version AND o.values ? 'date_on'
        ) AS dated
    ) AS w
    WHERE w.id = e.id AND w.last_at > e.entered_at
"""


def upgrade() -> None:
    op.add_column("enrolments", sa.Column("opens_at", sa.DateTime(timezone=True)))
    op.add_column("enrolments", sa.Column("closes_at", sa.DateTime(timezone=True)))
    op.execute(RENEWAL)
    bind = op.get_bind()
    for version, definition in bind.execute(sa.text(WITH_DATES)).all():
        if given := _window(definition):
            bind.execute(sa.text(KEEP), {"version": version, **given})


def downgrade() -> None:
    """The days of renewal stay: with its old ones nothing was ever counted."""
    op.drop_column("enrolments", "closes_at")
    op.drop_column("enrolments", "opens_at")


def _window(definition: Mapping[str, Any]) -> dict[str, Any] | None:
    """As hub/plans/windows.py says it of a new passage."""
    steps = [
        step
        for step in definition["steps"]
        if step.get("is_on", True) and step.get("kind", "send") not in {"split", "end", "promo"}
    ]
    days = [
        min(0, int(step.get("delay", {}).get("days", 0))) for step in steps if step.get("anchor") == "date"
    ]
    if not days:
        return None
    return {
        "days": int(definition.get("horizon_days") or 30),
        "opens_by_date": all(step.get("anchor", "entry") != "entry" for step in steps),
        "first": min(days),
        "last": max(days),
    }
