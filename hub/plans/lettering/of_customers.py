"""What letters say of the customer's own: why-link, anniversary, the day of erasure, and the chain's terms."""

from collections.abc import Mapping, Sequence
from datetime import date

from hub.core.words import Language
from hub.customers.properties import list_definitions
from hub.orders.known import get_average_order_cents_at
from hub.plans.lettering.sheets import Room, Sheet, Values, day_words
from hub.plans.telling import DAY, announced_on, tell
from hub.stores.terms import TERMS, VIP_TERMS, read_terms
from hub.surveys.whys.links import why_link

WHY = frozenset({"why_url"})
DAYS = frozenset({"erasure_on", "anniversary_of"})
TERM_NAMES = frozenset(TERMS)
ANNIVERSARIES: Mapping[str, Mapping[Language, str]] = {
    "first_order": {Language.FRENCH: "votre première commande", Language.ENGLISH: "your first order"},
    "registered": {Language.FRENCH: "votre inscription", Language.ENGLISH: "your registration"},
}
"""By `anniversary_of` of the passage, the date that let the customer in; a birth date (`birth_on`) has no words."""
YOURS: Mapping[Language, str] = {Language.FRENCH: "votre %s", Language.ENGLISH: "your %s"}
PROPERTY = "property:"
IF_ABOVE = "welcome_first_order"
"""The letter of everybody's first order: it presents the VIP status to whom the amount opens it."""


def link_to_why(sheets: Sequence[Sheet], room: Room) -> Sequence[Values]:
    """One answer a customer and plan."""
    return [
        {
            "why_url": why_link(
                sheet.customer_id,
                f"plan:{room.plan_keys[sheet.passage.enrolment.plan_id]}",
                machine_now=room.machine_now,
            )
        }
        for sheet in sheets
    ]


def tell_days(sheets: Sequence[Sheet], room: Room) -> Sequence[Values]:
    """The day of erasure, as a later step of the plan will write it down (else as the entry told it), and of what it is the anniversary (`anniversary_of`)."""
    told = [sheet.passage.enrolment.values for sheet in sheets]
    is_of_property = any(str(values.get("anniversary_of", "")).startswith(PROPERTY) for values in told)
    labels = {each.key: each.label for each in list_definitions()} if is_of_property else {}
    found = []
    for sheet, values in zip(sheets, told, strict=True):
        language = sheet.passage.language
        mine = {"anniversary_of": _anniversary(str(values.get("anniversary_of", "")), language, labels)}
        told_on = values.get("erasure_on")
        if day := announced_on(sheet.passage.position, room.now) or (told_on and date.fromisoformat(told_on)):
            mine[DAY] = day_words(day, language)
        if DAY in sheet.names:
            sheet.passage.values |= tell(sheet.passage.position, room.now)
        found.append(mine)
    return found


def _anniversary(date_of: str, language: Language, labels: Mapping[str, str]) -> str:
    if date_of.startswith(PROPERTY):
        label = labels.get(date_of.removeprefix(PROPERTY), "")
        return YOURS[language] % (label[:1].lower() + label[1:]) if label else ""
    return ANNIVERSARIES.get(date_of, {}).get(language, "")


def state_terms(sheets: Sequence[Sheet], room: Room) -> Sequence[Values]:
    """What the chain wrote in the customer's language; without words of its own the letters have theirs."""
    asked = [sheet for sheet in sheets if sheet.template.key == IF_ABOVE]
    average = get_average_order_cents_at(room.now) if asked else 0
    found = []
    for sheet in sheets:
        terms = dict(read_terms(room.chain.settings, sheet.passage.language))
        order = sheet.passage.order
        if sheet.template.key == IF_ABOVE and (order is None or order.net_cents <= average):
            terms.pop(VIP_TERMS, None)
        found.append(terms)
    return found
