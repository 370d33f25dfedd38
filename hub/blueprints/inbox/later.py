"""Doors of what happens later: a snoozed ticket, a reply that leaves at a chosen moment."""

from datetime import UTC, date, datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, to_utc

from hub.blueprints.access import viewer
from hub.blueprints.errors import sentence_of
from hub.blueprints.inbox import later_words
from hub.blueprints.inbox.base import access, back_to, blueprint, do
from hub.blueprints.inbox.composing import file_ids, keep_text_of, put_under, take_uploads
from hub.blueprints.inbox.inserted import check_ready, inserted_fields, inserted_into, inserted_ready
from hub.blueprints.inbox.reply_acts import kept_words
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Conflict, Forbidden, Invalid
from hub.inbox import actions, queries
from hub.inbox.queries import ScheduledRow, TicketView
from hub.inbox.snoozes import SnoozeUntil
from hub.inbox.words import MessageKind


@blueprint.get("/<number>/snooze")
def choose_snooze(number: str) -> ResponseReturnValue:
    """Until when may it wait?"""
    return _ask_snooze(access(number))


@blueprint.post("/<number>/snooze")
def snooze(number: str) -> ResponseReturnValue:
    ticket, given = access(number), request.form.get("until", "")
    try:
        with transaction():
            until = actions.snooze(
                ticket_id=ticket.id,
                choice=SnoozeUntil(given) if given in set(SnoozeUntil) else SnoozeUntil.DATE,
                day=_day(request.form.get("day", "")),
                by=viewer().actor,
                now=clock.business_now(),
            )
    except Invalid as error:
        return _ask_snooze(ticket, sentence_of(error))
    except Conflict as error:
        return back_to(number, sentence_of(error), "warn")
    return back_to(number, gettext("Snoozed until %(moment)s.", moment=later_words.moment_words(until)))


@blueprint.post("/<number>/wake")
def wake(number: str) -> ResponseReturnValue:
    ticket = access(number)
    return do(
        number,
        lambda: actions.wake(ticket_id=ticket.id, by=viewer().actor, now=clock.business_now()),
        gettext("The ticket is in the lists again."),
    )


def _ask_snooze(ticket: TicketView, sentence: str = "") -> ResponseReturnValue:
    page = render_template(
        "inbox/snooze.html",
        ticket=ticket,
        offers=later_words.snooze_offers(ticket.store_id, clock.business_now()),
        tomorrow=later_words.tomorrow(clock.business_now()),
        sentence=sentence,
        back=url_for("inbox.ticket", number=ticket.number),
    )
    return page, 422 if sentence else 200


@blueprint.post("/<number>/later")
def choose_moment(number: str) -> ResponseReturnValue:
    """From the composer: its text and files are kept, and the moment is asked."""
    ticket = access(number)
    try:
        with transaction():
            keep_text_of(ticket, MessageKind.AGENT)
            take_uploads(ticket)
    except Invalid as error:
        return back_to(number, sentence_of(error), "error")
    return _ask_moment(ticket)


@blueprint.post("/<number>/schedule")
def schedule(number: str) -> ResponseReturnValue:
    ticket, form = access(number), request.form
    try:
        inserted = inserted_ready(ticket, form.get("text", ""))
        with transaction():
            actions.schedule_reply(
                ticket_id=ticket.id,
                text=form.get("text", ""),
                leave_at=_moment(),
                last_event_id=None if form.get("is_forced") == "1" else form.get("last_event_id", type=int),
                by=viewer().actor,
                now=clock.business_now(),
                inserted=inserted,
                file_ids=file_ids(ticket),
            )
            keep_text_of(ticket, MessageKind.AGENT, is_dropped=True)
    except (Invalid, Conflict) as error:
        return _ask_moment(ticket, sentence_of(error), is_forced=isinstance(error, Conflict))
    return back_to(number, gettext("The reply is kept. It leaves at the moment you chose."))


def _ask_moment(ticket: TicketView, sentence: str = "", *, is_forced: bool = False) -> ResponseReturnValue:
    form, now = request.form, clock.business_now()
    page = render_template(
        "inbox/later.html",
        ticket=ticket,
        action=url_for("inbox.schedule", number=ticket.number),
        text=form.get("text", ""),
        day=form.get("day") or later_words.tomorrow(now),
        time=form.get("time") or "09:00",
        last_event_id=form.get("last_event_id", ""),
        is_forced=is_forced,
        files=queries.list_composer_files(ticket.id, viewer().agent_id),
        inserted=inserted_fields(),
        goes_with=kept_words(inserted_into(ticket, form.get("text", "")) or {}),
        sentence=sentence,
    )
    return page, 422 if sentence else 200


@blueprint.route("/<number>/scheduled/<int:scheduled_id>", methods=["GET", "POST"])
def scheduled(number: str, scheduled_id: int) -> ResponseReturnValue:
    """Change the words or the moment of a reply that has not left."""
    ticket = access(number)
    row = queries.get_scheduled(ticket.id, scheduled_id)
    sentence = ""
    if request.method == "POST":
        try:
            check_ready(request.form.get("text", ""), dict(row.inserted))
            with transaction():
                actions.change_scheduled(
                    scheduled_id=row.id,
                    text=request.form.get("text", ""),
                    leave_at=_moment(),
                    by=viewer().actor,
                    now=clock.business_now(),
                )
        except (Invalid, Conflict, Forbidden) as error:
            sentence = sentence_of(error)
        else:
            return back_to(number, gettext("Saved."))
    return _show_scheduled(ticket, row, sentence)


def _show_scheduled(ticket: TicketView, row: ScheduledRow, sentence: str) -> ResponseReturnValue:
    day, time = later_words.local_parts(row.leave_at)
    page = render_template(
        "inbox/later.html",
        ticket=ticket,
        action=url_for("inbox.scheduled", number=ticket.number, scheduled_id=row.id),
        text=request.form.get("text", row.text),
        day=request.form.get("day", day),
        time=request.form.get("time", time),
        scheduled=row,
        goes_with=kept_words(row.inserted),
        files=[],
        sentence=sentence,
    )
    return page, 422 if sentence else 200


@blueprint.post("/<number>/scheduled/<int:scheduled_id>/cancel")
def cancel_scheduled(number: str, scheduled_id: int) -> ResponseReturnValue:
    """It will not leave; the words of one's own, or of somebody who is not there any more, are in the composer."""
    ticket = access(number)
    row = queries.get_scheduled(ticket.id, scheduled_id)
    try:
        with transaction():
            text = actions.cancel_scheduled(scheduled_id=row.id, by=viewer().actor, now=clock.business_now())
            if row.agent_id == viewer().agent_id or row.is_orphaned:
                put_under(ticket, text, row.inserted)
    except Conflict as error:
        return back_to(number, sentence_of(error), "warn")
    flash(gettext("Cancelled. The reply will not leave."), "ok")
    return redirect(url_for("inbox.ticket", number=number), 303)


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def _moment() -> datetime:
    """Day and time of the form, in the zone that the page speaks in; what is no moment lies in the past."""
    written = f"{request.form.get('day', '')}T{request.form.get('time', '')}"
    try:
        local: datetime = to_utc(datetime.fromisoformat(written).replace(tzinfo=None))
    except ValueError:
        return datetime.fromtimestamp(0, tz=UTC)
    return local.replace(tzinfo=UTC)
