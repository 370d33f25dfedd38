"""The themes of comments: edited by people, and read into comments again when they changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db, ring_after_commit
from hub.core.errors import Invalid, NotFound
from hub.core.text import N_
from hub.questionnaires.results.models import CommentTheme, QuestionnaireComment
from hub.questionnaires.results.themes import Theme, find_themes, read_keywords
from hub.reasons.queries import get_reason

BELL = "questionnaire_counts"
BATCH = 1_000
LONGEST_NAME = 80
MOST_KEYWORDS = 200
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
A_MOMENT = timedelta(microseconds=1)
"""Two changes at one moment of the demo's clock are still two."""


@dataclass(frozen=True)
class Themes:
    """Those that are looked for, and when any was changed last: comments that were read earlier are read again."""

    active: tuple[Theme, ...]
    changed_at: datetime

    def have_work(self) -> bool:
        waiting = select(QuestionnaireComment.id).where(QuestionnaireComment.themed_at < self.changed_at)
        return self.changed_at > NEVER and db.session.scalar(waiting.limit(1)) is not None


def get_themes() -> Themes:
    rows = db.session.scalars(select(CommentTheme).order_by(CommentTheme.id)).all()
    active = tuple(Theme(row.id, tuple(row.keywords)) for row in rows if row.is_active)
    return Themes(active, max((row.changed_at for row in rows), default=NEVER))


def retheme(size: int = BATCH) -> int:
    """Read a batch of comments again that were read before the themes changed. Returns how many."""
    themes = get_themes()
    if themes.changed_at == NEVER:
        return 0
    found = db.session.execute(
        select(QuestionnaireComment.id, QuestionnaireComment.language, QuestionnaireComment.stems)
        .where(QuestionnaireComment.themed_at < themes.changed_at)
        .order_by(QuestionnaireComment.themed_at, QuestionnaireComment.id)
        .limit(size)
        .with_for_update(skip_locked=True)
    ).all()
    if found:
        db.session.execute(
            update(QuestionnaireComment),
            [
                {
                    "id": row.id,
                    "theme_ids": find_themes(row.stems, themes.active, row.language),
                    "themed_at": themes.changed_at,
                }
                for row in found
            ],
        )
    return len(found)


def save_theme(
    *,
    theme_id: int | None,
    name_fr: str,
    name_en: str,
    keywords: str,
    reason_id: int | None,
    is_active: bool = True,
    by: Actor,
    now: datetime,
) -> int:
    """Write one theme; its comments follow within a while. Raises Invalid without a name or a keyword."""
    name, words = " ".join(name_fr.split())[:LONGEST_NAME], read_keywords(keywords)[:MOST_KEYWORDS]
    if not name:
        raise Invalid(N_("Please give the theme a name."), field="name_fr")
    if not words:
        raise Invalid(N_("Please give at least one keyword."), field="keywords")
    _check_reason(reason_id)
    row = CommentTheme() if theme_id is None else _get(theme_id)
    row.name_fr, row.name_en = name, " ".join(name_en.split())[:LONGEST_NAME]
    row.keywords, row.reason_id, row.is_active = list(words), reason_id, is_active
    row.changed_at = max(now, get_themes().changed_at + A_MOMENT)
    db.session.add(row)
    db.session.flush()
    note_change("theme_saved", subject_kind="questionnaire_theme", subject_id=row.id, by=by, now=now)
    ring_after_commit(BELL)
    return row.id


def _check_reason(reason_id: int | None) -> None:
    if reason_id is None:
        return
    try:
        get_reason(reason_id)
    except NotFound as error:
        raise Invalid(error.text, field="reason") from None


def _get(theme_id: int) -> CommentTheme:
    row = db.session.get(CommentTheme, theme_id)
    if row is None:
        raise NotFound(N_("This theme does not exist."))
    return row


def list_themes() -> Sequence[CommentTheme]:
    return db.session.scalars(select(CommentTheme).order_by(CommentTheme.name_fr, CommentTheme.id)).all()
