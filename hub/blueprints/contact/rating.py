"""Doors of the question after a solved ticket: looking never answers, only the button does."""

from flask import abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.contact.base import blueprint, private
from hub.blueprints.errors import sentence_of
from hub.blueprints.pages import limiter
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Invalid, NotFound
from hub.core.text import N_
from hub.inbox import actions
from hub.inbox.own_links import read_rating_token
from hub.inbox.queries.ratings import RatingPage, find_rating_page
from hub.inbox.ratings import SCORES

GONE = 410


@blueprint.get("/contact/r/<token>/<choice>")
def rating(token: str, choice: str) -> ResponseReturnValue:
    """Mail scanners open every link: GET and HEAD change nothing."""
    page = _find(token)
    if page.is_over:
        return private(render_template("contact/rating_over.html", page=page), GONE)
    return _show(page, token, choice)


@blueprint.post("/contact/r/<token>/<choice>")
@limiter.limit("30 per minute")
def rate(token: str, choice: str) -> ResponseReturnValue:
    page = _find(token)
    picked = request.form.get("choice", choice)
    if picked not in {str(score) for score in SCORES}:
        abort(404)
    try:
        _answer(page, int(picked))
    except Invalid as error:
        return _show(page, token, picked, notice=sentence_of(error), status=422)
    return redirect(url_for("contact.rated", token=token), 303)


@blueprint.get("/contact/r/<token>")
def rated(token: str) -> ResponseReturnValue:
    """What was answered, and a way to answer otherwise."""
    page = _find(token)
    if page.score is None:
        return _show(page, token, "")
    return private(render_template("contact/rated.html", page=page, token=token, words=dict(choices())))


def choices() -> list[tuple[str, str]]:
    """The three boxes in the reader's language, in the order of the mail."""
    return [("3", gettext("Very satisfied")), ("2", gettext("Satisfied")), ("1", gettext("Not satisfied"))]


def _find(token: str) -> RatingPage:
    number = read_rating_token(token)
    page = find_rating_page(number, now=clock.business_now()) if number is not None else None
    if page is None:
        raise NotFound(N_("This link is not complete. Please open it again from the message."))
    g.language = page.language.value
    return page


def _answer(page: RatingPage, score: int) -> None:
    with transaction():
        actions.answer_rating(
            page.id,
            score=score,
            comment=request.form.get("comment", ""),
            page=request.form.get("nonce", ""),
            machine_now=clock.machine_now(),
            now=clock.business_now(),
        )


def _show(
    page: RatingPage, token: str, choice: str, *, notice: str = "", status: int = 200
) -> ResponseReturnValue:
    chosen = choice if choice in dict(choices()) else ""
    return private(
        render_template(
            "contact/rating.html",
            page=page,
            token=token,
            chosen=chosen,
            choices=choices(),
            notice=notice,
            comment=request.form.get("comment", page.comment),
            nonce=actions.sign_page(page.id, machine_now=clock.machine_now()),
        ),
        status,
    )
