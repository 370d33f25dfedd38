"""Doors of what questionnaires found out."""

from hub.blueprints.questionnaire_results import files, pages, remarks, sharing
from hub.blueprints.questionnaire_results.base import blueprint
from hub.staff.words import Permission

FILES = ("answers_csv", "answers_xlsx", "answers_sav")
SHARING = ("sharing", "share", "end_sharing")
WAYS = {
    **dict.fromkeys((*FILES, *SHARING, "themes", "save"), Permission.EDIT_SURVEYS),
    "open_ticket": Permission.ANSWER_TICKETS,
}
"""Files of answers, which may name people, the shared report and the themes of comments are for those who may edit questionnaires."""

__all__ = ["WAYS", "blueprint", "files", "pages", "remarks", "sharing"]
