"""The administrator's choice of what is measured."""

import re
from datetime import datetime

from hub.core.actor import Actor
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.outbox.tracking.policy import SETTINGS, TrackingPolicy, read_policy
from hub.stores import actions as stores
from hub.stores import queries

_UTM = re.compile(r"[A-Za-z0-9_.~-]{0,60}")


def get_tracking() -> TrackingPolicy:
    """What the chain measures now."""
    return read_policy(queries.get_chain().settings)


def change_tracking(policy: TrackingPolicy, *, by: Actor, now: datetime) -> None:
    """Keep the choice; mails that leave from now on follow it. Raises Invalid (utm_source, utm_medium)."""
    for name in ("utm_source", "utm_medium"):
        if not _UTM.fullmatch(getattr(policy, name)):
            raise Invalid(
                N_("Please use letters, digits, dots and dashes only, at most 60 of them."), field=name
            )
    value = {
        "links": policy.has_links,
        "opens": policy.opens.value,
        "utm_source": policy.utm_source,
        "utm_medium": policy.utm_medium,
    }
    stores.change_setting(SETTINGS, value, by=by, now=now)
