"""Doors of what questionnaires found out."""

from hub.blueprints.questionnaire_results import files, pages
from hub.blueprints.questionnaire_results.base import blueprint

HANDING_OUT = ("answers_csv", "answers_xlsx")
"""Files of answers, which may name people: for those who may edit questionnaires."""

__all__ = ["HANDING_OUT", "blueprint", "files", "pages"]
