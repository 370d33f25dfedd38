"""Settings: tickets and customers of another helpdesk: upload, dry run, the store of each group, progress."""

from datetime import datetime
from typing import Any

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField
from wtforms import SelectField, StringField

from hub.blueprints.access import viewer
from hub.blueprints.forms import Form, options, required
from hub.blueprints.inbox.rows import size_words
from hub.blueprints.inbox.words import state_words
from hub.blueprints.row_ids import read_id
from hub.blueprints.settings.base import blueprint, refused, saved
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Conflict, Invalid
from hub.core.text import N_
from hub.inbox.words import TicketState
from hub.stores.queries import list_stores
from hub.takeover import actions, queries
from hub.takeover.queries import ProblemRow, TakeoverRow
from hub.takeover.words import TakeoverSource, TakeoverState

SOURCES: dict[TakeoverSource, str] = {
    TakeoverSource.ZAMMAD: N_("Zammad: its API as JSON, in a zip archive"),
    TakeoverSource.FRESHDESK: N_("Freshdesk: JSON or CSV, in a zip archive"),
    TakeoverSource.MBOX: N_("Mail file (mbox)"),
}
STATES: dict[TakeoverState, tuple[str, str]] = {
    TakeoverState.CHECKING: (N_("is being read"), "info"),
    TakeoverState.CHECKED: (N_("read, nothing taken over yet"), "warn"),
    TakeoverState.RUNNING: (N_("is being taken over"), "info"),
    TakeoverState.DONE: (N_("taken over"), "ok"),
    TakeoverState.STOPPED: (N_("stopped"), "warn"),
    TakeoverState.FAILED: (N_("ended with an error"), "late"),
}
KINDS = {
    "customer": N_("Customer"),
    "ticket": N_("Ticket"),
    "file": N_("File"),
    "mail": N_("Mail"),
    "row": N_("Row"),
}
UNDER_WAY = frozenset({TakeoverState.CHECKING, TakeoverState.RUNNING})


class TakeoverForm(Form):
    source = SelectField(_("Where it comes from"))
    file = FileField(_("File"), validators=[required()])
    own = StringField(_("Our own addresses"))

    def offer(self) -> None:
        self.source.choices = options((source, gettext(words)) for source, words in SOURCES.items())

    def begin(self) -> int:
        given: Any = self.file.data
        return actions.begin_takeover(
            TakeoverSource(str(self.source.data)),
            file_name=given.filename or "",
            content=given.stream,
            own=[word.strip() for word in (self.own.data or "").replace(";", ",").split(",") if word.strip()],
            by=viewer().actor,
            now=clock.business_now(),
        )


@blueprint.route("/takeovers", methods=["GET", "POST"])
def takeovers() -> ResponseReturnValue:
    """What was handed in, and the form that hands in more."""
    form, made = TakeoverForm(), list[int]()
    form.offer()
    if form.does(lambda: made.append(form.begin())):
        return saved("takeover", takeover_id=made[0])
    rows = [_shown(row) for row in queries.list_takeovers()]
    most = current_app.config["COMPTOIR"].max_takeover_bytes
    return render_template(
        "settings/takeovers.html", form=form, rows=rows, most=size_words(most)
    ), form.status


@blueprint.get("/takeovers/<int:takeover_id>")
def takeover(takeover_id: int) -> ResponseReturnValue:
    """The report of the dry run, the store of each group, and how far it is."""
    row = queries.get_takeover(takeover_id)
    page = queries.list_problems(takeover_id, request.args.get("after"))
    here = "settings.takeover"
    older = url_for(here, takeover_id=takeover_id, after=page.next_key) if page.next_key else None
    return render_template(
        "settings/takeover.html",
        shown=_shown(row),
        groups=_groups(row),
        stores=[(store.id, store.name) for store in list_stores()],
        states=_states(row),
        since=_moment(row.report.get("since")),
        until=_moment(row.report.get("until")),
        problems=[_problem(each) for each in page.rows],
        problem_count=queries.count_problems(takeover_id),
        older_href=older,
        newer_href=url_for(here, takeover_id=takeover_id) if request.args.get("after") else None,
    )


@blueprint.post("/takeovers/<int:takeover_id>")
def start_takeover(takeover_id: int) -> ResponseReturnValue:
    """Take it over, each group to the store chosen for it."""
    row = queries.get_takeover(takeover_id)
    known = {store.id for store in list_stores()}
    groups: dict[str, int | None] = {}
    for place, group in enumerate(row.report.get("groups", ())):
        store_id = read_id(request.form.get(f"store-{place}", ""))
        groups[group["name"]] = store_id if store_id in known else None
    try:
        with transaction():
            actions.start_takeover(takeover_id, groups, by=viewer().actor, now=clock.business_now())
    except Conflict as error:
        return refused(error, "takeover", takeover_id=takeover_id)
    return redirect(url_for("settings.takeover", takeover_id=takeover_id), 303)


@blueprint.post("/takeovers/<int:takeover_id>/stop")
def stop_takeover(takeover_id: int) -> ResponseReturnValue:
    try:
        with transaction():
            actions.stop_takeover(takeover_id, by=viewer().actor, now=clock.business_now())
    except (Conflict, Invalid) as error:
        return refused(error, "takeover", takeover_id=takeover_id)
    return redirect(url_for("settings.takeover", takeover_id=takeover_id), 303)


def _shown(row: TakeoverRow) -> dict[str, Any]:
    words, tone = STATES[row.state]
    values = row.report.get("error", {})
    return {
        "row": row,
        "source": gettext(SOURCES[row.source]).partition(":")[0].strip(),
        "state": gettext(words),
        "tone": tone,
        "is_under_way": row.state in UNDER_WAY,
        "may_start": actions.may_start(row.state, row.report),
        "percent": 100 * row.position // row.total if row.total else 0,
        "error": (gettext(row.error, **values) if values else gettext(row.error)) if row.error else "",
    }


def _groups(row: TakeoverRow) -> list[dict[str, Any]]:
    """Each group with its store: what a person chose before, else what its name says."""
    chosen = row.mapping.get("groups", {})
    return [
        {**group, "store_id": chosen.get(group["name"], group["store_id"])}
        for group in row.report.get("groups", ())
    ]


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _states(row: TakeoverRow) -> list[tuple[str, int]]:
    counts = row.report.get("states", {})
    return [(state_words(state), counts[state]) for state in TicketState if counts.get(state)]


def _problem(row: ProblemRow) -> dict[str, str]:
    given = ", ".join(f"{name}: {value}" for name, value in row.row.items() if value)
    return {
        "kind": gettext(KINDS.get(row.kind, KINDS["row"])),
        "id": row.external_id,
        "reason": gettext(row.reason) if "%(" not in row.reason else row.reason,
        "row": given[:300],
    }
