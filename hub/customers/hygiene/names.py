"""Names of persons: their capitals, and what is no name, not only a name, or in the wrong column. Pure."""

import re
from dataclasses import dataclass
from functools import lru_cache

from hub.core.text import fold
from hub.customers.hygiene.findings import Field, FindingKind, Found, Severity
from hub.customers.hygiene.listed import list_words
from hub.customers.rules import clean_name

GIVEN = frozenset(list_words("given_names"))
GIVEN_TOO = frozenset(list_words("given_names_too"))
FAMILY = frozenset(list_words("family_names"))
SHOUTED = 3
"""A name of so many capitals or more is written in capitals on purpose, as French files write family names."""

TITLES = {
    **dict.fromkeys(
        (
            "m",
            "mr",
            "monsieur",
            "messieurs",
            "mister",
            "sir",
            "herr",
            "dhr",
            "heer",
            "sr",
            "senor",
            "senhor",
            "sig",
            "signor",
        ),
        "sir",
    ),
    **dict.fromkeys(
        (
            "mme",
            "mmes",
            "mlle",
            "mlles",
            "melle",
            "madame",
            "mademoiselle",
            "mrs",
            "ms",
            "miss",
            "frau",
            "mevr",
            "mevrouw",
            "sra",
            "senora",
            "senhora",
            "sig.ra",
            "signora",
        ),
        "madam",
    ),
    **dict.fromkeys(("dr", "docteur", "pr", "prof", "dott", "dott.ssa", "professeur", "maitre", "me"), ""),
}
"""Words before a name, folded, and the title they are ("" for one of a profession)."""

_COUPLE = r"(?:m|mr|mme|monsieur|madame)\.?\s*(?:et|ou|&|/)\s*(?:m|mr|mme|madame|monsieur)\.?\s+"
_DOTTED = r"(?:m|mr|mme|mmes|mlle|mlles|melle|mrs|ms|dr|pr|prof|me)\.\s*"
_SPELT = r"(?:mr|mme|mmes|mlle|mlles|melle|mrs|miss|monsieur|madame|mademoiselle|messieurs|docteur|professeur|ma[iî]tre)\s+"
_TITLE = re.compile(rf"(?i)^(?:{_COUPLE}|{_DOTTED}|{_SPELT})+(?=\w)")
_SHORT_TITLE = re.compile(r"^(?:M|Dr|Ms|Pr)\s+(?=\w{2})")
_TITLE_BEHIND = re.compile(r"(?i)\s*\((?:m|mr|mme|mlle|monsieur|madame)\.?\)$")
_ONLY_TITLE = re.compile(r"(?i)(?:mr|mme|mlle|monsieur|madame|mademoiselle|mrs)\.?")
_SURE_WORDS = (
    r"sarl|s\.a\.r\.l|sasu|s\.a\.s|eurl|e\.u\.r\.l|selarl|gmbh|ltd|llc|plc|sprl|bvba|ets|[eé]tablissements?|"
    r"soci[eé]t[eé]|st[eé](?= \w)|entreprise|association|mairie|pharmacie|boulangerie|p[aâ]tisserie|boucherie|charcuterie|"
    r"[eé]picerie|brasserie|restaurant|h[oô]pital|clinique|lyc[eé]e|coll[eè]ge|universit[eé]|immobilier|plomberie|"
    r"menuiserie|ma[cç]onnerie|auto-?[eé]cole|syndicat|holding|consulting|f[eé]d[eé]ration|pressing|librairie|fleuriste|"
    r"quincaillerie|imprimerie|cr[eé]dit agricole|conseil (?:d[eé]partemental|r[eé]gional)|commune de|ville de|"
    r"office de|centre hospitalier|maison de retraite|ehpad|ccas|comit[eé] d['’]entreprise|traiteur|"
    r"(?:garage|cabinet|agence|transports|coiffure|camping|optique|h[oô]tel|banque|atelier|groupe)(?= \w)|"
    r"(?<=\w )(?:coiffure|transports|optique|services|immo|conseil|automobiles?|b[aâ]timent)"
)
_FORMS = r"SAS|SCI|SNC|SCOP|SCEA|GAEC|SRL|S\.C\.I|S\.N\.C|S\.R\.L|B\.V|S\.p\.A|EARL(?= D)|STE(?= \w)"
_LEGAL = re.compile(rf"(?<![\w.-])(?:(?i:{_SURE_WORDS})|{_FORMS})(?![\w-])")
_COMPANY_END = re.compile(
    r"(?i:(?:&|\bet\b)\s*(?:fils|filles|cie|co|compagnie|associ[eé]s|fr[eè]res|sons)\.?$)|\w\s+(?:SA|AG|NV|BV|SE|INC|Inc)\.?$"
)
_PICTURES = r"\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"
_ODD = re.compile(rf"[\d@#*=?_<>{{}}\[\]\\|^~$€%+!;:\"/{_PICTURES}]|https?:|www\.")
_LATIN = re.compile(r"[A-Za-zÀ-ɏḀ-ỿ]")
_NUMERAL = re.compile(r"(?<=\s)(Ii|Iii|Iv|Vi|Vii|Viii)$")


