"""Tickets in the reader's words: states, channels, deadlines, why they are here, what happened to them."""

from datetime import datetime, timedelta

from flask_babel import format_date, get_locale, gettext, ngettext, to_user_timezone

from hub.content.phrases import hour_in_words
from hub.core.words import Channel
from hub.inbox.queries import TicketRow, TicketView
from hub.inbox.words import Priority, RouteSource, TicketState
from hub.outbox import bridge
from hub.outbox.queries import MessageRow, is_set_up
from hub.outbox.words import BlockReason, MessageState
from hub.surveys.words import WithdrawnBy

CHANNEL_ICONS = {
    Channel.EMAIL: "envelope",
    Channel.FORM: "globe-alt",
    Channel.SMS: "device-phone-mobile",
    Channel.WHATSAPP: "chat-bubble-left-ellipsis",
    Channel.PHONE: "phone",
    Channel.CHAT: "chat-bubble-left-right",
    Channel.COUNTER: "building-storefront",
    Channel.DELIVERY: "truck",
    Channel.SURVEY: "star",
    Channel.SOCIAL: "user-group",
    Channel.API: "command-line",
}
SURE, LIKELY = 0.9, 0.6
TELLING = frozenset(
    {
        RouteSource.ORDER_NUMBER,
        RouteSource.STORE_NUMBER,
        RouteSource.RECENT_ORDER,
        RouteSource.LOYALTY_CARD,
        RouteSource.POSTCODE,
        RouteSource.RULE,
    }
)
"""Sources whose finding says more than the source alone."""
HOUR_MINUTES, LONGEST_MINUTES, LONGEST_HOURS = 60, 90, 36
NAMED_DAYS = 6


def channel_words(channel: Channel) -> str:
    words = {
        Channel.EMAIL: gettext("E-mail"),
        Channel.FORM: gettext("Contact form"),
        Channel.SMS: gettext("SMS"),
        Channel.WHATSAPP: gettext("WhatsApp"),
        Channel.PHONE: gettext("Phone"),
        Channel.CHAT: gettext("Chat"),
        Channel.COUNTER: gettext("Counter"),
        Channel.DELIVERY: gettext("Delivery"),
        Channel.SURVEY: gettext("Survey answer"),
        Channel.SOCIAL: gettext("Social network"),
        Channel.API: gettext("Web service"),
    }
    return words[channel]


def state_words(state: TicketState) -> str:
    words = {
        TicketState.NEW: gettext("new"),
        TicketState.OPEN: gettext("in progress"),
        TicketState.PENDING: gettext("waiting for the customer"),
        TicketState.SOLVED: gettext("solved"),
        TicketState.CLOSED: gettext("closed for good"),
    }
    return words[state]


def priority_words(priority: Priority) -> str:
    words = {
        Priority.LOW: gettext("low"),
        Priority.NORMAL: gettext("normal"),
        Priority.HIGH: gettext("high"),
        Priority.URGENT: gettext("urgent"),
    }
    return words[priority]


def score_words(score: int) -> str:
    words = {1: gettext("not satisfied"), 2: gettext("satisfied"), 3: gettext("very satisfied")}
    return words.get(score, "")


def withdrawn_words(reason: str | None, *, is_closed: bool) -> str:
    """Why a survey answer no longer counts, and whether its ticket ended with it."""
    words = {
        WithdrawnBy.CONTRADICTION: gettext("Two different answers came within a minute: neither counts"),
        WithdrawnBy.MACHINE: gettext("The survey answer was a mail filter's"),
        WithdrawnBy.STAFF: gettext("The survey answer was marked as a mail filter's"),
    }
    said = words.get(WithdrawnBy(reason)) if reason else None
    if said is None:
        said = gettext("The customer changed the survey answer")
    return gettext("%(change)s; closed", change=said) if is_closed else said


