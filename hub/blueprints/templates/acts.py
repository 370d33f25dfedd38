"""Doors of what changes a template as a whole: customise, publish, throw away, go back, send a test."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext, ngettext

from hub.blueprints.access import viewer
from hub.blueprints.errors import sentence_of
from hub.blueprints.pages import limiter
from hub.blueprints.templates.base import blueprint, house, language_of, template_of
from hub.blueprints.templates.form import read_seen
from hub.content import actions, queries
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Conflict, Invalid
from hub.outbox.actions.testing import send_test as send_template_test

TESTS = "20 per hour"


@blueprint.post("/<key>/customise")
def customise(key: str) -> ResponseReturnValue:
    """The chain's own copy as a draft; the delivered mail stays in use until it is published."""
    with transaction():
        actions.customise(key=key, by=viewer().actor, now=clock.business_now())
    return redirect(url_for(".edit_template", key=key, language=str(get_locale())), 303)


@blueprint.post("/<key>/publish")
def publish(key: str) -> ResponseReturnValue:
    """Publish all languages together, or say what stops it."""
    row, chain, seen = template_of(key), house(), read_seen(request.form.get("seen", ""))
    by, now = viewer().actor, clock.business_now()
    try:
        with transaction():
            actions.publish_drafts(key=key, seen=seen, house=chain, by=by, now=now)
    except Invalid:
        reports = queries.review_drafts(row.id, chain)
        return render_template("templates/refused.html", row=row, reports=reports), 422
    except Conflict as error:
        flash(sentence_of(error), "error")
    else:
        flash(gettext("Published. The next messages are sent with this version."), "ok")
    return redirect(url_for(".show_template", key=key), 303)


@blueprint.post("/<key>/discard")
def discard(key: str) -> ResponseReturnValue:
    """Throw the drafts away. A template that was never published is gone with them."""
    had_versions = bool(template_of(key).published_languages)
    here, seen = url_for(".show_template", key=key), read_seen(request.form.get("seen", ""))
    try:
        with transaction():
            actions.discard_drafts(key=key, seen=seen, by=viewer().actor, now=clock.business_now())
    except Conflict as error:
        flash(sentence_of(error), "error")
        return redirect(here, 303)
    flash(gettext("The draft is thrown away."), "ok")
    return redirect(here if had_versions else url_for(".list_templates"), 303)


@blueprint.post("/<key>/delivered")
def go_back(key: str) -> ResponseReturnValue:
    """Use the delivered mail again; the chain's versions stay in the history."""
    with transaction():
        actions.go_back_to_delivered(key=key, by=viewer().actor, now=clock.business_now())
    flash(gettext("The delivered message is in use again. Your versions are kept."), "ok")
    return redirect(url_for(".show_template", key=key), 303)


@blueprint.post("/<key>/<language>/test")
@limiter.limit(TESTS, key_func=lambda: f"template-test:{viewer().agent_id}")
def send_test(key: str, language: str) -> ResponseReturnValue:
    """Send the saved draft to a few addresses, marked as a test, its links harmless."""
    try:
        with transaction():
            sent = send_template_test(
                template_key=key,
                language=language_of(language),
                addresses=request.form.get("addresses", ""),
                by=viewer().actor,
                now=clock.business_now(),
            )
    except Invalid as error:
        flash(sentence_of(error), "error")
    else:
        words = ngettext(
            "The test leaves for %(num)s address.", "The test leaves for %(num)s addresses.", len(sent)
        )
        flash(words, "ok")
    return redirect(url_for(".edit_template", key=key, language=language, _anchor="test"), 303)
