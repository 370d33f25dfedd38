"""An alert of a figure in the reader's words: in notices, mails and browsers. Needs the language in force."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import format_decimal, format_percent, gettext

from hub.statistics.alerts.looking import filters_of
from hub.statistics.alerts.queries import RuleRow
from hub.statistics.digest.addresses import WAITING, page_of
from hub.statistics.digest.words import Page
from hub.statistics.words import Watched
from hub.stores.queries import StoreRow, get_chain, get_stores, list_regions

MOST_NAMES = 3
PAGES = {Watched.LATE: Page.RESPONSE_TIMES, Watched.SATISFACTION: Page.SATISFACTION}


@dataclass(frozen=True)
class Names:
    """What stores and regions of some rules are called."""

    stores: Mapping[int, StoreRow]
    regions: Mapping[int, str]
    chain: str


def names_of(rules: Collection[RuleRow], store_ids: Collection[int] = ()) -> Names:
    """For these rules and further stores, in three statements however many they are."""
    wanted = {store_id for rule in rules for store_id in rule.store_ids} | set(store_ids)
    regions = {row.id: row.name for row in list_regions()} if any(rule.region_id for rule in rules) else {}
    return Names(get_stores(wanted), regions, get_chain().name)


def said_of(rule: RuleRow, store_id: int | None, value: float, at: datetime) -> dict[str, Any]:
    """What an alert says, as numbers, names of our own and the page behind it."""
    names = names_of([rule], [store_id] if store_id is not None else [])
    return {
        "watched": rule.watched.value,
        "value": value,
        "threshold": rule.threshold,
        "place": place_of(rule, store_id, names),
        "page": page_behind(rule, store_id, at, names),
    }


def place_of(rule: RuleRow, store_id: int | None, names: Names) -> str:
    """The store, the first of several, the region, or the chain."""
    if store_id is None and rule.region_id is not None:
        return names.regions.get(rule.region_id, "")
    found = [names.stores[each].name for each in ([store_id] if store_id is not None else rule.store_ids)]
    more = ["…"] if len(found) > MOST_NAMES else []
    return ", ".join([*sorted(found)[:MOST_NAMES], *more]) or names.chain


def page_behind(rule: RuleRow, store_id: int | None, at: datetime, names: Names) -> str:
    """The tickets that wait, or the page of the figure: of the same stores or the same region.

    The inbox shows one store or all; of several the tickets that wait stand behind the figure.
    """
    store_ids = (store_id,) if store_id is not None else rule.store_ids
    filters = filters_of(rule.watched, None if store_ids else rule.region_id, at)
    codes = ",".join(sorted(names.stores[each].code for each in store_ids))
    if rule.watched is not Watched.BACKLOG:
        return page_of(PAGES[rule.watched], filters, codes)
    if len(store_ids) > 1 or filters.region_id is not None:
        return page_of(Page.TICKETS, filters, codes, measure="waiting_now")
    return f"{WAITING}&store={store_ids[0]}" if store_ids else WAITING


def alert_words(said: Mapping[str, Any]) -> str:
    """One sentence."""
    watched, place, value = Watched(said["watched"]), said["place"], said["value"]
    if watched is Watched.BACKLOG:
        return gettext(
            "%(place)s: %(count)s tickets wait for a reply, above the threshold of %(threshold)s",
            place=place,
            count=format_decimal(int(value)),
            threshold=said["threshold"],
        )
    share = format_percent(round(value, 3))
    if watched is Watched.LATE:
        return gettext(
            "%(place)s: %(share)s of the replies of the last 7 days were late, above the threshold of %(threshold)s %%",
            place=place,
            share=share,
            threshold=said["threshold"],
        )
    return gettext(
        "%(place)s: satisfaction fell to %(share)s, below the 30 days before by more than chance explains",
        place=place,
        share=share,
    )


def advice_words() -> str:
    return gettext("You are told once; again only after the figure has been below in between.")
