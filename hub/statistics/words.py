"""Enums of the statistics, stored as text."""

from enum import StrEnum


class Period(StrEnum):
    """How often a digest comes: store managers hear each week, regions and the chain each month."""

    WEEK = "week"
    MONTH = "month"
