"""The order event a shop posts: its shape, and every reason to refuse it, field by field."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from hub.core.errors import HubError
from hub.core.text import N_
from hub.core.words import Channel, Language, Purpose
from hub.customers import rules
from hub.customers.words import Title
from hub.orders.rows import FieldError
from hub.orders.rules import is_too_far_ahead
from hub.orders.words import OrderState

EARLIEST_YEAR = 1900
LATEST_YEAR = 2200
MAX_CENTS = 10**12
MAX_LINES = 1000
MAX_CONSENTS = 50
MAX_CODES = 20
COUNTRY_LENGTH = 2
REACHED_BY = {Channel.EMAIL: "email", Channel.SMS: "phone", Channel.WHATSAPP: "phone"}
ASKED_FOR = frozenset({Purpose.SERVICE, Purpose.SURVEY, Purpose.PROMOTION, Purpose.NEWSLETTER})
TITLES = {
    **dict.fromkeys(("madam", "mme", "madame", "mlle", "mrs", "ms", "miss"), Title.MADAM),
    **dict.fromkeys(("sir", "m", "mr", "monsieur"), Title.SIR),
}

SENTENCES = {
    "missing": N_("This field is required."),
    "string_type": N_("Please give a text."),
    "string_too_short": N_("Please give a text."),
    "string_too_long": N_("Please give at most %(max_length)s characters."),
    "string_pattern_mismatch": N_("Please give the currency as three capital letters, for example EUR."),
    "int_type": N_("Please give a whole number."),
    "int_from_float": N_("Please give a whole number."),
    "greater_than_equal": N_("Please give a number of at least %(ge)s."),
    "less_than_equal": N_("Please give a number of at most %(le)s."),
    "enum": N_("Please use one of these: %(expected)s."),
    "bool_type": N_("Please give true or false."),
    "list_type": N_("Please give a list."),
    "too_long": N_("Please give at most %(max_length)s entries."),
    "model_type": N_("Please give a JSON object."),
    "dict_type": N_("Please give a JSON object."),
}
OTHERWISE = N_("This value cannot be used. Please check it.")


def _refuse(text: str, **values: Any) -> PydanticCustomError:
    return PydanticCustomError("hub", "refused", {"text": text, "values": values})


def read_moment(given: object) -> datetime | None:
    """An ISO 8601 time that carries its offset, as UTC."""
    if given is None or given == "":
        return None
    try:
        moment = datetime.fromisoformat(given.strip()) if isinstance(given, str) else None
    except ValueError:
        moment = None
    if moment is not None and moment.tzinfo and EARLIEST_YEAR <= moment.year < LATEST_YEAR:
        return moment.astimezone(UTC)
    text = N_("Please give the time with its offset to UTC, for example 2026-03-03T10:00:00+01:00.")
    raise _refuse(text)


def read_required_moment(given: object) -> datetime:
    moment = read_moment(given)
    if moment is None:
        raise _refuse(SENTENCES["missing"])
    return moment


def read_day(given: object) -> date | None:
    """An ISO 8601 date."""
    if given is None or given == "":
        return None
    try:
        day = date.fromisoformat(given) if isinstance(given, str) else None
    except ValueError:
        day = None
    if day is not None and EARLIEST_YEAR <= day.year < LATEST_YEAR:
        return day
    raise _refuse(N_("Please give the date as year-month-day, for example 1980-05-17."))


def nothing_as_text(given: object) -> object:
    """Shops send null where they know nothing."""
    return "" if given is None else given


Moment = Annotated[datetime | None, BeforeValidator(read_moment)]
RequiredMoment = Annotated[datetime, BeforeValidator(read_required_moment)]
Day = Annotated[date | None, BeforeValidator(read_day)]
Key = Annotated[str, Field(min_length=1, max_length=200)]
Words = Annotated[str, Field(max_length=500), BeforeValidator(nothing_as_text)]
Cents = Annotated[int, Field(strict=True, ge=0, le=MAX_CENTS)]


class Shape(BaseModel):
    """Unknown fields are let through (the event is stored as it came); numbers may name things."""

    model_config = ConfigDict(
        extra="ignore", coerce_numbers_to_str=True, str_strip_whitespace=True, frozen=True
    )


class ConsentPayload(Shape):
    """What the customer said, with its proof: consent without wording, time and place is none."""

    channel: Channel
    purpose: Purpose
    given: Annotated[bool, Field(strict=True)]
    wording: Words = ""
    at: Moment = None
    collection_point: Words = ""


class CustomerPayload(Shape):
    """`country` stands before `phone` because the number is read by it."""

    country: Words = ""
    email: Words = ""
    phone: Words = ""
    title: Words = ""
    first_name: Words = ""
    last_name: Words = ""
    birth_date: Day = None
    postcode: Words = ""
    company: Words = ""
    language: Words = ""
    loyalty_card: Words = ""
    consents: Annotated[list[ConsentPayload], Field(max_length=MAX_CONSENTS)] = []

    @field_validator("country")
    @classmethod
    def check_country(cls, given: str) -> str:
        if given and not rules.is_country(given.upper()):
            raise _refuse(N_("Please write the country as two letters, for example FR."))
        return given.upper()

    @field_validator("email")
    @classmethod
    def check_email(cls, given: str) -> str:
        return tried(lambda: rules.normalise_mail(given)) if given else ""

    @field_validator("phone")
    @classmethod
    def check_phone(cls, given: str, info: ValidationInfo) -> str:
        country = info.data.get("country") or (info.context or {}).get("country") or rules.HOME
        return tried(lambda: rules.normalise_phone(given, country)) if given else ""

    @field_validator("consents", mode="before")
    @classmethod
    def check_consents(cls, given: object) -> object:
        return [] if given is None else given

    @property
    def known_title(self) -> Title | None:
        """Other titles than ours are left out rather than guessed."""
        return TITLES.get(self.title.lower().rstrip("."))

    @property
    def known_language(self) -> Language | None:
        """`fr`, `fr-FR`, `en_GB`; None for a language we do not write."""
        code = re.split(r"[-_]", self.language.lower())[0]
        return Language(code) if code in set(Language) else None


class LinePayload(Shape):
    sku: Key
    name: Words = ""
    quantity: Annotated[int, Field(strict=True, ge=0, le=10**6)] = 1
    unit_price_cents: Annotated[int, Field(strict=True, ge=-MAX_CENTS, le=MAX_CENTS)] = 0


class OrderPayload(Shape):
    """The whole order as the shop knows it now; the same `external_id` updates."""

    external_id: Key
    store: Key
    customer: CustomerPayload
    placed_at: RequiredMoment
    delivered_at: Moment = None
    updated_at: Moment = None
    state: OrderState
    total_cents: Cents
    returned_cents: Cents = 0
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    lines: Annotated[list[LinePayload], Field(max_length=MAX_LINES)] = []
    promo_codes: Annotated[list[Key], Field(max_length=MAX_CODES)] = []
    basket: Words = ""
    visitor_id: Words = ""


def tried(normalise: Any) -> str:
    """The normal form; what a room refuses is refused with its sentence."""
    try:
        normal: str = normalise()
    except HubError as error:
        raise _refuse(error.text, **error.values) from None
    return normal


def read_payload(body: Mapping[str, Any], *, country: str, now: datetime) -> OrderPayload | list[FieldError]:
    """The order, or everything that must be corrected. `country` is the store's, for phones without one."""
    try:
        order = OrderPayload.model_validate(body, context={"country": country})
    except ValidationError as error:
        return [field_error(found) for found in error.errors(include_url=False)]
    return (_check_customer(order.customer) + _check_times(order, now)) or order


