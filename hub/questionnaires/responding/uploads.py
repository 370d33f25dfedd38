"""Files that answer a question: typed by their content, bare of what a camera writes beside the picture, on the shelf."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from hub.channels.mail_parsing.file_types import extension_of, sniff_type
from hub.core import files, loose_files, pictures
from hub.core.db import db
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.questionnaires.definitions import UNSTORED, Question
from hub.questionnaires.models import ResponseFile
from hub.questionnaires.responding.rows import ResponsePage

MOST_FILES = 3
MOST_FILE_BYTES = 10 * 2**20
LONGEST_NAME = 100
PDF = "application/pdf"
NAMES = ("jpg", "png", "webp", "pdf")
NO_KIND = N_("Please send a JPEG, PNG or WebP picture or a PDF file.")
NO_PICTURE = N_("Please send a JPEG, PNG or WebP picture.")
LARGE = N_("Please send files of at most %(most)s MB each.")
MANY = N_("Please send at most %(most)s files.")


@dataclass(frozen=True)
class Upload:
    name: str
    content: bytes


@dataclass(frozen=True)
class _Bare:
    sha256: str
    name: str
    kind: str
    content: bytes


def keep(
    page: ResponsePage,
    question: Question,
    sent: Sequence[Upload],
    dropped_ids: Collection[int],
    *,
    machine_now: datetime,
) -> int:
    """The files of a question, with those that came and without those that go. Returns how many there are.

    What was sent twice is there once. Raises Invalid for what is too large, too many or of no kind that is taken.
    """
    rows = select(ResponseFile).where(
        ResponseFile.response_id == page.id, ResponseFile.question_key == question.key
    )
    mine = {row.sha256: row for row in db.session.scalars(rows)}
    is_anonymous = page.definition.is_anonymous
    bare = {each.sha256: each for each in (_bare(upload, is_anonymous=is_anonymous) for upload in sent)}
    fresh = [each for digest, each in bare.items() if digest not in mine]
    gone = {digest: row for digest, row in mine.items() if row.id in dropped_ids}
    count = len(mine) - len(gone) + len(fresh)
    if count > MOST_FILES:
        raise Invalid(MANY, most=MOST_FILES)
    if gone:
        ids = [row.id for row in gone.values()]
        db.session.execute(delete(ResponseFile).where(ResponseFile.id.in_(ids)))
        loose_files.note_loose(gone, machine_now=machine_now)
    for place, each in enumerate(fresh, 1):
        row = ResponseFile(
            response_id=page.id,
            question_key=question.key,
            sha256=files.keep(each.content),
            name=each.name or f"{len(mine) + place}{extension_of(each.kind)}",
            media_type=each.kind,
            size_bytes=len(each.content),
        )
        db.session.add(row)
    db.session.flush()
    return count


def _bare(upload: Upload, *, is_anonymous: bool) -> _Bare:
    """A PDF names its author, so that nobody who is promised to stay unknown sends one."""
    if len(upload.content) > MOST_FILE_BYTES:
        raise Invalid(LARGE, most=MOST_FILE_BYTES // 2**20)
    kind, content = sniff_type(upload.content), upload.content
    if kind in pictures.PICTURES:
        content = pictures.strip(content, kind)
    elif kind != PDF or is_anonymous:
        raise Invalid(NO_PICTURE if is_anonymous else NO_KIND)
    name = upload.name.replace("\\", "/").rpartition("/")[2].translate(UNSTORED).strip()[:LONGEST_NAME]
    return _Bare(hashlib.sha256(content).hexdigest(), "" if is_anonymous else name, kind, content)
