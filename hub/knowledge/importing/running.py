"""Read articles are kept as an import, looked at, and brought into the base: new ones, changed ones, none twice."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import Conflict, NotFound
from hub.core.text import N_, fold
from hub.core.words import Language
from hub.knowledge.actions import save_article
from hub.knowledge.importing.drafts import Draft
from hub.knowledge.importing.reading import read_path
from hub.knowledge.models import Article, ArticleImport
from hub.knowledge.words import ArticleState, RowOutcome
from hub.reasons.queries import list_reasons

LINK = re.compile(r"\]\((https?://[^)\s]+)\)")
NO_IMPORT = N_("This import does not exist any more. Please choose the file again.")
APPLIED = N_("This import was brought in already. Please choose the file again to bring in what changed.")


def begin_import(path: Path, name: str, *, by: Actor, now: datetime) -> int:
    """Read a file or folder and keep what it says; nothing is written into the base. Returns the id. Raises Invalid."""
    drafts = read_path(path, name)
    known = _known([draft.source for draft in drafts])
    rows = [_row(draft, known.get(draft.source)) for draft in drafts]
    import_ = ArticleImport(
        file_name=name, rows=rows, created_at=now, created_by_id=by.agent_id, applied_at=None
    )
    db.session.add(import_)
    db.session.flush()
    note_change(
        "articles.read", subject_kind="article_import", subject_id=import_.id, by=by, now=now, rows=len(rows)
    )
    return import_.id


def apply_import(import_id: int, *, keeps_states: bool, by: Actor, now: datetime) -> Counter[RowOutcome]:
    """Bring in every row without a problem, as a draft unless the file's own states are kept; links follow.

    An article that is known by its source gets a new version where its text differs, and keeps its state. Returns how
    many of each outcome. Raises NotFound, or Conflict for an import that was brought in before.
    """
    import_ = db.session.scalar(select(ArticleImport).where(ArticleImport.id == import_id).with_for_update())
    if import_ is None:
        raise NotFound(NO_IMPORT)
    if import_.applied_at is not None:
        raise Conflict(APPLIED)
    reasons = {
        fold(words): row.id for row in list_reasons() for words in (row.key, row.name("fr"), row.name("en"))
    }
    known = _known([row["source"] for row in import_.rows])
    done = [
        row
        if row["problem"]
        else _save(row, known.get(row["source"]), reasons, keeps_states=keeps_states, by=by, now=now)
        for row in import_.rows
    ]
    _follow_links(done, by=by, now=now)
    import_.rows, import_.applied_at = [_forget_text(row) for row in done], now
    note_change(
        "articles.brought_in",
        subject_kind="article_import",
        subject_id=import_id,
        by=by,
        now=now,
        rows=len(done),
    )
    return Counter(RowOutcome(row["outcome"]) for row in done)


def _row(draft: Draft, article: Article | None) -> dict[str, Any]:
    if draft.problem:
        outcome = RowOutcome.REFUSED
    elif article is None:
        outcome = RowOutcome.NEW
    else:
        outcome = RowOutcome.SAME if _is_same(article, asdict(draft)) else RowOutcome.CHANGED
    return {**asdict(draft), "outcome": outcome.value, "key": article.key if article else ""}


def _known(sources: Sequence[str]) -> dict[str, Article]:
    rows = db.session.scalars(select(Article).where(Article.source.in_(sources)))
    return {row.source: row for row in rows if row.source is not None}


def _is_same(article: Article, row: Mapping[str, Any]) -> bool:
    return (article.title, article.summary, article.body) == (row["title"], row["summary"], row["body"])


def _save(
    row: dict[str, Any],
    article: Article | None,
    reasons: Mapping[str, int],
    *,
    keeps_states: bool,
    by: Actor,
    now: datetime,
) -> dict[str, Any]:
    if article is not None and _is_same(article, row):
        return {**row, "outcome": RowOutcome.SAME.value, "key": article.key}
    wanted = ArticleState(row["state"]) if keeps_states else ArticleState.DRAFT
    key = _write(
        row, article, article.state if article else wanted, reasons.get(fold(row["reason"])), by=by, now=now
    )
    db.session.execute(update(Article).where(Article.key == key).values(source=row["source"]))
    return {**row, "outcome": (RowOutcome.CHANGED if article else RowOutcome.NEW).value, "key": key}


def _write(
    row: Mapping[str, Any],
    article: Article | None,
    state: ArticleState,
    reason_id: int | None,
    *,
    by: Actor,
    now: datetime,
) -> str:
    return save_article(
        article_id=article.id if article else None,
        language=Language(row["language"]),
        title=row["title"],
        summary=row["summary"],
        body=row["body"],
        state=state,
        reason_id=article.reason_id if article else reason_id,
        pair_id=article.pair_id if article else None,
        by=by,
        now=now,
    )


def _follow_links(rows: Sequence[dict[str, Any]], *, by: Actor, now: datetime) -> None:
    """A link to an article that came along leads to it here."""
    here = {
        _plain(row["source"]): f"/help/{row['key']}" for row in rows if row["key"] and "://" in row["source"]
    }
    for row in rows:
        if row["outcome"] not in {RowOutcome.NEW, RowOutcome.CHANGED}:
            continue
        body = LINK.sub(lambda found: f"]({here.get(_plain(found[1]), found[1])})", row["body"])
        if body != row["body"]:
            article = db.session.scalars(select(Article).where(Article.key == row["key"])).one()
            _write({**row, "body": body}, article, article.state, article.reason_id, by=by, now=now)


def _plain(address: str) -> str:
    return address.split("#", maxsplit=1)[0].split("?", maxsplit=1)[0].rstrip("/").lower()


def _forget_text(row: dict[str, Any]) -> dict[str, Any]:
    """What came in is in the base; what did not is kept, so that it can be mended."""
    return row if row["problem"] else {**row, "body": ""}
