"""A labelled crowd: people, the same people written otherwise, and traps who are somebody else."""

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta

from hub.customers.duplicates.people import Person

_FIRST = """Marie Jean Pierre Nathalie Isabelle Philippe Frédéric Sébastien Catherine Christophe Nicolas Alexandre Sophie Julie
Céline Aurélie Thomas Camille Léa Manon Lucas Hugo Emma Chloé Inès Mohamed Karim Fatima Samir Nadia Mathieu Guillaume
Émilie Stéphanie Valérie Véronique Laurent Olivier Éric Pascal Dominique Patrick Michel Bernard Monique Jacqueline René
Renée Michèle Françoise François Daniel Danielle Gabriel Gabrielle Robert Thérèse Yves Yvonne Vincent Victor Zoé"""
FIRST = tuple(_FIRST.split())
_LAST = """Martin Bernard Thomas Petit Robert Richard Durand Dubois Moreau Laurent Simon Michel Lefèvre Leroy Roux David Bertrand
Morel Fournier Girard Bonnet Dupont Lambert Fontaine Rousseau Vincent Muller Lefebvre Faure André Mercier Blanc Guérin
Boyer Garnier Chevalier François Legrand Gauthier Garcia Perrin Robin Clément Morin Nicolas Henry Roussel Mathieu Gautier
Masson Marchand Duval Denis Dumont Marie Lemaire Noël Meyer Dufour Meunier Brun Blanchard Giraud Joly Rivière Lucas Brunet
Gaillard Barbier Arnaud Martinez Gérard Roche Renard Schmitt Roy Leroux Colin Vidal Caron Picard Roger Fabre Aubert
Lemoine Renaud Dumas Lacroix Olivier Philippe Bourgeois Pierre Benoît Rey Leclerc Payet Rolland Leclercq Guillaume
O'Brien Nguyen Haddad Benali Kowalski Ferreira Da Silva"""
LAST = tuple(_LAST.split())
STREETS = (
    "rue de la Gare|avenue Victor Hugo|place du Marché|boulevard de la Liberté|chemin des Vignes|rue Pasteur"
)
DOMAINS = ("gmail.com", "orange.fr", "free.fr", "laposte.net", "client.example")
SHORT = {
    "Frédéric": "Fred",
    "Nathalie": "Nath",
    "Christophe": "Chris",
    "Catherine": "Cathy",
    "Mathieu": "Mat",
}
SHORT |= {"Véronique": "Véro", "Philippe": "Phil", "Isabelle": "Isa", "Sébastien": "Seb", "Alexandre": "Alex"}


@dataclass(frozen=True)
class Crowd:
    """Who there is, and which two are one person."""

    people: list[Person]
    same: set[tuple[int, int]]
    traps: set[tuple[int, int]]


def make_crowd(count: int, dice: random.Random, *, share: float = 0.2) -> Crowd:
    """`count` persons; a `share` of them stands twice, as many have a relative or a namesake."""
    crowd = Crowd([], set(), set())
    for _time in range(count):
        person = _new(len(crowd.people) + 1, dice)
        crowd.people.append(person)
        if dice.random() < share:
            twin = dice.choice(WAYS)(person, len(crowd.people) + 1, dice)
            crowd.people.append(twin)
            crowd.same.add((person.id, twin.id))
        if dice.random() < share:
            other = dice.choice(TRAPS)(person, len(crowd.people) + 1, dice)
            crowd.people.append(other)
            crowd.traps.add((person.id, other.id))
    return crowd


def _new(number: int, dice: random.Random) -> Person:
    first, last = dice.choice(FIRST), dice.choice(LAST)
    return Person(
        number,
        first_name=first,
        last_name=last,
        birth_on=_birth(dice) if dice.random() < 0.6 else None,
        street=f"{dice.randrange(1, 90)} {dice.choice(STREETS.split('|'))}" if dice.random() < 0.7 else "",
        postcode=f"{dice.randrange(1, 96):02d}{dice.randrange(0, 100):02d}0",
        mails=(_mail(first, last, number, dice),) if dice.random() < 0.85 else (),
        phones=(_phone(number),) if dice.random() < 0.6 else (),
    )


def _birth(dice: random.Random) -> date:
    return date(1940, 1, 1) + timedelta(days=dice.randrange(24000))


def _mail(first: str, last: str, number: int, dice: random.Random) -> str:
    from hub.core.text import fold

    name = f"{fold(first)}.{fold(last)}".replace(" ", "").replace("'", "")
    return f"{name}{number}@{dice.choice(DOMAINS)}"


def _phone(number: int) -> str:
    return f"+336{(number * 7919) % 10**8:08d}"


def _typo(word: str, dice: random.Random) -> str:
    place = dice.randrange(1, max(2, len(word) - 1))
    match dice.randrange(3):
        case 0:
            return word[:place] + word[place + 1 :]
        case 1:
            return word[:place] + word[place] + word[place:]
    return word[: place - 1] + word[place] + word[place - 1] + word[place + 1 :]


def _elsewhere(person: Person, number: int, dice: random.Random, **changes: object) -> Person:
    """The same person met again: part of what is known, with a phone or mail of its own."""
    known = replace(
        person,
        id=number,
        mails=(_mail("x", "y", number, dice),),
        phones=(_phone(number),) if dice.random() < 0.4 else (),
    )
    return replace(known, **changes)  # type: ignore[arg-type]


def mail_twin(person: Person, number: int, dice: random.Random) -> Person:
    mail = person.mails[0] if person.mails else _mail(person.first_name, person.last_name, person.id, dice)
    local, _, domain = mail.partition("@")
    other = f"{local}+shop@{domain}" if domain == "gmail.com" else f"{_typo(local, dice)}@{domain}"
    return _elsewhere(person, number, dice, mails=(other,), birth_on=None)


def typo_twin(person: Person, number: int, dice: random.Random) -> Person:
    return _elsewhere(
        person, number, dice, last_name=_typo(person.last_name, dice), birth_on=person.birth_on or None
    )


def swapped_twin(person: Person, number: int, dice: random.Random) -> Person:
    return _elsewhere(person, number, dice, first_name=person.last_name, last_name=person.first_name)


def nick_twin(person: Person, number: int, dice: random.Random) -> Person:
    return _elsewhere(person, number, dice, first_name=SHORT.get(person.first_name, person.first_name))


def phone_twin(person: Person, number: int, dice: random.Random) -> Person:
    phones = tuple(phone.replace("+33", "+352") for phone in person.phones)
    return _elsewhere(person, number, dice, phones=phones, street="")


def relative(person: Person, number: int, dice: random.Random) -> Person:
    """Somebody of the family at the same address."""
    names = [name for name in FIRST if name[:3] != person.first_name[:3]]
    return _elsewhere(person, number, dice, first_name=dice.choice(names), birth_on=_birth(dice))


def namesake(person: Person, number: int, dice: random.Random) -> Person:
    """The same name, another person: elsewhere, or born on another day."""
    place = f"{dice.randrange(1, 96):02d}{dice.randrange(0, 100):02d}0"
    return _elsewhere(person, number, dice, birth_on=_birth(dice), postcode=place, street="")


def junior(person: Person, number: int, dice: random.Random) -> Person:
    born = _birth(dice) if person.birth_on else None
    return _elsewhere(person, number, dice, last_name=f"{person.last_name} Jr", birth_on=born)


WAYS = (mail_twin, typo_twin, swapped_twin, nick_twin, phone_twin)
TRAPS = (relative, relative, namesake, junior)
