"""Doors of the sign-up forms for customers: hosted, embedded, thanks, and the button that confirms."""

from typing import TypedDict

from flask import Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.contact import joining_page as page
from hub.blueprints.contact.base import blueprint, private
from hub.blueprints.pages import limiter
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import NotFound
from hub.core.text import N_
from hub.core.words import Channel
from hub.customers import optin
from hub.customers.words import OptinState
from hub.signups import actions, queries
from hub.signups.queries import FormPage
from hub.stores.queries import find_chain

RATE = "10 per minute"
FRAMED = frozenset({"contact.join_embedded", "contact.joined_embedded", "contact.ask_again"})
BROKEN = 500
NO_FORM = N_("There is no such form. Please check the address, or go back to the page that led you here.")


@blueprint.route("/f/<slug>", methods=["GET", "POST"])
@limiter.limit(RATE, methods=["POST"])
def join(slug: str) -> ResponseReturnValue:
    """The hosted form; works without script."""
    return _join(slug, "contact.join", "contact.joined")


@blueprint.route("/f/<slug>/embed", methods=["GET", "POST"])
@limiter.limit(RATE, methods=["POST"])
def join_embedded(slug: str) -> ResponseReturnValue:
    """The form alone, which the chain's own sites may show in a frame."""
    return _join(slug, "contact.join_embedded", "contact.joined_embedded", is_embedded=True)


@blueprint.get("/f/<slug>/thanks")
def joined(slug: str) -> ResponseReturnValue:
    return _thank(slug)


@blueprint.get("/f/<slug>/embed/thanks")
def joined_embedded(slug: str) -> ResponseReturnValue:
    return _thank(slug, is_embedded=True)


@blueprint.post("/f/<slug>/again")
@limiter.limit(RATE)
def ask_again(slug: str) -> ResponseReturnValue:
    """Mail the question once more."""
    _find(slug)
    token = request.form.get("again", "")
    with transaction():
        is_sent = actions.resend(slug, token, now=clock.business_now(), machine_now=clock.machine_now())
    done = gettext("The mail is on its way once more.") if is_sent else ""
    is_embedded = request.form.get("is_embedded") == "1"
    return _thank(slug, is_embedded=is_embedded, done=done, is_mailed=is_sent)


@blueprint.route("/confirm/<token>", methods=["GET", "POST"])
def confirm(token: str) -> ResponseReturnValue:
    """GET and HEAD confirm nothing, since mail scanners open links; the button does."""
    now, machine_now = clock.business_now(), clock.machine_now()
    if request.method == "POST":
        with transaction():
            found = actions.confirm(token, now=now, machine_now=machine_now, **_proof())
    else:
        found = optin.read_optin(token, now=now, machine_now=machine_now)
    is_done = found.state is OptinState.CONFIRMED
    return private(render_template("signups/confirm.html", found=found, is_done=is_done))


def _join(slug: str, here: str, thanks: str, *, is_embedded: bool = False) -> ResponseReturnValue:
    form = _find(slug)
    if not form.is_open(clock.business_now()):
        return _closed(form, is_embedded=is_embedded)
    language = page.language_now()
    action = url_for(here, slug=slug, lang=language.value)
    if request.method != "POST":
        return page.draw(form, given={}, errors={}, action=action, is_embedded=is_embedded)
    given = request.form.to_dict() | page.taken_of(request.form)
    meant = page.meant_of(given)
    if meant:
        drawn = page.draw(form, given=given, errors={}, action=action, is_embedded=is_embedded, meant=meant)
        return drawn, 422
    sent = _submit(slug, given)
    if sent.errors:
        drawn = page.draw(form, given=given, errors=sent.errors, action=action, is_embedded=is_embedded)
        return drawn, 422
    return redirect(
        url_for(
            thanks,
            slug=slug,
            lang=language.value,
            again=sent.again or None,
            mailed=None if sent.is_mailed else "0",
        )
    )


class _Proof(TypedDict):
    """Where a press came from."""

    ip: str | None
    user_agent: str


def _proof() -> _Proof:
    return {"ip": request.remote_addr, "user_agent": request.user_agent.string}


def _submit(slug: str, given: dict[str, str]) -> actions.Sent:
    sender = actions.Sender(
        nonce=given.get("nonce", ""),
        language=page.language_now(),
        ip=request.remote_addr,
        user_agent=request.user_agent.string,
    )
    with transaction():
        return actions.submit(
            slug, given, sender=sender, now=clock.business_now(), machine_now=clock.machine_now()
        )


def _thank(slug: str, *, is_embedded: bool = False, done: str = "", is_mailed: bool = True) -> str:
    form = _find(slug)
    return render_template(
        "signups/thanks.html",
        frame="signups/_bare.html" if is_embedded else "layouts/public.html",
        form=form,
        texts=form.content.text(page.language_now()),
        again=request.values.get("again", ""),
        is_embedded=is_embedded,
        done=done,
        is_mailed=is_mailed and request.args.get("mailed") != "0",
        has_phone_boxes=any(line.channel is not Channel.EMAIL for line in form.content.consents),
    )


def _closed(form: FormPage, *, is_embedded: bool) -> ResponseReturnValue:
    is_early = form.opens_at is not None and clock.business_now() < form.opens_at
    drawn = render_template(
        "signups/closed.html",
        frame="signups/_bare.html" if is_embedded else "layouts/public.html",
        form=form,
        texts=form.content.text(page.language_now()),
        opens_at=form.opens_at if is_early and form.is_active else None,
    )
    return drawn, 200 if is_early else 410


def _find(slug: str) -> FormPage:
    form = queries.find_form(slug)
    if form is None:
        raise NotFound(NO_FORM)
    return form


@blueprint.after_request
def frame(response: Response) -> Response:
    """Also an error of an embedded form is shown in the frame of the chain's own sites."""
    is_framed = request.endpoint in FRAMED and response.status_code < BROKEN and not g.get("is_database_away")
    if is_framed and find_chain() is not None:
        response.headers["Content-Security-Policy"] = page.frame_policy()
    return response
