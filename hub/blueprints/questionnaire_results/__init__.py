"""Doors of what questionnaires found out."""

from hub.blueprints.questionnaire_results import files, pages, remarks
from hub.blueprints.questionnaire_results.base import blueprint
from hub.staff.words import Permission

WAYS = {
    **dict.fromkeys(
        ("answers_csv", "answers_xlsx", "answers_sav", "themes", "save"), Permission.EDIT_SURVEYS
    ),
    "open_ticket": Permission.ANSWER_TICKETS,
}
"""Files of answers, which may name people, and the themes of comments are for those who may edit questionnaires."""

__all__ = ["WAYS", "blueprint", "files", "pages", "remarks"]
