"""Doors for machines: plans, who is inside, in by hand and out again. Described at openapi.json."""

from flask import g, jsonify, request
from flask.typing import ResponseReturnValue

from hub.blueprints import api_plans_shapes as shapes
from hub.blueprints.api import (
    blueprint,
    check_query,
    idempotency_key,
    key_rate,
    page_size,
    read_body,
    viewer_of_key,
)
from hub.blueprints.api_customers import find_by_any
from hub.blueprints.pages import limiter
from hub.core import clock
from hub.core.actor import Actor
from hub.core.db import transaction
from hub.core.errors import Forbidden
from hub.core.text import N_
from hub.core.words import ActorKind
from hub.plans import by_hand, paging
from hub.plans.queries import get_plan
from hub.staff.words import ApiScope, Permission

WAYS = {
    "list_plans": ApiScope.PLANS_READ,
    "show_plan": ApiScope.PLANS_READ,
    "list_customer_enrolments": ApiScope.PLANS_READ,
    "enrol_customer": ApiScope.PLANS_WRITE,
    "exit_customer": ApiScope.PLANS_WRITE,
}


@blueprint.get("/plans")
@limiter.limit("600/minute", key_func=key_rate)
def list_plans() -> ResponseReturnValue:
    """By priority, with how many customers are inside and have entered."""
    _check(Permission.READ_PLANS)
    check_query()
    page = paging.page_plans(after=request.args.get("after"), size=page_size())
    return jsonify(plans=[shapes.listed_plan(row) for row in page.rows], next=page.next_key)


@blueprint.get("/plans/<key>")
@limiter.limit("600/minute", key_func=key_rate)
def show_plan(key: str) -> ResponseReturnValue:
    """One plan with its steps, who waits at each and what happened there."""
    _check(Permission.READ_PLANS)
    check_query()
    return jsonify(plan=shapes.plan(get_plan(key)))


@blueprint.get("/customers/<who>/enrolments")
@limiter.limit("1200/minute", key_func=key_rate)
def list_customer_enrolments(who: str) -> ResponseReturnValue:
    """The passages of a customer (id, address or `system:id`), newest first."""
    _check(Permission.READ_PLANS, Permission.READ_CUSTOMERS)
    check_query()
    page = paging.page_enrolments(find_by_any(who).id, after=request.args.get("after"), size=page_size())
    return jsonify(enrolments=[shapes.enrolment(row) for row in page.rows], next=page.next_key)


@blueprint.post("/plans/<key>/enrol")
@limiter.limit("6000/minute", key_func=key_rate)
def enrol_customer(key: str) -> ResponseReturnValue:
    """Let a customer into a plan that waits for people by hand; 201 when he entered, 200 when he did not."""
    body = read_body(shapes.EnrolBody)
    _check(Permission.EDIT_PLANS)
    customer_id = shapes.customer_id_of(body.customer)
    occasion = shapes.occasion_of(body, customer_id, header=idempotency_key())
    with transaction():
        done = by_hand.enrol_by_hand(
            plan_key=key, customer_id=customer_id, occasion=occasion, by=_actor(), now=clock.business_now()
        )
    [row] = paging.list_enrolments([done.enrolment_id]) if done.enrolment_id else [None]
    is_new = done.outcome is by_hand.HandOutcome.ENTERED
    told = shapes.enrolment(row) if row else None
    return jsonify(outcome=done.outcome.value, enrolment=told), 201 if is_new else 200


@blueprint.post("/plans/<key>/exit")
@limiter.limit("6000/minute", key_func=key_rate)
def exit_customer(key: str) -> ResponseReturnValue:
    """Take a customer out of a plan; what has not left is stopped. Nobody inside is no error."""
    body = read_body(shapes.ExitBody)
    _check(Permission.EDIT_PLANS)
    customer_id = shapes.customer_id_of(body.customer)
    with transaction():
        ended = by_hand.exit_by_hand(
            plan_key=key,
            customer_id=customer_id,
            key=body.entry_key,
            by=_actor(),
            now=clock.business_now(),
        )
    rows = paging.list_enrolments(ended) if ended else []
    return jsonify(ended=len(ended), enrolments=[shapes.enrolment(row) for row in rows])


def _check(*permissions: Permission) -> None:
    if not all(viewer_of_key().may(each) for each in permissions):
        raise Forbidden(N_("The person of this key may not do this with plans. Please use another key."))


def _actor() -> Actor:
    return Actor(ActorKind.API_KEY, agent_id=g.api_key.agent_id, api_key_id=g.api_key.id, name=g.api_key.name)
