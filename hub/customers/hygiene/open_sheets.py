"""How large the sheets of an OpenDocument file are once they are held: a cell or row may say that it repeats. Pure."""

import re
from collections.abc import Iterator

CONTENT = "content.xml"
"""The part of an .ods file that holds its sheets."""
MOST_TAG_BYTES = 16 << 20
_TAG = re.compile(
    rb"<(/?)table:(table|table-row|table-cell|covered-table-cell)(?=[\s/>])((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>"
)
_REPEATED = re.compile(rb"table:number-(?:columns|rows)-repeated\s*=\s*[\"']\s*(\d{1,12})")
_FILLED = re.compile(rb"\s(?:office:|table:formula)")


def areas(chunks: Iterator[bytes]) -> Iterator[int]:
    """While the file is read: the cells of all its sheets so far. Empty cells and rows count where filled ones follow.

    Raises ValueError when it is no such file.
    """
    earlier = area = row = repeats = column = last_column = 0
    for is_end, name, attributes in _tags(chunks):
        if name == b"table":
            earlier, area, row, repeats, last_column = earlier + area, 0, 0, 0, 0
        elif name == b"table-row":
            row, column = row + repeats, 0
            repeats = 0 if is_end else _repeats(attributes)
        elif not is_end:
            column += _repeats(attributes)
            if _FILLED.search(attributes):
                last_column = max(last_column, column)
                area = (row + repeats) * last_column
                yield earlier + area


def _tags(chunks: Iterator[bytes]) -> Iterator[tuple[bool, bytes, bytes]]:
    tail = b""
    for chunk in chunks:
        text, end = tail + chunk, 0
        for found in _TAG.finditer(text):
            end = found.end()
            yield bool(found[1]), found[2], found[3]
        tail = text[max(end, text.rfind(b"<")) :]
        if len(tail) > MOST_TAG_BYTES:
            raise ValueError


def _repeats(attributes: bytes) -> int:
    found = _REPEATED.search(attributes)
    return int(found[1]) if found else 1
