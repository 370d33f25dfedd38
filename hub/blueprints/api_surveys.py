"""Doors for machines: invitations to the survey after a purchase, and its answers. Described at openapi.json."""

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from hub.blueprints import api_questionnaires
from hub.blueprints import api_surveys_shapes as shapes
from hub.blueprints.api import blueprint, check_query, key_rate, page_size, read_body, viewer_of_key
from hub.blueprints.api_asking import check_surveys, key_actor, order_numbered, read_since
from hub.blueprints.api_customers import find_by_any
from hub.blueprints.pages import limiter
from hub.core import clock
from hub.core.db import transaction
from hub.reactions import asking
from hub.staff.words import ApiScope, Permission
from hub.surveys import telling

WAYS = {
    "list_survey_invitations": ApiScope.SURVEYS_READ,
    "show_survey_invitation": ApiScope.SURVEYS_READ,
    "list_survey_answers": ApiScope.SURVEYS_READ,
    "ask_about_order": ApiScope.SURVEYS_WRITE,
    **api_questionnaires.WAYS,
}
FILTERS = ("customer", "order", "since")


@blueprint.get("/survey-invitations")
@limiter.limit("1200/minute", key_func=key_rate)
def list_survey_invitations() -> ResponseReturnValue:
    """Newest first; filters `customer` (id or address), `order` (number) and `since` (made then or later)."""
    check_surveys(Permission.READ_SURVEYS)
    check_query(*FILTERS)
    page = telling.page_invitations(_asked(), after=request.args.get("after"), size=page_size())
    return jsonify(invitations=shapes.invitations(page.rows), next=page.next_key)


@blueprint.get("/survey-invitations/<int:invitation_id>")
@limiter.limit("1200/minute", key_func=key_rate)
def show_survey_invitation(invitation_id: int) -> ResponseReturnValue:
    check_surveys(Permission.READ_SURVEYS)
    check_query()
    row = telling.get_invitation(invitation_id, store_ids=_store_ids())
    return jsonify(invitation=shapes.invitations([row])[0])


@blueprint.post("/survey-invitations")
@limiter.limit("1200/minute", key_func=key_rate)
def ask_about_order() -> ResponseReturnValue:
    """Let a delivered order into the plan that asks; 201 the first time, 200 for an order that is or was in it."""
    body = read_body(shapes.AskBody)
    check_surveys(Permission.EDIT_SURVEYS)
    order = order_numbered(body.order)
    with transaction():
        done = asking.ask_about(order, by=key_actor(), now=clock.business_now())
    row = telling.find_invitation(order.id)
    told = shapes.invitations([row])[0] if row else None
    is_new = done.outcome is asking.AskOutcome.ENTERED
    return jsonify(outcome=done.outcome.value, invitation=told), 201 if is_new else 200


@blueprint.get("/survey-answers")
@limiter.limit("1200/minute", key_func=key_rate)
def list_survey_answers() -> ResponseReturnValue:
    """The answers that count, newest first; filters as for invitations, `since` is when they were given."""
    check_surveys(Permission.READ_SURVEYS)
    check_query(*FILTERS)
    page = telling.page_answers(_asked(), after=request.args.get("after"), size=page_size())
    return jsonify(answers=shapes.answers(page.rows), next=page.next_key)


def _asked() -> telling.Asked:
    who, number = request.args.get("customer"), request.args.get("order")
    return telling.Asked(
        store_ids=_store_ids(),
        customer_id=find_by_any(who).id if who else None,
        order_id=order_numbered(number).id if number else None,
        since=read_since(request.args.get("since")),
    )


def _store_ids() -> frozenset[int] | None:
    scope = viewer_of_key().scope
    return None if scope.is_everything else scope.store_ids
