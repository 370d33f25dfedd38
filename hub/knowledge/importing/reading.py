"""A file or folder of articles as drafts, each checked; what is no such file is refused with a reason."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from hub.core.errors import Invalid
from hub.core.text import N_
from hub.knowledge.importing.drafts import Draft, check
from hub.knowledge.importing.help_centres import read_export
from hub.knowledge.importing.markdown_files import ENDINGS, read_markdown
from hub.knowledge.importing.rows_of_tables import read_table

MOST_ARTICLES = 20_000
LARGEST_TEXT = 1_000_000
UNKNOWN = N_(
    "Please take a Markdown file, a zip archive of Markdown files, a CSV table or the JSON export of a help centre."
)
NO_FILES = N_("There is no Markdown file (.md) in it.")
NO_UTF8 = N_("This file is not written in UTF-8. Please save it again as UTF-8.")
TOO_LARGE = N_("This file is larger than an article can be.")
TOO_MANY = N_("These are more than %(most)s articles. Please bring them in by parts.")


def read_path(path: Path, name: str = "") -> list[Draft]:
    """Every article of the file or folder, in its order. `name`: what an uploaded file was called. Raises Invalid."""
    found: list[Draft] = []
    seen: set[str] = set()
    for draft in _drafts(path, name or path.name):
        if len(found) == MOST_ARTICLES:
            raise Invalid(TOO_MANY, field="file", most=MOST_ARTICLES)
        found.append(check(draft, seen=seen))
    return found


def _drafts(path: Path, name: str) -> Iterator[Draft]:
    ending = Path(name).suffix.lower()
    if path.is_dir():
        return _of_files(_of_folder(path))
    if ending in ENDINGS:
        return _of_files([_File(name, path.stat().st_size, path.read_bytes)])
    if ending == ".zip":
        return _of_archive(path)
    if ending in {".csv", ".tsv"}:
        return read_table(path)
    if ending in {".json", ".jsonl", ".ndjson"}:
        return read_export(_text(path.read_bytes()))
    raise Invalid(UNKNOWN, field="file")


@dataclass(frozen=True)
class _File:
    name: str
    size: int
    read: Callable[[], bytes]


def _of_folder(path: Path) -> Iterator[_File]:
    for each in sorted(path.rglob("*")):
        if each.suffix.lower() in ENDINGS and each.is_file():
            yield _File(each.relative_to(path).as_posix(), each.stat().st_size, each.read_bytes)


def _of_archive(path: Path) -> Iterator[Draft]:
    try:
        with ZipFile(path) as archive:
            inside = [each for each in archive.infolist() if Path(each.filename).suffix.lower() in ENDINGS]
            yield from _of_files(
                _File(each.filename, each.file_size, partial(archive.read, each)) for each in inside
            )
    except (BadZipFile, NotImplementedError, RuntimeError) as error:
        raise Invalid(UNKNOWN, field="file") from error


def _of_files(files: Iterable[_File]) -> Iterator[Draft]:
    is_empty = True
    for file in files:
        is_empty = False
        yield _of_file(file)
    if is_empty:
        raise Invalid(NO_FILES, field="file")


def _of_file(file: _File) -> Draft:
    refused = Draft(place=file.name, source=file.name, title=file.name, body="")
    if file.size > LARGEST_TEXT:
        return replace(refused, problem=TOO_LARGE)
    try:
        return read_markdown(file.name, _text(file.read()))
    except Invalid as error:
        return replace(refused, problem=error.text)


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid(NO_UTF8, field="file") from error
