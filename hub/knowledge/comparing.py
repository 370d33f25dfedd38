"""What changed between two versions of an article: by line, and by word inside a line that is still much the same. Pure."""

from collections.abc import Sequence
from difflib import SequenceMatcher

from hub.content.comparing import Piece, diff_words

ALIKE, LONGEST_LINE = 0.4, 4_000
Line = tuple[Piece, ...]


def diff_lines(old: str, new: str) -> list[Line]:
    """Every line of the new text with what came and what went; a line that stayed is one piece of kind ""."""
    here, there = old.splitlines(), new.splitlines()
    lines: list[Line] = []
    for tag, a, b, c, d in SequenceMatcher(None, here, there, autojunk=False).get_opcodes():
        if tag == "equal":
            lines += [(("", line),) for line in here[a:b]]
        else:
            lines += _changed(here[a:b], there[c:d])
    return lines


def diff_line(old: str, new: str) -> Line:
    """A title, a summary: by word."""
    return tuple(diff_words(old, new))


def _changed(gone: Sequence[str], come: Sequence[str]) -> list[Line]:
    if len(gone) == len(come) and all(map(_are_alike, gone, come)):
        return [diff_line(old, new) for old, new in zip(gone, come, strict=True)]
    pieces = [*(("del", line) for line in gone), *(("ins", line) for line in come)]
    return [(piece,) for piece in pieces]


def _are_alike(old: str, new: str) -> bool:
    if max(len(old), len(new)) > LONGEST_LINE:
        return False
    return SequenceMatcher(None, old.split(), new.split(), autojunk=False).ratio() >= ALIKE
