"""Where a recipient lives, for quiet hours: territory and time zone from country and post code. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from hub.stores.words import Territory

HOME_ZONE = "Europe/Paris"
ALSACE_MOSELLE = ("57", "67", "68")
# By the first digits of the post code, the longest first: Saint-Barthélemy and Saint-Martin lie inside 971.
_OVERSEAS: Mapping[str, tuple[str, str]] = {
    "97133": ("FR-BL", "America/St_Barthelemy"),
    "97150": ("FR-MF", "America/Marigot"),
    "971": (Territory.GUADELOUPE, "America/Guadeloupe"),
    "972": (Territory.MARTINIQUE, "America/Martinique"),
    "973": (Territory.GUYANE, "America/Cayenne"),
    "974": (Territory.REUNION, "Indian/Reunion"),
    "975": ("FR-PM", "America/Miquelon"),
    "976": (Territory.MAYOTTE, "Indian/Mayotte"),
    "977": ("FR-BL", "America/St_Barthelemy"),
    "978": ("FR-MF", "America/Marigot"),
    "986": ("FR-WF", "Pacific/Wallis"),
    "987": ("FR-PF", "Pacific/Tahiti"),
    "988": ("FR-NC", "Pacific/Noumea"),
}
_ISLANDS = {
    "GP": "971", "MQ": "972", "GF": "973", "RE": "974", "PM": "975", "YT": "976", "BL": "977", "MF": "978",
    "WF": "986", "PF": "987", "NC": "988",
}  # fmt: skip
_ABROAD: Mapping[str, tuple[str, str]] = {
    "BE": (Territory.BELGIUM, "Europe/Brussels"),
    "CH": (Territory.SWITZERLAND, "Europe/Zurich"),
    "LU": (Territory.LUXEMBOURG, "Europe/Luxembourg"),
    "MC": ("MC", "Europe/Monaco"),
    "AD": ("AD", "Europe/Andorra"),
    "DE": ("DE", "Europe/Berlin"),
    "ES": ("ES", "Europe/Madrid"),
    "IT": ("IT", "Europe/Rome"),
    "NL": ("NL", "Europe/Amsterdam"),
    "AT": ("AT", "Europe/Vienna"),
    "PT": ("PT", "Europe/Lisbon"),
    "GB": ("GB", "Europe/London"),
    "IE": ("IE", "Europe/Dublin"),
}
# By the first digits of a phone number, the longest first: +262 269 and +262 639 are Mayotte's.
_PHONES: Mapping[str, str] = {
    "+262269": "YT", "+262639": "YT", "+262": "RE", "+590": "GP", "+594": "GF", "+596": "MQ", "+508": "PM",
    "+687": "NC", "+689": "PF", "+681": "WF", "+32": "BE", "+41": "CH", "+352": "LU", "+377": "MC", "+376": "AD",
    "+49": "DE", "+34": "ES", "+39": "IT", "+31": "NL", "+43": "AT", "+351": "PT", "+44": "GB", "+353": "IE",
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """`territory` is a stores.words.Territory, `time_zone` an IANA name."""

    territory: str
    time_zone: str


HOME = Place(Territory.METROPOLE, HOME_ZONE)
_BY_ZONE = {zone: territory for territory, zone in (*_OVERSEAS.values(), *_ABROAD.values())}


def home_of(time_zone: str) -> Place:
    """The chain's own place: a chain that lives in the time of La Réunion keeps its public holidays."""
    return Place(_BY_ZONE.get(time_zone, Territory.METROPOLE), time_zone)


def receiver_place(known: tuple[str, str] | None, *, phone: str, home: Place) -> Place:
    """Where a receiver lives: by (country, post code) of a customer, else by the number, else where the chain is.

    The gate and the validity of a text ask the same question here.
    """
    country, postcode = known or ("FR", "")
    return place_of(country, postcode, phone=phone, otherwise=home)


def place_of(country: str, postcode: str, *, phone: str = "", otherwise: Place = HOME) -> Place:
    """The place of an address; `otherwise` (the chain's own) for what tells none.

    Without a post code the number tells the place: a customer of La Réunion is often only a phone number. A number of
    +33 works on every island and tells nothing.
    """
    digits = postcode.replace(" ", "")
    if country == "FR" and not digits:
        country = _country_of(phone)
    return _place(country, digits, otherwise)


@lru_cache(maxsize=10_000)
def _place(country: str, digits: str, otherwise: Place) -> Place:
    """There are fewer post codes than customers."""
    if country in _ABROAD:
        return Place(*_ABROAD[country])
    overseas = _find_overseas(_ISLANDS.get(country, digits if country == "FR" else ""))
    if overseas is not None:
        return overseas
    if country != "FR" or not digits:
        return otherwise
    is_alsace = digits.startswith(ALSACE_MOSELLE)
    return Place(Territory.ALSACE_MOSELLE if is_alsace else Territory.METROPOLE, HOME_ZONE)


def _find_overseas(postcode: str) -> Place | None:
    found = next((place for start, place in _OVERSEAS.items() if postcode.startswith(start)), None)
    return Place(*found) if found else None


def _country_of(phone: str) -> str:
    return next((country for start, country in _PHONES.items() if phone.startswith(start)), "FR")
