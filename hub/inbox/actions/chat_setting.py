"""Changes what the chain chose of the chat: on or off, the sites that show it, the page about privacy."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from hub.core.actor import Actor
from hub.core.errors import Invalid
from hub.core.site import origin_of
from hub.core.text import N_
from hub.inbox.chats import SETTING, ChatSetup, read_setup, write_setup
from hub.stores import queries as stores
from hub.stores.actions import change_setting

MOST_SITES = 20


def change_chat(*, is_on: bool, sites: Iterable[str], privacy_url: str, by: Actor, now: datetime) -> None:
    """For the whole chain. Raises Invalid (field sites or privacy_url)."""
    url = privacy_url.strip()
    if url and origin_of(url) is None:
        raise Invalid(N_("Please give a whole address: https://…"), field="privacy_url")
    setup = replace(_get(), is_on=is_on, sites=_check(sites), privacy_url=url)
    change_setting(SETTING, write_setup(setup), by=by, now=now)


def change_store_chat(*, store_id: int, is_on: bool, sites: Iterable[str], by: Actor, now: datetime) -> None:
    """For one store: whether it chats, and further sites that show its widget. Raises Invalid, NotFound."""
    stores.get_store(store_id)
    setup = _get()
    off = setup.store_off - {store_id} if is_on else setup.store_off | {store_id}
    changed = replace(setup, store_off=off, store_sites={**setup.store_sites, store_id: _check(sites)})
    change_setting(SETTING, write_setup(changed), by=by, now=now)


def _get() -> ChatSetup:
    return read_setup(stores.get_chain().settings)


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
    if len(kept) > MOST_SITES:
        raise Invalid(N_("Please keep at most %(count)s sites."), field="sites", count=MOST_SITES)
    return tuple(kept)
