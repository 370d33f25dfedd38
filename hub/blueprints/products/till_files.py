"""Files of the tills: hand one in, say what its columns are, and see what became of its rows."""

from itertools import islice
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField

from hub.blueprints.access import viewer
from hub.blueprints.errors import sentence_of
from hub.blueprints.forms import Form, required
from hub.blueprints.products.base import blueprint
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Conflict, HubError, Invalid
from hub.core.text import N_
from hub.orders.rows import FieldError
from hub.orders.till_files import actions, queries
from hub.orders.till_files.queries import TillFileRow
from hub.orders.till_files.words import TillColumn, TillFileState
from hub.stores.queries import list_stores

COLUMNS: dict[TillColumn, str] = {
    TillColumn.TICKET: N_("Ticket number"),
    TillColumn.STORE: N_("Store code"),
    TillColumn.DATE: N_("Date (and time)"),
    TillColumn.TIME: N_("Time"),
    TillColumn.LOYALTY_CARD: N_("Loyalty card"),
    TillColumn.EMAIL: N_("E-mail address"),
    TillColumn.PHONE: N_("Phone"),
    TillColumn.FIRST_NAME: N_("First name"),
    TillColumn.LAST_NAME: N_("Last name"),
    TillColumn.SKU: N_("Product (sku)"),
    TillColumn.NAME: N_("Product name"),
    TillColumn.QUANTITY: N_("Quantity"),
    TillColumn.UNIT_PRICE: N_("Unit price"),
    TillColumn.AMOUNT: N_("Amount of the line"),
    TillColumn.TOTAL: N_("Total of the ticket"),
    TillColumn.ORIGINAL_TICKET: N_("Original ticket (returns)"),
}
STATES: dict[TillFileState, tuple[str, str]] = {
    TillFileState.MATCHING: (N_("columns to be named"), "warn"),
    TillFileState.WAITING: (N_("is being taken in"), "info"),
    TillFileState.DONE: (N_("taken in"), "ok"),
    TillFileState.FAILED: (N_("ended with an error"), "late"),
}
HEAD = 5
LONGEST_NUMBER = 18


class TillFileForm(Form):
    file = FileField(_("File"), validators=[required()])

    def keep(self) -> tuple[int, bool]:
        given: Any = self.file.data
        return actions.keep_file(
            given.filename or "till.csv",
            given.stream,
            source="page",
            by=viewer().actor,
            now=clock.business_now(),
        )


@blueprint.route("/till-files", methods=["GET", "POST"])
def list_files() -> ResponseReturnValue:
    """What was handed in, and the form that hands in more."""
    form, kept = TillFileForm(), list[tuple[int, bool]]()
    if form.does(lambda: kept.append(form.keep())):
        file_id, is_new = kept[0]
        if not is_new:
            flash(gettext("This file was handed in before: here it is."), "info")
        return redirect(url_for("products.show_file", file_id=file_id), 303)
    page = queries.list_files(request.args.get("after"))
    rows = [{"file": row, **_state(row)} for row in page.rows]
    return render_template(
        "products/till_files.html",
        form=form,
        rows=rows,
        next_key=page.next_key,
        waiting_count=queries.count_waiting_returns(),
    ), form.status


@blueprint.get("/till-files/<int:file_id>")
def show_file(file_id: int) -> ResponseReturnValue:
    """Its columns while they are to be named, then its counts and what was refused."""
    row = queries.get_file(file_id)
    page = queries.list_refusals(file_id, request.args.get("after"))
    return render_template(
        "products/till_file.html",
        row=row,
        error=gettext(row.error) if row.error else "",
        columns=_columns(row) if row.state in {TillFileState.MATCHING, TillFileState.FAILED} else [],
        meanings=[("", gettext("not used"))]
        + [(each.value, gettext(words)) for each, words in COLUMNS.items()],
        stores=[("", gettext("a column says it"))] + [(each.id, each.name) for each in list_stores()],
        refused=[_refused(each) for each in page.rows],
        next_key=page.next_key,
        **_state(row),
    )


@blueprint.post("/till-files/<int:file_id>")
def start_file(file_id: int) -> ResponseReturnValue:
    """Take it in with these columns; they are remembered for the next file."""
    try:
        with transaction():
            actions.start_file(
                file_id,
                _chosen(),
                store_id=_number(request.form.get("store", "")),
                by=viewer().actor,
                now=clock.business_now(),
            )
    except (Invalid, Conflict) as error:
        flash(_with_words(error), "error")
    return redirect(url_for("products.show_file", file_id=file_id), 303)


def _with_words(error: HubError) -> str:
    """The columns by the names the page gives them."""
    needed = str(error.values.get("needed", ""))
    if not needed:
        return sentence_of(error)
    named = [gettext(COLUMNS[TillColumn(each)]) for each in needed.split(", ")]
    return sentence_of(Invalid(error.text, field=error.field, needed=", ".join(named)))


def _chosen() -> dict[int, TillColumn]:
    found: dict[int, TillColumn] = {}
    for name, word in request.form.items():
        place = _number(name.removeprefix("column-"))
        if name.startswith("column-") and place is not None and word in set(TillColumn):
            found[place] = TillColumn(word)
    return found


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER else None


def _columns(row: TillFileRow) -> list[dict[str, Any]]:
    """Each column with its first values and what it is taken for."""
    table = queries.open_file(row)
    head = list(islice((each for each in table.rows if each), HEAD))
    return [
        {
            "place": place,
            "heading": heading,
            "values": ", ".join(each[place] for each in head if place < len(each) and each[place])[:120],
            "meaning": row.mapping[place].value if place in row.mapping else "",
        }
        for place, heading in enumerate(table.headings)
    ]


def _state(row: TillFileRow) -> dict[str, Any]:
    words, tone = STATES[row.state]
    return {
        "state": gettext(words),
        "tone": tone,
        "percent": 100 * row.position // row.ticket_count if row.ticket_count else 0,
        "is_under_way": row.state is TillFileState.WAITING,
    }


def _refused(row: queries.RefusalRow) -> dict[str, str]:
    return {
        "number": str(row.row_number),
        "row": ", ".join(_named(name, value) for name, value in row.row.items())[:300],
        "reason": " ".join(_say(each) for each in row.errors),
    }


def _named(name: str, words: str) -> str:
    """With the column by the name the page gives it."""
    if name not in set(TillColumn):
        return words
    return gettext("%(what)s: %(words)s", what=gettext(COLUMNS[TillColumn(name)]), words=words)


def _say(error: FieldError) -> str:
    words = gettext(error.text, **error.values) if error.values else gettext(error.text)
    return _named(error.field, words)
