"""What changed between two texts, word by word. Pure."""

import re
from difflib import SequenceMatcher

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
Piece = tuple[str, str]
"""A kind ("", "ins" or "del") and the text it is about."""


def diff_words(old: str, new: str) -> list[Piece]:
    """The new text with what came and what went, in order; one piece of kind "" when nothing changed."""
    here, there = _WORDS.findall(old), _WORDS.findall(new)
    pieces: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, here, there, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(("", "".join(here[a:b])))
            continue
        pieces += [
            (kind, text) for kind, text in (("del", "".join(here[a:b])), ("ins", "".join(there[c:d]))) if text
        ]
    return pieces
