"""Doors of what came in by a form: the list by state and the file of it."""

import csv
import io
from collections.abc import Iterator

from flask import Response, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.contact.joining_page import field_words
from hub.blueprints.signups.base import blueprint
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.customers.queries import get_customers
from hub.signups import queries
from hub.signups.queries import EntryRow, FormPage
from hub.signups.rules import PLAIN_FIELDS, safe_cell
from hub.signups.submitting import REPEATED
from hub.signups.words import EntryState, Mode


@blueprint.get("/<int:form_id>/entries")
def list_entries(form_id: int) -> ResponseReturnValue:
    """Newest first; confirmed ones, those that wait, and those refused with their reason."""
    form, state = queries.get_form(form_id), _state()
    page = queries.list_entries(form_id, state=state, after=request.args.get("after"))
    return render_template(
        "signups/entries.html",
        form=form,
        state=state,
        page=page,
        counts=queries.count_entries([form_id])[form_id],
        states=state_words(),
        people=get_customers({row.customer_id for row in page.rows if row.customer_id}),
        summary=_summary,
        reason=reason_words,
    )


@blueprint.get("/<int:form_id>/entries.csv")
def export_entries(form_id: int) -> ResponseReturnValue:
    """All entries (or those of one state) as a file for a spreadsheet."""
    form, state = queries.get_form(form_id), _state()
    lines = stream_with_context(_lines(form, state))
    answer = Response(lines, mimetype="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f"attachment; filename={form.slug}.csv"
    return answer


def _lines(form: FormPage, state: EntryState | None) -> Iterator[str]:
    """Semicolons and a byte order mark: what a French spreadsheet opens without questions."""
    names = [kind.value for kind in PLAIN_FIELDS if form.content.mode(kind) is not Mode.OFF]
    names += [f"q{number}" for number in range(len(form.content.questions))]
    heads = ["id", "state", "reason", "sent_at", "confirmed_at", "version", "language", *names, "ticked"]
    yield "\ufeff" + _line(heads)
    for row in queries.iterate_entries(form.id, state=state):
        yield _line(_cells(row, names))


def _cells(row: EntryRow, names: list[str]) -> list[str]:
    return [
        str(row.id),
        row.state.value,
        row.reason,
        row.created_at.isoformat(timespec="seconds"),
        row.confirmed_at.isoformat(timespec="seconds") if row.confirmed_at else "",
        str(row.version_number),
        row.language.value,
        *(str(row.answers.get(name, "")) for name in names),
        " | ".join(row.answers.get("ticked", [])),
    ]


def _line(cells: list[str]) -> str:
    written = io.StringIO()
    csv.writer(written, delimiter=";").writerow([safe_cell(cell) for cell in cells])
    return written.getvalue()


def _state() -> EntryState | None:
    word = request.args.get("state", "")
    if word and word not in set(EntryState):
        raise Invalid(N_("This list does not exist. Please choose one of those shown."), field="state")
    return EntryState(word) if word else None


def state_words() -> dict[EntryState, tuple[str, str]]:
    """A state in words, and the tone of its chip."""
    return {
        EntryState.CONFIRMED: (gettext("Confirmed"), "ok"),
        EntryState.ACCEPTED: (gettext("Taken in"), "ok"),
        EntryState.WAITING: (gettext("Waits for the confirmation"), "warn"),
        EntryState.REFUSED: (gettext("Refused"), "late"),
    }


def reason_words(row: EntryRow) -> str:
    """Why an entry was refused, in the reader's language."""
    if row.reason == REPEATED:
        return str(gettext("This customer has entered before; one entry counts."))
    words = field_words()
    told = []
    for name, text, values in row.answers.get("errors", []):
        sentence = gettext(text, **values) if values else gettext(text)
        told.append(f"{words[name]} : {sentence}" if name in words else str(sentence))
    return " ".join(told)


def _summary(row: EntryRow) -> str:
    """What was typed, on one line, when no customer is known."""
    words = field_words()
    return ", ".join(str(row.answers[kind]) for kind in words if row.answers.get(kind))
