"""Articles and standard replies as pages and other doors see them."""

from dataclasses import dataclass, replace
from datetime import datetime

from hub.core.words import Channel, Language
from hub.knowledge.attaching import FileRow
from hub.knowledge.scoping import ArticleScope
from hub.knowledge.words import AfterSending, ArticleState


@dataclass(frozen=True, kw_only=True)
class ArticleRow:
    """One line of a list; the text itself stays in the base."""

    id: int
    key: str
    language: Language
    state: ArticleState
    title: str
    summary: str
    reason_id: int | None
    inserted_count: int
    updated_at: datetime


@dataclass(frozen=True)
class StateRow:
    """Since when an article was in a state, and who brought it there."""

    state: ArticleState
    agent_id: int | None
    began_at: datetime


@dataclass(frozen=True, kw_only=True)
class ArticleView(ArticleRow):
    """The whole article. `html` is safe to show; `pair_key` is "" without the other language."""

    body: str
    html: str
    owner_id: int | None
    pair_id: int | None
    pair_key: str
    pair_title: str
    pair_state: ArticleState | None
    version_number: int
    published_at: datetime | None
    scope: ArticleScope
    states: tuple[StateRow, ...]
    files: tuple[FileRow, ...]


@dataclass(frozen=True, kw_only=True)
class ArticleHit(ArticleRow):
    """An article that bears on what was asked; `text` is its body without marks, ready for a reply; `html` is safe to show.

    `score` from 0 to 1, and `why`: the words it shares with the question, and how near it means the same.
    """

    text: str
    html: str
    score: float
    why: tuple[str, ...]


@dataclass(frozen=True)
class Address:
    """A published article; `pair_key` is "" where the other language is not published."""

    key: str
    language: Language
    updated_at: datetime
    pair_key: str
    pair_language: str


@dataclass(frozen=True)
class VersionRow:
    """An article as it was saved once."""

    number: int
    title: str
    summary: str
    body: str
    html: str
    agent_id: int | None
    saved_at: datetime


@dataclass(frozen=True)
class ReplyActs:
    """What sending a standard reply also sets on the ticket; `tag_id` is one of the inbox's list.

    `pool_id`: of which it gives a promo code, in the place of `{{promo.code}}`.
    """

    reason_id: int | None = None
    state: AfterSending | None = None
    tag_id: int | None = None
    pool_id: int | None = None


NO_ACTS = ReplyActs()


@dataclass(frozen=True)
class ReplyRow:
    """A standard reply with its variables unfilled; `paragraph` is what the asked store adds, or "". No `channels`: all."""

    id: int
    key: str
    language: Language
    title: str
    body: str
    reason_id: int | None
    is_active: bool
    used_count: int
    updated_at: datetime
    paragraph: str = ""
    may_stores_add: bool = True
    channels: tuple[Channel, ...] = ()
    acts: ReplyActs = NO_ACTS


@dataclass(frozen=True)
class Filled:
    """A standard reply ready for the composer; `missing` names the variables whose value nobody knows."""

    id: int
    title: str
    text: str
    missing: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Use:
    """An article or a standard reply in an answer; `likeness`: percent of its text that was sent as it was offered."""

    article_id: int | None = None
    reply_id: int | None = None
    likeness: int


@dataclass(frozen=True)
class UseFigures:
    """Of a period: how often a text was used, edited before it left, and its ticket solved afterwards."""

    used: int
    edited: int
    solved: int
    mean_likeness: float | None


@dataclass(frozen=True)
class Suggestions:
    articles: tuple[ArticleHit, ...]
    replies: tuple[ReplyRow, ...]


@dataclass(frozen=True)
class Gap:
    """What was searched and not answered: the most used spelling, how often, when last. `is_empty`: nothing was found."""

    key: str
    words: str
    language: str
    is_empty: bool
    count: int
    last_at: datetime

    def with_more(self, other: "Gap") -> "Gap":
        return replace(self, count=self.count + other.count, last_at=max(self.last_at, other.last_at))
