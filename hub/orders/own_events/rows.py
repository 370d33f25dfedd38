"""What own events are handed out as: frozen rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.orders.rows import FieldError
from hub.orders.words import EventOutcome


@dataclass(frozen=True)
class OwnEventRow:
    """An event that was taken: whose it is, and what was told with it."""

    id: int
    name: str
    customer_id: int
    values: Mapping[str, Any]
    happened_at: datetime


@dataclass(frozen=True)
class TakenOwnEvent:
    """What became of it; `event` is None with `errors` when it was refused, and kept all the same."""

    outcome: EventOutcome
    event: OwnEventRow | None
    errors: tuple[FieldError, ...] = ()


@dataclass(frozen=True)
class EventName:
    """A name that was told: when last, and how often in the period asked for."""

    name: str
    last_at: datetime
    count: int


@dataclass(frozen=True)
class RefusedOwnEvent:
    """As it came, and why it could not be taken."""

    id: int
    source: str
    name: str
    received_at: datetime
    errors: tuple[FieldError, ...]
    payload: Mapping[str, Any]
