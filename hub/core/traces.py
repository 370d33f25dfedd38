"""What a person is known by, and the pattern that finds it in words written elsewhere. Pure."""

import re
from dataclasses import dataclass
from itertools import chain

import phonenumbers

from hub.core.text import fold

ERASED_WORDS = "[…]"
_GAP = r"[ .()/\u00a0-]{0,3}"
_BETWEEN = r"[\s,;.+_%-]+"
_NO_LETTER_BEFORE, _NO_LETTER_AFTER = r"\m", r"\M"
_OF_MAILS = "a-z0-9.+_%-"
"""What may stand in a mail address: before his, it makes another's, unless it is how JSON writes the end of a line, or a
link a sign."""
_LETTERS = {
    "a": "aàâäáãå",
    "c": "cç",
    "e": "eéèêë",
    "i": "iîïíì",
    "n": "nñ",
    "o": "oôöóòõ",
    "u": "uùûüú",
    "y": "yÿý",
}
_SHORTEST_NAME = 2
_SHORTEST_ID = 8
_SHORTEST_WORD = 3


@dataclass(frozen=True)
class Traces:
    """The ids of a customer (with those merged into him) and what he is known by.

    `mails` and `phones` in their normal form, `hashes` their keyed hashes; `names` pairs of first and last name, of which
    only `own_names`, which no other customer has, are looked for in words written elsewhere; `cards` ids elsewhere.
    """

    ids: tuple[int, ...]
    mails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    hashes: tuple[str, ...] = ()
    names: tuple[tuple[str, str], ...] = ()
    own_names: tuple[tuple[str, str], ...] = ()
    cards: tuple[str, ...] = ()

    @property
    def addresses(self) -> tuple[str, ...]:
        return self.mails + self.phones

    @property
    def words(self) -> frozenset[str]:
        """The folded words of names and mails, of at least three letters, for lists of single words."""
        texts = (*chain.from_iterable(self.names), *(mail.partition("@")[0] for mail in self.mails))
        found = chain.from_iterable(re.findall(r"[a-z]+", fold(text)) for text in texts)
        return frozenset(word for word in found if len(word) >= _SHORTEST_WORD)


def pattern_of(traces: Traces) -> str | None:
    """A regular expression of PostgreSQL, for case-blind matches; None when nothing is known to look for.

    Mails as they are, phones in any spelling, full names in both orders with and without accents, long ids.
    """
    parts = [_mail(mail) for mail in traces.mails]
    parts += [_phone(phone) for phone in traces.phones]
    parts += [_id(card) for card in traces.cards if len(card) >= _SHORTEST_ID]
    for first, last in traces.own_names:
        if min(len(fold(first)), len(fold(last))) >= _SHORTEST_NAME:
            parts += [_name(first, last), _name(last, first)]
    return "|".join(parts) or None


def address_pattern(traces: Traces) -> str | None:
    """The same for his addresses alone, to choose whole rows: a phone needs its 0 or its country, as other numbers have
    its digits too.
    """
    parts = [_mail(mail) for mail in traces.mails]
    parts += [_phone(phone, is_prefixed=True) for phone in traces.phones]
    return "|".join(parts) or None


def _mail(mail: str) -> str:
    local, _, domain = mail.partition("@")
    begins = rf"(?:(?<![{_OF_MAILS}])|(?<=\\[nrt])|(?<=%(?:20|22|26|2c|2f|3a|3b|3c|3d|0a|0d)))"
    return rf"{begins}{re.escape(local)}(?:@|%40){re.escape(domain)}(?![a-z0-9-])"


def _id(card: str) -> str:
    return rf"(?<![a-z0-9]){re.escape(card)}(?![a-z0-9])"


def _phone(phone: str, *, is_prefixed: bool = False) -> str:
    """E.164, with 00, or as it is dialled at home; blanks, dots and brackets between the digits."""
    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return _id(phone)
    digits = _GAP.join(str(number.national_number))
    abroad = rf"(?:\+|00|%2b)?{_GAP.join(str(number.country_code))}{_GAP}(?:0{_GAP})?"
    return rf"(?<!\d)(?:{abroad}|0{_GAP}){'' if is_prefixed else '?'}{digits}(?!\d)"


def _name(one: str, other: str) -> str:
    return f"{_NO_LETTER_BEFORE}{_spelled(one)}{_BETWEEN}{_spelled(other)}{_NO_LETTER_AFTER}"


def _spelled(name: str) -> str:
    return r"[\s'’-]+".join(
        "".join(_any_accent(letter) for letter in word) for word in re.split(r"[\W_]+", fold(name)) if word
    )


def _any_accent(letter: str) -> str:
    return f"[{_LETTERS[letter]}{_LETTERS[letter].upper()}]" if letter in _LETTERS else re.escape(letter)
