"""Doors of the ways a questionnaire is handed out: open links, frames, codes for the counter."""

from hub.blueprints.questionnaire_links import codes, pages
from hub.blueprints.questionnaire_links.base import WAYS, blueprint

__all__ = ["WAYS", "blueprint", "codes", "pages"]
