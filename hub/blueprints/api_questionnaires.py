"""Doors for machines: questionnaires with their codebook, whom they asked, and the answers. Described at openapi.json."""

from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints import api_questionnaires_shapes as shapes
from hub.blueprints.api import blueprint, check_query, key_rate, page_size, read_body
from hub.blueprints.api_asking import check_surveys, key_actor, key_language, order_numbered, read_since
from hub.blueprints.api_customers import find_by_any
from hub.blueprints.pages import limiter
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.questionnaires import telling
from hub.questionnaires.results import telling as answers
from hub.questionnaires.results.queries import get_head
from hub.questionnaires.sending import actions as sending
from hub.questionnaires.sending.words import PASSED_OVER
from hub.questionnaires.words import InviteOutcome
from hub.staff.words import ApiScope, Permission

WAYS = {
    "list_questionnaires": ApiScope.SURVEYS_READ,
    "show_questionnaire": ApiScope.SURVEYS_READ,
    "list_questionnaire_invitations": ApiScope.SURVEYS_READ,
    "list_questionnaire_answers": ApiScope.SURVEYS_READ,
    "ask_customer": ApiScope.SURVEYS_WRITE,
}
FILTERS = ("customer", "since")
NOBODY = N_("Please name the customer, or one of the customer's orders.")


@blueprint.get("/questionnaires")
@limiter.limit("600/minute", key_func=key_rate)
def list_questionnaires() -> ResponseReturnValue:
    """The last one made first, with its versions."""
    check_surveys(Permission.READ_SURVEYS)
    check_query()
    page = telling.page_questionnaires(after=request.args.get("after"), size=page_size())
    return jsonify(questionnaires=[shapes.questionnaire(row) for row in page.rows], next=page.next_key)


@blueprint.get("/questionnaires/<key>")
@limiter.limit("600/minute", key_func=key_rate)
def show_questionnaire(key: str) -> ResponseReturnValue:
    """With the codebook of its last version: what the values of answers are called and mean."""
    check_surveys(Permission.READ_SURVEYS)
    check_query()
    row = telling.get_questionnaire(key)
    columns = answers.told_columns(get_head(row.id), key_language()) if row.versions else ()
    return jsonify(questionnaire=shapes.questionnaire(row) | {"columns": shapes.columns(columns)})


@blueprint.get("/questionnaires/<key>/invitations")
@limiter.limit("1200/minute", key_func=key_rate)
def list_questionnaire_invitations(key: str) -> ResponseReturnValue:
    """Newest first; filters `customer` (id or address) and `since` (made then or later)."""
    check_surveys(Permission.READ_SURVEYS)
    check_query(*FILTERS)
    wanted = _wanted()
    page = telling.page_invitations(
        telling.get_questionnaire(key),
        customer_id=wanted.customer_id,
        since=wanted.since,
        after=request.args.get("after"),
        size=page_size(),
    )
    return jsonify(invitations=shapes.invitations(page.rows), next=page.next_key)


@blueprint.post("/questionnaires/<key>/invitations")
@limiter.limit("1200/minute", key_func=key_rate)
def ask_customer(key: str) -> ResponseReturnValue:
    """Invite one customer, once: 201 the first time, 200 for who was asked already, 409 with the reason why not."""
    body = read_body(shapes.InviteBody)
    check_surveys(Permission.EDIT_SURVEYS)
    of, wanted = telling.get_questionnaire(key), _whom(body)
    with transaction():
        made = sending.invite_one(of.id, **wanted, by=key_actor(), now=clock.business_now())
    found = telling.find_invitation(of, wanted["customer_id"])
    if found is None:
        return _passed_over(of, wanted)
    outcome = InviteOutcome.ALREADY if made is None else InviteOutcome.INVITED
    told = shapes.invitations([found])[0]
    return jsonify(outcome=outcome.value, invitation=told), 200 if made is None else 201


@blueprint.get("/questionnaires/<key>/answers")
@limiter.limit("1200/minute", key_func=key_rate)
def list_questionnaire_answers(key: str) -> ResponseReturnValue:
    """Newest first, with the filters of invitations; of an anonymous one what its file says, in no order, without filters."""
    check_surveys(Permission.EDIT_SURVEYS)
    check_query(*FILTERS)
    head = get_head(telling.get_questionnaire(key).id)
    after, now = request.args.get("after"), clock.business_now()
    page = answers.page_answers(head, _wanted(), after=after, size=page_size(), now=now)
    if not after:
        with transaction():
            answers.note_told(head, by=key_actor(), now=now)
    return jsonify(answers=shapes.answers(page.rows), next=page.next_key)


def _wanted() -> answers.Wanted:
    who = request.args.get("customer")
    return answers.Wanted(
        customer_id=find_by_any(who).id if who else None, since=read_since(request.args.get("since"))
    )


def _whom(body: shapes.InviteBody) -> dict[str, Any]:
    order = order_numbered(body.order) if body.order else None
    if body.customer is None and (order is None or order.customer_id is None):
        raise Invalid(NOBODY, field="customer")
    customer_id = find_by_any(body.customer).id if body.customer else order and order.customer_id
    return {"customer_id": customer_id, "order_id": order.id if order else None, "channel": body.channel}


def _passed_over(of: telling.ToldQuestionnaire, wanted: dict[str, Any]) -> ResponseReturnValue:
    reason = sending.find_obstacle(of.id, **wanted, now=clock.business_now())
    words = gettext(PASSED_OVER[reason]) if reason else ""
    error = {"code": "conflict", "message": words, "reason": reason.value if reason else None}
    return jsonify(error=error), 409
