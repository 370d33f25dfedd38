"""Letters that were read in the wrong encoding (`Ã©`), and how they are mended. Pure."""

import re
from collections.abc import Iterator
from contextlib import suppress
from html import unescape

_DAMAGE = re.compile(
    r"[ÃÂ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€[\u0080-\u00bf™œ“”˜¦¢]|Å“|Å’|Ã\s|Ã$|ðŸ"
)
_ENTITY = re.compile(
    r"&(?:amp|eacute|egrave|agrave|ccedil|ecirc|acirc|ocirc|icirc|ucirc|euml|iuml|uuml|#39|#\d{2,4}|apos|quot|nbsp);"
)


def mend_letters(text: str) -> str:
    """Text that was UTF-8 and read as Windows-1252 once or twice (`Ã©` is é), and HTML entities; else as it is."""
    for _ in range(2):
        if not _DAMAGE.search(text):
            break
        mended = _reread(text)
        if mended == text:
            break
        text = mended
    return _ENTITY.sub(lambda found: unescape(found[0]), text)


def _reread(text: str) -> str:
    """Piece by piece, so that one lost letter does not keep the others from being mended."""
    read = list(_readings(text))
    if read:
        return min(read, key=lambda each: len(MISFIT.findall(each)))
    return re.sub(r"[ÃÂÅâ][\u0080-\u00ff€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]{1,2}", _reread_piece, text)


def _readings(text: str) -> Iterator[str]:
    """The text by each of the encodings it may have been read in, the likeliest first: `Ãš` is Ú by one, è by another."""
    for encoding in ("cp1252", "latin-1", "iso8859-15"):
        with suppress(UnicodeError):
            yield text.encode(encoding).decode("utf-8")


MISFIT = re.compile(r"(?<=[a-zà-öø-ÿ])[À-ÖØ-Þ]|(?<=[A-Z]{2})[à-öø-ÿ]")
"""A capital behind a small letter, a small one behind capitals: read in the wrong encoding."""


def _reread_piece(found: re.Match[str]) -> str:
    raw = b"".join(_byte_of(letter) for letter in found[0])
    for length in range(len(raw), 1, -1):
        try:
            return raw[:length].decode("utf-8") + found[0][length:]
        except UnicodeError:
            continue
    return found[0]


def _byte_of(letter: str) -> bytes:
    try:
        return letter.encode("latin-1")
    except UnicodeError:
        return letter.encode("cp1252")
