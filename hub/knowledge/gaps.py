"""What the base does not answer: searches in vain and searches whose results nobody opened, as a work list that is worked off."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2s

from sqlalchemy import and_, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import Invalid
from hub.core.stemming import is_said, line_of, stems_of
from hub.core.text import N_
from hub.core.words import Language
from hub.knowledge.models import GapMark, SearchLog
from hub.knowledge.rows import Gap
from hub.knowledge.terms import meaningful
from hub.knowledge.words import GapState, SearchPlace

LOOKED_AT = 2_000
LEAST_UNOPENED = 2
"""One who opened nothing may have read the answer in the list of results; two are a sign."""
TIME_TO_OPEN = timedelta(minutes=30)
LONGEST_KEY, KEY_BYTES = 100, 12


@dataclass(frozen=True)
class Mark:
    """What an editor said of a gap; what came before `marked_at` is dealt with."""

    state: GapState
    agent_id: int | None
    marked_at: datetime


def list_searches(
    *, since: datetime, now: datetime, until: datetime | None = None, about: Sequence[str] = ()
) -> list[Gap]:
    """Searches since then, or between both, that found nothing, or of which nobody opened an answer; the most asked first.

    The same question in other forms or another order of its words is one gap. `about`: only searches that hold one of
    these words, or several in a row, in any form.
    """
    nothing = SearchLog.found_count == 0
    unopened = and_(
        SearchLog.clicked_article_id.is_(None),
        SearchLog.place == SearchPlace.HELP.value,
        SearchLog.searched_at < now - TIME_TO_OPEN,
    )
    period = [SearchLog.searched_at >= since, *([SearchLog.searched_at < until] if until else [])]
    rows = db.session.execute(
        select(
            func.max(SearchLog.words),
            SearchLog.language,
            nothing,
            func.count(),
            func.max(SearchLog.searched_at),
        )
        .where(*period, or_(nothing, unopened))
        .group_by(func.lower(SearchLog.words), SearchLog.language, nothing)
        .order_by(func.count().desc(), func.max(SearchLog.searched_at).desc())
        .limit(LOOKED_AT)
    )
    found = _joined(Gap(_key(*row[:3]), *row) for row in rows)
    kept = (gap for gap in found if gap.is_empty or gap.count >= LEAST_UNOPENED)
    return [gap for gap in kept if not about or _speaks_of(gap, about)]


def count_searches(*, since: datetime, until: datetime) -> dict[str, tuple[int, int]]:
    """By place (SearchPlace): how many searches found nothing, of how many."""
    counted = (
        select(SearchLog.place, func.count().filter(SearchLog.found_count == 0), func.count())
        .where(SearchLog.searched_at >= since, SearchLog.searched_at < until)
        .group_by(SearchLog.place)
    )
    return {place: (empty, total) for place, empty, total in db.session.execute(counted)}


def list_marks(keys: Iterable[str]) -> dict[str, Mark]:
    rows = db.session.scalars(select(GapMark).where(GapMark.key.in_(list(keys))))
    return {row.key: Mark(row.state, row.agent_id, row.marked_at) for row in rows}


def mark_gap(key: str, state: GapState, *, by: Actor, now: datetime) -> None:
    """Put a gap aside, say that it is done, or take it up again. Done: it comes back when it happens anew."""
    if not key or len(key) > LONGEST_KEY or "\x00" in key:
        raise Invalid(N_("This line of the list does not exist any more. Please open the list again."))
    given = {"state": state, "agent_id": by.agent_id, "marked_at": now}
    statement = insert(GapMark).values(key=key, **given)
    db.session.execute(statement.on_conflict_do_update(index_elements=["key"], set_=given))
    note_change(
        "knowledge.gap", subject_kind="knowledge_gap", subject_id=None, by=by, now=now, state=state.value
    )


def _joined(gaps: Iterable[Gap]) -> list[Gap]:
    """The same question asked in several ways, under the way most used."""
    found: dict[str, Gap] = {}
    for gap in gaps:
        same = found.get(gap.key)
        found[gap.key] = same.with_more(gap) if same else gap
    return sorted(found.values(), key=lambda gap: (-gap.count, gap.words))


def _key(words: str, language: str, is_empty: bool) -> str:
    """Says nothing of the words, which may name somebody: searches go after a while, marks stay."""
    stems = sorted(set(stems_of(" ".join(meaningful(words, Language(language))), Language(language))))
    told = blake2s(" ".join(stems or [words.lower()]).encode(), digest_size=KEY_BYTES).hexdigest()
    return f"{'search' if is_empty else 'unopened'}:{language}:{told}"


def _speaks_of(gap: Gap, about: Sequence[str]) -> bool:
    language = Language(gap.language)
    line = line_of(stems_of(gap.words, language))
    return any(is_said(words, line, language) for words in about)


def state_of(mark: Mark | None, last_at: datetime) -> GapState:
    """What an editor said last; done is open again once it has happened anew."""
    if mark is None or (mark.state is GapState.DONE and last_at > mark.marked_at):
        return GapState.OPEN
    return mark.state
