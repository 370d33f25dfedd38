"""Words of the conditions' form: each question as it stands in the list, what it is told, and what it chooses from."""

from collections.abc import Mapping
from datetime import date, timedelta

from babel.dates import format_date
from flask_babel import get_locale, gettext

from hub.core.text import N_
from hub.orders.behaviour.words import Device
from hub.orders.products.words import Why
from hub.plans.words import Ask, ExitReason, Trigger
from hub.segments.values.words import Stage

MONDAY = date(2026, 3, 2)
GROUPS: tuple[tuple[str, tuple[Ask, ...]], ...] = (
    (
        N_("What has happened in this plan"),
        (Ask.PURCHASED, Ask.ENGAGED, Ask.OPENED, Ask.CLICKED, Ask.FIRST_MESSAGE_SENT, Ask.CODE_USED, Ask.ANSWERED,
            Ask.ENTERED_BY),
    ),
    (
        N_("The customer"),
        (Ask.SEGMENT, Ask.TIER, Ask.STAGE, Ask.KNOWN_CUSTOMER, Ask.VALUE_TOP, Ask.CHURN_BELOW, Ask.CONSENT,
            Ask.PHONE_KNOWN, Ask.HAS_PRODUCT, Ask.SUGGESTED, Ask.IN_PLAN, Ask.DEVICE, Ask.REGION),
    ),
    (N_("The order or the basket"), (Ask.AMOUNT, Ask.ORDER_REACHED, Ask.BASKET_VALUE, Ask.BASKET)),
    (N_("The day"), (Ask.WEEKDAY,)),
)  # fmt: skip
"""In the order in which they are offered."""
ASKS: Mapping[Ask, str] = {
    Ask.PURCHASED: N_("Has bought since the entry"),
    Ask.AMOUNT: N_("Amount of the order against the average"),
    Ask.ORDER_REACHED: N_("How far the order is"),
    Ask.BASKET_VALUE: N_("Value of the basket"),
    Ask.BASKET: N_("What became of the basket"),
    Ask.OPENED: N_("Opened a message"),
    Ask.CLICKED: N_("Clicked in a message"),
    Ask.ENGAGED: N_("Clicked or opened (engaged)"),
    Ask.SEGMENT: N_("Is in a segment"),
    Ask.TIER: N_("Tier of the loyalty programme"),
    Ask.STAGE: N_("Stage of the relation"),
    Ask.CONSENT: N_("Has agreed to receive"),
    Ask.HAS_PRODUCT: N_("Owns a product"),
    Ask.SUGGESTED: N_("There is something to suggest"),
    Ask.IN_PLAN: N_("Is in another plan"),
    Ask.DEVICE: N_("Device used"),
    Ask.WEEKDAY: N_("Day of the week"),
    Ask.REGION: N_("Weather or word of the region"),
    Ask.KNOWN_CUSTOMER: N_("Had ordered before"),
    Ask.VALUE_TOP: N_("Among the customers of the highest value"),
    Ask.CHURN_BELOW: N_("Churn score below"),
    Ask.ANSWERED: N_("Answered the survey"),
    Ask.FIRST_MESSAGE_SENT: N_("The first message was sent"),
    Ask.CODE_USED: N_("Used the promo code of this plan"),
    Ask.PHONE_KNOWN: N_("Has a phone number"),
    Ask.ENTERED_BY: N_("Came in by"),
}
PARAMS: Mapping[str, str] = {
    "days": N_("Within how many days of the entry (empty: at any time)"),
    "against": N_("Against"),
    "side": N_("The order is"),
    "at_least": N_("At least"),
    "at_most": N_("At most"),
    "state": N_("The basket"),
    "step": N_("Which message"),
    "for_days": N_("Looked at so many days after the sending (empty: at once)"),
    "id": N_("Segment"),
    "in": N_("One or more"),
    "channel": N_("By"),
    "purpose": N_("What"),
    "sku": N_("Article number"),
    "family": N_("Family of articles"),
    "property": N_("Word of the region, for example weather"),
    "value": N_("Its value, for example rain"),
    "least": N_("The order is already, or farther"),
    "percent": N_("Percent of customers"),
    "points": N_("Points"),
    "trigger": N_("Way in"),
    "why": N_("What there is to suggest"),
    "plan": N_("Plan"),
    "due_by": N_("Only orders with a product whose end is known"),
    "months": N_("After how many months"),
    "catch_up_days": N_("On the first day also those who passed it so many days ago (empty: nobody)"),
    "of": N_("Which date"),
    "at": N_("The customer comes in"),
    "name": N_("Name of the event, as the shop's system sends it"),
    "minutes": N_("After how many minutes without a touch (empty: as set for the chain)"),
    "waits_for_files": N_("Wait for the till file of the day, so that who paid in the store gets nothing"),
}
OWN_PARAMS: Mapping[tuple[str, str], str] = {
    ("in_plan", "days"): N_("Or left it less than so many days ago (empty: only while inside)"),
}
CHOICES: Mapping[tuple[str, str], str] = {
    ("against", "chain"): N_("the chain's average basket"),
    ("against", "own"): N_("the customer's own average"),
    ("side", "above"): N_("above it"),
    ("side", "below"): N_("not above it"),
    ("state", "paid"): N_("is paid"),
    ("state", "emptied"): N_("is emptied"),
    ("state", "changed"): N_("was changed"),
    ("least", "placed"): N_("placed"),
    ("least", "paid"): N_("paid"),
    ("least", "shipped"): N_("shipped"),
    ("least", "ready"): N_("ready for collection"),
    ("least", "delivered"): N_("delivered or collected"),
    ("channel", "email"): N_("mail"),
    ("channel", "sms"): N_("SMS"),
    ("channel", "whatsapp"): N_("WhatsApp"),
    ("purpose", "promotion"): N_("offers"),
    ("purpose", "newsletter"): N_("the newsletter"),
    ("purpose", "survey"): N_("surveys"),
    ("of", "birth_on"): N_("birthday; when unknown, the day of the first order or of the registration"),
    ("of", "first_order"): N_("day of the first order"),
    ("of", "registered"): N_("day of the registration"),
    ("at", "month_start"): N_("on the first day of the month"),
    ("at", "day"): N_("on the day itself"),
    ("due_by", "cycle"): N_("used up: the plan counts from the day it runs out"),
    ("due_by", "life"): N_("worn out: the plan counts from the end of its life"),
}
RECOMMENDED: Mapping[str, str] = {
    Why.COMPLEMENT.value: N_("what completes the order, and the customer does not own"),
    Why.BETTER_RANGE.value: N_("a better range than what was bought"),
    Why.NEXT_OF_CYCLE.value: N_("what follows a product that is used up"),
    Why.RENEWAL.value: N_("what replaces a product whose life is over"),
}
DEVICES: Mapping[str, str] = {
    Device.DESKTOP.value: N_("computer"),
    Device.PHONE.value: N_("phone"),
    Device.TABLET.value: N_("tablet"),
}
STAGES: Mapping[str, str] = {
    Stage.PROSPECT.value: N_("Prospect"),
    Stage.NEW.value: N_("New customer"),
    Stage.OCCASIONAL.value: N_("Occasional customer"),
    Stage.REGULAR.value: N_("Regular customer"),
    Stage.AMBASSADOR.value: N_("Ambassador"),
    Stage.LAPSED.value: N_("Lapsed customer"),
    Stage.FORMER.value: N_("Former customer"),
}
EXITS: Mapping[ExitReason, str] = {
    ExitReason.PURCHASED: N_("buys"),
    ExitReason.CANCELLED: N_("cancels the order of the entry"),
    ExitReason.RETURNED: N_("returns the order of the entry"),
    ExitReason.BASKET_PAID: N_("pays the basket"),
    ExitReason.BASKET_EMPTIED: N_("empties the basket"),
    ExitReason.BASKET_CHANGED: N_("changes the basket"),
    ExitReason.LIFE_SIGN: N_("shows a sign of life (order, click, visit, message)"),
    ExitReason.ANSWERED: N_("answers the survey"),
    ExitReason.TICKET_OPEN: N_("has an open ticket"),
    ExitReason.ASKED_RECENTLY: N_("was asked by a survey in the last 30 days"),
    ExitReason.REVIEWED: N_("has reviewed every product of the order"),
    ExitReason.BOUNCED: N_("has an address that does not work"),
    ExitReason.REFUSED: N_("refuses these messages"),
}
TRIGGERS: Mapping[Trigger, str] = {
    Trigger.ORDER_PLACED: N_("places an order"),
    Trigger.ORDER_PAID: N_("pays an order"),
    Trigger.ORDER_SHIPPED: N_("has an order shipped"),
    Trigger.ORDER_READY: N_("has an order ready for collection"),
    Trigger.ORDER_DELIVERED: N_("receives or collects an order"),
    Trigger.FIRST_ORDER: N_("places the first order"),
    Trigger.ACCOUNT_CREATED: N_("creates an account"),
    Trigger.NEWSLETTER_JOINED: N_("joins the newsletter"),
    Trigger.INACTIVE: N_("has not ordered for months"),
    Trigger.DATE: N_("has a birthday or another date"),
    Trigger.BASKET_LEFT: N_("leaves a basket"),
    Trigger.NO_SIGN_OF_LIFE: N_("gives no sign of life for months"),
    Trigger.CHURN_BELOW: N_("falls below a churn score"),
    Trigger.EVENT: N_("does something that the shop's system tells"),
    Trigger.BY_HAND: N_("is let in by hand or by another system"),
}


def ask_words(ask: Ask) -> str:
    return str(gettext(ASKS[ask])) if ask in ASKS else ask.value


def param_words(name: str, word: str = "") -> str:
    """What a parameter asks for; `word`: of which question or way in, where that says it better."""
    found = OWN_PARAMS.get((word, name)) or PARAMS.get(name)
    return str(gettext(found)) if found else name


def choice_words(name: str, value: str) -> str:
    """A word of a closed list."""
    found = CHOICES.get((name, value)) or DEVICES.get(value) or STAGES.get(value) or RECOMMENDED.get(value)
    return str(gettext(found)) if found else value


def weekday_words(day: int) -> str:
    return str(format_date(MONDAY + timedelta(days=day), "EEEE", locale=str(get_locale())))


def exit_choice(reason: ExitReason) -> str:
    return str(gettext(EXITS[reason])) if reason in EXITS else reason.value


def trigger_choice(trigger: Trigger) -> str:
    return str(gettext(TRIGGERS[trigger]))
