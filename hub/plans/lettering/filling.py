"""Fills the letters of a batch: each group of values is gathered once, for the letters that know one of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import structlog

from hub.content.queries import get_published
from hub.content.rendering import PreparedTemplate
from hub.core import clock
from hub.core.errors import NotFound
from hub.plans.lettering import of_customers, of_orders, of_products
from hub.plans.lettering.sheets import Gather, Room, Sheet, Values, names_of
from hub.plans.passage import Passage
from hub.plans.queries import list_keys
from hub.plans.words import Skip
from hub.stores.queries import get_chain

log = structlog.get_logger(__name__)
GATHERERS: Sequence[tuple[frozenset[str], Gather]] = (
    (of_orders.ORDER, of_orders.recall_orders),
    (of_orders.BASKET, of_orders.recall_baskets),
    (of_orders.REVIEW, of_orders.link_to_reviews),
    (of_products.PRODUCTS, of_products.recommend_products),
    (of_customers.WHY, of_customers.link_to_why),
    (of_customers.DAYS, of_customers.tell_days),
    (of_customers.TERM_NAMES, of_customers.state_terms),
)


def fill(passages: Sequence[Passage], *, now: datetime) -> list[tuple[Passage, Values]]:
    """The letters that can be written, with their values, in their order. The others are skipped with their reason.

    A letter that lives by what it recommends is not written without anything to recommend, nor one that recalls a code
    without a code; a template that is not published costs its own step only.
    """
    templates = _find_templates({(each.decision.template, each.language.value) for each in passages})
    names = {key: names_of(each) for key, each in templates.items()}
    sheets = []
    for passage in passages:
        template = templates.get((passage.decision.template, passage.language.value))
        if template is None:
            passage.skip(Skip.NO_TEMPLATE)
        else:
            sheets.append(Sheet(passage, template, names[template.key, template.language]))
    values = _gather(sheets, now=now) if sheets else []
    ready = []
    for sheet, mine in zip(sheets, values, strict=True):
        if reason := _why_not(sheet, mine):
            sheet.passage.skip(reason)
        else:
            ready.append((sheet.passage, mine))
    return ready


def _find_templates(wanted: set[tuple[str, str]]) -> Mapping[tuple[str, str], PreparedTemplate]:
    """One look a template, however many letters."""
    found = {}
    for key, language in sorted(wanted):
        try:
            found[key, language] = get_published(key, language)
        except NotFound:
            log.warning("plans.no_template", template=key, language=language)
    return found


def _gather(sheets: Sequence[Sheet], *, now: datetime) -> list[Values]:
    room = Room(get_chain(), list_keys(), now, clock.machine_now())
    values = [_of_chain(sheet, room) for sheet in sheets]
    for names, gather in GATHERERS:
        places = [place for place, sheet in enumerate(sheets) if sheet.names & names]
        if places:
            found = gather([sheets[place] for place in places], room)
            for place, mine in zip(places, found, strict=True):
                values[place] |= mine
    return values


def _of_chain(sheet: Sheet, room: Room) -> Values:
    return {
        "shop_url": room.chain.website_url or "",
        "review_url": room.chain.review_url or "",
        "ticket_number": str(sheet.passage.enrolment.values.get("ticket_number", "")),
    }


def _why_not(sheet: Sheet, values: Values) -> Skip | None:
    passage = sheet.passage
    for name in sheet.needed:
        if name == "product_1_name" and not values.get(name):
            return Skip.NO_PRODUCT
        if name == "promo_code" and passage.given_code is None and not passage.step.pool:
            return Skip.NO_CODE
    return None
