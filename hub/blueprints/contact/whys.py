"""Doors of "tell us why": looking never answers, only the button does, once a person had time to press it."""

from flask import current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import refresh

from hub.blueprints.contact.base import blueprint, private
from hub.blueprints.errors import sentence_of
from hub.blueprints.pages import limiter
from hub.blueprints.why_words import why_choices, why_words
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Invalid
from hub.surveys.whys import actions, queries
from hub.surveys.whys.queries import WhyPage


@blueprint.get("/why/<token>")
@limiter.limit("120 per minute")
def why(token: str) -> ResponseReturnValue:
    """Mail scanners open every link: GET and HEAD change nothing."""
    return _show(_find(token), token)


@blueprint.post("/why/<token>")
@limiter.limit("30 per minute")
def tell_why(token: str) -> ResponseReturnValue:
    page = _find(token)
    try:
        _answer(token)
    except Invalid as error:
        return _show(page, token, notice=sentence_of(error), status=422)
    return redirect(url_for("contact.why_told", token=token), 303)


@blueprint.get("/why/<token>/thanks")
@limiter.limit("120 per minute")
def why_told(token: str) -> ResponseReturnValue:
    """What was answered, and a way to answer otherwise."""
    page = _find(token)
    if page.reason is None:
        return _show(page, token)
    return private(
        render_template("contact/why_told.html", token=token, page=page, said=why_words(page.reason))
    )


def _find(token: str) -> WhyPage:
    page = queries.get_page(token, machine_now=clock.machine_now())
    g.language = page.language.value
    refresh()
    return page


def _answer(token: str) -> None:
    with transaction():
        actions.answer_why(
            token,
            reason=request.form.get("reason", ""),
            comment=request.form.get("comment", ""),
            nonce=request.form.get("nonce", ""),
            least_seconds=current_app.config["COMPTOIR"].survey_nonce_min_seconds,
            machine_now=clock.machine_now(),
            now=clock.business_now(),
        )


def _show(page: WhyPage, token: str, *, notice: str = "", status: int = 200) -> ResponseReturnValue:
    return private(
        render_template(
            "contact/why.html",
            token=token,
            reasons=why_choices(),
            chosen=request.form.get("reason", page.reason.value if page.reason else ""),
            comment=request.form.get("comment", page.comment),
            notice=notice,
            nonce=actions.sign_page(page, machine_now=clock.machine_now()),
        ),
        status,
    )
