"""Where a recipient lives, for quiet hours: territory and time zone from country and post code. Pure."""

from dataclasses import dataclass

from hub.stores.words import Territory

HOME_ZONE = "Europe/Paris"
ALSACE_MOSELLE = ("57", "67", "68")
_OVERSEAS = {
    "971": (Territory.GUADELOUPE, "America/Guadeloupe"),
    "972": (Territory.MARTINIQUE, "America/Martinique"),
    "973": (Territory.GUYANE, "America/Cayenne"),
    "974": (Territory.REUNION, "Indian/Reunion"),
    "976": (Territory.MAYOTTE, "Indian/Mayotte"),
}
_ISLANDS = {"GP": "971", "MQ": "972", "GF": "973", "RE": "974", "YT": "976"}
_ABROAD = {
    "BE": (Territory.BELGIUM, "Europe/Brussels"),
    "CH": (Territory.SWITZERLAND, "Europe/Zurich"),
    "LU": (Territory.LUXEMBOURG, "Europe/Luxembourg"),
}


@dataclass(frozen=True)
class Place:
    """`territory` is a stores.words.Territory, `time_zone` an IANA name."""

    territory: str
    time_zone: str


HOME = Place(Territory.METROPOLE, HOME_ZONE)


def place_of(country: str, postcode: str, *, otherwise: Place = HOME) -> Place:
    """The place of an address; `otherwise` (the chain's own) for a country whose hours are not known."""
    digits = postcode.replace(" ", "")
    if country in _ABROAD:
        return Place(*_ABROAD[country])
    if overseas := _OVERSEAS.get(_ISLANDS.get(country, digits[:3] if country == "FR" else "")):
        return Place(*overseas)
    if country != "FR":
        return otherwise
    is_alsace = digits.startswith(ALSACE_MOSELLE)
    return Place(Territory.ALSACE_MOSELLE if is_alsace else Territory.METROPOLE, HOME_ZONE)
