"""Doors of what questionnaires found out."""

from hub.blueprints.questionnaire_results import pages
from hub.blueprints.questionnaire_results.base import blueprint

__all__ = ["blueprint", "pages"]
