"""Changes what the chain chose of visits and late orders: on or off, sites, how long visits are kept."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from hub.core.actor import Actor
from hub.core.errors import Invalid
from hub.core.site import origin_of
from hub.core.text import N_
from hub.orders.behaviour import rules
from hub.orders.behaviour.queries import get_setup
from hub.stores.actions import change_setting


def change_behaviour(
    *,
    is_on: bool,
    sites: Iterable[str],
    keep_days: int,
    late_days: int,
    basket_days: int = rules.BASKET_DAYS,
    by: Actor,
    now: datetime,
) -> None:
    """Raises Invalid (field sites, keep_days, late_days or basket_days)."""
    if not rules.LEAST_KEEP_DAYS <= keep_days <= rules.MOST_KEEP_DAYS:
        raise Invalid(N_("Please keep visits for 30 to 760 days."), field="keep_days")
    if not 1 <= late_days <= rules.MOST_LATE_DAYS:
        raise Invalid(N_("Please give a number of days from 1 to 365."), field="late_days")
    if not 1 <= basket_days <= rules.MOST_BASKET_DAYS:
        raise Invalid(N_("Please give a number of days from 1 to 365."), field="basket_days")
    kept = _check(sites)
    if is_on and not kept:
        raise Invalid(N_("Please name the sites first, for example https://www.shop.fr."), field="sites")
    setup = replace(get_setup(), is_on=is_on, sites=kept, keep_days=keep_days)
    setup = replace(setup, late_days=late_days, basket_days=basket_days)
    change_setting(rules.SETTING, rules.write_setup(setup), by=by, now=now)


def keep_till_columns(chosen: Mapping[str, str], *, by: Actor, now: datetime) -> None:
    """What headings of till files mean here, for the next file; without a change nothing is noted."""
    setup = get_setup()
    columns = {**setup.till_columns, **chosen}
    if columns != dict(setup.till_columns):
        change_setting(rules.SETTING, rules.write_setup(replace(setup, till_columns=columns)), by=by, now=now)


def _check(sites: Iterable[str]) -> tuple[str, ...]:
    """Origins; what is no address of a site is refused by its words."""
    kept: dict[str, None] = {}
    for text in filter(None, (each.strip() for each in sites)):
        origin = origin_of(text)
        if origin is None:
            raise Invalid(
                N_("“%(given)s” is not the address of a site. Please write it as https://www.shop.fr."),
                field="sites",
                given=text[:80],
            )
        kept[origin] = None
    if len(kept) > rules.MOST_SITES:
        raise Invalid(N_("Please keep at most %(count)s sites."), field="sites", count=rules.MOST_SITES)
    return tuple(kept)