def duration_words(length: timedelta) -> str:
    """`10 min`, `2 h`, `3 days`: one unit, never finer than a reader needs."""
    minutes = max(1, int(length.total_seconds() // 60))
    if minutes < LONGEST_MINUTES:
        return gettext("%(count)s min", count=minutes)
    hours = round(minutes / HOUR_MINUTES)
    if hours < LONGEST_HOURS:
        return gettext("%(count)s h", count=hours)
    return ngettext("%(num)s day", "%(num)s days", round(hours / 24))


def due_words(row: TicketRow, now: datetime) -> str:
    """`10 min late`, `reply before 4:20 pm`; "" when nobody waits."""
    if row.waiting_since is None:
        return ""
    if row.due_at is None:
        return gettext("waiting for %(length)s", length=duration_words(now - row.waiting_since))
    if row.due_at < now:
        return gettext("%(length)s late", length=duration_words(now - row.due_at))
    return _before(row.due_at, now)


def _before(due_at: datetime, now: datetime) -> str:
    due, today = to_user_timezone(due_at), to_user_timezone(now).date()
    hour = hour_in_words(due, str(get_locale()))
    days = (due.date() - today).days
    if days == 0:
        return gettext("reply before %(hour)s", hour=hour)
    if days == 1:
        return gettext("reply tomorrow before %(hour)s", hour=hour)
    day = format_date(due.date(), "EEEE" if days <= NAMED_DAYS else "d MMM", rebase=False)
    return gettext("reply on %(day)s before %(hour)s", day=day, hour=hour)


def due_tone(row: TicketRow, now: datetime) -> str:
    if row.is_late(now):
        return "late"
    return "warn" if row.warned_at else "plain"


def route_words(ticket: TicketView) -> str:
    """Why the ticket stands in this store and how sure that is."""
    if ticket.route_source is RouteSource.NONE:
        return gettext("Nothing in the message names a store. Please choose one.")
    source = source_words(ticket.route_source)
    if ticket.route_detail and ticket.route_source in TELLING:
        source = gettext("%(source)s: %(detail)s", source=source, detail=ticket.route_detail)
    return gettext("%(source)s (%(confidence)s)", source=source, confidence=_confidence(ticket))


def source_words(source: RouteSource) -> str:
    """By what a ticket found its store."""
    words = {
        RouteSource.ORDER_NUMBER: gettext("Order number in the message"),
        RouteSource.ANSWERED_ORDER: gettext("Store of the order that was answered about"),
        RouteSource.STORE_ADDRESS: gettext("Written to the address of the store"),
        RouteSource.STORE_FORM: gettext("Store chosen in the form"),
        RouteSource.STORE_COUNTER: gettext("Noted in the store"),
        RouteSource.STORE_NUMBER: gettext("Written to the number of the store"),
        RouteSource.RECENT_ORDER: gettext("Store of the latest order"),
        RouteSource.LOYALTY_CARD: gettext("Store of the loyalty card in the message"),
        RouteSource.PREFERRED_STORE: gettext("Preferred store of the customer"),
        RouteSource.POSTCODE: gettext("Store near the post code"),
        RouteSource.STORE_NAME: gettext("Store named in the message"),
        RouteSource.AGENT: gettext("Moved by a colleague"),
        RouteSource.RULE: gettext("Routing rule"),
        RouteSource.NONE: gettext("Nothing names a store"),
    }
    return words[source]


def _confidence(ticket: TicketView) -> str:
    if ticket.route_confidence >= SURE:
        return gettext("certain")
    return gettext("likely") if ticket.route_confidence >= LIKELY else gettext("to be checked")


def delivery_words(message: MessageRow) -> tuple[str, str]:
    """What became of a reply, and the tone of its chip."""
    words = {
        MessageState.WAITING: (gettext("about to leave"), "plain"),
        MessageState.CLAIMED: (gettext("being sent"), "plain"),
        MessageState.CALLING: (gettext("being sent"), "plain"),
        MessageState.ACCEPTED: (gettext("sent"), "ok"),
        MessageState.DELIVERED: (gettext("delivered"), "ok"),
        MessageState.BOUNCED: (gettext("not delivered"), "late"),
        MessageState.FAILED: (gettext("sending failed"), "late"),
        MessageState.BLOCKED: (gettext("not sent"), "late"),
        MessageState.EXPIRED: (gettext("not sent: too late"), "late"),
        MessageState.UNKNOWN: (gettext("sent, arrival not known"), "warn"),
        MessageState.CANCELLED: (gettext("taken back"), "plain"),
    }
    if message.is_waiting and not is_set_up(message.channel):
        return gettext("waits: %(channel)s is not set up", channel=channel_words(message.channel)), "warn"
    if message.channel is Channel.SOCIAL:
        words |= _bridge_words()
    text, tone = words[message.state]
    detail = _block_words(message) or (_own_detail(message) if tone == "late" else "")
    return (gettext("%(state)s: %(detail)s", state=text, detail=detail) if detail else text), tone


def _bridge_words() -> dict[MessageState, tuple[str, str]]:
    """On a social network the bridge has the last word."""
    return {
        MessageState.ACCEPTED: (gettext("waits for the bridge"), "info"),
        MessageState.FAILED: (gettext("not delivered"), "late"),
    }


def _own_detail(message: MessageRow) -> str:
    own = {
        bridge.NOBODY_LISTENS: gettext("no bridge listens any more"),
        bridge.NOT_TAKEN: gettext("the bridge did not take it over"),
    }
    return own.get(message.reason_detail or "", message.reason_detail or "")


def _block_words(message: MessageRow) -> str:
    words = {
        BlockReason.NO_ADDRESS: gettext("no address is known"),
        BlockReason.INVALID_ADDRESS: gettext("the address does not exist"),
        BlockReason.SUPPRESSED: gettext("this address refuses our mails"),
        BlockReason.ADDRESS_PAUSED: gettext("this mailbox is full or away"),
        BlockReason.SENDER_PAUSED: gettext("sending is paused for the moment"),
        BlockReason.STORE_BLOCKED: gettext("this store may not send"),
        BlockReason.CONTENT: gettext("the text could not be made into a mail"),
        BlockReason.TEMPLATE_REQUIRED: gettext("WhatsApp asks for an approved template"),
    }
    return words.get(message.reason, "") if message.reason else ""
