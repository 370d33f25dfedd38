"""Doors of the customers: the list, the card, what was sent, consents, corrections."""

from flask import Blueprint, flash, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext

from hub.blueprints import customer_messages as copies
from hub.blueprints import customer_words as words
from hub.blueprints.access import viewer
from hub.blueprints.customer_card import open_card
from hub.blueprints.customer_finds import find_customers
from hub.blueprints.customer_following import follow_merges
from hub.blueprints.customer_forms import KIND_OF, WORDING_VERSION, ConsentForm, customer_form
from hub.blueprints.customer_tabs import room_of_customers
from hub.blueprints.customer_timeline import FACTS, timeline_of
from hub.blueprints.errors import sentence_of
from hub.blueprints.htmx import wants_fragment
from hub.blueprints.plan_words import standing_words, step_words
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.core.words import Channel, Purpose
from hub.customers import actions, queries
from hub.customers.notes import actions as notes
from hub.customers.rules import show_phone
from hub.customers.words import ConsentAction, LegalBasis
from hub.identity.timeline import page_timeline
from hub.outbox.blocked import page_customer_messages
from hub.plans.queries import list_customer_enrolments
from hub.staff.words import Permission

blueprint = Blueprint("customers", __name__)
ANSWERING = ("edit", "save", "record_consent", "add_note", "remove_note")
"""Doors for whoever answers."""
follow_merges(blueprint)


@blueprint.app_context_processor
def customer_globals() -> dict[str, object]:
    """`customers/_card.html` is also shown in the ticket pane, by the inbox."""
    return {"customer_words": words, "room_of_customers": room_of_customers}


@blueprint.get("/")
def list_customers() -> ResponseReturnValue:
    search = request.args.get("q", "").strip()
    after = request.args.get("after")
    page = queries.list_customers(search, after)
    return render_template(
        "customers/list.html",
        rows=[_line(row) for row in page.rows],
        search=search,
        next_key=page.next_key,
        is_later=bool(after),
    )


@blueprint.get("/find")
def find() -> ResponseReturnValue:
    """Customers for the command palette of those who read no tickets."""
    return jsonify(find_customers(request.args.get("q", "")))


@blueprint.get("/<int:customer_id>")
def card(customer_id: int) -> ResponseReturnValue:
    """The whole page; for htmx the card alone, as in the ticket pane. Opening it is logged."""
    found = open_card(customer_id, viewer())
    if wants_fragment():
        return render_template("customers/_card.html", card=found)
    page = page_timeline(found.customer.id, kinds=FACTS, after=request.args.get("after"))
    happened = timeline_of(page.rows, found, viewer())
    return render_template(
        "customers/card.html",
        card=found,
        items=happened,
        next_key=page.next_key,
        **_plan_words(),
        **_rights(),
    )


def _plan_words() -> dict[str, object]:
    return {"step_words": step_words, "is_english": str(get_locale()) == "en"}


@blueprint.post("/<int:customer_id>/notes")
def add_note(customer_id: int) -> ResponseReturnValue:
    """What the staff should know of the customer, on the card."""
    try:
        with transaction():
            notes.add_note(
                customer_id=customer_id,
                text=request.form.get("text", ""),
                by=viewer().actor,
                now=clock.business_now(),
            )
        flash(gettext("The note is on the card. Only the staff reads it."), "ok")
    except Invalid as error:
        flash(sentence_of(error), "error")
    return redirect(url_for("customers.card", customer_id=customer_id) + "#notes", 303)


@blueprint.post("/<int:customer_id>/notes/<int:note_id>/remove")
def remove_note(customer_id: int, note_id: int) -> ResponseReturnValue:
    with transaction():
        notes.remove_note(
            customer_id=customer_id, note_id=note_id, by=viewer().actor, now=clock.business_now()
        )
    flash(gettext("The note is gone."), "ok")
    return redirect(url_for("customers.card", customer_id=customer_id) + "#notes", 303)


@blueprint.get("/<int:customer_id>/messages")
def messages(customer_id: int) -> ResponseReturnValue:
    """What was sent and what was not, with the reason; and the plans the customer is in."""
    page = page_customer_messages(customer_id, request.args.get("after"))
    return render_template(
        "customers/messages.html",
        customer=queries.get_customer(customer_id),
        messages=copies.rows_of(page.rows),
        next_key=page.next_key,
        enrolments=list_customer_enrolments(customer_id),
        is_english=str(get_locale()) == "en",
        standing_words=standing_words,
        **_rights(),
    )


