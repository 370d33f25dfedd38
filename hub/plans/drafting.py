"""Writes the messages of a batch: what stops them on the way out, the codes they show and the invitations they carry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hub.core import site
from hub.loyalty.rows import GivenCode
from hub.outbox.actions import Draft
from hub.outbox.promo_codes import last_moment, values_of
from hub.plans import rules
from hub.plans.looking.asked import TICK
from hub.plans.passage import SOURCE, Passage
from hub.plans.queries import get_priorities
from hub.plans.walking import Position
from hub.plans.words import ExitReason
from hub.stores.queries import ChainRow, get_chain
from hub.surveys.actions import InvitationDraft, invite
from hub.surveys.links import box_links
from hub.surveys.queries import list_invitations

BOXES = {"3": "very_satisfied_url", "2": "satisfied_url", "1": "not_satisfied_url"}
SURVEY_TEMPLATES = frozenset({"survey", "survey_reminder"})
BASKET_EXITS = {
    ExitReason.BASKET_PAID: "paid",
    ExitReason.BASKET_EMPTIED: "emptied",
    ExitReason.BASKET_CHANGED: "changed",
}


@dataclass(frozen=True)
class Desk:
    """What the messages of a batch share: `invitations` by order, `priorities` by plan."""

    chain: ChainRow
    invitations: Mapping[int, int]
    priorities: Mapping[int, int]


def draft_all(letters: Sequence[tuple[Passage, Mapping[str, str]]], *, now: datetime) -> list[Draft]:
    """One message a passage, in their order, saying what was gathered for it."""
    if not letters:
        return []
    desk = Desk(get_chain(), _invite([passage for passage, _ in letters], now=now), get_priorities())
    return [_draft(passage, values, desk, now=now) for passage, values in letters]


def _invite(passages: Sequence[Passage], *, now: datetime) -> dict[int, int]:
    """Invite for the questions that leave now, and for no others. Returns order id → invitation id."""
    asking = {
        each.order.id: each for each in passages if each.order and each.step.template in SURVEY_TEMPLATES
    }
    known = list_invitations({each.order.id for each in passages if each.order})
    drafts = [
        InvitationDraft(
            order_id=order_id,
            customer_id=each.customer.id,
            store_id=each.order.store_id,
            language=each.language,
        )
        for order_id, each in asking.items()
        if each.order
    ]
    return {**known, **invite(drafts, now=now)}


def _draft(passage: Passage, values: Mapping[str, str], desk: Desk, *, now: datetime) -> Draft:
    """Posted under the enrolment and the step, so that it exists once.

    What ends the plan also stops the message, asked a last time just before the provider is called.
    """
    step, code = passage.step, _code_of(passage)
    expires_at = passage.position.planned_at + timedelta(minutes=step.expires_minutes)
    return Draft(
        key=passage.reference,
        template_key=passage.decision.template,
        values={**values, **_boxes(passage, desk), **_code_values(passage, code, desk.chain)},
        purpose=step.purpose,
        channel=step.channel,
        customer_id=passage.customer.id,
        store_id=passage.store_id,
        source_kind=SOURCE,
        source_id=passage.enrolment.id,
        due_at=now,
        expires_at=last_moment(expires_at, code),
        stop_if=_stop_if(passage) or None,
        priority=desk.priorities[passage.enrolment.plan_id],
        theme=step.theme,
        promo_pool=step.pool or None,
    )


def _code_of(passage: Passage) -> GivenCode | None:
    """That of an earlier step, unless this one gives its own."""
    given = passage.given_code
    if given is None or passage.step.pool:
        return None
    ends_at = datetime.fromisoformat(given["ends_at"])
    return GivenCode(given["code"], ends_at, given["percent"], given["cents"])


def _code_values(passage: Passage, code: GivenCode | None, chain: ChainRow) -> Mapping[str, str]:
    return values_of(code, chain, passage.language) if code else {}


def _stop_if(passage: Passage) -> dict[str, Any]:
    position, order = passage.position, passage.order
    stops: dict[str, Any] = {"order_cancelled": order.id} if order else {}
    stops |= _stop_by_purchase(passage)
    if not position.step.is_branch:
        stops |= _stop_by_basket(position)
        if position.definition.find_exit(ExitReason.LIFE_SIGN):
            stops["life_since"] = silent_since(position).isoformat()
    return stops


def _stop_by_purchase(passage: Passage) -> dict[str, Any]:
    position, order = passage.position, passage.order
    found = position.definition.find_exit(ExitReason.PURCHASED)
    if found is None:
        return {}
    since = silent_since(position)
    stops: dict[str, Any] = {"purchase_since": since.isoformat()}
    if days := found.params.get("days"):
        stops["purchase_until"] = (position.anchor_at + timedelta(days=days)).isoformat()
    if order and order.placed_at >= since:
        stops["but_order"] = order.id
    return stops


def _stop_by_basket(position: Position) -> dict[str, Any]:
    states = [state for reason, state in BASKET_EXITS.items() if position.definition.find_exit(reason)]
    if not states or not position.values.get("basket_id"):
        return {}
    since = (rules.since_of(position.anchor_at, position.values) + TICK).isoformat()
    return {"basket": {"id": position.values["basket_id"], "since": since, "states": states}}


def silent_since(position: Position) -> datetime:
    """A purchase or sign of life after the one that let the customer in, not that one itself."""
    return rules.silent_since(position.anchor_at, position.values) + TICK


def _boxes(passage: Passage, desk: Desk) -> Mapping[str, str]:
    """The links of the question, for the letters about an order that was asked about."""
    order = passage.order
    if order is None or order.id not in desk.invitations:
        return {}
    links = box_links(desk.invitations[order.id], site.base_url())
    return {name: links[code] for code, name in BOXES.items()}
