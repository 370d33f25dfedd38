"""Doors of an article's versions: what was saved when, what changed, and back to an earlier one."""

from dataclasses import dataclass
from typing import Protocol

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.access import viewer
from hub.blueprints.knowledge.articles import readable
from hub.blueprints.knowledge.base import blueprint
from hub.blueprints.row_ids import read_id
from hub.core import clock
from hub.core.db import transaction
from hub.knowledge import actions, queries
from hub.knowledge.comparing import Line, diff_line, diff_lines
from hub.knowledge.gone_files import find_gone
from hub.staff import queries as staff


@dataclass(frozen=True)
class Changes:
    """Pieces of title and summary, lines of the text."""

    title: Line
    summary: Line
    body: list[Line]

    @property
    def is_text(self) -> bool:
        return any(kind for line in self.body for kind, _ in line)

    @property
    def is_any(self) -> bool:
        return self.is_text or any(kind for kind, _ in (*self.title, *self.summary))


class Text(Protocol):
    """A version, or the article itself."""

    @property
    def title(self) -> str: ...
    @property
    def summary(self) -> str: ...
    @property
    def body(self) -> str: ...


@blueprint.get("/articles/<key>/versions")
def list_versions(key: str) -> ResponseReturnValue:
    article = readable(key)
    rows = queries.list_versions(article.id)
    people = staff.get_agents({row.agent_id for row in rows if row.agent_id})
    return render_template(
        "knowledge/versions.html",
        article=article,
        rows=rows,
        people=people,
        numbers=[(row.number, row.number) for row in rows],
    )


@blueprint.get("/articles/<key>/versions/<int:number>")
def show_version(key: str, number: int) -> ResponseReturnValue:
    """One version, line by line beside the current text."""
    article = readable(key)
    version = queries.get_version(article.id, number)
    changes = _changes(version, article)
    return render_template(
        "knowledge/version.html",
        article=article,
        version=version,
        changes=changes,
        gone=find_gone(version.body),
    )


@blueprint.get("/articles/<key>/compare")
def compare_versions(key: str) -> ResponseReturnValue:
    """Any two of them; without a choice the last one with the one before."""
    article = readable(key)
    to = _number("to", article.version_number)
    old = queries.get_version(article.id, _number("from", max(1, to - 1)))
    new = queries.get_version(article.id, to)
    return render_template(
        "knowledge/compare.html",
        article=article,
        old=old,
        new=new,
        changes=_changes(old, new),
        numbers=[(row.number, row.number) for row in queries.list_versions(article.id)],
    )


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


def _number(name: str, usual: int) -> int:
    """0, which no version has, for what is no number."""
    given = request.args.get(name)
    return usual if given is None else read_id(given) or 0


def _changes(old: Text, new: Text) -> Changes:
    return Changes(
        diff_line(old.title, new.title), diff_line(old.summary, new.summary), diff_lines(old.body, new.body)
    )
