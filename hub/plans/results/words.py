"""Words of what plans earn."""

from enum import StrEnum


class Benefit(StrEnum):
    """The rows of the yearly table."""

    CUSTOMERS_WON = "customers_won"
    MADE_LOYAL = "made_loyal"
    KEPT_ACTIVE = "kept_active"
    YEARLY_VALUE = "yearly_value"
