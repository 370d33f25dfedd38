"""Post codes, towns, countries and languages: whether they exist and fit together. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from babel import Locale
from rapidfuzz import process
from rapidfuzz.distance import OSA

from hub.core.text import fold
from hub.core.words import Language
from hub.customers.hygiene.findings import FindingKind, Found, Severity
from hub.customers.hygiene.known import Known
from hub.customers.hygiene.listed import list_lines, list_words

FRANCE = frozenset({"FR", "RE", "GP", "MQ", "GF", "YT", "PM", "BL", "MF", "NC", "PF", "WF", "MC"})
"""Countries and territories with post codes of the French post (Monaco's included)."""
DIGITS = 5
OVERSEAS = frozenset(
    {"971", "972", "973", "974", "975", "976", "977", "978", "980", "984", "986", "987", "988"}
)
SHORTEST_TYPO = 5
"""A town with fewer letters has too many neighbours for its slip to be told."""

_FOREIGN = {
    "BE": r"[1-9]\d{3}", "CH": r"[1-9]\d{3}", "LU": r"(?:L-)?\d{4}", "AT": r"\d{4}", "DK": r"\d{4}", "NO": r"\d{4}",
    "DE": r"\d{5}", "ES": r"\d{5}", "IT": r"\d{5}", "PT": r"\d{4}(?:-?\d{3})?", "NL": r"\d{4} ?[A-Za-z]{2}", "SE": r"\d{3} ?\d{2}",
    "PL": r"\d{2}-?\d{3}", "GB": r"[A-Za-z]{1,2}\d[A-Za-z\d]? ?\d[A-Za-z]{2}", "US": r"\d{5}(?:-\d{4})?",
    "CA": r"[A-Za-z]\d[A-Za-z] ?\d[A-Za-z]\d", "AD": r"AD\d{3}", "IE": r"[A-Za-z]\d[\dWw] ?[\dA-Za-z]{4}",
}  # fmt: skip
_ANY = re.compile(r"[\w -]{2,12}")
_LOOKALIKE = str.maketrans("OoIlSB", "001158")


@dataclass(frozen=True, slots=True)
class PlaceCheck:
    kept: str
    found: list[Found]


def _read_towns() -> Iterator[tuple[str, bool, frozenset[str], str]]:
    for part in "; ".join(list_lines("towns")).split(";"):
        words = part.split()
        codes = [word for word in words if word[:2].isdigit()]
        name = " ".join(word for word in words if word not in codes)
        yield fold(name.rstrip("*")), name.endswith("*"), frozenset(_expanded(codes)), name.rstrip("*")


def _expanded(codes: list[str]) -> Iterator[str]:
    for code in codes:
        first, _, last = code.partition("-")
        yield from (f"{each:05}" for each in range(int(first), int(last or first) + 1))


@lru_cache(maxsize=50_000)
def town_key(text: str) -> str:
    """A town as it is compared: without accents, CEDEX, arrondissement; `ST ETIENNE` is `saint etienne`."""
    plain = re.sub(
        r"\bcedex\b.*|\b\d+\s*(?:er?|eme|ème|nd)?\b(?:\s*arr.*)?|\(.*\)", " ", fold(text).replace("’", "'")
    )
    plain = re.sub(r"[-']", " ", plain)
    plain = re.sub(r"\bst\b", "saint", re.sub(r"\bste\b", "sainte", plain))
    return " ".join(plain.split())


TOWNS: dict[str, frozenset[str]] = {}
SHARED: set[str] = set()
AT_CODE: dict[str, list[str]] = {}
NAMES: dict[str, str] = {}
for _town, _is_shared, _codes, _written in _read_towns():
    _town_key = town_key(_town)
    TOWNS[_town_key], NAMES[_town_key] = _codes, _written
    if _is_shared:
        SHARED.add(_town_key)
    for _code in _codes:
        AT_CODE.setdefault(_code, []).append(_town_key)
ABROAD = frozenset(town_key(word) for word in list_words("foreign_towns"))


def check_postcode(text: str, town: str, country: str, known: Known) -> PlaceCheck:
    """One post code beside its town ("" when not known). `country` is ISO 3166 alpha-2."""
    code = re.sub(r"\s+", "", re.sub(r"(?i)^(?:fr|f)\s*-\s*", "", text.strip()))
    if not code:
        return PlaceCheck("", [])
    if country not in FRANCE:
        return _foreign(text.strip(), country)
    return _french(re.sub(r"[.,]0$", "", code), town, known)


def _french(code: str, town: str, known: Known) -> PlaceCheck:
    if code.isdigit() and set(code) <= {"0"}:
        return PlaceCheck("", [Found(FindingKind.PLACEHOLDER, "")])
    key = town_key(town)
    if key in ABROAD and len(code) == DIGITS - 1:
        return PlaceCheck(code, [])
    if code.isdigit() and len(code) == DIGITS - 1:
        return _without_zero(code, key, known)
    if not is_french(code):
        meant = code.translate(_LOOKALIKE)
        best = meant if is_french(meant) and not _against_town(meant, key, False, known) else None
        return PlaceCheck("", [Found(FindingKind.POSTCODE_SYNTAX, best or _nearest_code(code, key))])
    return PlaceCheck(code, _against_town(code, key, "cedex" in fold(town), known))


def is_french(code: str) -> bool:
    """Whether five digits begin like a département or an overseas territory; Corsica is 20."""
    if len(code) != DIGITS or not (code.isascii() and code.isdigit()):
        return False
    return code[:3] in OVERSEAS if code[:2] in {"97", "98"} else 1 <= int(code[:2]) <= 95  # noqa: PLR2004 - Val-d'Oise


def check_abroad(text: str, country: str) -> PlaceCheck:
    """A post code of somebody who seems to live in `country`, "" for any: nothing but a notice is said of it."""
    code = text.strip()
    fits = _FOREIGN.get(country)
    if re.fullmatch(fits, code) if fits else _ANY.fullmatch(code):
        return PlaceCheck(code.upper(), [])
    return PlaceCheck(code, [Found(FindingKind.POSTCODE_SYNTAX, None, Severity.NOTICE)])


def is_written_abroad(text: str) -> bool:
    """Whether a post code has letters where another country's have them."""
    code = text.strip()
    return not code.isdigit() and any(re.fullmatch(pattern, code) for pattern in _FOREIGN.values())


def _foreign(text: str, country: str) -> PlaceCheck:
    pattern = _FOREIGN.get(country)
    if re.fullmatch(pattern, text) if pattern else _ANY.fullmatch(text):
        return PlaceCheck(text.upper(), [])
    return PlaceCheck(text, [Found(FindingKind.POSTCODE_SYNTAX, None, Severity.WARNING)])


def _without_zero(code: str, key: str, known: Known) -> PlaceCheck:
    """1000 is 01000, as a spreadsheet shows it, unless the town says that another digit is missing."""
    whole = f"0{code}"
    if not is_french(whole) or _against_town(whole, key, False, known):
        return PlaceCheck("", [Found(FindingKind.POSTCODE_SYNTAX, _nearest_code(code, key))])
    severity = Severity.NOTICE if key in TOWNS else None
    return PlaceCheck(whole, [Found(FindingKind.POSTCODE_LOST_ZERO, whole, severity)])


def _against_town(code: str, key: str, is_cedex: bool, known: Known) -> list[Found]:
    """Whether the town lies where its post code says; only of towns one knows."""
    codes = TOWNS.get(key)
    if not key or codes is None or code in codes or _is_learnt(code, key, known):
        return []
    is_same_area = _area(code) in {_area(each) for each in codes}
    if is_same_area and (is_cedex or code not in AT_CODE):
        return []
    if key in SHARED and not is_same_area:
        return []
    return [Found(FindingKind.POSTCODE_TOWN, _nearest_code(code, key))]


def _is_learnt(code: str, key: str, known: Known) -> bool:
    """Whether customers of the base live in that town at that post code."""
    return any(town_key(town) == key for town in known.towns.get(code, ()))


def _area(code: str) -> str:
    return code[:3] if code[:2] in {"97", "98"} else code[:2]


def _nearest_code(code: str, key: str) -> str | None:
    """The town's only post code, or the one that is a single slip away."""
    codes = TOWNS.get(key, frozenset())
    near = [each for each in sorted(codes) if OSA.distance(each, code) == 1]
    if len(near) == 1:
        return near[0]
    return next(iter(codes)) if len(codes) == 1 and key not in SHARED else None


def check_town(text: str, postcode: str, known: Known) -> list[Found]:
    """A slip in the town's name, when its post code tells which town was meant."""
    key = town_key(text)
    if not key or key in TOWNS or len(key) < SHORTEST_TYPO or not postcode:
        return []
    if _is_learnt(postcode, key, known):
        return []
    for each in AT_CODE.get(postcode, ()):
        if OSA.distance(key, each, score_cutoff=2) <= (2 if len(each) >= 9 else 1):  # noqa: PLR2004 - long names bear two slips
            return [Found(FindingKind.TOWN_TYPO, NAMES[each])]
    return []


@cache
def list_country_codes() -> frozenset[str]:
    """ISO 3166 alpha-2."""
    return frozenset(_countries().values())


ALIASES = {
    "fr": "FR", "f": "FR", "fra": "FR", "fr.": "FR", "france metropolitaine": "FR", "uk": "GB", "angleterre": "GB",
    "england": "GB", "ecosse": "GB", "scotland": "GB", "usa": "US", "u.s.a.": "US", "etats unis": "US", "etats-unis d'amerique": "US",
    "hollande": "NL", "holland": "NL", "pays bas": "NL", "the netherlands": "NL", "la reunion": "RE", "allemagne": "DE", "bel": "BE",
    "che": "CH", "deu": "DE", "esp": "ES", "ita": "IT", "gbr": "GB", "lux": "LU", "nld": "NL", "prt": "PT", "corse": "FR",
    "grande bretagne": "GB", "great britain": "GB", "cote d'ivoire": "CI", "belgium": "BE", "d": "DE", "b": "BE",
}  # fmt: skip


@cache
def _countries() -> dict[str, str]:
    """Names of countries, folded, in French and English, and their codes."""
    found: dict[str, str] = {}
    for language in ("en", "fr"):
        for code, name in Locale.parse(language).territories.items():
            if len(code) == 2 and code.isalpha():  # noqa: PLR2004 - ISO 3166 alpha-2
                found[fold(name)] = code
                found[code.lower()] = code
    return found | ALIASES


@lru_cache(maxsize=10_000)
def check_country(text: str) -> PlaceCheck:
    """The code of a country by its name or code."""
    key = fold(text).replace("’", "'")
    if not key:
        return PlaceCheck("", [])
    code = _countries().get(key)
    if code:
        return PlaceCheck(code, [])
    near = process.extractOne(
        key, [name for name in _countries() if len(name) >= SHORTEST_TYPO], scorer=OSA.distance
    )
    is_near = near is not None and near[1] <= 2 and len(key) >= SHORTEST_TYPO  # noqa: PLR2004 - two slips
    return PlaceCheck("", [Found(FindingKind.COUNTRY_UNKNOWN, _countries()[near[0]] if is_near else None)])


LANGUAGES = {
    **dict.fromkeys(
        ("fr", "fra", "fre", "francais", "french", "fr-fr", "fr fr", "fr_fr", "f", "fr-be", "fr-ch"),
        Language.FRENCH,
    ),
    **dict.fromkeys(
        ("en", "eng", "anglais", "english", "en-gb", "en-us", "en_gb", "en_us", "gb", "uk"), Language.ENGLISH
    ),
}


def check_language(text: str) -> PlaceCheck:
    """One of the languages the house writes in."""
    key = fold(text)
    if not key:
        return PlaceCheck("", [])
    found = LANGUAGES.get(key)
    return PlaceCheck(found, []) if found else PlaceCheck("", [Found(FindingKind.LANGUAGE_UNKNOWN)])
