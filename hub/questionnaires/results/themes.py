"""Which themes a comment touches, and where in it: by the stems of words. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hub.core.stemming import ELIDED, WORD, is_said, line_of, stem, stems_of
from hub.core.words import Language

LONGEST_CONTEXT = 60
"""Letters of a comment shown before and behind a word that was found."""


@dataclass(frozen=True)
class Theme:
    """`keywords`: words, or several in a row, in any form that has the same stem."""

    id: int
    keywords: tuple[str, ...]


@dataclass(frozen=True)
class Context:
    """A word that was found as it was written, with what stands around it."""

    before: str
    word: str
    after: str


def find_themes(stems: Sequence[str], themes: Iterable[Theme], language: Language) -> list[int]:
    """The ids of the themes of which one keyword is there."""
    line = line_of(stems)
    return [theme.id for theme in themes if any(is_said(word, line, language) for word in theme.keywords)]


def read_keywords(text: str) -> tuple[str, ...]:
    """One a line or between commas, as somebody typed them; each once."""
    found = (" ".join(part.split()).lower() for part in text.replace("\n", ",").split(","))
    return tuple(dict.fromkeys(word for word in found if WORD.search(word)))


def find_context(text: str, wanted: Iterable[str], language: Language) -> Context | None:
    """The first place of the text with one of these words, or several in a row."""
    patterns = [stems for stems in (stems_of(word, language) for word in wanted) if stems]
    plain = ELIDED.sub(lambda found: " " * len(found.group()), text.lower())
    places = [(found.start(), found.end(), stem(found.group(), language)) for found in WORD.finditer(plain)]
    for number, (start, _, _) in enumerate(places):
        for stems in patterns:
            row = places[number : number + len(stems)]
            if [each for _, _, each in row] == stems and len(plain) == len(text):
                return _cut_out(text, start, row[-1][1])
    return None


def _cut_out(text: str, start: int, end: int) -> Context:
    before, after = text[:start], text[end:]
    if len(before) > LONGEST_CONTEXT:
        before = "…" + before[-LONGEST_CONTEXT:].partition(" ")[2]
    if len(after) > LONGEST_CONTEXT:
        after = after[:LONGEST_CONTEXT].rpartition(" ")[0] + "…"
    return Context(before, text[start:end], after)
