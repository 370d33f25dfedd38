"""Blocks: only customers who share one of these keys are ever compared."""

from collections.abc import Iterator
from hashlib import blake2b

from hub.customers.duplicates.nicknames import group_of
from hub.customers.duplicates.people import Person, sound

LEAST_LOCAL = 5
LEAST_DIGITS = 8
ROLES = frozenset(
    {"contact", "info", "accueil", "commande", "commandes", "compta", "direction", "bonjour", "admin"}
)


def keys_of(person: Person) -> frozenset[int]:
    """The hashed keys of a customer, at most some fifteen."""
    return frozenset(_hash(key) for key in _words_of(person))


def name_key_of(person: Person) -> int | None:
    """The key that all of the same name share, also swapped or misspelled; None without a whole name."""
    first, last = sound(person.first), sound(person.last)
    return _hash(f"names|{'|'.join(sorted((first, last)))}") if first and last else None


def _hash(key: str) -> int:
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), signed=True)


def _words_of(person: Person) -> Iterator[str]:
    yield from _address_keys(person)
    yield from _name_keys(person)


def _address_keys(person: Person) -> Iterator[str]:
    for local, domain in person.mailboxes:
        yield f"mail|{local}@{domain}"
        letters = local.replace(".", "").replace("-", "").replace("_", "")
        if len(letters) >= LEAST_LOCAL and local not in ROLES:
            yield f"local|{letters}"
            yield (
                f"edge|{letters[:3]}{letters[-2:]}|{person.postcode}"
                if person.postcode
                else f"edge|{letters[:6]}"
            )
    for number in person.numbers:
        if len(number) >= LEAST_DIGITS:
            yield f"phone|{number}"
            yield f"digits|{number[-6:]}|{sound(person.last)[:2]}"
    for card in person.card_names:
        yield f"card|{card}"


def _name_keys(person: Person) -> Iterator[str]:
    first, last = sound(person.first), sound(person.last)
    if first and last:
        yield f"names|{'|'.join(sorted((first, last)))}"
    for name in {first, last} - {""}:
        if person.birth_on:
            yield f"birth|{person.birth_on}|{name[:4]}"
    if person.postcode and last:
        yield f"place|{person.postcode}|{last}"
        yield f"place|{person.postcode}|{group_of(person.first)}|{last[:1]}"
        yield f"place|{person.postcode}|{group_of(person.last)}|{first[:1]}"
    if person.company and last:
        yield f"company|{sound(person.company.lower())}|{last[:3]}"
        yield f"company|{sound(person.company.lower())}|{first[:3]}"
