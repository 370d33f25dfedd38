"""An event of the chain's own as it is posted: its shape, and every reason to refuse it."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StrictBool, StrictFloat, StrictInt, StrictStr, ValidationError
from pydantic_core import PydanticCustomError

from hub.core.text import N_
from hub.orders.behaviour.payload import WhoPayload
from hub.orders.payload import Moment, Shape, Words, field_error
from hub.orders.rows import FieldError
from hub.orders.rules import is_too_far_ahead

NAME = re.compile(r"[a-z][a-z0-9_]{0,49}")
MOST_VALUES = 20
BAD_NAME = N_(
    "“%(given)s” is no name of an event. Please use small letters, digits and _, as in warranty_ended."
)
BAD_KEY = N_("“%(given)s” is no name of a value. Please use small letters, digits and _.")
AHEAD = N_("This time is more than a day ahead. Please give a time that has passed, and check the clock.")
NOBODY = N_("Please say whose it is: an address, a loyalty card, an id of your system, or our id.")
Value = StrictBool | StrictInt | StrictFloat | Annotated[StrictStr, Field(max_length=500)] | None


def is_name(text: object) -> bool:
    """Whether it is written as names are."""
    return isinstance(text, str) and NAME.fullmatch(text) is not None


def _read_name(given: object) -> str:
    if not isinstance(given, str) or not is_name(given):
        raise PydanticCustomError("hub", "refused", {"text": BAD_NAME, "values": {"given": str(given)[:80]}})
    return given


def _read_values(given: object) -> object:
    for key in given if isinstance(given, dict) else ():
        if not is_name(key):
            raise PydanticCustomError("hub", "refused", {"text": BAD_KEY, "values": {"given": str(key)[:80]}})
    return {} if given is None else given


class EventWho(WhoPayload):
    """The customer by any id; `id` is ours."""

    id: Annotated[int, Field(strict=True, ge=1, lt=2**63)] | None = None

    @property
    def is_somebody(self) -> bool:
        return self.id is not None or super().is_somebody


class EventPayload(Shape):
    """One event. `id` makes it one however often it is told; without it the same body is the same event."""

    name: Annotated[str, Field(max_length=50), BeforeValidator(_read_name)]
    customer: EventWho
    happened_at: Moment = None
    id: Words = ""
    values: Annotated[dict[str, Value], Field(max_length=MOST_VALUES), BeforeValidator(_read_values)] = Field(
        default_factory=dict
    )


def read_own_event(body: Mapping[str, Any], *, now: datetime) -> EventPayload | list[FieldError]:
    """The event, or everything that must be corrected."""
    try:
        event = EventPayload.model_validate(body)
    except ValidationError as error:
        return [field_error(found) for found in error.errors(include_url=False)]
    errors = [] if event.customer.is_somebody else [FieldError("customer", NOBODY, {})]
    if event.happened_at is not None and is_too_far_ahead(event.happened_at, now=now):
        errors.append(FieldError("happened_at", AHEAD, {}))
    return errors or event
