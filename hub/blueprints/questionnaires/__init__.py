"""Doors of the questionnaires' builder: the list, drafts as timelines, forms of pages and questions."""

from hub.blueprints.questionnaires import about, edit, lists, parts, preview, publishing
from hub.blueprints.questionnaires.base import blueprint

READING = ("list_questionnaires",)
"""What who may read surveys may open; all the rest is for who may edit them."""

__all__ = ["READING", "about", "blueprint", "edit", "lists", "parts", "preview", "publishing"]
