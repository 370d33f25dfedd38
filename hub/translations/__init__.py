"""The words in French and English: one fragment per room, merged into the catalogues the pages read."""

from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).resolve().parent
LANGUAGES = ("fr", "en")


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
    for language, catalog in zip(LANGUAGES, (french, english_of(french)), strict=True):
        path = folder / language / "LC_MESSAGES" / "messages.mo"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_mo(file, catalog)
        written.append(path)
    return written