@dataclass(frozen=True, slots=True)
class NameCheck:
    """The name with its capitals and what was found."""

    kept: str
    found: list[Found]


@lru_cache(maxsize=20_000)
def check_name(text: str, field: str) -> NameCheck:
    """One name by itself; spaces are single already. What is no name of a person is kept as it was written."""
    if not text:
        return NameCheck("", [])
    if _ODD.search(text):
        return NameCheck(text, [_oddity(text)])
    if _LEGAL.search(text) or _COMPANY_END.search(text):
        return NameCheck(text, [Found(FindingKind.NAME_COMPANY)])
    bare = _without_title(text)
    kept = proper_case(bare, field)
    if bare != text:
        return NameCheck(kept, [Found(FindingKind.NAME_TITLE, kept)])
    is_written = kept == text
    return NameCheck(kept, [] if is_written else [Found(FindingKind.NAME_CASE, kept)])


def _without_title(text: str) -> str:
    """`Mme Dupont`, `Dupont (Mme)` without their title; nothing is left of a title alone."""
    if _ONLY_TITLE.fullmatch(text):
        return ""
    title = _TITLE.match(text) or _SHORT_TITLE.match(text)
    return _TITLE_BEHIND.sub("", text[title.end() :] if title else text)


def _oddity(text: str) -> Found:
    """A cell of a name column that holds signs no name has."""
    digits = re.sub(r"\D", "", text)
    if "@" in text or len(digits) * 2 > len(text):
        return Found(FindingKind.WRONG_COLUMN)
    bare = re.sub(rf"\s*[\d#*=?_<>{{}}\[\]\\|^~$€%+!;:\"{_PICTURES}]+\s*", " ", text).strip()
    is_telling = bool(bare) and "/" not in text and ":" not in text
    return Found(FindingKind.NAME_ODD, proper_case(bare, Field.LAST_NAME) if is_telling else None)


def proper_case(text: str, field: str = Field.LAST_NAME) -> str:
    """A name all in capitals or all in small letters with ordinary capitals; any other as its bearer writes it.

    Source of the particles: the Imprimerie nationale writes `de La Fontaine`, `d'Estaing`, and `van der Berg`.
    """
    letters = [letter for letter in text if letter.isalpha()]
    if not letters or not _LATIN.search(text) or _is_initials(text):
        return text
    is_uniform = text in {text.upper(), text.lower()} and (
        len(letters) > 1 or (text.isalpha() and text.islower())
    )
    if not is_uniform:
        return _words_of_mixed(text)
    return _with_particles(clean_name(text), field)


def is_real_name(name: str, other: str, local: str) -> bool:
    """Whether a word that usually fills a place is the name of this person: `jennifer.null@…`, or Null beside Jennifer.

    `local` is what stands before the @ of the person's address.
    """
    key, beside = _key(name), _key(other)
    words = re.split(r"[^a-z]+", fold(local))
    is_in_mail = key in words and (beside in words or beside[:1] in words)
    return (
        name.isalpha() and beside != key and (is_in_mail or (name == "Null" and beside in GIVEN | GIVEN_TOO))
    )


