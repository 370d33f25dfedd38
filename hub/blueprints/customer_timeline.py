"""The customer's history in words: facts of all rooms, newest first, within what the reader may see."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext, ngettext

from hub.blueprints import customer_words as words
from hub.blueprints.call_words import outcome_words
from hub.blueprints.customer_card import Card
from hub.blueprints.score_words import stage_words
from hub.blueprints.segments.base import PAGES
from hub.blueprints.why_words import why_words
from hub.core.text import N_
from hub.core.words import Purpose
from hub.customers.queries import FactLine
from hub.identity.timeline import CLICKED, NOTED, PHONED, VISITED
from hub.inbox.words import CallOutcome, PhoneCallState
from hub.orders.behaviour.words import PageKind
from hub.segments.values.words import Stage
from hub.staff.rules import Viewer
from hub.staff.words import Permission
from hub.surveys.whys.words import WhyReason
from hub.surveys.words import Choice

# what happened: what it is called, its icon, its tone. Kinds that are not here are for machines.
MOST_NAMES = 3
TELLING = (PageKind.RETURNS, PageKind.ACCOUNT_CLOSING, PageKind.BASKET)
"""Pages that say something by themselves."""
KINDS = {
    "OrderPlaced": (N_("Order placed"), "shopping-bag", ""),
    "OrderDelivered": (N_("Order delivered"), "truck", "ok"),
    "OrderCancelled": (N_("Order cancelled"), "x-circle", "late"),
    "OrderReturned": (N_("Order returned"), "arrow-uturn-left", "warn"),
    "OrderChanged": (N_("Order changed by the shop"), "pencil", ""),
    "CustomerFirstOrdered": (N_("First order of this customer"), "sparkles", "ok"),
    "MessageAccepted": (N_("Message sent"), "envelope", ""),
    "MessageBounced": (N_("Message came back"), "exclamation-triangle", "late"),
    "MessageBlocked": (N_("Message not sent"), "no-symbol", "warn"),
    "MessageFailed": (N_("Message not sent"), "x-circle", "late"),
    "SurveyAnswered": (N_("Survey answered"), "star", ""),
    "QuestionnaireAnswered": (N_("Questionnaire answered"), "clipboard-document-check", ""),
    "ReviewWritten": (N_("Review written"), "star", ""),
    "ReviewDecided": (N_("Review published or refused"), "star", ""),
    "EventReceived": (N_("Event of another system"), "signal", ""),
    "WhyTold": (N_("Told us why"), "chat-bubble-left-ellipsis", "warn"),
    "AnswerReclassified": (N_("Unhappy answer taken back"), "star", ""),
    "TicketOpened": (N_("Ticket opened"), "inbox", ""),
    "CustomerWrote": (N_("The customer wrote"), "chat-bubble-left-ellipsis", ""),
    "TicketReplied": (N_("Reply to the customer"), "paper-airplane", ""),
    "ReplyUndone": (N_("Reply taken back before it left"), "arrow-uturn-left", ""),
    "TicketSolved": (N_("Ticket solved"), "check-circle", "ok"),
    "TicketReopened": (N_("Ticket opened again"), "arrow-path", "warn"),
    "TicketTransferred": (N_("Ticket moved to another store"), "arrows-right-left", ""),
    "TicketRequesterChanged": (N_("Ticket given to this customer"), "inbox", ""),
    "TicketRated": (N_("Answer after a solved ticket"), "star", ""),
    "CustomerCalled": (N_("Customer phoned"), "phone", ""),
    PHONED: (N_("The customer phoned us"), "phone", ""),
    VISITED: (N_("Visited the site"), "globe-alt", ""),
    CLICKED: (N_("Opened a link of a message"), "arrow-top-right-on-square", "ok"),
    NOTED: (N_("Note of the staff"), "pencil", ""),
    "CustomersMerged": (N_("Another customer was merged into this one"), "users", ""),
    "CustomersUnmerged": (N_("A merge was undone"), "arrow-uturn-left", ""),
    "CustomerUnarchived": (N_("Taken back from the archive"), "arrow-uturn-left", ""),
    "StageChanged": (N_("Another lifecycle stage"), "arrow-trending-up", ""),
    "ChurnThresholdCrossed": (N_("Near to leaving"), "exclamation-triangle", "warn"),
    "TicketWithdrawn": (N_("Answer withdrawn"), "arrow-uturn-left", ""),
    "PlanEntered": (N_("Entered a plan"), "arrow-path", ""),
    "PlanEnded": (N_("Left a plan"), "check", ""),
    "ConsentChanged": (N_("Consent changed"), "shield-check", ""),
    "AddressSuppressed": (N_("Address blocked"), "no-symbol", "late"),
    "AddressesErased": (N_("Addresses erased"), "no-symbol", ""),
    "SuppressionLifted": (N_("Address free again"), "check", "ok"),
}


FACTS = tuple(KINDS)
"""What the timeline asks for."""


@dataclass(frozen=True)
class Names:
    """What ids in facts are called: order numbers, ticket numbers, consents in words."""

    orders: Mapping[int, str]
    tickets: Mapping[int, str]
    consents: Mapping[int, str]


def timeline_of(facts: Sequence[FactLine], card: Card, viewer: Viewer) -> list[dict[str, Any]]:
    """Items of the `timeline` part. Left out: tickets and calls outside the reader's stores."""
    names = Names(
        orders={order.id: order.external_id for order in card.orders},
        tickets={ticket.id: ticket.number for ticket in card.tickets},
        consents={consent.id: words.consent_words(consent)[0] for consent in card.consents},
    )
    return [_item(fact, names) for fact in facts if _may_see(fact, names, viewer)]


