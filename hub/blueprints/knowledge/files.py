"""Doors of an article's files: those it has, one more, one less."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField

from hub.blueprints.access import viewer
from hub.blueprints.errors import sentence_of
from hub.blueprints.forms import Form, required
from hub.blueprints.knowledge.base import blueprint
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Conflict
from hub.knowledge import attaching, queries


class FileForm(Form):
    file = FileField(
        _("File"),
        [required()],
        description=_("A picture (JPEG, PNG, WebP), a PDF or an office document, at most 10 MB."),
    )


@blueprint.route("/articles/<key>/files", methods=["GET", "POST"])
def article_files(key: str) -> ResponseReturnValue:
    """What each file is called in the text, and the form that adds one."""
    article, form = queries.get_article(key), FileForm()
    if form.does(lambda: _add(article.id, form.file.data)):
        flash(gettext("Kept. Its words for the text stand beside it."), "ok")
        return redirect(url_for("knowledge.article_files", key=key), 303)
    return render_template("knowledge/files.html", article=article, form=form), form.status


@blueprint.post("/articles/<key>/files/remove")
def remove_article_file(key: str) -> ResponseReturnValue:
    article = queries.get_article(key)
    try:
        with transaction():
            attaching.remove_file(
                article_id=article.id,
                file_id=request.form.get("file", type=int, default=0),
                by=viewer().actor,
                now=clock.business_now(),
                machine_now=clock.machine_now(),
            )
        flash(gettext("The file is removed."), "ok")
    except Conflict as error:
        flash(sentence_of(error), "error")
    return redirect(url_for("knowledge.article_files", key=key), 303)


def _add(article_id: int, given: Any) -> None:
    attaching.add_file(
        article_id=article_id,
        name=given.filename or "file",
        content=given.stream.read(attaching.MOST_BYTES + 1),
        by=viewer().actor,
        now=clock.business_now(),
    )
