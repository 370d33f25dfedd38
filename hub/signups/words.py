"""Words of the sign-ups room."""

from enum import StrEnum


class FormKind(StrEnum):
    SIGNUP = "signup"
    CONTEST = "contest"


class FieldKind(StrEnum):
    """What a form may ask, in the order of the builder."""

    EMAIL = "email"
    PHONE = "phone"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    POSTCODE = "postcode"
    BIRTH_ON = "birth_on"
    STORE = "store"
    QUESTION = "question"


class EntryState(StrEnum):
    """`refused` entries are kept with the reason; `waiting` ones wait for the confirmation by mail."""

    ACCEPTED = "accepted"
    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


class Mode(StrEnum):
    """Whether a form asks for something, and whether one may leave it empty."""

    OFF = "off"
    OPTIONAL = "optional"
    REQUIRED = "required"
