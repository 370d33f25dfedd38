"""Settings: webhooks out: endpoints with their secret shown once, and the log of deliveries."""

import json
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import SelectMultipleField, StringField

from hub.blueprints.access import viewer
from hub.blueprints.forms import CheckboxesField, Form, ids, options, required
from hub.blueprints.settings.base import blueprint, refused, saved
from hub.blueprints.settings.webhook_words import EVENTS, STATES, fault_words
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Conflict
from hub.stores.queries import list_stores
from hub.webhooks import actions, queries
from hub.webhooks.queries import DeliveryRow
from hub.webhooks.rules import EndpointDraft
from hub.webhooks.words import ON_OFFER, WebhookEvent, WebhookState


class WebhookForm(Form):
    name = StringField(_("Name"), validators=[required()])
    url = StringField(_("Address"), validators=[required()])
    events = CheckboxesField(_("Events"))
    store_ids = SelectMultipleField(_("Stores"))

    def offer(self) -> None:
        self.events.choices = options((event, gettext(EVENTS[event])) for event in ON_OFFER)
        self.store_ids.choices = options((row.id, row.name) for row in list_stores(is_active=None))

    def draft(self) -> EndpointDraft:
        return EndpointDraft(
            name=str(self.name.data),
            url=str(self.url.data),
            events=tuple(WebhookEvent(word) for word in self.events.data or ()),
            store_ids=ids(self.store_ids.data or ()),
        )


@blueprint.get("/webhooks")
def webhooks() -> ResponseReturnValue:
    return render_template(
        "settings/webhooks.html", rows=queries.list_endpoints(), names=_names(), stores=_stores()
    )


@blueprint.route("/webhooks/new", methods=["GET", "POST"])
def new_webhook() -> ResponseReturnValue:
    """The secret is shown in the answer to the POST and nowhere else."""
    form, secrets = WebhookForm(), list[str]()
    form.offer()
    if form.does(
        lambda: secrets.append(
            actions.add_endpoint(form.draft(), by=viewer().actor, now=clock.business_now())
        )
    ):
        return render_template("settings/webhook_secret.html", secret=secrets[0], name=form.name.data)
    return render_template("settings/webhook.html", form=form, row=None), form.status


@blueprint.route("/webhooks/<int:endpoint_id>", methods=["GET", "POST"])
def webhook(endpoint_id: int) -> ResponseReturnValue:
    row = queries.get_endpoint(endpoint_id)
    chosen = {
        "name": row.name,
        "url": row.url,
        "events": [event.value for event in row.events],
        "store_ids": [str(store_id) for store_id in row.store_ids],
    }
    form = WebhookForm(data=chosen)
    form.offer()
    by, now = viewer().actor, clock.business_now()
    if form.does(lambda: actions.change_endpoint(endpoint_id, form.draft(), by=by, now=now)):
        return saved("webhook", endpoint_id=endpoint_id)
    return render_template("settings/webhook.html", form=form, row=row), form.status


@blueprint.post("/webhooks/<int:endpoint_id>/switch")
def switch_webhook(endpoint_id: int) -> ResponseReturnValue:
    is_on = request.form.get("is_on") == "1"
    with transaction():
        actions.switch_endpoint(endpoint_id, is_on=is_on, by=viewer().actor, now=clock.business_now())
    return saved("webhook", endpoint_id=endpoint_id)


@blueprint.post("/webhooks/<int:endpoint_id>/secret")
def renew_webhook_secret(endpoint_id: int) -> ResponseReturnValue:
    """A new secret, shown once."""
    with transaction():
        secret = actions.renew_secret(endpoint_id, by=viewer().actor, now=clock.business_now())
    name = queries.get_endpoint(endpoint_id).name
    return render_template("settings/webhook_secret.html", secret=secret, name=name)


