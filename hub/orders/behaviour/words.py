"""Words of baskets and visits."""

from enum import StrEnum


class BasketState(StrEnum):
    """In the order a basket goes through them; of two events of one moment the later word wins."""

    OPEN = "open"
    EMPTIED = "emptied"
    ORDERED = "ordered"


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
