"""Text files of rows: their encoding and separator found out, then read line by line; never raises but Invalid."""

import codecs
import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from charset_normalizer import from_bytes

from hub.core.errors import Invalid
from hub.core.text import N_
from hub.customers.hygiene.damage import MISFIT

SEPARATORS = (";", ",", "\t", "|")
CHUNK = 1 << 20
SAMPLE_LINES = 200
FEW = 5
"""So many letters of the encoding must stand against each byte that is not of it."""
LATIN = ("cp1252", "iso8859-15", "mac-roman", "cp850")
"""Western encodings of one byte a letter, the likeliest first."""


@dataclass(frozen=True)
class Text:
    """How a text file is written. `skipped` counts lines before the table (Excel's `sep=;`)."""

    encoding: str
    separator: str
    skipped: int


def read_text(path: Path) -> tuple[Text, Iterator[list[str]]]:
    """How the file is written, and its rows; a blank line is `[]`, a trailing one is left out."""
    encoding = find_encoding(path)
    sample = list(islice(_lines(path, encoding), SAMPLE_LINES))
    said = _said_separator(sample)
    separator = said or find_separator(sample)
    lines = _lines(path, encoding)
    if said:
        next(lines)
    records = _records(lines, separator, is_spaced=_is_spaced(sample[1 if said else 0 :], separator))
    return Text(encoding, separator, 1 if said else 0), without_last_blanks(records)


def _is_spaced(lines: Sequence[str], separator: str) -> bool:
    """Whether every separator has a space behind it: that is how the file is written, no slip in a cell."""
    behind = [piece for line in lines for piece in line.rstrip("\r\n").split(separator)[1:]]
    return bool(behind) and all(piece.startswith(" ") for piece in behind)


def without_last_blanks(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    """The rows, wholly empty ones as `[]`; those after the last filled one are left out."""
    blank = 0
    for row in rows:
        if any(map(str.strip, row)):
            yield from ([] for _ in range(blank))
            blank = 0
            yield row
        else:
            blank += 1


def _said_separator(sample: Sequence[str]) -> str:
    first = sample[0].strip().lower() if sample else ""
    return first[4] if first.startswith("sep=") and len(first) == 5 else ""  # noqa: PLR2004 - "sep=" and one sign


def find_separator(lines: Sequence[str]) -> str:
    """The sign that cuts most lines into the same number of cells, more than one; `;` when none does."""
    return max(SEPARATORS, key=lambda separator: _evenness(lines, separator))


def _evenness(lines: Sequence[str], separator: str) -> tuple[float, int]:
    try:
        widths = [len(row) for row in csv.reader(lines, delimiter=separator) if row]
    except csv.Error:
        return 0.0, 0
    if not widths:
        return 0.0, 0
    width, count = Counter(widths).most_common(1)[0]
    return (round(count / len(widths), 1), width) if width > 1 else (0.0, 0)


def _records(lines: Iterator[str], separator: str, *, is_spaced: bool) -> Iterator[list[str]]:
    """Rows, quoted line breaks kept inside their cell; a quote that is opened and never closed swallows no row."""
    taken: list[str] = []

    def told() -> Iterator[str]:
        for line in lines:
            taken.append(line)
            yield line

    width = 0
    reader = csv.reader(told(), delimiter=separator, skipinitialspace=is_spaced)
    while True:
        try:
            row = next(reader, None)
        except csv.Error:
            row = []
            reader = csv.reader(told(), delimiter=separator, skipinitialspace=is_spaced)
        if row is None:
            return
        width = width or len(row)
        if len(taken) > 1 and len(row) != width:
            yield from _apart(taken, separator)
        else:
            yield row
        taken.clear()


def _apart(lines: Sequence[str], separator: str) -> Iterator[list[str]]:
    for row in csv.reader(
        (line.rstrip("\r\n") for line in lines), delimiter=separator, quoting=csv.QUOTE_NONE
    ):
        yield [cell.removeprefix('"').removesuffix('"') for cell in row]


def _lines(path: Path, encoding: str) -> Iterator[str]:
    """Lines with their ends; NUL becomes a zero-width space, so that the checks can tell of it."""
    with path.open(encoding=encoding, errors="stray", newline="") as file:
        for line in file:
            yield line.replace("\0", "\u200b") if "\0" in line else line


def _stray(error: UnicodeError) -> tuple[str, int]:
    """A byte that is not of the encoding, in a file that else is: as Windows wrote it."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    end = error.start + 1 if error.encoding.startswith("utf-8") else error.end
    return error.object[error.start : end].decode("cp1252", "replace"), end


codecs.register_error("stray", _stray)


def find_encoding(path: Path) -> str:
    """The encoding of a text file, by its mark, its validity as UTF-8, else by which letters it makes."""
    with path.open("rb") as file:
        head = file.read(CHUNK)
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(mark):
            return name
    wide = _utf16(head)
    if not wide:
        _refuse_binary(head)
    return wide or ("utf-8" if _is_utf8(path) else _guess(path, head))


def _refuse_binary(head: bytes) -> None:
    """Pictures, documents and programs are no tables, whatever they are called."""
    odd = len(head) - len(head.translate(None, _CONTROL))
    if head.lstrip().lower().startswith(_OTHERS) or odd > max(FEW, len(head) * MOST_CONTROL):
        raise Invalid(
            N_("The file holds no table. Please choose an Excel, OpenDocument or CSV file."), field="file"
        )


_CONTROL = bytes(byte for byte in range(32) if byte not in b"\t\n\r\x0b\x0c\x1b")
_OTHERS = (
    b"%pdf",
    b"\x89png",
    b"\xff\xd8\xff",
    b"gif8",
    b"{\\rtf",
    b"<!doctype html",
    b"<html",
    b"<table",
    b"\x1f\x8b",
    b"7z\xbc",
)
MOST_CONTROL = 0.02


def _utf16(head: bytes) -> str:
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) * 4 < len(head) or even == odd:
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _is_utf8(path: Path) -> bool:
    """Whether the file is UTF-8, a few bytes of another hand apart."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    strays = letters = 0
    for chunk in _chunks(path):
        text = decoder.decode(chunk)
        if not text.isascii():
            strays += text.count("\ufffd")
            letters += len(text) - len(text.encode("ascii", "ignore"))
    strays += len(decoder.decode(b"", final=True))
    return strays * FEW <= letters - strays


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _guess(path: Path, head: bytes) -> str:
    high: Counter[int] = Counter()
    for chunk in _chunks(path):
        high.update(chunk.translate(None, bytes(range(128))))
    if sum(high.values()) > 0.2 * path.stat().st_size:
        best = from_bytes(head).best()
        return best.encoding if best else LATIN[0]
    misfits = {encoding: len(MISFIT.findall(head.decode(encoding, "replace"))) for encoding in LATIN}
    return max(
        LATIN,
        key=lambda encoding: sum(_worth(byte, encoding) * n for byte, n in high.items()) - misfits[encoding],
    )


_FRENCH = frozenset("éèêëàâçîïôùûüœÉÈÊÀÂÇÎÔŒ’€°«»")


def _worth(byte: int, encoding: str) -> int:
    letter = bytes([byte]).decode(encoding, "replace")
    if letter in _FRENCH:
        return 3
    if letter.isalpha():
        return 1
    return -3 if letter == "\ufffd" or not letter.isprintable() else -1
