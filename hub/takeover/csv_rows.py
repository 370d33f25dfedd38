"""Reads tables of any size line by line, as `json_rows.py` does documents: of each line only its place is kept."""

import csv
import io
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator, Mapping, Sequence
from mmap import mmap
from typing import Any

from hub.takeover.json_rows import JsonFile, JsonRow

MARKS = ",;\t"
_SAMPLE_BYTES = 1 << 20
Line = Mapping[str, str]
Wording = Callable[[Line], Mapping[str, Any]]


class CsvTable(JsonFile):
    """A CSV file: `names` are its headings in lower case; comma, semicolon or tab. Bytes that are no UTF-8 are replaced."""

    def __init__(self, look: Callable[[], bytes | mmap]) -> None:
        super().__init__(look)
        content = look()
        self._word: Wording = dict
        self._start = len(BOM_UTF8) if content[: len(BOM_UTF8)] == BOM_UTF8 else 0
        heading = _text(content[self._start : self._start + _SAMPLE_BYTES]).partition("\n")[0]
        self.mark = max(MARKS, key=heading.count)
        _, self._first, names = next(self._places(content, self._start), (0, 0, []))
        self.names = [name.strip().lower() for name in names]

    def rows(self, word: Wording) -> list[JsonRow]:
        """Every line that says something, read and put into other words by `word` when it is looked at."""
        self._word = word
        found = self._places(self.look(), self._first)
        return [JsonRow(self, start, end) for start, end, cells in found if any(cells)]

    def parse(self, content: bytes) -> dict[str, Any]:
        cells = next(csv.reader(io.StringIO(_text(content), newline="\n"), delimiter=self.mark))
        return dict(self._word(dict(zip(self.names, cells, strict=False))))

    def _places(self, content: bytes | mmap, start: int) -> Iterator[tuple[int, int, Sequence[str]]]:
        """From where to where each record goes, and its cells: a cell in quotes may hold several lines."""
        at = [start]
        for cells in csv.reader(_lines(content, at), delimiter=self.mark):
            yield start, at[0], cells
            start = at[0]


def _lines(content: bytes | mmap, at: list[int]) -> Iterator[str]:
    """The lines from `at` on, which tells how far they were read."""
    while at[0] < len(content):
        start = at[0]
        at[0] = content.find(b"\n", start) + 1 or len(content)
        yield _text(content[start : at[0]])


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace")
