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
    STAFF = "staff"


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
