"""The words in French and English: one fragment per room, merged into the catalogues the pages read."""

import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).resolve().parent
LANGUAGES = ("fr", "en")

# Spaces that must not break a line in French: the fragments are typed with plain ones.
WIDE, NARROW = "\u00a0", "\u202f"
NO_BREAK = (
    (re.compile(r" (?=:(?:\s|$))|(?<=«) | (?=»)"), WIDE),
    (re.compile(r" (?=[;?!](?:[\s»)]|$))| (?=%(?!\())"), NARROW),
    (re.compile(r"(?<=\)s) (?=(?:min|h)\b)|(?<=\)s h) "), WIDE),
)


class WordsDisagreeError(ValueError):
    """Two fragments translate the same sentence differently."""


def read_fragments(folder: Path = FOLDER / "fr") -> Catalog:
    """All French fragments as one catalogue.

    Raises WordsDisagreeError when two fragments give different French for one English sentence.
    """
    merged = Catalog(locale="fr")
    for path in sorted(folder.glob("*.po")):
        for message in _messages(path):
            known = merged.get(message.id, message.context)
            if known and known.string != message.string:
                raise WordsDisagreeError(
                    f"{path.name}: {message.id!r} is {message.string!r} here and {known.string!r} elsewhere."
                )
            merged.add(message.id, message.string, context=message.context)
    return merged


def typeset(text: str) -> str:
    """A French sentence with the no-break spaces of the printed page: before `: ; ? ! % »` and after `«`."""
    for plain, space in NO_BREAK:
        text = plain.sub(space, text)
    return text


def french_of(catalog: Catalog) -> Catalog:
    """The French catalogue as it is read: the sentences of the fragments, typeset."""
    french = Catalog(locale="fr")
    for message in catalog:
        if message.id:
            words = message.string
            said = typeset(words) if isinstance(words, str) else tuple(typeset(each) for each in words or ())
            french.add(message.id, said, context=message.context)
    return french


def _messages(path: Path) -> Iterator[Message]:
    with path.open("rb") as file:
        catalog = read_po(file, locale="fr")
    return (message for message in catalog if message.id and not message.fuzzy)


def english_of(catalog: Catalog) -> Catalog:
    """The English catalogue: every sentence says itself."""
    english = Catalog(locale="en")
    for message in catalog:
        if message.id:
            english.add(message.id, message.id, context=message.context)
    return english


def write_catalogs(folder: Path = FOLDER) -> list[Path]:
    """Write `messages.mo` of both languages and return their paths."""
    french = read_fragments(folder / "fr")
    written = []
    for language, catalog in zip(LANGUAGES, (french_of(french), english_of(french)), strict=True):
        path = folder / language / "LC_MESSAGES" / "messages.mo"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_mo(file, catalog)
        written.append(path)
    return written
