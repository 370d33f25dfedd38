"""Doors of the suggested reasons: what was learnt, how often it was right, words of the head office, the choice."""

from datetime import timedelta
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext

from hub.blueprints.access import viewer
from hub.blueprints.routing.base import blueprint, do, lines
from hub.core import clock
from hub.inbox.actions.reason_learning import ask_training
from hub.inbox.actions.suggestions import change_choice, change_words, read_words
from hub.inbox.queries import suggestions as queries
from hub.inbox.suggesting import LEAST_PREDICTIONS, LEAST_TICKETS, Choice, Precision, may_show, read_choice
from hub.reasons.queries import get_reason, list_reasons
from hub.stores.queries import get_chain

PERIOD = timedelta(days=90)


@blueprint.get("/suggestions")
def suggestions() -> ResponseReturnValue:
    choice = read_choice(get_chain().settings)
    return render_template(
        "routing/suggestions.html",
        choice=choice,
        latest=queries.find_latest_training(),
        confirmed=queries.count_confirmed(),
        least=LEAST_TICKETS,
        rows=_rows(choice),
    )


def _rows(choice: Choice) -> list[dict[str, Any]]:
    """Every reason that can be chosen, with what is known of its suggestions."""
    model, said = queries.find_ready_model(), read_words()
    decided = queries.count_decided(since=clock.business_now() - PERIOD)
    tongue = str(get_locale())
    rows = []
    for row in list_reasons():
        if row.has_children:
            continue
        made = decided.get(row.id)
        precision = model.by_model.get(row.id) if model else None
        rows.append(
            {
                "href": _href(row.id),
                "name": row.path(tongue),
                "words": ", ".join(said.get(row.id, ())) or "–",
                "share": _share(precision),
                "state": _state(precision, choice),
                "accepted": f"{made.accepted_count} / {made.accepted_count + made.overruled_count}"
                if made
                else "–",
            }
        )
    return rows


def _href(reason_id: int) -> str:
    return url_for("routing.words", reason_id=reason_id)


def _share(found: Precision | None) -> str:
    if found is None or not found.named_count:
        return "–"
    return str(gettext("%(right)s of %(named)s right", right=found.right_count, named=found.named_count))


def _state(found: Precision | None, choice: Choice) -> str:
    if found is None:
        return str(gettext("not learnt"))
    if not found.is_known:
        return str(gettext("too few to know (%(least)s needed)", least=LEAST_PREDICTIONS))
    return str(gettext("shown")) if may_show(found, choice) else str(gettext("not sure enough"))


@blueprint.post("/suggestions/train")
def train() -> ResponseReturnValue:
    by, now = viewer().actor, clock.business_now()
    said = gettext("The training is asked for. Please reload this page in a minute.")
    return do(lambda: ask_training(by=by, now=now), "suggestions", said)


@blueprint.post("/suggestions/choice")
def choose() -> ResponseReturnValue:
    percent = request.form.get("least_percent", type=int, default=0)
    choice = Choice(is_on=request.form.get("is_on") == "1", least_percent=percent)
    by, now = viewer().actor, clock.business_now()
    return do(lambda: change_choice(choice, by=by, now=now), "suggestions")


@blueprint.get("/suggestions/words/<int:reason_id>")
def words(reason_id: int) -> ResponseReturnValue:
    reason = get_reason(reason_id)
    kept = read_words().get(reason.id, ())
    name = reason.path(str(get_locale()))
    return render_template("routing/words.html", reason=reason, name=name, kept=kept)


@blueprint.post("/suggestions/words/<int:reason_id>")
def save_words(reason_id: int) -> ResponseReturnValue:
    by, now = viewer().actor, clock.business_now()
    given = lines(request.form.get("words"))
    return do(lambda: change_words(reason_id=reason_id, words=given, by=by, now=now), "suggestions")
