"""Words of recommendations."""

from enum import StrEnum


class Why(StrEnum):
    """Why a product is recommended."""

    COMPLEMENT = "complement"
    BETTER_RANGE = "better_range"
    RENEWAL = "renewal"
    NEXT_OF_CYCLE = "next_of_cycle"
    SECOND_PREMIUM = "second_premium"
    SECOND_STANDARD = "second_standard"