def is_own_name(last: str, first: str, local: str) -> bool:
    """Whether one word that names a company or a title is a surname here: Paul Mairie with `paul.mairie@…`.

    Beside a real first name only: a town hall may write from `mairie.saint-paul@…`.
    """
    return _key(first) in GIVEN | GIVEN_TOO and is_real_name(last, first, local)


def _is_initials(text: str) -> bool:
    """`JP`, `J.-P.`, `O`: letters that stand for themselves."""
    return len(text) == 2 and text.isupper() and not set(text) & set("AEIOUYÉÈ") and text != "NG"  # noqa: PLR2004 - two initials


def _words_of_mixed(text: str) -> str:
    """A text with both kinds of letters: only its long words in capitals are rewritten (`Jean DUPONT`)."""
    words = text.split(" ")
    return " ".join(
        clean_name(word) if word.isupper() and len(word) > SHOUTED and _LATIN.match(word) else word
        for word in words
    )


def _with_particles(name: str, field: str) -> str:
    name = _NUMERAL.sub(lambda found: found[0].upper(), name)
    name = re.sub(r"(?<=\s)D'(?=\w)", "d'", name)
    name = re.sub(r"^'([TSN])\s", lambda found: f"'{found[1].lower()} ", name)
    if field != Field.FIRST_NAME:
        name = re.sub(r"\b(Van|Von) (Der|Den|De|Dem)\b", lambda found: found[0].lower(), name)
        name = re.sub(r"\bVon (?=\w)", "von ", name)
        name = re.sub(r"\bDe (?=[A-ZÀ-Þ]\w)", "de ", name)
    return name


def is_swapped(first: str, last: str) -> bool:
    """Whether first and last name stand in each other's column: only when much speaks for it.

    A last name nobody has as one beside a first name that is none; a frequent family name as first name beside a given
    name; or a first name in capitals, as family names are written, beside a given name.
    """
    given, family = _key(first), _key(last)
    if not given or not family or given in GIVEN or given in GIVEN_TOO or family in FAMILY:
        return False
    if len(given) < SHOUTED or (not first.isascii() and not _LATIN.search(first)):
        return False
    if any(part in GIVEN or part in GIVEN_TOO for part in re.split(r"[\s-]", given)):
        return False
    is_shouted = first.isupper() and not last.isupper() and len(first) >= SHOUTED
    if family in GIVEN:
        return True
    return family in GIVEN_TOO and (given in FAMILY or is_shouted)


@lru_cache(maxsize=20_000)
def _key(name: str) -> str:
    return fold(name).replace("’", "'").strip(" .")


def twice(first: str, last: str) -> Found | None:
    """The whole name in the column of the first name, or the same word in both."""
    one, other = _key(first), _key(last)
    if not one or not other or len(other) < SHOUTED:
        return None
    if one == other:
        return Found(FindingKind.NAME_TWICE, None, Severity.NOTICE)
    for text in (one.removesuffix(f" {other}"), one.removeprefix(f"{other} ")):
        if text != one:
            at = one.index(text)
            return Found(
                FindingKind.NAME_TWICE, proper_case(first[at : at + len(text)].strip(), Field.FIRST_NAME)
            )
    return None


def split_full_name(text: str) -> tuple[str, str]:
    """First and last name of `Jean DUPONT`, `DUPONT Jean`, `Dupont, Jean`, `Jean de La Tour`; the rest is last name."""
    bare = _without_title(text)
    if "," in bare:
        last, _, first = bare.partition(",")
        return first.strip(), last.strip()
    words = bare.split()
    shouted = [word for word in words if word.isupper() and len(word) > 1]
    if shouted and len(shouted) < len(words):
        return " ".join(word for word in words if word not in shouted), " ".join(shouted)
    if len(words) == 2 and _key(words[1]) in GIVEN and _key(words[0]) not in GIVEN | GIVEN_TOO:  # noqa: PLR2004 - two words
        return words[1], words[0]
    return (words[0], " ".join(words[1:])) if len(words) > 1 else ("", bare)
