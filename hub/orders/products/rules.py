"""What a product needs to be kept, how its texts are written, and how a file of products is read: pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from hub.core.errors import Invalid
from hub.core.text import N_, fold

LONGEST_SKU = 200
LONGEST_TEXT = 300
LONGEST_URL = 2_000
MOST_LIFE_DAYS = 36_500
MOST_COMPLEMENTS = 50
MOST_CENTS = 10**12
DAYS = {"day": 1, "d": 1, "jour": 1, "j": 1, "week": 7, "semaine": 7, "month": 30, "mois": 30, "m": 30}
DAYS |= {"year": 365, "y": 365, "an": 365, "annee": 365}
ONE_GROUP = re.compile(r"\d*[.,]\d{3}")
AMOUNT = re.compile(
    r"(?P<whole>[1-9]\d{0,2}(?P<mark>[.,])\d{3}(?:(?P=mark)\d{3})*|\d+)?(?:(?P<point>[.,])(?P<cents>\d{1,2}))?"
)
SEPARATORS = re.compile(r"[|,;\s]+")
NO = frozenset({"0", "no", "n", "non", "false", "faux", "inactive", "inactif"})

ENTRY, STANDARD, PREMIUM, LUXURY, TOP = 1, 3, 6, 8, 9
RANGES: Mapping[str, int] = {
    **dict.fromkeys(("entry", "entree", "entree de gamme", "decouverte", "eco", "basic", "essentiel"), ENTRY),
    **dict.fromkeys(("standard", "classique", "classic"), STANDARD),
    **dict.fromkeys(("premium", "haut de gamme", "superieur"), PREMIUM),
    **dict.fromkeys(("luxe", "luxury", "prestige"), LUXURY),
}
"""Places of ranges whose words are known, folded; the migration 0043 says the same."""

HEADINGS: Mapping[str, str] = {
    **dict.fromkeys(("sku", "reference", "ref", "code", "code article", "article", "product code"), "sku"),
    **dict.fromkeys(("name", "nom", "libelle", "designation", "title", "titre", "product"), "name"),
    **dict.fromkeys(("family", "famille", "category", "categorie", "rayon"), "family"),
    **dict.fromkeys(("range", "gamme"), "range"),
    **dict.fromkeys(("range position", "place of the range", "rang", "rang de gamme"), "range_position"),
    **dict.fromkeys(("life", "life days", "life in days", "duree", "duree de vie"), "life_days"),
    **dict.fromkeys(("cycle", "cycle days", "cycle in days", "cycle d achat", "rachat"), "cycle_days"),
    **dict.fromkeys(("next", "next sku", "suivant", "produit suivant", "reference suivante"), "next_sku"),
    **dict.fromkeys(("price", "prix", "prix ttc", "unit price", "price cents"), "price_cents"),
    **dict.fromkeys(("url", "link", "lien", "page"), "url"),
    **dict.fromkeys(("image", "image url", "photo", "picture"), "image_url"),
    **dict.fromkeys(("complements", "complement", "accessoires", "cross sell", "associes"), "complements"),
    **dict.fromkeys(("active", "actif", "is active", "en vente"), "is_active"),
}
"""What a heading of a file means, folded and without punctuation; French and English."""


NOT_READ = N_("“%(given)s” cannot be read. Please check it.")
UNCLEAR = N_(
    "“%(given)s” can be read in two ways. Please write amounts with two decimals, for example 1234,50."
)


class UnclearAmountError(ValueError):
    """An amount that may be thousands or a fraction, a thousand times less."""


def why_not_read(error: ValueError) -> str:
    """The sentence for a value that could not be read; it names the value as `given`."""
    return UNCLEAR if isinstance(error, UnclearAmountError) else NOT_READ


@dataclass(frozen=True, kw_only=True)
class ProductDetails:
    """A product as told. `complements` are skus, the best one first; None leaves those known alone.

    `range_position` is from 1 (entry) to 9 (top); left out, it follows from the range where that is a known word.
    """

    sku: str
    name: str = ""
    family: str = ""
    range: str = ""
    range_position: int | None = None
    life_days: int | None = None
    cycle_days: int | None = None
    next_sku: str = ""
    price_cents: int | None = None
    url: str = ""
    image_url: str = ""
    is_active: bool = True
    complements: tuple[str, ...] | None = None


def heading_of(text: str) -> str | None:
    """Which field a heading of a file names; None for one we do not take."""
    return HEADINGS.get(re.sub(r"[^a-z0-9]+", " ", fold(text)).strip())


def check(details: ProductDetails) -> ProductDetails:
    """The product in its normal form. Raises Invalid (the field) with what to correct."""
    sku = details.sku.strip()
    if not sku or len(sku) > LONGEST_SKU:
        raise Invalid(N_("Please give a sku of at most %(most)s characters."), field="sku", most=LONGEST_SKU)
    for name in ("url", "image_url"):
        _check_url(name, getattr(details, name).strip())
    if details.life_days is not None and not 1 <= details.life_days <= MOST_LIFE_DAYS:
        raise Invalid(N_("Please give the life in days, from 1 to 36500."), field="life_days")
    _check_cycle(sku, details)
    if details.price_cents is not None and not 0 <= details.price_cents <= MOST_CENTS:
        raise Invalid(N_("Please give the price as a positive number."), field="price_cents")
    complements = details.complements
    if complements is not None:
        complements = tuple(dict.fromkeys(each.strip() for each in complements if each.strip()))
        if sku in complements:
            raise Invalid(N_("A product does not complete itself. Please take it out."), field="complements")
        if len(complements) > MOST_COMPLEMENTS:
            raise Invalid(N_("Please give at most %(count)s complements."), field="complements", count=50)
    return ProductDetails(
        sku=sku,
        name=_line(details.name) or sku,
        family=_line(details.family),
        range=_line(details.range),
        range_position=details.range_position or position_of(details.range),
        life_days=details.life_days,
        cycle_days=details.cycle_days,
        next_sku=details.next_sku.strip(),
        price_cents=details.price_cents,
        url=details.url.strip(),
        image_url=details.image_url.strip(),
        is_active=details.is_active,
        complements=complements,
    )


def _check_cycle(sku: str, details: ProductDetails) -> None:
    if details.cycle_days is not None and not 1 <= details.cycle_days <= MOST_LIFE_DAYS:
        raise Invalid(N_("Please give the cycle in days, from 1 to 36500."), field="cycle_days")
    if details.range_position is not None and not 1 <= details.range_position <= TOP:
        raise Invalid(
            N_("Please give the place of the range from 1 (entry) to 9 (top)."), field="range_position"
        )
    if details.next_sku.strip() == sku:
        raise Invalid(
            N_("A product that is bought again needs no next one. Please leave it empty."), field="next_sku"
        )
    if len(details.next_sku.strip()) > LONGEST_SKU:
        raise Invalid(
            N_("Please give a sku of at most %(most)s characters."), field="next_sku", most=LONGEST_SKU
        )


def position_of(range_words: str) -> int | None:
    """The place of a range that is a known word, French or English; None for others."""
    return RANGES.get(" ".join(re.sub(r"[^a-z0-9]+", " ", fold(range_words)).split()))


def _check_url(name: str, url: str) -> None:
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if url and (parts.scheme not in {"http", "https"} or not parts.netloc or len(url) > LONGEST_URL):
        raise Invalid(N_("Please give a whole address: https://…"), field=name)


def _line(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())[:LONGEST_TEXT]


def sort_key_of(name: str, sku: str) -> str:
    """What the list is sorted and searched by."""
    return fold(f"{name} {sku}")


def read_cents(text: str) -> int | None:
    """An amount as people and tills write it, in cents: `1 234,50 €`, `12.5`, `1,234.50`. None for an empty one.

    The last point or comma with one or two digits behind it parts the cents. One mark with three digits behind it may
    part thousands or a fraction of a cent: UnclearAmountError. Raises ValueError for anything else that is no amount.
    """
    bare = re.sub(r"[\s\u00a0\u202f'’€$£]|EUR", "", text)
    if not bare:
        return None
    sign, bare = (
        (-1, bare.strip("-()")) if bare[0] in "-(" or bare[-1] == "-" else (1, bare.removeprefix("+"))
    )
    if ONE_GROUP.fullmatch(bare):
        raise UnclearAmountError(text)
    found = AMOUNT.fullmatch(bare)
    if found is None or found["mark"] == found["point"] is not None or not (found["whole"] or found["cents"]):
        raise ValueError(text)
    whole = re.sub(r"[.,]", "", found["whole"] or "0")
    return sign * (int(whole) * 100 + int((found["cents"] or "0").ljust(2, "0")))


def read_life(text: str) -> int | None:
    """`90`, `24 mois`, `2 years` in days; None for an empty one. Raises ValueError."""
    plain = fold(text)
    if not plain:
        return None
    found = re.fullmatch(r"(\d{1,6}) ?([a-z]*?)s?", plain)
    if found is None or (found[2] and found[2] not in DAYS and f"{found[2]}s" not in DAYS):
        raise ValueError(text)
    unit = DAYS.get(found[2]) or DAYS.get(f"{found[2]}s") or 1
    return int(found[1]) * unit


def read_position(text: str) -> int | None:
    """The place of a range; None for an empty one. Raises ValueError."""
    return int(text) if text else None


def read_skus(text: str) -> tuple[str, ...]:
    """Skus written one after the other, parted by commas, bars, lines or spaces."""
    return tuple(filter(None, SEPARATORS.split(text.strip())))


def read_flag(text: str) -> bool:
    """Everything but a no is a yes."""
    return fold(text) not in NO