@blueprint.get("/<int:customer_id>/messages/<int:outbound_id>")
def message(customer_id: int, outbound_id: int) -> ResponseReturnValue:
    """One message exactly as the customer saw it, or would have; and what the provider said."""
    return render_template(
        "customers/message.html",
        customer=queries.get_customer(customer_id),
        copy=copies.open_copy(customer_id, outbound_id),
        attempt_words=copies.attempt_words,
        click_words=copies.click_words,
        explain=copies.explain,
    )


@blueprint.get("/<int:customer_id>/messages/<int:outbound_id>/html")
def message_html(customer_id: int, outbound_id: int) -> ResponseReturnValue:
    """Its layout, for a frame that may do nothing."""
    content = copies.open_copy(customer_id, outbound_id).content
    response = make_response(content.html if content else "")
    response.headers["Content-Security-Policy"] = copies.POLICY
    return response


@blueprint.get("/<int:customer_id>/consents")
def consents(customer_id: int) -> ResponseReturnValue:
    return _show_consents(customer_id, ConsentForm())


@blueprint.post("/<int:customer_id>/consents")
def record_consent(customer_id: int) -> ResponseReturnValue:
    form, customer = ConsentForm(), queries.get_customer(customer_id)
    if not form.does(lambda: _record(form, customer)):
        return _show_consents(customer_id, form), form.status
    flash(gettext("The statement is kept with its proof."), "ok")
    return redirect(url_for("customers.consents", customer_id=customer_id), 303)


@blueprint.post("/<int:customer_id>/suppressions/lift")
def lift_suppression(customer_id: int) -> ResponseReturnValue:
    purpose = request.form.get("purpose")
    with transaction():
        actions.lift_suppression(
            request.form.get("address", ""),
            purpose=Purpose(purpose) if purpose in set(Purpose) else None,
            by=viewer().actor,
            now=clock.business_now(),
        )
    flash(gettext("Messages may go to this address again."), "ok")
    return redirect(url_for("customers.consents", customer_id=customer_id), 303)


@blueprint.get("/<int:customer_id>/edit")
def edit(customer_id: int) -> ResponseReturnValue:
    customer = queries.get_customer(customer_id)
    form = customer_form(customer, show_phone(customer.phone) if customer.phone else "")
    return render_template("customers/edit.html", customer=customer, form=form)


@blueprint.post("/<int:customer_id>/edit")
def save(customer_id: int) -> ResponseReturnValue:
    customer = queries.get_customer(customer_id)
    form, by = customer_form(customer, ""), viewer().actor
    if not form.does(
        lambda: actions.edit_customer(customer_id, form.edit(), by=by, now=clock.business_now())
    ):
        return render_template("customers/edit.html", customer=customer, form=form), form.status
    flash(gettext("The customer is corrected."), "ok")
    return redirect(url_for("customers.card", customer_id=customer_id), 303)


def _line(row: queries.CustomerRow) -> dict[str, object]:
    return {
        "name": row.name,
        "href": url_for("customers.card", customer_id=row.id),
        "mail": row.mail,
        "phone": show_phone(row.phone) if row.phone else None,
        "postcode": row.postcode,
        "loyalty_card": row.loyalty_card,
    }


def _record(form: ConsentForm, customer: queries.CustomerRow) -> None:
    channel = Channel(form.channel.data)
    address = customer.mail if channel is Channel.EMAIL else customer.phone
    if address is None:
        raise Invalid(
            N_("This customer has no address for this channel. Please add it first."), field="channel"
        )
    actions.record_consent(
        address_kind=KIND_OF[channel],
        address=address,
        channel=channel,
        purpose=Purpose(form.purpose.data),
        action=ConsentAction(form.action.data),
        legal_basis=LegalBasis.CONSENT,
        wording=str(form.wording.data),
        wording_version=WORDING_VERSION,
        collection_point=str(form.collection_point.data),
        by=viewer().actor,
        now=clock.business_now(),
        ip=request.remote_addr,
        user_agent=request.user_agent.string[:500],
    )


def _show_consents(customer_id: int, form: ConsentForm) -> str:
    return render_template(
        "customers/consents.html",
        customer=queries.get_customer(customer_id),
        addresses=queries.list_addresses(customer_id),
        consents=queries.list_consents(customer_id),
        form=form,
        show_phone=show_phone,
        **_rights(),
    )


def _rights() -> dict[str, bool]:
    me = viewer()
    return {
        "may_edit": me.may(Permission.ANSWER_TICKETS),
        "may_lift": me.may(Permission.EDIT_SETTINGS),
        "may_read_tickets": me.may(Permission.READ_TICKETS),
    }
