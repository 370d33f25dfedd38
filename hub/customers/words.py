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
