"""Customers in the reader's words: the verdict, consents, messages with their reason, what happened."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from flask_babel import format_date, format_decimal, gettext, ngettext, pgettext

from hub.blueprints import message_names
from hub.blueprints.inbox.words import channel_words
from hub.core.words import Language, Purpose
from hub.customers.queries import ConsentRow
from hub.customers.rules import Buying
from hub.customers.words import (
    ConsentAction,
    LegalBasis,
    Standing,
    SuppressionReason,
    Title,
)
from hub.orders.words import OrderState
from hub.outbox.queries import MessageRow
from hub.outbox.words import BlockReason, MessageState
from hub.surveys.words import Choice

message_words = message_names.message_words
purpose_words = message_names.purpose_words
template_words = message_names.template_words


@dataclass(frozen=True)
class Verdict:
    """The conclusion first, then why."""

    words: str
    why: str
    tone: str
    icon: str


def verdict_of(standing: Standing, buying: Buying, title: Title | None) -> Verdict:
    """New or loyal at a glance, with the orders it rests on."""
    last = day(buying.last_placed_at)
    everything = gettext(
        "%(orders)s since %(day)s", orders=orders_words(buying.order_count), day=day(buying.first_placed_at)
    )
    year = gettext("%(orders)s in 12 months", orders=orders_words(buying.recent_order_count))
    last_order = gettext("last order on %(day)s", day=last)
    is_woman = title is Title.MADAM
    found = {
        Standing.PROSPECT: (gettext("No order yet"), gettext("known by address only"), "info", "user-circle"),
        Standing.NEW: (
            pgettext("feminine", "New customer") if is_woman else gettext("New customer"),
            gettext("first order on %(day)s", day=last),
            "ok",
            "sparkles",
        ),
        Standing.OCCASIONAL: (
            pgettext("feminine", "Occasional customer") if is_woman else gettext("Occasional customer"),
            everything,
            "info",
            "shopping-bag",
        ),
        Standing.LOYAL: (
            pgettext("feminine", "Loyal customer") if is_woman else gettext("Loyal customer"),
            year,
            "ok",
            "heart",
        ),
        Standing.LAPSED: (gettext("Not seen for a while"), everything, "warn", "clock"),
    }
    words, why, tone, icon = found[standing]
    if standing in {Standing.OCCASIONAL, Standing.LOYAL, Standing.LAPSED}:
        why = f"{why}, {last_order}"
    return Verdict(words, why, tone, icon)


def orders_words(count: int) -> str:
    return ngettext("%(num)s order", "%(num)s orders", count)


def day(at: datetime | None) -> str:
    """`3 mars 2026`, in the reader's language and time zone."""
    return format_date(at, "d MMM y") if at else ""


def title_words(title: Title | None) -> str:
    words = {Title.MADAM: gettext("Ms"), Title.SIR: gettext("Mr")}
    return words[title] if title else ""


def language_words(language: Language) -> str:
    words = {Language.FRENCH: gettext("French"), Language.ENGLISH: gettext("English (language)")}
    return words[language]


def state_words(state: OrderState) -> tuple[str, str]:
    """An order's state and the tone of its chip."""
    words = {
        OrderState.PLACED: (gettext("placed"), "plain"),
        OrderState.PAID: (gettext("paid"), "plain"),
        OrderState.SHIPPED: (gettext("on its way"), "info"),
        OrderState.READY: (gettext("ready to be picked up"), "info"),
        OrderState.DELIVERED: (gettext("in the customer's hands"), "ok"),
        OrderState.CANCELLED: (gettext("cancelled"), "late"),
        OrderState.RETURNED: (gettext("returned"), "warn"),
    }
    return words[state]


def choice_words(choice: Choice) -> tuple[str, str]:
    """An answer and the tone of its chip."""
    words = {
        Choice.VERY_SATISFIED: (gettext("Very satisfied"), "ok"),
        Choice.SATISFIED: (gettext("Satisfied"), "ok"),
        Choice.NOT_SATISFIED: (gettext("Not satisfied"), "late"),
    }
    return words[choice]


def consent_words(consent: ConsentRow) -> tuple[str, str]:
    """`E-mail, offers: yes`, and its tone."""
    is_given = consent.action is ConsentAction.GIVEN
    subject = gettext(
        "%(channel)s, %(purpose)s",
        channel=channel_words(consent.channel),
        purpose=purpose_words(consent.purpose),
    )
    return (
        (gettext("%(subject)s: yes", subject=subject), "ok")
        if is_given
        else (gettext("%(subject)s: no", subject=subject), "late")
    )


