"""How a text travels as SMS: alphabet, segments, the characters that make it dear, the STOP mention and the price. Pure.

The alphabets are those of 3GPP TS 23.038 (GSM 7-bit default alphabet and its extension table); a message of several
segments loses room to the header that joins them (3GPP TS 23.040, 9.2.3.24).
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

GSM_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENSION = "\f^{}\\[~]|€"
LAST_SINGLE_UNIT = 0xFFFF
_UNITS = {**dict.fromkeys(GSM_BASIC, 1), **dict.fromkeys(GSM_EXTENSION, 2)}

_TYPOGRAPHIC = {
    "‘": "'",
    "’": "'",
    "‚": "'",
    "‛": "'",
    "′": "'",
    "`": "'",
    "´": "'",
    "“": '"',
    "”": '"',
    "„": '"',
    "«": '"',
    "»": '"',
    "″": '"',
    "‹": "'",
    "›": "'",
    "–": "-",
    "—": "-",
    "‐": "-",
    "‑": "-",
    "‒": "-",
    "―": "-",
    "−": "-",
    "…": "...",
    "•": "-",
    "·": ".",
    "×": "x",
    "œ": "oe",
    "Œ": "OE",
    "ẞ": "SS",
    "ð": "d",
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "Đ": "D",
    "©": "(c)",
    "®": "(R)",
    "™": "TM",
    "№": "no",
    "°": "o",
    "¼": "1/4",
    "½": "1/2",
    "¾": "3/4",
    "\t": " ",
    "\u2028": "\n",
    "\u2029": "\n",
    "ç": "c",
}
"""What people write for what: the accents are taken off by decomposition, these have none to take off.

"ç" is here because GSM-7 knows only its capital.
"""


class Encoding(StrEnum):
    GSM7 = "gsm7"
    UCS2 = "ucs2"


@dataclass(frozen=True, slots=True)
class _Sizes:
    single: int
    joined: int


SIZES: Mapping[Encoding, _Sizes] = {Encoding.GSM7: _Sizes(160, 153), Encoding.UCS2: _Sizes(70, 67)}


@dataclass(frozen=True, slots=True)
class SmsMeasure:
    """What a text comes to. `remaining` is the room left in the last segment, in units of the alphabet.

    `forcing_characters`: each character that GSM-7 lacks, once, in the order of the text. `suggestion`: the text with
    every one of them replaced that can be; None when there is nothing to gain or nothing to replace.
    """

    encoding: Encoding
    segment_count: int
    remaining: int
    forcing_characters: tuple[str, ...]
    suggestion: str | None


def measure(text: str) -> SmsMeasure:
    """The segments of a text as the carrier counts them; an empty text has none."""
    forcing = tuple(dict.fromkeys(character for character in text if character not in _UNITS))
    encoding = Encoding.UCS2 if forcing else Encoding.GSM7
    count, remaining = _count(text, encoding)
    plain = replace_forcing(text) if forcing else text
    return SmsMeasure(encoding, count, remaining, forcing, plain if plain != text else None)


def _count(text: str, encoding: Encoding) -> tuple[int, int]:
    """Segments, and the units left in the last. What takes two units is never cut in two."""
    units = [_units(character, encoding) for character in text]
    sizes = SIZES[encoding]
    total = sum(units)
    if total <= sizes.single:
        return (1 if text else 0), sizes.single - total
    count, used = 1, 0
    for unit in units:
        if used + unit > sizes.joined:
            count, used = count + 1, 0
        used += unit
    return count, sizes.joined - used


def _units(character: str, encoding: Encoding) -> int:
    if encoding is Encoding.GSM7:
        return _UNITS[character]
    return 2 if ord(character) > LAST_SINGLE_UNIT else 1


def replace_forcing(text: str) -> str:
    """The text with each character that GSM-7 lacks written as it can be ("ê" → "e"); what has no substitute stays."""
    return "".join(_plain(character) for character in unicodedata.normalize("NFC", text))


def _plain(character: str) -> str:
    if character in _UNITS:
        return character
    if character in _TYPOGRAPHIC:
        return _TYPOGRAPHIC[character]
    if unicodedata.category(character) in {"Cf", "Mn"}:
        return ""
    if unicodedata.category(character) == "Zs":
        return " "
    bare = "".join(
        each for each in unicodedata.normalize("NFKD", character) if not unicodedata.combining(each)
    )
    return bare if bare and all(each in _UNITS for each in bare) else character


def with_stop_mention(text: str, mention: str) -> str:
    """The text of an advertising SMS as it leaves: with the mention on a line of its own unless it says how to stop.

    The word alone says nothing ("Samedi NON STOP 9h-20h"): only the mention itself, a number to send STOP to, or the
    invitation to answer it.
    """
    if not mention or mention in text or _SAYS_HOW.search(text):
        return text
    return f"{text.rstrip()}\n{mention}"


_SAYS_HOW = re.compile(
    r"(?<!non[ -])\bSTOP\b\s*(?:(?:SMS|PUB)\s*)?(?:au|to|:)\s*\+?\d[\d ]{4,}"
    r"|\b(?:r[ée]pond\w*|envoy\w*|reply|text|send)(?: par| with)?[\s:]*[\"'«“]?\s?STOP\b",
    re.IGNORECASE,
)


def price_micros(
    segment_count: int, country_prefix_prices: Mapping[str, Decimal], recipient: str
) -> int | None:
    """Expected price in millionths of the currency; the longest matching prefix ("+33") wins, None when none is known."""
    known = [prefix for prefix in country_prefix_prices if recipient.startswith(prefix)]
    if not known:
        return None
    return int(country_prefix_prices[max(known, key=len)] * segment_count * 1_000_000)
