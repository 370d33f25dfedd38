"""Many templates at once as they would be sent now, by their language."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from hub.content.models import MessageTemplate, TemplateVersion
from hub.content.queries.versions import get_version
from hub.content.rendering import Part, PreparedTemplate, Section, Slot
from hub.content.review_links import count_review_links
from hub.content.rules import REVIEW_LINKS
from hub.content.words import TemplateState
from hub.core.batches import among
from hub.core.questions import Question
from hub.core.words import Language


def list_published(keys: Collection[str]) -> dict[tuple[str, Language], PreparedTemplate]:
    """The versions in use now of these templates, in the languages that are published; one statement for their ids."""
    return ask_published(keys).ask()


def ask_published(keys: Collection[str]) -> Question[dict[tuple[str, Language], PreparedTemplate]]:
    version, template = TemplateVersion, MessageTemplate
    found = (
        select(template.key, version.language, version.id)
        .join(template, template.id == version.template_id)
        .where(among(template.key, keys), version.state == TemplateState.PUBLISHED)
        .ext(distinct_on(template.key, version.language))
        .order_by(template.key, version.language, version.is_own.desc())
    )
    return Question((found,), lambda rows: {(key, language): get_version(row) for key, language, row in rows})


def leads_to_reviews(template: PreparedTemplate, links: Collection[str]) -> bool:
    """Whether a message of this template invites to publish a review: by the value for it, or by a typed address."""
    parts = (*template.html, *template.text, *template.sms_text)
    return bool(REVIEW_LINKS & _slots(parts)) or count_review_links(_words(parts), links) > 0


def _slots(parts: tuple[Part, ...]) -> set[str]:
    found: set[str] = set()
    for part in parts:
        if isinstance(part, Slot):
            found.add(part.name)
        elif isinstance(part, Section):
            found |= _slots(part.parts)
    return found


def _words(parts: tuple[Part, ...]) -> str:
    return " ".join(
        _words(part.parts) if isinstance(part, Section) else "" if isinstance(part, Slot) else part
        for part in parts
    )
