"""Words of baskets and visits."""

from enum import StrEnum


class BasketState(StrEnum):
    """In the order a basket goes through them; of two events of one moment the later word wins."""

    OPEN = "open"
    EMPTIED = "emptied"
    ORDERED = "ordered"


class BasketProfile(StrEnum):
    """Whose basket it is, for what a reminder says first; the first that fits."""

    VALUABLE = "valuable"
    ON_PHONE = "on_phone"
    KNOWN = "known"
    ANYBODY = "anybody"


class PageKind(StrEnum):
    """What the visited page was about."""

    PRODUCT = "product"
    FAMILY = "family"
    RETURNS = "returns"
    ACCOUNT_CLOSING = "account_closing"
    BASKET = "basket"
    OTHER = "other"


class Device(StrEnum):
    DESKTOP = "desktop"
    PHONE = "phone"
    TABLET = "tablet"
