"""Words that the customers of this chain use for one another, beside those every shop knows: one group a line."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import Invalid
from hub.core.stemming import cut
from hub.core.text import N_
from hub.core.words import Language
from hub.knowledge.models import SynonymList

LONGEST, MOST_LINES, LEAST_WORDS = 20_000, 1_000, 2


@dataclass(frozen=True)
class OwnSynonyms:
    """`changed_at` None: nothing was ever written."""

    text: str = ""
    changed_at: datetime | None = None


def get_synonyms(language: Language) -> OwnSynonyms:
    row = db.session.execute(
        select(SynonymList.text, SynonymList.changed_at).where(SynonymList.language == language)
    ).one_or_none()
    return OwnSynonyms(row.text, row.changed_at) if row else OwnSynonyms()


def save_synonyms(language: Language, text: str, *, by: Actor, now: datetime) -> None:
    """Each line is a group of at least two words; empty lines go. Raises Invalid with the line to correct."""
    lines = [" ".join(line.split()) for line in text.replace("\x00", "").splitlines() if line.strip()]
    for number, line in enumerate(lines, 1):
        if len(set(cut(line))) < LEAST_WORDS:
            raise Invalid(
                N_("Line %(line)s needs at least two words: %(words)s"), field="text", line=number, words=line
            )
    clean = "\n".join(lines)
    if len(clean) > LONGEST or len(lines) > MOST_LINES:
        raise Invalid(N_("Please write at most %(most)s characters here."), field="text", most=LONGEST)
    given = {"text": clean, "changed_at": now}
    statement = insert(SynonymList).values(language=language, **given)
    db.session.execute(statement.on_conflict_do_update(index_elements=["language"], set_=given))
    note_change(
        "knowledge.synonyms", subject_kind="synonyms", subject_id=None, by=by, now=now, lines=len(lines)
    )
