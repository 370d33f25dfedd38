"""Say something of a region (weather: rain), for some hours or until it is said otherwise."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import Invalid, NotFound
from hub.core.text import N_
from hub.stores.models import Region, RegionProperty
from hub.stores.queries import NO_REGION

KEY = re.compile(r"[a-z][a-z0-9_]{0,49}")
LONGEST_VALUE = 100
MOST_KEYS = 50
MOST_HOURS = 24 * 366


def set_properties(
    *, region_id: int, values: Mapping[str, str | None], expires_hours: int | None, by: Actor, now: datetime
) -> None:
    """Each key has this value from now on, for `expires_hours` or for good; None takes it back. Other keys stay.

    Raises NotFound, Invalid (field: the key, or expires_hours).
    """
    if db.session.get(Region, region_id, with_for_update=True) is None:
        raise NotFound(NO_REGION)
    if len(values) > MOST_KEYS:
        raise Invalid(N_("Please give at most %(count)s properties."), field="properties", count=MOST_KEYS)
    if expires_hours is not None and not 1 <= expires_hours <= MOST_HOURS:
        raise Invalid(N_("Please give the hours as a number from 1 to 8784."), field="expires_hours")
    checked = {_check_key(key): _check_value(key, value) for key, value in values.items()}
    expires_at = None if expires_hours is None else now + timedelta(hours=expires_hours)
    for key, value in checked.items():
        db.session.add(
            RegionProperty(region_id=region_id, key=key, value=value, set_at=now, expires_at=expires_at)
        )
    note_change(
        "region.properties_set", subject_kind="region", subject_id=region_id, by=by, now=now, values=checked
    )
    db.session.flush()


def _check_key(key: str) -> str:
    if not KEY.fullmatch(key):
        raise Invalid(
            N_("“%(key)s” is no name of a property. Please use small letters, digits and _, as in weather."),
            field="key",
            key=key[:80],
        )
    return key


def _check_value(key: str, value: str | None) -> str | None:
    if value is None:
        return None
    line = " ".join(value.replace("\x00", "").split())
    if not line or len(line) > LONGEST_VALUE:
        raise Invalid(
            N_("Please give %(key)s a value of at most %(most)s characters."),
            field="value",
            key=key,
            most=LONGEST_VALUE,
        )
    return line
