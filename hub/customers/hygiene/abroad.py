"""Of which country a row is when no column says it: by the prefix of its phones, the ending of its mail. Pure."""

import re
from collections.abc import Mapping

import phonenumbers

from hub.core.text import fold
from hub.customers.hygiene.findings import PHONES, Field
from hub.customers.hygiene.places import ABROAD, FRANCE, list_country_codes, town_key

_ABROAD = "001"
"""Some country: a prefix that several share."""
_ENDINGS = {"uk": "GB"}
_SAY_NOTHING = frozenset(
    [
        "AC",
        "AD",
        "AI",
        "CC",
        "CO",
        "EU",
        "FM",
        "GG",
        "IM",
        "IO",
        "LA",
        "LY",
        "ME",
        "MS",
        "NU",
        "PW",
        "SC",
        "SH",
        "ST",
        "TK",
        "TO",
        "TV",
        "VC",
        "WS",
    ]
)
"""Countries whose ending anybody takes."""


def find_country(texts: Mapping[str, str]) -> str | None:
    """ISO 3166 alpha-2 of a country that is not France's, "" for an unknown one abroad; None when nothing tells.

    What says France comes before all else: a phone dialled at home or with +33, a mail that ends in .fr.
    """
    told = [code for field in PHONES if (code := _of_phone(texts.get(field, "")))]
    told += [code for code in [_of_mail(texts.get(Field.MAIL, ""))] if code]
    if any(code in FRANCE for code in told):
        return None
    if told:
        return told[0]
    return "" if town_key(texts.get(Field.TOWN, "")) in ABROAD else None


def _of_phone(text: str) -> str | None:
    digits = re.sub(r"[^\d+]", "", text)
    if re.fullmatch(r"0[1-9]\d{8}", digits):
        return "FR"
    if not digits.startswith(("+", "00")):
        return None
    try:
        number = phonenumbers.parse("+" + digits.lstrip("+0"))
    except phonenumbers.NumberParseException:
        return None
    code = phonenumbers.region_code_for_country_code(number.country_code or 0)
    return _ABROAD if code == "US" else code


def _of_mail(text: str) -> str | None:
    ending = fold(text).rpartition("@")[2].rpartition(".")[2]
    code = _ENDINGS.get(ending, ending.upper())
    return code if code in list_country_codes() - _SAY_NOTHING else None
