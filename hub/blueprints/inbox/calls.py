"""Doors of the call list: calls by due time, one call with its script and its tries, a new one."""

from datetime import datetime, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import DateTimeLocalField, HiddenField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import Length, Optional

from hub.blueprints.access import viewer
from hub.blueprints.call_words import outcome_words
from hub.blueprints.errors import sentence_of
from hub.blueprints.forms import Form, required
from hub.blueprints.inbox.base import blueprint
from hub.blueprints.inbox.moments import as_field, read_moment
from hub.blueprints.row_ids import read_id
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import HubError
from hub.customers import queries as customers
from hub.customers.queries import CustomerRow
from hub.inbox import actions, queries
from hub.inbox.queries import CallFilters, CallRow, TicketView
from hub.inbox.words import CallOutcome, CallState
from hub.staff import queries as staff
from hub.staff.words import Permission
from hub.stores import queries as stores

LISTS = ("mine", "all", "ended")
HOUR = timedelta(hours=1)


class CallForm(Form):
    """A call to make."""

    ticket = HiddenField()
    customer = HiddenField()
    script = TextAreaField(_("What to say"), [required(), Length(max=4000)])
    due_at = DateTimeLocalField(_("Due"), [required()])
    store_id = SelectField(_("Store"), coerce=str, validators=[Optional()])
    assignee = SelectField(_("Who calls"), coerce=str, validators=[Optional()])

    def offer(self, store_id: int | None) -> "CallForm":
        """Fill the choices: the person's stores, and who works in the store of the call."""
        me = viewer()
        scope = None if me.scope.is_everything else me.scope.store_ids
        rows = stores.list_stores(store_ids=scope)
        self.store_id.choices = [
            *([SelectChoice("", gettext("central queue"))] if me.scope.is_everything else []),
            *(SelectChoice(str(row.id), row.name) for row in rows),
        ]
        self.assignee.choices = [
            SelectChoice("", gettext("whoever has time")),
            SelectChoice(str(me.agent_id), gettext("me")),
            *_colleagues(store_id),
        ]
        return self


def _colleagues(store_id: int | None) -> list[SelectChoice]:
    people = staff.list_store_agents(store_id)
    return [SelectChoice(str(row.id), row.name) for row in people if row.id != viewer().agent_id]


@blueprint.get("/calls")
def list_calls() -> ResponseReturnValue:
    """Whom to phone, earliest first: one's own, everybody's, or those that are over."""
    shown = request.args.get("list", "mine")
    shown = shown if shown in LISTS else "mine"
    filters = CallFilters(
        is_mine=shown == "mine",
        is_ended=shown == "ended",
        customer_id=request.args.get("customer", type=int),
    )
    page = queries.list_calls(filters, viewer(), after=request.args.get("after"))
    tabs = [
        {"label": words, "href": url_for("inbox.list_calls", list=key), "is_current": key == shown}
        for key, words in zip(LISTS, list_words(), strict=True)
    ]
    older = url_for("inbox.list_calls", list=shown, after=page.next_key) if page.next_key else None
    return render_template("inbox/calls.html", calls=page.rows, tabs=tabs, older_href=older, **_common())


def list_words() -> tuple[str, str, str]:
    return gettext("Mine and nobody's"), gettext("All"), gettext("Over")


def _common() -> dict[str, Any]:
    return {
        "now": clock.business_now(),
        "outcome_words": outcome_words,
        "may_answer": viewer().may(Permission.ANSWER_TICKETS),
    }


@blueprint.get("/calls/<int:call_id>")
def show_call(call_id: int) -> ResponseReturnValue:
    """One call: number, script, what came of the tries, and the form to note the next."""
    return _call_page(queries.access_call(call_id, viewer()))


def _call_page(call: CallRow, sentence: str = "") -> ResponseReturnValue:
    people = [(row.id, row.name) for row in staff.list_store_agents(call.store_id)]
    page = render_template(
        "inbox/call_task.html",
        call=call,
        tries=queries.list_attempts(call.id),
        is_open=call.state is CallState.OPEN,
        outcomes=[(each.value, outcome_words(each)) for each in CallOutcome],
        people=[("", gettext("whoever has time")), *people],
        sentence=sentence,
        **_common(),
    )
    return page, 422 if sentence else 200


