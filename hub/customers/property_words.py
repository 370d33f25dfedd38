"""Words of typed properties."""

from enum import StrEnum


class PropertyKind(StrEnum):
    """What a property holds; it never changes once values may exist."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"
    CHOICE = "choice"
