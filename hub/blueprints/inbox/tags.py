"""Doors of the chain's list of tags, for those who keep it: add, rename, retire, and who may make new ones."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.access import viewer
from hub.blueprints.errors import sentence_of
from hub.blueprints.inbox.base import blueprint
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import HubError
from hub.inbox import actions, queries


@blueprint.get("/tags/list")
def list_tags() -> ResponseReturnValue:
    """Every tag with the number of its tickets, retired ones too."""
    rows = queries.list_tags(is_active=None)
    return render_template("inbox/tags.html", rows=rows, agents_make=queries.may_make_tags())


@blueprint.post("/tags/new")
def make_tag() -> ResponseReturnValue:
    return _do(lambda **who: actions.make_tag(name=request.form.get("name", ""), **who))


@blueprint.post("/tags/<int:tag_id>/rename")
def rename_tag(tag_id: int) -> ResponseReturnValue:
    """On every ticket at once."""
    return _do(lambda **who: actions.rename_tag(tag_id=tag_id, name=request.form.get("name", ""), **who))


@blueprint.post("/tags/<int:tag_id>/switch")
def switch_tag(tag_id: int) -> ResponseReturnValue:
    """Retire a tag, or offer it again."""
    is_active = request.form.get("is_active") == "1"
    return _do(lambda **who: actions.switch_tag(tag_id=tag_id, is_active=is_active, **who))


@blueprint.post("/tags/setting")
def tag_setting() -> ResponseReturnValue:
    agents_make = request.form.get("agents_make") == "1"
    return _do(lambda **who: actions.change_tag_setting(agents_make=agents_make, **who))


def _do(act: Callable[..., Any]) -> ResponseReturnValue:
    try:
        with transaction():
            act(by=viewer().actor, now=clock.business_now())
    except HubError as error:
        flash(sentence_of(error), "error")
    else:
        flash(gettext("Saved."), "ok")
    return redirect(url_for("inbox.list_tags"), 303)
