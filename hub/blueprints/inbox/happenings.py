"""What was done to a ticket, in one sentence each: for the thread, and line by line for its history."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_babel import format_currency, get_locale, gettext, ngettext

from hub.blueprints.inbox import words
from hub.blueprints.inbox.later_words import moment_words
from hub.blueprints.inbox.routed import rule_words
from hub.core.words import ActorKind
from hub.customers import queries as customers
from hub.customers.queries import CustomerRow
from hub.inbox import queries
from hub.inbox.queries import TagRow, ThreadEvent, TicketView
from hub.inbox.words import Priority, TicketState
from hub.orders import queries as orders
from hub.orders.queries import OrderRow
from hub.reasons import queries as reasons
from hub.reasons.queries import ReasonRow
from hub.staff import queries as staff
from hub.stores import queries as stores
from hub.stores.queries import StoreRow

Data = Mapping[str, Any]


@dataclass(frozen=True)
class Names:
    """What the ids in a ticket's changes are called."""

    stores: Mapping[int, StoreRow] = field(default_factory=dict)
    people: Mapping[int, str] = field(default_factory=dict)
    reasons: Mapping[int, ReasonRow] = field(default_factory=dict)
    tags: Mapping[int, TagRow] = field(default_factory=dict)
    customers: Mapping[int, CustomerRow] = field(default_factory=dict)
    orders: Mapping[int, OrderRow] = field(default_factory=dict)

    def store(self, store_id: int | None) -> str:
        found = self.stores.get(store_id) if store_id else None
        return found.name if found else gettext("central queue")

    def agent(self, agent_id: int | None) -> str:
        return (self.people.get(agent_id) if agent_id else None) or gettext("nobody")

    def reason(self, reason_id: int | None) -> str:
        found = self.reasons.get(reason_id) if reason_id else None
        return found.path(str(get_locale())) if found else gettext("no reason")

    def tag(self, tag_id: int | None) -> str:
        found = self.tags.get(tag_id) if tag_id else None
        return found.name if found else "–"

    def customer(self, customer_id: int | None) -> str:
        found = self.customers.get(customer_id) if customer_id else None
        return found.name if found else gettext("unknown")

    def order(self, order_id: int | None) -> str:
        found = self.orders.get(order_id) if order_id else None
        return found.external_id if found else gettext("no order")


def names_of(ticket: TicketView, events: Sequence[ThreadEvent]) -> Names:
    """Reasons are always asked (the head of the page names one); the rest only when nothing names it yet."""
    people = {event.agent_id: event.agent_name for event in events if event.agent_id}
    if ticket.assignee_id:
        people[ticket.assignee_id] = ticket.assignee_name
    told = {each for event in events for each in event.data.get("agent_ids", ())}
    missing = staff.get_agents((_ids(events, "assignee_id", "from_id:assigned") | told) - people.keys())
    return Names(
        stores=stores.get_stores(_ids(events, "store_id", "from_store_id", "other_store_id")),
        people=people | {agent_id: row.name for agent_id, row in missing.items()},
        reasons={row.id: row for row in reasons.list_reasons(active=False)},
        tags=queries.get_tags(_ids(events, "tag_id")),
        customers=_looked_up(customers.get_customers, _ids(events, "customer_id", "from_customer_id")),
        orders=_looked_up(orders.get_orders, _ids(events, "order_id", "from_order_id")),
    )


def _looked_up(look_up: Callable[[Collection[int]], dict[int, Any]], ids: set[int]) -> dict[int, Any]:
    return look_up(ids) if ids else {}


def _ids(events: Sequence[ThreadEvent], *keys: str) -> set[int]:
    """The ids under keys of the changes; `key:action` looks at changes of that action alone."""
    found: set[int] = set()
    for each in keys:
        key, _, action = each.partition(":")
        found |= {event.data[key] for event in events if event.data.get(key) and action in {"", event.action}}
    return found


