"""Doors of the survey page behind the boxes of a mail: looking never answers, only a POST does."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from flask import Blueprint, abort, current_app, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext

from hub.blueprints import errors
from hub.blueprints.pages import limiter
from hub.blueprints.touching import source_of_request
from hub.core import clock, signing
from hub.core.db import transaction
from hub.core.errors import Gone, HubError, Invalid, NotFound
from hub.core.words import Language
from hub.surveys import actions, queries, rules
from hub.surveys.actions import Confirmed
from hub.surveys.links import read_token
from hub.surveys.queries import BAD_LINK, SurveyPage
from hub.surveys.rules import Confirmation
from hub.surveys.words import TOPIC_WORDS, Choice, TouchMethod

blueprint = Blueprint("public", __name__)
PAGE = "survey-page"
LOOKS, ANSWERS = "120 per minute", "30 per minute"
TOKEN_PLACE, NONCE_PLACE = "TOKEN.PLACE", "NONCE.PLACE"


@dataclass(frozen=True)
class StorePage:
    """What of a survey page is the same for every customer of a store."""

    chain_name: str
    store_name: str
    store_slug: str


def spend_allowance(token: str) -> None:
    """A link that we wrote is counted where its touches are kept; others share the allowance of their address."""
    if read_token(token) is None:
        with limiter.limit(LOOKS):
            return


@blueprint.get("/a/<token>/<choice>")
def survey_page(token: str, choice: str) -> ResponseReturnValue:
    """Show what was chosen and one large button. GET and HEAD are touches: kept, never counted.

    A choice that does not exist is a probe: nothing that could be pressed is shown.
    """
    page, picked = _touch(token, choice), _choice_of(choice)
    if page is None or picked is None:
        raise NotFound(BAD_LINK)
    g.language = page.language.value
    if page.expires_at < clock.business_now():
        return _private(render_template("public/closed.html", page=page), 410)
    return _show(page, token, picked, box=choice)


@blueprint.post("/a/<token>/<choice>")
@limiter.limit(ANSWERS)
def confirm(token: str, choice: str) -> ResponseReturnValue:
    """The button of the page: the one thing that answers."""
    picked = _choice_of(request.form.get("choice", choice))
    if picked is None or _choice_of(choice) is None:
        abort(404)
    try:
        outcome = _confirm(token, picked)
    except Invalid as error:
        return _ask_again(token, choice, error)
    if outcome in {Confirmed.ASK_AGAIN, Confirmed.WAITING}:
        return _show_doubted(token, outcome)
    return redirect(url_for("public.thanks", token=token), 303)


@blueprint.get("/a/<token>/thanks")
def thanks(token: str) -> ResponseReturnValue:
    """After the answer: thanks, what pleased or failed if one wishes, and a way to change one's mind."""
    page = _touch(token, "thanks")
    if page is None or page.answered_choice is None:
        raise NotFound(BAD_LINK)
    g.language = page.language.value
    values = {"page": page, "token": token, "topics": topic_words(), "words": choice_words()}
    return _private(render_template("public/thanks.html", is_saved="saved" in request.args, **values))


@blueprint.post("/a/<token>/details")
@limiter.limit(ANSWERS)
def details(token: str) -> ResponseReturnValue:
    with transaction():
        actions.add_details(
            token=token,
            topics=request.form.getlist("topics"),
            comment=request.form.get("comment", "").replace("\x00", ""),
            now=clock.business_now(),
        )
    return redirect(url_for("public.thanks", token=token, saved=1), 303)


@blueprint.post("/a/<token>/intent")
@limiter.limit(ANSWERS)
def note_intent(token: str) -> ResponseReturnValue:
    """The page was left without its button, after a gesture: its script says so. Nothing is shown to anybody."""
    picked = _choice_of(request.form.get("choice", ""))
    if picked is None:
        abort(404)
    confirmation = _sent_page(token, picked)
    with transaction():
        actions.note_intent(
            token=token, confirmation=confirmation, source=source_of_request(), now=clock.business_now()
        )
    return "", 204


def choice_words() -> list[tuple[str, str]]:
    """The three boxes in the reader's language, in the order of the mail."""
    return [
        (Choice.VERY_SATISFIED.value, gettext("Very satisfied")),
        (Choice.SATISFIED.value, gettext("Satisfied")),
        (Choice.NOT_SATISFIED.value, gettext("Not satisfied")),
    ]


def topic_words() -> list[tuple[str, str]]:
    """What an answer may be about, in the reader's language."""
    words = TOPIC_WORDS[Language(str(get_locale()))]
    return [(topic, words[topic]) for topic in rules.TOPICS]


def _choice_of(code: str) -> Choice | None:
    return Choice(code) if code in set(Choice) else None


def _touch(token: str, choice: str) -> SurveyPage | None:
    spend_allowance(token)
    return actions.touch_and_read(
        token,
        choice=choice,
        method=TouchMethod(request.method),
        source=source_of_request(),
        now=clock.business_now(),
        machine_now=clock.machine_now(),
    )


def _read(token: str) -> SurveyPage:
    page = queries.find_page(token)
    if page is None:
        raise NotFound(BAD_LINK)
    g.language = page.language.value
    return page


