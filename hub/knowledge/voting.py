"""Whether an article helped its readers, and why not: votes by version, counted and read by the editors."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from hub.core.db import db
from hub.core.text import SPACES
from hub.knowledge.models import Article, ArticleVote
from hub.knowledge.words import VoteReason

LONGEST_WORDS, SAID = 500, 30


@dataclass(frozen=True)
class Votes:
    """How many readers an article, or one version of it, helped and did not help."""

    yes_count: int = 0
    no_count: int = 0

    @property
    def count(self) -> int:
        return self.yes_count + self.no_count

    @property
    def percent(self) -> int:
        return round(100 * self.yes_count / self.count) if self.count else 0


@dataclass(frozen=True)
class Own:
    """What a person of the staff said of a version."""

    is_helpful: bool
    reason: VoteReason | None
    words: str


@dataclass(frozen=True)
class VersionVotes:
    number: int
    votes: Votes
    own: Own | None


@dataclass(frozen=True)
class Said:
    """A vote with its reason or words; `agent_id` is None for a reader of the help centre."""

    version_number: int
    is_helpful: bool
    reason: VoteReason | None
    words: str
    agent_id: int | None
    voted_at: datetime


def vote(
    *,
    article_id: int,
    version_number: int,
    is_helpful: bool,
    reason: VoteReason | None = None,
    words: str = "",
    agent_id: int | None = None,
    now: datetime,
) -> int | None:
    """Keep a vote; one of the staff takes the place of the same person's on this version. Returns its id.

    None, and nothing is kept, for a version that never was.
    """
    newest = db.session.scalar(select(Article.version_number).where(Article.id == article_id)) or 0
    if not 1 <= version_number <= newest:
        return None
    given = {
        "is_helpful": is_helpful,
        "reason": None if is_helpful else reason,
        "words": _line(words),
        "voted_at": now,
    }
    statement = insert(ArticleVote).values(
        article_id=article_id, version_number=version_number, agent_id=agent_id, **given
    )
    again = statement.on_conflict_do_update(
        index_elements=["article_id", "version_number", "agent_id"], set_=given
    )
    return db.session.scalar(again.returning(ArticleVote.id))


def explain(*, vote_id: int, reason: VoteReason | None, words: str) -> None:
    """Why an article did not help a reader who has just said so; said once."""
    unexplained = (ArticleVote.reason.is_(None), ArticleVote.words == "", ArticleVote.is_helpful.is_(False))
    statement = update(ArticleVote).where(ArticleVote.id == vote_id, *unexplained)
    db.session.execute(statement.values(reason=reason, words=_line(words)))


def count_votes(article_ids: Collection[int]) -> dict[int, Votes]:
    """By article, over all its versions; one without votes is left out."""
    chosen = select(ArticleVote.article_id, *_COUNTS).where(ArticleVote.article_id.in_(article_ids))
    rows = db.session.execute(chosen.group_by(ArticleVote.article_id))
    return {article_id: Votes(yes, no) for article_id, yes, no in rows}


def count_by_version(article_id: int) -> dict[int, Votes]:
    """The newest version first."""
    return {row.number: row.votes for row in list_by_version(article_id, agent_id=0)}


def list_by_version(article_id: int, *, agent_id: int) -> list[VersionVotes]:
    """The newest version first, each with what this person of the staff said of it."""
    own = ArticleVote.agent_id == agent_id
    columns: tuple[Any, ...] = (ArticleVote.is_helpful, ArticleVote.reason, ArticleVote.words)
    helped, reason, said = (func.array_agg(column).filter(own) for column in columns)
    chosen = select(ArticleVote.version_number, *_COUNTS, helped, reason, said)
    chosen = chosen.where(ArticleVote.article_id == article_id).group_by(ArticleVote.version_number)
    rows = db.session.execute(chosen.order_by(ArticleVote.version_number.desc()).limit(20))
    return [
        VersionVotes(number, Votes(yes, no), Own(helped[0], reason[0], said[0]) if helped else None)
        for number, yes, no, helped, reason, said in rows
    ]


def list_said(article_id: int) -> list[Said]:
    """The latest reasons and words."""
    chosen = select(ArticleVote).where(
        ArticleVote.article_id == article_id, or_(ArticleVote.reason.is_not(None), ArticleVote.words != "")
    )
    rows = db.session.scalars(chosen.order_by(ArticleVote.voted_at.desc(), ArticleVote.id.desc()).limit(SAID))
    return [_said(row) for row in rows]


def _said(row: ArticleVote) -> Said:
    return Said(row.version_number, row.is_helpful, row.reason, row.words, row.agent_id, row.voted_at)


def _line(words: str) -> str:
    return SPACES.sub(" ", words.replace("\x00", "")).strip()[:LONGEST_WORDS]


_COUNTS = (
    func.count().filter(ArticleVote.is_helpful.is_(True)),
    func.count().filter(ArticleVote.is_helpful.is_(False)),
)
