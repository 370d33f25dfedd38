"""What a shop posts of baskets and visits: the shapes, and every reason to refuse one, field by field."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationError, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from hub.core.text import N_
from hub.customers import rules as people
from hub.orders.behaviour.rules import is_visitor_id
from hub.orders.behaviour.words import BasketState, Device, PageKind
from hub.orders.payload import (
    Cents,
    Key,
    LinePayload,
    Moment,
    RequiredMoment,
    Shape,
    Words,
    field_error,
    tried,
)
from hub.orders.rows import FieldError
from hub.orders.rules import is_too_far_ahead

MAX_LINES = 200
MAX_VISITS = 500
AHEAD = N_("This time is more than a day ahead. Please give a time that has passed, and check the clock.")
NOBODY = N_("Please say whose it is: an address, a loyalty card, an id of your system, or a visitor id.")
NO_VISITOR = N_("A visitor id has 16 to 64 letters, digits, - or _. Please draw it by chance.")


def _nothing_as_empty(given: object) -> object:
    return {} if given is None else given


class WhoPayload(Shape):
    """Whose basket or visit it is: the surest id first. `external_ids`: by system, as other doors take them."""

    country: Words = ""
    email: Words = ""
    phone: Words = ""
    loyalty_card: Words = ""
    first_name: Words = ""
    last_name: Words = ""
    external_ids: Annotated[dict[Key, Key], BeforeValidator(_nothing_as_empty)] = Field(
        default_factory=dict, max_length=20
    )

    @field_validator("country")
    @classmethod
    def check_country(cls, given: str) -> str:
        return given.upper() if people.is_country(given.upper()) else ""

    @field_validator("email")
    @classmethod
    def check_email(cls, given: str) -> str:
        return tried(lambda: people.normalise_mail(given)) if given else ""

    @field_validator("phone")
    @classmethod
    def check_phone(cls, given: str, info: ValidationInfo) -> str:
        country = info.data.get("country") or people.HOME
        return tried(lambda: people.normalise_phone(given, country)) if given else ""

    @property
    def is_somebody(self) -> bool:
        return bool(self.email or self.phone or self.loyalty_card or self.external_ids)


def read_visitor(given: object) -> str:
    if given is None or given == "":
        return ""
    if not isinstance(given, str) or not is_visitor_id(given):
        raise PydanticCustomError("hub", "refused", {"text": NO_VISITOR, "values": {}})
    return given


VisitorId = Annotated[str, BeforeValidator(read_visitor)]


class BasketPayload(Shape):
    """The whole basket as the shop knows it now; the same `external_id` updates, the newest `updated_at` wins."""

    external_id: Key
    customer: WhoPayload | None = None
    visitor_id: VisitorId = ""
    state: BasketState = BasketState.OPEN
    updated_at: RequiredMoment
    device: Device | None = None
    clears_at: Moment = None
    checkout_url: Annotated[str, Field(max_length=2000), BeforeValidator(lambda given: given or "")] = ""
    total_cents: Cents | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    lines: list[LinePayload] = Field(default_factory=list, max_length=MAX_LINES)


class VisitPayload(Shape):
    """One page. `id` makes it one however often it is told; without it, who saw what at which moment does."""

    id: Words = ""
    customer: WhoPayload | None = None
    visitor_id: VisitorId = ""
    kind: PageKind
    sku: Words = ""
    family: Words = ""
    at: RequiredMoment


class VisitsPayload(Shape):
    """A batch of visits; they are taken or refused each for itself."""

    visits: Annotated[list[dict[str, Any]], Field(max_length=MAX_VISITS)]


def read_basket(body: Mapping[str, Any], *, now: datetime) -> BasketPayload | list[FieldError]:
    """The basket, or everything that must be corrected."""
    try:
        basket = BasketPayload.model_validate(body)
    except ValidationError as error:
        return [field_error(found) for found in error.errors(include_url=False)]
    errors = _check_who(basket.customer, basket.visitor_id)
    if is_too_far_ahead(basket.updated_at, now=now):
        errors.append(FieldError("updated_at", AHEAD, {}))
    return errors or basket


def read_visit(body: Mapping[str, Any], *, now: datetime) -> VisitPayload | list[FieldError]:
    """The visit, or everything that must be corrected."""
    try:
        visit = VisitPayload.model_validate(body)
    except ValidationError as error:
        return [field_error(found) for found in error.errors(include_url=False)]
    errors = _check_who(visit.customer, visit.visitor_id)
    if is_too_far_ahead(visit.at, now=now):
        errors.append(FieldError("at", AHEAD, {}))
    return errors or visit


def _check_who(who: WhoPayload | None, visitor_id: str) -> list[FieldError]:
    if visitor_id or (who is not None and who.is_somebody):
        return []
    return [FieldError("customer", NOBODY, {})]
