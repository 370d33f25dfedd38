"""What an article and a standard reply must be; variables filled, a missing value left in sight. Pure."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from hub.core.errors import Invalid
from hub.core.text import N_, SPACES
from hub.core.words import Language

VARIABLE = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")
LONGEST_TITLE, LONGEST_SUMMARY, LONGEST_BODY, LONGEST_REPLY = 160, 400, 40_000, 8_000
LONGEST_SEARCH = 200
WHOLE, MOST_WORDS = 100, 8_000

# Each variable with what it is called in the language of the reply.
VARIABLES: dict[str, dict[Language, str]] = {
    "customer.salutation": {Language.FRENCH: "formule de salutation", Language.ENGLISH: "salutation"},
    "customer.name": {Language.FRENCH: "nom du client", Language.ENGLISH: "customer’s name"},
    "order.number": {Language.FRENCH: "numéro de commande", Language.ENGLISH: "order number"},
    "store.name": {Language.FRENCH: "nom du magasin", Language.ENGLISH: "name of the store"},
    "store.phone": {Language.FRENCH: "téléphone du magasin", Language.ENGLISH: "phone of the store"},
    "agent.name": {Language.FRENCH: "votre nom", Language.ENGLISH: "your name"},
}
# What stands for a promo code until the answer is sent, and the value that takes its place.
PROMO_CODE = "promo.code"
MARKS: dict[str, dict[Language, str]] = {
    PROMO_CODE: {Language.FRENCH: "[code promo]", Language.ENGLISH: "[promo code]"},
    "promo.terms": {Language.FRENCH: "[remise du code]", Language.ENGLISH: "[discount of the code]"},
    "promo.ends_on": {Language.FRENCH: "[fin du code]", Language.ENGLISH: "[end of the code]"},
}
VARIABLES |= {
    PROMO_CODE: {Language.FRENCH: "code promo", Language.ENGLISH: "promo code"},
    "promo.terms": {Language.FRENCH: "remise du code promo", Language.ENGLISH: "discount of the promo code"},
    "promo.ends_on": {
        Language.FRENCH: "dernier jour du code promo",
        Language.ENGLISH: "last day of the promo code",
    },
}
TO_COMPLETE = {Language.FRENCH: "[à compléter : %s]", Language.ENGLISH: "[to complete: %s]"}
HOLES = tuple(re.compile(re.escape(words).replace("%s", r"([^\]\n]*)")) for words in TO_COMPLETE.values())


@dataclass(frozen=True)
class ArticleText:
    """What a person writes of an article, checked."""

    title: str
    summary: str
    body: str


def check_article(*, title: str, summary: str, body: str) -> ArticleText:
    """One-line title and summary, body with its lines. Raises Invalid with the field to correct."""
    return ArticleText(
        title=_line(title, "title", LONGEST_TITLE),
        summary=_line(summary, "summary", LONGEST_SUMMARY, is_optional=True),
        body=_text(body, LONGEST_BODY),
    )


def check_reply(*, title: str, body: str, gives_code: bool = False) -> tuple[str, str]:
    """Title and body of a standard reply. Raises Invalid, also for a variable that does not exist, or a code of no pool."""
    clean = _text(body, LONGEST_REPLY)
    check_variables(clean)
    names = set(VARIABLE.findall(clean))
    if gives_code and PROMO_CODE not in names:
        raise Invalid(N_("Please write {{promo.code}} in the text, where the code goes."), field="body")
    if not gives_code and names & MARKS.keys():
        raise Invalid(
            N_("Please choose the promo codes that it gives, or take their variables out of the text."),
            field="gives_pool_id",
        )
    return _line(title, "title", LONGEST_TITLE), clean


def check_variables(text: str, *, field: str = "body") -> None:
    for name in VARIABLE.findall(text):
        if name not in VARIABLES:
            raise Invalid(
                N_("The variable %(name)s does not exist. Please take one of the list."),
                field=field,
                name=name,
            )


def marks_of(language: Language) -> dict[str, str]:
    """What stands in a filled text for the code, its discount and its end, each with the name of its value."""
    return {words[language]: name.replace(".", "_") for name, words in MARKS.items()}


def code_mark(language: str) -> str:
    return MARKS[PROMO_CODE][Language(language)]


def fill(text: str, values: Mapping[str, str], language: Language) -> tuple[str, tuple[str, ...]]:
    """The text with its variables filled, and the names of those without a value.

    A missing value leaves `[à compléter : numéro de commande]`: never an empty hole in a sentence.
    """
    missing: dict[str, None] = {}

    def value_of(found: re.Match[str]) -> str:
        name = found[1]
        if name in MARKS:
            return MARKS[name][language]
        value = values.get(name, "").strip()
        if value:
            return value
        missing[name] = None
        return TO_COMPLETE[language] % called(name, language)

    return VARIABLE.sub(value_of, text), tuple(missing)


def check_completed(text: str, *, places: Collection[str] = ()) -> None:
    """A text to send: what a standard reply left to be completed is completed. Raises Invalid, naming it.

    `places`: the marks that a promo code takes at the sending; any other one was left behind.
    """
    marks = [mark for words in MARKS.values() for mark in words.values() if mark in text]
    if lost := [mark for mark in marks if mark not in places]:
        raise Invalid(
            N_(
                "No promo code goes with this text, so nothing takes the place of %(place)s. "
                "Please take it out, or insert the standard reply again and leave its box ticked."
            ),
            field="text",
            place=lost[0],
        )
    left = dict.fromkeys(found for hole in HOLES for found in hole.findall(text))
    if left:
        raise Invalid(
            N_("Please complete or remove what stands in square brackets: %(names)s."),
            field="text",
            names=", ".join(left),
        )


def likeness(offered: str, sent: str) -> int:
    """How much of an offered text was sent as it was, in percent: 100 whole, 0 nothing.

    What was written before and after it is no edit; what was taken out of it or put into it is.
    """
    before, after = offered.split()[:MOST_WORDS], sent.split()[:MOST_WORDS]
    least = min(2, len(before))  # one word alone is found anywhere
    blocks = [
        block
        for block in SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
        if block.size >= least
    ]
    if not before or not blocks:
        return 0
    span = blocks[-1].b + blocks[-1].size - blocks[0].b
    return 2 * WHOLE * sum(block.size for block in blocks) // (len(before) + span)


def called(variable: str, language: Language) -> str:
    """What a variable is called; one that we do not know keeps its name."""
    words = VARIABLES.get(variable)
    return words[language] if words else variable


def _line(text: str, field: str, most: int, *, is_optional: bool = False) -> str:
    clean = SPACES.sub(" ", text).strip()
    if (not clean and not is_optional) or len(clean) > most:
        raise Invalid(N_("Please write at most %(most)s characters here."), field=field, most=most)
    return clean


def _text(text: str, most: int) -> str:
    clean = text.replace("\r\n", "\n").strip()
    if not clean or len(clean) > most:
        raise Invalid(N_("Please write a text of at most %(most)s characters."), field="body", most=most)
    return clean