def action_words(action: ConsentAction) -> str:
    words = {ConsentAction.GIVEN: gettext("yes"), ConsentAction.WITHDRAWN: gettext("no, or no longer")}
    return words[action]


def basis_words(basis: LegalBasis) -> str:
    words = {
        LegalBasis.CONSENT: gettext("said by the customer"),
        LegalBasis.EXISTING_CUSTOMER: gettext("existing customer"),
        LegalBasis.CONTRACT: gettext("contract"),
        LegalBasis.BUSINESS_ADDRESS: gettext("business address"),
    }
    return words[basis]


def suppression_words(purpose: Purpose | None, reason: SuppressionReason) -> str:
    """Why nothing leaves for an address, and what exactly."""
    what = purpose_words(purpose) if purpose else gettext("everything")
    return gettext("Blocked for %(what)s: %(why)s", what=what, why=suppressed_words(reason))


def suppressed_words(reason: SuppressionReason) -> str:
    words = {
        SuppressionReason.HARD_BOUNCE: gettext("the mailbox does not exist"),
        SuppressionReason.COMPLAINT: gettext("reported as spam"),
        SuppressionReason.STOP: gettext("the customer asked to stop"),
        SuppressionReason.REFUSED: gettext("the customer had refused before the data was erased"),
        SuppressionReason.STAFF: gettext("blocked by staff"),
    }
    return words[reason]


def message_state(message: MessageRow) -> tuple[str, str]:
    """What became of a message, and its tone."""
    return sent_words(message.state)


def sent_words(state: MessageState) -> tuple[str, str]:
    words = {
        MessageState.WAITING: (gettext("Waiting"), "plain"),
        MessageState.CLAIMED: (gettext("Leaving now"), "plain"),
        MessageState.CALLING: (gettext("Leaving now"), "plain"),
        MessageState.ACCEPTED: (gettext("Sent"), "ok"),
        MessageState.DELIVERED: (gettext("Received by the mailbox"), "ok"),
        MessageState.BOUNCED: (gettext("Came back"), "late"),
        MessageState.FAILED: (gettext("Not sent"), "late"),
        MessageState.BLOCKED: (gettext("Not sent"), "warn"),
        MessageState.EXPIRED: (gettext("Not sent"), "warn"),
        MessageState.UNKNOWN: (gettext("Perhaps sent"), "warn"),
        MessageState.CANCELLED: (gettext("Taken back before it left"), "plain"),
    }
    return words[state]


def block_words(reason: str | None) -> str:
    """Why a message waits or was not sent; "" when there is nothing to explain."""
    words = {
        BlockReason.NO_ADDRESS: gettext("No address is known."),
        BlockReason.INVALID_ADDRESS: gettext("The address is not valid."),
        BlockReason.SUPPRESSED: gettext("The address is blocked."),
        BlockReason.ADDRESS_PAUSED: gettext("The mailbox was full or away too often."),
        BlockReason.NO_CONSENT: gettext("The customer did not agree to this."),
        BlockReason.HOLD: gettext("A grievance is open; this waits until it is solved."),
        BlockReason.OWN_FREQUENCY: gettext("The customer asked for fewer messages."),
        BlockReason.CAP: gettext("Enough messages were sent lately."),
        BlockReason.QUIET_HOURS: gettext("It waits for the hours in which one may write."),
        BlockReason.SENDER_PAUSED: gettext("Sending is paused; the administrator knows."),
        BlockReason.STORE_BLOCKED: gettext("This store may not send."),
        BlockReason.EXPIRED: gettext("It was too late to be useful."),
        BlockReason.STOPPED: gettext("It was no longer needed."),
        BlockReason.CONTENT: gettext("The text could not be made."),
        BlockReason.UNDONE: gettext("An agent took it back."),
        BlockReason.TEMPLATE_REQUIRED: gettext("WhatsApp asks for an approved template."),
    }
    return words[BlockReason(reason)] if reason in set(BlockReason) else ""


def price_words(micros: int | None, currency: str | None) -> str:
    """A price in millionths of a currency with the decimals that an SMS needs; "" when it is not known."""
    if micros is None:
        return ""
    amount = format_decimal(Decimal(micros) / 1_000_000, format="#,##0.0000")
    return f"{amount} {currency or ''}".strip()
