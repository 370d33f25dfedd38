"""Doors of an article's versions: what was saved when, what changed, and back to an earlier one."""

from difflib import ndiff

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.access import viewer
from hub.blueprints.knowledge.articles import readable
from hub.blueprints.knowledge.base import blueprint
from hub.core import clock
from hub.core.db import transaction
from hub.knowledge import actions, queries
from hub.staff import queries as staff

KINDS = {"+": "ins", "-": "del", " ": ""}


@blueprint.get("/articles/<key>/versions")
def list_versions(key: str) -> ResponseReturnValue:
    article = readable(key)
    rows = queries.list_versions(article.id)
    people = staff.get_agents({row.agent_id for row in rows if row.agent_id})
    return render_template("knowledge/versions.html", article=article, rows=rows, people=people)


@blueprint.get("/articles/<key>/versions/<int:number>")
def show_version(key: str, number: int) -> ResponseReturnValue:
    """One version, line by line beside the current text."""
    article = readable(key)
    version = queries.get_version(article.id, number)
    lines = [
        (KINDS[line[0]], line[2:])
        for line in ndiff(version.body.splitlines(), article.body.splitlines())
        if line[0] in KINDS
    ]
    return render_template("knowledge/version.html", article=article, version=version, lines=lines)


@blueprint.post("/articles/<key>/restore")
def restore_version(key: str) -> ResponseReturnValue:
    article = queries.get_article(key)
    number = request.form.get("number", type=int, default=0)
    with transaction():
        actions.restore_version(
            article_id=article.id, number=number, by=viewer().actor, now=clock.business_now()
        )
    flash(gettext("The earlier text is the current one again; every version is kept."), "ok")
    return redirect(url_for("knowledge.show_article", key=key), 303)
