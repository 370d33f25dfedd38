"""Reads JSON documents of any size row by row: of each row only its place is kept, its content is read when looked at.

A document is a list of rows, or an object of lists (or of rows by id, as in Zammad's `assets`). Whoever asks for a row gets
it from the file again; the latest few are kept. Memory grows with the number of rows (some 150 bytes each), not with
what they hold.
"""

import codecs
import json
import re
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from mmap import mmap
from typing import Any

CHUNK_BYTES = 1 << 20
MOST_ROW_BYTES = 128 << 20
KEPT_ROWS = 64
ASSETS = "assets"
_SPACE = re.compile(r"[ \t\r\n]*")
_decoder = json.JSONDecoder()


class BadJsonError(ValueError):
    """What is there is no JSON in UTF-8."""


class JsonFile:
    """A document that is looked at again for each row, and the rows of it that were read last."""

    def __init__(self, look: Callable[[], bytes | mmap]) -> None:
        self.look = look
        self._latest: OrderedDict[int, dict[str, Any]] = OrderedDict()

    def row(self, start: int, end: int) -> dict[str, Any]:
        """The object at these bytes."""
        found = self._latest.get(start)
        if found is None:
            found = self.parse(bytes(self.look()[start:end]))
            self._latest[start] = found
            if len(self._latest) > KEPT_ROWS:
                self._latest.popitem(last=False)
        return found

    def parse(self, content: bytes) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(content)
        return found


class JsonRow(Mapping[str, Any]):
    """An object of a document, by its place there; `name`: the object of that name in it."""

    __slots__ = ("_end", "_file", "_name", "_start")

    def __init__(self, file: JsonFile, start: int, end: int, name: str = "") -> None:
        self._file, self._start, self._end, self._name = file, start, end, name

    def below(self, name: str) -> "JsonRow":
        return JsonRow(self._file, self._start, self._end, name)

    def __getitem__(self, name: str) -> Any:
        return self._row()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._row())

    def __len__(self) -> int:
        return len(self._row())

    def _row(self) -> dict[str, Any]:
        whole = self._file.row(self._start, self._end)
        found: dict[str, Any] = whole[self._name] if self._name else whole
        return found


def read_rows(look: Callable[[], bytes | mmap]) -> Any:
    """The document: lists and the objects that hold them as they are, each object inside as a `JsonRow`.

    `look` gives the bytes, now and for each row later: none is kept open here, of exports there may be thousands of
    files. Raises BadJsonError.
    """
    reader = _Reader(JsonFile(look))
    try:
        found = reader.document()
        reader.skip_space()
    except BadJsonError:
        raise
    except (ValueError, RecursionError) as error:
        raise BadJsonError(str(error)) from None
    if reader.peek():
        raise BadJsonError("more than one document")
    return found


class _Reader:
    """Goes through the text once, a window of it at a time; `at` is the place in the window, `byte_at` in the file."""

    def __init__(self, file: JsonFile) -> None:
        self.file, self.view = file, file.look()
        self.decode = codecs.getincrementaldecoder("utf-8")().decode
        self.read_to = len(codecs.BOM_UTF8) if self.view[:3] == codecs.BOM_UTF8 else 0
        self.text, self.at, self.byte_at = "", 0, self.read_to

    def document(self) -> Any:
        self.skip_space()
        if self.peek() == "[":
            return list(self._items())
        if self.peek() == "{":
            return {name: self._part(name) for name in self._names()}
        return self._value()

    def _part(self, name: str) -> Any:
        """What stands below a name of the document: a list, rows by id, or by kind and id."""
        if self.peek() == "[":
            return list(self._items())
        if self.peek() == "{" and name == ASSETS:
            return {kind: self._part("") for kind in self._names()}
        if self.peek() == "{":
            return {each: self._item() for each in self._names()}
        return self._value()

    def _items(self) -> Iterator[Any]:
        self._take("[")
        while self.peek() != "]":
            yield self._item()
            self._go_on("]")
        self._take("]")

    def _names(self) -> Iterator[str]:
        """The names of an object, each with the reader before its value."""
        self._take("{")
        while self.peek() != "}":
            name = self._value()
            if not isinstance(name, str):
                raise BadJsonError("a name is expected")
            self._take(":")
            yield name
            self._go_on("}")
        self._take("}")

    def _go_on(self, end: str) -> None:
        self.skip_space()
        if self.peek() != end:
            self._take(",")
            if self.peek() == end:
                raise BadJsonError("a value is expected")

    def _item(self) -> Any:
        """An object by its place; anything else as it is."""
        is_object, start = self.peek() == "{", self.byte_at
        value = self._value()
        return JsonRow(self.file, start, self.byte_at) if is_object else value

    def _value(self) -> Any:
        """The value here, whole in the window: more is read until it is."""
        size = CHUNK_BYTES
        while True:
            try:
                value, end = _decoder.raw_decode(self.text, self.at)
            except json.JSONDecodeError:
                if not self._read(size):
                    raise
            else:
                if end < len(self.text) or not self._read(size):
                    self._move(end)
                    self.skip_space()
                    return value
            size *= 2

    def skip_space(self) -> None:
        while True:
            found = _SPACE.match(self.text, self.at)
            end = found.end() if found else self.at
            self.byte_at, self.at = self.byte_at + end - self.at, end
            if end < len(self.text) or not self._read(CHUNK_BYTES):
                return

    def peek(self) -> str:
        """The character here; "" at the end."""
        return self.text[self.at : self.at + 1]

    def _take(self, char: str) -> None:
        if self.peek() != char:
            raise BadJsonError(f"{char} is expected at byte {self.byte_at}")
        self._move(self.at + 1)
        self.skip_space()

    def _move(self, end: int) -> None:
        self.byte_at += len(self.text[self.at : end].encode())
        self.at = end

    def _read(self, size: int) -> bool:
        """Put more into the window, and let go of what was passed; False at the end."""
        left = len(self.view) - self.read_to
        if left <= 0:
            return False
        self.text, self.at = self.text[self.at :], 0
        if len(self.text) > MOST_ROW_BYTES:
            raise BadJsonError("a row is too large")
        piece = bytes(self.view[self.read_to : self.read_to + size])
        self.read_to += len(piece)
        self.text += self.decode(piece, final=self.read_to >= len(self.view))
        return True
