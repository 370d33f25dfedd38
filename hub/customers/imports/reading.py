"""The file of an import, read row by row and kept open by its worker: a file is opened once, not once a batch."""

from collections.abc import Iterator, Sequence
from itertools import islice

from hub.core import files
from hub.core.text import fold
from hub.customers.hygiene.columns import match_columns
from hub.customers.hygiene.files import Table, open_table

SAMPLES = 50
Numbered = tuple[int, list[str]]
CELL_CHARS = 4000
MOST_CELLS = 200
"""What is kept of a row: a cell of a novel, or a thousand columns, are no contact."""


class _Opened:
    """The file this process read last, and the number of the row it gave last."""

    digest: str = ""
    position: int = 0
    rows: Iterator[Numbered] = iter(())


def read_head(sha256: str, name: str) -> tuple[Table, list[list[str]], dict[int, str]]:
    """The table, its first rows and what its columns seem to be. Raises Invalid when it is no table."""
    table = open_table(files.find_path(sha256), name)
    samples = [_short(cells) for _, cells in islice(table.numbered(), SAMPLES)]
    return table, samples, match_columns(table.headings, samples)


def walk_rows(sha256: str, name: str) -> Iterator[list[str]]:
    """All rows, for what the file as a whole tells."""
    return (cells for _, cells in open_table(files.find_path(sha256), name).numbered())


def take_rows(sha256: str, name: str, *, after: int, size: int) -> list[Numbered]:
    """The next rows behind the row `after`, with their numbers; [] at the end."""
    if _Opened.digest != sha256 or _Opened.position != after:
        rows = open_table(files.find_path(sha256), name).numbered()
        _Opened.digest, _Opened.rows = sha256, ((number, row) for number, row in rows if number > after)
    found = [(number, _short(cells)) for number, cells in islice(_Opened.rows, size)]
    _Opened.position = found[-1][0] if found else after
    return found


def close_file() -> None:
    """Let go of the file."""
    _Opened.digest, _Opened.rows = "", iter(())


def _short(cells: Sequence[str]) -> list[str]:
    return [cell[:CELL_CHARS] for cell in cells[:MOST_CELLS]]


def headings_key(headings: Sequence[str]) -> str:
    """What makes two files alike: their headings, in any spelling."""
    return "|".join(fold(each) for each in headings)
