"""A draft becomes a version that is answered and never changes again; a questionnaire is closed and opened again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import Conflict, Invalid
from hub.core.text import N_
from hub.questionnaires.drafts.actions import NOT_PUBLISHED, lock
from hub.questionnaires.drafts.checks import check
from hub.questionnaires.drafts.mapping import read_moved
from hub.questionnaires.drafts.queries import find_published
from hub.questionnaires.models import Questionnaire, QuestionnaireVersion
from hub.questionnaires.reading import read_definition
from hub.questionnaires.sending.ending import end_waves, move_closing
from hub.questionnaires.words import QuestionnaireState

Moved = Mapping[str, Mapping[str, Any]]
LACKING = N_(
    "The questionnaire is not ready yet. Please look at the check: what is to correct stands there first."
)
SAME = N_("Nothing has changed since the last version.")
PAST = N_("Please choose a moment that is still to come.")
IS_PAST = N_("The closing date has passed. Please choose a later one, or none.")


def publish(
    questionnaire_id: int, *, seen: str | None = None, moved: Moved | None = None, by: Actor, now: datetime
) -> int:
    """Freeze the draft as the version that is answered from now; one never published opens. Returns its number.

    `moved`: by what questions and options of the version before are replaced. Who is in the middle of an older version
    finishes it. Raises NotFound; Conflict when the draft is not what was `seen`; Invalid while something is to correct.
    """
    found = lock(questionnaire_id, seen)
    before = db.session.get(QuestionnaireVersion, found.version_id or 0)
    if before is not None and before.definition == found.draft:
        raise Conflict(SAME)
    definition = read_definition(found.draft)
    if any(finding.is_error for finding in check(definition, earlier=find_published(found.earlier_id))):
        raise Invalid(LACKING)
    kept = read_moved(read_definition(before.definition), definition, moved or {}) if before else {}
    version = _freeze(found, kept, by=by, now=now)
    if found.state is QuestionnaireState.DRAFT:
        found.state = QuestionnaireState.OPEN
    _note("questionnaire.published", found, by=by, now=now, number=version.number, moved=sorted(kept))
    return version.number


def _freeze(found: Questionnaire, moved: dict[str, Any], *, by: Actor, now: datetime) -> QuestionnaireVersion:
    last = db.session.scalar(
        select(func.max(QuestionnaireVersion.number)).where(QuestionnaireVersion.questionnaire_id == found.id)
    )
    version = QuestionnaireVersion(
        questionnaire_id=found.id,
        number=(last or 0) + 1,
        definition=found.draft,
        moved=moved,
        published_at=now,
        published_by_id=by.agent_id,
    )
    db.session.add(version)
    db.session.flush()
    found.version_id, found.earlier = version.id, []
    return version


def close(questionnaire_id: int, *, by: Actor, now: datetime) -> None:
    """No answer is taken any more; who is in the middle of it reads so, what has not been sent is called back. Raises NotFound, Conflict."""
    found = _published(questionnaire_id)
    if found.state is not QuestionnaireState.CLOSED:
        found.state = QuestionnaireState.CLOSED
        end_waves(found.id, now=now)
        _note("questionnaire.closed", found, by=by, now=now)


def reopen(questionnaire_id: int, *, by: Actor, now: datetime) -> None:
    """Answers are taken again. Raises NotFound; Conflict while its closing date has passed."""
    found = _published(questionnaire_id)
    if found.closes_at is not None and found.closes_at <= now:
        raise Conflict(IS_PAST)
    if found.state is not QuestionnaireState.OPEN:
        found.state = QuestionnaireState.OPEN
        _note("questionnaire.reopened", found, by=by, now=now)


def set_closing(questionnaire_id: int, *, closes_at: datetime | None, by: Actor, now: datetime) -> None:
    """From when nothing is taken any more, None: never by itself. Raises NotFound, Invalid."""
    found = lock(questionnaire_id)
    if closes_at == found.closes_at:
        return
    if closes_at is not None and closes_at <= now:
        raise Invalid(PAST, field="closes_on")
    found.closes_at = closes_at
    move_closing(found.id, closes_at=closes_at, now=now)
    told = closes_at.isoformat() if closes_at else None
    _note("questionnaire.closing_set", found, by=by, now=now, closes_at=told)


def _published(questionnaire_id: int) -> Questionnaire:
    found = lock(questionnaire_id)
    if found.version_id is None:
        raise Conflict(NOT_PUBLISHED)
    return found


def _note(action: str, found: Questionnaire, *, by: Actor, now: datetime, **data: Any) -> None:
    note_change(action, subject_kind="questionnaire", subject_id=found.id, by=by, now=now, **data)
