"""What may be wrong with any cell: damaged letters, invisible ones, stray spaces and quotes, fillers, formulas. Pure."""

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache

from hub.core.text import fold
from hub.customers.hygiene.damage import mend_letters
from hub.customers.hygiene.findings import Field, FindingKind

MAX_CHARS: dict[str, int] = {
    Field.MAIL: 254,
    Field.FIRST_NAME: 80,
    Field.LAST_NAME: 80,
    Field.FULL_NAME: 160,
    Field.COMPANY: 120,
    Field.STREET: 200,
    Field.TOWN: 80,
    Field.POSTCODE: 20,
    Field.LOYALTY_CARD: 60,
    Field.EXTERNAL_ID: 120,
}
MOST_CHARS = 500
"""Of a cell of any other field."""

_ORDINARY = re.compile(r"[\w@.+()'&/°:;#,*?!\"%€-]+(?: [\w@.+()'&/°:;#,*?!\"%€-]+)*")
_SPACES = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u205f\u3000]+")
_BREAKS = re.compile(r"\s*[\r\n\v\f\u0085\u2028\u2029]+\s*")
_FILLERS = frozenset(
    {
        *(
            "-",
            "--",
            "---",
            ".",
            "..",
            "...",
            "?",
            "??",
            "???",
            "/",
            "//",
            "*",
            "**",
            "_",
            "__",
            "x",
            "xx",
            "#",
        ),
        *(
            "n/a",
            "na",
            "n.a.",
            "n.a",
            "#n/a",
            "#n/d",
            "#ref!",
            "#value!",
            "#valeur!",
            "#nom?",
            "#name?",
            "#div/0!",
            "#null!",
        ),
        *(
            "null",
            "none",
            "nan",
            "nil",
            "undefined",
            "(null)",
            "(vide)",
            "<null>",
            "vide",
            "empty",
            "(blank)",
            "blank",
        ),
        *(
            "inconnu",
            "inconnue",
            "unknown",
            "aucun",
            "aucune",
            "sans",
            "nc",
            "n.c.",
            "n.c",
            "nr",
            "non renseigne",
            "non renseignee",
        ),
        *(
            "non communique",
            "non communiquee",
            "pas de mail",
            "pas d'email",
            "pas de telephone",
            "a completer",
            "a renseigner",
        ),
        *(
            "todo",
            "tbd",
            "test",
            "tests",
            "essai",
            "azerty",
            "qwerty",
            "asdf",
            "toto",
            "titi",
            "tata",
            "foo",
            "bar",
            "lorem ipsum",
        ),
        *(
            "client de passage",
            "client comptoir",
            "neant",
            "s/o",
            "sans objet",
            "anonyme",
            "nom",
            "prenom",
            "dupont test",
        ),
    }
)
_NAMES_TOO = frozenset(
    {
        "na",
        "sans",
        "bar",
        "nil",
        "tata",
        "titi",
        "toto",
        "x",
        "nr",
        "nc",
        "test",
        "vide",
        "foo",
        "anonyme",
        "essai",
    }
)
"""Fillers that are people's names as well (Na, Sans, Bar): only a text of one letter again and again is sure there."""
_PEOPLE = frozenset({Field.FIRST_NAME, Field.LAST_NAME, Field.FULL_NAME})
_SURE_IN_NAMES = frozenset(
    {"test", "tests", "toto", "titi", "tata", "essai", "foo", "x", "nc", "nr", "vide", "anonyme"}
)
LONGEST_FILLER = 40
_SAME = re.compile(r"(.)\1{2,}|(xx+|aa+|zz+)")
_FORMULA = re.compile(
    r"[=@]\s*[A-Za-z(+\"'-].*|[+-]\s*[A-Za-z(][\w.]*[(!+*/-].*|=.+|\t.*|-{1,2}\+?cmd.*", re.DOTALL
)
_LOST = re.compile(r"\w\ufffd|\ufffd\w|\ufffd|\w\?\w")


@dataclass(slots=True)
class Tidy:
    """A cell made plain. `kinds`: what was put right or must be told; `is_nothing`: it only fills the place."""

    text: str
    kinds: list[FindingKind] = field(default_factory=list)
    is_nothing: bool = False


def tidy(value: str, name: str) -> Tidy:
    """Put right what can be told from the cell alone; `name` is its field."""
    if value == "" or (
        value.isascii() and _ORDINARY.fullmatch(value) and value[0] not in "'\"@+" and "&" not in value
    ):
        found = Tidy(value)
    else:
        found = _repaired(value)
        if _FORMULA.fullmatch(found.text) and not re.fullmatch(r"[+-]?[\d\s().+/-]+|@\S+", found.text):
            found.kinds.append(FindingKind.FORMULA)
    if found.text and is_filler(found.text, name):
        found.is_nothing = True
        found.kinds = [FindingKind.PLACEHOLDER]
    elif len(found.text) > MAX_CHARS.get(name, MOST_CHARS):
        found.kinds.append(FindingKind.TOO_LONG)
    return found


def _repaired(value: str) -> Tidy:
    found = Tidy(value)
    for kind, repair in _REPAIRS:
        plain = repair(found.text)
        if plain != found.text:
            found.kinds.append(kind)
            found.text = plain
    if _LOST.search(found.text) and "\ufffd" in found.text:
        found.kinds.append(FindingKind.ENCODING)
    found.text = unicodedata.normalize("NFC", found.text)
    return found


def _visible(text: str) -> str:
    """Without letters nobody sees: zero-width ones, soft hyphens, marks of direction, control characters."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        letter
        for letter in text
        if letter in "\t\n\r\v\f\x85" or unicodedata.category(letter) not in {"Cc", "Cf"}
    )


def _unquoted(text: str) -> str:
    plain = text.strip()
    for opened, closed in (('"', '"'), ("'", "'"), ("«", "»"), ("“", "”")):
        if len(plain) > 1 and plain.startswith(opened) and plain.endswith(closed):
            return plain[1:-1].strip()
    if plain.startswith("'") and re.match(r"'[+\d=@-]", plain):
        return plain[1:]
    return text


def _on_one_line(text: str) -> str:
    return _BREAKS.sub(" ", text.strip("\r\n")) if _BREAKS.search(text.strip()) else text


def _tight(text: str) -> str:
    """Single ordinary spaces; an unbreakable one between words is as good and not told by itself."""
    return _SPACES.sub(" ", text).strip()


_REPAIRS = (
    (FindingKind.ENCODING, mend_letters),
    (FindingKind.INVISIBLE, _visible),
    (FindingKind.LINE_BREAK, _on_one_line),
    (FindingKind.QUOTES, _unquoted),
    (FindingKind.WHITESPACE, _tight),
)


def is_filler(text: str, name: str) -> bool:
    """Whether the cell says nothing: `n/a`, `-`, `xxx`, `test`. Names of people are given the benefit of the doubt."""
    return len(text) <= LONGEST_FILLER and _says_nothing(text, name)


@lru_cache(maxsize=20_000)
def _says_nothing(text: str, name: str) -> bool:
    key = fold(text)
    if name in _PEOPLE:
        if key in _NAMES_TOO:
            return key in _SURE_IN_NAMES and (key != "x" or text.islower())
        return key in _FILLERS or (_SAME.fullmatch(key) is not None)
    if name in {Field.CONSENT_EMAIL, Field.CONSENT_SMS, Field.TITLE, Field.EXTERNAL_ID}:
        return False
    return key in _FILLERS or (_SAME.fullmatch(key) is not None and not key.isdigit())
