"""The door of a plan tried with a real customer: look for one, then see what would happen and when."""

from typing import Any

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.blueprints import plan_words
from hub.blueprints.access import viewer
from hub.blueprints.plan_publishing import try_words
from hub.blueprints.plan_publishing.base import blueprint, names_of
from hub.core import clock
from hub.customers.queries import list_customers
from hub.plans.definitions import Definition
from hub.plans.drafts.queries import get_with_draft
from hub.plans.drafts.rows import DraftView
from hub.plans.queries import PlanHead, find_definition
from hub.plans.trying.gathering import try_plan
from hub.plans.words import Trigger
from hub.staff.words import Permission

MOST_FOUND = 8


@blueprint.get("/<key>/try")
def try_customer(key: str) -> ResponseReturnValue:
    """`customer` is whom to try it with, `q` looks for one; `of=draft` takes the draft, else the version in use;
    `by` chooses among several ways in.
    """
    if not viewer().may(Permission.READ_CUSTOMERS):
        abort(403)
    search = request.args.get("q", "").strip()
    plan, draft = get_with_draft(key)
    definition, lacks = _content(draft, plan.published_version_id)
    return render_template(
        "plan_publishing/try.html",
        plan=plan,
        search=search,
        people=list_customers(search, size=MOST_FOUND).rows if search else (),
        lacks=lacks,
        of=_of(plan.published_version_id),
        has_draft=draft is not None,
        words=plan_words,
        **(_trial(plan, definition) if definition else {"trial": None}),
    )


def _trial(plan: PlanHead, definition: Definition) -> dict[str, Any]:
    """The plan walked for the customer of the address, if there is one."""
    customer_id, by = request.args.get("customer", type=int), _by()
    if customer_id is None:
        return {"trial": None}
    now = clock.business_now()
    trial = try_plan(plan, definition=definition, customer_id=customer_id, on=by, now=now)
    entries, of = definition.entry.on, _of(plan.published_version_id)
    chosen = by if by in entries else entries[0]
    return {
        "trial": trial,
        "names": names_of(definition),
        "say": try_words,
        "entries": [
            {
                "label": try_words.trigger_words(each),
                "href": url_for(".try_customer", key=plan.key, of=of, customer=customer_id, by=each.value),
                "is_current": each is chosen,
            }
            for each in entries
        ],
    }


def _by() -> Trigger | None:
    word = request.args.get("by", "")
    return Trigger(word) if word in set(Trigger) else None


def _of(published_version_id: int | None) -> str:
    return "draft" if request.args.get("of") == "draft" or published_version_id is None else "published"


def _content(
    draft: DraftView | None, published_version_id: int | None
) -> tuple[Definition | None, tuple[Any, ...]]:
    """What to try; nothing of a draft that is not whole, with what it lacks."""
    if _of(published_version_id) == "draft" and draft:
        return (draft.loose.definition, ()) if draft.is_whole else (None, draft.loose.lacks)
    return find_definition(published_version_id), ()
