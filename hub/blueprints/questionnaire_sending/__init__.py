"""Doors of sending a questionnaire out: its waves with their figures, one wave, a new one foreseen and confirmed, stopped."""

from hub.blueprints.questionnaire_sending import pages, sending
from hub.blueprints.questionnaire_sending.base import DOOR

__all__ = ["DOOR", "pages", "sending"]