def _may_see(fact: FactLine, names: Names, viewer: Viewer) -> bool:
    if fact.kind not in KINDS:
        return False
    if fact.kind == PHONED:
        return viewer.may(Permission.READ_TICKETS) and viewer.scope.has_store(fact.data.get("store_id"))
    if "ticket_id" not in fact.data:
        return True
    if not viewer.may(Permission.READ_TICKETS):
        return False
    return fact.data["ticket_id"] in names.tickets or viewer.scope.has_store(fact.data.get("store_id"))


def _item(fact: FactLine, names: Names) -> dict[str, Any]:
    title, icon, tone = KINDS[fact.kind]
    number = names.tickets.get(fact.data.get("ticket_id", 0))
    return {
        "at": fact.happened_at,
        "title": gettext(title),
        "detail": _detail(fact, names),
        "icon": icon,
        "tone": tone,
        "href": url_for("inbox.ticket", number=number) if number else "",
    }


def _detail(fact: FactLine, names: Names) -> str:
    data = fact.data
    if fact.kind in _DETAILS:
        return _DETAILS[fact.kind](data)
    if data.get("ticket_id") in names.tickets:
        return gettext("Ticket %(number)s", number=names.tickets[data["ticket_id"]])
    if fact.kind == "SurveyAnswered" and str(data.get("score")) in set(Choice):
        return words.choice_words(Choice(str(data["score"])))[0]
    if fact.kind == "ConsentChanged":
        return names.consents.get(data["entry_id"], "")
    if data.get("purpose") in set(Purpose):
        return _message(data)
    number = names.orders.get(data.get("order_id", 0))
    return gettext("Order %(number)s", number=number) if number else ""


def _message(data: Mapping[str, Any]) -> str:
    """What it was about, and why it did not leave or that it arrived."""
    what = words.block_words(data["reason"]) if data.get("reason") else ""
    if not what and data.get("delivered_at"):
        what = gettext("delivered")
    return " · ".join(filter(None, (words.purpose_words(Purpose(data["purpose"])), what)))


def _phoned(data: Mapping[str, Any]) -> str:
    words_of = {
        PhoneCallState.ANSWERED: gettext("the store answered"),
        PhoneCallState.MISSED: gettext("nobody answered"),
        PhoneCallState.VOICEMAIL: gettext("left a message"),
    }
    return words_of.get(PhoneCallState(data["state"]), "")


def _visited(data: Mapping[str, Any]) -> str:
    """How many pages that day, and of what."""
    named = [
        *(data.get("names") or [])[:MOST_NAMES],
        *(gettext(PAGES[kind]) for kind in TELLING if kind in data["kinds"]),
    ]
    count = ngettext("%(num)s page", "%(num)s pages", data["count"])
    return " · ".join(filter(None, (count, ", ".join(named))))


def _stage(data: Mapping[str, Any]) -> str:
    before, after = (stage_words(Stage(data[name]))[0] for name in ("from_stage", "to_stage"))
    return f"{before} → {after}"


_DETAILS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "CustomerCalled": lambda data: outcome_words(CallOutcome(data["outcome"])),
    PHONED: _phoned,
    VISITED: _visited,
    CLICKED: lambda data: words.purpose_words(Purpose(data["purpose"])),
    NOTED: lambda data: f"{data['name']} · {data['text']}",
    "StageChanged": _stage,
    "EventReceived": lambda data: str(data["name"]),
    "WhyTold": lambda data: why_words(WhyReason(data["reason"])),
    "ChurnThresholdCrossed": lambda data: gettext("%(points)s points", points=data["points"]),
}
