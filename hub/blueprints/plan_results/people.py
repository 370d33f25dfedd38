"""Door of the customers behind a figure of a plan's results."""

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, gettext

from hub.blueprints.access import viewer
from hub.blueprints.plan_results.base import blueprint, kept, read_asked
from hub.blueprints.plan_results.links import behind
from hub.blueprints.plan_results.words import money, plan_name
from hub.blueprints.plan_words import exit_words, standing_words, step_words
from hub.core.errors import NotFound
from hub.core.text import N_
from hub.plans.results.clicks import Clicked, Stage, read_clicked
from hub.plans.results.people import OF_WINDOWS, Passage
from hub.plans.results.people import list_people as find_people
from hub.plans.words import Arm
from hub.staff.words import Permission
from hub.statistics.rules import Filters
from hub.stores.queries import get_chain

STAGES = {
    Stage.ENTERED: N_("Entered the plan"),
    Stage.WAITING: N_("Waiting now"),
    Stage.SENT: N_("Sent"),
    Stage.DELIVERED: N_("Delivered"),
    Stage.ENGAGED: N_("Engaged"),
    Stage.UNSUBSCRIBED: N_("Unsubscribed"),
    Stage.COMPLAINED: N_("Complaints"),
    Stage.COMPARED: N_("Compared: customers whose window is closed"),
    Stage.BOUGHT: N_("Bought (customers whose window is closed)"),
    Stage.LEFT: N_("How customers left"),
}
ARMS = {Arm.TREATED: N_("With messages"), Arm.CONTROL: N_("Control group")}


@blueprint.get("/<key>/results/people")
def list_people(key: str) -> ResponseReturnValue:
    """Raises NotFound to who reads no customers."""
    if not viewer().may(Permission.READ_CUSTOMERS):
        raise NotFound(N_("This page does not exist, or you do not have access to it."))
    (filters, asked), clicked = read_asked(), read_clicked(request.args)
    after = request.args.get("after")
    currency = get_chain().currency
    found = find_people(key, asked, clicked, after=after)
    return render_template(
        "plan_results/people.html",
        plan=plan_name(found.plan),
        title=" · ".join(_title(clicked)),
        lead=_lead(filters),
        rows=[_row(each, currency) for each in found.page.rows],
        is_of_windows=clicked.stage in OF_WINDOWS,
        back_href=url_for("plan_results.results", key=key, **kept()),
        next_href=_href(key, clicked, after=found.page.next_key) if found.page.next_key else None,
        first_href=_href(key, clicked) if after else None,
    )


def _title(clicked: Clicked) -> list[str]:
    what = exit_words(clicked.reason) if clicked.reason else gettext(STAGES[clicked.stage])
    return [what, gettext(ARMS[clicked.arm]), *([step_words(clicked.step)] if clicked.step else [])]


def _lead(filters: Filters) -> str:
    first, last = (format_date(each, "d MMM y") for each in (filters.since_on, filters.until_on))
    now = gettext(
        "As it is now, in the stores you may see; figures of a large plan are counted once an hour."
    )
    return f"{first} – {last} · {now}"


def _href(key: str, clicked: Clicked, **more: Any) -> str:
    reason = clicked.reason.value if clicked.reason else None
    return behind(key, clicked.stage, arm=clicked.arm.value, step=clicked.step, exit=reason, **more)


def _row(found: Passage, currency: str) -> dict[str, Any]:
    return {
        "name": found.name or gettext("Customer %(number)s", number=found.customer_id),
        "href": url_for("customers.card", customer_id=found.customer_id),
        "entered": found.enrolment.entered_at,
        "state": standing_words(found.enrolment),
        "bought": gettext("yes") if found.is_buyer else gettext("no"),
        "spent": "–" if found.spent is None else money(found.spent, currency),
    }