def event_words(event: ThreadEvent, names: Names) -> str:
    """One change in one sentence; "" when the thread shows it already."""
    change = "" if event.action in _SEEN_ANYWAY else change_words(event, names)
    if not change or not event.agent_name:
        return change
    return gettext("%(change)s, by %(name)s", change=change, name=event.agent_name)


def _gift(data: Data) -> str:
    """What was given, with its code."""
    kind = gettext("voucher") if data["gesture_kind"] == "voucher" else gettext("refund")
    amount = format_currency(Decimal(data["amount_cents"]) / 100, data["currency"])
    return " ".join(filter(None, (kind, str(amount), data.get("code") or "")))


def change_words(event: ThreadEvent, names: Names) -> str:
    """The same without who did it."""
    make = _SENTENCES.get(event.action)
    return make(event.data, names) if make else ""


def before_words(event: ThreadEvent, names: Names) -> str:
    """What it was before, where a change says so."""
    data = event.data
    shown: dict[str, Callable[[], str]] = {
        "assigned": lambda: names.agent(data.get("from_id")),
        "reason_changed": lambda: names.reason(data.get("from_id")),
        "priority_changed": lambda: words.priority_words(Priority(data["from_priority"])),
        "state_changed": lambda: words.state_words(TicketState(data["from_state"])),
        "transferred": lambda: names.store(data.get("from_store_id")),
        "requester_changed": lambda: names.customer(data.get("from_customer_id")),
        "order_changed": lambda: names.order(data.get("from_order_id")),
        "snoozed": lambda: _moment(data.get("from_until")),
        "woke": lambda: _moment(data.get("from_until")),
        "schedule_changed": lambda: _moment(data.get("from_leave_at")),
    }
    return shown[event.action]() if event.action in shown else ""


def who_words(event: ThreadEvent) -> str:
    """A person, the customer, a machine with a key, or the house."""
    if event.agent_name:
        return event.agent_name
    others = {ActorKind.CUSTOMER: gettext("Customer"), ActorKind.API_KEY: gettext("Web service")}
    return others.get(event.actor_kind, "Comptoir")


def _moment(written: str | None) -> str:
    return moment_words(datetime.fromisoformat(written)) if written else ""


def _woke(data: Data) -> str:
    why = {
        "time": gettext("The snooze is over"),
        "customer": gettext("The customer wrote: no longer snoozed"),
        "hand": gettext("No longer snoozed"),
    }
    return why.get(data.get("why", ""), why["hand"])


def _mentioned(data: Data, names: Names) -> str:
    return gettext("Told: %(names)s", names=", ".join(names.agent(each) for each in data["agent_ids"]))


def _split_off(data: Data, _names: Names) -> str:
    return ngettext(
        "%(num)s message split off into %(number)s",
        "%(num)s messages split off into %(number)s",
        data["message_count"],
        number=data["into_number"],
    )


def _other(data: Data, key: str) -> str:
    """The number of another ticket; old lines do not have it."""
    return str(data.get(key) or "–")


