"""Writes questionnaires and their drafts: begun, changed, taken back, named, thrown away."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import Conflict, Invalid, NotFound
from hub.core.text import N_
from hub.questionnaires.drafts.documents import fingerprint, tidy
from hub.questionnaires.drafts.editing import fresh
from hub.questionnaires.drafts.queries import NO_QUESTIONNAIRE
from hub.questionnaires.models import Questionnaire, QuestionnaireVersion
from hub.questionnaires.reading import read_definition
from hub.questionnaires.words import QuestionnaireState

MOST_EARLIER = 20
LONGEST_NAME = 80
CHANGED = N_(
    "Somebody else changed this questionnaire since you opened the page; your change was not made. "
    "Please look at it as it is now, then decide again."
)
NOTHING_EARLIER = N_("There is no earlier change to take back.")
NO_NAME = N_("Please give the questionnaire a name.")
LONG_NAME = N_("A name has %(most)s characters at most.")
WAS_PUBLISHED = N_("This questionnaire was published: it can be closed, not thrown away.")
NOT_PUBLISHED = N_("This questionnaire was never published: there is nothing to go back to.")


def lock(questionnaire_id: int, seen: str | None = None) -> Questionnaire:
    """The row, locked. Raises NotFound; Conflict when its draft is not what was `seen`."""
    found = db.session.scalar(
        select(Questionnaire)
        .where(Questionnaire.id == questionnaire_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound(NO_QUESTIONNAIRE)
    if seen is not None and fingerprint(found.draft) != seen:
        raise Conflict(CHANGED)
    return found


def create_questionnaire(
    *, name: str, document: Mapping[str, Any], earlier_id: int | None = None, by: Actor, now: datetime
) -> int:
    """Begin one; nobody can answer before it is published. `earlier_id`: whose results it will be compared with. Raises Invalid."""
    kept, draft = _checked_name(name), tidy(document)
    read_definition(draft)
    made = Questionnaire(
        key=_free_key(kept),
        name=kept,
        state=QuestionnaireState.DRAFT,
        draft=draft,
        draft_changed_at=now,
        draft_changed_by_id=by.agent_id,
        earlier_id=earlier_id,
        created_at=now,
        created_by_id=by.agent_id,
    )
    db.session.add(made)
    db.session.flush()
    _note("questionnaire.created", made, by=by, now=now)
    return made.id


def _free_key(name: str) -> str:
    root = fresh(name, ())
    taken = db.session.scalars(select(Questionnaire.key).where(Questionnaire.key.startswith(root[:20])))
    return fresh(root, taken)


def _checked_name(name: str) -> str:
    kept = " ".join(name.split())
    if not kept:
        raise Invalid(NO_NAME, field="name")
    if len(kept) > LONGEST_NAME:
        raise Invalid(LONG_NAME, field="name", most=LONGEST_NAME)
    return kept


def change_draft(
    *, questionnaire_id: int, document: Mapping[str, Any], seen: str, by: Actor, now: datetime
) -> str:
    """Keep the new content; it may lack things. Returns what to hand in as `seen` with the next change.

    Raises Conflict when the draft is not what was `seen` any more, Invalid on what no page of ours can show.
    """
    found, draft = lock(questionnaire_id, seen), tidy(document)
    read_definition(draft)
    if draft != found.draft:
        found.earlier = [*found.earlier, found.draft][-MOST_EARLIER:]
        _sign(found, draft, by=by, now=now)
    return fingerprint(found.draft)


def undo_change(*, questionnaire_id: int, seen: str, by: Actor, now: datetime) -> str:
    """Back to the content before the last change, whoever made it. Returns the next `seen`; raises Conflict."""
    found = lock(questionnaire_id, seen)
    if not found.earlier:
        raise Conflict(NOTHING_EARLIER)
    *found.earlier, last = found.earlier
    _sign(found, last, by=by, now=now)
    return fingerprint(found.draft)


def _sign(found: Questionnaire, document: Mapping[str, Any], *, by: Actor, now: datetime) -> None:
    found.draft = dict(document)
    found.draft_changed_by_id, found.draft_changed_at = by.agent_id, now


def rename(
    *, questionnaire_id: int, name: str, earlier_id: int | None = None, by: Actor, now: datetime
) -> None:
    """Its name among the staff, and whose results it is compared with. Raises Invalid."""
    found, kept = lock(questionnaire_id), _checked_name(name)
    if earlier_id == found.id:
        raise Invalid(N_("A questionnaire is not compared with itself."), field="earlier_id")
    if earlier_id is not None and db.session.get(Questionnaire, earlier_id) is None:
        raise Invalid(NO_QUESTIONNAIRE, field="earlier_id")
    if (kept, earlier_id) == (found.name, found.earlier_id):
        return
    found.name, found.earlier_id = kept, earlier_id
    _note("questionnaire.renamed", found, by=by, now=now, earlier_id=earlier_id)


def discard(*, questionnaire_id: int, seen: str | None = None, by: Actor, now: datetime) -> None:
    """Throw away one that was never published. Raises Conflict."""
    found = lock(questionnaire_id, seen)
    if found.version_id is not None:
        raise Conflict(WAS_PUBLISHED)
    _note("questionnaire.discarded", found, by=by, now=now)
    db.session.delete(found)
    db.session.flush()


def drop_changes(*, questionnaire_id: int, seen: str | None = None, by: Actor, now: datetime) -> None:
    """The draft is again what is published; undoing brings the changes back. Raises Conflict."""
    found = lock(questionnaire_id, seen)
    version = db.session.get(QuestionnaireVersion, found.version_id or 0)
    if version is None:
        raise Conflict(NOT_PUBLISHED)
    change_draft(
        questionnaire_id=found.id,
        document=version.definition,
        seen=fingerprint(found.draft),
        by=by,
        now=now,
    )


def _note(action: str, found: Questionnaire, *, by: Actor, now: datetime, **data: Any) -> None:
    note_change(action, subject_kind="questionnaire", subject_id=found.id, by=by, now=now, **data)
