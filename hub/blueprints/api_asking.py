"""What doors for machines read of a request alike: a moment, an order by the shop's number, who acts, in which language."""

from datetime import datetime
from typing import Any

from flask import g
from flask_babel import get_locale

from hub.blueprints.api import viewer_of_key
from hub.core.actor import Actor
from hub.core.errors import Forbidden, Invalid, NotFound
from hub.core.text import N_
from hub.core.words import ActorKind, Language
from hub.orders.queries import OrderRow, find_order_by_external_id
from hub.staff.words import Permission

NO_ORDER = N_("No order has this number. Please send the order first.")
BAD_MOMENT = N_("Please give a moment with its offset, such as 2026-03-03T10:00:00+01:00.")


def key_actor() -> Actor:
    """The key, and the person it is bound to."""
    key: Any = g.api_key
    return Actor(ActorKind.API_KEY, agent_id=key.agent_id, api_key_id=key.id, name=key.name)


def key_language() -> Language:
    return Language(str(get_locale()))


def order_numbered(number: str) -> OrderRow:
    """Raises NotFound (field order), also for one of a store that the key may not see."""
    found = find_order_by_external_id(number)
    if found is None or not viewer_of_key().scope.has_store(found.store_id):
        raise NotFound(NO_ORDER, field="order")
    return found


def read_since(words: str | None) -> datetime | None:
    """Raises Invalid (field since)."""
    if not words:
        return None
    try:
        found = datetime.fromisoformat(words)
    except ValueError:
        raise Invalid(BAD_MOMENT, field="since") from None
    if found.tzinfo is None:
        raise Invalid(BAD_MOMENT, field="since")
    return found


def check_surveys(permission: Permission) -> None:
    if not viewer_of_key().may(permission):
        raise Forbidden(N_("The person of this key may not do this with surveys. Please use another key."))
