"""The sites that may show our forms in a frame: the chain's own and those a marketer added."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from hub.core.actor import Actor
from hub.core.errors import Invalid
from hub.core.site import origin_of
from hub.core.text import N_
from hub.stores.actions import change_setting

SETTING = "embed"
MOST_SITES = 10


def read_sites(settings: Mapping[str, Any], website_url: str) -> tuple[str, ...]:
    """Origins (`https://www.shop.fr`) for the content policy, the chain's website first."""
    listed = [str(each) for each in settings.get(SETTING, {}).get("sites", [])]
    own = origin_of(website_url)
    return tuple(dict.fromkeys(([own] if own else []) + listed))


def change_sites(sites: Sequence[str], *, by: Actor, now: datetime) -> None:
    """Replace the added sites. Raises Invalid for what is no address of a site, or for too many."""
    kept = []
    for text in filter(None, (each.strip() for each in sites)):
        origin = origin_of(text)
        if origin is None:
            raise Invalid(
                N_("“%(given)s” is not the address of a site. Please write it as https://www.shop.fr."),
                field="sites",
                given=text[:80],
            )
        kept.append(origin)
    if len(kept) > MOST_SITES:
        raise Invalid(N_("Please keep at most %(count)s sites."), field="sites", count=MOST_SITES)
    change_setting(SETTING, {"sites": list(dict.fromkeys(kept))}, by=by, now=now)
