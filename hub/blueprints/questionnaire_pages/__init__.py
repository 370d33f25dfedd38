"""Doors of questionnaires for customers: the first page, page after page, the end."""

from hub.blueprints.questionnaire_pages import answering, entrance, report
from hub.blueprints.questionnaire_pages.base import blueprint

__all__ = ["answering", "blueprint", "entrance", "report"]
