"""Doors of the digest: the latest one of the person, those before it, and one made on demand."""

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.access import Door, viewer
from hub.blueprints.figure_rules import DOOR as RULES
from hub.core import clock
from hub.core.db import transaction
from hub.core.text import slug
from hub.reactions import digest_words
from hub.staff.words import Permission
from hub.statistics.digest import actions, queries
from hub.statistics.digest.queries import DigestView
from hub.stores.queries import get_chain

blueprint = Blueprint("digests", __name__)
DOORS = (Door(blueprint, "/statistics/digest", Permission.READ_STATISTICS), RULES)
"""Of the digest and of the alert rules."""


@blueprint.get("")
def latest() -> ResponseReturnValue:
    mine = queries.list_own(viewer())
    return _page(mine[0] if mine else None, mine)


@blueprint.get("/<int:digest_id>")
def show(digest_id: int) -> ResponseReturnValue:
    return _page(queries.access_digest(digest_id, viewer()), queries.list_own(viewer()))


@blueprint.get("/<int:digest_id>.pdf")
def pdf(digest_id: int) -> ResponseReturnValue:
    from hub.blueprints.digest_pdf import (
        make_pdf,
    )  # fpdf2 takes a second to import: only who prints waits for it

    found = queries.access_digest(digest_id, viewer())
    said = digest_words.in_words(found)
    response = make_response(make_pdf(said, made_at=found.made_at, chain_name=get_chain().name))
    response.mimetype = "application/pdf"
    name = f"{slug(said.title)}-{slug(said.name)}-{found.until_on.isoformat()}.pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@blueprint.post("")
def make() -> ResponseReturnValue:
    """The one of the last week or month, for whoever has none of it yet."""
    with transaction():
        actions.make_own(viewer(), now=clock.business_now())
    flash(gettext("The digest is made."), "ok")
    return redirect(url_for("digests.latest"))


def _page(found: DigestView | None, mine: list[DigestView]) -> ResponseReturnValue:
    due = queries.find_own_round(viewer(), clock.business_now())
    return render_template(
        "statistics/digest.html",
        found=found,
        said=digest_words.in_words(found) if found else None,
        mine=mine,
        is_missing=not any((each.period, each.since_on) == (due.period, due.since_on) for each in mine),
        days=digest_words.days_in_words,
    )
