"""Words of the stores room."""

from enum import StrEnum


class Territory(StrEnum):
    """Where public holidays differ in France (Labour Code L3133-1, L3134-13, L3422-2) and abroad by country."""

    METROPOLE = "FR"
    ALSACE_MOSELLE = "FR-57"
    GUADELOUPE = "FR-971"
    MARTINIQUE = "FR-972"
    GUYANE = "FR-973"
    REUNION = "FR-974"
    MAYOTTE = "FR-976"
    BELGIUM = "BE"
    SWITZERLAND = "CH"
    LUXEMBOURG = "LU"


class SetupStep(StrEnum):
    """What the first-run assistant asks for next; where it stands follows from what exists already."""

    CHAIN = "chain"
    STORE = "store"
    ADMINISTRATOR = "administrator"
    SENDER = "sender"
