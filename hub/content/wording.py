"""What an author typed that only looks like words: invisible characters, fallbacks without a letter, HTML codes. Pure."""

import re
import unicodedata
from html.entities import html5

_FILLERS = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters and signs that draw nothing."""
_CODE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")


def visible(text: str) -> str:
    """The text without characters that draw nothing: format characters (Unicode category Cf) and fillers."""
    return "".join(
        letter for letter in text if unicodedata.category(letter) != "Cf" and letter not in _FILLERS
    )


def has_letter(text: str) -> bool:
    """Whether a reader sees at least one letter."""
    return any(letter.isalpha() for letter in visible(text))


def find_code(text: str) -> str | None:
    """A character written as in HTML (“&nbsp;”), which a reader would see as it stands; None when there is none."""
    codes = (found[0] for found in _CODE.finditer(text))
    return next((code for code in codes if code[1] == "#" or code[1:] in html5), None)
