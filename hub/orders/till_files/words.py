"""Words of the files of the tills."""

from enum import StrEnum

SOURCE = "till"
"""One for all files: a ticket that stands in two of them is one."""


class TillFileState(StrEnum):
    """`matching`: a person still says what the columns are."""

    MATCHING = "matching"
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


class TillColumn(StrEnum):
    """What a column of a till file may hold."""

    TICKET = "ticket"
    STORE = "store"
    DATE = "date"
    TIME = "time"
    LOYALTY_CARD = "loyalty_card"
    EMAIL = "email"
    PHONE = "phone"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    SKU = "sku"
    NAME = "name"
    QUANTITY = "quantity"
    UNIT_PRICE = "unit_price"
    AMOUNT = "amount"
    TOTAL = "total"
    ORIGINAL_TICKET = "original_ticket"
