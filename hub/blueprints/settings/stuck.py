"""Settings: what a person must decide: unknown messages, quarantined mail, refused orders, unseen auto-replies."""

import json
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from hub.blueprints.access import viewer
from hub.blueprints.forms import ids
from hub.blueprints.inbox.rows import size_words
from hub.blueprints.messages.not_sent import not_sent_rows
from hub.blueprints.settings.base import blueprint, refused
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Conflict, NotFound
from hub.core.paging import Page
from hub.core.text import N_
from hub.mailroom import queries as mailroom
from hub.mailroom.actions import release_arrival, release_arrivals
from hub.orders import queries as orders
from hub.orders.retaking import take_in_again
from hub.orders.rows import FieldError, RefusedEvent
from hub.orders.words import EventOutcome
from hub.outbox import blocked, settling
from hub.outbox.provider_queries import list_unmatched_deliveries

SHOWN_CHARS = 100_000
PAYLOAD_CHARS = 20_000
EVENTS_A_PAGE = 20
PROVIDER_EVENTS_A_PAGE = 50
MOST_RELEASED = 200
AUTO_REPLIES = "auto_replies"


@blueprint.get("/operations/unknown")
def unknown_messages() -> ResponseReturnValue:
    """Messages of which nobody knows whether they left."""
    page = blocked.list_unknown(request.args.get("after"))
    return render_template(
        "settings/operations_unknown.html", rows=not_sent_rows(page.rows), **_links("unknown_messages", page)
    )


@blueprint.post("/operations/unknown/<int:outbound_id>")
def settle_message(outbound_id: int) -> ResponseReturnValue:
    """Send it again, or leave it as it is."""
    is_again = request.form.get("act") == "again"
    act = settling.send_again if is_again else settling.leave_unknown
    try:
        with transaction():
            act(outbound_id, by=viewer().actor, now=clock.business_now())
    except Conflict as error:
        return refused(error, "unknown_messages")
    again = gettext("It leaves again shortly, unless the gate objects.")
    return _done(again if is_again else gettext("It stays as it is."), "unknown_messages")


@blueprint.get("/operations/quarantine")
def quarantine() -> ResponseReturnValue:
    """Mails that nobody could sort, with the reason."""
    return _mails("quarantine", mailroom.list_quarantine(request.args.get("after")))


@blueprint.get("/operations/auto-replies")
def auto_replies() -> ResponseReturnValue:
    """Auto-replies that belong to no ticket, with the reason; one that a person wrote is made a ticket."""
    return _mails(AUTO_REPLIES, mailroom.list_unseen(request.args.get("after")))


def _mails(listed: str, page: Page[mailroom.QuarantineRow]) -> ResponseReturnValue:
    return render_template(
        "settings/operations_mails.html",
        rows=page.rows,
        listed=listed,
        size_words=size_words,
        **_links(listed, page),
    )


@blueprint.get("/operations/provider-events")
def provider_events() -> ResponseReturnValue:
    """What mail providers reported about messages that we do not know."""
    page = list_unmatched_deliveries(request.args.get("after"), PROVIDER_EVENTS_A_PAGE)
    return render_template(
        "settings/operations_events.html", rows=page.rows, **_links("provider_events", page)
    )


@blueprint.get("/operations/mails/<int:arrival_id>")
def arrival(arrival_id: int) -> ResponseReturnValue:
    """One of these mails: its reason and its source as text, never as markup."""
    row, raw = _mail(arrival_id)
    source = raw[:SHOWN_CHARS].decode("utf-8", "replace").replace("\0", "\ufffd")
    return render_template(
        "settings/operations_mail.html",
        row=row,
        source=source,
        is_cut=len(raw) > SHOWN_CHARS,
        size_words=size_words,
    )


