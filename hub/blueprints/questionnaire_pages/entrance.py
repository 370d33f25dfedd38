"""Doors of the first page: looking begins nothing, since mail scanners open every link; the button does."""

from flask import current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from hub.blueprints.errors import sentence_of
from hub.blueprints.pages import limiter
from hub.blueprints.questionnaire_pages import base
from hub.blueprints.questionnaire_pages.base import LOOKS, POSTS, blueprint
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Conflict, Gone, Invalid
from hub.core.words import Language
from hub.questionnaires.definitions import Definition
from hub.questionnaires.drafts.estimate import estimate_minutes
from hub.questionnaires.links import write_ticket
from hub.questionnaires.piping import pipe, places_of
from hub.questionnaires.responding import nonces
from hub.questionnaires.responding.beginning import Sender, begin
from hub.questionnaires.responding.queries import get_entrance
from hub.questionnaires.responding.rows import Entrance, Standing


@blueprint.get("/q/<token>")
@limiter.limit(LOOKS)
def first(token: str) -> ResponseReturnValue:
    """Who asks, what about, how long, until when, and whether answers are known."""
    entrance = get_entrance(token, now=clock.business_now())
    return _show(entrance, base.use_language(entrance.language, entrance.definition))


@blueprint.post("/q/<token>")
@limiter.limit(POSTS)
def start(token: str) -> ResponseReturnValue:
    entrance = get_entrance(token, now=clock.business_now())
    language = base.use_language(entrance.language, entrance.definition)
    try:
        with transaction():
            ticket = begin(token, _sender(language), now=clock.business_now())
    except (Gone, Invalid) as error:
        return _show(entrance, language, notice=sentence_of(error), status=error.status)
    except Conflict as error:
        return base.stop(entrance.definition, kind=entrance.link_kind, heading=gettext("Thank you"),
                         words=sentence_of(error), status=409)  # fmt: skip
    return redirect(
        url_for("questionnaire_pages.go_on", ticket=write_ticket(ticket), lang=request.args.get("lang")), 303
    )


def _sender(language: Language) -> Sender:
    return Sender(
        language=language,
        address=request.remote_addr or "",
        nonce=request.form.get("_nonce", ""),
        least_seconds=current_app.config["COMPTOIR"].survey_nonce_min_seconds,
        machine_now=clock.machine_now(),
    )


def _show(
    entrance: Entrance, language: Language, *, notice: str = "", status: int = 200
) -> ResponseReturnValue:
    definition = entrance.definition
    if entrance.standing is Standing.ANSWERED:
        return base.answered(definition, entrance.link_kind)
    if entrance.standing is not Standing.OPEN:
        return base.closed(definition, entrance.link_kind)
    places = places_of(definition, {}, language, first_name=entrance.first_name, store=entrance.store_name)
    return base.draw(
        "questionnaire_pages/first.html",
        definition,
        kind=entrance.link_kind,
        status=status,
        entrance=entrance,
        title=pipe(definition.title.say(language), places),
        introduction=pipe(definition.introduction.say(language), places),
        length=_length(definition),
        nonce=nonces.sign_first(entrance.token, definition, request.args, machine_now=clock.machine_now()),
        notice=notice,
    )


def _length(definition: Definition) -> str:
    count = sum(question.asks for question in definition.questions)
    minutes, _ = estimate_minutes(definition)
    return gettext(
        "about %(minutes)s, %(questions)s",
        minutes=ngettext("one minute", "%(num)d minutes", minutes),
        questions=ngettext("one question", "%(num)d questions", count),
    )