def _confirm(token: str, picked: Choice) -> Confirmed:
    return actions.take_answer(
        token=token,
        confirmation=_sent_page(token, picked),
        topics=request.form.getlist("topics"),
        source=source_of_request(),
        now=clock.business_now(),
        least_seconds=current_app.config["COMPTOIR"].survey_nonce_min_seconds,
    )


def _sent_page(token: str, picked: Choice) -> Confirmation:
    """What the page sends back: which one it is, since when it was open, and what was chosen on it."""
    now = clock.machine_now()
    seen = _read_nonce(request.form.get("nonce", ""), token, now)
    return Confirmation(
        picked,
        seen["page"],
        datetime.fromtimestamp(seen["at"], UTC),
        now,
        request.form.get("comment", "").replace("\x00", "").strip(),
        is_asked_again=bool(seen.get("again")),
        box=seen.get("box", ""),
        looked_at=datetime.fromtimestamp(seen.get("looked", seen["at"]), UTC),
    )


def _read_nonce(nonce: str, token: str, now: datetime) -> dict[str, Any]:
    """When (`at`) and as which `page` the form was shown, and whether it asked `again`. A missing or foreign nonce asks for the button once more."""
    try:
        seen = signing.read(PAGE, nonce, now=now)
    except (NotFound, Gone):
        raise Invalid(actions.CONFIRM_ONCE_MORE) from None
    if seen["token"] != token.lower():
        raise Invalid(actions.CONFIRM_ONCE_MORE)
    return seen


def _ask_again(token: str, choice: str, error: HubError) -> ResponseReturnValue:
    picked = _choice_of(request.form.get("choice", choice))
    comment = request.form.get("comment", "")
    page = _read(token)
    notice = errors.sentence_of(error)
    return _show(page, token, picked, notice=notice, status=422, comment=comment, **_opened_as(token))


def _show_doubted(token: str, outcome: Confirmed) -> ResponseReturnValue:
    """The press may be a mail filter's: it is asked for once more, or noted until nothing contradicts it."""
    if outcome is Confirmed.WAITING:
        noted = gettext("Your answer is noted. You may close this page, or change your answer below.")
        return _show(_read(token), token, None, notice=noted, is_asked_again=True)
    sentence = gettext(
        "We could not tell your answer from what mail filters do. Please take ten seconds, then press your answer."
    )
    return _show(_read(token), token, None, notice=sentence, status=409, is_asked_again=True)


def _opened_as(token: str) -> dict[str, Any]:
    """Which link opened the page that was sent too fast: the page that comes back is still that one."""
    try:
        seen = _read_nonce(request.form.get("nonce", ""), token, clock.machine_now())
    except Invalid:
        return {}
    return {
        "box": seen.get("box", ""),
        "looked_at": seen.get("looked", seen["at"]),
        "is_asked_again": bool(seen.get("again")),
    }


def _show(
    page: SurveyPage,
    token: str,
    picked: Choice | None,
    *,
    notice: str = "",
    status: int = 200,
    comment: str | None = None,
    is_asked_again: bool = False,
    box: str = "",
    looked_at: float | None = None,
) -> ResponseReturnValue:
    nonce = _sign_nonce(token, is_asked_again=is_asked_again, box=box, looked_at=looked_at)
    words = page.comment if comment is None else comment
    if notice or words or request.args:
        return _private(_render(page, picked, token=token, nonce=nonce, notice=notice, comment=words), status)
    store = (page.chain_name, page.store_name, page.store_slug)
    parts = _blank(str(get_locale()), picked, *store)
    return _private(parts.replace(TOKEN_PLACE, quote(token)).replace(NONCE_PLACE, nonce), status)


def _sign_nonce(token: str, *, is_asked_again: bool, box: str, looked_at: float | None) -> str:
    shown = {"token": token.lower(), "page": secrets.token_hex(8), "at": clock.machine_now().timestamp()}
    more = {"again": 1 if is_asked_again else 0, "box": box, "looked": looked_at}
    return signing.sign(PAGE, shown | {name: value for name, value in more.items() if value})


@lru_cache(maxsize=1024)
def _blank(language: str, picked: Choice | None, chain_name: str, store_name: str, store_slug: str) -> str:
    """The page of a store and a box with places for token and nonce: thousands open the same one in an hour."""
    del language  # in the key: the words of the page depend on it
    page = StorePage(chain_name, store_name, store_slug)
    return _render(page, picked, token=TOKEN_PLACE, nonce=NONCE_PLACE, notice="", comment="")


def _render(
    page: SurveyPage | StorePage, picked: Choice | None, *, token: str, nonce: str, notice: str, comment: str
) -> str:
    return render_template(
        "public/survey.html",
        page=page,
        token=token,
        nonce=nonce,
        notice=notice,
        choices=choice_words(),
        chosen=picked.value if picked else "",
        comment=comment,
    )


def _private(body: str, status: int = 200) -> ResponseReturnValue:
    """Nothing of a customer's answer is stored by a browser, a proxy or a search engine, or told to other sites."""
    response = make_response(body, status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
