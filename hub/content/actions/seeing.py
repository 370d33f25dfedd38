"""Holds what a person saw of the drafts against what is there: another's work is neither lost nor published unseen."""

from collections.abc import Mapping

from sqlalchemy import select

from hub.content.models import MessageTemplate, TemplateDraft
from hub.content.rows import SeenDraft
from hub.content.words import TEST_PREFIX
from hub.core.actor import Actor
from hub.core.db import db
from hub.core.errors import Conflict, NotFound
from hub.core.text import N_
from hub.core.words import Language

NO_TEMPLATE = N_("There is no such template. Please choose another one.")
CHANGED = N_(
    "Somebody else changed the draft since you opened the page; nothing was done. "
    "Please read the draft as it is now, then decide again."
)


def lock_template(key: str) -> MessageTemplate:
    """The template, locked: no draft of it begins, ends or is published meanwhile. Raises NotFound."""
    row = db.session.scalar(select(MessageTemplate).where(MessageTemplate.key == key).with_for_update())
    if row is None or key.startswith(TEST_PREFIX):
        raise NotFound(NO_TEMPLATE)
    return row


def lock_drafts(template_id: int) -> dict[Language, TemplateDraft]:
    """The drafts of a template as they are now, locked."""
    rows = db.session.scalars(
        select(TemplateDraft)
        .where(TemplateDraft.template_id == template_id)
        .order_by(TemplateDraft.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.language: row for row in rows}


def check_seen(template_id: int, seen: Mapping[Language, SeenDraft], *, by: Actor) -> None:
    """Lock the drafts. Raises Conflict unless they are those that were seen, saved since by nobody else."""
    rows = lock_drafts(template_id)
    if rows.keys() != seen.keys() or not all(is_seen(rows[each], seen[each], by) for each in rows):
        raise Conflict(CHANGED)


def is_seen(row: TemplateDraft, seen: SeenDraft | None, by: Actor) -> bool:
    """Whether this very draft was seen, and nobody else saved it since."""
    return seen is not None and row.id == seen.draft_id and is_alone(row, seen.revision, by)


def is_alone(row: TemplateDraft, seen_revision: int, by: Actor) -> bool:
    """Whether nobody else saved since: a save while typing may cross with a button pressed by the same person."""
    if row.revision == seen_revision:
        return True
    return row.edited_by_id == by.agent_id and row.run_revision - 1 <= seen_revision < row.revision
