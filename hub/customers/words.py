"""Words of the customers room."""

from enum import StrEnum


class AddressKind(StrEnum):
    MAIL = "mail"
    PHONE = "phone"


class Title(StrEnum):
    MADAM = "madam"
    SIR = "sir"


class ConsentAction(StrEnum):
    GIVEN = "given"
    WITHDRAWN = "withdrawn"


class LegalBasis(StrEnum):
    CONSENT = "consent"
    EXISTING_CUSTOMER = "existing_customer"
    CONTRACT = "contract"
    BUSINESS_ADDRESS = "business_address"


class SuppressionReason(StrEnum):
    HARD_BOUNCE = "hard_bounce"
    COMPLAINT = "complaint"
    STOP = "stop"
    REFUSED = "refused"
    STAFF = "staff"


class OptinState(StrEnum):
    """A question "was it you?" that was mailed: double opt-in."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    EXPIRED = "expired"


class LeavingReason(StrEnum):
    """Why somebody stops or writes less, in the order of the preferences page."""

    TOO_MANY = "too_many"
    NOT_FOR_ME = "not_for_me"
    NEVER_ASKED = "never_asked"
    NO_LONGER_CUSTOMER = "no_longer_customer"
    UNHAPPY = "unhappy"
    OTHER = "other"


class IdKind(StrEnum):
    """What can name a customer, for the result of find-or-create."""

    MAIL = "mail"
    PHONE = "phone"
    LOYALTY_CARD = "loyalty_card"
    EXTERNAL_ID = "external_id"


class Standing(StrEnum):
    """The verdict on the card, by orders alone; thresholds stand in rules.py."""

    PROSPECT = "prospect"
    NEW = "new"
    OCCASIONAL = "occasional"
    LOYAL = "loyal"
    LAPSED = "lapsed"
