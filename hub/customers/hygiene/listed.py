"""Reads the lists the checks stand on: words of lists/*.txt, lines with # are remarks. Pure but for that reading."""

from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).with_name("lists")


def list_words(name: str) -> tuple[str, ...]:
    """All words of a list, in its order."""
    return tuple(word for line in list_lines(name) for word in line.split())


def list_pairs(name: str) -> Iterator[tuple[str, str]]:
    """The first word of each line with the rest of it."""
    for line in list_lines(name):
        first, _, rest = line.partition(" ")
        yield first, rest.strip()


def list_lines(name: str) -> Iterator[str]:
    """The lines of a list without remarks."""
    for line in (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield line.strip()