@blueprint.post("/webhooks/<int:endpoint_id>/test")
def test_webhook(endpoint_id: int) -> ResponseReturnValue:
    """Tell it something that did not happen; the log shows what came back."""
    moments = {"now": clock.business_now(), "machine_now": clock.machine_now()}
    try:
        with transaction():
            delivery_id = actions.send_test(endpoint_id, by=viewer().actor, **moments)
    except Conflict as error:
        return refused(error, "webhook", endpoint_id=endpoint_id)
    flash(gettext("The test leaves now. Reload this page to see the answer."), "ok")
    return redirect(url_for("settings.webhook_delivery", delivery_id=delivery_id), 303)


@blueprint.get("/webhooks/deliveries")
def webhook_deliveries() -> ResponseReturnValue:
    """The log, filtered by webhook, state and event."""
    given = request.args
    keep: dict[str, Any] = {name: given[name] for name in ("webhook", "state", "event") if given.get(name)}
    page = queries.list_deliveries(
        endpoint_id=next(iter(ids([given.get("webhook", "")[:18]])), None),
        state=WebhookState(given["state"]) if given.get("state") in set(WebhookState) else None,
        event=WebhookEvent(given["event"]) if given.get("event") in set(WebhookEvent) else None,
        after=given.get("after"),
    )
    here = "settings.webhook_deliveries"
    return render_template(
        "settings/webhook_deliveries.html",
        rows=[_shown(row) for row in page.rows],
        filters=_filters(keep),
        older_href=url_for(here, after=page.next_key, **keep) if page.next_key else None,
        newer_href=url_for(here, **keep) if given.get("after") else None,
    )


@blueprint.get("/webhooks/deliveries/<int:delivery_id>")
def webhook_delivery(delivery_id: int) -> ResponseReturnValue:
    """What was told, and what came back."""
    row = queries.get_delivery(delivery_id)
    body = json.dumps(json.loads(row.body), ensure_ascii=False, indent=2)
    return render_template("settings/webhook_delivery.html", row=_shown(row), body=body)


@blueprint.post("/webhooks/deliveries/<int:delivery_id>")
def resend_webhook(delivery_id: int) -> ResponseReturnValue:
    """Send it again, under the same id."""
    moments = {"now": clock.business_now(), "machine_now": clock.machine_now()}
    try:
        with transaction():
            actions.send_again(delivery_id, by=viewer().actor, **moments)
    except Conflict as error:
        return refused(error, "webhook_delivery", delivery_id=delivery_id)
    flash(gettext("It leaves again shortly, under the same id."), "ok")
    return redirect(url_for("settings.webhook_delivery", delivery_id=delivery_id), 303)


def _names() -> dict[str, str]:
    return {event.value: gettext(words) for event, words in EVENTS.items()}


def _stores() -> dict[int, str]:
    return {row.id: row.name for row in list_stores(is_active=None)}


def _shown(row: DeliveryRow) -> dict[str, Any]:
    words, tone = STATES[row.state]
    event = WebhookEvent(row.event) if row.event in set(WebhookEvent) else WebhookEvent.TEST
    return {
        "row": row,
        "event": gettext(EVENTS[event]),
        "state": gettext(words),
        "tone": tone,
        "fault": fault_words(row.error, row.status),
    }


def _filters(keep: dict[str, str]) -> list[dict[str, Any]]:
    """The selects above the log: name, label, options as (value, words, is chosen)."""
    choices: tuple[tuple[str, str, list[tuple[str, str]]], ...] = (
        ("webhook", gettext("Webhook"), [(str(row.id), row.name) for row in queries.list_endpoints()]),
        (
            "state",
            gettext("State"),
            [(state.value, gettext(words)) for state, (words, _tone) in STATES.items()],
        ),
        ("event", gettext("Event"), list(_names().items())),
    )
    return [
        {
            "name": name,
            "label": label,
            "options": [(value, words, keep.get(name) == value) for value, words in offered],
        }
        for name, label, offered in choices
    ]
