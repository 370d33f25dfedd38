"""Doors of what customers are worth: stages, RFM map, churn score, cohorts and value, tiers, definitions."""

from hub.blueprints.values import churn, cohorts, defining, members, rfm, stages, tiers
from hub.blueprints.values.base import blueprint

__all__ = ["EDITING", "blueprint", "churn", "cohorts", "defining", "members", "rfm", "stages", "tiers"]

EDITING = ("show_definitions", "save_definitions", "edit_tiers", "save_tiers", "members_csv")
"""Endpoints that change the chain's definitions, or hand customers out as the export of a segment does."""