def field_error(found: Any) -> FieldError:
    """One of pydantic's errors in our words."""
    field = ".".join(str(part) for part in found["loc"])
    context = found.get("ctx", {})
    if found["type"] == "hub":
        return FieldError(field, context["text"], context["values"])
    values = {name: context[name] for name in ("max_length", "ge", "le", "expected") if name in context}
    return FieldError(field, SENTENCES.get(found["type"], OTHERWISE), values)


def _check_customer(customer: CustomerPayload) -> list[FieldError]:
    """What no single field tells: who it is, and whether each consent can be proved and used."""
    errors = []
    if not (customer.email or customer.phone or customer.loyalty_card):
        text = N_("Please give a mail address, a phone number or a loyalty card.")
        errors.append(FieldError("customer", text, {}))
    for position, consent in enumerate(customer.consents):
        errors += _check_consent(f"customer.consents.{position}", consent, customer)
    return errors


def _check_times(order: OrderPayload, now: datetime) -> list[FieldError]:
    text = N_("This time is more than a day ahead. Please give a time that has passed, and check the clock.")
    return [
        FieldError(field, text, {})
        for field in ("placed_at", "delivered_at", "updated_at")
        if is_too_far_ahead(getattr(order, field), now=now)
    ]


def _check_consent(path: str, consent: ConsentPayload, customer: CustomerPayload) -> list[FieldError]:
    by = REACHED_BY.get(consent.channel)
    if by is None:
        channels = ", ".join(channel.value for channel in REACHED_BY)
        return [FieldError(f"{path}.channel", SENTENCES["enum"], {"expected": channels})]
    if consent.purpose not in ASKED_FOR:
        purposes = ", ".join(sorted(purpose.value for purpose in ASKED_FOR))
        return [FieldError(f"{path}.purpose", SENTENCES["enum"], {"expected": purposes})]
    errors = []
    if not getattr(customer, by):
        text = N_("A consent belongs to an address: please give the customer's %(address)s.")
        errors.append(FieldError(f"{path}.channel", text, {"address": by}))
    for field in ("wording", "at", "collection_point"):
        if consent.given and not getattr(consent, field):
            text = N_("A consent needs its proof: wording, time and place of collection.")
            errors.append(FieldError(f"{path}.{field}", text, {}))
    return errors
