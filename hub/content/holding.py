"""The content room holds templates and no customer; those of one mailing may have been written to a person."""

from hub.content import models
from hub.core.personal import Apart, Holding

MODELS = (models,)
"""Imported, so that the tables below are known to whoever reads this."""
_WRITTEN = "texts for all customers, with blanks for their values"

HOLDINGS: tuple[Holding, ...] = (
    Apart(table="message_templates", why=_WRITTEN),
    Apart(table="template_versions", why=_WRITTEN),
    Apart(table="template_drafts", why=_WRITTEN),
)
