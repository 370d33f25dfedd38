"""What changes the knowledge base: articles with their versions, standard replies, figures of their use."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import select, update

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db, ring_after_commit
from hub.core.errors import Conflict, Invalid, NotFound
from hub.core.text import N_, SPACES, fold, slug
from hub.core.words import Channel, Language
from hub.knowledge import indexing, rules
from hub.knowledge.models import Article, ArticleStateChange, ArticleVersion, SearchLog, StandardReply
from hub.knowledge.replies import NO_REPLY
from hub.knowledge.rows import NO_ACTS, ReplyActs
from hub.knowledge.scoping import ArticleScope, write_scope
from hub.knowledge.words import ArticleState, SearchPlace
from hub.stores.queries import find_day

KEY_LENGTH = 80
OPENED_WITHIN = timedelta(hours=1)
RESERVED = frozenset({"search"})  # addresses of the help centre itself


def save_article(
    *,
    article_id: int | None,
    language: Language,
    title: str,
    summary: str,
    body: str,
    state: ArticleState,
    reason_id: int | None = None,
    pair_id: int | None = None,
    scope: ArticleScope | None = None,
    seen_version: int | None = None,
    key: str | None = None,
    by: Actor,
    now: datetime,
) -> str:
    """Write an article and keep its version; returns its key, which never changes once given.

    The language of an existing article stays, and its scope where none is given. Raises Invalid, NotFound, or Conflict when somebody saved after
    `seen_version`.
    """
    text = rules.check_article(title=title, summary=summary, body=body)
    if article_id is None:
        row = _new_article(key or text.title, language, by, now)
    else:
        row = _next_version(article_id, seen_version)
    row.title, row.summary, row.body, row.sort_key = text.title, text.summary, text.body, fold(text.title)
    row.reason_id, row.updated_at = reason_id, now
    db.session.add(row)
    db.session.flush()
    _set_state(row, state, by, now, is_new=article_id is None)
    if scope is not None:
        write_scope(row, scope, today=find_day(now))
    _pair(row, pair_id)
    _keep_version(row, by, now)
    note_change("article.saved", subject_kind="article", subject_id=row.id, by=by, now=now, state=state.value)
    return row.key


def restore_version(*, article_id: int, number: int, by: Actor, now: datetime) -> None:
    """The text of an earlier version becomes the newest one; nothing is lost. Raises NotFound."""
    row = _locked(article_id)
    old = db.session.scalar(
        select(ArticleVersion).where(ArticleVersion.article_id == article_id, ArticleVersion.number == number)
    )
    if old is None:
        raise NotFound(N_("This version does not exist. Please choose one of the list."))
    row.title, row.summary, row.body, row.sort_key = old.title, old.summary, old.body, fold(old.title)
    row.version_number += 1
    row.updated_at = now
    _keep_version(row, by, now)
    note_change("article.restored", subject_kind="article", subject_id=row.id, by=by, now=now, number=number)


def save_standard_reply(
    *,
    reply_id: int | None,
    language: Language,
    title: str,
    body: str,
    reason_id: int | None = None,
    is_active: bool = True,
    may_stores_add: bool = True,
    channels: Collection[Channel] = (),
    acts: ReplyActs = NO_ACTS,
    key: str | None = None,
    by: Actor,
    now: datetime,
) -> int:
    """Write a standard reply; returns its id. Raises Invalid (also for an unknown variable) or NotFound."""
    name, clean = rules.check_reply(title=title, body=body, gives_code=acts.pool_id is not None)
    row = StandardReply(used_count=0) if reply_id is None else db.session.get(StandardReply, reply_id)
    if row is None:
        raise NotFound(NO_REPLY)
    if reply_id is not None:
        _check_alone(row, language)
    row.key = row.key or _free_reply_key(slug(key or name)[:KEY_LENGTH] or "reply", language)
    row.language, row.title, row.sort_key, row.body = language, name, fold(name), clean
    row.reason_id, row.updated_at = reason_id, now
    row.is_active, row.may_stores_add = is_active, may_stores_add
    row.channels = [each.value for each in Channel if each in channels]
    _write_acts(row, acts)
    db.session.add(row)
    db.session.flush()
    note_change(
        "standard_reply.saved",
        subject_kind="standard_reply",
        subject_id=row.id,
        by=by,
        now=now,
        channels=row.channels,
        sets=asdict(acts),
    )
    return row.id


def _write_acts(row: StandardReply, acts: ReplyActs) -> None:
    row.sets_reason_id, row.sets_state, row.sets_tag_id = acts.reason_id, acts.state, acts.tag_id
    row.gives_pool_id = acts.pool_id


def note_search(
    *, words: str, language: Language, place: SearchPlace, found_count: int, now: datetime
) -> int | None:
    """Keep a search that a person made, and return its id; none found is a gap of the base. None without words."""
    clean = SPACES.sub(" ", words.replace("\x00", "")).strip()[: rules.LONGEST_SEARCH]
    if not clean:
        return None
    row = SearchLog(
        words=clean, language=language.value, place=place.value, found_count=found_count, searched_at=now
    )
    db.session.add(row)
    db.session.flush()
    return row.id


def note_opened(*, search_id: int, article_id: int, now: datetime) -> None:
    """Which article was opened first of what a search found, within the hour; what is guessed or late counts nowhere."""
    mine = (SearchLog.id == search_id, SearchLog.clicked_article_id.is_(None), SearchLog.found_count > 0)
    statement = update(SearchLog).where(*mine, SearchLog.searched_at > now - OPENED_WITHIN)
    db.session.execute(statement.values(clicked_article_id=article_id))


def _new_article(wanted: str, language: Language, by: Actor, now: datetime) -> Article:
    base = slug(wanted)[:KEY_LENGTH].strip("-") or "article"
    return Article(
        key=_free_key(base),
        language=language,
        state=ArticleState.DRAFT,
        owner_id=by.agent_id,
        version_number=1,
        inserted_count=0,
        created_at=now,
    )


def _next_version(article_id: int, seen_version: int | None) -> Article:
    """The article, locked, with its next number. Raises Conflict when somebody saved after `seen_version`."""
    row = _locked(article_id)
    if seen_version is not None and seen_version != row.version_number:
        raise Conflict(
            N_(
                "Somebody else saved this article in the meantime. Please open it again; your text is kept here."
            )
        )
    row.version_number += 1
    return row


def _free_key(base: str) -> str:
    """`retours`, or `retours-2` when that is taken."""
    same = select(Article.key).where(Article.key.startswith(base, autoescape=True))
    taken = RESERVED | set(db.session.scalars(same))
    return _free(base, taken)


def _free(base: str, taken: Collection[str]) -> str:
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return next(key for key in (base, *numbered) if key not in taken)


def _free_reply_key(base: str, language: Language) -> str:
    same = StandardReply.key.startswith(base, autoescape=True)
    taken = set(db.session.scalars(select(StandardReply.key).where(same, StandardReply.language == language)))
    return _free(base, taken)


def _check_alone(row: StandardReply, language: Language) -> None:
    """A reply has one text in each language. Raises Invalid."""
    other = select(StandardReply.title).where(
        StandardReply.key == row.key, StandardReply.language == language, StandardReply.id != row.id
    )
    title = db.session.scalar(other)
    if title is not None:
        raise Invalid(
            N_("This reply stands in that language already: “%(title)s”. Please change that one."),
            field="language",
            title=title,
        )


def _locked(article_id: int) -> Article:
    row = db.session.scalar(select(Article).where(Article.id == article_id).with_for_update())
    if row is None:
        raise NotFound(N_("This article does not exist any more. Please search for another one."))
    return row


def _set_state(row: Article, state: ArticleState, by: Actor, now: datetime, *, is_new: bool) -> None:
    """Each state keeps the day on which it began."""
    if state is row.state and not is_new:
        return
    if state is ArticleState.PUBLISHED:
        row.published_at = now
    row.state = state
    db.session.add(ArticleStateChange(article_id=row.id, state=state, agent_id=by.agent_id, began_at=now))


def _pair(row: Article, pair_id: int | None) -> None:
    """The same article in the other language points back; whoever was paired before is alone again."""
    other = db.session.get(Article, pair_id) if pair_id else None
    if other is not None and other.language is row.language:
        raise Invalid(N_("Please choose an article in the other language."), field="pair_id")
    ids = [row.id] if other is None else [row.id, other.id]
    db.session.execute(update(Article).where(Article.pair_id.in_(ids)).values(pair_id=None))
    row.pair_id = other.id if other else None
    if other is not None:
        other.pair_id = row.id
    db.session.flush()


def _keep_version(row: Article, by: Actor, now: datetime) -> None:
    db.session.add(
        ArticleVersion(
            article_id=row.id,
            number=row.version_number,
            title=row.title,
            summary=row.summary,
            body=row.body,
            agent_id=by.agent_id,
            saved_at=now,
        )
    )
    db.session.flush()
    ring_after_commit(indexing.BELL)
