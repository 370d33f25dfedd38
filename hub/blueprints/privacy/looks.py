"""Doors of the access log: who opened which card, of all, of one customer or of one person of the staff."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from hub.blueprints.privacy.base import blueprint, whole
from hub.customers.queries import get_customer
from hub.identity import looking, retention
from hub.staff.queries import list_agents


@blueprint.get("/looks")
def list_looks() -> ResponseReturnValue:
    """The latest first; `agent` and `customer` narrow it."""
    agent_id, customer_id = whole(request.args.get("agent", "")), whole(request.args.get("customer", ""))
    page = looking.list_looks(
        customer_id=customer_id or None, agent_id=agent_id or None, after=request.args.get("after")
    )
    return render_template(
        "privacy/looks.html",
        page=page,
        agent_id=agent_id,
        customer=get_customer(customer_id) if customer_id else None,
        agents=[(agent.id, agent.name) for agent in list_agents(is_active=None, size=1000).rows],
        term=retention.get_term("access_log"),
    )
