"""A customer as the comparison sees him, and texts brought to a form in which spellings of the same are equal."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

from hub.core.text import fold

DOTLESS = frozenset({"gmail.com", "googlemail.com"})
TAGGING = DOTLESS | frozenset(
    {
        "outlook.com",
        "outlook.fr",
        "hotmail.com",
        "hotmail.fr",
        "live.fr",
        "icloud.com",
        "proton.me",
        "fastmail.com",
    }
)
"""Where what follows a + is a tag of the same mailbox; where dots mean nothing too."""
GENERATIONS = {
    "jr": "young",
    "junior": "young",
    "fils": "young",
    "ii": "young",
    "sr": "old",
    "senior": "old",
    "pere": "old",
    "iii": "third",
}
_SOUNDS = (
    ("ph", "f"),
    ("qu", "k"),
    ("eau", "o"),
    ("au", "o"),
    ("ai", "e"),
    ("ei", "e"),
    ("ck", "k"),
    ("sch", "ch"),
)
_LETTERS = str.maketrans({"y": "i", "w": "v", "z": "s", "c": "k", "q": "k", "h": ""})
_WAYS = {
    "av": "avenue",
    "ave": "avenue",
    "bd": "boulevard",
    "bld": "boulevard",
    "blvd": "boulevard",
    "r": "rue",
}
_WAYS |= {
    "pl": "place",
    "ch": "chemin",
    "che": "chemin",
    "imp": "impasse",
    "rte": "route",
    "all": "allee",
    "st": "saint",
}


_REMEMBERED = 50_000
"""Names come again and again in a base: each is brought to its form once."""
_OTHER_SIGNS = re.compile(r"[^a-z0-9]+")
_NO_DIGITS = re.compile(r"\D")
_DOUBLED = re.compile(r"(.)\1+")
_SILENT_END = re.compile(r"[estdx]+$")


@dataclass(frozen=True)
class Person:
    """What is known of one customer; addresses and cards in their normal form."""

    id: int
    title: str | None = None
    first_name: str = ""
    last_name: str = ""
    birth_on: date | None = None
    street: str = ""
    postcode: str = ""
    company: str = ""
    mails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    cards: tuple[str, ...] = ()

    @property
    def first(self) -> str:
        return plain_name(self.first_name)

    @property
    def last(self) -> str:
        return plain_name(self.last_name)

    @cached_property
    def generation(self) -> str | None:
        """Young or old, where a name says junior or père."""
        for word in fold(f"{self.first_name} {self.last_name}").replace(".", " ").split():
            if word in GENERATIONS:
                return GENERATIONS[word]
        return None

    @cached_property
    def mailboxes(self) -> tuple[tuple[str, str], ...]:
        return tuple(mailbox_of(mail) for mail in self.mails)

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        return tuple(national_of(phone) for phone in self.phones)

    @cached_property
    def card_names(self) -> tuple[str, ...]:
        return tuple(plain_card(card) for card in self.cards)

    @cached_property
    def way(self) -> str:
        return plain_street(self.street)


@lru_cache(_REMEMBERED)
def plain_name(name: str) -> str:
    """Without accents, hyphens and the word for a generation."""
    words = _OTHER_SIGNS.sub(" ", fold(name)).split()
    return " ".join(word for word in words if word not in GENERATIONS)


def mailbox_of(mail: str) -> tuple[str, str]:
    """(local part, domain) of the mailbox a mail address leads to: tags and, at Google, dots mean nothing."""
    local, _, domain = mail.lower().rpartition("@")
    if domain in TAGGING:
        local = local.partition("+")[0] or local
    if domain in DOTLESS:
        return local.replace(".", ""), "gmail.com"
    return local, domain


def national_of(phone: str) -> str:
    """The last nine digits: what is the same with a wrong or a missing country."""
    return _NO_DIGITS.sub("", phone)[-9:]


def plain_card(card: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", card.upper()).lstrip("0")


def plain_street(street: str) -> str:
    """Number and words in one spelling: `12, Av. de la Gare` is `12 avenue de la gare`."""
    words = _OTHER_SIGNS.sub(" ", fold(street)).split()
    return " ".join(_WAYS.get(word, word) for word in words)


@lru_cache(_REMEMBERED)
def sound(name: str) -> str:
    """Roughly how a French reader says it: what is written wrongly often sounds the same."""
    text = name.replace(" ", "")
    for written, said in _SOUNDS:
        text = text.replace(written, said)
    text = _DOUBLED.sub(r"\1", text.translate(_LETTERS))
    return _SILENT_END.sub("", text) or text
