"""What templates are called, for lists of messages: one statement for a whole page."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from hub.content.models import MessageTemplate, TemplateVersion
from hub.core.db import db


@dataclass(frozen=True)
class TemplateName:
    """`name` is what a marketer called the template; empty for those of the product, which pages name by `key`."""

    key: str
    name: str


def get_own_names() -> dict[str, str]:
    """Key → name of the templates that were made here."""
    made = select(MessageTemplate.key, MessageTemplate.name).where(MessageTemplate.name != "")
    return dict(db.session.execute(made).all())


def get_template_names(version_ids: Collection[int]) -> dict[int, TemplateName]:
    """By version id; unknown ones are left out."""
    if not version_ids:
        return {}
    rows = db.session.execute(
        select(TemplateVersion.id, MessageTemplate.key, MessageTemplate.name)
        .join(MessageTemplate, MessageTemplate.id == TemplateVersion.template_id)
        .where(TemplateVersion.id.in_(set(version_ids)))
    )
    return {version_id: TemplateName(key, name) for version_id, key, name in rows}