_SEEN_ANYWAY = frozenset({"state_changed"})
"""What the message beside it says by itself: lines of the history alone."""
_SENTENCES: dict[str, Callable[[Data, Names], str]] = {
    "assigned": lambda data, names: gettext("Given to %(name)s", name=names.agent(data.get("assignee_id"))),
    "reason_changed": lambda data, names: gettext(
        "Reason: %(reason)s", reason=names.reason(data.get("reason_id"))
    ),
    "priority_changed": lambda data, _: gettext(
        "Priority: %(priority)s", priority=words.priority_words(Priority(data["priority"]))
    ),
    "transferred": lambda data, names: gettext(
        "Moved to: %(store)s", store=names.store(data.get("store_id"))
    ),
    "also_written_to": lambda data, names: gettext(
        "Also written to: %(store)s", store=names.store(data.get("other_store_id"))
    ),
    "solved": lambda data, names: gettext("Solved: %(reason)s", reason=names.reason(data.get("reason_id"))),
    "rule_applied": lambda data, _: rule_words(data),
    "expert_asked": lambda data, _: gettext("Experts asked: %(name)s", name=data.get("name", "")),
    "expert_answered": lambda *_: gettext("An expert has answered"),
    "state_changed": lambda data, _: gettext(
        "State: %(state)s", state=words.state_words(TicketState(data["state"]))
    ),
    "closed": lambda *_: gettext("Closed: nobody wrote for a week after it was solved"),
    "reopened": lambda *_: gettext("Reopened"),
    "gesture_asked": lambda data, _: gettext("Gesture asked for: %(what)s", what=_gift(data)),
    "gesture_granted": lambda data, _: gettext("Gesture granted: %(what)s", what=_gift(data)),
    "gesture_taken_back": lambda data, _: gettext(
        "Gesture taken back with the reply: %(what)s", what=_gift(data)
    ),
    "gesture_refused": lambda data, _: gettext("Gesture refused: %(what)s", what=_gift(data)),
    "gesture_made": lambda data, _: gettext("Refund made: %(what)s", what=_gift(data)),
    "rated": lambda data, _: gettext(
        "The customer answered: %(words)s", words=words.score_words(data["score"])
    ),
    "set_pending": lambda *_: gettext("Waiting for the customer"),
    "marked_spam": lambda *_: gettext("Marked as spam and closed"),
    "merged": lambda *_: gettext("Merged into another ticket and closed"),
    "took_over": lambda *_: gettext("Another ticket was merged into this one"),
    "unmerged": lambda data, _: gettext("Taken out of %(number)s again", number=_other(data, "from_number")),
    "gave_back": lambda data, _: gettext(
        "%(number)s was taken out of this ticket again", number=_other(data, "into_number")
    ),
    "split_off": _split_off,
    "split_from": lambda data, _: gettext("Split off from %(number)s", number=_other(data, "from_number")),
    "snoozed": lambda data, _: gettext("Snoozed until %(moment)s", moment=_moment(data["until"])),
    "woke": lambda data, _: _woke(data),
    "mentioned": _mentioned,
    "tagged": lambda data, names: gettext("Tag added: %(tag)s", tag=names.tag(data["tag_id"])),
    "untagged": lambda data, names: gettext("Tag removed: %(tag)s", tag=names.tag(data["tag_id"])),
    "order_changed": lambda data, names: gettext("Order: %(order)s", order=names.order(data["order_id"])),
    "requester_changed": lambda data, names: gettext(
        "Customer: %(name)s", name=names.customer(data["customer_id"])
    ),
    "copy_added": lambda *_: gettext("An address gets copies"),
    "party_removed": lambda *_: gettext("An address takes no part any more"),
    "scheduled": lambda data, _: gettext("A reply leaves on %(moment)s", moment=_moment(data["leave_at"])),
    "schedule_changed": lambda data, _: gettext(
        "A reply now leaves on %(moment)s", moment=_moment(data["leave_at"])
    ),
    "schedule_cancelled": lambda *_: gettext("A reply that was to leave later was cancelled"),
    "schedule_held": lambda *_: gettext("A reply that was to leave was held"),
    "delivery_failed": lambda *_: gettext("A reply was not delivered"),
    "note_changed": lambda *_: gettext("A note was changed by its author"),
    "file_renamed": lambda *_: gettext("A file was given another name"),
    "reply_undone": lambda *_: gettext("A reply was taken back before it left"),
    "mail_loop": lambda *_: gettext(
        "Automatic mails to this address are held back: a machine seems to answer ours"
    ),
    "visitor_left": lambda *_: gettext("The visitor has left the chat"),
    "visitor_closed": lambda *_: gettext("The visitor has ended the chat"),
    "visitor_returned": lambda *_: gettext("The visitor is back in the chat"),
    "withdrawn": lambda data, _: words.withdrawn_words(data.get("reason"), is_closed=True),
    "answer_withdrawn": lambda data, _: words.withdrawn_words(data.get("reason"), is_closed=False),
    "answer_confirmed": lambda *_: gettext("The customer confirmed the answer"),
    "answer_changed": lambda *_: gettext("The customer changed the answer"),
}
