"""Routing in the demo: by what stores were found and how often that was wrong, rules, experts, turns, words, a training."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, text

from hub.core.actor import SYSTEM
from hub.core.db import db
from hub.inbox.actions import change_assignment, save_group
from hub.inbox.actions.asking_experts import GroupDetails
from hub.inbox.actions.editing_rules import RuleDetails, save_rule
from hub.inbox.actions.reason_learning import ask_training
from hub.inbox.actions.suggestions import change_words
from hub.inbox.routing import CONFIDENCE
from hub.inbox.routing_rules import Condition, Effects
from hub.inbox.routing_words import AssignmentMode, RuleField, RuleMatch, RuleTest
from hub.inbox.words import RouteSource
from hub.reasons.queries import find_reason_by_key
from hub.staff.models import Membership

SOURCES = (
    RouteSource.ORDER_NUMBER,
    RouteSource.ORDER_NUMBER,
    RouteSource.STORE_ADDRESS,
    RouteSource.STORE_FORM,
    RouteSource.RECENT_ORDER,
    RouteSource.PREFERRED_STORE,
    RouteSource.STORE_NAME,
)
"""Of seven tickets."""
MOVED_EVERY = {
    RouteSource.ORDER_NUMBER: 90,
    RouteSource.STORE_ADDRESS: 45,
    RouteSource.RECENT_ORDER: 16,
    RouteSource.PREFERRED_STORE: 11,
    RouteSource.STORE_NAME: 7,
}
IN_TURN, LEAST_BUSY = (2, 3), (4, 5)
EXPERTS = (
    ("Luminaires", ("lamp*", "suspension", "applique*"), 0),
    ("Bois et meubles", ("chêne", "hêtre", "table"), 7),
)

FILED_WRONG_EVERY = 13
CORRECTED = text(
    """
    INSERT INTO route_corrections (ticket_id, first_store_id, first_source, first_confidence, store_id,
                                   opened_at, corrected_at)
    SELECT id, 1 + store_id % 61, :source, :confidence, store_id, created_at, created_at + interval '20 minutes'
    FROM tickets WHERE route_source = 'agent' AND id % 7 = ANY(:places)
    """
)


def route_of(number: int, order_number: str) -> dict[str, Any]:
    """By what the ticket with this id found its store; some were moved by a person afterwards."""
    source = SOURCES[number % len(SOURCES)]
    if number % MOVED_EVERY.get(source, number + 1) == 0:
        return {
            "route_source": RouteSource.AGENT,
            "route_confidence": 1.0,
            "route_detail": "",
            "transfer_count": 1,
        }
    detail = order_number if source in {RouteSource.ORDER_NUMBER, RouteSource.RECENT_ORDER} else ""
    return {
        "route_source": source,
        "route_confidence": CONFIDENCE[source],
        "route_detail": detail,
        "transfer_count": 0,
    }


def is_filed_wrong(number: int) -> bool:
    """A few tickets stand under another reason than theirs, as in life."""
    return number % FILED_WRONG_EVERY == 0


def make_routing(*, now: datetime) -> None:
    """After the tickets: what is known of their way here, and what routing the head office has set up."""
    _tell_sources()
    _write_rules(now)
    _name_experts(now)
    for store_ids, mode in ((IN_TURN, AssignmentMode.ROUND_ROBIN), (LEAST_BUSY, AssignmentMode.LEAST_BUSY)):
        change_assignment(store_ids=store_ids, mode=mode, by=SYSTEM, now=now)
    if (invoice := find_reason_by_key("order.payment.invoice")) is not None:
        change_words(reason_id=invoice.id, words=["facture", "duplicata"], by=SYSTEM, now=now)
    ask_training(by=SYSTEM, now=now)


def _tell_sources() -> None:
    for source in MOVED_EVERY:
        places = [place for place, each in enumerate(SOURCES) if each is source]
        given = {"source": source.value, "confidence": CONFIDENCE[source], "places": places}
        db.session.execute(CORRECTED, given)


def _write_rules(now: datetime) -> None:
    is_one, word = RuleTest.IS, RuleField.TEXT
    for details in (
        RuleDetails(
            name="Presse et partenaires au siège",
            match=RuleMatch.ANY,
            conditions=[Condition(word, is_one, ("journaliste", "interview", "partenariat"))],
            effects=Effects(store_id=0, tags=("presse",)),
            stops_after=True,
            is_active=True,
        ),
        RuleDetails(
            name="Grosse commande abîmée",
            match=RuleMatch.ALL,
            conditions=[
                Condition(word, is_one, ("abîm*", "cass*", "fendu*")),
                Condition(RuleField.ORDER_AMOUNT, RuleTest.AT_LEAST, ("30000",)),
            ],
            effects=Effects(priority="high"),
            is_active=True,
        ),
    ):
        save_rule(details, by=SYSTEM, now=now)


def _name_experts(now: datetime) -> None:
    people = db.session.scalars(select(Membership.agent_id).distinct().order_by(Membership.agent_id)).all()
    for name, words, place in EXPERTS:
        details = GroupDetails(name=name, agent_ids=people[place : place + 3], words=words)
        save_group(details, by=SYSTEM, now=now)
