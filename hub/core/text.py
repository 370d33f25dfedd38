"""Text without the product: marks for translation, accent-free keys."""

import re
import unicodedata

SPACES = re.compile(r"\s+")


def N_(text: str) -> str:  # noqa: N802 - gettext's own name, which the extractor looks for
    """Mark a sentence for the translator where it is written but not yet shown."""
    return text


def fold(text: str) -> str:
    """Lower case without accents and with single spaces: `Édouard  LE GALL` becomes `edouard le gall`."""
    if text.isascii():
        return " ".join(text.split()).lower()
    decomposed = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "Oe").replace("æ", "ae"))
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return SPACES.sub(" ", bare).strip().casefold()


def slug(text: str) -> str:
    """The part of an address: `Lyon Part-Dieu` becomes `lyon-part-dieu`."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")


def with_minus(text: str) -> str:
    """A number as it was formatted, with the sign for minus in place of a hyphen: `−19,4 %`."""
    return text.replace("-", "−", 1)


def shorten(text: str, length: int) -> str:
    """One line of at most `length` characters, cut at the end with an ellipsis."""
    line = SPACES.sub(" ", text).strip()
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"