@blueprint.get("/operations/mails/<int:arrival_id>/source")
def arrival_source(arrival_id: int) -> ResponseReturnValue:
    """The whole mail as it came, as a download."""
    _row, raw = _mail(arrival_id)
    response = Response(raw, mimetype="application/octet-stream")
    response.headers.set("Content-Disposition", "attachment", filename=f"mail-{arrival_id}.eml")
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@blueprint.post("/operations/mails/<int:arrival_id>/release")
def release_mail(arrival_id: int) -> ResponseReturnValue:
    """Sort a quarantined mail again, after a fix; make an auto-reply that a person wrote a ticket."""
    try:
        with transaction():
            release_arrival(
                arrival_id, by=viewer().actor, now=clock.business_now(), machine_now=clock.machine_now()
            )
    except Conflict as error:
        return refused(error, _listed())
    is_ticket = _listed() == AUTO_REPLIES
    words = gettext("The mail is sorted again shortly.")
    return _done(gettext("The mail becomes a ticket shortly.") if is_ticket else words, _listed())


@blueprint.post("/operations/quarantine/release")
def release_mails() -> ResponseReturnValue:
    """Do the same with the chosen ones; what a colleague released meanwhile is left alone."""
    chosen = ids(request.form.getlist("arrival_id"))[:MOST_RELEASED]
    if not chosen:
        return _done(gettext("Please tick the mails to release."), _listed(), "error")
    with transaction():
        count = release_arrivals(
            chosen, by=viewer().actor, now=clock.business_now(), machine_now=clock.machine_now()
        )
    words = ngettext("%(num)s mail is sorted again.", "%(num)s mails are sorted again.", count)
    return _done(words, _listed())


def _listed() -> str:
    """The list that a person came from, and goes back to."""
    return AUTO_REPLIES if request.args.get("list") == AUTO_REPLIES else "quarantine"


@blueprint.get("/operations/orders")
def refused_orders() -> ResponseReturnValue:
    """Order events that could not be taken, as they came and why."""
    page = orders.list_refused_events(request.args.get("after"), EVENTS_A_PAGE)
    rows = [_event(row) for row in page.rows]
    return render_template("settings/operations_orders.html", rows=rows, **_links("refused_orders", page))


@blueprint.post("/operations/orders/<int:event_id>")
def retake_order(event_id: int) -> ResponseReturnValue:
    """Take it in again, after what it was refused for is mended."""
    try:
        with transaction():
            taken = take_in_again(event_id, by=viewer().actor, now=clock.business_now())
    except Conflict as error:
        return refused(error, "refused_orders")
    if taken.outcome is EventOutcome.REFUSED:
        why = " ".join(map(_sentence, taken.errors[:3]))
        return _done(gettext("It is refused again: %(why)s", why=why), "refused_orders", "error")
    return _done(gettext("The order is taken in."), "refused_orders")


def _mail(arrival_id: int) -> tuple[mailroom.QuarantineRow, bytes]:
    row = mailroom.find_quarantined(arrival_id)
    if row is None:
        raise NotFound(N_("This mail is sorted by now, or does not exist."))
    return row, mailroom.get_raw(arrival_id)


def _event(row: RefusedEvent) -> dict[str, Any]:
    text = json.dumps(row.payload, ensure_ascii=False, indent=2)
    return {
        "id": row.id,
        "source": row.source,
        "external_id": row.external_id or "–",
        "received_at": row.received_at,
        "errors": [(error.field or "–", _sentence(error)) for error in row.errors],
        "payload": text[:PAYLOAD_CHARS],
        "is_cut": len(text) > PAYLOAD_CHARS,
    }


def _sentence(error: FieldError) -> str:
    return str(gettext(error.text, **error.values) if error.values else gettext(error.text))


def _done(words: str, endpoint: str, tone: str = "ok") -> ResponseReturnValue:
    flash(words, tone)
    return redirect(url_for(f"settings.{endpoint}"), 303)


def _links(endpoint: str, page: Page[Any]) -> dict[str, str | None]:
    here = f"settings.{endpoint}"
    return {
        "older_href": url_for(here, after=page.next_key) if page.next_key else None,
        "newer_href": url_for(here) if request.args.get("after") else None,
    }
