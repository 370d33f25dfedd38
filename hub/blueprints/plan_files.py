"""Doors of the lists that plans write for others: hashed audiences for networks, letters for a mailing house."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from hub.blueprints import plan_words
from hub.blueprints.access import viewer
from hub.blueprints.downloads import as_download
from hub.core import clock
from hub.core.db import transaction
from hub.core.text import slug
from hub.plans import audiences, post, queries
from hub.segments.words import FileKind
from hub.staff.queries.people import get_agents

blueprint = Blueprint("plan_files", __name__)


@blueprint.get("/<key>/files")
def show_files(key: str) -> ResponseReturnValue:
    """Audiences and letters of a plan, with what was fetched."""
    view, now = queries.get_plan(key), clock.business_now()
    files = post.list_post_files(key)
    return render_template(
        "plans/files.html",
        plan=view.plan,
        words=plan_words,
        audiences=audiences.list_audiences(key, now=now),
        waiting=post.list_waiting(key, now=now),
        files=files,
        people=get_agents({file.made_by_id for file in files if file.made_by_id}),
    )


@blueprint.post("/<key>/files/audience")
def hand_out_audience(key: str) -> ResponseReturnValue:
    """The hashed file of an audience as it is now."""
    name = request.form.get("name", "")
    kind = FileKind(request.form["kind"]) if request.form.get("kind") in {"meta", "google"} else abort(400)
    with transaction():
        text = audiences.hand_out_audience(key, name, kind, by=viewer().actor, now=clock.business_now())
    return _as_csv(text, f"{slug(name) or 'audience'}-{kind.value}.csv")


@blueprint.post("/<key>/files/post")
def make_post_file(key: str) -> ResponseReturnValue:
    """Put the letters that wait into a file: from now on they are fetched."""
    name, by, now = request.form.get("name", ""), viewer().actor, clock.business_now()
    with transaction():
        count = post.make_post_file(key, name, by=by, now=now)
    if count:
        flash(_made_words(count), "ok")
    else:
        flash(gettext("No letter waits under this name any more: no file was made."), "info")
    return redirect(url_for("plan_files.show_files", key=key, _anchor="post"), 303)


def _made_words(count: int) -> str:
    return str(
        ngettext(
            "%(num)s letter is in the new file below.", "%(num)s letters are in the new file below.", count
        )
    )


@blueprint.get("/<key>/files/post/<int:file_id>")
def hand_out_post(key: str, file_id: int) -> ResponseReturnValue:
    """A file of letters, also a second time; each time is noted."""
    with transaction():
        name, text = post.hand_out_post(key, file_id, by=viewer().actor, now=clock.business_now())
    return _as_csv(text, f"{slug(name) or 'letters'}-{file_id}.csv")


def _as_csv(text: str, name: str) -> Response:
    return Response(text, mimetype="text/csv", headers={"Content-Disposition": as_download(name)})
