"""A file of an article as it is handed out, and to whom."""

from flask import Response, send_file

from hub.blueprints.downloads import as_download
from hub.core import files
from hub.knowledge import queries
from hub.knowledge.attaching import FileRow
from hub.knowledge.words import ArticleState
from hub.staff.rules import Viewer
from hub.staff.words import Permission

KEPT_SECONDS = 3600


def states_for(viewer: Viewer | None) -> frozenset[ArticleState]:
    """Which articles a person reads: visitors the published ones, the staff also internal ones, editors all."""
    if viewer is None or not viewer.may(Permission.READ_KNOWLEDGE):
        return queries.PUBLIC
    return frozenset(ArticleState) if viewer.may(Permission.EDIT_KNOWLEDGE) else queries.FOR_STAFF


def send_article_file(row: FileRow, *, is_public: bool) -> Response:
    """Its type was told by its content; what is no image is a download in a box of its own."""
    path = files.find_path(row.sha256).resolve()
    answer = send_file(
        path, mimetype=row.media_type, max_age=KEPT_SECONDS if is_public else 0, etag=row.sha256
    )
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    if not row.is_image:
        answer.headers["Content-Disposition"] = as_download(row.name)
    if not is_public:
        answer.headers["Cache-Control"] = "no-store"
    return answer
