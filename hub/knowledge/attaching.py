"""Files and images of an article: kept by their content, named in its text by an address of our own."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from sqlalchemy import Select, func, select

from hub.channels.mail_parsing.file_types import sniff_type
from hub.core import files, pictures
from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import Conflict, Invalid, NotFound
from hub.core.loose_files import note_loose
from hub.core.text import N_, shorten
from hub.knowledge.models import Article, ArticleFile
from hub.knowledge.words import ArticleState

MOST_BYTES, MOST_FILES, NAME_CHARS = 10_000_000, 40, 100
KINDS = (
    "application/pdf",
    "application/rtf",
    "application/msword",
    "application/vnd.ms-",
    "application/vnd.openxmlformats-",
    "application/vnd.oasis.",
    "text/plain",
    "text/csv",
)
SHOWN = ("id", "name", "media_type", "size_bytes", "sha256")
PLACE = "/help/files"
NO_FILE = N_("This file does not exist any more. Please open the article again.")
UNSAFE = re.compile(r"[^\w.-]+")


@dataclass(frozen=True)
class FileRow:
    """`state` is that of its article: who may read the one may read the other."""

    id: int
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    state: ArticleState

    @property
    def is_image(self) -> bool:
        return self.media_type in pictures.PICTURES

    @property
    def address(self) -> str:
        return f"{PLACE}/{self.id}/{quote(self.name)}"

    @property
    def mark(self) -> str:
        """What stands for it in the text."""
        return f"{'!' if self.is_image else ''}[{self.name}]({self.address})"


def add_file(*, article_id: int, name: str, content: bytes, by: Actor, now: datetime) -> int:
    """Keep a file; a picture loses what its camera wrote beside it. Returns its id. Raises Invalid (field file)."""
    if not content or len(content) > MOST_BYTES:
        raise Invalid(N_("Please choose a file of at most 10 MB that is not empty."), field="file")
    kept = db.session.scalar(select(func.count()).where(ArticleFile.article_id == article_id)) or 0
    if kept >= MOST_FILES:
        raise Invalid(N_("An article has at most %(most)s files."), field="file", most=MOST_FILES)
    media_type = sniff_type(content, name)
    row = ArticleFile(
        article_id=article_id,
        name=_clean(name),
        media_type=media_type,
        agent_id=by.agent_id,
        added_at=now,
        **_keep(content, media_type),
    )
    db.session.add(row)
    db.session.flush()
    note_change(
        "article.file_added", subject_kind="article", subject_id=article_id, by=by, now=now, file=row.id
    )
    return row.id


def remove_file(*, article_id: int, file_id: int, by: Actor, now: datetime, machine_now: datetime) -> None:
    """Raises NotFound, or Conflict while the text names it."""
    row = db.session.scalar(
        select(ArticleFile).where(ArticleFile.id == file_id, ArticleFile.article_id == article_id)
    )
    article = db.session.get(Article, article_id)
    if row is None or article is None:
        raise NotFound(NO_FILE)
    if f"{PLACE}/{file_id}/" in article.body:
        raise Conflict(N_("The text names this file. Please take it out of the text first."))
    note_loose([row.sha256], machine_now=machine_now)
    db.session.delete(row)
    note_change(
        "article.file_removed", subject_kind="article", subject_id=article_id, by=by, now=now, file=file_id
    )


def read_files(row: Article, found: list[list[Any]]) -> tuple[FileRow, ...]:
    """Of an article that was read with `FILES`, in the order they came."""
    return tuple(FileRow(**dict(zip(SHOWN, each, strict=True)), state=row.state) for each in found)


def get_file(file_id: int) -> FileRow:
    """Raises NotFound."""
    row = db.session.execute(_chosen().where(ArticleFile.id == file_id)).one_or_none()
    if row is None:
        raise NotFound(NO_FILE)
    return FileRow(*row)


def _chosen() -> Select[*tuple[Any, ...]]:
    return select(
        ArticleFile.id,
        ArticleFile.name,
        ArticleFile.media_type,
        ArticleFile.size_bytes,
        ArticleFile.sha256,
        Article.state,
    ).join(Article, Article.id == ArticleFile.article_id)


def _keep(content: bytes, media_type: str) -> dict[str, str | int]:
    if media_type in pictures.PICTURES:
        try:
            content = pictures.strip(content, media_type)
        except Invalid as error:
            raise Invalid(error.text, field="file") from None
    elif not media_type.startswith(KINDS):
        raise Invalid(
            N_("This kind of file cannot be kept. Pictures (JPEG, PNG, WebP), PDF and office documents can."),
            field="file",
        )
    return {"sha256": files.keep(content), "size_bytes": len(content)}


def _clean(name: str) -> str:
    """The last part of a path, in letters that an address and a text in Markdown take as they are."""
    last = UNSAFE.sub("-", name.replace("\\", "/").rpartition("/")[2]).strip("-.")
    stem, dot, ending = last.rpartition(".")
    return (
        f"{shorten(stem or 'file', NAME_CHARS).strip('…')}{dot}{ending[:10]}"
        if dot
        else last[:NAME_CHARS] or "file"
    )


FILES = func.array(
    select(func.jsonb_build_array(*(getattr(ArticleFile, name) for name in SHOWN)))
    .where(ArticleFile.article_id == Article.id)
    .order_by(ArticleFile.id)
    .correlate(Article)
    .scalar_subquery()
)
"""A column beside `Article` in one statement."""