@blueprint.post("/calls/<int:call_id>/log")
def log_attempt(call_id: int) -> ResponseReturnValue:
    """What came of it; reached on a ticket, it ends the customer's wait."""
    call, form = queries.access_call(call_id, viewer()), request.form
    try:
        given = form.get("outcome", "")
        result = actions.CallResult(
            outcome=CallOutcome(given) if given in set(CallOutcome) else CallOutcome.NO_ANSWER,
            note=form.get("note", ""),
            next_at=_moment(form.get("next_at", "")),
        )
        with transaction():
            actions.log_attempt(call_id, result, by=viewer().actor, now=clock.business_now())
    except HubError as error:
        return _call_page(call, sentence_of(error))
    flash(gettext("The call is noted: %(outcome)s.", outcome=outcome_words(result.outcome)), "ok")
    return redirect(url_for("inbox.list_calls"), 303)


def _moment(given: str) -> datetime | None:
    return read_moment(given, "next_at") if given.strip() else None


@blueprint.post("/calls/<int:call_id>/give")
def give_call(call_id: int) -> ResponseReturnValue:
    """To a colleague, or to whoever has time."""
    queries.access_call(call_id, viewer())
    return _do(
        call_id,
        lambda: actions.give_call(
            call_id,
            assignee_id=request.form.get("assignee", type=int),
            by=viewer().actor,
            now=clock.business_now(),
        ),
        gettext("The call has changed hands."),
    )


@blueprint.post("/calls/<int:call_id>/drop")
def drop_call(call_id: int) -> ResponseReturnValue:
    """It need not be made any more."""
    queries.access_call(call_id, viewer())
    return _do(
        call_id,
        lambda: actions.drop_call(call_id, by=viewer().actor, now=clock.business_now()),
        gettext("The call is off the list."),
    )


def _do(call_id: int, act: Any, done: str) -> ResponseReturnValue:
    try:
        with transaction():
            act()
        flash(done, "ok")
    except HubError as error:
        flash(sentence_of(error), "warn")
    return redirect(url_for("inbox.show_call", call_id=call_id), 303)


@blueprint.route("/calls/new", methods=["GET", "POST"])
def new_call() -> ResponseReturnValue:
    """From a ticket or from a customer's card."""
    ticket, customer = _about()
    store_id = ticket.store_id if ticket else viewer().home_store_id
    form = CallForm(**_given(ticket, customer, store_id)).offer(store_id)
    made: list[int] = []
    if form.does(lambda: made.append(_add(form, ticket, customer))):
        flash(gettext("The call is on the list."), "ok")
        back = url_for("inbox.ticket", number=ticket.number) if ticket else url_for("inbox.list_calls")
        return redirect(back, 303)
    return render_template("inbox/call_new.html", form=form, ticket=ticket, customer=customer), form.status


def _about() -> tuple[TicketView | None, CustomerRow | None]:
    """The ticket or the customer that the call is about. Raises NotFound."""
    number = request.values.get("ticket", "")
    if number:
        return queries.access_ticket(number, viewer()), None
    return None, customers.get_customer(read_id(request.values.get("customer", "")) or 0)


def _given(ticket: TicketView | None, customer: CustomerRow | None, store_id: int | None) -> dict[str, Any]:
    return {
        "ticket": ticket.number if ticket else "",
        "customer": str(customer.id) if customer else "",
        "due_at": datetime.fromisoformat(as_field(clock.business_now() + HOUR)),
        "store_id": str(store_id or ""),
        "assignee": str(viewer().agent_id),
    }


def _add(form: CallForm, ticket: TicketView | None, customer: CustomerRow | None) -> int:
    store_id = int(form.store_id.data) if form.store_id.data else None
    draft = actions.CallDraft(
        script=form.script.data or "",
        due_at=read_moment(form.due_at.data.isoformat(), "due_at"),
        ticket_id=ticket.id if ticket else None,
        customer_id=customer.id if customer else None,
        store_id=store_id if viewer().scope.has_store(store_id) else viewer().home_store_id,
        assignee_id=int(form.assignee.data) if form.assignee.data else None,
    )
    return actions.add_call(draft, by=viewer().actor, now=clock.business_now())
